"""The metrics of discounts, on orders that can be counted by hand."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from metrics.programme.discounts import (
    discount_by_coupon,
    discount_dependence,
    discounted_share,
    discounted_share_trend,
    first_coupon,
)
from tests.metrics.frames import lazy, stored

LAST = dt.date(2026, 7, 1)
TYPES = dict(stored("orders").schema) | {"region": pl.String()}


def bought(
    who: int, day: str, amount: float, discount: float | None = None, coupon: str | None = None, **more: object
) -> dict:
    at = dt.datetime.fromisoformat(day)
    return {"customer_key": who, "ordered_at": at, "amount": amount, "discount": discount, "coupon": coupon, **more}


def orders(rows: Sequence[dict]) -> nw.LazyFrame:
    return lazy(pl.DataFrame([dict.fromkeys(TYPES) | row for row in rows], schema=TYPES))


ROWS = [
    bought(1, "2026-01-05", 80.0, 20.0, "A"),
    bought(1, "2026-02-05", 90.0, 10.0, "A", gross=200.0),  # a code for some goods only: the file says what all cost
    bought(2, "2026-01-07", 80.0, 20.0, "A"),
    bought(2, "2026-02-07", 50.0, 50.0),
    bought(3, "2026-02-09", 100.0),
    bought(3, "2026-02-10", 100.0, 0.0, "A"),  # a code that took nothing off
]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], []),
        (ROWS, [("", 1, 100.0, 50.0, 0.5, 0.5), ("A", 3, 400.0, 50.0, 0.2, 0.125)]),
    ],
)
def test_effective_and_nominal_discount(rows: list[dict], expected: list[tuple]) -> None:
    found = discount_by_coupon(orders(rows), minimum=1)
    known = found.with_columns(pl.when(pl.col("orders") > 1).then("nominal").otherwise(0.5).alias("nominal"))
    shown = known.with_columns(pl.col("effective").fill_null(0.5))  # of one customer there is no interval
    assert shown.select("coupon", "orders", "gross", "discount", "nominal", "effective").rows() == expected
    assert discount_by_coupon(orders(rows))["effective"].null_count() == len(expected)


def test_the_share_of_orders_with_a_discount_and_what_it_took() -> None:
    row = discounted_share(orders(ROWS), minimum=1).row(0, named=True)
    assert (row["orders"], row["discounted"], row["revenue"], row["discounted_revenue"], row["discount"]) == (
        6,
        4,
        500.0,
        300.0,
        100.0,
    )
    assert row["discounted_share"] == pytest.approx(4 / 6) and row["low"] < 4 / 6 < row["high"]
    empty = discounted_share(orders([])).row(0, named=True)
    assert (empty["orders"], empty["discounted_share"]) == (0, None)
    months = discounted_share_trend(
        orders(ROWS), as_of=LAST, start=dt.date(2026, 1, 1), end=dt.date(2026, 2, 28), minimum=1
    )
    assert months.select("period", "orders", "discounted", "discount").rows() == [
        (dt.date(2026, 1, 1), 2, 2, 40.0), (dt.date(2026, 2, 1), 4, 2, 60.0),
    ]  # fmt: skip


def test_dependence_looks_back_a_year_and_forward_so_many_days() -> None:
    cut = LAST - dt.timedelta(days=100)

    def day(offset: int) -> str:
        return (cut + dt.timedelta(days=offset)).isoformat()

    rows = [
        *(bought(1, day(-n), 10.0) for n in (1, 2, 3)),
        bought(1, day(1), 70.0),
        *(bought(2, day(-n), 10.0, 1.0 if n == 1 else None) for n in (1, 2, 3)),
        bought(2, day(100), 30.0),
        *(bought(3, day(-n), 10.0, 1.0 if n < 3 else None) for n in (1, 2, 3)),
        bought(3, day(-400), 10.0),
        *(bought(4, day(-n), 10.0, 1.0) for n in (0, 1, 2)),  # the day itself is still before
        bought(5, day(-1), 10.0, 1.0),  # too few orders to be in every band
        bought(5, day(5), 10.0),
    ]
    found = discount_dependence(orders(rows), as_of=LAST, horizon_days=100, minimum=1)
    assert found.select("band", "customers", "returned").rows() == [
        ("none", 1, 1), ("up_to_third", 1, 1), ("up_to_two_thirds", 1, 0), ("more", 1, 0),
    ]  # fmt: skip
    once = discount_dependence(orders(rows), as_of=LAST, horizon_days=100, least_orders=1, minimum=1)
    assert once.select("band", "customers", "returned").rows()[-1] == ("more", 2, 1)
    assert discount_dependence(orders([]), as_of=LAST).height == 0
    with pytest.raises(ValueError, match="horizon_days is 0"):
        discount_dependence(orders(rows), as_of=LAST, horizon_days=0)


def test_new_customers_by_the_code_of_their_first_order() -> None:
    rows = [
        bought(1, "2026-01-05", 80.0, 20.0, "WELCOME"),
        bought(1, "2026-01-05T12:00", 10.0),  # of the same day: part of the first
        bought(1, "2026-01-20", 55.0),
        bought(2, "2026-01-06", 80.0, 20.0, "WELCOME"),
        bought(2, "2026-03-20", 99.0),  # after its days are over
        bought(3, "2026-01-07", 60.0),
        bought(3, "2026-02-06", 40.0),
        bought(4, "2026-06-25", 60.0, 5.0, "WELCOME"),  # its days are not over
        bought(5, "2025-12-25", 60.0, 5.0, "WELCOME"),  # before the first date
        bought(5, "2026-01-01", 60.0),
    ]
    asked = {"as_of": LAST, "cohorts_from": dt.date(2026, 1, 1), "cohorts_to": LAST, "horizon_days": 30, "minimum": 1}
    found = first_coupon(orders(rows), **asked)
    assert found.select("coupon", "customers", "returned").rows() == [("", 1, 1), ("WELCOME", 2, 1)]
    assert found.filter(coupon="WELCOME")["spend"].to_list() == [27.5]
    assert first_coupon(orders([]), **asked).height == 0
    assert first_coupon(orders(rows), **{**asked, "minimum": 3})["returned_share"].null_count() == 2


def test_the_order_of_rows_changes_nothing_and_groups_add_up() -> None:
    rows = [
        bought(
            n % 17, f"2026-0{1 + n % 6}-1{n % 9}", 10.0 + n / 7, n % 3 / 3 or None, "AB"[n % 2], region="EW"[n % 17 % 2]
        )
        for n in range(300)
    ]
    frame = pl.DataFrame([dict.fromkeys(TYPES) | row for row in rows], schema=TYPES)
    mixed = lazy(frame.sample(fraction=1, shuffle=True, seed=1))
    for metric in (discount_by_coupon, discounted_share):
        assert metric(mixed).equals(metric(orders(rows)))
    whole, parts = discounted_share(orders(rows)), discounted_share(orders(rows), by=["region"])
    assert parts["discounted"].sum() == whole["discounted"].item() and parts["discount"].sum() == pytest.approx(
        whole["discount"].item()
    )
