"""How the numbers of groups changed: of all that can be compared, the clearest, and how many look clear by chance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from data.questions.ask import Question, find
from data.questions.changes import change
from metrics.dimension import FILTERS
from metrics.statistics.verdict import Verdict, confidence_of_each, verdict
from pages.customers.churn import readings
from pages.shared.readings.measures import at_end
from pages.shared.readings.readings import CSAT, INACTIVE, NPS, REPEAT
from pages.shared.session import cached
from pages.shared.session.view import View

# Classes are made of the orders and answers that are compared, so that who orders more is in another one
ALL = tuple(dimension.column for dimension in FILTERS if dimension.source != "classes")
# Who orders rises in tier: groups by tier are chosen by what is compared, so orders are not compared by it
OF_ORDERS = tuple(dimension.column for dimension in FILTERS if dimension.column in ALL and dimension.compares_orders)
CLEAR = ("better", "worse")
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


@dataclass(frozen=True, eq=False)
class Compared:
    """A number that is compared group by group: by what, with which arguments, and whether as of the end of each period."""

    metric: str
    name: str
    dimensions: tuple[str, ...] = OF_ORDERS
    scale: float = 100.0  # shares become percentage points
    arguments: Mapping[str, object] = field(default_factory=dict)
    at_end: bool = False


def moves(view: View, shown: int) -> tuple[list[Move], int]:
    """The clearest changes by group, the clearest first, as the title picks them, and how many were compared."""
    if view.before is None:
        return [], 0
    asked = [(number, by) for number in _compared(view) for by in number.dimensions if _has_groups(view, by)]
    found = {each: list(_moves(view, view.before, *each, 1 - CHANCE)) for each in asked}
    compared = sum(map(len, found.values()))
    for each, its_moves in found.items():
        # what is not clear by its own interval is not clear by a wider one
        if any(move.verdict in CLEAR for move in its_moves):
            wide = _moves(view, view.before, *each, confidence_of_each(compared, 1 - CHANCE))
            found[each] = [replace(move, sure=wider.verdict) for move, wider in zip(its_moves, wide, strict=True)]
    every = [move for its_moves in found.values() for move in its_moves]
    return sorted(every, key=lambda move: move.clarity, reverse=True)[:shown], compared


def by_chance(compared: int) -> int:
    """How many of so many comparisons look clear though nothing has changed."""
    return round(CHANCE * compared)


def _compared(view: View) -> Iterator[Compared]:
    yield Compared("nps", NPS, ALL, scale=1.0)
    yield Compared("csat", CSAT, ALL)
    yield Compared("repeat_rate", REPEAT)
    days = readings.threshold(view).days
    if days is not None and not readings.young(view):
        yield Compared("inactive_share", INACTIVE, arguments={"hiatus_days": days}, at_end=True)


def _has_groups(view: View, dimension: str) -> bool:
    """Whether the view does not choose a single group, which is the whole."""
    return len(view.whom[dimension]) != 1


def _moves(view: View, before: Question, number: Compared, dimension: str, confidence: float) -> Iterator[Move]:
    """The groups that can be compared."""
    questions = [replace(question, by=(dimension,)) for question in (view.question, before)]
    now, then = map(at_end, questions) if number.at_end else questions
    changes = cached.compared(change, number.metric, now, then, confidence=confidence, **number.arguments)
    for row in changes.drop_nulls().iter_rows(named=True):
        moved, low, high = (number.scale * row[name] for name in ("change", "low", "high"))
        kind = verdict(low, high, find(number.metric).higher_is_better)
        yield Move(number.name, number.metric, dimension, row[dimension], moved, low, high, kind)
