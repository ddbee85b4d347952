"""The cohort triangle of UCI Online Retail, against plain Python loops over the file."""

import csv
import datetime as dt
import gzip
from collections import defaultdict
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from metrics.engine.rollups import customer_periods
from metrics.retention.retention import retention

LAST_DAY = dt.date(2011, 12, 9)


@pytest.fixture(scope="module")
def lines(shared: Path) -> list[dict[str, str]]:
    """The file's lines that name a customer."""
    with gzip.open(
        shared / "data" / "online_retail" / "online_retail.csv.gz", "rt", encoding="utf-8", newline=""
    ) as file:
        return [line for line in csv.DictReader(file) if line["CustomerID"].strip()]


@pytest.fixture(scope="module")
def triangle_by_loops(lines: list[dict[str, str]]) -> dict[tuple[dt.date, int], tuple[int, int]]:
    """(first month, k) → customers of that cohort, and those with an invoice that is no cancellation in the k-th month after."""
    months_of: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        if not line["InvoiceNo"].startswith("C"):
            year, month = line["InvoiceDate"][:7].split("-")
            months_of[line["CustomerID"]].add(12 * int(year) + int(month) - 1)
    size: dict[int, int] = defaultdict(int)
    active: dict[tuple[int, int], int] = defaultdict(int)
    for months in months_of.values():
        size[min(months)] += 1
        for month in months:
            active[min(months), month] += 1
    last = 12 * LAST_DAY.year + LAST_DAY.month - 1
    return {
        (dt.date(first // 12, first % 12 + 1, 1), month - first): (size[first], active[first, month])
        for first in size
        for month in range(first, last + 1)
    }


@pytest.fixture(scope="module")
def periods(lines: list[dict[str, str]]) -> nw.LazyFrame:
    """The rollup, from invoices folded here without the importer."""
    frame = pl.DataFrame(lines).select(
        "InvoiceNo",
        customer_key=pl.col("CustomerID").cast(pl.Int64),
        ordered_at=pl.col("InvoiceDate").str.to_datetime("%Y-%m-%d %H:%M:%S"),
        amount=pl.col("Quantity").cast(pl.Float64) * pl.col("UnitPrice").cast(pl.Float64),
        discount=pl.lit(0.0),
    )
    invoices = frame.group_by("InvoiceNo", "customer_key").agg(
        pl.col("ordered_at").min(), pl.col("amount").sum(), pl.col("discount").sum()
    )
    cancelled = pl.col("InvoiceNo").str.starts_with("C")
    orders, refunds = (nw.from_native(invoices.filter(rows).lazy()) for rows in (~cancelled, cancelled))
    return customer_periods(orders, refunds)


def test_triangle_equals_plain_loops_in_every_cell(
    periods: nw.LazyFrame, triangle_by_loops: dict[tuple[dt.date, int], tuple[int, int]]
) -> None:
    triangle = retention(periods, as_of=LAST_DAY)
    found = {
        (row["cohort"], row["period"]): (row["customers"], row["active"]) for row in triangle.iter_rows(named=True)
    }
    assert found == triangle_by_loops
    assert len(found) == 13 * 14 / 2
    for row in triangle.iter_rows(named=True):
        assert row["retention"] == row["active"] / row["customers"]


def test_december_2011_is_incomplete_in_every_cohort(periods: nw.LazyFrame) -> None:
    triangle = retention(periods, as_of=LAST_DAY)
    unfinished = triangle.filter(~pl.col("complete"))
    assert unfinished.height == 13
    assert all(
        12 * row["cohort"].year + row["cohort"].month + row["period"] == 12 * 2011 + 12
        for row in unfinished.iter_rows(named=True)
    )


def test_on_or_after_equals_plain_loops_in_every_cell(
    periods: nw.LazyFrame, lines: list[dict[str, str]], triangle_by_loops: dict[tuple[dt.date, int], tuple[int, int]]
) -> None:
    reach: dict[str, tuple[int, int]] = {}
    for line in lines:
        if not line["InvoiceNo"].startswith("C"):
            month = 12 * int(line["InvoiceDate"][:4]) + int(line["InvoiceDate"][5:7]) - 1
            first, last = reach.get(line["CustomerID"], (month, month))
            reach[line["CustomerID"]] = min(first, month), max(last, month)
    triangle = retention(periods, as_of=LAST_DAY, kind="on_or_after")
    assert triangle.height == len(triangle_by_loops)
    for row in triangle.iter_rows(named=True):
        cohort = 12 * row["cohort"].year + row["cohort"].month - 1
        later = sum(first == cohort and last - first >= row["period"] for first, last in reach.values())
        assert row["active"] == later, row


def test_revenue_of_the_rollup_is_that_of_all_lines_with_a_customer(
    periods: nw.LazyFrame, lines: list[dict[str, str]]
) -> None:
    revenue = periods.select(nw.col("revenue").sum()).collect("polars").to_native().item()
    assert float(revenue) == pytest.approx(
        sum(int(line["Quantity"]) * float(line["UnitPrice"]) for line in lines), abs=0.005
    )
