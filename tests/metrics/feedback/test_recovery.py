"""Service recovery: which answers count, who is back, whose next score is better, and who is whose like."""

import datetime as dt

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.feedback.recovery import TYPES, recovery, recovery_difference
from tests.examples import examples
from tests.metrics.frames import answer_rows, day, lazy, orders

DATES = {"as_of": day("2026-06-30"), "start": day("2026-01-01"), "end": day("2026-06-30"), "horizon_days": 30}
COUNTS = ("customers", "returned", "days", "answered_again", "recovered")


def answers(*rows: tuple[int | None, str, float], **more: object) -> nw.LazyFrame:
    """Rows (customer_key, day, score)."""
    return lazy(
        answer_rows(
            {"customer_key": k, "responded_at": dt.datetime.fromisoformat(at), "score": score, **more}
            for k, at, score in rows
        )
    )


def followed(said: nw.LazyFrame, bought: list[tuple[int, str]], **more: object) -> pl.DataFrame:
    return recovery(said, orders=lazy(orders(bought)), **{**DATES, "minimum": 1, **more})


def counts(found: pl.DataFrame) -> dict[str, tuple]:
    return {row["kind"]: tuple(row[name] for name in COUNTS) for row in found.iter_rows(named=True)}


def test_no_answers_is_three_rows_of_nothing_and_none_when_split() -> None:
    nothing = (0, 0, None, 0, 0)
    found = followed(answers(), [])
    assert counts(found) == dict.fromkeys(("low", "like", "other"), nothing)
    assert found.drop("kind", *COUNTS).row(0) == (None,) * (len(TYPES) - 1 - len(COUNTS))
    assert followed(answers(), [], by=["region"]).height == 0
    assert recovery_difference(found).row(0) == (None, None, None)


@pytest.mark.parametrize(
    ("said", "bought", "low", "other"),
    [
        # 1 comes back after 10 days and 2 not; 3 comes back after 30 days, which are the last ones
        (
            [(1, "2026-02-01", 6), (2, "2026-02-01", 0), (3, "2026-02-01", 7)],
            [(1, "2026-01-01"), (2, "2026-01-01"), (3, "2026-01-01"), (1, "2026-02-11"), (3, "2026-03-03")],
            (2, 1, 10, 0, 0),
            (1, 1, 30, 0, 0),
        ),
        # an order on the day itself is the one that is asked about; one after 31 days comes too late
        ([(1, "2026-02-01", 3)], [(1, "2026-02-01"), (1, "2026-03-04")], (1, 0, None, 0, 0), (0, 0, None, 0, 0)),
        # the horizon of the answer has not ended, or the answer is outside the dates
        ([(1, "2026-06-01", 3), (2, "2025-12-31", 3)], [(1, "2026-01-01"), (2, "2025-01-01")], (0, 0, None, 0, 0), (0, 0, None, 0, 0)),
        # who had never ordered is not among those who may return, but may be content the next time
        ([(1, "2026-02-01", 3), (1, "2026-05-01", 9)], [], (0, 0, None, 1, 1), (0, 0, None, 0, 0)),
        # once with the first low score and once with the first other one; of two on the next day the lower counts
        (
            [(1, "2026-02-01", 3), (1, "2026-02-20", 5), (1, "2026-02-20", 9), (1, "2026-03-20", 8)],
            [(1, "2026-01-01"), (1, "2026-03-01")],
            (1, 1, 28, 1, 0),
            (1, 1, 9, 1, 1),
        ),
        # an answer of nobody that is known
        ([(None, "2026-02-01", 3)], [(1, "2026-01-01")], (0, 0, None, 0, 0), (0, 0, None, 0, 0)),
    ],
)  # fmt: skip
def test_who_counts_and_who_is_back(said, bought, low, other) -> None:
    found = counts(followed(answers(*said), bought))
    assert (found["low"], found["other"]) == (low, other)


def test_a_satisfaction_question_is_read_on_its_own_scale() -> None:
    said = answers(
        (1, "2026-02-01", 2), (2, "2026-02-01", 3), survey="csat", scale_low=1.0, scale_high=5.0
    )  # fmt: skip
    found = counts(followed(said, [(1, "2026-01-01"), (2, "2026-01-01")], survey="csat"))
    assert (found["low"][0], found["other"][0]) == (1, 1)
    with pytest.raises(ValueError, match="survey is “ces”; it must be one of nps, csat"):
        followed(said, [], survey="ces")


def test_the_like_are_weighted_to_the_strata_of_those_with_a_low_score() -> None:
    """Three low scores of one-time buyers and one of a buyer with two orders. Of the others a quarter of the one-time buyers came back and
    half of those with two orders: 3/4 · 1/4 + 1/4 · 1/2."""
    lows, ones, twos = range(4), range(10, 14), range(20, 22)
    said = answers(*((k, "2026-02-01", 0) for k in lows), *((k, "2026-02-01", 10) for k in (*ones, *twos)))
    first = [(k, "2026-01-20") for k in (*lows, *ones, *twos)]
    found = followed(said, [*first, *((k, "2026-01-19") for k in (3, *twos)), (10, "2026-02-10"), (20, "2026-02-10")])
    rows = {row["kind"]: row for row in found.iter_rows(named=True)}
    assert rows["like"]["returned_share"] == pytest.approx(3 / 4 * 1 / 4 + 1 / 4 * 1 / 2)
    assert rows["other"]["returned_share"] == pytest.approx(2 / 6)
    assert (rows["like"]["customers"], rows["like"]["returned"]) == (6, 2)
    assert rows["like"]["matched_share"] == 1
    # as much as 1 / (9/16/4 + 1/16/2) customers of equal weight would tell, which is less than six
    alone = {row["kind"]: row for row in followed(said, [*first, (10, "2026-02-10")]).iter_rows(named=True)}
    assert alone["like"]["returned_share"] == pytest.approx(1 / 6)
    assert alone["like"]["low"] == pytest.approx(alone["other"]["low"])


def test_without_their_like_nothing_is_compared() -> None:
    said = answers((1, "2026-02-01", 0), (2, "2026-02-01", 10))
    found = followed(said, [(1, "2026-01-20"), (2, "2025-01-20")])  # thirteen days ago, and a year ago
    like = found.row(1, named=True)
    assert (like["customers"], like["returned_share"], like["matched_share"]) == (0, None, 0)
    assert recovery_difference(found)["low"].item() is None
    assert recovery_difference(found, against="other")["difference"].item() == 0


@examples(40)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 150), st.integers(0, 10)), max_size=30),
    st.lists(st.tuples(st.integers(0, 6), st.integers(-60, 170)), max_size=40),
    st.randoms(use_true_random=False),
)
def test_rows_in_any_order_give_shares_within_their_ends(said, bought, random) -> None:
    def at(days: int) -> str:
        return (day("2026-01-01") + dt.timedelta(days)).isoformat()

    rows = [(k, at(days), score) for k, days, score in said]
    days = [(k, at(since)) for k, since in bought]
    found = followed(answers(*rows), days)
    random.shuffle(rows)
    random.shuffle(days)
    assert followed(answers(*rows), days).equals(found)
    for row in found.iter_rows(named=True):
        for value, low, high in (("returned_share", "low", "high"), ("recovered_share", "recovered_low", "recovered_high")):  # fmt: skip
            assert row[value] is None or 0 <= row[low] <= row[value] <= row[high] <= 1
        assert row["returned"] <= row["customers"]
        assert row["recovered"] <= row["answered_again"]
