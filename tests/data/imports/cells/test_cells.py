"""Traps 4, 5, 6 and 8: numbers, dates, keys and scores."""

import datetime as dt
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.imports import NamedBytes, Undecided, stage
from data.imports.cells.dates import date_order, parse_date
from data.imports.cells.keys import SPOILT, fold_key, fold_phone
from data.imports.cells.numbers import decimal_sign, number_shape, parse_number
from data.imports.cells.scores import is_no_answer, parse_score
from tests.data.imports.exports import left_out, orders, receipt_of, refusal, staged_rows


def one(cell: str | None, expression: pl.Expr) -> object:
    return pl.DataFrame({"cell": [cell]}, schema={"cell": pl.String}).select(expression).item()


CELL = pl.col("cell")


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (None, None),
        ("", None),
        ("abc", None),
        ("1,234.56", 1234.56),
        ("1 234.56", 1234.56),
        ("1'234.56", 1234.56),
        ("￥1,234.00", 1234.0),
        ("¥1,234.00", 1234.0),
        ("1234.50元", 1234.5),
        ("RMB 12.50", 12.5),
        ("R$ 12.00", 12.0),
        ("１，２３４．５", 1234.5),
        ("(45.00)", -45.0),
        ("-$45.00", -45.0),
        ("$-45.00", -45.0),
        ("−45", -45.0),
        ("45.00-", -45.0),
        ("1e3", 1000.0),
        ("499.00（系统计算中，该值仅供参考）", 499.0),
        ("18500.00", 18500.0),
        (".5", 0.5),
        ("1.5.2", None),
        ("1,23,4", None),
        ("12,5", None),
    ],
)
def test_numbers_with_a_decimal_point(cell: str | None, number: float | None) -> None:
    assert one(cell, parse_number(CELL)) == number


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1.234,56", 1234.56),
        ("1 234,56", 1234.56),
        ("18500,00", 18500.0),
        ("18500.00", None),
        ("€ 1.234", 1234.0),
        ("-0,5", -0.5),
    ],
)
def test_numbers_with_a_decimal_comma(cell: str, number: float | None) -> None:
    assert one(cell, parse_number(CELL, decimal=",")) == number


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        ([], "."),
        (["12", "7"], "."),
        (["1,234.56", "1,234"], "."),
        (["1.234,56", "1.234"], ","),
        (["12,5", "1.234"], ","),
        (["1,234", "18500.00"], "."),
        (["1,234"], "unknown"),
        (["1.234", "500", "12.900"], "unknown"),
        (["1.234", "-12.900"], "unknown"),
        (["1.234", "0.001"], "."),
        (["1,234", "0,5"], ","),
        (["1.234", "12.5"], "."),
        (["1.234", "1.2345"], "."),
        (["1.234", "1234.567"], "."),
        (["1.234", "1.234,5"], ","),
        (["1,234", "1,234.5"], "."),
        (["12900", "7"], "."),
        (["1,234,567"], "."),
        (["1.234.567"], ","),
        (["12,5", "12.5"], "mixed"),
    ],
)
def test_the_decimal_sign_is_decided_by_the_column(cells: list[str], sign: str) -> None:
    shapes = pl.DataFrame({"cell": cells}, schema={"cell": pl.String}).select(number_shape(CELL))["cell"].to_list()
    assert decimal_sign(shapes) == sign


@given(st.integers(-(10**9), 10**9), st.sampled_from(["{:,.2f}", "{:.2f}", "¥{:,.2f}", "{:.2f}元"]))
def test_no_way_of_writing_an_amount_changes_its_size(cents: int, form: str) -> None:
    assert one(form.format(cents / 100), parse_number(CELL)) == pytest.approx(cents / 100)


def test_a_column_of_two_conventions_is_refused_until_one_is_said() -> None:
    file = NamedBytes("a.csv", b"Order ID;Order Date;Amount\nA1;2026-01-02;1,5\nA2;2026-01-02;1.5\n")
    assert "some cells write a decimal point and others a decimal comma" in refusal(file, profile="orders")
    receipt = receipt_of(file, profile="orders", values={"decimal": ","})
    assert (receipt.revenue, left_out(receipt)) == (1.5, {"not_a_number": 1})


@pytest.mark.parametrize(
    ("cells", "amounts"),
    [
        (["1.234", "500", "12.900"], {".": [1.234, 500.0, 12.9], ",": [1234.0, 500.0, 12900.0]}),
        (["1,234", "500", "12,900"], {".": [1234.0, 500.0, 12900.0], ",": [1.234, 500.0, 12.9]}),
    ],
    ids=["dot", "comma"],
)
def test_an_undecidable_decimal_sign_is_asked_for(cells: list[str], amounts: dict[str, list[float]]) -> None:
    data = "Order ID;Order Date;Amount\n" + "".join(f"A{n};2026-01-02;{cell}\n" for n, cell in enumerate(cells))
    file = NamedBytes("a.csv", data.encode())
    with pytest.raises(Undecided) as caught:
        stage([file], store=None, profile="orders")
    assert (caught.value.option, caught.value.values["value"]) == ("decimal", cells[0])
    assert caught.value.remedy == "Say --value decimal=. or --value decimal=,."
    for sign, expected in amounts.items():
        rows = staged_rows([file], profile="orders", values={"decimal": sign})
        assert [row["amount"] for row in rows] == expected


@pytest.mark.parametrize("cells", [["12", "7"], ["0.001", "2.55"], ["1.234", "2.55"], ["1.234", "0.001"], ["1.2345"]])
def test_plain_numbers_ask_nothing(cells: list[str]) -> None:
    file = orders(*(f"A{n},C1,2026-01-02,{cell}" for n, cell in enumerate(cells)))
    assert [row["amount"] for row in staged_rows([file], profile="orders")] == [float(cell) for cell in cells]


def test_absurd_numbers_are_left_out_by_name() -> None:
    cells = ["1e400", "1e-400", "1" + "0" * 400, "1000000000000", "-1e12", "999999999999", "1e3"]
    file = orders(*(f"A{n},C1,2026-01-02,{cell}" for n, cell in enumerate(cells)))
    receipt = receipt_of(file, profile="orders")
    assert (receipt.lines_taken, left_out(receipt)) == (2, {"number_too_large": 5})
    plain = receipt_of(orders("A1,C1,2026-01-02,1000000000000", "A2,C1,2026-01-02,5"), profile="orders")
    assert (plain.revenue, left_out(plain)) == (5.0, {"number_too_large": 1})


DAY = dt.datetime(2026, 9, 3)


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("2026-02-30", None),
        ("2026-09-03", DAY),
        ("2026/9/3", DAY),
        ("2026.09.03", DAY),
        ("2026年9月3日", DAY),
        ("20260903", DAY),
        ("46268", DAY),
        ("46268.5", dt.datetime(2026, 9, 3, 12)),
        ("3 September 2026", DAY),
        ("Sep 3, 2026", DAY),
        ("2026-09-03T23:30:00Z", dt.datetime(2026, 9, 3, 23, 30)),
        ("2026-09-03 23:30:00 +0800", dt.datetime(2026, 9, 3, 23, 30)),
        ("2026-09-03T23:30:00.123+08:00", dt.datetime(2026, 9, 3, 23, 30)),
        ("2026-03-29 02:30:00", dt.datetime(2026, 3, 29, 2, 30)),  # an hour that daylight saving skips in Europe
        ("2026-09-03 02:30 PM", dt.datetime(2026, 9, 3, 14, 30)),
        ("2026/9/3 12:05:00 AM", dt.datetime(2026, 9, 3, 0, 5)),
        ("2026年9月3日 下午2:30", dt.datetime(2026, 9, 3, 14, 30)),
        ("12/31/2026", None),
    ],
)
def test_dates_that_need_no_order(cell: str | None, time: dt.datetime | None) -> None:
    assert one(cell, parse_date(CELL)) == time


@pytest.mark.parametrize(
    ("cell", "order", "time"),
    [
        ("03/09/2026", "dmy", DAY),
        ("09/03/2026", "mdy", DAY),
        ("3.9.26", "dmy", DAY),
        ("31/12/2026", "mdy", None),
        ("9/3/2026 2:30:00 PM", "mdy", dt.datetime(2026, 9, 3, 14, 30)),
    ],
)
def test_dates_that_need_an_order(cell: str, order: str, time: dt.datetime | None) -> None:
    assert one(cell, parse_date(CELL, order=order)) == time


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [(None, None, "none"), (12, 12, "unknown"), (13, 12, "dmy"), (12, 13, "mdy"), (13, 13, "mixed")],
)
def test_day_and_month_are_decided_by_the_column(first: int | None, second: int | None, order: str) -> None:
    assert date_order(first, second) == order


def test_undecidable_dates_are_asked_for() -> None:
    file = orders("A1,C1,03/09/2025,1", "A2,C1,04/09/2025,1")
    assert "“03/09/2025” can be day before month or month before day" in refusal(file, profile="orders")
    rows = staged_rows([file], profile="orders", values={"date_order": "dmy"})
    assert [row["ordered_at"] for row in rows] == [dt.datetime(2025, 9, 3), dt.datetime(2025, 9, 4)]


def test_dates_that_contradict_each_other_are_named() -> None:
    file = orders("A1,C1,13/02/2025,1", "A2,C1,02/14/2025,1")
    assert refusal(file, profile="orders") == (
        "orders.csv, column “Order Date”: “13/02/2025” puts the day before the month and “02/14/2025” the month before the day. "
        "Dates of the kind that is not meant are left out."
    )
    assert left_out(receipt_of(file, profile="orders", values={"date_order": "dmy"})) == {"not_a_date": 1}


def test_one_clear_date_decides_the_column_and_is_shown() -> None:
    receipt = receipt_of(orders("A1,C1,03/09/2025,1", "A2,C1,25/09/2025,1"), profile="orders")
    assert [(one.column, one.value) for one in receipt.conventions if one.what == "date order"] == [
        ("Order Date", "dmy")
    ]
    assert receipt.first_date == dt.date(2025, 9, 3)


def test_dates_in_the_future_and_before_1990_are_left_out() -> None:
    future = dt.datetime.now().date() + dt.timedelta(days=30)
    receipt = receipt_of(orders(f"A1,C1,{future},1", "A2,C1,1899-12-31,1", "A3,C1,2025-01-01,1"), profile="orders")
    assert left_out(receipt) == {"date_before_1990": 1, "date_in_future": 1}


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        (None, None),
        ("  ", None),
        ("00123", "00123"),
        ('="00123"', "00123"),
        ("'00123", "00123"),
        ("１２３", "123"),
        (" A  B ", "A B"),
        ("Ann@Shop.COM ", "ann@shop.com"),
        ("17850.0", "17850"),
        ("+49 (151) 23-4567", "49151234567"),
        ("138****1234", None),
        ("张**", None),
    ],
)
def test_keys_are_folded(cell: str | None, key: str | None) -> None:
    assert one(cell, fold_key(CELL)) == key


@pytest.mark.parametrize(
    ("cell", "digits"),
    [("+44 20-7946 0958", "442079460958"), ("'138 1234 5678", "13812345678"), ("138****1234", None), ("n/a", None)],
)
def test_phones_are_digits(cell: str, digits: str | None) -> None:
    assert one(cell, fold_phone(CELL)) == digits


@pytest.mark.parametrize(
    ("cell", "is_spoilt"), [("1.23457E+11", True), ("6,8E+17", True), ("1E5", False), ("A1", False), ("", False)]
)
def test_spoilt_keys_are_seen(cell: str, is_spoilt: bool) -> None:
    assert bool(re.search(SPOILT, cell)) is is_spoilt


def test_a_spoilt_key_is_refused_with_its_line() -> None:
    sentence = refusal(orders("123,C1,2026-01-02,1", "1.23457E+11,C1,2026-01-02,1"), profile="orders")
    assert sentence.startswith(
        "orders.csv, line 3, column “Order ID”: “1.23457E+11” is a number rounded by a spreadsheet"
    )


def test_a_masked_customer_is_nobody() -> None:
    file = orders("A1,138****1234,2026-01-02,1", "A2,138****1234,2026-01-03,1", "A3,C1,2026-01-03,1")
    assert [row["customer_id"] for row in staged_rows([file], profile="orders")] == [None, None, "C1"]
    (entry,) = [
        entry for entry in receipt_of(file, profile="orders").cannot_answer if entry.code == "orders_without_buyer"
    ]
    assert str(entry).startswith("Orders that name no buyer: 2.")


@pytest.mark.parametrize(
    ("cell", "score"),
    [
        (None, None),
        ("10", 10.0),
        ("10 - Extremely likely", 10.0),
        ("9分", 9.0),
        ("7.5", 7.5),
        ("11", 11.0),
        ("4/5", 4.0),
        ("4 out of 5", 4.0),
        ("5 stars", 5.0),
        ("★★★★☆", 4.0),
        ("-2", None),
        ("-3", None),
        ("N/A", None),
        ("非常满意", 5.0),
        ("Very  satisfied", 5.0),
        (" VERY DISSATISFIED ", 1.0),
        ("maybe", None),
    ],
)
def test_scores(cell: str | None, score: float | None) -> None:
    words = {"very satisfied": 5, "very dissatisfied": 1, "非常满意": 5}
    assert one(cell, parse_score(CELL, words=words)) == score


@pytest.mark.parametrize(
    ("cell", "is_none"), [("", True), ("-2", True), ("-3", True), ("(跳过)", True), ("0", False), ("x", False)]
)
def test_codes_for_no_answer(cell: str, is_none: bool) -> None:
    assert one(cell, is_no_answer(CELL)) is is_none


def test_scores_that_do_not_fit_are_left_out_by_rule() -> None:
    cells = ["9", "11", "8.5", "", "perhaps", "-3"]
    file = NamedBytes("nps.csv", ("NPS,Date,Email\n" + "".join(f"{cell},2026-01-02,\n" for cell in cells)).encode())
    receipt = receipt_of(file, values={"score:*": "leave out"})
    assert (receipt.profile, receipt.feedback) == ("nps", 1)
    assert left_out(receipt) == {"no_score": 2, "not_a_score": 1, "score_not_whole": 1, "score_outside_scale": 1}
    assert {entry.reason for entry in receipt.left_out} >= {"The score lies outside the scale 0 to 10."}
