"""The rule for falling silent: its choices, and the curve of gaps between purchases that it is read off."""

import polars as pl

from data.text.labels import segment_words
from metrics.churn.hiatus import RARE_BASIS
from metrics.texts import N_
from pages.customers import charts, findings
from pages.customers.charts import Mark
from pages.customers.churn.entry import WITHIN
from pages.customers.churn.readings import MINIMUM, Threshold, everybody
from pages.shared.model import blocks, choices
from pages.shared.model.charts import Line
from pages.shared.screen import states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, ngettext, number, percent, sentences, span

RULES = {"data": N_("threshold from the data"), "own": N_("own number of days")}
BASIS = {
    "all_gaps": N_(
        "By then {quantile}% of the gaps between two orders have ended; a gap that is still open counts as long as it has lasted."
    ),
    "ended_gaps": N_(
        "Fewer than {quantile}% of all gaps ever end, because many customers do not come back. So this is when {quantile}% of the gaps "
        "that do end have ended."
    ),
}
DRAWN_BEYOND = 2.5  # how far the curve goes, in thresholds
TICK_STEPS_DAYS = (1, 2, 5, 7, 15, 30, 60, 90, 180, 365, 730)


def options(current: View) -> None:
    """Where the threshold comes from, and its number."""
    with choices.row():
        choices.one("threshold", RULES, _("Threshold"))
        if current.options["threshold"] == "own":
            choices.amount("hiatus", _("Days without an order"), within=WITHIN["hiatus"], step=1)
        else:
            choices.amount("quantile", _("% of gaps ended"), within=WITHIN["quantile"], step=1)
        choices.definition("hiatus")


def threshold_section(current: View, rule: Threshold) -> None:
    """The days of the rule, why so many, and how often it was wrong."""
    curve = cached.answer("gap_curve", everybody(current))
    title = findings.threshold(rule.days, rule.row["basis"])
    if rule.days is None:
        _no_threshold(title, rule.row)
        return
    drawn = curve.filter(pl.col("elapsed") <= DRAWN_BEYOND * rule.days).drop_nulls("ended_share")
    here = drawn.filter(pl.col("elapsed") == rule.days)["ended_share"].to_list()
    how = sentences(_basis(rule, here), came_back(rule.row), _of_all(current))
    blocks.section(title, how, table=curve, file="gaps_between_orders", metric="gap_curve")
    if drawn.height < 2:
        why = _("The curve is drawn while {minimum} gaps between orders are known to be longer. Widen the filters.")
        left = curve.filter(pl.col("elapsed") == 1)["at_risk"].to_list() or [0]
        states.too_few(left[0], MINIMUM, why.format(minimum=MINIMUM))
        return
    y, low, high = ((100 * drawn[name]).to_list() for name in ("ended_share", "low", "high"))
    line = Line(_("gaps that have ended"), drawn["elapsed"].to_list(), y, low, high)
    mark = Mark(rule.days, 100 * here[0], _days(rule.days)) if here else None
    read = [_read(row) for row in drawn.iter_rows(named=True)]
    figure = charts.waiting(line, ticks=_ticks(drawn), read=read, mark=mark, height=280)
    blocks.chart(figure, key="gaps", alt=f"{title}. {how}")
    blocks.quiet(
        _("% of gaps between two orders that have ended, by days, with 95% interval; n: gaps known to be longer.")
    )


def _no_threshold(title: str, row: dict) -> None:
    blocks.section(title)
    if row["basis"] == RARE_BASIS:
        why = _(
            "Only {share} of all gaps between orders ever end, so silence tells nothing. Choose your own number of days."
        )
        said = why.format(share=percent(row["ended_share"]))
        blocks.empty(_("Customers rarely order again"), said, icon=":material/hourglass_disabled:")
        return
    why = _(
        "The threshold comes from customers who order again. Upload more orders, or choose your own number of days."
    )
    blocks.empty(_("No second order yet"), why, icon=":material/hourglass_empty:")


def _of_all(current: View) -> str:
    """Whose gaps the threshold comes from, where the filters leave some of them out."""
    if current.whom == current.scope:
        return ""
    if whose := markup.plain(segment_words(current.scope)):
        return _("Counted over all customers {who}, whatever the filters.").format(who=whose)
    return _("Counted over all customers, whatever the filters.")


def came_back(row: dict) -> str:
    """How often the rule was wrong: who was flagged and ordered all the same."""
    if row["came_back_share"] is None:
        text = _("Too few were flagged to say how many came back: {n} of {minimum}.")
        return text.format(n=number(row["flagged"]), minimum=MINIMUM)
    text = ngettext(
        "**{share} of customers so flagged came back** so far (95% interval {interval}; flagged {n} time).",
        "**{share} of customers so flagged came back** so far (95% interval {interval}; flagged {n} times).",
        row["flagged"],
    )
    interval = span(100 * row["low"], 100 * row["high"])
    said = text.format(share=percent(row["came_back_share"]), interval=interval, n=number(row["flagged"]))
    return sentences(said, _followed(row))


def _followed(row: dict) -> str:
    """Who comes back when all are given as long, where that is known."""
    if row["followed_low"] is None:
        return ""
    text = _(
        "Some were flagged shortly ago: **of customers followed for as long, {share} come back** within {days} days of their last order "
        "(95% interval {interval})."
    )
    interval = span(100 * row["followed_low"], 100 * row["followed_high"])
    return text.format(share=percent(row["followed_share"]), days=number(row["followed_days"]), interval=interval)


def _basis(rule: Threshold, ended: list[float]) -> str:
    if rule.row["basis"] in BASIS:
        return _(BASIS[rule.row["basis"]]).format(quantile=rule.quantile_percent)
    if not ended:
        return _("Chosen by hand.")
    return _("Chosen by hand; by then {share} of the gaps between two orders have ended.").format(
        share=percent(ended[0])
    )


def _days(days: int) -> str:
    return ngettext("{n} day", "{n} days", days).format(n=number(days))


def _ticks(drawn: pl.DataFrame) -> list[tuple[float, str]]:
    """Days with, below them, how many gaps are known to be longer."""
    left = dict(drawn.select("elapsed", "at_risk").iter_rows())
    last = max(left)
    step = next((step for step in TICK_STEPS_DAYS if last / step <= 4.5), last)
    return [(day, f"{number(day)}<br>n {number(left[day])}") for day in range(0, last + 1, step) if day in left]


def _read(row: dict) -> str:
    interval = f" ({span(100 * row['low'], 100 * row['high'])})" if row["low"] is not None else ""
    text = _("day {day}: {share}{interval} have ended")
    return text.format(day=number(row["elapsed"]), share=percent(row["ended_share"]), interval=interval)
