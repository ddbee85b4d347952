"""Customer lifecycle: who comes, who stays, who comes back and who falls silent, period by period."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl
import polars.selectors as cs

from metrics.churn.hiatus import INACTIVE_RATE, INACTIVE_TYPES, hiatus_threshold
from metrics.engine.periods import EVERY, calendar, checked, start_of
from metrics.engine.reduce import collected, first_day, in_order, period_number
from metrics.engine.rollups import is_last, seen_by
from metrics.statistics.shares import with_share

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
    counted whole, up to `as_of`. Without a threshold dormant and active are null, and so are returning and resurrected of a period in
    which somebody ordered again. Without orders there is no row.

    The frame has a row per customer and day with an order, from each customer's first on. `by` are attributes of the customer.
    """
    checked("period", period, EVERY)
    days = hiatus_threshold(order_days, as_of=as_of, hiatus_days=hiatus_days, quantile=quantile)
    seen = seen_by(order_days, as_of)
    firsts = seen.filter(nw.col("previous_day").is_null()) if by else seen  # the first of all days needs no search
    known = _counted(firsts, by, first=nw.col("day").min())
    first: dt.date | None = known["first"].min()  # type: ignore[assignment]
    begin = start_of(min(max(start, first or as_of), as_of), period)
    periods = calendar(begin, as_of, period).filter(pl.lit(first is not None))
    frame = periods.select(period="start", complete=pl.col("end") <= as_of)
    wanted = known.select(by).join(frame, how="cross") if by else frame
    flows = _flows(seen, as_of, begin, period, days or 0, by)
    rows = wanted.join(flows, on=[*by, "period"], how="left", nulls_equal=True).with_columns(
        pl.col(*FLOWS).fill_null(0)
    )
    if stock:
        standing = _active_at(seen, begin, days or 0, by)
        rows = (
            rows.join(standing, on=list(by), how="left", nulls_equal=True) if by else rows.join(standing, how="cross")
        )
        net = pl.col("new") + pl.col("resurrected") - pl.col("dormant")
        gained = net.cum_sum().over(list(by) or pl.lit(1), order_by="period")
        rows = rows.with_columns(active=pl.col("standing").fill_null(0) + gained)
    if days is None:
        came = pl.col("returning") + pl.col("resurrected")
        rows = rows.with_columns(
            *(pl.lit(None).alias(name) for name in ("dormant", "active")),
            *(pl.when(came == 0).then(name).alias(name) for name in ("returning", "resurrected")),
        )
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


def _flows(
    seen: nw.LazyFrame, as_of: dt.date, begin: dt.date, period: str, days: int, by: Sequence[str]
) -> pl.DataFrame:
    """One row per combination of `by` and period from the one that begins at `begin`, in which something happened, with the counts."""
    every, keys, n = EVERY[period], [*by, "period"], pl.col("n")
    # The first order of a period, and the one before it, say who came; days are few, so the engine hands over few rows
    dated = seen.filter(nw.col("day") >= nw.lit(begin)).with_columns(number=period_number(nw.col("day"), period))
    before = nw.col("previous_day")
    new_in_period = before.is_null() | (period_number(before, period) < nw.col("number"))
    came = _counted(dated.filter(new_in_period), [*by, "number", "previous_day"], n=nw.len()).with_columns(
        period=first_day(pl.col("number"), period)
    )
    # Active until `days` after the last order; that is at the end of the period before when the day after is no earlier than this begins
    active = pl.col("previous_day") + pl.duration(days=days + 1) >= pl.col("period")
    back = came.group_by(keys).agg(
        new=n.filter(pl.col("previous_day").is_null()).sum(),
        returning=n.filter(active).sum(),
        resurrected=n.filter(~active).sum(),
    )
    # Who orders again before the period of falling silent has ended is active at its end
    long = is_last(as_of) | (nw.col("next_age") - nw.col("age") > days)
    recent = seen.filter(nw.col("day") >= nw.lit(_days_before(begin, days + 1)), long)
    silent_from = pl.col("day") + pl.duration(days=days + 1)
    gone_in = silent_from.dt.truncate(every)
    next_day = pl.col("next_day")
    silent = (silent_from <= as_of) & (
        next_day.is_null() | (next_day > as_of) | (next_day >= gone_in.dt.offset_by(every))
    )
    pairs = _counted(recent, [*by, "day", "next_day"], n=nw.len())
    went = pairs.filter(silent).group_by(*by, period=gone_in).agg(dormant=n.sum())
    return back.join(went, on=keys, how="full", coalesce=True, nulls_equal=True)


def _active_at(seen: nw.LazyFrame, begin: dt.date, days: int, by: Sequence[str]) -> pl.DataFrame:
    """`standing`: how many were active when the period began, one row per combination of `by` with any, or exactly one row."""
    day, next_day = nw.col("day"), nw.col("next_day")
    until_then = (day < nw.lit(begin)) & (next_day.is_null() | (next_day >= nw.lit(begin)))
    still = seen.filter(until_then & (day >= nw.lit(_days_before(begin, days + 1))))
    return _counted(still, by, standing=nw.len())


def _days_before(day: dt.date, days: int) -> dt.date:
    """So many days earlier, or the first of all days."""
    return day - dt.timedelta(days=min(days, (day - dt.date.min).days))


def _counted(rows: nw.LazyFrame, keys: Sequence[str], **what: nw.Expr) -> pl.DataFrame:
    """The rows counted, or measured, by the keys: one row per combination of them, or exactly one without keys."""
    found = collected(rows.group_by(*keys).agg(**what) if keys else rows.select(**what))
    dates = cs.by_name("period", "day", "previous_day", "next_day", "first", require_all=False)
    counts = cs.by_name("n", "standing", require_all=False)
    return found.with_columns(dates.cast(pl.Date), counts.cast(pl.Int64))
