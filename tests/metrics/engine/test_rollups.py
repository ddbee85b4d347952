"""The two summaries: what a row is, and what refunds do to it."""

import datetime as dt

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from metrics.engine.rollups import customer_periods, customers, with_neighbour_months
from tests.metrics.frames import day

TYPES = {"customer_key": pl.Int64, "ordered_at": pl.Datetime("us"), "amount": pl.Float64, "discount": pl.Float64}


def rows(*records: tuple[int, str, float | None, float | None]) -> nw.LazyFrame:
    made = [(key, dt.datetime.fromisoformat(at), amount, discount) for key, at, amount, discount in records]
    return nw.from_native(pl.DataFrame(made, schema=TYPES, orient="row").lazy())


def collected(frame: nw.LazyFrame, *keys: str) -> pl.DataFrame:
    assert isinstance(frame, nw.LazyFrame)
    return frame.collect("polars").to_native().sort(keys)


ORDERS = rows(
    (1, "2026-01-31T23:59:59", 100, 5),
    (1, "2026-01-31T08:00", 50, None),
    (1, "2026-02-01T00:00", 0, 0),
    (2, "2026-02-10", None, None),
)
REFUNDS = rows((1, "2026-02-03", -30, None), (1, "2026-03-03", -20, None), (3, "2026-03-04", -7, None))


def test_without_orders_there_are_no_rows() -> None:
    assert collected(customer_periods(rows(), rows())).height == 0
    assert collected(customers(rows(), rows())).height == 0


def test_customer_periods_is_one_row_per_customer_and_month_with_refunds_in_their_own() -> None:
    frame = collected(customer_periods(ORDERS, REFUNDS), "customer_key", "month")
    assert frame.select("customer_key", "month", "orders", "revenue", "discount").rows() == [
        (1, day("2026-01"), 2, 150.0, 5.0),
        (1, day("2026-02"), 1, -30.0, 0.0),
        (1, day("2026-03"), 0, -20.0, 0.0),
        (2, day("2026-02"), 1, 0.0, 0.0),
        (3, day("2026-03"), 0, -7.0, 0.0),
    ]


def test_customer_periods_by_week_begin_on_monday() -> None:
    frame = collected(customer_periods(ORDERS, rows(), period="week"), "customer_key", "week")
    assert frame.select("customer_key", "week", "orders").rows() == [
        (1, day("2026-01-26"), 3),
        (2, day("2026-02-09"), 1),
    ]


def test_first_month_is_that_of_the_first_order_not_of_a_refund() -> None:
    refunds = rows((2, "2026-01-05", -1, None), (3, "2026-03-04", -7, None))
    frame = collected(with_neighbour_months(customer_periods(ORDERS, refunds)), "customer_key", "month")
    assert frame.select("customer_key", "month", "first_month").rows() == [
        (1, day("2026-01"), day("2026-01")),
        (1, day("2026-02"), day("2026-01")),
        (2, day("2026-01"), day("2026-02")),
        (2, day("2026-02"), day("2026-02")),
        (3, day("2026-03"), None),
    ]


def test_an_unknown_period_is_named_with_those_allowed() -> None:
    with pytest.raises(ValueError, match="period is “day”; it must be one of week, month, quarter, year"):
        customer_periods(ORDERS, REFUNDS, period="day")


def test_customers_is_one_row_per_customer() -> None:
    frame = collected(customers(ORDERS, REFUNDS), "customer_key")
    assert frame.select(
        "customer_key", "first_order_at", "last_order_at", "orders", "order_days", "revenue"
    ).rows() == [
        (1, dt.datetime(2026, 1, 31, 8), dt.datetime(2026, 2, 1), 3, 2, 100.0),
        (2, dt.datetime(2026, 2, 10), dt.datetime(2026, 2, 10), 1, 1, 0.0),
        (3, None, None, 0, 0, -7.0),
    ]


def test_repeat_spend_is_that_of_the_days_after_the_first_with_a_known_amount() -> None:
    orders = rows(
        (1, "2026-01-31T08:00", 50, None),  # the first day
        (1, "2026-01-31T23:59:59", 100, None),
        (1, "2026-02-01T00:00", 0, None),  # a purchase of nothing counts
        (1, "2026-02-05T10:00", 30, None),  # two orders of one day are one purchase
        (1, "2026-02-05T11:00", None, None),
        (1, "2026-02-09", None, None),  # not known
        (2, "2026-02-10", 7, None),
    )
    frame = collected(customers(orders, rows((3, "2026-03-04", -7, None))), "customer_key")
    assert frame.select("customer_key", "order_days", "repeat_spend", "repeat_spend_days").rows() == [
        (1, 4, 30.0, 2),
        (2, 1, 0.0, 0),
        (3, 0, 0.0, 0),
    ]


@pytest.mark.parametrize(
    ("documents", "repeat_spend"),
    [
        ([], 30.0),
        ([("2026-01-02", -5)], 30.0),  # before any order: it lowers the revenue alone
        ([("2026-01-31", -5), ("2026-02-04", -5)], 30.0),  # after the first day, which repeat spend leaves out
        ([("2026-02-05", -5)], 25.0),  # of the day itself
        (
            [("2026-02-09", -5), ("2026-03-01", -7)],
            18.0,
        ),  # the latest order-day before it is of unknown amount: the one before
        ([("2026-02-05", -5), ("2026-02-05", None)], 25.0),  # of another currency
        ([("2026-03-01", -40)], -10.0),
    ],
)
def test_a_refund_that_names_no_order_lowers_the_latest_order_day_before_it(
    documents: list[tuple[str, float | None]], repeat_spend: float
) -> None:
    orders = rows(
        (1, "2026-01-31", 50, None),
        (1, "2026-02-05T10:00", 20, None),
        (1, "2026-02-05T11:00", 10, None),
        (1, "2026-02-09", None, None),
    )
    refunds = rows(*((1, at, amount, None) for at, amount in documents))
    (row,) = collected(customers(orders, refunds), "customer_key").to_dicts()
    assert (row["order_days"], row["repeat_spend"], row["repeat_spend_days"]) == (3, repeat_spend, 1)
