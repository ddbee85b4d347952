"""The same number period by period: a metric of rows with a day becomes one of calendar periods, and its record that of the other."""

import datetime as dt
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import EVERY, calendar, checked, start_of
from metrics.engine.reduce import collected, in_order, period_start
from metrics.metric import PERIOD, Column, Metric
from metrics.texts import N_

COLUMNS = {
    "period": Column(N_("first day of the period")),
    "complete": Column(N_("whether the period has ended")),
}


@dataclass(frozen=True)
class OverTime:
    """A metric's function, called once for all calendar periods. `function` takes rows with a day; `counted` are its columns that are 0
    in a period in which nothing happened."""

    function: Callable[..., pl.DataFrame]
    counted: tuple[str, ...]

    def __call__(
        self,
        rows: nw.LazyFrame,
        *,
        as_of: dt.date,
        start: dt.date,
        end: dt.date,
        period: str = "month",
        by: Sequence[str] = (),
        **others: object,
    ) -> pl.DataFrame:
        """The periods from the one that holds `start` to the one that holds `end`, each as far as `as_of` has seen it.

        One row per combination of `by` and period: period (its first day), complete (whether it has ended by `as_of`), then the columns of
        the metric. One that begins after `as_of` is no row; one that ended before the first row of the frame is null, since nothing is
        known of it.
        """
        checked("period", period, EVERY)
        day, last = nw.col("day"), min(end, as_of)
        first = collected(rows.select(first=day.min())).item()
        shown = calendar(start, last, period) if start <= last else calendar(last, last, period).clear()
        until = min([*shown["end"].to_list()[-1:], as_of])
        inside = rows.filter(day >= nw.lit(start_of(start, period)), day <= nw.lit(until))
        inside = inside.with_columns(period=period_start(day, period))
        found = self.function(inside, by=(*by, "period"), **others).with_columns(pl.col("period").cast(pl.Date))
        types = {name: kind for name, kind in found.schema.items() if name not in (*by, "period")}
        periods = shown.select(
            period="start", complete=pl.col("end") <= as_of, seen=pl.lit(first) <= pl.col("end")
        ).with_columns(pl.col("seen").fill_null(value=False))
        wanted = found.select(by).unique().join(periods, how="cross") if by else periods
        rows_of = wanted.join(found, on=[*by, "period"], how="left", nulls_equal=True)
        filled = rows_of.with_columns(pl.when("seen").then(pl.col(*self.counted).fill_null(0)))
        return in_order(filled, by, {"period": pl.Date(), "complete": pl.Boolean(), **types}, ["period"])

    @property
    def __signature__(self) -> inspect.Signature:
        """With the arguments of the metric, which it hands on."""
        own = list(inspect.signature(type(self).__call__).parameters.values())[1:-1]
        names = {parameter.name for parameter in own}
        _, *others = inspect.signature(self.function).parameters.values()
        return inspect.Signature([*own, *(parameter for parameter in others if parameter.name not in names)])


def with_trend(metric: Metric, label: str) -> tuple[Metric, Metric]:
    """The record, and that of the same number over time, which is called `label`."""
    name = f"{metric.name}_trend"
    counted = tuple(
        column
        for column, kept in metric.columns.items()
        if kept.kind and not (metric.bounded and column == metric.value)
    )
    over_time = replace(
        metric,
        name=name,
        label=label,
        grain=N_("one row per calendar period, or per group and period"),
        no_data=N_(
            "A period in which nothing happened has counts and totals of 0, and no mean or share; one before the first order of the data "
            "is empty, since nothing is known of it; one that has not begun is no row."
        ),
        function=OverTime(metric.function, counted),
        columns={**COLUMNS, **metric.columns},
        arguments={"period": PERIOD, **metric.arguments},
        dates="dates",
        change=None,
        short="",
        watch=f"a rule on {metric.name} is judged period by period",
    )
    return replace(metric, trend=name), over_time
