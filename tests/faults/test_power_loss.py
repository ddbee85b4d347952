"""A loss of power after any call: what was not synced is gone. The state is the one before or the one after, and the one after once the
operation has said that it is done."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import power
from tests.faults.bases import DB
from tests.faults.conftest import POINTS, Trial, each_operation
from tests.faults.points import thinned

pytestmark = pytest.mark.faults


@each_operation()
def test_loss_of_power_after_any_call(
    trial: Trial, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    folder, log, copies = trial.copy(), tmp_path / "calls", tmp_path / "copies"
    copies.mkdir()
    ended = trial.server.ask(
        "run", operation=trial.operation, folder=folder, strace=power.recording(log), log=log, copies=copies
    )
    assert ended["ended"] == "done", ended
    taken = sorted(copies.iterdir(), key=lambda path: int(path.name))
    images = thinned(list(power.images(log, folder, trial.base, taken)), lambda image: image.text)
    record_property(POINTS, len(images))
    wrong = []
    for number, image in enumerate(images):
        image.write(tmp_path / f"{number}")
        verdict = trial.verdict(trial.server.ask("look", db=tmp_path / f"{number}" / DB, whole=False))
        if verdict:
            wrong.append(f"{image.text}: {verdict}")
    assert len(images) > 1
    assert not wrong, "\n".join(wrong)


@each_operation("first start", "start after a kill", "rewrite")
def test_what_is_done_outlasts_a_loss_of_power(trial: Trial, tmp_path: Path) -> None:
    folder, log, copies = trial.copy(), tmp_path / "calls", tmp_path / "copies"
    copies.mkdir()
    trial.server.ask(
        "run", operation=trial.operation, folder=folder, strace=power.recording(log), log=log, copies=copies
    )
    taken = sorted(copies.iterdir(), key=lambda path: int(path.name))
    *_, last = power.images(log, folder, trial.base, taken)
    last.write(tmp_path / "last")
    found = trial.server.ask("look", db=tmp_path / "last" / DB, whole=False)
    assert found.get("state") == trial.after
