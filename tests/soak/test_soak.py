"""What `make soak` finds: a view with numbers of two data versions is none of either, wherever they meet."""

import pytest

from tests.benchmarks.visitor import NOT_SHOWN, Shown, shown
from tests.soak.sessions import Seen

BEFORE = {
    (0, 0): ("heading", b"NPS 31"),
    (0, 1): ("markdown", b"1,200 answers"),
    (0, 2, 0): ("plotly_chart", b"31 of 1,200"),
    (0, 3): ("arrow_data_frame", b"31, 1200"),
}
AFTER = {place: (what, content.replace(b"31", b"28")) for place, (what, content) in BEFORE.items()} | {
    (0, 1): ("markdown", b"1,800 answers"),
    (0, 4): ("alert", b"Newer data"),
}


def view(elements: dict) -> Shown:
    return shown("NPS", elements)


def seen(*views: Shown) -> Seen:
    """At one place whose two data versions are known."""
    found = Seen()
    found.right[0] = {right.mark: right for right in (view(BEFORE), view(AFTER))}
    found.views = [(float(at), 0, each) for at, each in enumerate(views)]
    return found


def test_nothing_was_seen() -> None:
    assert seen().mixed() == []


def test_whole_views_of_either_version_are_right() -> None:
    assert seen(view(BEFORE), view(AFTER), view(dict(reversed(AFTER.items())))).mixed() == []


@pytest.mark.parametrize("what", sorted(NOT_SHOWN))
def test_what_is_of_the_session_or_of_waiting_is_no_part_of_a_view(what: str) -> None:
    assert seen(view(BEFORE | {(0, 9): (what, b"31")})).mixed() == []


@pytest.mark.parametrize(
    ("elements", "differing"),
    [
        *(
            (BEFORE | {place: AFTER[place]}, f"{place} {AFTER[place][0]}")
            for place in [(0, 0), (0, 1), (0, 2, 0), (0, 3), (0, 4)]
        ),
        *((AFTER | {place: BEFORE[place]}, f"{place} {BEFORE[place][0]}") for place in BEFORE),
        ({place: AFTER[place] for place in BEFORE}, "(0, 4) alert"),
        (AFTER | {(0, 5): ("alert", b"Newer data")}, "(0, 5) alert"),
        (BEFORE | {(0, 3): ("markdown", b"31, 1200")}, "(0, 3) markdown"),
        ({place: BEFORE[place] for place in [(0, 0), (0, 1), (0, 3)]}, "(0, 2, 0) plotly_chart"),
    ],
)
def test_a_mixed_view_is_found_with_what_differs_from_the_nearest_version(elements: dict, differing: str) -> None:
    (found,) = seen(view(BEFORE), view(elements), view(AFTER)).mixed()
    assert found.endswith(f": {differing}")


def test_without_a_version_nothing_is_right() -> None:
    found = seen(view(BEFORE))
    found.right.clear()
    assert found.mixed()
