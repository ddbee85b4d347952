"""Shares and scores of comments on a theme."""

import pytest

from metrics.comments.themes import theme_nps, theme_share, theme_sums
from metrics.statistics.paired import paired_change
from tests.metrics.comments.rows import Comment, comments

FIVE: list[Comment] = [(1, 9, 1), (2, 2, -1), (3, 3, -1), (4, 10, 0), (5, 8, None)]
COUNTS = ("n", "named", "praised", "blamed", "theme_share")


@pytest.mark.parametrize(
    ("rows", "tone", "expected"),
    [
        ([], "any", (0, 0, 0, 0, None)),
        (FIVE, "any", (5, 4, 1, 2, 0.8)),
        (FIVE, "blame", (5, 4, 1, 2, 0.4)),
        (FIVE, "praise", (5, 4, 1, 2, 0.2)),
        ([(None, 1, None)] * 3, "any", (3, 0, 0, 0, 0.0)),
    ],
)
def test_share(rows: list[Comment], tone: str, expected: tuple) -> None:
    assert theme_share(comments(rows), tone=tone, minimum=1).select(COUNTS).row(0) == expected


def test_an_unknown_tone_is_refused() -> None:
    with pytest.raises(ValueError, match="tone"):
        theme_share(comments(FIVE), tone="loud")


def test_below_the_minimum_the_counts_stand() -> None:
    assert theme_share(comments(FIVE)).row(0) == (5, 4, 1, 2, None, None, None)


def test_one_customer_who_writes_often_tells_less_than_many_who_write_once() -> None:
    """Twenty comments of twenty people, and of two who each always say the same."""
    many: list[Comment] = [(key, 5, -1 if key < 10 else None) for key in range(20)]
    two: list[Comment] = [(key // 10, 5, tone) for key, _score, tone in many]
    wide, narrow = (theme_share(comments(rows), minimum=1).row(0, named=True) for rows in (two, many))
    assert wide["theme_share"] == narrow["theme_share"] == 0.5
    assert (narrow["low"], narrow["high"]) == pytest.approx((0.2993, 0.7007), abs=1e-4)  # Wilson, 10 of 20
    assert wide["low"] < narrow["low"]
    assert wide["high"] > narrow["high"]


def test_groups() -> None:
    found = theme_share(comments(FIVE, region=["N", "N", "S", "S", None]), by=["region"], minimum=1)
    assert found.select("region", "n", "named").rows() == [("N", 2, 2), ("S", 2, 2), (None, 1, 0)]


def test_the_change_pairs_those_who_wrote_in_both_periods() -> None:
    """All name the theme in one period and none in the other: the change is certain, whoever they are."""
    now, before = (comments([(key, 5, tone) for key in range(40)]) for tone in (-1, None))
    moved = paired_change(theme_sums(now), theme_sums(before)).row(0, named=True)
    assert moved["change"] == 1
    assert moved["low"] > 0.8


@pytest.mark.parametrize(
    ("tone", "expected"),
    [("any", (4, 2, 0, 2, 0.0)), ("blame", (2, 0, 0, 2, -100.0)), ("praise", (1, 1, 0, 0, 100.0))],
)
def test_score_of_those_who_name_it(tone: str, expected: tuple) -> None:
    found = theme_nps(comments(FIVE), tone=tone, minimum=1)
    assert found.select("n", "promoters", "passives", "detractors", "nps").row(0) == expected
