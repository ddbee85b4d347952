"""Whatever data hold is shown as it is: no text from them becomes a link, a picture, a colour or a formula, on any page."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from pages.frame.registry import ENTRIES

Open = Callable[..., AppTest]
MARKS = [
    "[bank](https://example.com)", "![x](https://example.com/x.png)", ":red[x]", ":red-badge[x]", "$x^2$", "<b>y</b>",
    ":material/home:", ":smile:", "`z`", "**bold**", "~~no~~", "https://example.com/y", "a\n# head\n- list", "\u202etxt", "<img src=x>",
]  # fmt: skip
HOSTILE = " ".join(MARKS)
# Fields of elements that Streamlit shows as text alone, or that nobody sees.
PLAIN = {
    "id", "element_id", "spec", "config", "data", "json", "options", "placeholder", "value", "values", "default", "form_id", "url", "key",
    "raw_values", "url_path", "page_script_hash", "bytes", "css", "html_content", "arrow", "mixed", "columns", "alt", "raw_value",
}  # fmt: skip
# What Markdown would make of the marks, where they stand unescaped.
LIVE = re.compile(
    r"(?<!\\)\]\((?:https?|data|javascript):|(?<!\\):red(?:-badge)?\[x\]|(?<!\\)\$x\^2(?<!\\)\$|(?<!\\)<(?:b|img)\b|(?<!\\):smile:|(?<!\\)`z`"
    r"|(?<!\\)\*\*bold(?<!\\)\*\*|(?<!\\)~~no|:material/home:|^# head|^- list|(?<!\S)https://example",
    re.MULTILINE,
)
# HTML that Plotly would draw from a name.
DRAWN = re.compile(r"(?:<|\\u003c)(?:b|img|a)\b[^>]*>(?:y<|)", re.IGNORECASE)
COLUMNS = {  # every text of data that a page may show, and how each row keeps its own
    "orders": ("channel", "store", "region", "coupon"),
    "members": ("region", "acquisition_channel"),
    "feedback": ("touchpoint", "channel", "store", "region", "comment"),
    "answers": ("item",),
    "tier_changes": ("tier",),
    "customers": ("region", "acquisition_channel"),
    "customer_keys": ("customer_id",),
    "imports": ("file_name", "who"),
}


@pytest.fixture(scope="module")
def hostile(first_demo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, in which every region, tier, channel, item, comment, id and file bears a name full of marks."""
    path = Path(shutil.copy(first_demo_path, tmp_path_factory.mktemp("hostile") / "h.duckdb"))
    with duckdb.connect(str(path)) as connection:
        for table, columns in COLUMNS.items():
            for column in columns:
                connection.execute(
                    f"update {table} set {column} = $1 || ' ' || {column} where {column} is not null", [HOSTILE]
                )
        connection.execute(
            "update customers set customer_id = k.customer_id from customer_keys k where k.customer_key = customers.customer_key"
        )
        connection.execute("insert into audit values ('2026-07-01', $1, $1, $1, $1)", [HOSTILE])
        asked = '{"page": "nps", "params": {"region": []}, "unit": "month"}'
        alert = [1, "page", HOSTILE, asked, "{}", "month", "email", HOSTILE, "en", "{}", HOSTILE, "2026-07-01", None]
        connection.execute(f"insert into alerts values ({', '.join('?' * len(alert))})", alert)
        connection.execute("insert into deliveries values (1, '2026-06', 'failed', 1, $1, '', '2026-07-01')", [HOSTILE])
    return path


def texts(message: Message, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text that an element hands to the browser as Markdown, with the name of its field."""
    for field, value in message.ListFields():
        if field.name in PLAIN and not (field.name == "options" and name in ("button_group", "radio")):
            continue
        for one in value if field.is_repeated else [value]:
            if isinstance(one, Message):
                yield from texts(one, field.name)
            elif isinstance(one, str):
                yield f"{name}.{field.name}", one


def elements(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from elements(child)


def live(app: AppTest) -> list[str]:
    found = []
    for node in elements(app._tree):
        if getattr(node, "type", "") == "text":  # shown as it is
            continue
        proto = getattr(node, "proto", None)
        if isinstance(proto, Message):
            kind = getattr(node, "type", "")
            of = "button_group" if "button_group" in type(proto).__name__.lower() or kind == "button_group" else kind
            of = (
                "radio"
                if type(proto).__name__ == "Radio"
                else "button_group"
                if type(proto).__name__ == "ButtonGroup"
                else of
            )
            found += [f"{where}: {text[:300]}" for where, text in texts(proto, of) if LIVE.search(text)]
    return found


@pytest.mark.parametrize("code", [entry.code for entry in ENTRIES])
def test_no_mark_from_data_is_live(open_app: Open, hostile: Path, tmp_path: Path, code: str) -> None:
    look(open_app(Path(shutil.copy(hostile, tmp_path / "h.duckdb")), code, lang="en"))


@pytest.mark.parametrize("code", [entry.code for entry in ENTRIES if entry.data])
def test_nor_where_it_is_chosen(open_app: Open, hostile: Path, tmp_path: Path, code: str) -> None:
    chosen = {"region": f"{HOSTILE} East China", "channel": f"{HOSTILE} search", "nonsense": HOSTILE}
    app = open_app(Path(shutil.copy(hostile, tmp_path / "h.duckdb")), code, lang="zh", **chosen)
    assert app.query_params["region"] in (chosen["region"], [chosen["region"]])
    look(app)


def look(app: AppTest) -> None:
    assert not app.exception
    assert "\n".join(live(app)) == ""
    drawn = [place for chart in app.get("plotly_chart") for place in html(json.loads(chart.proto.spec), "")]
    assert drawn == []


GIVEN_BACK = {"customdata": "customdata", "ids": "%{id}"}  # and how a template would draw it


def html(part: Any, place: str) -> Iterator[str]:
    """Where a figure holds HTML of data. What a click gives back is not drawn, unless `hovertemplate` says so."""
    if isinstance(part, str):
        if "<b>y" in part or "<img" in part:
            yield f"{place}: {part[:80]}"
        return
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in inner:
        if key not in GIVEN_BACK or GIVEN_BACK[key] in str(part.get("hovertemplate")):
            yield from html(value, f"{place}.{key}")


def test_the_test_sees_what_is_live() -> None:
    assert [mark for mark in MARKS if mark != "\u202etxt" and not LIVE.search(mark)] == []
