"""Lifetime value for the view: which customers and terms are asked for, and the predicted value as a reading."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from data.questions.ask import Question
from data.questions.value import honesty, value_summary
from metrics.clv.fitted import BELIEVED, LEAST_BUYERS, WEAK
from metrics.dimension import Dimension
from metrics.engine.reduce import unfolded
from metrics.texts import N_
from pages.customers.clv.entry import OPTIONS
from pages.shared.readings import readings
from pages.shared.readings.readings import Reading
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import periods
from pages.shared.words.texts import _, number, sentences

LISTED = 50  # customers worth keeping that are shown; the download holds all
DEFAULTS: dict[str, str] = {option.name: option.first for option in OPTIONS}
WITHHELD_WEAK = (N_("No forecast"), N_("These orders do not show who has left."))
WITHHELD_SELDOM = (N_("No forecast"), N_("Too few customers ordered again."))
HOLDS = N_("{span}, if the model holds")  # its interval knows only how well the parameters are determined
REMEDY = N_("Widen the filters, or upload more orders.")  # the period is none: value is counted from the first order on


@dataclass(frozen=True)
class Terms:
    """What is asked about value: which customers as of which day, by which model, how far ahead, at which rates."""

    question: Question
    model: str
    horizon_weeks: int
    discount_rate: float
    margin: float
    below: float
    holdout_weeks: int  # 0: as many as usual

    @cached_property
    def summary(self) -> pl.DataFrame:
        """See `data.questions.value.value_summary`."""
        return self._summed(self.question)

    def groups(self, dimension: Dimension) -> pl.DataFrame:
        """What is predicted of the groups of a dimension; see `metrics.clv.summary.clv_summary`."""
        of_members = dimension.source == "member"
        summary = self._summed(replace(self.question, by=(dimension.column,))) if of_members else self.summary
        return unfolded(summary, "groups").filter(pl.col("dimension") == dimension.column)

    def _summed(self, question: Question) -> pl.DataFrame:
        return cached.table(value_summary, question, **self.valued_by, below=self.below, shown=LISTED)

    @cached_property
    def row(self) -> dict:
        """The summary without its lists."""
        lists = [name for name, kind in self.summary.schema.items() if kind == pl.List]
        return self.summary.drop(lists).row(0, named=True)

    @property
    def valued_by(self) -> dict:
        """The arguments that metrics of value have in common."""
        return {
            "model": self.model,
            "horizon_weeks": self.horizon_weeks,
            "discount_rate": self.discount_rate,
            "margin": self.margin,
        }

    @cached_property
    def honesty(self) -> pl.DataFrame:
        """See `data.questions.value.honesty`."""
        return cached.table(honesty, self.question, model=self.model, holdout_weeks=self.holdout_weeks)

    def to_date(self, *by: str, confidence: float = 0.95) -> pl.DataFrame:
        """Value to date, see `historical_clv`."""
        question = replace(self.question, by=by)
        return cached.answer("historical_clv", question, margin=self.margin, confidence=confidence)


def terms(view: View, options: Mapping[str, str] = DEFAULTS) -> Terms:
    """The terms of a view; `options` are those of the page, or its defaults.

    Value is a state of customers on a day: the as-of day while the period is the newest one, else the end of the period.
    """
    holdout = options["holdout"]
    return Terms(
        question=replace(view.question, as_of=_day(view)),
        model=options["model"],
        horizon_weeks=int(options["horizon"]),
        discount_rate=float(options["discount"]) / 100,
        margin=float(options["margin"]) / 100,
        below=float(options["cut"]) / 100,
        holdout_weeks=0 if holdout == "auto" else int(holdout),
    )


def clv(view: View) -> Reading:
    """Predicted value of a customer within 52 weeks, by the default model and rates, with Laplace's interval.

    It has no change. Laplace's interval knows only how well the parameters are determined; how far the model itself is off (16 % on
    CDNOW, see the page's holdout) is many times that, and differs from one day to another with the season. Two forecasts, of which the
    later has seen all that the earlier had, would nearly always lie further apart than their intervals reach, and mean nothing by it. So
    the card says what is expected and is silent about better or worse. Where the model cannot be believed there is no value.
    """
    return predicted(terms(view))


def predicted(asked: Terms) -> Reading:
    """The predicted value under any terms."""
    row = asked.row
    value = row["clv"] if row["predicts"] else None
    return Reading(
        metric="clv",
        name=readings.VALUE,
        noun="customers",
        percent=False,
        value=value,
        low=row["low"] if row["predicts"] else None,
        high=row["high"] if row["predicts"] else None,
        n=row["customers"],
        minimum=LEAST_BUYERS,
        change=None,
        change_low=None,
        change_high=None,
        before=None,
        verdict="too_few",
        months=([], [], []),
        currency=cached.extent().currency,
        money=True,
        compares=False,
        withheld=_withheld(row["state"], row["customers"]),
        holds=HOLDS,
    )


def no_forecast(state: str, customers: int) -> str:
    """Why there is no forecast of so many customers with an order, in a sentence."""
    if withheld := _withheld(state, customers):
        return _("{what}. {why}").format(what=_(withheld[0]), why=_(withheld[1]))
    few = _("No forecast: it needs {minimum} customers with an order, and there are {n}.")
    return sentences(few.format(minimum=number(LEAST_BUYERS), n=number(customers)), _(REMEDY))


def _withheld(state: str, customers: int) -> tuple[str, str] | None:
    """Why there is no forecast, where it is not that there are too few customers."""
    if state in BELIEVED or not customers:
        return None
    if state == WEAK:
        return WITHHELD_WEAK
    return WITHHELD_SELDOM if customers >= LEAST_BUYERS else None


def _day(view: View) -> dt.date:
    return min(view.as_of, periods.up_to(view.start, view.end, view.as_of))
