"""Drivers on small questionnaires: what is found, what is withheld and why, and what the order of rows does not change."""

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.survey.drivers import TYPES, drivers
from metrics.survey.responses import answered, groups, outcomes
from tests.metrics.frames import ITEM_TYPES, answer_rows, item_rows, lazy, outcome_rows

RANDOM = np.random.default_rng(3)
N = 400
FELT = RANDOM.normal(size=(N, 3))
SCORES = np.clip(np.rint(3.6 + 0.9 * (FELT + 0.4 * FELT[:, [1]])), 1, 5)
WHOLE = np.clip(np.rint(7.5 + 1.3 * FELT[:, 0] + 0.7 * FELT[:, 1] + RANDOM.normal(size=N)), 0, 10)
ITEMS = item_rows([{"service": a, "price": b, "look": c} for a, b, c in SCORES])
SAID = outcome_rows(WHOLE)


def asked(items: pl.DataFrame = ITEMS, said: pl.DataFrame = SAID, **options: object) -> pl.DataFrame:
    return drivers(lazy(items), scores=lazy(said), **options)  # type: ignore[arg-type]


def test_without_questionnaires_there_is_no_row() -> None:
    assert asked(item_rows([])).is_empty()
    assert asked(said=answer_rows([])).is_empty()
    assert asked().schema == TYPES


def test_what_was_planted_is_found() -> None:
    found = asked()
    assert found["item"].to_list() == ["service", "price", "look"]
    assert (found["n"][0], found["complete"][0], found["answered"].to_list()) == (N, N, [N] * 3)
    assert found["first"][0] > 0.99
    assert found["importance"].sum() == pytest.approx(1)
    assert found["shapley"].sum() == pytest.approx(1)
    assert (found["shapley"] - found["importance"]).abs().max() < 0.03


def test_one_point_more_is_the_coefficient_of_least_squares() -> None:
    net = 100.0 * (WHOLE >= 9) - 100.0 * (WHOLE <= 6)
    expected = np.linalg.lstsq(np.column_stack([np.ones(N), SCORES]), net)[0][1:]
    found = dict(asked().select("item", "one_more").iter_rows())
    assert [found[name] for name in ("service", "price", "look")] == pytest.approx(expected.tolist())


def test_complete_answers_give_the_same_pairwise_and_listwise() -> None:
    assert_frame_equal(asked(), asked(missing="listwise"))


def test_the_order_of_rows_changes_nothing() -> None:
    shuffled = ITEMS.sample(fraction=1, shuffle=True, seed=1), SAID.sample(fraction=1, shuffle=True, seed=2)
    assert asked().equals(asked(*shuffled))


CONSTANT = item_rows([{"service": a, "price": b, "look": 4} for a, b, _ in SCORES])
ALIKE = item_rows([{"service": a, "price": b, "look": a} for a, b, _ in SCORES])
PARTED = item_rows([{"service": a, "price" if n % 2 else "look": b} for n, (a, b, _) in enumerate(SCORES)])


@pytest.mark.parametrize(
    ("items", "said", "options", "reasons"),
    [
        (ITEMS.head(270), SAID, {}, ["few"] * 3),
        (ITEMS, SAID, {"use": "price"}, ["single"]),
        (ITEMS, outcome_rows([8.0] * N), {}, ["constant"] * 3),
        (CONSTANT, SAID, {}, [None, None, "constant"]),
        (ALIKE, SAID, {}, ["collinear"] * 3),
        (PARTED, SAID, {"minimum": 30}, [None, None, "pairs"]),
        (PARTED, SAID, {"missing": "listwise"}, ["few"] * 3),
    ],
)
def test_what_cannot_be_told_is_withheld_with_its_reason(
    items: pl.DataFrame, said: pl.DataFrame, options: dict[str, object], reasons: list[str | None]
) -> None:
    found = asked(items, said, **options)
    assert found["reason"].to_list() == reasons
    assert found["importance"].is_null().to_list() == [reason is not None for reason in reasons]


def test_a_group_is_what_it_is_alone() -> None:
    region = pl.when(pl.col("response_id") < "000200").then(pl.lit("East")).otherwise(pl.lit("West"))
    by = asked(ITEMS.with_columns(region=region), by=["region"])
    alone = asked(ITEMS.filter(pl.col("response_id") >= "000200"))
    assert_frame_equal(by.filter(pl.col("region") == "West").drop("region"), alone)


def test_quadrants_take_stated_importance_where_it_is_wanted() -> None:
    stated = item_rows([{"service importance": 2, "price importance": 5, "look importance": 3} for _ in range(N)])
    found = asked(pl.concat([ITEMS, stated]), importance="stated").sort("item")
    assert found["item"].to_list() == ["look", "price", "service"]
    assert found["stated"].to_list() == [50, 100, 25]
    assert [name in ("concentrate", "keep") for name in found["quadrant"]] == [False, True, False]


def test_weights_count() -> None:
    heavy = SAID.with_columns(weight=pl.when(pl.int_range(pl.len()) < 200).then(1.0).otherwise(0.0))
    weighted = asked(said=heavy, weighted=True).select("item", "importance", "weight", "one_more")
    alone = asked(ITEMS.filter(pl.col("response_id") < "000200")).select("item", "importance", "weight", "one_more")
    assert_frame_equal(weighted, alone)


@pytest.mark.parametrize(
    ("feedback_id", "response_id", "matches"),
    [("7", "7", 1), ("ab:nps:7", "ab:7", 1), ("ab:csat:7", "ab:7", 0), ("7", "8", 0)],
)
def test_an_answer_belongs_to_the_questionnaire_with_its_id(feedback_id: str, response_id: str, matches: int) -> None:
    said = outcomes(
        lazy(answer_rows([{"source": "survey", "feedback_id": feedback_id, "score": 9.0}])), "nps", weighted=False
    )
    row = pl.DataFrame([("survey", response_id, None, "price", 4.0, 1.0, 5.0)], schema=ITEM_TYPES, orient="row")
    ((_key, found),) = groups(answered(lazy(row), ()), (), said)
    assert found.n == matches


def test_an_item_counts_on_its_usual_scale_and_customers_are_drawn_whole() -> None:
    rows = [
        ("s", "1", 5, "price", 4.0, 1.0, 5.0),
        ("s", "2", 5, "price", 3.0, 1.0, 5.0),
        ("s", "3", None, "price", 9.0, 0.0, 10.0),
    ]
    rows += [("s", "4", None, "look", 2.0, 1.0, 5.0), ("s", "5", 6, "look", 1.0, 1.0, 5.0)]
    ((_key, found),) = groups(answered(lazy(pl.DataFrame(rows, schema=ITEM_TYPES, orient="row")), ()), ())
    assert (found.items, found.n, found.high.tolist()) == (("look", "price"), 4, [5, 5])
    assert found.cluster.tolist() == [0, 0, 1, 2]
