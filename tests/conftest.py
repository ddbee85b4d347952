"""What all tests share."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import scheduling
from tests.examples import USUAL

# The same examples every time, on any machine: neither a newcomer nor a landing fails by luck. `make fuzz` looks for new ones, with
# its own profile. A busy machine is no fault.
SLOW_IS_NO_FAULT = {"suppress_health_check": [HealthCheck.too_slow], "deadline": None}
settings.register_profile("fixed", derandomize=True, **SLOW_IS_NO_FAULT)
settings.register_profile(
    "fuzz",
    derandomize=False,
    print_blob=True,
    max_examples=USUAL * int(os.environ.get("FUZZ_TIMES", 10)),
    **SLOW_IS_NO_FAULT,
)
settings.load_profile("fixed")


def pytest_xdist_auto_num_workers() -> int:
    return scheduling.workers()


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> scheduling.Modules | None:
    return scheduling.Modules(config, log) if config.getoption("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    scheduling.in_order(items)


SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the project; CI sets RAPPORT_REQUIRE_SHARED so that its absence is a failure there."""
    if SHARED.is_dir():
        return SHARED
    if os.environ.get("RAPPORT_REQUIRE_SHARED"):
        pytest.fail(f"The reference data is required here, but {SHARED} does not exist.")
    pytest.skip("the reference data folder ../shared is not here")


@pytest.fixture(scope="session")
def run_python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a piece of Python in a process of its own, from the project's folder."""

    def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        return subprocess.run(
            command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=120, check=True
        )

    return run
