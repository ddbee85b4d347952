"""What the tests of imports share."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from data import sandbox
from tests.data.imports.same_process import run

IN_A_PROCESS_OF_ITS_OWN = ("test_stage", "test_command_line", "test_real_exports")


@pytest.fixture(autouse=True)
def same_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cells, layouts and profiles come to does not depend on the process."""
    if request.module.__name__.rpartition(".")[2] not in IN_A_PROCESS_OF_ITS_OWN:
        monkeypatch.setattr(sandbox, "run", run)


@pytest.fixture(scope="session")
def run_module() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`python -m data.load` (or another module) with arguments, from the project's folder."""

    def module_run(*arguments: object, module: str = "data.load") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            timeout=120,
        )

    return module_run
