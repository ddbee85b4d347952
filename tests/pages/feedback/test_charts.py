"""Boxes of a scale: one bar each, in the colour of what it counts as; exports are painted whole."""

import polars as pl

from pages.feedback import charts
from pages.shared.model import theme

ROWS = pl.DataFrame({"name": ["1", "2", "3"], "answers": [4, 0, 9], "box": [0, 1, 2], "read": ["a", "b", "c"]})


def test_each_box_has_its_colour_and_its_count() -> None:
    (bar,) = charts.boxes(ROWS).data
    assert list(bar.marker.color) == [theme.WORSE, theme.CONTEXT, theme.BETTER]
    assert list(bar.y) == [4, 0, 9]
    assert list(bar.text) == ["4", "0", "9"]


def test_figures_are_painted_whole() -> None:
    for rows in (ROWS, ROWS.clear()):
        for shade in ("light", "dark"):
            painted = theme.painted(charts.boxes(rows), shade).to_json()
            assert not any(f'"{token}' in painted for token in [*theme.SERIES, theme.TEXT, theme.PAPER, theme.QUIET])
