"""The key numbers, whose changes share one title: each is judged so surely that all of them together err once in twenty times."""

from collections.abc import Callable

from metrics.statistics.verdict import confidence_of_each
from pages.customers.churn import readings as readings_churn
from pages.customers.clv import readings as readings_value
from pages.programme import readings as readings_tiers
from pages.shared.readings import readings
from pages.shared.readings.readings import Reading
from pages.shared.session.view import View

# Each key number, and the page that tells more about it
NUMBERS: tuple[tuple[Callable[..., Reading], str], ...] = (
    (readings.nps, "nps"),
    (readings.csat, "csat"),
    (readings_value.clv, "value"),
    (readings.retention, "retention"),
    (readings.repeat_rate, "retention"),
    (readings_churn.inactive, "churn"),
    (readings_tiers.upgrades, "tiers"),
)


def together(view: View) -> tuple[list[tuple[Reading, str]], int]:
    """The key numbers with their pages, and how many of them are compared. The interval of each change is that of one of so many."""
    alone = [(read, read(view), code) for read, code in NUMBERS]
    compared = sum(_is_compared(number) for _read, number, _code in alone)
    level = confidence_of_each(compared)
    return [
        (read(view, confidence=level) if compared > 1 and _is_compared(number) else number, code)
        for read, number, code in alone
    ], compared


def _is_compared(number: Reading) -> bool:
    return number.compares and number.change_low is not None
