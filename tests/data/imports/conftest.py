"""What the tests of imports share."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from data import sandbox
from data.imports.jobs import JOBS
from data.sandbox import Limits

IN_A_PROCESS_OF_ITS_OWN = ("test_stage", "test_command_line", "test_real_exports")


@pytest.fixture(autouse=True)
def same_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cells, layouts and profiles come to does not depend on the process: in this one, a thousand files take no start of another.
    Requests and answers are JSON all the same."""
    if request.module.__name__.rpartition(".")[2] in IN_A_PROCESS_OF_ITS_OWN:
        return

    def run(_module: str, job: str, asked: dict, folder: Path, _limits: Limits, **_more: object) -> dict:
        answer: dict = json.loads(json.dumps(JOBS[job](json.loads(json.dumps(asked)), folder, lambda _share: None)))
        return answer

    monkeypatch.setattr(sandbox, "run", run)


@pytest.fixture(scope="session")
def run_module() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`python -m data.load` (or another module) with arguments, from the project's folder."""

    def run(*arguments: object, module: str = "data.load") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run
