"""Totals and ratios over customers: by hand, against the plain sums over residuals, and how often their intervals hold."""

from collections import defaultdict
from itertools import pairwise

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from scipy.stats import t

from metrics.statistics.intervals import z_value
from metrics.statistics.ratios import added, per_customer, ratio_change, total_change, with_ratio
from tests.metrics.frames import lazy

Row = tuple[int | None, float, float]  # who, what is on top, what at the bottom
NOBODY: list[Row] = [(None, 5.0, 1.0), (None, 7.0, 1.0)]
NOW: list[Row] = [(1, 30.0, 2.0), (1, 10.0, 1.0), (2, 12.0, 1.0), (3, 40.0, 1.0), *NOBODY]
BEFORE: list[Row] = [(1, 20.0, 1.0), (2, 18.0, 2.0), (4, 9.0, 3.0), (None, 5.0, 1.0)]
RUNS, BUYERS = 2000, 120


def each(rows: list[Row], by: tuple[str, ...] = (), **more: list[object]) -> nw.LazyFrame:
    types = {"customer_key": pl.Int64, "a": pl.Float64, "b": pl.Float64}
    frame = pl.DataFrame(rows, schema=types, orient="row").with_columns(**{k: pl.Series(v) for k, v in more.items()})
    return per_customer(lazy(frame), by, n=nw.lit(1), top=nw.col("a"), bottom=nw.col("b"))


def people(rows: list[Row], side: str = "") -> dict[object, tuple[float, float]]:
    """What each has on top and at the bottom; whom nobody knows stands alone."""
    found: dict[object, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for place, (who, a, b) in enumerate(rows):
        key = who if who is not None else f"nobody {side} {place}"
        found[key] = (found[key][0] + a, found[key][1] + b)
    return dict(found)


@pytest.mark.parametrize(
    ("rows", "minimum", "ratio"),
    [([], 1, None), ([(1, 30.0, 2.0)], 1, None), (NOW, 7, None), ([(1, 5.0, -1.0), (2, 5.0, 1.0)], 1, None), (NOW, 1, 104 / 7)],
)  # fmt: skip
def test_ratio(rows: list[Row], minimum: int, ratio: float | None) -> None:
    (found,) = with_ratio(added(each(rows), ()), "ratio", confidence=0.95, minimum=minimum).to_dicts()
    assert found["ratio"] == (None if ratio is None else pytest.approx(ratio))
    assert (found["low"] is None) == (ratio is None)
    assert found["n"] == len(rows)


def test_the_interval_of_a_ratio_is_that_of_its_residuals() -> None:
    who = people(NOW)
    top, bottom = (sum(of[place] for of in who.values()) for place in (0, 1))
    squares = sum((a - top / bottom * b) ** 2 for a, b in who.values())
    half = t.ppf(0.95, len(who) - 1) * np.sqrt(len(who) / (len(who) - 1) * squares) / bottom
    (found,) = with_ratio(added(each(NOW), ()), "ratio", confidence=0.9, minimum=1).to_dicts()
    assert (found["low"], found["high"]) == pytest.approx((top / bottom - half, top / bottom + half))
    assert found["clusters"] == len(who) == 5
    (cut,) = with_ratio(added(each(NOW), ()), "ratio", confidence=0.9, minimum=1, limits=(14.0, 15.0)).to_dicts()
    assert (cut["low"], cut["high"]) == (14.0, 15.0)


def test_the_interval_of_a_change_pairs_who_is_on_both_sides() -> None:
    now, before = people(NOW), people(BEFORE, "before")
    sizes = [(sum(a for a, _ in side.values()), sum(b for _, b in side.values())) for side in (now, before)]
    (top, bottom), (top_before, bottom_before) = sizes

    def moves(key: object) -> float:
        (a, b), (c, d) = now.get(key, (0.0, 0.0)), before.get(key, (0.0, 0.0))
        return (a - top / bottom * b) / bottom - (c - top_before / bottom_before * d) / bottom_before

    everybody = {*now, *before}
    size = len(everybody)
    half = t.ppf(0.975, size - 1) * np.sqrt(size / (size - 1) * sum(moves(key) ** 2 for key in everybody))
    change = top / bottom - top_before / bottom_before
    (found,) = ratio_change(each(NOW), each(BEFORE), minimum=1).rows()
    assert found == pytest.approx((change, change - half, change + half))
    squares = sum((now.get(key, (0, 0))[0] - before.get(key, (0, 0))[0]) ** 2 for key in everybody)
    (total,) = total_change(each(NOW), each(BEFORE), minimum=1).rows()
    half = z_value(0.95) * np.sqrt(squares)
    assert total == pytest.approx((top - top_before, top - top_before - half, top - top_before + half))


@pytest.mark.parametrize("compare", [ratio_change, total_change])
def test_a_change_that_cannot_be_told(compare) -> None:
    nothing = [(None, None, None)]
    assert compare(each([]), each([]), minimum=1).rows() == nothing
    assert compare(each(NOW), each([]), minimum=1).rows() == nothing
    assert compare(each(NOW), each(BEFORE), minimum=5).rows() == nothing
    assert compare(each(NOW, ("g",), g=["x"] * 6), each([], ("g",), g=[]), by=["g"], minimum=1).rows() == [
        ("x", *nothing[0])
    ]


@pytest.mark.parametrize("compare", [ratio_change, total_change])
def test_a_group_is_compared_as_if_it_stood_alone(compare) -> None:
    groups = (["x", None, "x", "x", "x", "x"], ["x", "x", "x", "x"])
    rows = compare(
        *(each(side, ("g",), g=g) for side, g in zip((NOW, BEFORE), groups, strict=True)), by=["g"], minimum=1
    )
    alone = [
        [row for row, group in zip(side, g, strict=True) if group]
        for side, g in zip((NOW, BEFORE), groups, strict=True)
    ]
    assert rows.filter(pl.col("g") == "x").row(0)[1:] == pytest.approx(compare(*map(each, alone), minimum=1).row(0))
    assert rows["g"].to_list() == ["x", None]


def drawn(random: np.random.Generator, same: bool) -> list[pl.DataFrame]:
    """Two periods of many shops in which nothing has changed: orders of each buyer, and what they are worth. People differ, and order once
    or several times; on both sides the same people come, each with two in three chances, or a few out of many others."""
    chance, pool = (2 / 3, BUYERS) if same else (1 / 10, 10 * BUYERS)
    sides = []
    for side in (0, 1):
        if not (same and side):
            habit, worth = random.gamma(1.5, 1.0, (RUNS, pool)), random.lognormal(3.5, 0.4, (RUNS, pool))
        orders = np.where(random.random((RUNS, pool)) < chance, 1 + random.poisson(habit), 0)
        amount = orders * worth * random.lognormal(0, 0.2, orders.shape)
        run, who = np.nonzero(orders)
        values = {"run": run, "customer_key": who + (not same) * side * pool}
        sides.append(pl.DataFrame({**values, "a": amount[run, who], "b": orders[run, who].astype(float)}))
    return sides


@pytest.mark.parametrize("same", [True, False], ids=["the same people", "others"])
def test_intervals_hold_as_often_as_they_say(same: bool) -> None:
    now, before = drawn(np.random.default_rng(11), same)
    sides = [
        per_customer(lazy(rows), ["run"], n=nw.lit(1), top=nw.col("a"), bottom=nw.col("b")) for rows in (now, before)
    ]
    for compare in (ratio_change, total_change):
        found = compare(*sides, by=["run"], minimum=1)
        claims = ((found["low"] > 0) | (found["high"] < 0)).mean()
        assert 0.03 <= claims <= 0.07, (compare.__name__, claims)  # type: ignore[operator]
    levels = with_ratio(added(sides[0], ["run"]), "ratio", confidence=0.95, minimum=1)
    worth = now["a"].sum() / now["b"].sum()
    held = levels.select(((pl.col("low") <= worth) & (worth <= pl.col("high"))).mean()).item()
    assert 0.93 <= held <= 0.97


def test_order_of_rows_and_size_of_amounts_change_nothing() -> None:
    rows = [(place % 7, 1e11 + place / 3, 1.0 + place % 3) for place in range(50)]
    found = [with_ratio(added(each(some), ()), "r", confidence=0.95, minimum=1) for some in (rows, rows[::-1])]
    assert all(one.equals(other) for one, other in pairwise(found))
    assert found[0]["high"][0] > found[0]["r"][0] > found[0]["low"][0] > 0
