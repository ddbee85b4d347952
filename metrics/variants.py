"""The same data under the definitions that other tools use: why two people have two numbers for what they call by one name.

Each function gives one row per definition, ours ("standard") first: variant, n (what it rests on), value, low, high (null where the
definition has no interval of its own). A definition that the data do not allow is no row. None can be split into groups.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from metrics.clv.fitted import DEFAULT_MODEL, OK, TOO_FEW
from metrics.clv.lifetime import value_customers
from metrics.clv.values import of_groups
from metrics.engine.exact import money
from metrics.engine.periods import months_before, start_of
from metrics.engine.reduce import collected, kinds, one_if, period_start, totals
from metrics.feedback.nps import asked as recommending
from metrics.feedback.nps import nps
from metrics.feedback.satisfaction import SCALE, csat
from metrics.retention.retention import retention, retention_at
from metrics.retention.rolling import rolling_retention
from metrics.statistics.intervals import Bounds, adjusted_wald_nps, wilson

STANDARD = "standard"
TYPES: dict[str, pl.DataType] = {
    "variant": pl.String(),
    "n": pl.Int64(),
    **dict.fromkeys(("value", "low", "high"), pl.Float64()),
}
Row = tuple[str, int, float | None, float | None, float | None]

RETENTION_PERIOD = 3  # months after the first order
WINDOW_DAYS = 30
THREE_YEARS_WEEKS = 156
DAYS_PER_WEEK = 7


def nps_variants(feedback: nw.LazyFrame, *, minimum: int = 30) -> pl.DataFrame:
    """The Net Promoter Score under six definitions, in points; below `minimum` answers a score is withheld.

    standard: `nps`. alone: the interval as if each answer were another customer's. weighted: with the survey weights, where there are
    any. last_answer: the last answer of each customer (answers of no known customer count each). mean_of_months: the plain mean of
    the months' scores (n: months; left_out: months with fewer than `minimum` answers). lenient: 8 is a promoter and 6 a passive, as some
    firms in Europe count.
    """
    asked = recommending(feedback)
    score = nw.col("score")
    moved = nw.when(score == 8).then(nw.lit(9.0)).otherwise(nw.when(score == 6).then(nw.lit(7.0)).otherwise(score))
    standard = nps(asked, minimum=minimum)
    promoters, detractors = (pl.col(name) / pl.col("n") for name in ("promoters", "detractors"))
    rows = [
        _of(STANDARD, standard, "nps"),
        _of("alone", _bounded(standard, "nps", adjusted_wald_nps(promoters, detractors, pl.col("n"))), "nps"),
    ]
    if totals(asked.with_columns(weights=one_if(~nw.col("weight").is_null())), (), ["weights"]).item():
        rows.append(_of("weighted", nps(asked, weighted=True, minimum=minimum), "nps"))
    rows.append(_of("last_answer", nps(_last_answers(asked), minimum=minimum), "nps"))
    months = nps(_by_month(asked), by=["month"], minimum=minimum)
    rows.append(_mean_of("mean_of_months", months, "nps"))
    rows.append(_of("lenient", nps(asked.with_columns(score=moved), minimum=minimum), "nps"))
    return _framed(rows, mean_of_months=months["nps"].null_count())


def csat_variants(feedback: nw.LazyFrame, *, minimum: int = 30) -> pl.DataFrame:
    """Satisfaction under six definitions, each from 0 to 1; below `minimum` answers a share is withheld.

    standard: `csat`, the top two boxes. alone: the interval as if each answer were another customer's. top_box: the top box alone.
    last_answer: the last answer of each customer. mean_of_months: the plain mean of the months' shares (n: months; left_out: months with
    fewer than `minimum` answers). index: the mean score, from 0 at the lowest point of its scale to 1 at the highest.
    """
    asked = feedback.filter(nw.col("survey") == "csat", ~nw.col("score").is_null())
    low, high = (nw.col(end) for end in SCALE)
    top = nw.when(nw.col("score") >= high).then(high).otherwise(low)
    n, place = kinds(asked, (*SCALE, "score")).select(pl.col("n").sum(), place=_places()).row(0)
    standard, months = csat(asked, minimum=minimum), csat(_by_month(asked), by=["month"], minimum=minimum)
    return _framed(
        [
            _of(STANDARD, standard, "csat"),
            _of("alone", _bounded(standard, "csat", wilson(pl.col("satisfied"), pl.col("n"))), "csat"),
            _of("top_box", csat(asked.with_columns(score=top), minimum=minimum), "csat"),
            _of("last_answer", csat(_last_answers(asked), minimum=minimum), "csat"),
            _mean_of("mean_of_months", months, "csat"),
            ("index", n, place / n if n and n >= minimum else None, None, None),
        ],
        mean_of_months=months["csat"].null_count(),
    )


def retention_variants(
    order_days: nw.LazyFrame,
    *,
    as_of: dt.date,
    cohorts_from: dt.date,
    cohorts_to: dt.date,
    minimum: int = 30,
) -> pl.DataFrame:
    """Retention in month 3 of the customers who first ordered within two dates, under six definitions, each from 0 to 1.

    standard: an order in the third calendar month after that of the first order, over all cohorts that have reached it in full.
    on_or_after: in that month or later. by_then: a second month with an order by then. rolling: an order 90 to 119 days after the first
    one. mean_of_cohorts: the plain mean of the monthly cohorts (n: cohorts; left_out: those below `minimum`). all_buyers: of everybody who
    ordered in those months, new or not, counted in each, the share who ordered in the third month after it.
    """
    months = _months(order_days, as_of)
    dates = {"as_of": as_of, "cohorts_from": cohorts_from, "cohorts_to": cohorts_to}
    triangle = retention(months, **dates)  # type: ignore[arg-type]
    later = retention(months, kind="on_or_after", **dates)  # type: ignore[arg-type]
    windows = rolling_retention(order_days, window_days=WINDOW_DAYS, **dates)  # type: ignore[arg-type]
    reached = triangle.filter("complete", pl.col("period") == RETENTION_PERIOD)
    cohorts = reached.filter(pl.col("customers") >= minimum)["retention"]
    # the last month whose third month after it has ended: also one without a new customer
    last = months_before(as_of + dt.timedelta(days=1), RETENTION_PERIOD + 1)
    first, last = start_of(cohorts_from, "month"), min(start_of(cohorts_to, "month"), last)
    again, everybody = _months_after(months, first, last) if first <= last else ((0, 0), (0, 0))
    return _framed(
        [
            _in_month_3(STANDARD, triangle, minimum),
            _in_month_3("on_or_after", later, minimum),
            _share("by_then", *again, minimum=minimum),
            # each of its cells holds those customers alone whose own window has ended
            _in_month_3("rolling", windows.with_columns(complete=pl.lit(True)), minimum),
            ("mean_of_cohorts", len(cohorts), cohorts.mean() if len(cohorts) else None, None, None),  # type: ignore[list-item]
            _share("all_buyers", *everybody, minimum=minimum),
        ],
        mean_of_cohorts=reached.height - len(cohorts),
    )


def repeat_rate_variants(
    orders: nw.LazyFrame, *, as_of: dt.date, start: dt.date, end: dt.date, minimum: int = 30
) -> pl.DataFrame:
    """Repeat purchase between two dates under five definitions, each from 0 to 1.

    standard: `repeat_rate`, customers with two or more orders over customers with one or more. order_days: orders of one day are one.
    returning: buyers who by the end have ordered twice or more in their life. returning_orders: orders that are not their customer's
    first, of all orders (n: orders). ever: as the standard, over all customers with an order by the end and all their orders by then.

    `orders` has a row per order of a known customer, from each customer's first on.
    """
    last = min(end, as_of)
    day = nw.col("ordered_at").cast(nw.Date)
    seen = orders.select("customer_key", day=day).filter(nw.col("day") <= nw.lit(last))
    inside = nw.col("day") >= nw.lit(start)
    per_day = seen.group_by("customer_key", "day").agg(orders=nw.len())
    per_customer = (
        per_day.with_columns(
            window=nw.when(inside).then(nw.col("orders")).otherwise(nw.lit(0)), window_days=one_if(inside)
        )
        .group_by("customer_key")
        .agg(nw.col("orders").sum(), nw.col("window").sum(), nw.col("window_days").sum())
    )
    bought, twice = nw.col("window") > 0, nw.col("window") >= 2
    counts = {
        "buyers": one_if(bought),
        "repeat": one_if(twice),
        "repeat_days": one_if(nw.col("window_days") >= 2),
        "returning": one_if(bought & (nw.col("orders") >= 2)),
        "placed": nw.col("window"),
        "firsts": one_if(bought & (nw.col("orders") == nw.col("window"))),
        "customers": one_if(nw.col("orders") >= 1),
        "ever": one_if(nw.col("orders") >= 2),
    }
    total = totals(per_customer.select(**counts), (), list(counts)).row(0, named=True)
    buyers, placed = total["buyers"], total["placed"]
    return _framed(
        [
            _share(STANDARD, total["repeat"], buyers, minimum=minimum),
            _share("order_days", total["repeat_days"], buyers, minimum=minimum),
            _share("returning", total["returning"], buyers, minimum=minimum),
            # orders of one customer hang together, so a share of orders has no interval of independent draws
            (
                "returning_orders",
                placed,
                (placed - total["firsts"]) / placed if placed and placed >= minimum else None,
                None,
                None,
            ),
            _share("ever", total["ever"], total["customers"], minimum=minimum),
        ]
    )


def clv_variants(
    customers: nw.LazyFrame,
    *,
    as_of: dt.date,
    model: str = DEFAULT_MODEL,
    horizon_weeks: int = 52,
    discount_rate: float = 0.1,
    margin: float = 1.0,
    minimum: int = 30,
) -> pl.DataFrame:
    """Value per customer with an order under six definitions, in money; and state, of those in `fitted.STATES`.

    standard: the mean of `clv`. undiscounted: the same without a discount. three_years: within 156 weeks. other_model: by Pareto/NBD, or
    MBG/NBD where that is the standard's. past_rate: what all customers have spent per week since their first order goes on for the
    horizon. historical: net revenue to date. The last two are × `margin` as well.

    A forecast whose models cannot be believed is withheld: history would stand in for it, which is no other definition of one. The last
    two need no model; below `minimum` customers they are withheld, with the state too_few_customers.
    """
    frame = customers.filter(nw.col("orders") > 0)
    n, revenue, weeks = _history(frame, as_of)
    options = {"model": model, "horizon_weeks": horizon_weeks, "discount_rate": discount_rate, "margin": margin}
    other = "mbg_nbd" if model == "pareto_nbd" else "pareto_nbd"
    changed: dict[str, dict[str, object]] = {
        STANDARD: {},
        "undiscounted": {"discount_rate": 0.0},
        "three_years": {"horizon_weeks": THREE_YEARS_WEEKS},
        "other_model": {"model": other},
    }
    everybody = frame.with_columns(everybody=nw.lit(1))
    rows: list[tuple[*Row, str]] = [
        (name, n, *_forecast(everybody, as_of=as_of, **(options | more))) for name, more in changed.items()
    ]
    enough = n >= max(minimum, 1)
    rate = margin * horizon_weeks * revenue / weeks if enough and weeks else None
    to_date = margin * revenue / n if enough else None
    for name, value in (("past_rate", rate), ("historical", to_date)):
        rows.append((name, n, value, None, None, TOO_FEW if value is None else OK))
    return pl.DataFrame(rows, schema=TYPES | {"state": pl.String()}, orient="row")


def _places() -> pl.Expr:
    """Where scores lie between the ends of their scales, from 0 to 1, added up."""
    low, high = (pl.col(end) for end in SCALE)
    return ((pl.col("score") - low) / (high - low) * pl.col("n")).sum()


def _last_answers(answers: nw.LazyFrame) -> nw.LazyFrame:
    """The last answer of each customer, the one of the greater id among several of one moment; of no known customer, all."""
    known = answers.filter(~nw.col("customer_key").is_null())
    last = known.group_by("customer_key").agg(responded_at=nw.col("responded_at").max())
    of_moment = known.join(last, on=["customer_key", "responded_at"])
    chosen = of_moment.group_by("customer_key").agg(feedback_id=nw.col("feedback_id").max())
    kept = of_moment.join(chosen, on=["customer_key", "feedback_id"])
    return nw.concat([kept, answers.filter(nw.col("customer_key").is_null()).select(kept.collect_schema().names())])


def _by_month(answers: nw.LazyFrame) -> nw.LazyFrame:
    return answers.with_columns(month=period_start(nw.col("responded_at"), "month"))


def _months(order_days: nw.LazyFrame, as_of: dt.date) -> nw.LazyFrame:
    """A row per customer and month with an order, as retention takes them."""
    seen = order_days.filter(nw.col("day") <= nw.lit(as_of))
    dated = seen.select("customer_key", month=period_start(nw.col("day"), "month"))
    return dated.group_by("customer_key", "month").agg(orders=nw.len())


def _months_after(months: nw.LazyFrame, first: dt.date, last: dt.date) -> tuple[tuple[int, int], tuple[int, int]]:
    """Of the cohorts between two months: who ordered again by month 3, and how many they are. Of all who ordered in those months,
    counted in each: who ordered in the third month after it, and how many they are."""
    begun = months.group_by("customer_key").agg(cohort=nw.col("month").min())
    again = (
        months.join(begun, on="customer_key")
        .filter(nw.col("month") > nw.col("cohort"))
        .group_by("customer_key")
        .agg(second=nw.col("month").min())
    )
    inside = begun.filter(nw.col("cohort") >= nw.lit(first), nw.col("cohort") <= nw.lit(last))
    limit = nw.col("cohort").dt.offset_by(f"{RETENTION_PERIOD}mo").cast(nw.Date)
    followed = inside.join(again, on="customer_key", how="left").with_columns(
        n=nw.lit(1), again=one_if(nw.col("second") <= limit)
    )
    bought = months.filter(nw.col("month") >= nw.lit(first), nw.col("month") <= nw.lit(last)).select(
        "customer_key", target=nw.col("month").dt.offset_by(f"{RETENTION_PERIOD}mo").cast(nw.Date)
    )
    there = months.select("customer_key", target=nw.col("month").cast(nw.Date), there=nw.lit(1))
    everybody = bought.join(there, on=["customer_key", "target"], how="left").with_columns(
        n=nw.lit(1), again=one_if(nw.col("there") == 1)
    )
    counted = [totals(frame.select("again", "n"), (), ["again", "n"]).row(0) for frame in (followed, everybody)]
    return counted[0], counted[1]


def _history(customers: nw.LazyFrame, as_of: dt.date) -> tuple[int, float, float]:
    """Customers, what they have spent, and the weeks since their first orders, added up."""
    rows = customers.with_columns(first=nw.col("first_order_at").cast(nw.Date)).group_by("first")
    counted = collected(rows.agg(n=nw.len(), revenue=money("revenue").sum())).sort("first")
    days = (pl.lit(as_of) - pl.col("first").cast(pl.Date)).dt.total_days()
    n, revenue, weeks = counted.select(
        pl.col("n").sum().cast(pl.Int64),
        pl.col("revenue").cast(pl.Float64).sum(),
        (days * pl.col("n").cast(pl.Int64)).sum() / DAYS_PER_WEEK,
    ).row(0)
    return n, revenue, weeks


def _of(name: str, row: pl.DataFrame, value: str, n: str = "n") -> Row:
    """A definition from the one row of a metric."""
    found = row.row(0, named=True)
    return name, found[n], found[value], found["low"], found["high"]


def _bounded(row: pl.DataFrame, value: str, bounds: Bounds) -> pl.DataFrame:
    """The row with another interval, where the number is not withheld."""
    known = pl.col(value).is_not_null()
    return row.with_columns(low=pl.when(known).then(bounds[0]), high=pl.when(known).then(bounds[1]))


def _in_month_3(name: str, triangle: pl.DataFrame, minimum: int) -> Row:
    return _of(name, retention_at(triangle, period=RETENTION_PERIOD, minimum=minimum), "retention", "customers")


def _mean_of(name: str, months: pl.DataFrame, value: str) -> Row:
    """The plain mean over the months whose number is not withheld."""
    known = months[value].drop_nulls()
    return name, len(known), known.mean() if len(known) else None, None, None  # type: ignore[return-value]


def _share(name: str, successes: int, n: int, *, minimum: int) -> Row:
    """A share with its Wilson interval, withheld below the minimum."""
    if not n or n < minimum:
        return name, n, None, None, None
    low, high = pl.select(*(end.alias(str(i)) for i, end in enumerate(wilson(pl.lit(successes), pl.lit(n))))).row(0)
    return name, n, successes / n, low, high


def _forecast(everybody: nw.LazyFrame, **options: Any) -> tuple[float | None, float | None, float | None, str]:
    """The mean expected value, low and high, where the models are believed; and their state."""
    forecast = value_customers(everybody, by=["everybody"], **options).forecast
    state = forecast.fitted.state
    if not forecast.fitted.predicts:
        return None, None, None, state
    means = of_groups(forecast, pl.DataFrame({"everybody": pl.repeat(1, len(forecast.cells.n), eager=True)}))
    return (*means.select("clv", "low", "high").row(0), state)


def _framed(rows: Sequence[Row], **left_out: int) -> pl.DataFrame:
    """The rows; where there is a plain mean, with how many months or cohorts it leaves out."""
    frame = pl.DataFrame(rows, schema=TYPES, orient="row")
    if not left_out:
        return frame
    return frame.with_columns(left_out=pl.col("variant").replace_strict(left_out, default=None, return_dtype=pl.Int64))
