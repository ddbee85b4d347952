"""Groupings, multipliers and currencies in cells: read exactly, or asked for."""

import polars as pl
import pytest

from data.imports import Undecided, stage
from data.imports.cells.currencies import meant
from data.imports.cells.numbers import currency_of, decimal_sign, number_parts, number_shape, parse_number
from tests.data.imports.exports import orders, receipt_of, staged_rows

CELL = pl.col("c")


def frame(*cells: str) -> pl.DataFrame:
    return pl.DataFrame({"c": list(cells)}, schema={"c": pl.String})


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("", None),
        ("1,23,456.78", 123456.78),
        ("12,34,567", 1234567.0),
        ("1,23,45", None),
        ("1'234.50", 1234.5),
        ("1’234’567", 1234567.0),
        ("12k", 12000.0),
        ("12 K", 12000.0),
        ("€1.5M", 1.5e6),
        ("2.5 Mio. €", 2.5e6),
        ("4 Tsd.", 4000.0),
        ("1.2万", 12000.0),
        ("1.2万元", 12000.0),
        ("3亿", 3e8),
        ("5 lakh", 5e5),
        ("₹ 1.5 crore", 1.5e7),
        ("0.57k", 570.0),
        ("-2k", -2000.0),
        ("(2k)", -2000.0),
        ("12 pcs", 12.0),
        ("3件", 3.0),
        ("Rs. 1,200/-", 1200.0),
        ("Fr. 12.-", 12.0),
        ("1,000 USD (net)", 1000.0),
        ("Rs.500", 500.0),
        ("10 %", None),
        ("12 kg", None),
        ("12 mil", None),  # a thousand in some languages, a million in others
        ("12 CR", None),  # crore, or the credit side of an account
        ("approx. 12", None),
        ("4-5", None),
        ("12 or 13", None),
    ],
)
def test_what_stands_beside_a_number(cell: str, number: float | None) -> None:
    assert frame(cell).select(parse_number(CELL)).item() == number


@pytest.mark.parametrize(
    ("cells", "sign"), [(["1,23,456"], "."), (["1,23,456.5", "1,234"], "."), (["1'234,50"], ","), (["1'234.50"], ".")]
)
def test_groups_decide_the_decimal_sign(cells: list[str], sign: str) -> None:
    assert decimal_sign(frame(*cells).select(number_shape(CELL)).to_series().to_list()) == sign


@pytest.mark.parametrize(
    ("cell", "token"),
    [("12", None), ("€12", "€"), ("12 EUR", "eur"), ("US$ 12", "us$"), ("￥12", "¥"), ("12元", "元"), ("1.2万元", "元"), ("-kr 12", "kr")],
)  # fmt: skip
def test_the_currency_of_a_cell(cell: str, token: str | None) -> None:
    assert frame(cell).select(currency_of(number_parts(CELL))).item() == token


@pytest.mark.parametrize(
    ("tokens", "answers", "given", "decimals", "codes"),
    [
        ([], {}, "", False, {}),
        (["€"], {}, "", False, {"€": "EUR"}),
        (["$"], {}, "", False, {"$": "USD"}),
        (["$"], {}, "CAD", False, {"$": "CAD"}),
        (["$"], {}, "EUR", False, {"$": "USD"}),
        (["$", "cad"], {}, "", False, {"$": "CAD", "cad": "CAD"}),
        (["¥"], {}, "", False, {"¥": None}),
        (["¥"], {}, "", True, {"¥": "CNY"}),
        (["¥"], {}, "JPY", True, {"¥": "JPY"}),
        (["¥", "元"], {}, "", False, {"¥": "CNY", "元": "CNY"}),
        (["¥"], {"¥": "jpy"}, "", True, {"¥": "JPY"}),
        (["kr"], {}, "", True, {"kr": None}),
        (["kr"], {}, "SEK", True, {"kr": "SEK"}),
    ],
)
def test_what_a_sign_stands_for(
    tokens: list[str], answers: dict[str, str], given: str, decimals: bool, codes: dict[str, str | None]
) -> None:
    assert meant(tokens, answers, given, decimals) == codes


MIXED = ["€100.00", "$100.00", '"¥10,000"', "€50.00"]


def test_amounts_have_their_own_currency() -> None:
    file = orders(*(f"{n},C{n},2026-01-0{n + 1},{cell}" for n, cell in enumerate(MIXED)))
    with pytest.raises(Undecided) as caught:
        stage([file], store=None, profile="orders")
    assert (caught.value.option, caught.value.answers) == ("currency:¥", ("CNY", "JPY"))
    values = {"currency:¥": "JPY"}
    rows = staged_rows([file], profile="orders", values=values)
    assert [(row["amount"], row["currency"]) for row in rows] == [
        (100, "EUR"),
        (100, "USD"),
        (10000, "JPY"),
        (50, "EUR"),
    ]
    receipt = receipt_of(file, profile="orders", values=values)
    assert (receipt.revenue, receipt.currency) == (150.0, "EUR")
    assert "currency" in {one.what for one in receipt.conventions}
    assert {entry.code for entry in receipt.cannot_answer} == {"no_discount", "other_currency"}


def test_a_column_of_currencies_goes_before_signs() -> None:
    file = orders("1,C1,2026-01-02,$5,CAD", header="Order ID,Customer ID,Order Date,Amount,Currency\n")
    assert [row["currency"] for row in staged_rows([file], profile="orders")] == ["CAD"]


def test_a_given_currency_is_for_cells_that_name_none() -> None:
    file = orders("1,C1,2026-01-02,5", "2,C1,2026-01-02,£5")
    assert [row["currency"] for row in staged_rows([file], profile="orders", values={"currency": "EUR"})] == [
        "EUR",
        "GBP",
    ]


def test_a_unit_that_is_not_known_is_asked_for() -> None:
    with pytest.raises(Undecided) as caught:
        stage([orders("1,C1,2026-01-02,1.5k", "2,C1,2026-01-02,12 kg")], store=None, profile="orders")
    assert "“12 kg” (1)" in str(caught.value)
