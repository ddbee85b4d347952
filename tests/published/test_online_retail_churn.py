"""Churn, lifecycle, second purchases and tiers by rule on UCI Online Retail, against plain Python loops over the file."""

import datetime as dt
import itertools
from collections import Counter, defaultdict

import polars as pl
import pytest

from metrics.churn.hiatus import hiatus, inactive_share
from metrics.churn.lifecycle import lifecycle
from metrics.retention.rolling import rolling_retention
from metrics.statistics.survival import repeat_curve
from metrics.tiers.moves import tier_migration
from metrics.tiers.replay import tier_replay
from metrics.tiers.tiers import tiers_by_rule
from tests.metrics.frames import lazy
from tests.published.test_online_retail import LAST_DAY, lines, periods

__all__ = ["lines", "periods"]  # fixtures

HIATUS_DAYS = 60
MONTH_ENDS = (
    [dt.date(2010, 12, 31)] + [dt.date(2011, m + 1, 1) - dt.timedelta(days=1) for m in range(1, 12)] + [LAST_DAY]
)


@pytest.fixture(scope="module")
def days_of(lines: list[dict[str, str]]) -> dict[str, list[dt.date]]:
    """Customer → the days with an invoice that is no cancellation, in order."""
    found: dict[str, set[dt.date]] = defaultdict(set)
    for line in lines:
        if not line["InvoiceNo"].startswith("C"):
            found[line["CustomerID"]].add(dt.date.fromisoformat(line["InvoiceDate"][:10]))
    return {customer: sorted(days) for customer, days in found.items()}


@pytest.fixture(scope="module")
def visits(days_of: dict[str, list[dt.date]]) -> pl.DataFrame:
    rows = [(int(customer), day) for customer, days in days_of.items() for day in days]
    return pl.DataFrame(rows, schema={"customer_key": pl.Int64, "day": pl.Date}, orient="row")


def test_lifecycle_equals_plain_loops_in_every_month(visits: pl.DataFrame, days_of: dict[str, list[dt.date]]) -> None:
    def active(days: list[dt.date], end: dt.date) -> bool:
        return any(0 <= (end - day).days <= HIATUS_DAYS for day in days)

    expected, begin = [], dt.date(2010, 12, 1)
    for end in MONTH_ENDS:
        flows: Counter[str] = Counter()
        for days in days_of.values():
            inside = [day for day in days if begin <= day <= end]
            before = active(days, begin - dt.timedelta(days=1))
            if inside:
                flows["new" if days[0] >= begin else "returning" if before else "resurrected"] += 1
            flows["dormant"] += (before or bool(inside)) and not active(days, end)
        expected.append((begin, *(flows[name] for name in ("new", "returning", "resurrected", "dormant"))))
        begin = end + dt.timedelta(days=1)
    dates = {"as_of": LAST_DAY, "start": dt.date(2010, 12, 1), "end": LAST_DAY}
    assert lifecycle(lazy(visits), **dates, hiatus_days=HIATUS_DAYS).rows() == expected


def test_gaps_and_inactive_customers_equal_plain_loops(visits: pl.DataFrame, days_of: dict[str, list[dt.date]]) -> None:
    ended = [(b - a).days for days in days_of.values() for a, b in itertools.pairwise(days)]
    still = [(LAST_DAY - days[-1]).days for days in days_of.values()]
    row = hiatus(lazy(visits), as_of=LAST_DAY, hiatus_days=HIATUS_DAYS).row(0, named=True)
    assert (row["gaps"], row["open_gaps"]) == (len(ended) + len(still), len(still))
    assert row["came_back"] == sum(gap > HIATUS_DAYS for gap in ended)
    assert row["flagged"] == row["came_back"] + sum(gap > HIATUS_DAYS for gap in still)
    row = inactive_share(lazy(visits), as_of=LAST_DAY, hiatus_days=HIATUS_DAYS).row(0, named=True)
    assert (row["customers"], row["inactive"]) == (len(days_of), sum(gap > HIATUS_DAYS for gap in still))


def test_threshold_and_repeat_curve_equal_a_product_limit_by_loops(
    visits: pl.DataFrame, days_of: dict[str, list[dt.date]]
) -> None:
    def curve(waits: list[tuple[int, bool]]) -> dict[int, float]:
        """Day → the share that is still waiting after it."""
        survival, found = 1.0, {}
        for day in sorted({length for length, ended in waits if ended}):
            at_risk = sum(length >= day for length, _ in waits)
            survival *= 1 - sum(ended and length == day for length, ended in waits) / at_risk
            found[day] = survival
        return found

    gaps = [((b - a).days, True) for days in days_of.values() for a, b in itertools.pairwise(days)]
    gaps += [((LAST_DAY - days[-1]).days, False) for days in days_of.values()]
    row = hiatus(lazy(visits), as_of=LAST_DAY).row(0, named=True)
    by_loops = curve(gaps)
    need = 0.8 if row["basis"] == "all_gaps" else 0.8 * (1 - min(by_loops.values()))
    assert row["hiatus_days"] == min(day for day, survival in by_loops.items() if 1 - survival >= need - 1e-12)
    second = curve(
        [
            ((days[1] - days[0]).days, True) if days[1:] else ((LAST_DAY - days[0]).days, False)
            for days in days_of.values()
        ]
    )
    for row in repeat_curve(lazy(visits), as_of=LAST_DAY, minimum=0).iter_rows(named=True):
        reached = [survival for day, survival in second.items() if day <= 7 * row["elapsed"]]
        assert row["repeat_share"] == pytest.approx(1 - min(reached, default=1.0), abs=1e-9)


def test_rolling_retention_equals_plain_loops_in_every_cell(
    visits: pl.DataFrame, days_of: dict[str, list[dt.date]]
) -> None:
    customers: Counter[tuple[dt.date, int]] = Counter()
    active: Counter[tuple[dt.date, int]] = Counter()
    for days in days_of.values():
        for window in range(((LAST_DAY - days[0]).days + 1) // 30):
            cell = (days[0].replace(day=1), window)
            customers[cell] += 1
            active[cell] += any((day - days[0]).days // 30 == window for day in days)
    found = rolling_retention(lazy(visits), as_of=LAST_DAY).select("cohort", "period", "customers", "active")
    assert found.rows() == [(*cell, customers[cell], active[cell]) for cell in sorted(customers)]


def test_tiers_by_rule_equal_plain_loops(lines: list[dict[str, str]], periods) -> None:
    """Spend of the trailing three months, in cents, at the ends of May and November 2011."""
    thresholds = {"silver": 500.0, "gold": 2000.0}
    spent: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        spent[line["CustomerID"]][line["InvoiceDate"][:7]] += int(line["Quantity"]) * round(
            float(line["UnitPrice"]) * 1000
        )

    def tier(customer: str, months: tuple[str, ...]) -> str | None:
        cents = round(sum(spent[customer][month] for month in months) / 10)
        return max(
            (name for name, least in thresholds.items() if cents >= 100 * least), key=thresholds.get, default=None
        )

    expected: Counter[tuple[str, str]] = Counter()
    for customer in list(spent):
        before = tier(customer, ("2011-03", "2011-04", "2011-05"))
        after = tier(customer, ("2011-09", "2011-10", "2011-11"))
        if before or after:
            expected[before or "none", after or "none"] += 1
    made = tiers_by_rule(periods, as_of=LAST_DAY, thresholds=thresholds, months=3)
    dates = {"as_of": LAST_DAY, "start": dt.date(2011, 6, 1), "end": dt.date(2011, 12, 1)}
    matrix = tier_migration(made, **dates).with_columns(
        pl.col("from_tier", "to_tier").replace(["new", "lapsed"], "none")
    )
    found = matrix.group_by("from_tier", "to_tier").agg(pl.col("members").sum())
    counted = {(a, b): n for a, b, n in found.iter_rows() if n and (a, b) != ("none", "none")}
    assert counted == expected


def test_tier_replay_equals_plain_loops(lines: list[dict[str, str]], periods) -> None:
    """July to September 2011 under a rule on the spend of the trailing three months."""
    thresholds = {"silver": 500.0, "gold": 2000.0}
    spent: dict[str, Counter[int]] = defaultdict(Counter)  # customer → month of 2011 → tenths of a penny
    for line in lines:
        if line["InvoiceDate"][:4] == "2011":
            month = int(line["InvoiceDate"][5:7])
            spent[line["CustomerID"]][month] += int(line["Quantity"]) * round(float(line["UnitPrice"]) * 1000)

    def tier(customer: str, month: int) -> str | None:
        """In the month, as decided by the three before it."""
        cents = round(sum(spent[customer][month - back] for back in (1, 2, 3)) / 10)
        return "gold" if cents >= 200_000 else "silver" if cents >= 50_000 else None

    rank = {None: 0, "silver": 1, "gold": 2}
    counts: dict[str | None, Counter[str]] = defaultdict(Counter)
    for customer in spent:
        before, after = tier(customer, 6), tier(customer, 9)
        counts[before]["members_before"] += 1
        counts[after]["members"] += 1
        counts[before]["upgrades"] += bool(before) and rank[after] > rank[before]
        counts[before]["downgrades"] += bool(after) and rank[after] < rank[before]
        counts[before]["lapsed"] += bool(before) and not after
        counts[after]["entered"] += not before
        for month in (7, 8, 9):
            counts[tier(customer, month)]["revenue"] += spent[customer][month]
    made = tiers_by_rule(periods, as_of=LAST_DAY, thresholds=thresholds, months=3)
    dates = {"as_of": LAST_DAY, "start": dt.date(2011, 7, 1), "end": dt.date(2011, 9, 30)}
    found = tier_replay(made, **dates, customer_periods=periods, ladder="silver, gold", known_from=dt.date(2011, 3, 1))
    names = ("members_before", "upgrades", "downgrades", "lapsed", "entered", "members")
    assert [row[1:7] for row in found.rows()[:2]] == [
        tuple(counts[tier_name][name] for name in names) for tier_name in ("silver", "gold")
    ]
    whole = sum(count["revenue"] for count in counts.values())
    for tier_name, revenue, share in found.select("tier", "revenue", "revenue_share").iter_rows():
        assert revenue == pytest.approx(counts[tier_name]["revenue"] / 1000, abs=0.5)  # the frame holds cents
        assert share == pytest.approx(counts[tier_name]["revenue"] / whole, abs=1e-6)
