"""The same rows under other definitions: nothing first, then rows counted by hand, and laws between the definitions."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.clv.fitted import BELIEVED, OK, TOO_FEW, WEAK
from metrics.clv.lifetime import clv
from metrics.retention.repeat_rate import repeat_rate
from metrics.variants import clv_variants, csat_variants, nps_variants, repeat_rate_variants, retention_variants
from tests.metrics.buying import LAST, buying, customer_rows
from tests.metrics.frames import answer_rows, day, lazy, order_day_rows, orders, period_rows


def answers(
    *rows: tuple[int | None, str, float], survey: str = "nps", top: float = 10.0, **same: object
) -> pl.DataFrame:
    """(customer, day, score) as answers on a scale from 0, or 1, to `top`."""
    low = 0.0 if top == 10.0 else 1.0
    records = [
        {
            "customer_key": key, "responded_at": dt.datetime.combine(day(at), dt.time(12)), "score": score,
            "survey": survey, "scale_low": low, "scale_high": top, **same,
        }
        for key, at, score in rows
    ]  # fmt: skip
    ids = pl.Series("feedback_id", [f"a{place}" for place in range(len(rows))], dtype=pl.String)
    return answer_rows(records).with_columns(ids)


def values(frame: pl.DataFrame) -> dict[str, tuple[int, float | None]]:
    return {row["variant"]: (row["n"], row["value"]) for row in frame.iter_rows(named=True)}


ONE_SCORE_EACH = answers((1, "2026-01-05", 9), (2, "2026-01-06", 8), (3, "2026-02-07", 6), (None, "2026-02-08", 3))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (ONE_SCORE_EACH.clear(), {"standard": (0, None), "last_answer": (0, None), "mean_of_months": (0, None), "lenient": (0, None)}),
        # 9 | 8 | 6 | 3: one promoter, two detractors; leniently 8 promotes too and 6 does not detract
        (ONE_SCORE_EACH, {"standard": (4, -25.0), "last_answer": (4, -25.0), "mean_of_months": (2, -25.0), "lenient": (4, 25.0)}),
        # customer 1 came round from 2 to 10; the answers of nobody known both stay
        (answers((1, "2026-01-05", 2), (1, "2026-01-09", 10), (None, "2026-01-09", 0), (None, "2026-01-09", 10)),
         {"standard": (4, 0.0), "last_answer": (3, pytest.approx(100 / 3)), "mean_of_months": (1, 0.0), "lenient": (4, 0.0)}),
        # a busy month of promoters and a quiet one of detractors
        (answers((1, "2026-01-05", 9), (2, "2026-01-05", 9), (3, "2026-01-05", 9), (4, "2026-02-05", 0)),
         {"standard": (4, 50.0), "last_answer": (4, 50.0), "mean_of_months": (2, 0.0), "lenient": (4, 50.0)}),
    ],
)  # fmt: skip
def test_nps(rows: pl.DataFrame, expected: dict) -> None:
    assert values(nps_variants(lazy(rows), minimum=1)) == {**expected, "alone": expected["standard"]}


@pytest.mark.parametrize(("minimum", "left_out"), [(1, 0), (2, 1), (9, 2)])
@pytest.mark.parametrize(("variants", "survey", "top"), [(nps_variants, "nps", 10.0), (csat_variants, "csat", 5.0)])
def test_a_mean_says_how_many_months_it_leaves_out(
    variants, survey: str, top: float, minimum: int, left_out: int
) -> None:
    """Two answers in January, one in February."""
    rows = answers((1, "2026-01-05", 5), (2, "2026-01-06", 4), (3, "2026-02-07", 3), survey=survey, top=top)
    found = dict(variants(lazy(rows), minimum=minimum).select("variant", "left_out").iter_rows())
    assert found.pop("mean_of_months") == left_out
    assert set(found.values()) == {None}


def test_weights_are_a_definition_only_where_there_are_any() -> None:
    weighted = pl.concat([answers((1, "2026-01-05", 9), weight=3.0), answers((2, "2026-01-06", 0))])
    assert values(nps_variants(lazy(weighted), minimum=1))["weighted"] == (2, 50.0)


def test_two_answers_of_one_moment_are_one_whatever_their_order() -> None:
    rows = answers((1, "2026-01-05", 0), (1, "2026-01-05", 10))
    for some in (rows, rows.reverse()):
        assert values(nps_variants(lazy(some), minimum=1))["last_answer"] == (1, 100.0)


def test_csat() -> None:
    nothing = csat_variants(lazy(ONE_SCORE_EACH.clear()), minimum=1)
    assert set(nothing["value"]) == {None}
    rows = answers(
        (1, "2026-01-05", 5), (2, "2026-01-06", 4), (3, "2026-02-07", 3), (1, "2026-02-08", 1), survey="csat", top=5.0
    )
    assert values(csat_variants(lazy(rows), minimum=1)) == {
        "standard": (4, 0.5),
        "alone": (4, 0.5),
        "top_box": (4, 0.25),
        "last_answer": (3, pytest.approx(1 / 3)),
        "mean_of_months": (2, 0.5),
        "index": (4, pytest.approx((1 + 0.75 + 0.5 + 0) / 4)),
    }


@pytest.mark.parametrize(("variants", "survey", "top"), [(nps_variants, "nps", 10.0), (csat_variants, "csat", 5.0)])
def test_an_interval_that_takes_each_answer_for_another_customers_is_narrower(
    variants, survey: str, top: float
) -> None:
    said = [(key, "2026-01-05", top if key % 2 else 1) for key in range(40)]
    once, again = (variants(lazy(answers(*said * times, survey=survey, top=top))) for times in (1, 5))
    widths = [(rows["high"] - rows["low"]).to_list()[:2] for rows in (once, again)]
    assert widths[0][0] == pytest.approx(widths[0][1]) == pytest.approx(widths[1][0])
    assert widths[1][1] == pytest.approx(widths[0][1] / 5**0.5, rel=0.06)


VISITED = [

        (1, "2026-01-10"), (1, "2026-04-12"),  # in month 3, and 92 days later
        (2, "2026-01-31"), (2, "2026-02-01"),  # again at once, never after
        (3, "2026-01-20"), (3, "2026-05-25"),  # in month 4
        (4, "2025-10-01"), (4, "2026-01-02"), (4, "2026-04-30"),  # an old customer who bought in January and in April
        (5, "2026-01-15"),
]  # fmt: skip
VISITS = order_day_rows(VISITED)


def test_retention() -> None:
    dates = {"as_of": day("2026-06-30"), "cohorts_from": day("2026-01"), "cohorts_to": day("2026-01-31")}
    small = dict(retention_variants(lazy(VISITS), **dates, minimum=5).select("variant", "left_out").iter_rows())
    assert small["mean_of_cohorts"] == 1
    nothing = retention_variants(lazy(VISITS.clear()), **dates, minimum=1)
    assert set(nothing["value"]) == {None}
    assert values(retention_variants(lazy(VISITS), **dates, minimum=1)) == {
        "standard": (4, 0.25),
        "on_or_after": (4, 0.5),
        "by_then": (4, 0.5),
        "rolling": (4, 0.25),
        "mean_of_cohorts": (1, 0.25),
        "all_buyers": (5, 0.4),
    }


def test_all_buyers_count_in_months_without_a_new_customer() -> None:
    """Customer 1 came in January; of the buyers of February and March one came back in the third month after."""
    rows = order_day_rows([(1, "2026-01-10"), (1, "2026-02-10"), (1, "2026-03-03"), (1, "2026-05-20")])
    dates = {"as_of": day("2026-06-30"), "cohorts_from": day("2026-02"), "cohorts_to": day("2026-05-31")}
    found = values(retention_variants(lazy(rows), **dates, minimum=1))
    assert found["all_buyers"] == (2, 0.5)
    assert found["standard"] == (0, None)


def test_rolling_counts_whose_own_window_has_ended() -> None:
    """On 14 May the 120 days of who came on 10 January are over; of who came on the 31st they are not."""
    rows = order_day_rows([(1, "2026-01-10"), (1, "2026-04-12"), (2, "2026-01-31"), (2, "2026-05-10")])
    dates = {"as_of": day("2026-05-14"), "cohorts_from": day("2026-01"), "cohorts_to": day("2026-01-31")}
    assert values(retention_variants(lazy(rows), **dates, minimum=1))["rolling"] == (1, 1.0)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        # three of the five bought in 2026-02 … 2026-04: 1, 2, 4; none twice
        ([], {"standard": 0.0, "order_days": 0.0, "returning": 1.0, "returning_orders": 1.0, "ever": 0.6}),
        # customer 5 comes back twice on one day, and somebody new comes once
        ([(5, "2026-04-02"), (5, "2026-04-02"), (6, "2026-03-01")],
         {"standard": 0.2, "order_days": 0.0, "returning": 0.8, "returning_orders": pytest.approx(5 / 6), "ever": pytest.approx(4 / 6)}),
    ],
)  # fmt: skip
def test_repeat_rate(more: list[tuple[int, str]], expected: dict[str, float]) -> None:
    rows = orders([*VISITED, *more])
    found = repeat_rate_variants(
        lazy(rows), as_of=day("2026-06-30"), start=day("2026-02-01"), end=day("2026-04-30"), minimum=1
    )
    assert {name: value for name, (_, value) in values(found).items()} == expected


def test_repeat_rate_of_nothing() -> None:
    dates = {"as_of": day("2026-06-30"), "start": day("2026-02-01"), "end": day("2026-04-30")}
    assert set(repeat_rate_variants(lazy(orders([])), **dates, minimum=1)["value"]) == {None}


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 200)), max_size=40))
def test_laws_of_repeat_rates(placed: list[tuple[int, int]]) -> None:
    first = day("2026-01-01")
    rows = orders([(key, str(first + dt.timedelta(days=after))) for key, after in placed])
    found = repeat_rate_variants(
        lazy(rows), as_of=day("2026-12-31"), start=day("2026-03-01"), end=day("2026-05-31"), minimum=1
    )
    shares = {name: value for name, (n, value) in values(found).items() if n}
    assert all(0 <= share <= 1 for share in shares.values())
    assert shares.get("order_days", 0) <= shares.get("standard", 0) <= shares.get("returning", 0)
    months = [(key, f"{first + dt.timedelta(days=after):%Y-%m}", 1) for key, after in placed]
    inside = [row for row in months if "2026-03" <= row[1] <= "2026-05"]
    assert repeat_rate(lazy(period_rows(inside)), minimum=1)["repeat_rate"][0] == shares.get("standard")


def test_value() -> None:
    bought = customer_rows(buying(seed=4, customers=1200))
    found = values(clv_variants(lazy(bought), as_of=LAST))
    assert found["standard"][1] == pytest.approx(clv(lazy(bought), as_of=LAST)["clv"].mean())
    assert found["undiscounted"][1] > found["standard"][1]
    assert found["three_years"][1] > found["standard"][1]
    assert found["historical"][1] == pytest.approx(float(bought["revenue"].sum()) / found["historical"][0])
    half = values(clv_variants(lazy(bought), as_of=LAST, margin=0.5))
    for name, (n, value) in found.items():
        assert half[name] == (n, pytest.approx(value / 2))


FORECASTS = ("standard", "undiscounted", "three_years", "other_model")


@pytest.mark.parametrize(
    ("bought", "state", "withheld"),
    [
        (customer_rows(buying(seed=4, customers=1200)).clear(), TOO_FEW, (*FORECASTS, "past_rate", "historical")),
        (customer_rows(buying(seed=4, customers=29)), TOO_FEW, (*FORECASTS, "past_rate", "historical")),
        (customer_rows(buying(seed=4, customers=30)), TOO_FEW, FORECASTS),
        (customer_rows(buying(seed=13, customers=1500, leaving=False)), WEAK, FORECASTS),
        (customer_rows(buying(seed=4, customers=1200)), OK, ()),
    ],
    ids=["nobody", "29 customers", "30 customers", "nobody leaves", "a forecast"],
)
def test_value_that_cannot_be_said_is_withheld(bought: pl.DataFrame, state: str, withheld: tuple[str, ...]) -> None:
    """History would stand in for a forecast that is not believed: that is not what a definition of a forecast means."""
    found = clv_variants(lazy(bought), as_of=LAST)
    assert tuple(found.filter(pl.col("value").is_null())["variant"]) == withheld
    assert found["state"][0] == state
    assert set(found["n"]) == {bought.height}
    assert found.filter(pl.col("state").is_in(BELIEVED)).equals(found.drop_nulls("value"))
