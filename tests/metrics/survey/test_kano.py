"""Kano categories of small questionnaires, Fong's test, and the names that make pairs."""

import pytest
from polars.testing import assert_frame_equal

from metrics.survey.item_names import kano_pairs, ratings, stated_importance
from metrics.survey.kano import TYPES, kano, leading
from tests.metrics.frames import item_rows, lazy

DELIGHT = [{"gift functional": 1, "gift dysfunctional": 3}] * 30 + [
    {"gift functional": 3, "gift dysfunctional": 3}
] * 10
HALF = [{"gift functional": 1}] * 4


def test_without_pairs_there_is_no_row() -> None:
    assert kano(lazy(item_rows([]))).schema == TYPES
    assert kano(lazy(item_rows([{"price": 3, "gift functional": 2}]))).is_empty()


def test_counts_categories_and_coefficients() -> None:
    (row,) = kano(lazy(item_rows([*DELIGHT, *HALF]))).to_dicts()
    assert (row["feature"], row["n"], row["missing"], row["attractive"], row["indifferent"]) == ("gift", 40, 4, 30, 10)
    assert (row["category"], row["leads_by"], row["better"], row["worse"]) == ("attractive", 20, 0.75, 0)
    assert row["low"] < 0.75 < row["high"]
    assert (row["worse_low"], row["worse_high"]) == (0, 0)


def test_below_the_minimum_the_counts_stand() -> None:
    (row,) = kano(lazy(item_rows(DELIGHT[:20]))).to_dicts()
    assert (row["n"], row["attractive"], row["category"], row["better"], row["low"]) == (20, 20, None, None, None)


def test_the_order_of_rows_changes_nothing() -> None:
    rows = item_rows([*DELIGHT, *HALF])
    assert_frame_equal(kano(lazy(rows)), kano(lazy(rows.sample(fraction=1, shuffle=True, seed=1))))


@pytest.mark.parametrize(
    ("counts", "category"),
    [
        ([0, 0, 0, 0, 0, 0], "mixed"),
        ([10, 0, 0, 0, 0, 0], "attractive"),
        ([5, 5, 0, 0, 0, 0], "mixed"),
        ([0, 60, 40, 0, 0, 0], "performance"),  # 20 ahead; 1.65·√(100·100/200) = 11.7
        ([0, 55, 45, 0, 0, 0], "mixed"),  # 10 ahead
        ([10, 9, 8, 100, 0, 0], "indifferent"),
    ],
)
def test_a_category_leads_by_more_than_chance(counts: list[int], category: str) -> None:
    assert leading(counts)[0] == category


ITEMS = [
    "F1_functional",
    "F1_dysfunctional",
    "Gift (with)",
    "Gift (without)",
    "会员日-具备",
    "会员日-不具备",
    "alone_functional",
    "price",
]


def test_names_that_make_pairs() -> None:
    assert kano_pairs([]) == {}
    assert kano_pairs(ITEMS) == {
        "F1": ("F1_functional", "F1_dysfunctional"),
        "Gift": ("Gift (with)", "Gift (without)"),
        "会员日": ("会员日-具备", "会员日-不具备"),
    }
    assert ratings([*ITEMS, "price importance", "brand importance"]) == [
        "alone_functional",
        "price",
        "brand importance",
    ]
    assert stated_importance([*ITEMS, "price importance", "brand importance"]) == {"price": "price importance"}
