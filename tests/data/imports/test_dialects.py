"""Orders in random dialects are read as they were meant, or asked for: never otherwise in silence."""

import pytest

from tests.data.imports.dialects import is_right, outcome

SEEDS = range(0, 300, 5)  # `make dialects` tries all and many more


@pytest.mark.parametrize("seed", SEEDS)
def test_read_as_meant_or_asked(seed: int) -> None:
    said = outcome(seed)
    assert is_right(said), said
