"""Titles about lifetime value: they say no more than the models and their last forecast support."""

import math

import polars as pl

from data.text.labels import alike, apart
from metrics.clv.fitted import DEPENDENT, LEAST_BUYERS, TOO_FEW, WEAK
from metrics.clv.holdout import PAST_RATE
from metrics.clv.judgement import TOO_SHORT
from metrics.dimension import Dimension
from metrics.statistics.intervals import z_value
from metrics.statistics.verdict import confidence_of_each
from metrics.texts import N_
from pages.shared.words.texts import _, coins, money, ngettext, number, percent

ALIKE_WITHIN = 0.05  # misses that differ by less are called alike
RIGHT_WITHIN = 0.005  # of what happened: shown as 0 %
LEAST_HELD_OUT = 30  # repeat orders; of fewer, chance alone moves the number by a third
OFF = {
    "low": N_("For the last {weeks} weeks this forecast was {share} low"),
    "high": N_("For the last {weeks} weeks this forecast was {share} high"),
    "right": N_("For the last {weeks} weeks this forecast was right to within {share}"),
}
# where a page shows no forecast: what one made before the weeks held out would have been worth
WOULD_BE_OFF = {
    "low": N_("For the last {weeks} weeks, a forecast would have been {share} too low"),
    "high": N_("For the last {weeks} weeks, a forecast would have been {share} too high"),
    "right": N_("For the last {weeks} weeks, a forecast would have been right to within {share}"),
}
PAST_OFF = {
    "low": N_("For the last {weeks} weeks, repeating the past would have been {share} too low"),
    "high": N_("For the last {weeks} weeks, repeating the past would have been {share} too high"),
    "right": N_("For the last {weeks} weeks, repeating the past would have been right to within {share}"),
}
SPEND_RISES = N_(
    "Customers who order more often also spend more per order (correlation {r}). The forecast takes the two as unrelated, so it is "
    "likely too low for frequent customers."
)
SPEND_FALLS = N_(
    "Customers who order more often spend less per order (correlation {r}). The forecast takes the two as unrelated, so it is likely "
    "too high for frequent customers."
)
NOBODY_SEEN_LEAVING = N_(
    "From these orders nobody can tell who has left for good and who only waits: any forecast would be a guess. Shown instead: what "
    "customers have brought so far. There is no chance of another order and no interval of a forecast."
)
TOO_FEW_BUYERS = N_(
    "A forecast needs {minimum} customers with an order; there are {n}. Shown instead: what customers have brought so far. Widen the "
    "filters, or upload more orders."
)
TOO_FEW_REPEAT = N_(
    "Too few customers have ordered again for a forecast. Shown instead: what customers have brought so far. Widen the filters, or "
    "upload more orders."
)
# The best of all, the highest against the lowest; of what is expected, then of what was brought so far
EXPECTED = (N_("{one} are expected to bring the most"), N_("More is expected of {one} than of {other}"))
TO_DATE = (N_("{one} have brought the most so far"), N_("{one} have brought more so far than {other}"))


def at_margin(text: str, margin: float) -> str:
    """A title or name about an amount, and at which margin it is meant: less than all of the revenue would else read as revenue."""
    return text if margin == 1 else _("{text}, at a margin of {margin}").format(text=text, margin=_margin(margin))


def margin_note(margin: float) -> str:
    """The same as a sentence; nothing where value is revenue."""
    return "" if margin == 1 else _("Value is revenue at a margin of {margin}.").format(margin=_margin(margin))


def _margin(margin: float) -> str:
    return percent(margin, 0 if round(100 * margin, 1).is_integer() else 1)


def title(row: dict, to_date: float | None, *, weeks: int, currency: str | None, margin: float) -> str:
    """What customers are expected to bring, or what they have brought, where that cannot be told. `row` is that of the summary."""
    if not row["predicts"] and to_date is None:
        return _("Too few customers to show their value")
    return at_margin(_amount(row, to_date, weeks=weeks, currency=currency), margin)


def _amount(row: dict, to_date: float | None, *, weeks: int, currency: str | None) -> str:
    if row["predicts"]:
        value = money(row["clv"], currency, coins(row["clv"]))
        return _("A customer is expected to bring {value} in the next {weeks} weeks").format(value=value, weeks=weeks)
    value = money(to_date or 0.0, currency, coins(to_date or 0.0))
    if row["state"] == WEAK:
        return _("No forecast, because it cannot be seen who has left; so far a customer has brought {value}").format(
            value=value
        )
    return _("Too few customers for a forecast; so far a customer has brought {value}").format(value=value)


def notice(row: dict) -> str:
    """What is wrong with the forecast, and what is shown instead; nothing when it stands."""
    state, r = row["state"], row["correlation"]
    if state == DEPENDENT:
        return _(SPEND_RISES if r > 0 else SPEND_FALLS).format(r=number(r, 2))
    if state == WEAK:
        return _(NOBODY_SEEN_LEAVING)
    if state == TOO_FEW and row["customers"] < LEAST_BUYERS:
        return _(TOO_FEW_BUYERS).format(minimum=number(LEAST_BUYERS), n=number(row["customers"]))
    return _(TOO_FEW_REPEAT) if state == TOO_FEW else ""


def spread(deciles: pl.DataFrame, *, predicts: bool, margin: float) -> str:
    """How much of all value the top tenth holds."""
    share = deciles["share"][0] if deciles.height else None
    if share is None:
        return _("Too few customers to divide into tenths")
    if predicts:
        text = _("The top tenth of customers holds {share} of the expected value")
    elif margin == 1:
        text = _("The top tenth of customers brought {share} of the revenue")
    else:
        text = _("The top tenth of customers brought {share} of the value to date")
    return text.format(share=percent(share, 0))


def middle(typical: float | None, mean: float | None, currency: str | None, *, predicts: bool, margin: float) -> str:
    """The median beside the mean, which a few large customers pull up."""
    if typical is None or mean is None:
        return _("Value per customer")
    text = (
        _("Half of the customers are expected to bring less than {value}")
        if predicts
        else _("Half of the customers have brought less than {value}")
    )
    return at_margin(text.format(value=money(typical, currency, coins(typical))), margin)


def active(row: dict, weeks: int) -> str:
    """How many are expected to order again."""
    return _("{n} of {all} customers are expected to order again within {weeks} weeks").format(
        n=number(row["active_customers"]), all=number(row["customers"]), weeks=weeks
    )


def groups(dimension: Dimension, compared: pl.DataFrame, *, predicts: bool) -> str:
    """The best group, where its interval lies above that of every other, else the best against the lowest, where theirs lie apart; rows of
    code, value, low, high, highest value first. The intervals are such that all of them hold together (`verdict.confidence_of_each`)."""
    if compared.height < 2:
        return _("Too few customers to compare groups")
    # how long somebody has been a customer says most of what they have brought
    if dimension.order == "time" and not predicts:
        return _("What each cohort has brought so far: older ones had more time")
    low = compared["low"][0]
    if low is None or compared["high"][-1] is None or low <= compared["high"][-1]:
        return alike(dimension)
    most, more = EXPECTED if predicts else TO_DATE
    ahead = low > compared["high"][1:].max()
    return apart(_(most if ahead else more), dimension, compared["code"][0], compared["code"][-1])


def judged(report: dict, *, predicts: bool) -> str:
    """By how much the forecast of the last weeks missed what happened: the plain sentence. `predicts`: whether the page shows one."""
    weeks, bias = report["holdout_weeks"], report["bias"]
    if report["state"] == TOO_SHORT:
        return _("The data are too short to judge a forecast")
    if bias is None:
        return _("Nobody ordered again in the last {weeks} weeks, so no forecast can be judged").format(weeks=weeks)
    if report["actual"] < LEAST_HELD_OUT:
        return ngettext(
            "{n} repeat order in the last {weeks} weeks is too few to judge a forecast",
            "{n} repeat orders in the last {weeks} weeks are too few to judge a forecast",
            report["actual"],
        ).format(n=number(report["actual"]), weeks=weeks)
    kind = "right" if abs(bias) < RIGHT_WITHIN else "low" if bias < 0 else "high"
    templates = PAST_OFF if report["forecast"] == PAST_RATE else OFF if predicts else WOULD_BE_OFF
    share = percent(max(abs(bias), RIGHT_WITHIN * 2) if kind == "right" else abs(bias), 0)
    return _(templates[kind]).format(weeks=weeks, share=share)


def against_simple(accuracy: pl.DataFrame, weeks: int) -> str:
    """The model's miss per customer beside that of two rules that need no model, in the weeks held out: they say nothing of others."""
    rows = accuracy.drop_nulls("rmse")
    if rows.height < 3:
        return _("How far simple rules were off")
    model, *rules = rows["rmse"].to_list()
    apart = [rule - model for rule in rules if not math.isclose(model, rule, rel_tol=ALIKE_WITHIN)]
    closer = sum(difference > 0 for difference in apart)
    if closer == len(rules):
        text = _("The model was closer to customers’ orders than both simple rules in these {weeks} weeks")
    elif closer:
        text = _("The model was closer to customers’ orders than one of two simple rules in these {weeks} weeks")
    elif not apart:
        text = _("The model was about as close to customers’ orders as simple rules in these {weeks} weeks")
    else:
        text = _("A simple rule was closer to customers’ orders than the model in these {weeks} weeks")
    return text.format(weeks=weeks)


def by_frequency(rows: pl.DataFrame) -> str:
    """The group of customers for whom the forecast was furthest off, in orders of all of them together; of those for whom it was so by
    more than the orders themselves vary, as sure as the choice among all groups asks for."""
    if not rows.height:
        return _("Forecast and orders, by orders before")
    off = pl.col("expected") - pl.col("actual")
    missed = rows.with_columns(missed=off * pl.col("customers")).sort(pl.col("missed").abs(), descending=True)
    clear = missed.filter(off.abs() > z_value(confidence_of_each(rows.height)) * pl.col("se"))
    if not clear.height:
        return _("For no number of orders before is the forecast clearly off")
    worst = clear.row(0, named=True)
    most = int(rows["x"].max())  # type: ignore[arg-type]
    who = (
        _("{n} or more repeat orders").format(n=most)
        if worst["x"] == most
        else ngettext("{n} repeat order", "{n} repeat orders", worst["x"]).format(n=worst["x"])
    )
    text = (
        _("The forecast is furthest off, too low, for customers with {who}")
        if worst["missed"] < 0
        else _("The forecast is furthest off, too high, for customers with {who}")
    )
    return text.format(who=who)


def keeping(count: int) -> str:
    """How many customers are worth keeping."""
    if not count:
        return _("No valuable customer has become unlikely to order again")
    return ngettext(
        "{n} valuable customer has become unlikely to order again",
        "{n} valuable customers have become unlikely to order again",
        count,
    ).format(n=number(count))
