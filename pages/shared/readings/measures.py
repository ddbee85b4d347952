"""What a page needs to know of a metric to show its months and its groups: its columns and its unit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from data.questions.ask import Question, find
from data.text.labels import COUNTED, answers
from metrics.metric import Kind, Metric
from metrics.texts import N_
from pages.shared.session import cached
from pages.shared.words.axes import money_axis
from pages.shared.words.texts import _, coins, money, money_span, number, span

DIGITS: Mapping[Kind, int] = {
    "share": 1,
    "points": 1,
    "mean": 2,
}  # after the point; of counts none, of money see `coins`


def percent_points(shares: Iterable[float | None]) -> list[float | None]:
    """Shares (0–1), or changes of them, in percent."""
    return [None if share is None else 100 * share for share in shares]


@dataclass(frozen=True)
class Measure:
    """A metric whose rows hold a value, low, high and n.

    `kind` is that of the value: shares (0–1) are shown as percentages. `noun` names the data it needs, for `states.missing`. A total has
    no low and high: it is not `bounded`.
    """

    metric: str
    name: str  # to be translated
    value: str
    n: str = "n"
    kind: Kind = "points"
    counted: Callable[[int], str] = answers
    noun: str = "answers"
    trend: str = ""
    arguments: Mapping[str, object] = field(default_factory=dict)
    bounded: bool = True

    @property
    def percent(self) -> bool:
        return self.kind == "share"

    @property
    def minimum(self) -> int:
        """Below this n the metric withholds its value; a total never does."""
        return find(self.metric).minimum if "minimum" in find(self.metric).arguments else 0

    @property
    def ends(self) -> tuple[str, str]:
        """The columns of the interval; of a total, the value itself."""
        return ("low", "high") if self.bounded else (self.value, self.value)

    @property
    def unit(self) -> str:
        return "%" if self.percent else ""

    def scaled(self, value: float) -> float:
        """The value in the unit that people read."""
        return 100 * value if self.percent else value

    def shown(self, value: float) -> str:
        """The value as text, with its unit."""
        if self.kind == "money":
            return money(value, cached.extent().currency, coins(value))
        return f"{number(self.scaled(value), DIGITS.get(self.kind, 0))}{self.unit}"

    def reach(self, low: float, high: float) -> str:
        """An interval of it as text."""
        if self.kind == "money":
            return money_span(low, high, cached.extent().currency)
        return span(self.scaled(low), self.scaled(high), DIGITS.get(self.kind, 0))

    def ticks(self, most: float) -> dict[float, str]:
        """Places on an axis from zero and what they are called, for what has no other scale: money and counts."""
        return money_axis(most, cached.extent().currency if self.kind == "money" else None)

    def points(self, rows: pl.DataFrame, column: str) -> list[float | None]:
        """A column of a frame, value, low or high, in the unit that people read."""
        return percent_points(rows[column]) if self.percent else rows[column].to_list()


NPS = Measure("nps", N_("NPS"), "nps", trend="nps_trend")
CSAT = Measure("csat", N_("CSAT"), "csat", kind="share", noun="csat", trend="csat_trend")
CES = Measure("ces", N_("CES"), "easy_share", kind="share", noun="ces", trend="ces_trend")


def of_metric(name: str, **arguments: object) -> Measure:
    """The measure by the record of a metric."""
    metric = find(name)
    return Measure(
        name, metric.called, metric.value, metric.n, metric.kind, COUNTED[metric.noun],
        "customers" if metric.noun == "orders" else metric.noun, metric.trend, arguments, metric.bounded,
    )  # fmt: skip


def of_day(metric: Metric, question: Question) -> Question:
    """The question as of the end of its period, where that is what the metric looks at: nothing after it is seen."""
    return at_end(question) if metric.dates == "day" else question


def at_end(question: Question) -> Question:
    """The question as of the end of its period."""
    end = min(question.end, question.as_of)
    return replace(question, start=end, end=end, as_of=end)


def about(measure: Measure) -> str:
    """What the value is, in a sentence about it."""
    texts = {
        "nps": _("NPS (−100 to 100)"),
        "csat": _("Share of satisfied answers"),
        "ces": _("Share of answers that say it was easy (5–7)"),
    }
    return texts.get(measure.metric, _(measure.name))
