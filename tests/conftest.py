"""What all tests share."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the project; CI sets RAPPORT_REQUIRE_SHARED so that its absence is a failure there."""
    if SHARED.is_dir():
        return SHARED
    if os.environ.get("RAPPORT_REQUIRE_SHARED"):
        pytest.fail(f"The reference data is required here, but {SHARED} does not exist.")
    pytest.skip("the reference data folder ../shared is not here")
