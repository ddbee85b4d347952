"""A disk that is full from any write on: what was begun is refused in a sentence, or done; the file opens when there is room again."""

from collections.abc import Callable

import pytest

from tests.faults.conftest import POINTS, Trial, each_operation
from tests.faults.points import runs_out

pytestmark = pytest.mark.faults


@each_operation()
def test_no_space_from_any_write_on(trial: Trial, record_property: Callable[[str, object], None]) -> None:
    chosen = [point for point in trial.points if runs_out(point)]
    record_property(POINTS, len(chosen))
    wrong = []
    for point in chosen:
        ended, found = trial.run(point.no_space())
        verdict = trial.verdict(found)
        if verdict or ended["ended"] not in ("done", "refused"):
            wrong.append(
                f"{point.number}. {point.text[:120]}: {ended['ended']} {ended.get('text', '')[:160]}, {verdict}"
            )
    assert chosen
    assert not wrong, "\n".join(wrong)
