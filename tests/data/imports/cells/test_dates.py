"""Dates in the forms, languages and clocks of real exports; which clock is asked for where a column follows several."""

import datetime as dt

import polars as pl
import pytest

from data.imports import NamedBytes, Undecided, stage
from data.imports.cells.dates import parse_date
from data.imports.cells.months import months, weekdays
from data.imports.cells.zones import is_summer_time, offset_minutes
from tests.data.imports.exports import orders, receipt_of, refusal, staged_rows

DAY = dt.datetime(2026, 1, 2)
TEN = dt.datetime(2026, 1, 2, 10)


def read(cell: str, order: str = "none") -> dt.datetime | None:
    frame = pl.DataFrame({"c": [cell]}, schema={"c": pl.String})
    return frame.select(parse_date(pl.col("c"), order=order)).item()


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("", None),
        ("Friday", None),
        ("2 Jan", None),
        ("Jan 26", None),
        ("2026-02-30", None),
        ("2026-W05-1", None),
        ("12", None),
        ("02-Jan-26", DAY),
        ("2-JAN-2026", DAY),
        ("Friday, January 2, 2026", DAY),
        ("2026-01-02 Fri", DAY),
        ("Fri, 02 Jan 2026 10:00:00 +0000", TEN),
        ("Fri, 2 Jan 2026 10:00:00 GMT", TEN),
        ("Fri Jan  2 10:00:00 2026", TEN),
        ("Fri Jan 02 10:00:00 UTC 2026", TEN),
        ("Fri Jan 02 2026 10:00:00 GMT+0100 (Central European Standard Time)", TEN),
        ("02/Jan/2026:10:00:00 +0000", TEN),
        ("02-JAN-26 10.00.00.123456 AM", TEN),
        ("2026-01-02T10:00:00+01:00[Europe/Berlin]", TEN),
        ("2026-01-02 10:00:00 CET", TEN),
        ("2026-01-02 10:00:00+00", TEN),
        ("2026-01-02 10:00:00.123456-05", TEN),
        ("20260102T100000Z", TEN),
        ("20260102T1000", TEN),
        ("202601021000", TEN),
        ("1767348000", TEN),
        ("1767348000123", TEN),
        ("2 January 2026 at 10 a.m.", TEN),
        ("2 Jan 2026, 10:00 p.m.", dt.datetime(2026, 1, 2, 22)),
        ("2nd of January 2026", DAY),
        ("2026-01", dt.datetime(2026, 1, 1)),
        ("01/2026", dt.datetime(2026, 1, 1)),
        ("202601", dt.datetime(2026, 1, 1)),
        ("Jan-26", dt.datetime(2026, 1, 1)),
        ("January 2026", dt.datetime(2026, 1, 1)),
        ("2026年1月", dt.datetime(2026, 1, 1)),
        ("2026年1月2日 星期五 上午10时", TEN),
        ("2026年1月2日(金) 午前10時00分", TEN),
        ("2026년 1월 2일 오전 10:00", TEN),
        ("2026. 1. 2.", DAY),
        ("2 de enero de 2026", DAY),
        ("2 de jan. de 2026 10h00", TEN),
        ("ven. 2 janv. 2026", DAY),
        ("mar. 3 mars 2026", dt.datetime(2026, 3, 3)),
        ("Mar. 3, 2026", dt.datetime(2026, 3, 3)),
        ("1er février 2026", dt.datetime(2026, 2, 1)),
        ("12. März 2026 um 10:00 Uhr", dt.datetime(2026, 3, 12, 10)),
        ("venerdì 2 gennaio 2026", DAY),
        ("2 maart 2026", dt.datetime(2026, 3, 2)),
        ("2 stycznia 2026 r.", DAY),
        ("2 января 2026 г.", DAY),
        ("2 Ocak 2026 Cuma", DAY),
        ("2 Agustos 2026", dt.datetime(2026, 8, 2)),
    ],
)
def test_forms_of_a_date(cell: str, time: dt.datetime | None) -> None:
    assert read(cell) == time


@pytest.mark.parametrize(
    "name", ["Jan", "Mär", "Mai", "Okt", "Dez", "ago", "dic", "août", "fev", "set", "wrz", "мая", "Şub", "mrt"]
)
def test_months_of_the_common_languages_are_known(name: str) -> None:
    assert name.lower() in months()
    assert name.lower() not in weekdays()


def test_all_months_of_a_column_are_read_in_its_language() -> None:
    cells = ["12 Jan 2026", "3 Mär 2026", "5 Mai 2026", "5 Okt 2025", "5 Dez 2025", "5 Nov 2025"]
    rows = staged_rows([orders(*(f"{n},C1,{cell},1" for n, cell in enumerate(cells)))], profile="orders")
    assert [row["ordered_at"].month for row in rows] == [1, 3, 5, 10, 12, 11]


def test_one_month_that_nobody_knows_is_asked_for() -> None:
    sentence = refusal(orders("1,C1,12 Jan 2026,1", "2,C1,3 Maaliskuu 2026,1"), profile="orders")
    assert "1 cells are no dates that can be read, and others are: “3 Maaliskuu 2026” (1)" in sentence


@pytest.mark.parametrize(
    ("cells", "answers"),
    [
        (["26/09/03", "26/09/15"], ("dmy", "ymd")),
        (["26/09/03", "27/01/15"], ("dmy", "ymd")),
        (["03/09/26"], ("dmy", "mdy")),
    ],
)
def test_two_digit_years_that_may_stand_first_are_asked_for(cells: list[str], answers: tuple[str, ...]) -> None:
    file = orders(*(f"{n},C1,{cell},1" for n, cell in enumerate(cells)))
    with pytest.raises(Undecided) as caught:
        stage([file], store=None, profile="orders")
    assert caught.value.answers == answers


def test_the_year_may_stand_first() -> None:
    (row,) = staged_rows([orders("1,C1,25/09/03,1")], profile="orders", values={"date_order": "ymd"})
    assert row["ordered_at"] == dt.datetime(2025, 9, 3)


OFFSETS = {
    "one": ["2026-01-02T10:00:00+08:00", "2026-07-02T10:00:00+08:00"],
    "utc": ["2026-01-02T10:00:00Z", "2026-01-02 10:00:00+00", "Fri, 02 Jan 2026 10:00:00 GMT"],
    "epoch": ["1767348000", "1767348000000"],
    "summer": ["2026-01-02T10:00:00+01:00", "2026-07-02T10:00:00+02:00"],
    "south": ["2026-01-02T10:00:00+11:00", "2026-07-02T10:00:00+10:00"],
}
MIXED = {
    "utc and local offset": ["2026-07-31T23:30:00Z", "2026-08-01T07:30:00+08:00"],
    "hours only": ["2026-01-02 10:00:00+00", "2026-01-03 11:00:00.123456+02"],
    "offset and none": ["2026-01-02T10:00:00Z", "2026-01-02 10:00:00"],
    "offset and a day": ["2026-01-02T10:00:00Z", "2026-01-03"],
    "epoch and a day": ["1767348000", "2026-01-03"],
    "an hour apart in one month": ["2026-01-02T10:00:00+01:00", "2026-01-03T10:00:00+02:00"],
    "an hour apart the wrong way": [
        "2026-01-02T10:00:00+02:00",
        "2026-07-03T10:00:00+01:00",
        "2026-08-03T10:00:00+02:00",
    ],
    "three": ["2026-01-02T10:00:00+01:00", "2026-01-02T10:00:00+02:00", "2026-01-02T10:00:00+03:00"],
    "named": ["2026-01-02 10:00:00 CET", "2026-01-02 10:00:00 PST"],
    "a name that means several": ["2026-01-02 10:00:00 CST", "2026-01-02 10:00:00 UTC"],
}


def dated(*cells: str, header: str = "Order Date") -> NamedBytes:
    rows = "".join(f'{n}\tC1\t"{cell}"\t1\n' for n, cell in enumerate(cells))
    return NamedBytes("o.csv", f"Order ID\tCustomer ID\t{header}\tAmount\n{rows}".encode())


@pytest.mark.parametrize(
    ("case", "offset"),
    [("one", "+08:00"), ("utc", "UTC"), ("epoch", "UTC"), ("summer", "+01:00, +02:00"), ("south", "+10:00, +11:00")],
)
def test_offsets_of_one_place_are_named_and_the_clock_stays(case: str, offset: str) -> None:
    receipt = receipt_of(dated(*OFFSETS[case]), profile="orders")
    assert [(one.what, one.value) for one in receipt.conventions if one.column == "Order Date"] == [("offset", offset)]
    rows = staged_rows([dated(*OFFSETS[case])], profile="orders")
    assert {row["ordered_at"].hour for row in rows} == {10}


@pytest.mark.parametrize("case", MIXED)
def test_times_on_several_clocks_are_asked_for(case: str) -> None:
    with pytest.raises(Undecided) as caught:
        stage([dated(*MIXED[case])], store=None, profile="orders")
    assert caught.value.option == "timezone"
    rows = staged_rows([dated(*MIXED[case])], profile="orders", values={"timezone": "as written"})
    assert len(rows) == len(MIXED[case])


@pytest.mark.parametrize(
    ("cells", "zone", "times"),
    [
        (MIXED["utc and local offset"], "Asia/Shanghai", ["2026-08-01 07:30", "2026-08-01 07:30"]),
        (MIXED["utc and local offset"], "+08:00", ["2026-08-01 07:30", "2026-08-01 07:30"]),
        (MIXED["utc and local offset"], "UTC", ["2026-07-31 23:30", "2026-07-31 23:30"]),
        (MIXED["hours only"], "UTC", ["2026-01-02 10:00", "2026-01-03 09:00"]),
        (MIXED["hours only"], "as written", ["2026-01-02 10:00", "2026-01-03 11:00"]),
        (MIXED["offset and none"], "Asia/Shanghai", ["2026-01-02 18:00", "2026-01-02 10:00"]),
        (["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"], "Europe/Berlin", ["2026-03-29 01:30", "2026-03-29 03:30"]),
        (OFFSETS["epoch"], "America/New_York", ["2026-01-02 05:00", "2026-01-02 05:00"]),
    ],
)
def test_times_are_put_on_one_clock(cells: list[str], zone: str, times: list[str]) -> None:
    rows = staged_rows([dated(*cells)], profile="orders", values={"timezone": zone})
    assert [f"{row['ordered_at']:%Y-%m-%d %H:%M}" for row in rows] == times


def test_a_header_may_say_that_times_are_utc() -> None:
    file = NamedBytes("a.csv", b"NPS,Submit Date (UTC)\n9,2026-07-31 23:30:00\n")
    assert [row["responded_at"].day for row in staged_rows([file], "feedback")] == [31]
    (found,) = [one for one in receipt_of(file).conventions if one.what == "offset"]
    assert found.value == "UTC"
    (row,) = staged_rows([file], "feedback", values={"timezone": "Asia/Shanghai"})
    assert row["responded_at"] == dt.datetime(2026, 8, 1, 7, 30)


def test_a_zone_that_is_none_is_refused() -> None:
    assert refusal(dated(*OFFSETS["one"]), profile="orders", values={"timezone": "Shanghai"}).startswith(
        "“Shanghai” is no time zone."
    )


@pytest.mark.parametrize(
    ("zone", "minutes"),
    [("z", 0), ("+00", 0), ("+0530", 330), ("-03:30", -210), ("gmt+0100", 60), ("pst", -480), ("cst", None), ("asia/tokyo", None)],
)  # fmt: skip
def test_offsets(zone: str, minutes: int | None) -> None:
    assert offset_minutes(zone) == minutes


@pytest.mark.parametrize(
    ("days", "summer"),
    [
        ([], False),
        ([("2026-01-01", 60)], False),
        ([("2026-01-01", 60), ("2026-07-01", 120)], True),
        ([("2026-03-08", -420), ("2026-03-07", -480)], True),
        ([("2026-07-01", 600), ("2026-12-01", 660)], True),
        ([("2026-01-01", 60), ("2026-01-02", 120)], False),
        ([("2026-07-01", 60), ("2026-07-02", 120)], False),
        ([("2026-01-01", 60), ("2026-07-02", 180)], False),
    ],
)
def test_summer_time(days: list[tuple[str, int]], summer: bool) -> None:
    assert is_summer_time([(dt.date.fromisoformat(day), minutes) for day, minutes in days]) is summer
