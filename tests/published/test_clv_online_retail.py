"""UCI Online Retail, on which models of dropout go wrong in silence: nobody can be seen to leave, and P(still active) becomes 99.7 %."""

import datetime as dt
import gzip
from pathlib import Path

import polars as pl
import pytest

from metrics.clv.judgement import judged
from metrics.clv.lifetime import clv, clv_average, clv_model
from metrics.engine.rollups import order_days
from tests.metrics.buying import customer_rows
from tests.metrics.frames import lazy

LAST = dt.date(2011, 12, 9)


@pytest.fixture(scope="module")
def invoices(shared: Path) -> pl.DataFrame:
    """Invoices of known customers that are no cancellation, folded here without the importer."""
    with gzip.open(shared / "data" / "online_retail" / "online_retail.csv.gz") as file:
        lines = pl.read_csv(file.read(), infer_schema=False).filter(pl.col("CustomerID").str.strip_chars() != "")
    amount = pl.col("Quantity").cast(pl.Float64) * pl.col("UnitPrice").cast(pl.Float64)
    return (
        lines.filter(~pl.col("InvoiceNo").str.starts_with("C"))
        .group_by("InvoiceNo", customer_key=pl.col("CustomerID").cast(pl.Int64))
        .agg(ordered_at=pl.col("InvoiceDate").str.to_datetime("%Y-%m-%d %H:%M:%S").min(), amount=amount.sum())
        .select("customer_key", "ordered_at", "amount")
    )


@pytest.fixture(scope="module")
def buyers(invoices: pl.DataFrame) -> pl.DataFrame:
    return customer_rows(invoices)


@pytest.mark.parametrize("model", ["mbg_nbd", "bg_nbd", "pareto_nbd"])
def test_dropout_is_named_weakly_identified(buyers: pl.DataFrame, model: str) -> None:
    (row,) = clv_model(lazy(buyers), as_of=LAST, model=model).to_dicts()
    assert (row["customers"], row["state"]) == (4339, "weakly_identified")


def test_value_falls_back_to_history_and_claims_no_chance(buyers: pl.DataFrame) -> None:
    rows = clv(lazy(buyers), as_of=LAST, horizon_weeks=52, discount_rate=0)
    assert rows.height == 4339
    assert rows.select("low", "high", "p_active").null_count().row(0) == (4339, 4339, 4339)
    assert rows["purchases"].sum() <= (buyers["order_days"] - 1).sum()
    assert rows["clv"].sum() < buyers["revenue"].sum()


def test_three_years_are_not_nine_times_the_turnover(buyers: pl.DataFrame) -> None:
    """Repeated for three years, a year of data brings less than three times what it brought, and more than one year of it would."""
    (row,), (year,) = (clv_average(lazy(buyers), as_of=LAST, horizon_weeks=weeks).to_dicts() for weeks in (156, 52))
    assert year["clv"] * 4339 < row["clv"] * 4339 < 3 * buyers["revenue"].sum()


def test_the_model_in_which_nobody_leaves_forecasts_half_a_year_to_a_tenth(
    invoices: pl.DataFrame, buyers: pl.DataFrame
) -> None:
    """Where the past repeated, which else stands in, is off by more than half."""
    (row,) = judged(order_days(lazy(invoices)), as_of=LAST, model="nbd", holdout_weeks=26).to_dicts()
    assert (row["forecast"], row["state"]) == ("nbd", "ok")
    assert abs(row["bias"]) < 0.12
    (model,) = clv_model(lazy(buyers), as_of=LAST, model="nbd").to_dicts()
    assert model["state"] in ("ok", "spend_depends_on_frequency")
    assert clv(lazy(buyers), as_of=LAST, model="nbd")["p_active"].null_count() == 0
