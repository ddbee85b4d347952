"""Scores, the class of each customer on a date, and what is counted of classes."""

import itertools
from random import Random

import polars as pl
import pytest

from metrics.errors import RuleError
from metrics.segments.moves import NEW, segment_moves, segment_returns
from metrics.segments.numbers import classified, numbers
from metrics.segments.schemes import SCHEMES, table_of
from metrics.segments.scores import Cuts, cuts, scored
from metrics.segments.sizes import segment_sizes
from tests.metrics.frames import day, lazy
from tests.metrics.segments.shop import AS_OF, frames

BUYERS = {"customer_key": pl.Int64, "last_day": pl.Date, "orders": pl.Int64, "revenue": pl.Float64}


def plain_score(value: float, values: list) -> int:
    """The definition itself: 1 + ⌊5 · share strictly below⌋."""
    return 1 + 5 * sum(other < value for other in values) // len(values)


def test_nobody_has_no_scores() -> None:
    assert cuts(lazy(pl.DataFrame(schema=BUYERS))) == Cuts()


@pytest.mark.parametrize("n", [1, 2, 4, 5, 6, 9, 40, 61])
@pytest.mark.parametrize("kinds", [1, 2, 3, 100])
def test_scores_are_those_of_the_definition(n: int, kinds: int) -> None:
    random = Random(100 * n + kinds)
    rows = pl.DataFrame(
        {
            "customer_key": range(n),
            "last_day": [day(f"2026-0{1 + random.randrange(min(kinds, 9))}-01") for _ in range(n)],
            "orders": [1 + random.randrange(kinds) for _ in range(n)],
            "revenue": [random.randrange(kinds) + random.choice([0.0, 0.25, 0.25, -3.5]) for _ in range(n)],
        },
        schema=BUYERS,
    )
    found = scored(lazy(rows), cuts(lazy(rows))).collect("polars").to_native()
    for score, column in (("recency", "last_day"), ("frequency", "orders"), ("monetary", "revenue")):
        values = rows[column].to_list()
        assert found[score].to_list() == [plain_score(value, values) for value in values]


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("ladder", {1: "prospect", 2: "first_time", 3: "repeat", 4: "loyal", 5: "advocate", 6: "loyal"}),
        (
            "stages",
            {1: "awareness", 2: "exploration", 3: "decline", 4: "formation", 5: "maintenance", 6: "decline"},
        ),
        (
            "age",
            {1: "potential", 2: "newcomer", 3: "established", 4: "established", 5: "established", 6: "established"},
        ),
        # recency 3, 1, 5, 3, 2; frequency and amount 1, 2, 3, 4, 4: one more than are below, among five
        ("rfm", {2: "fading", 3: "at_risk", 4: "promising", 5: "loyal", 6: "must_keep"}),
    ],
)
def test_each_customer_is_in_one_class(scheme: str, expected: dict[int, str]) -> None:
    assert classified(frames(customers=0), scheme=scheme, as_of=AS_OF).collect("polars").shape == (0, 2)
    found = classified(frames(), scheme=scheme, as_of=AS_OF, hiatus_days=100).collect("polars")
    assert dict(sorted(found.iter_rows())) == expected


def test_an_unknown_number_scheme_or_a_bad_table_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no number shoes of a customer"):
        numbers(frames(), ["shoes"], as_of=AS_OF)
    with pytest.raises(ValueError, match="scheme is “x”; it must be one of rfm, ladder, stages, age"):
        table_of("x")
    with pytest.raises(RuleError, match="No class holds customers with orders 0"):
        classified(frames(), scheme="age", as_of=AS_OF, table="all: orders 1..")


def rows_of(*pairs: tuple[str | None, str | None], last_day: str = "2026-06-30") -> pl.DataFrame:
    return pl.DataFrame(
        [(key, now, then, 1, 10.0, day(last_day), "East" if key % 2 else None) for key, (then, now) in enumerate(pairs)],
        schema={
            "customer_key": pl.Int64, "segment": pl.String, "before": pl.String, "orders": pl.Int64, "revenue": pl.Float64,
            "last_day": pl.Date, "region": pl.String,
        },
        orient="row",
    )  # fmt: skip


DATES = {"as_of": AS_OF, "start": day("2026-04-01"), "end": AS_OF}
AGES = ("established", "newcomer", "potential")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_customer_is_0_of_0_in_each_class(scheme: str) -> None:
    nobody = lazy(rows_of())
    codes = list(table_of(scheme).codes)
    sizes = segment_sizes(nobody, scheme=scheme)
    assert sizes["segment"].to_list() == codes
    assert sizes["customers"].sum() == sizes["sorted_customers"].sum() == 0
    assert sizes["share"].null_count() == len(codes)
    assert segment_returns(nobody, scheme=scheme, **DATES)["customers"].to_list() == [0] * len(codes)
    assert segment_moves(nobody, scheme=scheme, **DATES).is_empty()
    assert segment_sizes(nobody, scheme=scheme, by=["region"]).is_empty()


@pytest.mark.parametrize("by", [(), ("region",)])
@pytest.mark.parametrize("seed", range(4))
def test_rows_add_up_to_who_was_there_and_columns_to_who_is(seed: int, by: tuple[str, ...]) -> None:
    random = Random(seed)
    pairs = [(random.choice([None, *AGES]), random.choice(AGES)) for _ in range(5 + 60 * seed)]
    rows = rows_of(*pairs)
    moves = segment_moves(
        lazy(rows.sample(fraction=1, shuffle=True, seed=seed)), scheme="age", by=by, minimum=1, **DATES
    )
    assert moves.equals(segment_moves(lazy(rows), scheme="age", by=by, minimum=1, **DATES))
    whole = moves.group_by("from_segment", "to_segment").agg(pl.col("members").sum())
    for code in (*AGES, NEW):
        was = sum((then or NEW) == code for then, _now in pairs)
        assert whole.filter(pl.col("from_segment") == code)["members"].sum() == was
    sizes = segment_sizes(lazy(rows), scheme="age", by=by)
    for code in AGES:
        now = sum(each == code for _then, each in pairs)
        assert whole.filter(pl.col("to_segment") == code)["members"].sum() == now
        assert sizes.filter(pl.col("segment") == code)["customers"].sum() == now
    shares = moves.group_by(*by, "from_segment").agg(pl.col("share").sum(), pl.col("before").first())
    assert all(abs(share - 1) < 1e-9 for share in shares.filter(pl.col("before") > 0)["share"])
    assert moves.filter(~pl.col("share").is_between(pl.col("low"), pl.col("high"))).is_empty()


def test_who_ordered_since_has_come_back() -> None:
    pairs = [("newcomer", "established")] * 40
    came = rows_of(*pairs, last_day="2026-04-01").head(25)
    gone = rows_of(*pairs, last_day="2026-03-31").tail(15)
    found = segment_returns(lazy(pl.concat([came, gone])), scheme="age", **DATES)
    assert found["customers", "returned"].rows() == [(0, 0), (40, 25), (0, 0)]
    assert found["return_rate"].to_list() == [None, 25 / 40, None]


@pytest.mark.parametrize("metric", [segment_moves, segment_returns])
def test_a_period_that_nobody_has_seen_says_nothing(metric) -> None:
    rows = lazy(rows_of(*itertools.repeat(("newcomer", "established"), 40)))
    later = {"as_of": AS_OF, "start": day("2026-07-01"), "end": day("2026-09-30")}
    found = metric(rows, scheme="age", **later)
    assert found.is_empty() or found["customers"].sum() == 0
