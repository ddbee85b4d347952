"""Progress, cancelling, values for the whole file, and the folder of an import."""

import datetime as dt
from pathlib import Path

import pytest

from data.errors import Cancelled
from data.imports import NamedBytes, stage
from data.imports.outcome.rules import REASONS
from data.store.store import Store
from tests.data.imports.exports import orders, refusal, staged_rows


def test_nothing_and_nowhere_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path} is a folder. Name the files in it."
    assert refusal() == "No file was given."
    assert refusal(Path("/no/such/file.csv")) == "/no/such/file.csv does not exist."


def test_progress_rises_to_one() -> None:
    seen: list[float] = []
    with stage([orders("A1,C1,2026-01-02,1")], store=None, profile="orders", progress=seen.append):
        pass
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


def test_cancelling_while_reading_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    answers = iter([False, False, True])
    with pytest.raises(Cancelled):
        stage([orders("A1,C1,2026-01-02,1")], store=None, profile="orders", cancelled=lambda: next(answers))
    assert list(tmp_path.iterdir()) == []


def test_cancelling_the_merge_writes_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        with stage([orders("A1,C1,2026-01-02,1")], store=store, profile="orders") as staged, pytest.raises(Cancelled):
            staged.take_in(cancelled=lambda: True)
        assert store.imports().height == 0


def test_values_hold_for_the_whole_file() -> None:
    file = NamedBytes("a.csv", b"Score\n9\n3\n")
    values = {"responded_at": "2026-05-31", "source": "paper", "touchpoint": "till", "scale": "1-10", "survey": "csat"}
    rows = staged_rows([file], "feedback", profile="csat", mapping={"score": "Score"}, values=values)
    assert [
        (row["score"], row["source"], row["touchpoint"], row["responded_at"], row["scale_high"]) for row in rows
    ] == [
        (9.0, "paper", "till", dt.datetime(2026, 5, 31), 10.0),
        (3.0, "paper", "till", dt.datetime(2026, 5, 31), 10.0),
    ]


def test_a_field_can_be_said_to_be_absent() -> None:
    """An empty header turns a guess off."""
    (row,) = staged_rows([orders("A1,C1,2026-01-02,1")], profile="orders", mapping={"customer_id": ""})
    assert row["customer_id"] is None


def test_reasons_are_sentences() -> None:
    assert all(reason.endswith(".") for reason in REASONS.values())


def test_files_of_one_kind_are_one_import() -> None:
    one, two = orders("A1,C1,2026-01-02,1"), NamedBytes("b.csv", b"Amount;Order Date;Order ID\n2;2026-01-03;A2\n")
    assert [(row["order_id"], row["amount"]) for row in staged_rows([one, two], profile="orders")] == [
        ("A1", 1.0),
        ("A2", 2.0),
    ]


def test_comments_that_look_like_formulas_are_kept_as_they_are() -> None:
    file = NamedBytes("a.csv", b"NPS,Date,Comment\n9,2026-01-02,=HYPERLINK(1)\n8,2026-01-02,+1 @ home\n")
    assert [row["comment"] for row in staged_rows([file], "feedback")] == ["=HYPERLINK(1)", "+1 @ home"]
