"""Active customers: who has ordered within the last year, on a day and at the ends of periods."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import EVERY, at_least, calendar, checked
from metrics.engine.reduce import collected, in_order, one_if, totals
from metrics.engine.rollups import is_last, seen_by
from metrics.metric import PERIOD, Argument, Column, Metric, Watch
from metrics.sales.totals import CHANGE, GRAIN, SOURCE
from metrics.statistics.paired import Pairing
from metrics.statistics.ratios import per_customer, total_change
from metrics.texts import N_
from metrics.trend import COLUMNS

TYPES: dict[str, pl.DataType] = {"active_customers": pl.Int64()}


def active_customers(
    order_days: nw.LazyFrame, *, as_of: dt.date, window_days: int = 365, by: Sequence[str] = ()
) -> pl.DataFrame:
    """Customers with an order in the last `window_days` days, `as_of` included: one row, or one per combination of `by`: active_customers.

    Null where the orders do not reach back so far. Without orders: 0 customers, or no row when `by` is given.
    """
    first = _first(order_days)
    counted = totals(_active(order_days, as_of, window_days), by, ("active_customers",))
    covered = pl.lit(first is None or first <= _begin(as_of, window_days))
    return in_order(counted.with_columns(pl.when(covered).then("active_customers")), by, TYPES)


def active_sums(
    order_days: nw.LazyFrame, *, as_of: dt.date, window_days: int = 365, by: Sequence[str] = ()
) -> nw.LazyFrame:
    """What each customer adds to `active_customers`; nothing where the orders do not reach back so far. Stays lazy."""
    first, rows = _first(order_days), _active(order_days, as_of, window_days)
    covered = first is not None and first <= _begin(as_of, window_days)
    return per_customer(rows if covered else rows.head(0), by, n=nw.lit(1), top=nw.lit(1))


def active_trend(
    order_days: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    period: str = "month",
    window_days: int = 365,
    by: Sequence[str] = (),
) -> pl.DataFrame:
    """`active_customers` at the end of each period from the one that holds `start` to the one that holds `end`, or on `as_of` in one that
    has not ended. One row per combination of `by` and period: period (its first day), complete, active_customers."""
    checked("period", period, EVERY)
    last = min(end, as_of)
    shown = calendar(start, last, period) if start <= last else calendar(last, last, period).clear()
    days = [min(day, as_of) for day in shown["end"]]
    rows, day, following = seen_by(order_days, as_of), nw.col("day"), nw.col("next_day")
    counts = {
        f"active_{place}": one_if(
            (day <= nw.lit(at))
            & (day >= nw.lit(_begin(at, window_days)))
            & (following.is_null() | (following > nw.lit(at)))
        )
        for place, at in enumerate(days)
    }
    wide = totals(rows.select(*by, **counts), by, list(counts)) if counts else pl.DataFrame()
    first = _first(order_days)
    periods = shown.select(
        "index", period="start", complete=pl.col("end") <= as_of,
        covered=pl.Series([first is not None and first <= _begin(at, window_days) for at in days], dtype=pl.Boolean),
    )  # fmt: skip
    if not counts:
        return in_order(
            periods.with_columns(active_customers=0), (), {"period": pl.Date(), "complete": pl.Boolean(), **TYPES}
        )
    long = pl.concat(
        wide.select(*by, index=pl.lit(place, pl.Int64), active_customers=name) for place, name in enumerate(counts)
    )
    known = long.join(periods, on="index").with_columns(pl.when("covered").then("active_customers"))
    return in_order(known, by, {"period": pl.Date(), "complete": pl.Boolean(), **TYPES}, ["period"])


def _begin(day: dt.date, window_days: int) -> dt.date:
    return day - dt.timedelta(days=at_least("window_days", window_days, 1) - 1)


def _first(order_days: nw.LazyFrame) -> dt.date | None:
    found: dt.date | None = collected(order_days.select(first=nw.col("day").min())).item()
    return found


def _active(order_days: nw.LazyFrame, as_of: dt.date, window_days: int) -> nw.LazyFrame:
    """One row per customer whose last order lies in the window: the columns of the frame, active_customers (1)."""
    last = seen_by(order_days, as_of).filter(is_last(as_of), nw.col("day") >= nw.lit(_begin(as_of, window_days)))
    return last.with_columns(active_customers=nw.lit(1))


DEFINITION = N_(
    "Customers with an order in the last 365 days, the last day of the period included. Who bought without a name is not among them."
)
NOT_COVERED = N_("Without orders it is 0; it is empty where the orders do not reach back so many days.")
ACTIVE = Column(N_("customers with an order in the last days"), "count")
WINDOW = Argument(365, N_("How many days back an order makes a customer active."))

METRICS = (
    Metric(
        name="active_customers",
        version=1,
        label=N_("Active customers"),
        in_sentence=N_("active customers"),
        unit=N_("customers"),
        higher_is_better=True,
        grain=GRAIN,
        definition=DEFINITION,
        no_data=NOT_COVERED,
        interval=CHANGE,
        source=SOURCE,
        function=active_customers,
        change=Pairing(active_sums, compare=total_change),
        trend="active_customers_trend",
        frame="order_days",
        dates="day",
        columns={"active_customers": ACTIVE},
        arguments={"window_days": WINDOW},
        value="active_customers",
        n="active_customers",
        unknown=(N_("Not observable yet"), N_("It takes orders of the 365 days up to the end of the period.")),
        watch=Watch("day"),
    ),
    Metric(
        name="active_customers_trend",
        version=1,
        label=N_("Active customers over time"),
        unit=N_("customers"),
        higher_is_better=True,
        grain=N_("one row per calendar period, or per group and period"),
        definition=DEFINITION,
        no_data=NOT_COVERED,
        interval=CHANGE,
        source=SOURCE,
        function=active_trend,
        frame="order_days",
        dates="dates",
        columns={**COLUMNS, "active_customers": ACTIVE},
        arguments={"period": PERIOD, "window_days": WINDOW},
        value="active_customers",
        n="active_customers",
        watch="a rule on active_customers is judged period by period",
    ),
)
