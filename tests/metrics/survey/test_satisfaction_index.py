"""The satisfaction index on small questionnaires."""

import pytest

from metrics.errors import RuleError
from metrics.survey.satisfaction_index import parsed, satisfaction_index
from tests.metrics.frames import item_rows, lazy

ROWS = [{"price": 1, "service": 5}] * 30 + [{"price": 3, "service": 4}] * 30 + [{"service": 5}] * 10


def test_without_questionnaires_nothing_is_known() -> None:
    (row,) = satisfaction_index(lazy(item_rows([]))).to_dicts()
    assert row == {"n": 0, "complete": 0, "items": 0, "index": None, "low": None, "high": None}


@pytest.mark.parametrize(
    ("weights", "index"),
    # price 25, service (40·100 + 30·75)/70 = 89.29
    [("", (25 + 6250 / 70) / 2), ("price=1", 25.0), ("service=3, price=1", (25 + 3 * 6250 / 70) / 4)],
)
def test_the_index_is_the_weighted_mean_of_items(weights: str, index: float) -> None:
    (row,) = satisfaction_index(lazy(item_rows(ROWS)), weights=weights).to_dicts()
    assert row["index"] == pytest.approx(index)
    assert row["low"] < index < row["high"]


def test_counts_and_the_minimum() -> None:
    (row,) = satisfaction_index(lazy(item_rows([*ROWS, {"rare": 5}]))).to_dicts()
    assert (row["n"], row["complete"], row["items"], row["index"]) == (71, 0, 3, None)
    (row,) = satisfaction_index(lazy(item_rows(ROWS))).to_dicts()
    assert (row["n"], row["complete"]) == (70, 60)


def test_what_is_no_weight_is_named() -> None:
    assert parsed("") == {}
    assert parsed("a b=2, c=0.5") == {"a b": 2.0, "c": 0.5}
    with pytest.raises(RuleError, match="“price” is no weight"):
        parsed("price")
    with pytest.raises(RuleError, match="asks for “colour”"):
        satisfaction_index(lazy(item_rows(ROWS)), weights="colour=1")
