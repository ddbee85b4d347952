"""How soon new customers order a second time: the Kaplan–Meier curve with its band, and how many are still followed."""

import polars as pl

from metrics.statistics.survival import time_with_interval
from pages.customers import charts, findings
from pages.customers.charts import Mark
from pages.shared.model import blocks
from pages.shared.model.charts import Line
from pages.shared.readings.readings import RETENTION_MINIMUM
from pages.shared.screen import states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import periods
from pages.shared.words.texts import _, date, month, ngettext, number, percent, sentences, span

MONTHS, DAYS = 12, 90
DAYS_DRAWN = 365
TICKS_DAYS = (0, 90, 180, 270, 360)


def second_order_section(current: View) -> None:
    """The share of the last twelve months' new customers who have ordered again, by days since the first order."""
    dates = periods.back(current.end, MONTHS)
    curve = cached.answer("repeat_curve", current.asked(*dates), unit="day", minimum=RETENTION_MINIMUM)
    drawn = curve.filter(pl.col("elapsed") <= DAYS_DRAWN).drop_nulls("repeat_share")
    # as far as enough customers are followed, where that is less than the days that are told
    row = drawn.filter(pl.col("elapsed") <= DAYS).tail(1).to_dicts()[0] if drawn.height > 1 else None
    title = findings.second_order(row["repeat_share"] if row else None, row["elapsed"] if row else DAYS)
    if row is None:
        blocks.section(title, table=curve, file="second_orders", metric="repeat_curve")
        followed = curve.filter(pl.col("elapsed") == min(DAYS, curve["elapsed"].max() or 0))["at_risk"].to_list()
        why = _(
            "The curve is drawn while {minimum} customers are followed. Widen the filters, or choose another period."
        )
        states.too_few((followed or [0])[0], RETENTION_MINIMUM, why.format(minimum=RETENTION_MINIMUM))
        return
    how = sentences(
        _(
            "% who ordered a second time, by days since the first order, with 95% interval; n: still followed without one."
        ),
        _who(curve["customers"][0], month(dates[0]), date(current.as_of)),
        _within(row),
        _half(curve),
    )
    blocks.section(title, how, table=curve, file="second_orders", metric="repeat_curve")
    y, low, high = ((100 * drawn[name]).to_list() for name in ("repeat_share", "low", "high"))
    line = Line(_("ordered again"), drawn["elapsed"].to_list(), y, low, high)
    mark = Mark(row["elapsed"], 100 * row["repeat_share"], percent(row["repeat_share"]))
    read = [_read(each) for each in drawn.iter_rows(named=True)]
    figure = charts.waiting(line, ticks=_ticks(drawn), read=read, mark=mark)
    blocks.chart(figure, key="second-orders", alt=f"{title}. {how}")


def _who(customers: int, first: str, last: str) -> str:
    text = ngettext(
        "{n} customer with a first order since {first}, followed to {last}.",
        "{n} customers with a first order since {first}, each followed to {last}.",
        customers,
    )
    return text.format(n=number(customers), first=first, last=last)


def _within(row: dict) -> str:
    if row["low"] is None:
        return ""
    text = _("Within {days} days: {interval}%.")
    return text.format(days=row["elapsed"], interval=span(100 * row["low"], 100 * row["high"]))


def _half(curve: pl.DataFrame) -> str:
    """When half of the customers have ordered again, with its interval as far as the data reach."""
    middle, low, high = time_with_interval(curve, "repeat_share", 0.5)
    if middle is None:
        return _("So far fewer than half have ordered again.")
    if low is None or high is None:
        return _("Half have ordered again after {days} days.").format(days=number(middle))
    text = _("Half have ordered again after {days} days (95% interval {interval}).")
    return text.format(days=number(middle), interval=span(low, high, 0))


def _ticks(drawn: pl.DataFrame) -> list[tuple[float, str]]:
    """Days with, below them, how many customers are still followed."""
    left = dict(drawn.select("elapsed", "at_risk").iter_rows())
    return [(day, f"{number(day)}<br>n {number(left[day])}") for day in TICKS_DAYS if day in left]


def _read(row: dict) -> str:
    interval = f" ({span(100 * row['low'], 100 * row['high'])})" if row["low"] is not None else ""
    text = _("day {day}: {share}{interval}, {n} still followed")
    return text.format(
        day=number(row["elapsed"]), share=percent(row["repeat_share"]), interval=interval, n=number(row["at_risk"])
    )
