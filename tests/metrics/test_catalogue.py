"""The catalogue says what the functions do, and docs/metrics.md says what the catalogue does."""

import inspect
from pathlib import Path

import polars as pl
import pytest

from metrics.catalogue import CATALOGUE, Metric, as_markdown
from tests.engines.generated import order_rows
from tests.metrics.buying import no_customers
from tests.metrics.frames import answer_rows, day, lazy, order_days, orders, periods, tier_changes

METRICS = pytest.mark.parametrize("metric", CATALOGUE.values(), ids=CATALOGUE)
ASKED = {"as_of", "start", "end", "within", "cohorts_from", "cohorts_to", "by", "order_days"}  # what a question brings
ASKED |= {"orders", "refunds", "customers", "answers"}
ASKED |= {"customer_periods", "known_from"}


EMPTY = {
    "feedback": lazy(answer_rows([])),
    "customer_periods": periods([]),
    "order_days": order_days([]),
    "orders": lazy(orders([])),
    "tier_changes": tier_changes([]),
    "customers": lazy(no_customers()),
}
BESIDE = {
    **dict.fromkeys(("orders", "refunds"), lazy(order_rows(seed=1, orders=0))),
    "customers": lazy(pl.DataFrame(schema={"customer_key": pl.Int64, "orders": pl.Int64})),
    "answers": EMPTY["feedback"],
}


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
def test_columns_are_those_of_the_result(metric: Metric) -> None:
    first, last = day("2026-01"), day("2026-02")
    dates: dict[str, object] = {"as_of": last, "start": first, "end": last, "cohorts_from": first, "cohorts_to": last}
    takes = inspect.signature(metric.function).parameters
    if metric.frame == "tier_changes":
        dates["order_days"] = order_days([])
    dates |= {name: frame for name, frame in BESIDE.items() if name in list(takes)[1:]}
    result = metric.function(EMPTY[metric.frame], **{name: value for name, value in dates.items() if name in takes})
    assert result.columns == list(metric.columns)


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
