"""The customers behind a number: who gave an answer of a kind, who is in a cell of the cohort triangle or of the tier migration.

Each list is made from the frame and the arguments that the metric itself is called with, by the metric's own helpers, so that it is as
long as the number that it stands behind.
"""

import datetime as dt
from collections.abc import Callable

import narwhals.stable.v2 as nw
import polars as pl

from data.questions.ask import Question, asked_with
from data.store.snapshot import Snapshot
from metrics.dimension import STORE, TIER
from metrics.feedback.nps import answered_as
from metrics.retention.retention import cohort_members
from metrics.retention.rolling import rolling_members
from metrics.segments.moves import NEW
from metrics.tiers.moves import movers

CUSTOMER_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("customer_id", "region", "tier", "store"), pl.String()),
    **dict.fromkeys(("first_order", "last_order"), pl.Date()),
    "orders": pl.Int64(),
    "revenue": pl.Float64(),
}
ANSWER_TYPES: dict[str, pl.DataType] = {
    "responded_at": pl.Datetime("us"),
    "score": pl.Float64(),
    **dict.fromkeys(("customer_id", "region", "tier", "store"), pl.String()),
    "orders": pl.Int64(),
    "revenue": pl.Float64(),
}
OF_A_DATE = (TIER.column, STORE.column)  # what a customer is as of a date
MEMBERS: dict[str, Callable[..., nw.LazyFrame]] = {
    "retention": cohort_members,
    "rolling_retention": rolling_members,
}


def answers_of(
    snap: Snapshot, question: Question, *, kind: str, comments: bool = False, limit: int | None = None
) -> pl.DataFrame:
    """The answers that the metric nps counts as “promoters”, “passives” or “detractors”: one row each, newest first.

    responded_at, score, customer_id (null where the answer names nobody), region and store (the customer's, else the answer's own) and
    tier as of the question's date, orders and revenue (net, the customer's to date; null where nobody is named, and without any order in
    the data), and with `comments` comment. With `limit`, the first ones only. Without answers there is no row.
    """
    rows, _given = asked_with(snap, "nps", question)
    known = snap.customers(as_of=question.as_of, attributes=OF_A_DATE)
    details, else_own = ("customer_id", "tier", "orders", "revenue"), ("region", "store")
    joined = answered_as(rows, kind).join(
        known.select("customer_key", *(nw.col(name).alias(f"own_{name}") for name in (*details, *else_own))),
        on="customer_key",
        how="left",
    )
    named = joined.with_columns(
        *(nw.col(f"own_{name}").alias(name) for name in details),
        *(nw.coalesce(f"own_{name}", name).alias(name) for name in else_own),
    )
    wanted = [*ANSWER_TYPES, *["comment"] * comments]
    ids = ("feedback_id", "source")  # two sources may give one id
    found = _first(named.select(*wanted, *ids), ("responded_at", *ids), (True, False, False), limit)
    shaped = _shaped(found, {**ANSWER_TYPES, **({"comment": pl.String()} if comments else {})})
    if snap.extent().orders_last is None:  # nobody's orders are known, which is not that there are none
        return shaped.with_columns(pl.lit(None, ANSWER_TYPES[name]).alias(name) for name in ("orders", "revenue"))
    return shaped


def cohort_customers(
    snap: Snapshot,
    question: Question,
    *,
    metric: str,
    number: int,
    active: bool,
    limit: int | None = None,
    **given: object,
) -> pl.DataFrame:
    """The customers behind period `number` of the cohorts from the question's start to its end: one row each, the most valuable first.

    `metric` is “retention” or “rolling_retention”, `given` its arguments (period, kind; window_days, kind). `active`: those whom the cell
    counts as active, else the other customers of the cohorts. Columns of CUSTOMER_TYPES: tier and store as of the question's date,
    orders and revenue (net) to date. By revenue from high to low, then by customer_id; with `limit`, the first ones only. A cell that is
    not yet observable (see the metric) has no row.
    """  # fmt: skip
    rows, asked = asked_with(snap, metric, question, **given)
    for only_shown in ("by", "members", "data_from"):
        asked.pop(only_shown)
    members = MEMBERS[metric](rows, number=number, **asked)
    return _customers(snap, question, members.filter(nw.col("active") == int(active)), limit)


def tier_movers(
    snap: Snapshot,
    question: Question,
    *,
    from_tier: str,
    to_tier: str,
    silent: bool = False,
    limit: int | None = None,
    **given: object,
) -> pl.DataFrame:
    """The members in a cell of the metric tier_migration, whose arguments are `given`: one row each, the most valuable first.

    from_tier may be “new” or “lapsed”, to_tier “lapsed”; with `silent`, only those without an order after the cell's later date. Columns
    as those of `cohort_customers`, which also says order and `limit`; the tier is that of the question's date. Without members there is
    no row.
    """
    members = _movers(snap, question, from_tier, to_tier, **given)
    return _customers(snap, question, members, limit, silent_after=question.end if silent else None)


def tier_movers_size(
    snap: Snapshot, question: Question, *, from_tier: str, to_tier: str, **given: object
) -> pl.DataFrame:
    """One row: members in the cell of `tier_movers`, and silent, those of them without an order after its later date."""
    known = snap.customers(as_of=question.as_of)
    joined = _movers(snap, question, from_tier, to_tier, **given).join(known, on="customer_key", how="left")
    counted = joined.with_columns(silent=nw.when(_silent_after(question.end)).then(1).otherwise(0))
    found = counted.select(members=nw.len(), silent=nw.col("silent").sum()).collect("polars").to_native()
    return found.select(pl.col("members", "silent").cast(pl.Int64).fill_null(0))


def _movers(snap: Snapshot, question: Question, from_tier: str, to_tier: str, **given: object) -> nw.LazyFrame:
    """The members of the cell: customer_key."""
    rows, asked = asked_with(snap, "tier_migration", question, **given)
    for only_shown in ("by", "ladder"):
        asked.pop(only_shown, None)
    return movers(rows, from_tier=from_tier, to_tier=to_tier, **asked)  # type: ignore[arg-type]


def _silent_after(day: dt.date) -> nw.Expr:
    """Whether a customer has no order after the day."""
    ended = dt.datetime.combine(day + dt.timedelta(days=1), dt.time())
    return nw.col("last_order_at").is_null() | (nw.col("last_order_at") < nw.lit(ended))


def class_members(
    snap: Snapshot,
    question: Question,
    *,
    segment: str,
    before: str = "",
    limit: int | None = None,
    **given: object,
) -> pl.DataFrame:
    """The customers of a class at the end of the question's period, one row each, the most valuable first.

    With `before`, only who was in that class on the day before the period, or in none (“new_here”). `given`: the arguments of the metric
    segment_moves. Columns, order and `limit` as in `cohort_customers`.
    """
    rows, _asked = asked_with(snap, "segment_moves", question, **given)
    members = rows.filter(nw.col("segment") == segment)
    if before:
        members = members.filter(nw.col("before").is_null() if before == NEW else nw.col("before") == before)
    return _customers(snap, question, members, limit)


def _customers(
    snap: Snapshot, question: Question, members: nw.LazyFrame, limit: int | None, silent_after: dt.date | None = None
) -> pl.DataFrame:
    """One row per customer of `members`, which has a column customer_key, with what is known of each."""
    types = CUSTOMER_TYPES
    known = snap.customers(as_of=question.as_of, attributes=OF_A_DATE)
    joined = members.select("customer_key").join(known, on="customer_key", how="left")
    if silent_after:
        joined = joined.filter(_silent_after(silent_after))
    dated = joined.with_columns(
        first_order=nw.col("first_order_at").cast(nw.Date),
        last_order=nw.col("last_order_at").cast(nw.Date),
        revenue=nw.col("revenue").fill_null(0),
    )
    found = _first(dated.select(*types), ("revenue", "customer_id"), (True, False), limit)
    return _shaped(found, types)


def _first(rows: nw.LazyFrame, by: tuple[str, ...], descending: tuple[bool, ...], limit: int | None) -> pl.DataFrame:
    ranked = rows.sort(*by, descending=list(descending), nulls_last=True)
    kept = ranked if limit is None else ranked.head(limit)
    found: pl.DataFrame = kept.collect("polars").to_native()
    return found


def _shaped(found: pl.DataFrame, types: dict[str, pl.DataType]) -> pl.DataFrame:
    return found.select(pl.col(name).cast(kind) for name, kind in types.items())
