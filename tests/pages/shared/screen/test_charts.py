"""Figures hold what the frame holds, in tokens; what is not known is a gap; exports are safe and readable."""

from dataclasses import replace

import polars as pl
import pytest

from metrics.statistics.verdict import Verdict
from pages.customers.clv import charts as charts_value
from pages.customers.clv.charts import Bar, Followed
from pages.shared.files.exports import csv_bytes
from pages.shared.model import charts, theme
from pages.shared.model.charts import ForestRow, Line

EMPTY = Line("NPS", [], [], [], [], [])
GAP = Line("NPS", ["a", "b", "c"], [1.0, None, 3.0], [0.0, None, 2.0], [2.0, None, 4.0], [40, 3, 50])
ROW = ForestRow("NPS · <b>Gold</b>", 9.8, 3.1, 16.5, "better", "+9.8", "better", "nps:tier:gold")


@pytest.mark.parametrize(
    "figure",
    [
        charts.trend(EMPTY, None),
        charts.trend(GAP, Line("before", GAP.x, [None, 2.0, 2.5]), unfinished=["c"]),
        charts.forest([]),
        charts.forest([ROW]),
        charts.forest([ROW], change=False),
        charts_value.bars([]),
        charts_value.bars([Bar("a", 1.0, "1", "one")]),
        charts.forest([ROW], change=False, ticks={0.0: "0", 10.0: "¥10"}),
        charts_value.followed([]),
        charts_value.followed([Followed("a", ["x", "y"], [1.0, 2.0], "2", ["", ""], low=[0.5, 1], high=[2, 3])]),
        charts.distribution(pl.DataFrame({"score": [0, 10], "answers": [0, 5], "read": ["none", "five"]})),
    ],
)
def test_figures_are_painted_whole(figure) -> None:
    for shade in ("light", "dark"):
        painted = theme.painted(figure, shade).to_json()
        assert not any(f'"{token}' in painted for token in [*theme.SERIES, theme.TEXT, theme.PAPER, theme.GRID])


def test_a_withheld_value_interrupts_line_and_band() -> None:
    figure = charts.trend(GAP, None)
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    (line,) = [trace for trace in figure.data if trace.name == "NPS"]
    assert [list(band.x) for band in bands] == [["a", "a"], ["c", "c"]]
    assert list(line.y) == [1.0, None, 3.0]


def test_an_unfinished_place_hangs_on_a_dotted_line() -> None:
    whole = Line("NPS", ["a", "b"], [1.0, 2.0], [0.0, 1.0], [2.0, 3.0])
    figure = charts.trend(whole, None, unfinished=["b"], unfinished_name="unfinished")
    by_name = {trace.name: trace for trace in figure.data}
    assert list(by_name["NPS"].y) == [1.0, None]
    assert by_name["unfinished"].line.dash == "dot"
    assert list(by_name["unfinished"].y) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("unfinished", "named"),
    [([], "<b>2.0</b><br>NPS"), (["b"], "<b>1.0</b><br>a"), (["a", "b"], "<b>2.0</b><br>NPS")],
)
def test_the_end_of_a_trend_is_named_by_its_last_finished_value(unfinished: list[str], named: str) -> None:
    figure = charts.trend(
        Line("NPS", ["a", "b"], [1.0, 2.0]), None, unfinished=unfinished, unfinished_name="unfinished"
    )
    (note,) = figure.layout.annotations
    assert (note.text, note.x) == (named, "b")


def test_names_from_data_are_no_markup() -> None:
    names = [note.text for note in charts.forest([ROW]).layout.annotations]
    assert names[0] == "NPS · &lt;b&gt;Gold&lt;/b&gt;"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ("", '""'),
        ("好评", "好评"),
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "\"'\r'=1\""),
        ("a=b", "a=b"),
    ],
)
def test_csv_has_a_bom_and_runs_no_formula(value: str | None, cell: str) -> None:
    frame = pl.DataFrame({"comment": [value], "change": [-1.5]}, schema_overrides={"comment": pl.String})
    assert csv_bytes(frame) == f"\ufeffcomment,change\n{cell},-1.5\n".encode()


def test_csv_of_no_rows_has_its_header() -> None:
    assert csv_bytes(pl.DataFrame(schema={"n": pl.Int64})) == "\ufeffn\n".encode()


@pytest.mark.parametrize(
    ("value", "kind", "mark"),
    [
        (0.0, "none", "circle-open"),
        (5.0, "too_few", "circle-open"),
        (5.0, "better", "triangle-up"),
        (5.0, "worse", "triangle-up"),
        (-5.0, "worse", "triangle-down"),
        (-5.0, "better", "triangle-down"),
    ],
)
def test_an_arrow_points_where_the_number_went_whether_that_is_good_or_not(
    value: float, kind: Verdict, mark: str
) -> None:
    row = replace(ROW, value=value, low=value - 1, high=value + 1, verdict=kind)
    assert charts.forest([row]).data[1].marker.symbol == mark
