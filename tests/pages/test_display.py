"""The words around the cards say only what the cards show."""

import pytest

from pages.shared.cards import Card
from pages.shared.display import how_to_read

BARE: Card = {"id": "nps", "value": "20.0"}
WITHHELD: Card = {"id": "nps", "few": "Too few to show: 9 of 30"}
DRAWN: Card = {**BARE, "spark": {"y": [1.0, 2.0], "low": [0.0, 1.0], "high": [2.0, 3.0], "label": "NPS"}}
INTERVALS = "Under each value its 95% interval and n; under each change its 95% interval."
LINES = "Lines: 12 months with interval, each on its own scale."


@pytest.mark.parametrize(
    ("shown", "said"),
    [([], ""), ([WITHHELD], ""), ([BARE], INTERVALS), ([WITHHELD, DRAWN], f"{INTERVALS} {LINES}")],
)
def test_lines_are_explained_where_there_are_lines(shown: list[Card], said: str) -> None:
    assert how_to_read(shown) == said
