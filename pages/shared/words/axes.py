"""Where an axis of money has its ticks, and what they are called."""

from math import floor, log10

from pages.shared.words.texts import coins, money

TICKS = 4


def money_ticks(most: float) -> list[float]:
    """Zero and up to four round amounts that the largest value reaches or nearly reaches."""
    if most <= 0:
        return [0.0]
    rough = most / TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= rough)
    return [place * step for place in range(TICKS + 1) if place * step <= most * 1.02]


def money_axis(most: float, currency: str | None) -> dict[float, str]:
    """The places of `money_ticks` and what they are called, all with as many digits."""
    ticks = money_ticks(most)
    digits = 0 if all(tick.is_integer() for tick in ticks) else coins(0.0)
    return {tick: money(tick, currency, digits) if tick else "0" for tick in ticks}
