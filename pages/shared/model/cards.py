"""Cards and heat tables as data: the words and numbers that stand on them, ready to show."""

from typing import Literal, TypedDict

from metrics.statistics.verdict import Verdict


class Spark(TypedDict):
    """A line with its band; null where the value is withheld. `label` is its text alternative."""

    y: list[float | None]
    low: list[float | None]
    high: list[float | None]
    label: str


class Card(TypedDict, total=False):
    """One card. With `few` (the reason) the value is withheld, and `detail` says what to do."""

    id: str  # the metric; more cards of one metric are told apart by what follows “:”
    name: str
    define: str  # the name of the ⓘ button; left out, there is none
    value: str
    unit: str
    range: str
    size: str
    verdict: Verdict | Literal["changed"]  # "changed": clearly, but neither better nor worse
    direction: str  # "up" or "down"
    change: str
    detail: str
    spark: Spark
    few: str


class Cell(TypedDict, total=False):
    """One cell of a heat table; without `text` it is blank. `level` 0–9 picks the colour, `read` is what pointing says."""

    text: str
    sub: str
    level: int
    state: str  # "unfinished" is hatched, "few" is quiet, "stayed" is outlined
    read: str


class Row(TypedDict, total=False):
    """One row of a heat table; kind "average" stands under a rule."""

    name: str
    sizes: list[str]
    cells: list[Cell]
    kind: str


class HeatTable(TypedDict, total=False):
    """A heat table: `head` names the row column, `sizes` size columns, then the cells.

    Ramp "change" takes levels from worse (0) to better (9) instead of from little to much; `tall` cells have room for a second line.
    """

    label: str
    head: list[str]
    sizes: int
    rows: list[Row]
    hint: str
    ramp: str
    tall: bool
