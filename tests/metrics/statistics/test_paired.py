"""Changes of numbers that the same customers give twice: against residuals in plain Python, and by how often and by whom."""

import math
from collections import defaultdict
from random import Random

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.special import stdtrit

from metrics.churn.hiatus import inactive_share, inactive_sums
from metrics.feedback.nps import nps, nps_sums
from metrics.feedback.reach import answered_share, answered_sums, match_sums
from metrics.feedback.satisfaction import ces, ces_sums, csat, csat_sums
from metrics.retention.repeat_rate import repeat_rate, repeat_sums
from metrics.statistics.clustered import once, per_customer
from metrics.statistics.intervals import newcombe_difference, z_value
from metrics.statistics.paired import paired_change
from metrics.tiers.mover_sums import tier_rates_sums
from metrics.tiers.moves import MOVES, tier_rates
from tests.examples import examples
from tests.metrics.frames import answer_rows, day, lazy, order_days, periods, tier_changes

Answer = tuple[int | None, float]  # customer, value
S = nw.col("s")


def rows(answers: list[Answer]) -> nw.LazyFrame:
    return lazy(pl.DataFrame(answers, schema={"customer_key": pl.Int64, "s": pl.Int64}, orient="row"))


def change(now: list[Answer], before: list[Answer], **options) -> dict[str, float | None]:
    sides = [per_customer(rows(side), (), value=S) for side in (now, before)]
    return paired_change(*sides, **{"minimum": 0, **options}).row(0, named=True)


def by_hand(now: list[Answer], before: list[Answer]) -> tuple[float, int]:
    """Variance of the difference without its factor G / (G − 1), and G, from residuals over the union of customers."""
    own: dict[object, float] = defaultdict(float)
    for sign, side in ((1, now), (-1, before)):
        theta = sum(s for _, s in side) / len(side)
        for place, (customer, s) in enumerate(side):
            own[f"nobody {sign} {place}" if customer is None else customer] += sign * (s - theta) / len(side)
    return sum(e * e for e in own.values()), len(own)


@pytest.mark.parametrize("sides", [([], []), ([(1, 1)], []), ([], [(1, 1)])])
def test_without_answers_on_a_side_nothing_is_known(sides: tuple) -> None:
    assert change(*sides) == {"change": None, "low": None, "high": None}


def test_groups_without_answers_give_no_row() -> None:
    empty = rows([]).with_columns(region=nw.lit("a"))
    sides = [per_customer(empty, ["region"], value=S)] * 2
    assert paired_change(*sides, by=["region"]).rows() == []


@pytest.mark.parametrize(("n", "known"), [(29, False), (30, True)])
def test_below_the_minimum_a_change_is_withheld(n: int, known: bool) -> None:
    sides = [per_customer(rows([(k, k % 2) for k in range(size)]), (), value=S) for size in (40, n)]
    assert (paired_change(*sides)["low"].item() is not None) == known


@pytest.mark.parametrize("is_net", [False, True])
def test_large_samples_have_the_variance_of_residuals_over_the_union(is_net: bool) -> None:
    """Both forms of interval tend to t·√V; here they are within 2 %."""
    random = Random(3)
    mood = {key: random.random() for key in range(800)}
    sides: list[list[Answer]] = [[], []]
    for side in sides:
        for _ in range(2500):
            key = random.randrange(800)
            side.append((key if random.random() < 0.9 else None, int(random.random() < mood[key])))
    found = change(*sides, is_net=is_net)
    variance, customers = by_hand(*sides)
    half = float(stdtrit(customers - 1, 0.975)) * math.sqrt(variance) * (100 if is_net else 1)
    assert (found["high"] - found["low"]) / 2 == pytest.approx(half, rel=0.02)
    shares = [sum(s for _, s in side) / len(side) for side in sides]
    assert found["change"] == pytest.approx((shares[0] - shares[1]) * (100 if is_net else 1))


def test_different_people_who_answer_once_have_the_interval_of_independent_shares() -> None:
    """Newcombe 1998, Statistics in Medicine 17:873–890, Table II: 56/70 − 48/80."""
    now, before = ([(key + shift, int(key < x)) for key in range(n)] for shift, x, n in ((0, 56, 70), (100, 48, 80)))
    found = change(now, before)
    low, high = newcombe_difference(*(pl.lit(value) for value in (56, 70, 48, 80)))
    assert (found["low"], found["high"]) == pytest.approx(pl.select(low=low, high=high).row(0), rel=1e-12)


def test_the_same_people_twice_have_newcombes_interval_of_paired_shares() -> None:
    """Newcombe 1998, Statistics in Medicine 17:2635–2650: 36 both, 12 now alone, 2 before alone, 0 neither give .0569 to .3404 with z; here
    with Student's t on 49."""
    now, before = [1] * 48 + [0] * 2, [1] * 36 + [0] * 12 + [1] * 2
    wide = change(list(enumerate(now)), list(enumerate(before)))
    sides = [once(rows(list(enumerate(side))), (), value=S) for side in (now, before)]
    level = _level_at_which_t_is(z_value(0.95), 49)
    found = paired_change(*sides, confidence=level).row(0)
    assert found == pytest.approx((0.2, 0.0569, 0.3404), abs=0.00005)
    assert wide["low"] < found[1] < found[2] < wide["high"]


def _level_at_which_t_is(quantile: float, freedom: int) -> float:
    low, high = 0.5, 0.999
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if float(stdtrit(freedom, (1 + middle) / 2)) < quantile else (low, middle)
    return low


@pytest.mark.parametrize("times", [1, 2, 3, 5])
@pytest.mark.parametrize("is_net", [False, True])
def test_customers_who_say_the_same_again_change_no_more_surely(times: int, is_net: bool) -> None:
    now, before = [(key, int(key % 3 > 0)) for key in range(100)], [(key, int(key % 4 > 1)) for key in range(50, 150)]
    single, again = (change(now * k, before * k, is_net=is_net) for k in (1, times))
    assert again == pytest.approx(single, rel=1e-9)


def test_people_who_do_not_change_their_minds_make_a_change_surer() -> None:
    said = [(key, key % 2) for key in range(200)]
    moved = [(key, 1 if key < 10 else s) for key, s in said]
    others = [(key + 1000, s) for key, s in said]
    same, apart = change(moved, said), change(moved, others)
    assert same["change"] == apart["change"]
    assert same["low"] > 0 > apart["low"]


QUESTION = {
    "csat": {"survey": "csat", "scale_low": 1.0, "scale_high": 5.0},
    "ces": {"survey": "ces", "scale_low": 1.0, "scale_high": 7.0},
}
repeated = st.lists(
    st.fixed_dictionaries(
        {
            "customer_key": st.none() | st.integers(1, 12),
            "score": st.integers(1, 5).map(float),
            "region": st.sampled_from(["north", "south", None]),
            "weight": st.none() | st.floats(0.01, 100),
        }
    ),
    max_size=40,
)


@examples(20)
@given(repeated, repeated, st.randoms(use_true_random=False))
def test_changes_are_differences_of_the_numbers_hold_themselves_and_know_no_order(now, before, random: Random) -> None:
    for metric, sums, question, value, scale, more in (
        (nps, nps_sums, {}, "nps", 200, {}),
        (nps, nps_sums, {}, "nps", 200, {"weighted": True}),
        (csat, csat_sums, QUESTION["csat"], "csat", 1, {}),
        (ces, ces_sums, QUESTION["ces"], "easy_share", 1, {}),
    ):
        frames = [answer_rows([{**answer, **question} for answer in side]) for side in (now, before)]
        for by in ((), ("region",)):
            options = {"by": by, "minimum": 0, "is_net": metric is nps}
            found = paired_change(*(sums(lazy(f), by=by, **more) for f in frames), **options)
            shuffled = [f.sample(fraction=1, shuffle=True, seed=random.randrange(9)) for f in frames]
            again = paired_change(*(sums(lazy(f), by=by, **more) for f in shuffled), **options)
            assert_frame_equal(again, found, check_exact=not more)
            known = found.drop_nulls("change")
            inside = pl.col("low").is_between(-scale, pl.col("change")) & pl.col("high").is_between(
                pl.col("change"), scale
            )
            assert known.select(inside.all()).item() in (True, None)
            numbers = [metric(lazy(f), by=by, minimum=0, **more) for f in frames]
            if not by and all(side.height for side in frames):
                difference = numbers[0][value].item() - numbers[1][value].item()
                assert found["change"].item() == pytest.approx(difference, abs=1e-6)


BOUGHT = periods(
    [(1, "2026-01", 2), (2, "2026-01", 1), (3, "2026-01", 1), (1, "2026-02", 1), (2, "2026-02", 2), (4, "2026-02", 3)]
)
VISITS = order_days(
    [(1, "2026-01-01"), (1, "2026-03-01"), (2, "2026-01-05"), (3, "2026-01-20"), (3, "2026-02-20"), (4, "2026-03-05")]
)
MOVES_MADE = tier_changes(
    [(1, "2026-01-01", "bronze"), (1, "2026-02-10", "gold"), (2, "2026-01-01", "gold"), (2, "2026-03-10", "bronze"),
     (3, "2026-01-01", "bronze"), (3, "2026-03-15", "lapsed"), (4, "2026-02-20", "bronze")]
)  # fmt: skip


def window(frame: nw.LazyFrame, month: str) -> nw.LazyFrame:
    return frame.filter(nw.col("month") == nw.lit(day(month)))


def test_changes_of_shares_of_customers_are_the_differences_of_the_shares() -> None:
    everybody = answer_rows([{"customer_key": key, "score": 9.0} for key in (1, 4)])
    windows = [window(BOUGHT, month) for month in ("2026-02", "2026-01")]
    assert _change(repeat_sums, windows) == pytest.approx(_difference(repeat_rate, windows, "repeat_rate"))
    options = {"answers": lazy(everybody)}
    expected = _difference(answered_share, windows, "answered_share", **options)
    assert _change(answered_sums, windows, **options) == pytest.approx(expected)
    dates = [{"as_of": day(end), "hiatus_days": 30} for end in ("2026-03-10", "2026-02-10")]
    shares = [inactive_share(VISITS, minimum=0, **date)["inactive_share"].item() for date in dates]
    found = paired_change(*(inactive_sums(VISITS, **date) for date in dates), minimum=0)["change"].item()
    assert found == pytest.approx(shares[0] - shares[1])


@pytest.mark.parametrize("move", MOVES)
def test_change_of_a_rate_between_tiers_is_the_difference_of_the_rates(move: str) -> None:
    dates = [
        {"as_of": day("2026-04-01"), "start": day(a), "end": day(b)}
        for a, b in (("2026-03", "2026-04"), ("2026-02", "2026-03"))
    ]
    rates = [tier_rates(MOVES_MADE, minimum=0, **date).filter(move=move)["rate"].item() for date in dates]
    found = paired_change(*(tier_rates_sums(MOVES_MADE, move=move, **date) for date in dates), minimum=0)
    assert found["change"].item() == pytest.approx(rates[0] - rates[1])
    unseen = {"as_of": day("2026-04-01"), "start": day("2026-05"), "end": day("2026-06")}
    assert paired_change(*[tier_rates_sums(MOVES_MADE, move=move, **unseen)] * 2, minimum=0).row(0) == (
        None,
        None,
        None,
    )


def test_without_a_single_order_a_match_rate_does_not_change() -> None:
    said = lazy(answer_rows({"customer_key": key, "score": 9.0} for key in range(40)))
    nobody = lazy(pl.DataFrame({"customer_key": [1], "orders": [0]}))
    assert paired_change(*[match_sums(said, customers=nobody)] * 2).row(0) == (None, None, None)


def _change(sums, windows: list[nw.LazyFrame], **options) -> float:
    return paired_change(*(sums(frame, **options) for frame in windows), minimum=0)["change"].item()


def _difference(metric, windows: list[nw.LazyFrame], value: str, **options) -> float:
    now, before = (metric(frame, minimum=0, **options)[value].item() for frame in windows)
    return now - before
