"""Figures of retention and churn hold what the frame holds, in tokens, and keep their names apart."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.customers import charts
from pages.customers.charts import Flow, Mark
from pages.shared.model import theme
from pages.shared.model.charts import Line

EMPTY = Line("NPS", [], [], [], [], [])
FLOWS = [
    Flow("new", "new", [5, 4], ["5", "4"]),
    Flow("resurrected", "back", [1, 0], ["1", "0"]),
    Flow("returning", "<b>", [9, 8], ["9", "8"]),
    Flow("dormant", "silent", [3, 2], ["3", "2"]),
]


def curves(main: Line, other: Line | None = None):
    def curve(line: Line) -> charts.Curve:
        return charts.Curve(line, f"{line.y[-1] or 0:.0f}%" if line.y else "", [str(value) for value in line.y])

    return charts.curves(curve(main), curve(other) if other else None)


@pytest.mark.parametrize(
    "figure",
    [
        curves(EMPTY),
        curves(Line("all", [1, 2], [30.0, 20.0], [28.0, None], [32.0, None], [9, 9]), EMPTY),
        charts.waiting(Line("x", [0, 1], [0.0, 40.0], [None, 30.0], [None, 50.0]), ticks=[(0, "0")], read=["", ""]),
        charts.waiting(EMPTY, ticks=[], read=[], mark=Mark(3, 80.0, "3 days")),
        charts.flows(["a", "b"], FLOWS, unfinished=[False, True]),
        charts.flows([], [], unfinished=[]),
    ],
)
def test_figures_are_painted_whole(figure) -> None:
    for shade in ("light", "dark"):
        painted = theme.painted(figure, shade).to_json()
        assert not any(f'"{token}' in painted for token in [*theme.SERIES, theme.TEXT, theme.PAPER, theme.GRID])


@pytest.mark.parametrize(
    ("average", "cohort", "shifts"),
    [
        (EMPTY, None, {}),
        (Line("all", [1], [50.0], [0.0], [90.0], [40]), None, {"all": 0}),
        (Line("all", [1], [0.0], [0.0], [10.0], [40]), None, {"all": charts.LABEL_HEIGHT / 2}),
        (Line("all", [1], [0.0], [0.0], [10.0], [90]), Line("2026-01", [1], [0.0], [0.0], [10.0], [40]),
         {"2026-01": charts.LABEL_HEIGHT / 2, "all": charts.LABEL_HEIGHT * 1.5}),
    ],
)  # fmt: skip
def test_names_of_curves_clear_the_axis_and_each_other(average: Line, cohort: Line | None, shifts: dict) -> None:
    notes = curves(average, cohort).layout.annotations
    assert {note.text.split("<br>")[1]: note.yshift for note in notes} == shifts


def test_who_fell_silent_stands_below_zero_and_the_unfinished_month_is_hatched() -> None:
    figure = charts.flows(["a", "b"], FLOWS, unfinished=[False, True])
    bars = {bar.name: bar for bar in figure.data}
    assert [list(bars[name].y) for name in ("new", "back", "<b>", "silent")] == [[5, 4], [1, 0], [9, 8], [-3, -2]]
    assert all(list(bar.marker.pattern.shape) == ["", charts.HATCH] for bar in bars.values())
    low, high = figure.layout.yaxis.range
    assert low < -3
    assert high > 15


@given(st.lists(st.integers(0, 500), min_size=4, max_size=4), st.integers(0, 500))
def test_names_beside_the_bars_are_apart_and_on_the_axis(last: list[int], before: int) -> None:
    kinds = ("new", "resurrected", "returning", "dormant")
    parts = [Flow(kind, kind, [before, count], ["", ""]) for kind, count in zip(kinds, last, strict=True)]
    figure = charts.flows(["a", "b"], parts, unfinished=[False, False])
    low, high = figure.layout.yaxis.range
    heights = sorted(note.y for note in figure.layout.annotations)
    assert len(heights) == len(kinds)
    assert low < heights[0]
    assert heights[-1] < high
    for below, above in pairwise(heights):
        assert (above - below) / (high - low) * figure.layout.height >= 12 * 1.2  # the lines of text of 12 pixels


def test_names_beside_the_bars_are_no_markup() -> None:
    figure = charts.flows(["a"], [Flow("returning", "<b>", [1], [""])], unfinished=[False])
    assert "&lt;b&gt;" in figure.layout.annotations[0].text


def test_a_mark_is_led_to_from_both_axes() -> None:
    line = Line("x", [0, 90], [0.0, 80.0], [0.0, 78.0], [0.0, 82.0])
    figure = charts.waiting(line, ticks=[(0, "0")], read=["", ""], mark=Mark(90, 80.0, "90 days"))
    led = figure.data[-2]
    assert (list(led.x), list(led.y)) == ([0, 90, 90], [80.0, 80.0, 0])
    assert figure.layout.annotations[0].text == "<b>90 days</b>"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Store", "Store"),
        ("Coupon campaign", "Coupon<br>campaign"),
        ("all the customers of the north", "all the<br>customers of…"),
        ("线下门店优惠券活动", "线下门店优惠<br>券活动"),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_long_names_are_broken_between_words(name: str, shown: str) -> None:
    (note,) = curves(Line(name, [1], [50.0], [0.0], [90.0], [40])).layout.annotations
    assert note.text == f"<b>50%</b><br>{shown}"
