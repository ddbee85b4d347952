"""Words for money and counts that the parts of the page about lifetime value share."""

from pages.shared import cached
from pages.shared.texts import coins, money, ngettext, number


def customers_of(n: int) -> str:
    return ngettext("{n} customer", "{n} customers", n).format(n=number(n))


def amount(value: float) -> str:
    return money(value, currency(), coins(value))


def currency() -> str | None:
    return cached.extent().currency
