"""What the record of a metric says is so: of its function, columns, changes, alerts and words; and docs/metrics.md says it."""

import inspect
from pathlib import Path

import polars as pl
import pytest

from data.text.words import LANGUAGES, catalogue
from metrics.catalogue import CATALOGUE, WATCHED, as_markdown
from metrics.metric import ROWS_OF_CUSTOMERS, Metric
from metrics.statistics.paired import Pairing
from tests.engines.generated import order_rows
from tests.metrics.buying import no_customers
from tests.metrics.comments.rows import comments
from tests.metrics.frames import answer_rows, day, item_rows, lazy, order_days, periods, sales, stored, tier_changes

METRICS = pytest.mark.parametrize("metric", CATALOGUE.values(), ids=CATALOGUE)
OF_DATES: dict[str, tuple[str, ...]] = {
    "rows": (), "within": ("within",), "day": ("as_of",), "dates": ("as_of", "start", "end"),
    "cohorts": ("as_of", "cohorts_from", "cohorts_to"),
}  # fmt: skip
DATES = {name for names in OF_DATES.values() for name in names}
CLASSED: dict[str, type[pl.DataType]] = {
    "customer_key": pl.Int64, "segment": pl.String, "before": pl.String, "orders": pl.Int64, "revenue": pl.Float64, "last_day": pl.Date,
}  # fmt: skip

EMPTY = {
    "feedback": lazy(answer_rows([])),
    "items": lazy(item_rows([])),
    "customer_periods": periods([]),
    "order_days": order_days([]),
    "orders": lazy(stored("orders")),
    "tier_changes": tier_changes([]),
    "customers": lazy(no_customers()),
    **dict.fromkeys(("sales", "purchases"), sales([])),
    **{name: lazy(stored(name)) for name in ROWS_OF_CUSTOMERS},
    "comments": comments([]),
    "classes": lazy(pl.DataFrame(schema=CLASSED)),
}
BESIDE = {
    **dict.fromkeys(("orders", "refunds"), lazy(order_rows(seed=1, orders=0))),
    "customers": lazy(no_customers().with_columns(joined_on=pl.lit(None, pl.Date))),
    "tier_changes": EMPTY["tier_changes"],
    **dict.fromkeys(("answers", "scores"), EMPTY["feedback"]),
    "customer_periods": EMPTY["customer_periods"],
    **{name: EMPTY[name] for name in ROWS_OF_CUSTOMERS},
    "members": lazy(pl.DataFrame(schema={"customer_key": pl.Int64, "joined_on": pl.Date})),
}
ASKED = {*DATES, *BESIDE, "by", "order_days", "known_from", "data_from"}  # what a question brings


def empty(metric: Metric) -> pl.DataFrame:
    """What the metric says of no data."""
    first, last = day("2026-01"), day("2026-02")
    dates: dict[str, object] = {"as_of": last, "start": first, "end": last, "cohorts_from": first, "cohorts_to": last}
    takes = inspect.signature(metric.function).parameters
    if metric.frame == "tier_changes":
        dates["order_days"] = order_days([])
    dates |= {name: BESIDE[name] for name in metric.beside}
    return metric.function(EMPTY[metric.frame], **{name: value for name, value in dates.items() if name in takes})


def test_docs_are_up_to_date() -> None:
    docs = Path(__file__).parents[2] / "docs" / "metrics.md"
    assert docs.read_text(encoding="utf-8") == as_markdown(), "run: python -m metrics.catalogue > docs/metrics.md"


@METRICS
def test_arguments_and_defaults_are_those_of_the_function(metric: Metric) -> None:
    _, *parameters = inspect.signature(metric.function).parameters.values()
    options = {parameter.name: parameter.default for parameter in parameters if parameter.name not in ASKED}
    assert {name: argument.default for name, argument in metric.arguments.items()} == options
    assert ("by" in inspect.signature(metric.function).parameters) == metric.splits


@METRICS
def test_dates_and_frames_are_those_that_the_function_takes(metric: Metric) -> None:
    _, *takes = inspect.signature(metric.function).parameters
    assert {name for name in takes if name in DATES} == set(OF_DATES[metric.dates])
    assert {name for name in takes if name in BESIDE} == set(metric.beside)
    assert ("order_days" in takes) == ("lapse_days" in metric.arguments)
    assert ("data_from" in takes) == ("members" in metric.beside)
    assert ("known_from" in takes) == (metric.frame == "tier_changes" and "customer_periods" in metric.beside)


@METRICS
def test_value_n_and_keys_are_columns_that_fit(metric: Metric) -> None:
    named = {name for name in (metric.value, metric.n, *metric.keys) if name}
    assert named <= set(metric.columns)
    assert not {metric.value, metric.n} & set(metric.keys)
    assert bool(metric.kind) == bool(metric.value)
    assert metric.bounded == ("high" in metric.columns)
    assert metric.bounded or not metric.value or metric.kind in ("count", "money")  # a total has no interval
    assert not metric.n or metric.columns[metric.n].kind == "count"
    assert not {"low", "high", "se"} & {name for name, column in metric.columns.items() if column.kind}


@METRICS
def test_the_type_of_a_column_fits_its_kind(metric: Metric) -> None:
    result = empty(metric)
    for name, column in metric.columns.items():
        if column.kind in ("count", "days"):
            assert result.schema[name] == pl.Int64, name
        elif column.kind:
            assert result.schema[name] == pl.Float64, name


@METRICS
def test_a_change_pairs_customers_or_compares_two_rows(metric: Metric) -> None:
    """Of nothing with nothing, which is known of neither."""
    if metric.change is None:
        return
    assert metric.value and metric.n
    if isinstance(metric.change, Pairing):
        own = [name for name in inspect.signature(metric.change.sums).parameters if name not in metric.keys][1:]
        assert set(own) <= {*metric.options, *ASKED}
        return
    rows = pl.DataFrame([dict.fromkeys(metric.columns)], schema=dict(empty(metric).schema))
    assert metric.change(rows, rows).to_dicts() == [{"change": None, "low": None, "high": None}]
    grouped = rows.clear().with_columns(region=pl.lit("East"))
    assert metric.change(grouped, grouped, by=["region"]).columns == ["region", "change", "low", "high"]


@METRICS
def test_its_trend_tells_the_same_number(metric: Metric) -> None:
    if not metric.trend:
        return
    trend = CATALOGUE[metric.trend]
    assert (trend.value, trend.n, trend.kind) == (metric.value, metric.n, metric.kind)
    assert set(metric.columns) <= set(trend.columns)
    assert trend.dates == "dates"


@METRICS
def test_it_can_be_watched_or_says_why_not(metric: Metric) -> None:
    if isinstance(metric.watch, str):
        assert metric.watch
        with pytest.raises(TypeError, match=f"{metric.name} cannot be watched"):
            _ = metric.watching
        return
    assert metric.name in WATCHED
    assert metric.watched_columns
    assert (metric.watched_columns[0] == metric.value) == bool(metric.value)
    assert metric.compares(metric.watched_columns[0]) == (metric.change is not None)
    assert set(metric.watching.arguments) <= set(metric.options)


@METRICS
@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_word_of_it_is_there_in_every_language(metric: Metric, language: str) -> None:
    texts = [metric.label, metric.unit, metric.grain, metric.definition, metric.no_data, metric.interval, metric.source]
    texts += [text for column in metric.columns.values() for text in (column.meaning, column.name)]
    texts += [
        metric.short,
        metric.in_sentence,
        *metric.row_names.values(),
        *(option.meaning for option in metric.options.values()),
    ]
    known = catalogue(language)
    assert known is not None
    assert [text for text in texts if text and not (known.get(text) and known[text].string)] == []


@METRICS
def test_columns_are_those_of_the_result(metric: Metric) -> None:
    assert empty(metric).columns == list(metric.columns)


@METRICS
def test_defaults_are_among_the_allowed_values(metric: Metric) -> None:
    for argument in metric.options.values():
        assert not argument.allowed or argument.default in argument.allowed
        assert argument.meaning.endswith(".")


@METRICS
def test_every_field_of_a_record_is_filled(metric: Metric) -> None:
    texts = [metric.label, metric.unit, metric.grain, metric.definition, metric.no_data, metric.interval, metric.source]
    assert all(texts)
    assert metric.version >= 1
    assert all(metric.columns.values())
    assert CATALOGUE[metric.name] is metric


def test_the_minimum_of_a_metric_is_that_of_its_function() -> None:
    assert CATALOGUE["nps"].minimum == inspect.signature(CATALOGUE["nps"].function).parameters["minimum"].default


def test_a_metric_without_a_minimum_says_so() -> None:
    bare = next(metric for metric in CATALOGUE.values() if "minimum" not in metric.arguments)
    with pytest.raises(TypeError, match=f"{bare.name} has no argument “minimum”"):
        _ = bare.minimum
