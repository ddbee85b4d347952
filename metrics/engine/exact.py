"""Sums that are the same to the bit in whatever order an engine adds: money and its powers as decimals, whose sums are exact.

Binary fractions are rounded at each addition, so that threads, a new order of rows or a saved partial sum change the last digits.
"""

import narwhals.stable.v2 as nw
import polars as pl

MONEY = nw.Decimal(
    38, 4
)  # a ten-thousandth is finer than any currency's coin; as many digits before it as no sum needs
FINE = nw.Decimal(38, 10)  # of what is divided before it is added

# Powers of money are from millionths to beyond what a decimal holds: from LARGE on they are added in thousands of millions.
SMALL_TYPE, LARGE_TYPE = nw.Decimal(38, 6), nw.Decimal(38, 1)
LARGE, LARGE_UNIT, LARGEST = 1e18, 1e9, 1e33


def money(column: str) -> nw.Expr:
    """Amounts that add up exactly, whether the frame holds them as decimals or as floating-point numbers."""
    return nw.col(column).cast(MONEY)


def plain(column: str) -> nw.Expr:
    """Exact amounts as floating-point numbers, to be divided or multiplied."""
    return nw.col(column).cast(nw.Float64)


def parts(name: str, value: nw.Expr) -> dict[str, nw.Expr]:
    """A floating-point column of any size as two that add up exactly; `whole` puts their sums together again."""
    is_large = value.abs() >= LARGE
    large = (value / LARGE_UNIT).clip(-LARGEST, LARGEST)
    return {
        name: nw.when(is_large).then(nw.lit(0.0)).otherwise(value).cast(SMALL_TYPE),
        f"{name}_large": nw.when(is_large).then(large).otherwise(nw.lit(0.0)).cast(LARGE_TYPE),
    }


def part_names(*names: str) -> list[str]:
    """The columns that `parts` makes of each name."""
    return [part for name in names for part in (name, f"{name}_large")]


def whole(name: str) -> pl.Expr:
    """The sum of a column whose `parts` were added, under its name."""
    return (pl.col(name) + pl.col(f"{name}_large") * LARGE_UNIT).alias(name)
