"""The upgrade rate of the overview: the reading, its change, its months, and no number without uploaded tiers."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from data.segment import Segment
from data.store.store import Store
from pages.programme import readings
from pages.shared.screen import display, states
from pages.shared.session import cached
from pages.shared.session.view import View
from tests.pages.programme.test_tiers import shop, with_tiers


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch):
    stores = []

    def _open(path: Path) -> None:
        stores.append(Store.open(path))
        monkeypatch.setattr(cached, "store", lambda: stores[-1])
        cached.renew()

    yield _open
    for store in stores:
        store.close()


def view(end: str = "2026-06-30") -> View:
    day = dt.date.fromisoformat
    return View(day("2026-04-01"), day("2026-06-30"), day(end), "before", Segment())


UPGRADED = [(f"c{key}", "2025-02-01", "silver") for key in range(60)] + [
    *[(f"c{key}", "2026-02-10", "gold") for key in range(3)],
    *[(f"c{key}", "2026-05-01", "gold") for key in range(3, 33)],
]


def test_upgrades_of_the_period_against_the_one_before(opened, tmp_path: Path) -> None:
    opened(with_tiers(shop(tmp_path / "s.duckdb"), UPGRADED))
    found = readings.upgrades(view())
    assert (found.value, found.n, found.before, found.verdict) == (50.0, 60, 5.0, "better")
    assert found.change == pytest.approx(45.0)
    assert found.low is not None and found.low < 50 < found.high
    assert len(found.months[0]) == 12
    assert found.months[0][-2:] == [pytest.approx(50.0), 0.0]
    assert display.card(found, compared=True)["size"] == "60 members"


def test_an_unfinished_period_is_compared_with_as_many_days(opened, tmp_path: Path) -> None:
    opened(with_tiers(shop(tmp_path / "s.duckdb"), UPGRADED))
    found = readings.upgrades(view(end="2026-05-09"))  # 39 days: until 8 February
    assert (found.value, found.before) == (50.0, 0.0)


@pytest.mark.parametrize(
    ("segment", "scope", "said"),
    [
        (Segment(), Segment(), None),
        (Segment(region=("East China",)), Segment(), None),
        (Segment(tier=("gold",)), Segment(), "Not shown of chosen tiers"),
        (Segment(), Segment(tier=("gold",)), "Not shown of some tiers only"),
    ],
)
def test_no_rate_is_told_of_members_chosen_by_where_they_moved(
    opened, tmp_path: Path, segment: Segment, scope: Segment, said: str | None
) -> None:
    opened(with_tiers(shop(tmp_path / "s.duckdb"), UPGRADED))
    found = readings.upgrades(replace(view(), segment=segment, scope=scope))
    card = display.card(found, compared=True)
    if said is None:
        assert found.withheld is None
        return
    assert (found.value, found.n) == (None, 0)
    assert card["few"] == said
    buyers = replace(found, noun="customers", n=1204, withheld=None)
    assert display.counted([buyers, found]) == "1,204 customers"


def test_without_uploaded_tiers_the_card_says_so(opened, tmp_path: Path) -> None:
    opened(shop(tmp_path / "s.duckdb"))
    found = readings.upgrades(view())
    assert (found.value, found.n) == (None, 0)
    assert states.missing("members")
    assert display.card(found, compared=True)["few"] == "No tiers yet"
