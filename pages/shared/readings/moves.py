"""How the numbers of groups changed: of all that can be compared, the clearest, and how many look clear by chance."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from data.questions.ask import Question, find
from metrics.churn.hiatus import inactive_share_change
from metrics.feedback.nps import nps_change
from metrics.feedback.satisfaction import csat_change
from metrics.retention.repeat_rate import repeat_rate_change
from metrics.statistics.verdict import Verdict, verdict
from pages.customers.churn import readings
from pages.shared.readings.readings import CSAT, INACTIVE, NPS, REPEAT
from pages.shared.session import cached
from pages.shared.session.remembered import remembered
from pages.shared.session.view import View

GIVEN = ("region", "acquisition_channel")
# Who orders rises in tier: groups by tier are chosen by what is compared, so orders are not compared by it
WITH_TIER = (*GIVEN, "tier")
CHANCE = 0.05  # of 95 % intervals, the share that misses when nothing has changed


@dataclass(frozen=True)
class Move:
    """How one group's number changed."""

    name: str  # of the metric, to be translated
    metric: str
    dimension: str
    code: str
    change: float
    low: float
    high: float
    verdict: Verdict
    sure: Verdict = "none"  # the verdict by an interval so wide that all comparisons together err once in twenty times

    @property
    def clarity(self) -> float:
        """How many half-widths of its interval the change is away from none."""
        return abs(self.change) / ((self.high - self.low) / 2)


@dataclass(frozen=True)
class Compared:
    """A number that is compared group by group: how it is asked for, and how two answers are compared."""

    metric: str
    name: str
    asked: Callable[[Question], pl.DataFrame]
    change: Callable[..., pl.DataFrame]
    dimensions: tuple[str, ...] = GIVEN
    scale: float = 100.0  # shares become percentage points


def moves(view: View, shown: int) -> tuple[list[Move], int]:
    """The clearest changes by group, the clearest first, as the title picks them, and how many were compared."""
    if view.before is None:
        return [], 0
    numbers = list(_compared(view))
    found = [move for number in numbers for move in _moves(view, view.before, number, 1 - CHANCE)]
    wide = [move for number in numbers for move in _moves(view, view.before, number, 1 - CHANCE / max(len(found), 1))]
    found = [replace(move, sure=wider.verdict) for move, wider in zip(found, wide, strict=True)]
    return sorted(found, key=lambda move: move.clarity, reverse=True)[:shown], len(found)


def by_chance(compared: int) -> int:
    """How many of so many comparisons look clear though nothing has changed."""
    return round(CHANCE * compared)


def _compared(view: View) -> Iterator[Compared]:
    def asking(metric: str) -> Callable[[Question], pl.DataFrame]:
        return lambda question: cached.answer(metric, question)

    yield Compared("nps", NPS, asking("nps"), nps_change, WITH_TIER, scale=1.0)
    yield Compared("csat", CSAT, asking("csat"), csat_change, WITH_TIER)
    yield Compared("repeat_rate", REPEAT, asking("repeat_rate"), repeat_rate_change)
    days = readings.threshold(view).days
    if days is not None and not readings.young(view):
        yield Compared(
            "inactive_share",
            INACTIVE,
            lambda question: readings.share_at_end(question, days),
            inactive_share_change,
        )


def _moves(view: View, before: Question, number: Compared, confidence: float) -> Iterator[Move]:
    higher_is_better = find(number.metric).higher_is_better
    for dimension in number.dimensions:
        if len(getattr(view.whom, dimension)) == 1:  # one group is the whole
            continue
        now, then = (number.asked(replace(question, by=(dimension,))) for question in (view.question, before))
        for row in _changes(number.change, now, then, dimension, confidence):
            change, low, high = (number.scale * row[name] for name in ("change", "low", "high"))
            kind = verdict(low, high, higher_is_better)
            yield Move(number.name, number.metric, dimension, row[dimension], change, low, high, kind)


@remembered
def _changes(
    change: Callable[..., pl.DataFrame], now: pl.DataFrame, then: pl.DataFrame, dimension: str, confidence: float
) -> list[dict[str, Any]]:
    """The groups that can be compared: their code, change, low and high."""
    return change(now, then, by=(dimension,), confidence=confidence).drop_nulls().rows(named=True)
