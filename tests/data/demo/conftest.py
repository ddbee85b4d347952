"""The demo as everybody gets it, built once for all of these tests."""

import polars as pl
import pytest

from data.demo import build


@pytest.fixture(scope="session")
def demo() -> dict[str, pl.DataFrame]:
    return build()
