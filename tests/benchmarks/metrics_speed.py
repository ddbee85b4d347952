"""Count metrics through data.questions.ask, not cached, beside hand-written SQL and pandas on the same rows."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import polars as pl
from polars.testing import assert_frame_equal

from data.questions.ask import Question, ask
from data.segment import Segment
from data.store.snapshot import Snapshot
from tests.benchmarks import by_hand, by_pandas, churn_by_hand
from tests.benchmarks.measure import Line, median_ms, medians_ms

LIMIT_MS = 300
HIATUS_DAYS = 120
LIMIT_RATIO = 1.5
TARGET = f"≤ {LIMIT_MS} ms, ≤ {LIMIT_RATIO}× SQL"


def lines(snap: Snapshot) -> Iterator[Line]:
    """One line per question."""
    last = snap.extent().last
    assert last is not None
    first_of_month = (last + dt.timedelta(days=1)).replace(day=1)
    start, end = first_of_month.replace(year=first_of_month.year - 1), first_of_month - dt.timedelta(days=1)
    year = Question(start, end, last)
    ever = Question(snap.extent().first or last, last, last)
    region = snap.values("region")[0]
    by_region = Question(start, end, last, by=("region",))
    in_region = Question(ever.start, last, last, Segment(region=(region,)))
    feedback, orders = _pandas(snap)
    cursor = snap.cursor
    yield _line(
        "nps, one year",
        partial(ask, snap, "nps", year),
        partial(by_hand.nps, cursor, start, end),
        partial(by_pandas.nps, feedback, start, end),
    )
    yield _line(
        "nps, by region", partial(ask, snap, "nps", by_region), partial(by_hand.nps, cursor, start, end, "region")
    )
    yield _line(
        "repeat_rate, one year",
        partial(ask, snap, "repeat_rate", year),
        partial(by_hand.repeat_rate, cursor, start, end),
        partial(by_pandas.repeat_rate, orders, start, end),
    )
    yield _line(
        "repeat_rate, by region",
        partial(ask, snap, "repeat_rate", by_region),
        partial(by_hand.repeat_rate, cursor, start, end, "region"),
    )
    yield _line(
        "retention, all cohorts",
        partial(ask, snap, "retention", ever),
        partial(by_hand.retention, cursor, last),
        partial(by_pandas.retention, orders),
    )
    yield _line(
        "retention, one region",
        partial(ask, snap, "retention", in_region),
        partial(by_hand.retention, cursor, last, region),
    )
    yield from _churn_and_tiers(snap, year, ever)


def _churn_and_tiers(snap: Snapshot, year: Question, ever: Question) -> Iterator[Line]:
    """Metrics that look at each customer's days, months or tiers; the last order is the last day that they are asked about."""
    cursor, last = snap.cursor, snap.extent().orders_last
    assert last is not None
    days = {"hiatus_days": HIATUS_DAYS}
    whole = replace(ever, end=last, as_of=last)
    dated = replace(year, as_of=last, end=last)
    yield _line(
        "csat, one year", partial(ask, snap, "csat", year), partial(churn_by_hand.csat, cursor, year.start, year.end)
    )
    yield _line(
        "inactive_share",
        partial(ask, snap, "inactive_share", whole, **days),
        partial(churn_by_hand.inactive_share, cursor, last, HIATUS_DAYS),
    )
    yield _line(
        "hiatus",
        partial(ask, snap, "hiatus", whole, **days),
        partial(churn_by_hand.hiatus, cursor, last, HIATUS_DAYS),
    )
    yield _line(
        "lifecycle, by month",
        partial(ask, snap, "lifecycle", dated, **days),
        partial(churn_by_hand.lifecycle, cursor, last, dated.start, HIATUS_DAYS),
    )
    yield _line(
        "rolling_retention, all cohorts",
        partial(ask, snap, "rolling_retention", whole),
        partial(churn_by_hand.rolling_retention, cursor, last),
    )
    yield _line(
        "revenue_retention, all cohorts",
        partial(ask, snap, "revenue_retention", whole),
        partial(churn_by_hand.revenue_retention, cursor, last),
    )
    yield _line(
        "tier_migration, one year",
        lambda: ask(snap, "tier_migration", year).filter(pl.col("members") > 0),
        partial(churn_by_hand.tier_migration, cursor, year.start, year.end),
        keys=["from_tier", "to_tier"],
    )


def _line(
    what: str,
    asked: Callable[[], pl.DataFrame],
    by_hand: Callable[[], pl.DataFrame],
    by_pandas: Callable[[], object] | None = None,
    *,
    keys: Sequence[str] = (),
) -> Line:
    theirs, ours = by_hand(), asked()
    both = [
        frame.select(theirs.columns).sort(keys) if keys else frame.select(theirs.columns) for frame in (ours, theirs)
    ]
    assert_frame_equal(*both, check_dtypes=False, rel_tol=1e-9, abs_tol=1e-6)
    ours_ms, sql_ms = medians_ms(asked, by_hand)
    figures = f"{ours_ms:,.0f} ms · SQL {sql_ms:,.0f} ms ({ours_ms / sql_ms:.2f}×)"
    if by_pandas:
        pandas_ms = median_ms(by_pandas, runs=3)
        figures += f" · pandas {pandas_ms:,.0f} ms ({pandas_ms / ours_ms:.1f}×)"
    return Line(what, figures, TARGET, ours_ms <= LIMIT_MS and ours_ms <= LIMIT_RATIO * sql_ms)


def _pandas(snap: Snapshot) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a pandas dashboard holds in memory; loading it is not timed."""
    feedback = snap.cursor.sql("select survey, score, responded_at from feedback where replaced_by is null").df()
    orders = snap.cursor.sql(
        "select customer_key, ordered_at from orders "
        "where replaced_by is null and kind = 'order' and customer_key is not null"
    ).df()
    return feedback, orders
