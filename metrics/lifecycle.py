"""Customer lifecycle: who comes, who stays, who comes back and who falls silent, period by period."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.hiatus import INACTIVE_RATE, INACTIVE_TYPES, gap_pairs, hiatus_threshold
from metrics.periods import EVERY, calendar, checked, start_of
from metrics.reduce import in_order
from metrics.shares import with_share

FLOWS = ("new", "returning", "resurrected", "dormant")
TYPES: dict[str, pl.DataType] = {"period": pl.Date(), **dict.fromkeys(FLOWS, pl.Int64())}
STOCK_TYPES: dict[str, pl.DataType] = {"active": pl.Int64(), "complete": pl.Boolean()}


def lifecycle(
    order_days: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    period: str = "month",
    hiatus_days: int = 0,
    quantile: float = 0.8,
    stock: bool = False,
    by: Sequence[str] = (),
) -> pl.DataFrame:
    """Customers by what they did in each week, month, quarter or year that holds a day from `start` to `end`.

    A customer is active on a day when the last order is at most hiatus_days older (see `hiatus`, which also says what 0 takes). One row
    per combination of `by` and period: period (its first day), new (first order), returning (ordered, and were active when the period
    began), resurrected (ordered, and were not), dormant (were active in the period, and are not at its end, or at `as_of`). So
    new + returning + resurrected are the customers who ordered, and new + resurrected − dormant is the net change of active ones.

    `stock` adds active (at the period's end, or at `as_of`) and complete (whether the period has ended by `as_of`). Each period is
    counted whole, up to `as_of`. dormant and active are null while no gap has ended. Without orders there is no row.

    The frame has a row per customer and day with an order, from each customer's first on. `by` are attributes of the customer.
    """
    checked("period", period, EVERY)
    days = hiatus_threshold(order_days, as_of=as_of, hiatus_days=hiatus_days, quantile=quantile)
    flows = _flows(order_days, as_of, period, days, by)
    first: dt.date | None = flows["period"].min()  # type: ignore[assignment]
    periods = calendar(first or as_of, as_of, period).filter(pl.lit(first is not None))
    frame = periods.select(period="start", complete=pl.col("end") <= as_of)
    wanted = flows.select(by).unique().join(frame, how="cross") if by else frame
    rows = wanted.join(flows, on=[*by, "period"], how="left", nulls_equal=True).with_columns(
        pl.col(*FLOWS).fill_null(0)
    )
    net = pl.col("new") + pl.col("resurrected") - pl.col("dormant")
    rows = rows.with_columns(active=net.cum_sum().over(list(by) or pl.lit(1), order_by="period"))
    if days is None:
        rows = rows.with_columns(dormant=pl.lit(None), active=pl.lit(None))
    rows = rows.filter(pl.col("period") >= start_of(start, period), pl.col("period") <= end)
    return in_order(rows, by, TYPES | STOCK_TYPES if stock else TYPES, ["period"])


def balance(flows: pl.DataFrame) -> pl.DataFrame:
    """The rows of `lifecycle` with stock, with net (new + resurrected − dormant) and active_before (active when the period began)."""
    net = pl.col("new") + pl.col("resurrected") - pl.col("dormant")
    return flows.with_columns(net=net, active_before=pl.col("active") - net)


def inactive_share_trend(
    order_days: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    period: str = "month",
    hiatus_days: int = 0,
    quantile: float = 0.8,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """The inactive share at the end of each period that holds a day from `start` to `end`, or at `as_of`; lower is better.

    One row per combination of `by` and period: period (its first day), complete (whether it has ended by `as_of`), then the columns of
    `inactive_share`. The threshold is one for all periods. Without orders there is no row.
    """
    days = hiatus_threshold(order_days, as_of=as_of, hiatus_days=hiatus_days, quantile=quantile)
    options = {"period": period, "hiatus_days": days or 0, "quantile": quantile, "stock": True, "by": by}
    flows = lifecycle(order_days, as_of=as_of, start=dt.date.min, end=as_of, **options)  # type: ignore[arg-type]
    known = pl.col("new").cum_sum().over(list(by) or pl.lit(1), order_by="period")
    counted = flows.with_columns(
        hiatus_days=pl.lit(days, pl.Int64), customers=known, inactive=known - pl.col("active")
    ).filter(pl.col("period") >= start_of(start, period), pl.col("period") <= end)
    rated = with_share(counted, **INACTIVE_RATE, confidence=confidence, minimum=minimum)
    types = {"period": pl.Date(), "complete": pl.Boolean(), **INACTIVE_TYPES}
    return in_order(rated, by, types, ["period"])


def _flows(order_days: nw.LazyFrame, as_of: dt.date, period: str, days: int | None, by: Sequence[str]) -> pl.DataFrame:
    """One row per combination of `by` and period in which something happened, with the counts."""
    every, keys, n = EVERY[period], [*by, "period"], pl.col("n")
    pairs = gap_pairs(order_days, as_of=as_of, by=by)
    again = pairs.drop_nulls("next_day")
    # An order day that follows no other is a first one
    came = pl.concat([pairs.select(*by, "n", at="day"), again.select(*by, n=-n, at="next_day")])
    new = came.group_by(*by, period=pl.col("at").dt.truncate(every)).agg(new=n.sum())
    # Active until `days` after the last order; that is at the end of the period before when the day after is no earlier than this begins
    silent_from = pl.col("day") + pl.duration(days=(days or 0) + 1)
    moved = again.with_columns(period=pl.col("next_day").dt.truncate(every)).filter(pl.col("day") < pl.col("period"))
    active = silent_from >= pl.col("period")
    back = moved.group_by(keys).agg(returning=n.filter(active).sum(), resurrected=n.filter(~active).sum())
    # Who orders again before the period of falling silent has ended is active at its end
    gone_in = silent_from.dt.truncate(every)
    silent = (silent_from <= as_of) & (
        pl.col("next_day").is_null() | (pl.col("next_day") >= gone_in.dt.offset_by(every))
    )
    went = pairs.filter(silent).group_by(*by, period=gone_in).agg(dormant=n.sum())
    flows = new
    for more in (back, went):
        flows = flows.join(more, on=keys, how="full", coalesce=True, nulls_equal=True)
    return flows.with_columns(pl.col(*FLOWS).fill_null(0))
