"""Words for money that the parts of the page about lifetime value share."""

from pages.shared.session import cached
from pages.shared.words.texts import coins, money


def amount(value: float) -> str:
    return money(value, currency(), coins(value))


def currency() -> str | None:
    return cached.extent().currency
