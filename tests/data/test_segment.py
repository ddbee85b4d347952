"""Whom a number is of: what was chosen, of those whom the reader may see; and the same in an address."""

import pytest

from data.segment import COLUMNS, EVERYBODY, Segment, of_params

EAST, NORTH = Segment(region=("East China",)), Segment(region=("North China",))
BOTH = Segment(region=("East China", "North China"))
GOLD = Segment(tier=("gold",))
ALL = Segment(region=("East China",), acquisition_channel=("search", "store"), tier=("gold",))


@pytest.mark.parametrize(
    ("chosen", "scope", "seen"),
    [
        (EVERYBODY, EVERYBODY, EVERYBODY),
        (EAST, EVERYBODY, EAST),
        (EVERYBODY, EAST, EAST),
        (EVERYBODY, BOTH, BOTH),
        (EAST, EAST, EAST),
        (NORTH, BOTH, NORTH),
        (BOTH, EAST, EAST),
        (GOLD, EAST, Segment(region=("East China",), tier=("gold",))),
        (
            Segment(region=("East China", "West China"), tier=("gold",)),
            BOTH,
            Segment(region=("East China",), tier=("gold",)),
        ),
        (NORTH, EAST, NORTH),  # of nobody: 0 in North China, which is what was asked
    ],
)
def test_whom_a_number_is_of(chosen: Segment, scope: Segment, seen: Segment) -> None:
    assert chosen.seen_within(scope) == seen
    assert seen.seen_within(scope) == seen, "said once, it stays so"


@pytest.mark.parametrize("segment", [EVERYBODY, EAST, BOTH, GOLD, ALL])
def test_an_address_says_the_choice_and_nothing_else(segment: Segment) -> None:
    assert of_params({**segment.params, "from": ["2026-04-01"], "by": ["tier"]}) == segment
    assert set(segment.params) <= set(COLUMNS)
