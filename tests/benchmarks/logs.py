"""The order logs that forecasts are measured on, each as customer, day and net amount (null where the log has none)."""

import datetime as dt
import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from tests.benchmarks.measure import ROOT

DATA = ROOT.parent / "shared" / "data"
TYPES = {"customer_key": pl.Int64, "day": pl.Date, "amount": pl.Float64}


def cdnow() -> pl.DataFrame:
    """id, id in the sample, yyyymmdd, units, dollars."""
    rows = map(str.split, (DATA / "cdnow" / "CDNOW_sample.txt").read_text().splitlines())
    records = [(int(row[1]), dt.datetime.strptime(row[2], "%Y%m%d").date(), float(row[4])) for row in rows]
    return pl.DataFrame(records, schema=TYPES, orient="row")


def grocery() -> pl.DataFrame:
    """Customer and day; no amounts."""
    rows = _unpacked(DATA / "grocery" / "grocery_elog.csv.gz")
    return rows.select(
        customer_key=pl.col("cust").cast(pl.Int64),
        day=pl.col("date").str.to_date(),
        amount=pl.lit(None, pl.Float64),
    )


def online_retail() -> pl.DataFrame:
    """Invoices of known customers; cancellations are no orders."""
    rows = _unpacked(DATA / "online_retail" / "online_retail.csv.gz")
    rows = rows.filter(pl.col("CustomerID").str.strip_chars() != "", ~pl.col("InvoiceNo").str.starts_with("C"))
    amount = pl.col("Quantity").cast(pl.Float64) * pl.col("UnitPrice").cast(pl.Float64)
    found = rows.group_by("InvoiceNo", customer_key=pl.col("CustomerID").cast(pl.Int64)).agg(
        day=pl.col("InvoiceDate").str.slice(0, 10).str.to_date().min(), amount=amount.sum()
    )
    return found.select("customer_key", "day", "amount")


LOGS: dict[str, tuple[Callable[[], pl.DataFrame], dt.date, int]] = {
    "CDNOW": (cdnow, dt.date(1997, 9, 30), 39),
    "Grocery": (grocery, dt.date(2006, 12, 30), 52),
    "Online Retail": (online_retail, dt.date(2011, 6, 30), 23),
}


def logs() -> Iterator[tuple[str, pl.DataFrame, dt.date, int]]:
    """Name, orders, and the split that METRICS’ figures are of: the last day that a forecast sees, and the weeks that it is made for."""
    for name, (read, end, weeks) in LOGS.items():
        yield name, read(), end, weeks


def _unpacked(path: Path) -> pl.DataFrame:
    with gzip.open(path) as file:
        return pl.read_csv(file.read(), infer_schema=False)
