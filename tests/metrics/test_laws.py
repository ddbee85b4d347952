"""Laws that hold for every input."""

import datetime as dt
from collections.abc import Callable

import narwhals.stable.v2 as nw
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from metrics.engine.periods import months_before
from metrics.engine.rollups import with_neighbour_months
from metrics.feedback.nps import nps, nps_sums
from metrics.retention.repeat_rate import repeat_rate, repeat_rate_trend, repeat_sums
from metrics.retention.retention import retention, retention_average
from metrics.statistics.intervals import newcombe_difference, wilson
from metrics.statistics.paired import paired_change
from tests.examples import examples
from tests.metrics.frames import answer_rows, day, lazy, period_rows

law = examples(25)  # each case runs many queries

AS_OF = dt.date(2026, 6, 10)
MONTHS = [f"2025-{month:02}" for month in range(7, 13)] + [f"2026-{month:02}" for month in range(1, 7)]
REGIONS = ("north", "south", None)


@st.composite
def customer_periods(draw: st.DrawFn) -> pl.DataFrame:
    """Up to 60 customer-months of up to 20 customers, each with one region."""
    seen = draw(st.sets(st.tuples(st.integers(1, 20), st.sampled_from(MONTHS)), max_size=60))
    orders = draw(st.lists(st.integers(0, 4), min_size=len(seen), max_size=len(seen)))
    rows = [(key, month, count) for (key, month), count in zip(sorted(seen), orders, strict=True)]
    return period_rows(
        rows, region=[REGIONS[key % 3] for key, _, _ in rows] if rows else pl.Series([], dtype=pl.String)
    )


answers = st.lists(
    st.fixed_dictionaries(
        {
            "score": st.integers(0, 10).map(float),
            "region": st.sampled_from(REGIONS),
            "weight": st.none() | st.floats(0.01, 100),
        }
    ),
    max_size=50,
).map(answer_rows)

counts = st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
confidences = st.floats(0.5, 0.999)


def holds(frame: pl.DataFrame, value: str, least: float, most: float) -> None:
    """Every known value lies between its limits, and these within the scale."""
    known = frame.drop_nulls(value)
    assert known["low"].null_count() == known["high"].null_count() == 0
    assert known.filter(
        (pl.col("low") < least)
        | (pl.col("low") > pl.col(value))
        | (pl.col(value) > pl.col("high"))
        | (pl.col("high") > most)
    ).is_empty()


@law
@given(counts, counts, confidences)
def test_intervals_hold_their_estimate(now: tuple[int, int], before: tuple[int, int], confidence: float) -> None:
    (x, n), (x_before, n_before) = now, before
    low, high = wilson(pl.lit(x), pl.lit(n), confidence=confidence)
    share = pl.select(share=pl.lit(x / n if n else None, pl.Float64), low=low, high=high)
    holds(share, "share", 0, 1)
    low, high = newcombe_difference(*(pl.lit(v) for v in (x, n, x_before, n_before)), confidence=confidence)
    change = x / n - x_before / n_before if n and n_before else None
    holds(pl.select(change=pl.lit(change, pl.Float64), low=low, high=high), "change", -1, 1)


@law
@given(answers, answers, confidences)
def test_nps_lies_in_its_interval_on_its_scale(now: pl.DataFrame, before: pl.DataFrame, confidence: float) -> None:
    for weighted in (False, True):
        results = [nps(lazy(rows), confidence=confidence, minimum=0, weighted=weighted) for rows in (now, before)]
        for result in results:
            holds(result, "nps", -100, 100)
            assert (
                result.select(pl.col("promoters") + pl.col("passives") + pl.col("detractors")).item()
                == result["n"].item()
            )
        sides = [nps_sums(lazy(rows), weighted=weighted) for rows in (now, before)]
        holds(paired_change(*sides, confidence=confidence, minimum=0, is_net=True), "change", -200, 200)


@law
@given(customer_periods(), confidences)
def test_rates_lie_in_their_interval_between_0_and_1(rows: pl.DataFrame, confidence: float) -> None:
    for kind in ("on", "on_or_after"):
        triangle = retention(lazy(rows), as_of=AS_OF, kind=kind, confidence=confidence)
        holds(triangle, "retention", 0, 1)
        holds(retention_average(triangle, confidence=confidence), "retention", 0, 1)
    rate = repeat_rate(lazy(rows), confidence=confidence, minimum=0)
    holds(rate, "repeat_rate", 0, 1)
    sides = [repeat_sums(lazy(rows.filter(pl.col("month") <= month))) for month in (AS_OF, day("2026-02"))]
    holds(paired_change(*sides, confidence=confidence, minimum=0), "change", -1, 1)
    holds(repeat_rate_trend(lazy(rows), as_of=AS_OF, window_months=3, minimum=0), "repeat_rate", 0, 1)


@law
@given(customer_periods())
def test_everybody_of_a_cohort_is_there_in_period_0(rows: pl.DataFrame) -> None:
    triangle = retention(lazy(rows), as_of=AS_OF)
    assert triangle.filter(pl.col("period") == 0)["retention"].eq(1).all()
    buyers = rows.filter(pl.col("orders") > 0)["customer_key"].n_unique()
    assert triangle.filter(pl.col("period") == 0)["customers"].sum() == buyers


@law
@given(customer_periods())
def test_on_or_after_is_at_least_on_and_never_rises(rows: pl.DataFrame) -> None:
    on, after = (retention(lazy(rows), as_of=AS_OF, kind=kind) for kind in ("on", "on_or_after"))
    keys = ["cohort", "period", "customers", "complete"]
    assert_frame_equal(on.select(keys), after.select(keys))
    assert (after["active"] >= on["active"]).all()
    falls = after.select(pl.col("active").diff().over("cohort", order_by="period").fill_null(0) <= 0).to_series()
    assert falls.all()


@law
@given(customer_periods())
def test_no_row_is_about_a_period_that_has_not_begun(rows: pl.DataFrame) -> None:
    """The triangle is full up to as_of and ends there."""
    for cohort, last in retention(lazy(rows), as_of=AS_OF).group_by("cohort").agg(pl.col("period").max()).iter_rows():
        assert 12 * cohort.year + cohort.month + last == 12 * AS_OF.year + AS_OF.month


QUESTIONS: dict[str, Callable[..., pl.DataFrame]] = {
    "retention": lambda rows, **by: retention(lazy(rows), as_of=AS_OF, **by),
    "on or after": lambda rows, **by: retention(lazy(rows), as_of=AS_OF, kind="on_or_after", **by),
    "quarters": lambda rows, **by: retention(lazy(rows), as_of=AS_OF, period="quarter", **by),
    "repeat rate": lambda rows, **by: repeat_rate(lazy(rows), minimum=0, **by),
    "trend": lambda rows, **by: repeat_rate_trend(lazy(rows), as_of=AS_OF, window_months=3, minimum=0, **by),
}
SUMS = {"customers", "active", "buyers", "repeat_buyers"}


@law
@given(customer_periods(), st.dates(dt.date(2025, 7, 1), AS_OF))
def test_saved_neighbour_months_change_nothing(rows: pl.DataFrame, as_of: dt.date) -> None:
    """They may know of months after `as_of`, which must not be seen."""
    for period in ("month", "quarter", "year"):
        for kind in ("on", "on_or_after"):
            asked = {"as_of": as_of, "period": period, "kind": kind, "by": ["region"]}
            found = [retention(frame, **asked) for frame in (with_neighbour_months(lazy(rows)), lazy(rows))]  # type: ignore[arg-type]
            assert_frame_equal(*found)
    for months in (1, 3, 12):
        asked = {"as_of": as_of, "window_months": months, "minimum": 1, "by": ["region"]}
        found = [repeat_rate_trend(frame, **asked) for frame in (with_neighbour_months(lazy(rows)), lazy(rows))]  # type: ignore[arg-type]
        assert_frame_equal(*found)
        begin = months_before(as_of, months - 1)
        window = (nw.col("month") >= nw.lit(begin)) & (nw.col("month") <= nw.lit(as_of))
        saved, plain = (frame.filter(window) for frame in (with_neighbour_months(lazy(rows)), lazy(rows)))
        for by in ((), ("region",)):
            options = {"by": by, "minimum": 1}
            assert_frame_equal(repeat_rate(saved, within=(begin, as_of), **options), repeat_rate(plain, **options))  # type: ignore[arg-type]


@law
@given(customer_periods(), st.randoms(use_true_random=False))
def test_row_order_changes_nothing(rows: pl.DataFrame, random: object) -> None:
    """A result that depends on the order of rows would differ between engines, which promise none."""
    places = list(range(rows.height))
    random.shuffle(places)  # type: ignore[attr-defined]
    for question in QUESTIONS.values():
        assert_frame_equal(question(rows[places]), question(rows), check_exact=True)


@law
@given(customer_periods())
def test_groups_add_up_to_the_whole(rows: pl.DataFrame) -> None:
    """An attribute puts each customer into one group, so counts of customers add up."""
    for question in QUESTIONS.values():
        whole, parts = question(rows), question(rows, by=["region"])
        sums = [column for column in whole.columns if column in SUMS]
        keys = [column for column in ("cohort", "period", "month") if column in whole.columns]
        if keys:
            added = whole.select(keys).join(parts.group_by(keys).agg(pl.col(sums).sum()), on=keys, how="left")
            added = added.with_columns(pl.col(sums).fill_null(0)).sort(keys)
        else:
            added = parts.select(pl.col(sums).sum())
        assert_frame_equal(added.select(sums), whole.select(sums), check_exact=True)


@law
@given(answers)
def test_groups_of_answers_add_up_to_the_whole(rows: pl.DataFrame) -> None:
    names = ["n", "promoters", "passives", "detractors"]
    assert_frame_equal(nps(lazy(rows), by=["region"]).select(pl.col(names).sum()), nps(lazy(rows)).select(names))


@law
@given(answers, st.randoms(use_true_random=False))
def test_answer_order_changes_nothing(rows: pl.DataFrame, random: object) -> None:
    places = list(range(rows.height))
    random.shuffle(places)  # type: ignore[attr-defined]
    for by in ([], ["region"]):
        assert_frame_equal(nps(lazy(rows[places]), by=by), nps(lazy(rows), by=by), check_exact=True)
        shuffled, plain = (nps(lazy(r), by=by, weighted=True) for r in (rows[places], rows))
        assert_frame_equal(shuffled, plain, abs_tol=1e-9)


def test_the_months_of_these_tests_end_in_the_one_that_holds_as_of() -> None:
    assert day(MONTHS[-1]) == AS_OF.replace(day=1)
