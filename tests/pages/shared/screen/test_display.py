"""The words around the cards say only what the cards show."""

import datetime as dt

import pytest

from data.segment import Segment
from pages.shared.model.cards import Card
from pages.shared.readings import readings
from pages.shared.readings.readings import Reading
from pages.shared.screen.display import changed, how_to_read
from pages.shared.session.view import View

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


VIEW = View(dt.date(2026, 4, 1), dt.date(2026, 6, 30), dt.date(2026, 6, 30), "before", Segment())


@pytest.mark.parametrize(
    ("change", "low", "high", "said"),
    [
        (None, None, None, "Too few answers in Jan–Mar 2026 to compare with."),
        (0.2, -3.0, 3.4, "No clear change against Jan–Mar 2026: 95% interval −3.0 to +3.4."),
        (4.6, 0.3, 8.9, "Up 4.6 ± 4.3 against Jan–Mar 2026, 95% interval +0.3 to +8.9."),
        (6.85, 3.5, 10.2, "Up 6.8 ± 3.4 against Jan–Mar 2026, 95% interval +3.5 to +10.2."),  # 3.35 on either side
        (-6.94, -10.24, -3.54, "Down 6.9 ± 3.4 against Jan–Mar 2026, 95% interval −10.2 to −3.5."),
    ],
)
def test_plus_minus_reaches_the_end_that_is_shown(
    change: float | None, low: float | None, high: float | None, said: str
) -> None:
    score = Reading(
        metric="nps", name=readings.NPS, noun="answers", percent=False, value=41.2, low=38.1, high=44.3, n=2746, minimum=30,
        change=change, change_low=low, change_high=high, before=36.6, verdict="none" if (low or 0) < 0 < (high or 0) else "better",
        months=([], [], []),
    )  # fmt: skip
    assert changed(score, VIEW) == said
