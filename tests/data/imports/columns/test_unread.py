"""Cells that are not understood beside others that are: asked with their counts, answered one by one or all at once, remembered."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from data.imports import NamedBytes, Unread, stage
from data.imports.columns.reading import Reading, read
from data.imports.profile import Column
from data.load import main
from data.store.store import Store
from tests.data.imports.exports import left_out, orders, receipt_of, refusal, staged_rows

PROFILES = {"Amount": "orders", "Order Date": "orders", "Pieces": "orders", "CSAT": "csat", "NPS": "nps", "CES": "ces"}


def column(header: str, *cells: str) -> NamedBytes:
    """A file whose cells under one header are given; all others are sound."""
    if PROFILES[header] == "orders":
        usual = {"Order ID": "A{n}", "Order Date": "2026-01-02", "Amount": "5", header: "{cell}"}
    else:
        usual = {"Response ID": "R{n}", "Date": "2026-01-02", header: "{cell}"}
    rows = ["\t".join(usual[name].format(n=n, cell=cell) for name in usual) for n, cell in enumerate(cells)]
    return NamedBytes("a.csv", "\n".join(["\t".join(usual), *rows, ""]).encode())


def asked(file: NamedBytes, **arguments: object) -> Unread:
    with pytest.raises(Unread) as caught:
        stage([file], store=None, **arguments)
    return caught.value


@pytest.mark.parametrize(
    ("header", "cells", "unread"),
    [
        ("Amount", [], {}),
        ("Amount", ["1", "2.5"], {}),
        ("Amount", ["1", "two", "TWO ", "three"], {"two": 2, "three": 1}),
        ("Amount", ["1", "ten", "10"], {"ten": 1}),
        ("Amount", ["1", "1000000000000"], {}),  # read, and too large
        ("Pieces", ["", "", "a few"], {"a few": 1}),  # nothing else in the column, but other rows would be taken
        ("Order Date", ["2026-01-02", "soon", "2026-02-30"], {"soon": 1, "2026-02-30": 1}),
        ("Order Date", ["2026-01-02", "31.12.2025", "Whitsun"], {"Whitsun": 1}),
        ("CSAT", ["1", "5", "great", "great"], {"great": 2}),
        ("CSAT", ["1", "5", "4.5"], {"4.5": 1}),
        ("NPS", ["0", "10", "25", "50", "11", "99"], {"25": 1, "50": 1}),  # 11 and 99 are codes for no answer
        ("NPS", ["9", "10", "8.5"], {"8.5": 1}),
        ("CES", ["1", "7", "neither here nor there"], {"neither here nor there": 1}),
    ],
)
def test_what_is_not_understood_is_asked_for(header: str, cells: list[str], unread: dict[str, int]) -> None:
    if not unread:
        if cells:
            receipt_of(column(header, *cells), profile=PROFILES[header])
        return
    question = asked(column(header, *cells), profile=PROFILES[header])
    assert {cell.value.strip().lower(): cell.lines for cell in question.cells} == {
        cell.lower(): lines for cell, lines in unread.items()
    }
    for cell, lines in unread.items():
        assert f"({lines})" in str(question)
        assert cell.lower() in str(question).lower()


@pytest.mark.parametrize(
    ("header", "cells", "values", "rows", "left"),
    [
        ("Amount", ["1", "two"], {"amount:two": "2"}, [1.0, 2.0], {}),
        ("Amount", ["1", "two"], {"amount: TWO": "2"}, [1.0, 2.0], {}),
        ("Amount", ["1", "two"], {"amount:two": "leave out"}, [1.0], {"not_a_number": 1}),
        ("Amount", ["1", "two"], {"amount:two": "empty"}, [1.0], {"no_amount": 1}),
        ("Amount", ["1", "two"], {"amount:*": "leave out"}, [1.0], {"not_a_number": 1}),
        ("Amount", ["1", "a=b"], {"amount:a=b": "3"}, [1.0, 3.0], {}),
        ("Amount", ["1", "two", "x"], {"amount:two": "2", "amount:*": "leave out"}, [1.0, 2.0], {"not_a_number": 1}),
        ("Pieces", ["3", "some"], {"items:some": "empty"}, [5.0, 5.0], {}),
        ("Order Date", ["2026-01-02", "Whitsun"], {"ordered_at:Whitsun": "2026-05-24"}, [5.0, 5.0], {}),
        ("CSAT", ["1", "5", "great"], {"score:great": "5"}, [1.0, 5.0, 5.0], {}),
        ("CSAT", ["1", "5", "great"], {"score:great": "empty"}, [1.0, 5.0], {"no_score": 1}),
        ("CSAT", ["1", "5", "4.5"], {"score:4.5": "leave out"}, [1.0, 5.0], {"score_not_whole": 1}),
    ],
)
def test_an_answer_is_applied(
    header: str, cells: list[str], values: dict[str, str], rows: list[float], left: dict[str, int]
) -> None:
    profile = PROFILES[header]
    file = column(header, *cells)
    table, field = ("orders", "amount") if profile == "orders" else ("feedback", "score")
    assert [row[field] for row in staged_rows([file], table, profile=profile, values=values)] == rows
    assert left_out(receipt_of(file, profile=profile, values=values)) == left


def test_a_partial_answer_asks_for_the_rest() -> None:
    question = asked(column("Amount", "1", "two", "x"), profile="orders", values={"amount:two": "2"})
    assert [cell.value for cell in question.cells] == ["x"]


def test_of_many_different_cells_the_most_frequent_are_named() -> None:
    cells = [f"word {chr(97 + n)}" for n in range(25)] + ["word c"] * 3 + ["1"]
    question = asked(column("Amount", *cells), profile="orders")
    assert (question.cells[0].value, question.cells[0].lines, len(question.cells), question.others) == (
        "word c",
        4,
        20,
        5,
    )


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"amount:two": "dos"}, "“dos” for “two” in column “Amount” cannot be read itself."),
        ({"amont:two": "2"}, "“amont:two” cannot be given for Orders."),
    ],
)
def test_an_answer_that_helps_nothing_is_refused(values: dict[str, str], sentence: str) -> None:
    assert refusal(column("Amount", "1", "two"), profile="orders", values=values).startswith(sentence)


def test_an_answer_holds_for_the_next_file_with_these_headers(tmp_path: Path) -> None:
    first = orders("A1,C1,2026-01-02,1", "A2,C1,2026-01-02,two")
    second = NamedBytes("next.csv", orders("A3,C1,2026-02-02,two", "A4,C1,2026-02-02,3").data)
    third = orders("A5,C1,2026-02-02,two", "A6,C1,2026-02-02,x")
    with Store.open(tmp_path / "s.duckdb") as store:
        with stage([first], store=store, profile="orders", values={"amount:two": "2"}) as staged:
            staged.take_in()
        with stage([second], store=store, profile="orders") as staged:
            assert staged.take_in().revenue == 5.0
        with stage([second], store=store, profile="orders") as staged:
            assert staged.receipt.already_loaded == 2
        with pytest.raises(Unread) as caught:
            stage([third], store=store, profile="orders")
        assert [cell.value for cell in caught.value.cells] == ["x"]


def test_what_is_left_out_without_being_named_is_asked_for_again(tmp_path: Path) -> None:
    file = orders("A1,C1,2026-01-02,1", "A2,C1,2026-01-02,two")
    with Store.open(tmp_path / "s.duckdb") as store:
        with stage([file], store=store, profile="orders", values={"amount:*": "leave out"}) as staged:
            staged.take_in()
        with pytest.raises(Unread):
            stage([NamedBytes("b.csv", file.data + b"A3,C1,2026-01-02,2\n")], store=store, profile="orders")


def test_the_command_line_asks_with_values_and_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(orders("A1,C1,2026-01-02,1", "A2,C1,2026-01-02,two", "A3,C1,2026-01-02,two").data)
    arguments = [str(path), "--profile", "orders", "--db", str(tmp_path / "x.duckdb")]
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "“two” (2)" in said
    assert "--value amount:two=ANSWER" in said
    assert main([*arguments, "--value", "amount:two=2"]) == 0
    assert "net revenue: 5.00" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["number", "date", "score", "text"])
def test_what_is_worked_out_does_not_grow_with_answers(kind: str) -> None:
    """An answer stands in a column once, not in each place of the expressions where the cell does."""
    plain = Reading(Column("x", (), kind), "X", "f.csv", scale="1-5")
    answered = replace(plain, answers={f"word {n}": str(n) for n in range(20)})
    sizes = {
        sum(len(str(part)) for part in (value, *(condition for _, condition in problems)))
        for value, problems in (read(one, pl.col("text")) for one in (plain, answered))
    }
    assert len(sizes) == 1
