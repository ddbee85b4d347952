"""Settings that are no good are refused with the sentence that says which would be."""

import pytest

from data.errors import RapportError
from data.settings import LEAST_WATCHDOG_SECONDS, Settings


@pytest.mark.parametrize("value", ["0", "40", "41", "60", "600", "86400"])
def test_seconds_of_the_watchdog(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("RAPPORT_WATCHDOG_SECONDS", value)
    assert Settings.read().watchdog_seconds == int(value)


@pytest.mark.parametrize("value", ["1", "2", "5", "20", "30", "39", "-1", "60.5", "sixty", "²", "00", "1e3"])
def test_a_watchdog_that_would_end_a_server_at_work_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("RAPPORT_WATCHDOG_SECONDS", value)
    with pytest.raises(RapportError) as refused:
        Settings.read()
    assert str(refused.value) == (
        f"RAPPORT_WATCHDOG_SECONDS must be 0, for never, or a whole number from {LEAST_WATCHDOG_SECONDS},"
        f" but is “{value}”: a picture may take 30."
    )
