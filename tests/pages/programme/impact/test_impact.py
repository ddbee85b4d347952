"""The page Impact: titles that say what the comparison supports, and what is said where there is none."""

from pathlib import Path

import pytest

from data.store.store import Store
from pages.programme.impact import findings
from pages.shared.words.texts import speaking
from tests.data.rows import order, take
from tests.pages.conftest import words

SHOWN = {"state": "ok", "value": 8.0, "low": 3.0, "high": 13.0}
CALM = {"trend_low": -1.0, "trend_high": 1.0, "placebo_low": -4.0, "placebo_high": 5.0}


@pytest.mark.parametrize(
    ("row", "title"),
    [
        (SHOWN, "Training: NPS rose by 8.0 more at its stores than elsewhere"),
        ({**SHOWN, "low": -9.0, "high": -2.0}, "Training: NPS fell by 8.0 more at its stores than elsewhere"),
        ({**SHOWN, "low": -1.0}, "Training: no clear effect on NPS"),
        ({**SHOWN, "low": None, "high": None}, "Training: no clear effect on NPS"),
        ({**SHOWN, "state": "everywhere"}, "Training: nothing to compare with"),
        ({**SHOWN, "state": "too_short"}, "Training: too few months before or after to tell"),
        ({**SHOWN, "state": "too_few"}, "Training: too few answers or orders to tell"),
        ({**SHOWN, "state": "no_store"}, "Training: its stores are not in the data before and after"),
    ],
)
def test_titles(row: dict, title: str) -> None:
    with speaking("en"):
        assert findings.impact(row, "Training", "NPS", "8.0") == title


@pytest.mark.parametrize(
    ("row", "title"),
    [
        (CALM, "Nothing before the event speaks against the comparison"),
        ({**CALM, "trend_low": 0.2}, "The stores already drifted apart before: read the effect with care"),
        ({**CALM, "trend_high": -0.2}, "The stores already drifted apart before: read the effect with care"),
        ({**CALM, "placebo_low": 0.2}, "A date at which nothing happened shows an effect too: read it with care"),
    ],
)
def test_doubts(row: dict, title: str) -> None:
    with speaking("en"):
        assert findings.doubts(row) == title


def test_without_events_it_says_what_to_upload(open_app, tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=[order("1", "c1", "2026-01-05", 10.0)])
    app = open_app(tmp_path / "s.duckdb", "impact", lang="en")
    assert app.title[0].value == "Impact needs events"
    assert "No events yet" in words(app)
    assert not app.exception


def test_an_event_everywhere_says_which_design_would_tell(open_app, demo_path: Path) -> None:
    app = open_app(demo_path, "impact", lang="en")
    event = next(box for box in app.selectbox if box.label == "Event")
    assert "Service training" in event.format_func(event.value) if hasattr(event, "format_func") else event.value
    courier = next(name for name in event.options if "New courier" in name)
    event.select(courier).run()
    assert app.title[0].value in (
        "New courier: nothing to compare with",
        "New courier: too few months before or after to tell",
    )
    assert not app.exception
