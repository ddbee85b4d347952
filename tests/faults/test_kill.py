"""A process that is killed before any of its writes leaves the state before it began, or the one after it ended."""

from collections.abc import Callable

import pytest

from tests.faults.conftest import POINTS, Trial, each_operation

pytestmark = pytest.mark.faults


@each_operation()
def test_killed_before_any_call(trial: Trial, record_property: Callable[[str, object], None]) -> None:
    record_property(POINTS, len(trial.points))
    wrong = []
    for point in trial.points:
        ended, found = trial.run(point.kill())
        verdict = trial.verdict(found)
        if verdict or ended["ended"] != "killed":
            wrong.append(f"{point.number}. {point.text[:120]}: {ended['ended']}, {verdict}")
    assert trial.points
    assert not wrong, "\n".join(wrong)
