"""A process that is killed before any of its writes leaves the state before it began, or the one after it ended."""

from collections.abc import Callable

import pytest

from tests.faults.conftest import POINTS, Trial, each_operation

pytestmark = pytest.mark.faults

TRIES = 3


@each_operation()
def test_killed_before_any_call(trial: Trial, record_property: Callable[[str, object], None]) -> None:
    wrong, missed = [], []
    for point in trial.points:
        for _ in range(TRIES):
            ended, found = trial.run(point.kill())
            verdict = trial.verdict(found)
            if verdict or ended["ended"] != "done":
                break
        else:  # the engine wrote its log in fewer calls than when they were listed, and this one never came
            missed.append(point)
            continue
        if verdict or ended["ended"] != "killed":
            wrong.append(f"{point.number}. {point.text[:120]}: {ended['ended']}, {verdict}")
    record_property(POINTS, len(trial.points) - len(missed))
    assert trial.points
    assert len(missed) <= 1 + len(trial.points) // 10, missed
    assert not wrong, "\n".join(wrong)
