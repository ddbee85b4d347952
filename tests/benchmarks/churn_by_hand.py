"""Satisfaction, churn, lifecycle, rolling and revenue retention, and tiers in SQL that somebody who knows the store would write by hand.

What the metrics add to counts is left out where it is reckoned on a handful of rows.
"""

import datetime as dt

import duckdb
import polars as pl
import polars.selectors as cs

from tests.benchmarks.by_hand import CLUSTERS, effective, t_value

CSAT = (
    """
with each as (
    select customer_key, count(*) as n, sum(score) as score,
        count(*) filter (score >= case
            when scale_high - scale_low < 3 then scale_high
            when scale_high - scale_low > 10 then scale_high - 0.2 * (scale_high - scale_low)
            else scale_high - 1 end) as total, total as squares,
        min(scale_low) as least, max(scale_low) as low, min(scale_high) as high, max(scale_high) as most
    from feedback where replaced_by is null and survey = 'csat' and score is not null
        and responded_at >= $start and responded_at < $end + interval 1 day
    group by all
)
select sum(n) as n, sum(total) as satisfied, sum(score) / sum(n) as mean, min(least) = max(low) and min(high) = max(most) as one_scale,
"""
    + CLUSTERS
    + " from each"
)
INACTIVE = """
select count(*) as customers, count(*) filter (day < $as_of - $days::integer) as inactive
from order_days where day <= $as_of and (next_day is null or next_day > $as_of)
"""
HIATUS = """
with gaps as (
    select next_age - age as gap, count(*) as ended, 0 as still from order_days where next_day <= $as_of group by 1
    union all
    select $as_of - day, 0, count(*) from order_days where day <= $as_of and (next_day is null or next_day > $as_of) group by 1
), lengths as (
    select gap, sum(ended) as ended, sum(still) as still from gaps group by 1
), waiting as (
    select *, sum(ended + still) over (order by gap desc) as at_risk from lengths
)
select sum(ended + still) as gaps, sum(still) as open_gaps,
    1 - case when min(at_risk - ended) > 0 then exp(sum(ln(1 - ended / at_risk)) filter (ended < at_risk)) else 0 end as ended_share,
    sum(ended + still) filter (gap > $days) as flagged, sum(ended) filter (gap > $days) as came_back
from waiting
"""
LIFECYCLE = """
with days as (
    select date_trunc('month', day)::date as period, previous_day from order_days where day between $start and $as_of
), came as (
    select period,
        count(*) filter (previous_day is null) as new,
        count(*) filter (previous_day < period and previous_day + ($days + 1)::integer >= period) as "returning",
        count(*) filter (previous_day + ($days + 1)::integer < period) as resurrected
    from days group by 1
), silences as (
    select date_trunc('month', day + ($days + 1)::integer)::date as period, next_day from order_days
    where day between $start - ($days + 1)::integer and $as_of - ($days + 1)::integer
        and (next_day is null or next_age - age > $days)
), went as (
    select period, count(*) as dormant from silences where next_day is null or next_day >= period + interval 1 month group by 1
)
select period, coalesce(new, 0) as new, coalesce("returning", 0) as "returning", coalesce(resurrected, 0) as resurrected,
    coalesce(dormant, 0) as dormant
from came full join went using (period) order by period
"""
ROLLING = """
with counted as (
    select first_day, age // 30 as period, count(*) as n from order_days
    where day <= $as_of and (previous_age is null or previous_age < age - age % 30) group by all
), dated as (
    select date_trunc('month', first_day)::date as cohort, (date_diff('day', first_day, $as_of) + 1) // 30 as known, period, n
    from counted
), sizes as (
    select cohort, period, sum(n) as customers
    from (select cohort, unnest(range(known)) as period, n from dated where period = 0) group by all
), seen as (
    select cohort, period, sum(n) as active from dated where period < known group by all
)
select cohort, period, customers, coalesce(active, 0) as active from sizes left join seen using (cohort, period) order by all
"""
REVENUE = """
with money as (
    select first_month as cohort, date_diff('month', first_month, month) as period, sum(revenue) as revenue,
        count(*) filter (month = first_month) as customers
    from customer_periods where month >= first_month group by all
), cells as (
    select cohort, customers, unnest(range(0, date_diff('month', cohort, $as_of) + 1)) as period from money where period = 0
)
select cohort, c.period, c.customers, coalesce(revenue, 0) as revenue
from cells c left join money m using (cohort, period) order by all
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
    counted = cursor.sql(CSAT, params={"start": start, "end": end}).pl().cast({cs.decimal(): pl.Int64})
    p, n, z = pl.col("satisfied") / pl.col("n"), effective(counted), t_value(counted)
    centre, half = (2 * n * p + z**2) / (2 * (n + z**2)), (z * (z**2 + 4 * n * p * (1 - p)).sqrt()) / (2 * (n + z**2))
    mean = pl.when("one_scale").then("mean")
    return counted.select("n", "satisfied", csat=p, mean=mean, low=centre - half, high=centre + half)


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
