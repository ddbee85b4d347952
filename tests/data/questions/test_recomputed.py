"""Every count metric equals one counted in plain Python from the files themselves, on Online Retail and on Olist.

The metrics' side goes the whole way: importer, store, question. The other side (`plain`) shares no code with it.
"""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from data import load
from data.questions.ask import Question, ask
from data.store.snapshot import Snapshot
from data.store.store import Store
from metrics.catalogue import CATALOGUE
from metrics.programme import record_discounts, record_points
from tests.data.questions import plain
from tests.data.questions.plain import Log
from tests.metrics.sales.asked import FAMILY

FILES = {"online_retail": "online_retail/online_retail.csv.gz", "olist": "olist"}
UNITS = ("week", "month", "quarter", "year")
KINDS = ("on", "on_or_after")
HIATUS_DAYS = 60
RULES = {
    "online_retail": ("spend", 3, {"silver": 500.0, "gold": 2000.0}),
    "olist": ("orders", 6, {"member": 1.0, "regular": 2.0}),
}
# Estimates and tests, which are held against published figures instead
NO_COUNTS = {
    *("clv", "clv_model", "clv_variants", "worth_keeping", "time_in_tier", "tier_outlook", "tier_stationarity"),
    *("tier_value", "forecast_accuracy"),
    *("theme_share", "theme_share_trend", "theme_nps"),  # read from words: see data/comments
    *("drivers", "kano", "satisfaction_index"),
}
# Counted from answers to the recommendation question, which neither file holds: see test_real_files, test_later_spend, test_recovery,
# and tests/metrics/teams
OF_A_SURVEY = {
    *("nps", "nps_trend", "nps_variants", "ces", "ces_trend", "promoter_value", "match_rate", "answered_share"),
    *("recovery", "nps_funnel"),
}
# Counted from movements of points, which neither file holds: see tests/metrics/programme
OF_POINTS = {metric.name for metric in record_points.METRICS}
# Counted from discounts, which neither file holds: see tests/metrics/programme/test_discounts
OF_DISCOUNTS = {metric.name for metric in record_discounts.METRICS}


class Real:
    """One of the files: as the app knows it, and as plain loops do."""

    def __init__(self, name: str, snap: Snapshot, log: Log) -> None:
        self.name, self.snap, self.log = name, snap, log
        extent = snap.extent()
        assert extent.orders_first
        assert extent.orders_last == log.last
        self.whole = Question(extent.orders_first, log.last, log.last)

    def ask(self, metric: str, question: Question | None = None, **arguments: object) -> pl.DataFrame:
        return ask(self.snap, metric, question or self.whole, **arguments)


@pytest.fixture(scope="module", params=FILES)
def real(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    name = request.param
    db, place = tmp_path_factory.mktemp(name) / "real.duckdb", shared / "data" / FILES[name]
    files = sorted(place.glob("*.gz")) if place.is_dir() else [place]
    assert load.main([*map(str, files), "--db", str(db)]) == 0
    with Store.open(db) as store, store.snapshot() as snap:
        yield Real(name, snap, getattr(plain, name)(shared))


def counted(frame: pl.DataFrame) -> plain.Triangle:
    return {
        (cohort, k): (n, active) for cohort, k, n, active in frame["cohort", "period", "customers", "active"].rows()
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unit", UNITS)
def test_retention(real: Real, unit: str, kind: str) -> None:
    found = real.ask("retention", period=unit, kind=kind)
    assert counted(found) == plain.triangle(real.log, unit, kind)
    ends = found.select("complete", "cohort", "period").rows()
    assert all(
        done == (plain.later(cohort, unit, k + 1) <= real.log.last + dt.timedelta(1)) for done, cohort, k in ends
    )


@pytest.mark.parametrize("kind", KINDS)
def test_rolling_retention(real: Real, kind: str) -> None:
    assert counted(real.ask("rolling_retention", kind=kind)) == plain.rolling(real.log, 30, kind)


@pytest.mark.parametrize("unit", UNITS)
def test_cohort_orders(real: Real, unit: str) -> None:
    found = real.ask("cohort_orders", period=unit)["cohort", "period", "customers", "orders", "orders_squared"].rows()
    assert {(cohort, k): tuple(counts) for cohort, k, *counts in found} == plain.orders(real.log, unit)


@pytest.mark.parametrize("unit", UNITS)
def test_revenue_retention(real: Real, unit: str) -> None:
    expected = plain.revenue(real.log, unit)
    found = real.ask("revenue_retention", period=unit)
    assert {(row["cohort"], row["period"]): row["customers"] for row in found.iter_rows(named=True)} == {
        cell: n for cell, (n, _) in expected.items()
    }
    so_far: dict[dt.date, Decimal] = {}
    for row in found.sort("cohort", "period").iter_rows(named=True):
        cohort, net = row["cohort"], expected[row["cohort"], row["period"]][1]
        so_far[cohort] = so_far.get(cohort, Decimal(0)) + net
        assert row["revenue"] == pytest.approx(float(net), abs=1e-6)
        assert row["cumulative_per_customer"] == pytest.approx(float(so_far[cohort] / row["customers"]), abs=1e-6)


def test_repeat_rate(real: Real) -> None:
    quarter = Question(
        *(dt.date(2011 if real.name == "online_retail" else 2018, m, d) for m, d in ((4, 1), (6, 30))), real.log.last
    )
    for question in (real.whole, quarter):
        row = real.ask("repeat_rate", question).row(0, named=True)
        expected = plain.repeat_rate(real.log, question.start, question.end)
        assert (row["buyers"], row["repeat_buyers"]) == expected
        assert expected[1] > 0


def test_repeat_rate_trend(real: Real) -> None:
    found = real.ask("repeat_rate_trend", months=6, window_months=3)
    assert found.height == 6
    for row in found.iter_rows(named=True):
        start, end = plain.later(row["month"], "month", -2), plain.later(row["month"], "month", 1) - dt.timedelta(1)
        assert (row["buyers"], row["repeat_buyers"]) == plain.repeat_rate(real.log, start, end)


def test_repeat_curve(real: Real) -> None:
    second = [(days[1] - days[0]).days for days in real.log.days.values() if days[1:]]
    still = [(real.log.last - days[0]).days for days in real.log.days.values() if not days[1:]]
    shares = plain.gone_by(second, still)
    for row in real.ask("repeat_curve", minimum=0).iter_rows(named=True):
        end = 7 * row["elapsed"]
        assert row["customers"] == len(second) + len(still)
        assert row["second_orders"] == sum(day <= end for day in second)
        assert row["at_risk"] == sum(day > end for day in second + still)
        reached = max((share for day, share in shares.items() if day <= end), default=0.0)
        assert row["repeat_share"] == pytest.approx(reached, abs=1e-9)


def test_gap_curve(real: Real) -> None:
    ended, still = plain.gaps(real.log)
    shares, reached = plain.gone_by(ended, still), 0.0
    for row in real.ask("gap_curve", minimum=0).iter_rows(named=True):
        reached = shares.get(row["elapsed"], reached)
        assert row["gaps"] == len(ended) + len(still)
        assert row["ended"] == sum(gap <= row["elapsed"] for gap in ended)
        assert row["at_risk"] == sum(gap > row["elapsed"] for gap in ended + still)
        assert row["ended_share"] == pytest.approx(reached, abs=1e-9)


def test_hiatus(real: Real) -> None:
    ended, still = plain.gaps(real.log)
    row = real.ask("hiatus").row(0, named=True)
    shares = plain.gone_by(ended, still)
    assert (row["gaps"], row["open_gaps"]) == (len(ended) + len(still), len(still))
    if real.name == "olist":  # of a hundred gaps one ends: no number of days tells who is gone
        assert max(shares.values()) < 0.02
        assert (row["basis"], row["hiatus_days"], row["flagged"]) == ("rare", None, 0)
        assert real.ask("inactive_share")["inactive_share"].to_list() == [None]
        return
    assert row["basis"] == "all_gaps"
    assert row["hiatus_days"] == min(day for day, share in shares.items() if share >= 0.8 - 1e-12)
    flagged = [[gap for gap in some if gap > row["hiatus_days"]] for some in (ended, still)]
    assert (row["came_back"], row["flagged"]) == (len(flagged[0]), sum(map(len, flagged)))
    known = sorted(itertools.chain(*flagged))
    assert row["followed_days"] == known[-30]
    followed = max(share for day, share in plain.gone_by(*flagged).items() if day <= known[-30])
    assert row["followed_share"] == pytest.approx(followed)
    assert row["came_back_share"] < 0.45 < 0.68 < row["followed_share"]


def test_inactive_share(real: Real) -> None:
    row = real.ask("inactive_share", hiatus_days=HIATUS_DAYS).row(0, named=True)
    assert (row["customers"], row["inactive"]) == plain.inactive(real.log, real.log.last, HIATUS_DAYS)
    trend = real.ask("inactive_share_trend", hiatus_days=HIATUS_DAYS)
    assert trend["period"].to_list() == plain.periods(real.whole.start, real.log.last, "month")
    for row in trend.iter_rows(named=True):
        end = min(plain.later(row["period"], "month", 1) - dt.timedelta(1), real.log.last)
        assert (row["customers"], row["inactive"]) == plain.inactive(real.log, end, HIATUS_DAYS)


@pytest.mark.parametrize("unit", UNITS[1:])
def test_lifecycle(real: Real, unit: str) -> None:
    found = real.ask("lifecycle", period=unit, hiatus_days=HIATUS_DAYS)
    assert found.rows() == plain.lifecycle(real.log, unit, HIATUS_DAYS)


def test_tiers(real: Real) -> None:
    """Members, moves and their trend by a rule, between the ends of months that the rule can look back from."""
    measure, months, thresholds = RULES[real.name]
    rule = {
        "rule": ", ".join(f"{name}={least:g}" for name, least in thresholds.items()),
        "measure": measure,
        "months": months,
    }
    tiers, ladder = plain.tier_on(real.log, thresholds, measure, months), [None, *thresholds]
    last = real.log.last.replace(day=1)
    begins = [plain.later(last, "month", -k) for k in (3, 2, 1, 0)]

    def moved(start: dt.date, end: dt.date) -> Counter[tuple[str | None, str | None]]:
        before, after = tiers(start), tiers(end)
        return Counter((before.get(who), after.get(who)) for who in {*before, *after})

    def rates(moves: Counter[tuple[str | None, str | None]]) -> dict[str, int]:
        found = dict.fromkeys(("upgrade", "retain", "downgrade", "lapse"), 0)
        for (old, new), n in moves.items():
            if old:
                up = ladder.index(new) - ladder.index(old)
                found["lapse" if new is None else "upgrade" if up > 0 else "downgrade" if up else "retain"] += n
        return found

    moves = moved(begins[0], begins[-1])
    question = Question(begins[0], begins[-1], real.log.last)
    matrix = real.ask("tier_migration", question, **rule).with_columns(
        pl.col("from_tier", "to_tier").replace({"new": None, "lapsed": None})
    )
    found: Counter[tuple[str | None, str | None]] = Counter()
    for old, new, n in matrix["from_tier", "to_tier", "members"].iter_rows():
        found[old, new] += n
    # whoever had a tier once and has none on either day is shown as lapsed to lapsed
    assert {move: n for move, n in found.items() if n and move != (None, None)} == moves
    assert sum(n for (old, _), n in moves.items() if old) > 30
    one = real.ask("tier_rates", question, **rule)
    assert dict(one["move", "moved"].rows()) == rates(moves)
    months_of = Question(begins[0], begins[-1] - dt.timedelta(1), real.log.last)
    trend = real.ask("tier_rates_trend", months_of, **rule)
    for start, end in itertools.pairwise(begins):
        # the first date is the day before the month, the last is its last day: tiers then are those that the month before gave
        expected = rates(moved(start - dt.timedelta(1), end - dt.timedelta(1)))
        shown = trend.filter(pl.col("period") == start)
        assert dict(shown["move", "moved"].rows()) == expected


def test_tier_replay(real: Real) -> None:
    """Two complete months before the one in which the data end."""
    measure, months, thresholds = RULES[real.name]
    rule = ", ".join(f"{name}={least:g}" for name, least in thresholds.items())
    tiers, ladder = plain.tier_on(real.log, thresholds, measure, months), [None, *thresholds]
    last = real.log.last.replace(day=1)
    begins = [plain.later(last, "month", -2), plain.later(last, "month", -1)]
    question = Question(begins[0], last - dt.timedelta(1), real.log.last)
    found = {
        row["tier"]: row
        for row in real.ask("tier_replay", question, rule=rule, measure=measure, months=months).iter_rows(named=True)
    }
    # the tier of a month is what the months before it gave, and holds until its last day
    before, after = tiers(begins[0] - dt.timedelta(1)), tiers(begins[1])
    for place, tier in enumerate(thresholds, start=1):
        were = [who for who, name in before.items() if name == tier]
        assert found[tier]["members_before"] == len(were)
        assert found[tier]["members"] == sum(name == tier for name in after.values())
        assert found[tier]["upgrades"] == sum(ladder.index(after.get(who)) > place for who in were)
        assert found[tier]["lapsed"] == sum(who not in after for who in were)
    revenue: Counter[str | None] = Counter()
    for month in begins:
        of = tiers(month)
        for order in real.log.orders:
            if order.day.replace(day=1) == month:
                revenue[of.get(order.customer)] += order.amount  # type: ignore[assignment]
    assert {tier: row["revenue"] for tier, row in found.items()} == {
        tier: pytest.approx(float(revenue[tier]), abs=0.01) for tier in (*thresholds, None)
    }


def test_value_to_date(real: Real) -> None:
    row = real.ask("historical_clv").row(0, named=True)
    spent = [sum(map(Decimal, net.values()), Decimal(0)) for net in real.log.net(lambda day: day).values()]
    assert row["customers"] == len(spent)
    assert row["revenue"] == pytest.approx(float(sum(spent)), abs=0.01)
    assert row["historical_clv"] == pytest.approx(float(sum(spent)) / len(spent))


def test_score_mean(real: Real) -> None:
    found = real.ask("score_mean", Question(dt.date(2010, 1, 1), dt.date(2020, 1, 1), dt.date(2020, 1, 1)))
    scores = [score for _, score in real.log.answers]
    expected = [(1.0, 5.0, len(scores), pytest.approx(sum(scores) / len(scores)))] if scores else []
    assert found.filter(pl.col("n") > 0)["scale_low", "scale_high", "n", "mean"].rows() == expected


def test_csat(real: Real) -> None:
    answers = real.log.answers
    row = real.ask("csat", Question(dt.date(2010, 1, 1), dt.date(2020, 1, 1), dt.date(2020, 1, 1))).row(0, named=True)
    assert (row["n"], row["satisfied"]) == (len(answers), sum(score >= 4 for _, score in answers))
    trend = real.ask("csat_trend", Question(dt.date(2017, 1, 1), dt.date(2018, 6, 30), dt.date(2018, 6, 30)))
    for row in trend.iter_rows(named=True):
        scores = [score for day, score in answers if day.replace(day=1) == row["period"]]
        assert (row["n"], row["satisfied"]) == (len(scores), sum(score >= 4 for score in scores))
        if scores and row["mean"] is not None:
            assert row["mean"] == pytest.approx(sum(scores) / len(scores))


def test_retention_variants(real: Real) -> None:
    first, last = {"online_retail": ("2011-03-01", "2011-05-31"), "olist": ("2018-01-01", "2018-03-31")}[real.name]
    question = Question(dt.date.fromisoformat(first), dt.date.fromisoformat(last), real.log.last)
    found = {row["variant"]: row for row in real.ask("retention_variants", question).iter_rows(named=True)}
    cohorts = plain.periods(question.start, question.end, "month")
    months = [sorted({plain.start_of(day, "month") for day in days}) for days in real.log.days.values()]
    ours = [(seen[0], seen) for seen in months if seen[0] in cohorts]
    gone = [(days[0], [(day - days[0]).days for day in days]) for days in real.log.days.values()]
    thirds = [
        [plain.later(cohort, "month", 3) in seen for start, seen in ours if start == cohort] for cohort in cohorts
    ]
    expected = {
        "standard": [third for cohort in thirds for third in cohort],
        "on_or_after": [seen[-1] >= plain.later(start, "month", 3) for start, seen in ours],
        "by_then": [len(seen) > 1 and seen[1] <= plain.later(start, "month", 3) for start, seen in ours],
        "rolling": [
            any(90 <= n < 120 for n in after) for day, after in gone if plain.start_of(day, "month") in cohorts
        ],
        "all_buyers": [plain.later(month, "month", 3) in seen for seen in months for month in seen if month in cohorts],
    }
    for variant, held in expected.items():
        assert found[variant]["n"] == len(held), variant
        assert found[variant]["value"] == pytest.approx(sum(held) / len(held)), variant
    mean = sum(sum(cohort) / len(cohort) for cohort in thirds) / len(thirds)
    assert (found["mean_of_cohorts"]["n"], found["mean_of_cohorts"]["value"]) == (3, pytest.approx(mean))


def test_repeat_rate_variants(real: Real) -> None:
    year = 2011 if real.name == "online_retail" else 2018
    start, end = dt.date(year, 4, 10), dt.date(year, 6, 20)
    found = {
        row["variant"]: (row["n"], row["value"])
        for row in real.ask("repeat_rate_variants", Question(start, end, real.log.last)).iter_rows(named=True)
    }
    orders = [order for order in real.log.orders if not order.refund and order.day <= end]
    inside = [order for order in orders if order.day >= start]
    ever, here = (Counter(order.customer for order in some) for some in (orders, inside))
    days = Counter(customer for customer, _ in {(order.customer, order.day) for order in inside})
    buyers = len(here)
    expected = {
        "standard": (buyers, sum(n >= 2 for n in here.values()) / buyers),
        "order_days": (buyers, sum(n >= 2 for n in days.values()) / buyers),
        "returning": (buyers, sum(ever[customer] >= 2 for customer in here) / buyers),
        "returning_orders": (len(inside), 1 - sum(ever[customer] == n for customer, n in here.items()) / len(inside)),
        "ever": (len(ever), sum(n >= 2 for n in ever.values()) / len(ever)),
    }
    assert found == {variant: (n, pytest.approx(value)) for variant, (n, value) in expected.items()}


def test_csat_variants(real: Real) -> None:
    question = Question(dt.date(2010, 1, 1), dt.date(2020, 1, 1), dt.date(2020, 1, 1))
    found = {row["variant"]: row["value"] for row in real.ask("csat_variants", question).iter_rows(named=True)}
    scores = [score for _, score in real.log.answers]
    if not scores:
        assert set(found.values()) == {None}
        return
    months: dict[dt.date, list[int]] = {}
    for day, score in real.log.answers:
        months.setdefault(day.replace(day=1), []).append(score)
    shares = [sum(score >= 4 for score in some) / len(some) for some in months.values() if len(some) >= 30]
    assert found["top_box"] == pytest.approx(sum(score == 5 for score in scores) / len(scores))
    assert found["index"] == pytest.approx((sum(scores) / len(scores) - 1) / 4)
    assert found["mean_of_months"] == pytest.approx(sum(shares) / len(shares))


def test_every_count_metric_is_recomputed() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    asked = {name for name in CATALOGUE if f'real.ask("{name}"' in here}
    asked |= {name for metric in FAMILY for name in (metric.name, metric.trend)}  # see test_sales
    asked |= {name for name, metric in CATALOGUE.items() if metric.family == "segments"}  # see test_segments
    assert asked | NO_COUNTS | OF_A_SURVEY | OF_POINTS | OF_DISCOUNTS == set(CATALOGUE)
    assert not asked & (NO_COUNTS | OF_A_SURVEY | OF_POINTS | OF_DISCOUNTS)
