"""Satisfaction, churn, lifecycle, rolling and revenue retention, and tiers in SQL that somebody who knows the store would write by hand.

Counts only: the intervals that the metrics add are reckoned on a handful of rows.
"""

import datetime as dt

import duckdb
import polars as pl

CSAT = """
select count(*) as n, count(*) filter (score >= scale_high - 1) as satisfied
from feedback where replaced_by is null and survey = 'csat' and score is not null
    and responded_at >= $start and responded_at < $end + interval 1 day
"""
INACTIVE = """
with lasts as (select max(day) as last from order_days where day <= $as_of group by customer_key)
select count(*) as customers, count(*) filter (date_diff('day', last, $as_of) > $days) as inactive from lasts
"""
HIATUS = """
with gaps as (
    select date_diff('day', day, coalesce(next_day, $as_of)) as gap, next_day is not null as ended from order_days where day <= $as_of
)
select count(*) as gaps, count(*) filter (not ended) as open_gaps, count(*) filter (gap > $days) as flagged,
    count(*) filter (gap > $days and ended) as came_back
from gaps
"""
LIFECYCLE = """
with days as (
    select day, previous_day, next_day, date_trunc('month', day)::date as month, day + ($days + 1)::integer as silent from order_days
), came as (
    select month as period,
        count(*) filter (previous_day is null) as new,
        count(*) filter (previous_day < month and previous_day + ($days + 1)::integer >= month) as "returning",
        count(*) filter (previous_day < month and previous_day + ($days + 1)::integer < month) as resurrected
    from days group by 1
), went as (
    select date_trunc('month', silent)::date as period, count(*) as dormant from days
    where silent <= $as_of and (next_day is null or next_day >= date_trunc('month', silent) + interval 1 month) group by 1
)
select period, coalesce(new, 0) as new, coalesce("returning", 0) as "returning", coalesce(resurrected, 0) as resurrected,
    coalesce(dormant, 0) as dormant
from came full join went using (period) where period >= $start order by period
"""
ROLLING = """
with firsts as (
    select customer_key, day as first, date_trunc('month', day)::date as cohort, date_diff('day', day, $as_of) + 1 as known
    from order_days where previous_day is null
), sizes as (
    select cohort, period, count(*) as customers from (select cohort, unnest(range(known // 30)) as period from firsts) group by all
), seen as (
    select cohort, date_diff('day', first, day) // 30 as period, count(distinct customer_key) as active
    from order_days join firsts using (customer_key) where date_diff('day', first, day) // 30 < known // 30 group by all
)
select cohort, period, customers, coalesce(active, 0) as active from sizes left join seen using (cohort, period) order by all
"""
REVENUE = """
with sizes as (
    select first_month as cohort, count(distinct customer_key) as customers from customer_periods
    where first_month is not null group by 1
), money as (
    select first_month as cohort, date_diff('month', first_month, month) as period, sum(revenue) as revenue
    from customer_periods where month >= first_month group by all
), cells as (
    select cohort, customers, unnest(range(0, date_diff('month', cohort, $as_of) + 1)) as period from sizes
)
select cohort, period, customers, coalesce(revenue, 0) as revenue from cells left join money using (cohort, period) order by all
"""
MIGRATION = """
with states as (
    select customer_key, arg_max(tier, effective_on) filter (effective_on <= $start) as from_tier,
        arg_max(tier, effective_on) filter (effective_on <= $end) as to_tier
    from tier_changes where replaced_by is null and effective_on <= $end group by customer_key
)
select coalesce(from_tier, 'new') as from_tier, to_tier, count(*) as members from states group by all
"""


def csat(cursor: duckdb.DuckDBPyConnection, start: dt.date, end: dt.date) -> pl.DataFrame:
    return cursor.sql(CSAT, params={"start": start, "end": end}).pl()


def inactive_share(cursor: duckdb.DuckDBPyConnection, as_of: dt.date, days: int) -> pl.DataFrame:
    return cursor.sql(INACTIVE, params={"as_of": as_of, "days": days}).pl()


def hiatus(cursor: duckdb.DuckDBPyConnection, as_of: dt.date, days: int) -> pl.DataFrame:
    return cursor.sql(HIATUS, params={"as_of": as_of, "days": days}).pl()


def lifecycle(cursor: duckdb.DuckDBPyConnection, as_of: dt.date, start: dt.date, days: int) -> pl.DataFrame:
    return cursor.sql(LIFECYCLE, params={"as_of": as_of, "start": start, "days": days}).pl()


def rolling_retention(cursor: duckdb.DuckDBPyConnection, as_of: dt.date) -> pl.DataFrame:
    return cursor.sql(ROLLING, params={"as_of": as_of}).pl()


def revenue_retention(cursor: duckdb.DuckDBPyConnection, as_of: dt.date) -> pl.DataFrame:
    return cursor.sql(REVENUE, params={"as_of": as_of}).pl()


def tier_migration(cursor: duckdb.DuckDBPyConnection, start: dt.date, end: dt.date) -> pl.DataFrame:
    """Only the pairs that have members."""
    return cursor.sql(MIGRATION, params={"start": start, "end": end}).pl()
