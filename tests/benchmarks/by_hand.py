"""The same frames as the metrics give, in SQL that somebody who knows the store would write by hand."""

import datetime as dt
from statistics import NormalDist

import duckdb
import polars as pl
import polars.selectors as cs
from scipy.special import stdtrit

Z = NormalDist().inv_cdf(0.975)
MINIMUM = 30

# The answers of one customer together, those of nobody known one by one; value is that of an answer
CLUSTERS = """
    sum(case when customer_key is null then n else 1 end) as clusters,
    sum(case when customer_key is null then squares else total * total end) as sum_sum,
    sum(case when customer_key is null then total else total * n end) as sum_size,
    sum(case when customer_key is null then n else n * n end) as size_size,
    sum(total) / sum(n) as theta, sum(squares) - sum(total) ** 2 / sum(n) as spread,
    sum_sum - 2 * theta * sum_size + theta ** 2 * size_size as own
"""
NPS = (
    """
with each as (
    select {columns} r.customer_key, count(*) as n,
        count(*) filter (score >= 9) as promoters,
        count(*) filter (score > 6 and score < 9) as passives,
        count(*) filter (score <= 6) as detractors, promoters - detractors as total, promoters + detractors as squares
    from feedback r {join}
    where replaced_by is null and survey = 'nps' and scale_low = 0 and scale_high = 10 and score is not null
        and responded_at >= $start and responded_at < $end + interval 1 day
    group by all
)
select {names} sum(n) as n, sum(promoters) as promoters, sum(passives) as passives, sum(detractors) as detractors,
"""
    + CLUSTERS
    + """
from each {group} {order}
"""
)

WILSON = """
    least(p, greatest(0, (2 * {n} * p + $z ** 2 - $z * sqrt($z ** 2 + 4 * {n} * p * (1 - p))) / (2 * ({n} + $z ** 2)))) as low,
    greatest(p, least(1, (2 * {n} * p + $z ** 2 + $z * sqrt($z ** 2 + 4 * {n} * p * (1 - p))) / (2 * ({n} + $z ** 2)))) as high
"""

REPEAT_RATE = (
    """
with buyers as (
    select customer_key, orders >= 2 or previous_month >= date_trunc('month', $start) as is_repeat from customer_periods
    where orders > 0 and month between date_trunc('month', $start) and $end and (next_month is null or next_month > $end)
), counted as (
    select {columns} count(*) as buyers, count(*) filter (b.is_repeat) as repeat_buyers,
        count(*) filter (b.is_repeat) / count(*) as p
    from buyers b {join} {group}
)
select {names} buyers, repeat_buyers, p as repeat_rate,
"""
    + WILSON.format(n="buyers")
    + "from counted {order}"
)

RETENTION = (
    """
with seen as (
    select first_month as cohort, date_diff('month', first_month, month) as period, count(*) as active
    from customer_periods p {join} where p.orders > 0 {condition} group by all
), cells as (
    select cohort, active as customers, unnest(range(0, date_diff('month', cohort, $as_of) + 1)) as period
    from seen where period = 0
), counted as (
    select cohort, c.period, customers, coalesce(active, 0) as active, coalesce(active, 0) / customers as p
    from cells c left join seen s using (cohort, period)
)
select cohort::date as cohort, period, customers, active, p as retention,
"""
    + WILSON.format(n="customers")
    + """,
    last_day(cohort + to_months(period::integer)) <= $as_of as complete
from counted order by cohort, period
"""
)

CUSTOMERS = "left join customers c using (customer_key)"


def nps(cursor: duckdb.DuckDBPyConnection, start: dt.date, end: dt.date, by: str | None = None) -> pl.DataFrame:
    value = f"coalesce(c.{by}, r.{by}) as {by}," if by else ""
    counted = (
        cursor.sql(_grouped(NPS, value, by), params={"start": start, "end": end}).pl().cast({cs.decimal(): pl.Int64})
    )
    n = effective(counted)
    p, d = ((pl.col(name) / pl.col("n") * n + 0.75) / (n + 3) for name in ("promoters", "detractors"))
    score, half = (
        (pl.col("promoters") - pl.col("detractors")) / pl.col("n"),
        t_value(counted) * ((p + d - (p - d) ** 2) / (n + 3)).sqrt(),
    )
    enough = pl.col("n") >= MINIMUM
    shown = counted.with_columns(
        nps=pl.when(enough).then(100 * score),
        low=pl.when(enough).then(100 * pl.min_horizontal(score, (p - d - half).clip(lower_bound=-1))),
        high=pl.when(enough).then(100 * pl.max_horizontal(score, (p - d + half).clip(upper_bound=1))),
    )
    return shown.select(*([by] if by else []), "n", "promoters", "passives", "detractors", "nps", "low", "high")


def effective(counted: pl.DataFrame) -> pl.Series:
    """How many answers of different customers would tell as much, from CLUSTERS."""
    return counted.select(pl.col("n") * pl.col("spread") / pl.col("own")).to_series()


def t_value(counted: pl.DataFrame) -> pl.Series:
    """Student's quantile on customers − 1, from CLUSTERS."""
    return pl.Series(stdtrit(counted["clusters"].to_numpy() - 1.0, 0.975))


def repeat_rate(cursor: duckdb.DuckDBPyConnection, start: dt.date, end: dt.date, by: str | None = None) -> pl.DataFrame:
    query = _grouped(REPEAT_RATE, f"c.{by}," if by else "", by)
    return cursor.sql(query, params={"start": start, "end": end, "z": Z}).pl()


def retention(cursor: duckdb.DuckDBPyConnection, as_of: dt.date, region: str | None = None) -> pl.DataFrame:
    query = RETENTION.format(join=CUSTOMERS if region else "", condition="and c.region = $region" if region else "")
    params = {"as_of": as_of, "z": Z} | ({"region": region} if region else {})
    return cursor.sql(query, params=params).pl()


def _grouped(query: str, columns: str, by: str | None) -> str:
    if by is None:
        return query.format(columns="", names="", join="", group="", order="")
    return query.format(
        columns=columns, names=f"{by},", join=CUSTOMERS, group="group by all", order=f"order by {by} nulls last"
    )
