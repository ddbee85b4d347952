"""The record of a metric: all that anyone asks of it, declared once beside its function. And what many records share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import polars as pl

from metrics.engine.periods import EVERY
from metrics.statistics.paired import Pairing
from metrics.texts import N_

Kind = Literal["share", "points", "money", "mean", "count", "days", ""]
WATCHED_KINDS = ("share", "points", "money", "mean", "count")
# What the dates of a question mean to a metric. "rows": they limit the rows; "within": so they do, and the function gets them too;
# "day": nothing, customers are seen whole as of the day; "dates": the function gets them; "cohorts": they choose cohorts.
Dates = Literal["rows", "within", "day", "dates", "cohorts"]
# "items" are answers to questionnaire items; "scores" beside them, those of the same people to the score questions.
Frame = Literal[
    "feedback",
    "items",
    "customer_periods",
    "customers",
    "order_days",
    "orders",
    "tier_changes",
    "sales",
    "purchases",
    "comments",
    "classes",
    "order_lines",
    "points",
    "referrals",
    "benefits",
]
ROWS_OF_CUSTOMERS = ("order_lines", "points", "referrals", "benefits")  # uploaded rows that are asked for as they are
Beside = Literal[
    "orders",
    "refunds",
    "customers",
    "answers",
    "scores",
    "customer_periods",
    "tier_changes",
    "members",
    "points",
    "referrals",
    "benefits",
    "order_lines",
]
Noun = Literal["answers", "customers", "members", "orders"]
# How the dates of a judged period become those of the question. "period": the rows of the period; "day": what holds on its last day;
# "eve": from the day before it to its end; "row": the row of that period in a calendar; "cohort": the cohort whose k-th period it is;
# "cohorts": all cohorts whose k-th month lies in it; "all": everything up to its end; "tiers": the same, since tiers are known;
# "after": the answers whose horizon ends in it.
Reads = Literal["period", "day", "eve", "row", "cohort", "cohorts", "all", "tiers", "after"]
Value = str | int | float | bool
OF_ANSWERS = ("feedback", "comments", "items")  # frames whose rows are answers to a survey


class Change(Protocol):
    """Compares two rows of a metric, or two per group of `by`, now minus before: change, low, high."""

    def __call__(
        self, now: pl.DataFrame, before: pl.DataFrame, *, by: Sequence[str] = (), confidence: float = 0.95
    ) -> pl.DataFrame: ...


@dataclass(frozen=True)
class Argument:
    """An option of a metric: its default, what it does, and the values it may take (empty: any of the default's type)."""

    default: Value
    meaning: str
    allowed: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of a result: what it means, what kind of number it holds ("": it tells rows apart, bounds the value or describes a model),
    and a name shorter than the meaning, where one is chosen from a list."""

    meaning: str
    kind: Kind = ""
    name: str = ""


@dataclass(frozen=True)
class Watch:
    """How a rule watches a metric. `arguments` differ from the metric's own defaults; the `usual` ones are offered first."""

    reads: Reads = "period"
    arguments: Mapping[str, Value] = field(default_factory=dict)
    usual: bool = False


@dataclass(frozen=True)
class Metric:
    """One number that people steer by. `columns` tells each column of the result, after those it is split by.

    Unless it `splits`, it cannot be asked for by group.
    `arguments` are those of the function; `frame_arguments` say how the rows that it gets are made. Both are set in the same way.
    `frame` holds the rows that it is counted over, `beside` the other frames that it gets; `dates` say what those of a question mean.
    `value` is the column that low and high bound ("": there is none), `n` the one that counts what it rests on, `keys` are the columns
    that tell the rows of one group apart, where there are several. `row_names` are what the number in a row is called, by its key.
    `change` says how two sides are paired customer by customer, or compares two rows of different people; without it a change has no
    interval. `grows`: the number grows with the days that are asked for, so that a change is one between as many days. `trend` names the
    metric that tells the same period by period. `pooled` makes one row of the cohorts of a triangle. `in_sentence` is what it is called
    within a sentence. `unknown` says why there is no value though there are enough rows, and what to do.
    `watch`: how a rule watches it, or why none can.
    """

    name: str
    version: int
    label: str
    unit: str
    higher_is_better: bool
    grain: str
    definition: str
    no_data: str
    interval: str
    source: str
    function: Callable[..., pl.DataFrame]
    frame: Frame
    columns: Mapping[str, Column]
    arguments: Mapping[str, Argument]
    watch: Watch | str
    survey: str | None = None
    splits: bool = True
    frame_arguments: Mapping[str, Argument] = field(default_factory=dict)
    dates: Dates = "rows"
    beside: tuple[Beside, ...] = ()
    value: str = ""
    n: str = ""
    keys: tuple[str, ...] = ()
    change: Change | Pairing | None = None
    grows: bool = False
    pooled: Callable[..., pl.DataFrame] | None = None
    trend: str = ""
    short: str = ""
    in_sentence: str = ""
    unknown: tuple[str, str] | None = None
    row_names: Mapping[Value, str] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Argument]:
        """All that can be set: the arguments of the frame, then those of the function."""
        return {**self.frame_arguments, **self.arguments}

    @property
    def minimum(self) -> int:
        """Below this n the value is withheld, unless another one is asked for; TypeError for a metric that knows no such limit."""
        if "minimum" not in self.arguments:
            raise TypeError(f"{self.name} has no argument “minimum”.")
        return int(self.arguments["minimum"].default)

    @property
    def kind(self) -> Kind:
        """What kind of number its value is; "" without one."""
        return self.columns[self.value].kind if self.value else ""

    @property
    def bounded(self) -> bool:
        """Whether its value has an interval. A total of all that happened has none."""
        return "low" in self.columns

    @property
    def family(self) -> str:
        """The folder that its function lies in."""
        return self.function.__module__.split(".")[1]

    @property
    def noun(self) -> Noun:
        """What its n counts."""
        if self.n in ("members", "orders"):
            return self.n  # type: ignore[return-value]
        return "answers" if self.frame in OF_ANSWERS and self.n in ("n", "answers") else "customers"

    @property
    def called(self) -> str:
        """What it is called where its definition does not stand beside it."""
        return self.short or self.label

    @property
    def watching(self) -> Watch:
        """How a rule watches it; TypeError where none can."""
        if isinstance(self.watch, str):
            raise TypeError(f"{self.name} cannot be watched: {self.watch}.")
        return self.watch

    @property
    def watched_columns(self) -> list[str]:
        """The columns that a rule can watch, the one with an interval first."""
        found = [
            name for name, column in self.columns.items() if column.kind in WATCHED_KINDS and name not in self.keys
        ]
        return sorted(found, key=lambda name: name != self.value)

    def compares(self, column: str) -> bool:
        """Whether a change of the column between two periods has an interval."""
        return column == self.value and self.change is not None


CONFIDENCE = Argument(0.95, N_("How sure the interval is, between 0 and 1."))
MINIMUM = Argument(30, N_("Below this number of answers or customers the number is withheld; the counts are shown."))
PERIOD = Argument("month", N_("The length of a calendar period; weeks begin on Monday."), tuple(EVERY))
MARK_COLUMNS = {
    "from_start": Column(
        N_("whether the data begin in this cohort, so that it also holds customers who had ordered before")
    ),
    "joined_before": Column(N_("customers of the cohort who had joined before the data begin")),
}
LOW, HIGH = Column(N_("lower end of the interval")), Column(N_("upper end of the interval"))

WILSON_SOURCE = N_("Interval: Wilson 1927, and Newcombe 1998, Statistics in Medicine 17:857–890.")
