"""The form of a catalogue entry, and what many entries share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import polars as pl

from metrics.engine.periods import EVERY
from metrics.statistics.paired import Pairing
from metrics.texts import N_


class Change(Protocol):
    """Compares two rows of a metric, or two per group of `by`, now minus before: change, low, high."""

    def __call__(
        self, now: pl.DataFrame, before: pl.DataFrame, *, by: Sequence[str] = (), confidence: float = 0.95
    ) -> pl.DataFrame: ...


@dataclass(frozen=True)
class Argument:
    """An option of a metric: its default, what it does, and the values it may take (empty: any of the default's type)."""

    default: str | int | float | bool
    meaning: str
    allowed: tuple[str | int | float | bool, ...] = ()


@dataclass(frozen=True)
class Metric:
    """One number that people steer by. `columns` tells each column of the result, after those it is split by.

    Unless it `splits`, it cannot be asked for by group.
    `arguments` are those of the function; `frame_arguments` say how the rows that it gets are made. Both are set in the same way.
    `keys` are the columns that tell the rows of one group apart, where there are several. `change` says how two sides are paired
    customer by customer, or compares two rows of different people; without it a change has no interval. `pooled` makes one row of the
    cohorts of a triangle, for a metric of cohorts.
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
    frame: Literal["feedback", "customer_periods", "customers", "order_days", "orders", "tier_changes"]
    columns: Mapping[str, str]
    arguments: Mapping[str, Argument]
    survey: str | None = None
    splits: bool = True
    frame_arguments: Mapping[str, Argument] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    change: Change | Pairing | None = None
    pooled: Callable[..., pl.DataFrame] | None = None

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


CONFIDENCE = Argument(0.95, N_("How sure the interval is, between 0 and 1."))
MINIMUM = Argument(30, N_("Below this number of answers or customers the number is withheld; the counts are shown."))
PERIOD = Argument("month", N_("The length of a calendar period; weeks begin on Monday."), tuple(EVERY))
LOW, HIGH = N_("lower end of the interval"), N_("upper end of the interval")

WILSON_SOURCE = N_("Interval: Wilson 1927, and Newcombe 1998, Statistics in Medicine 17:857–890.")
