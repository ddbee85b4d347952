"""What a page needs to know of a metric to show its months and its groups: its columns and its unit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from data.questions.ask import find
from data.text.labels import answers
from metrics.texts import N_
from pages.shared.words.texts import _, number

DIGITS = 1


def percent_points(shares: Iterable[float | None]) -> list[float | None]:
    """Shares (0–1), or changes of them, in percent."""
    return [None if share is None else 100 * share for share in shares]


@dataclass(frozen=True)
class Measure:
    """A metric whose rows hold a value, low, high and n.

    With `percent`, values are shares (0–1) and shown as percentages. `noun` names the data it needs, for `states.missing`.
    """

    metric: str
    name: str  # to be translated
    value: str
    n: str = "n"
    percent: bool = False
    counted: Callable[[int], str] = answers
    noun: str = "answers"
    trend: str = ""
    arguments: Mapping[str, object] = field(default_factory=dict)

    @property
    def minimum(self) -> int:
        """Below this n the metric withholds its value."""
        return find(self.metric).minimum

    @property
    def unit(self) -> str:
        return "%" if self.percent else ""

    def scaled(self, value: float) -> float:
        """The value in the unit that people read."""
        return 100 * value if self.percent else value

    def shown(self, value: float) -> str:
        """The value as text, with its unit."""
        return f"{number(self.scaled(value), DIGITS)}{self.unit}"

    def points(self, rows: pl.DataFrame, column: str) -> list[float | None]:
        """A column of a frame, value, low or high, in the unit that people read."""
        return percent_points(rows[column]) if self.percent else rows[column].to_list()


NPS = Measure("nps", N_("NPS"), "nps", trend="nps_trend")
CSAT = Measure("csat", N_("CSAT"), "csat", percent=True, noun="csat", trend="csat_trend")
CES = Measure("ces", N_("CES"), "easy_share", percent=True, noun="ces", trend="ces_trend")


def about(measure: Measure) -> str:
    """What the value is, in a sentence about it."""
    texts = {
        "nps": _("NPS (−100 to 100)"),
        "csat": _("Share of satisfied answers"),
        "ces": _("Share of answers that say it was easy (5–7)"),
    }
    return texts.get(measure.metric, _(measure.name))
