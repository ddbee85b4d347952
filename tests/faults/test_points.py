"""How much is broken: as many points as the suite is worth, of every operation, and those of one kind thinned evenly."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import Server, copy_of, points_of
from tests.faults.operations import OPERATIONS
from tests.faults.points import runs_out, thinned

pytestmark = pytest.mark.faults

FEWEST_KILLS, FEWEST_WITHOUT_SPACE = 300, 100


def test_all_operations_together_are_broken_at_enough_points(
    fault_server: Server, bases: Callable[[str], Path], tmp_path: Path
) -> None:
    found = [
        points_of(fault_server, operation, copy_of(bases(operation), tmp_path / "trial"), tmp_path / "calls")
        for operation in OPERATIONS
    ]
    assert all(found)
    assert sum(map(len, found)) >= FEWEST_KILLS
    assert sum(runs_out(point) for each in found for point in each) >= FEWEST_WITHOUT_SPACE


WRITE, OTHER = 'write(9<…/copy.{:08x}.partial.wal>, ""..., {}) = 1', "fdatasync(9<…/rapport.duckdb>) = 0"


@pytest.mark.parametrize(
    ("count", "left"),
    [
        (0, []),
        (1, [0]),
        (2, [0, 1]),
        (7, [*range(7)]),
        (8, [*range(8)]),
        (9, [0, 1, 2, 3, 4, 5, 6, 8]),
        (15, [0, 2, 4, 6, 8, 10, 12, 14]),
        (16, [0, 2, 4, 6, 8, 10, 12, 15]),
        (71, [0, 10, 20, 30, 40, 50, 60, 70]),
        (705, [0, 100, 201, 301, 402, 502, 603, 704]),
    ],
)
def test_points_of_one_kind_are_thinned_evenly_with_the_first_and_the_last(count: int, left: list[int]) -> None:
    assert len(left) <= 8
    texts = [WRITE.format(2**31 + number, number) for number in range(count)]
    assert thinned(texts, str, 8) == [texts[number] for number in left]
    assert thinned([OTHER, *texts, OTHER], str, 8) == [OTHER, *(texts[number] for number in left), OTHER]
