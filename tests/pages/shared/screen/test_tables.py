"""Tables that are read: Streamlit takes their texts for Markdown, and what came with the data stays text."""

import polars as pl
import pyarrow as pa
import pytest

from pages.shared.screen import tables


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[pa.Table]:
    found: list[pa.Table] = []
    monkeypatch.setattr(tables.st, "table", lambda table, **_options: found.append(table))
    return found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (None, None),
        ("", ""),
        ("Shanghai Xuhui", "Shanghai Xuhui"),
        ("53.8 (43.4 to 62.2)", "53.8 (43.4 to 62.2)"),
        ("¥1,234", "¥1,234"),
        ("−5.2", "−5.2"),
        ("—", "—"),
        ("![x](http://evil.test/a.png)", r"\!\[x\]\(http\:" + "\u2060" + r"//evil\.test/a\.png\)"),
        ("**bold**", r"\*\*bold\*\*"),
        ("<b>x</b>", r"\<b\>x\</b\>"),
        ("www.evil.test", "www\u2060" + r"\.evil\.test"),
        ("# 1", r"\# 1"),
        (":red[x]", r"\:red\[x\]"),
    ],
)
def test_text_stays_text(drawn: list[pa.Table], text: str | None, shown: str | None) -> None:
    tables.plain_table(pl.DataFrame({"Name": [text], "n": [1]}, schema={"Name": pl.String, "n": pl.Int64}))
    assert drawn[0].to_pylist() == [{"Name": shown, "n": 1}]


def test_headers_are_text_too(drawn: list[pa.Table]) -> None:
    tables.plain_table(pl.DataFrame({"*East*": ["a"], "n": [1]}))
    assert drawn[0].column_names == [r"\*East\*", "n"]
