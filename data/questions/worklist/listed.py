"""The worklist of the week: whom to call, why, and what is at stake."""

import datetime as dt

import narwhals.stable.v2 as nw
import polars as pl

from data.questions.ask import Question, find, observed
from data.questions.worklist.held_out import contacted
from data.store.snapshot import Snapshot
from metrics.dimension import REGION, STORE, TIER
from metrics.engine.reduce import collected, folded
from metrics.tiers.order import tier_order
from metrics.tiers.tiers import LAPSED
from metrics.worklist import reasons
from metrics.worklist.stake import value_at_stake
from metrics.worklist.tier_steps import Steps, counting_months, read_months, read_off, spends, tier_steps

OF_WHOM = (TIER.column, REGION.column, STORE.column)
LIST_TYPES: dict[str, pl.DataType] = {
    "customer_id": pl.String(),
    **dict.fromkeys(("reason", "reasons"), pl.String()),
    "stake": pl.Float64(),
    **dict.fromkeys(OF_WHOM, pl.String()),
    "last_order": pl.Date(),
    "days_since": pl.Int64(),
    "orders": pl.Int64(),
    "revenue": pl.Float64(),
    **dict.fromkeys(("usual_gap_days", "year_revenue", "score"), pl.Float64()),
    "score_on": pl.Date(),
    "due_days": pl.Int64(),
    "step": pl.String(),
    "missing": pl.Float64(),
    "step_on": pl.Date(),
}
KEYED: dict[str, pl.DataType] = {"customer_key": pl.Int64(), **LIST_TYPES}
COUNT_TYPES: dict[str, pl.DataType] = {"reason": pl.String(), "customers": pl.Int64(), "stake": pl.Float64()}
STEP_TYPES: dict[str, pl.DataType] = {"tier": pl.String(), "threshold": pl.Float64()}
DETAILS = ("usual_gap_days", "year_revenue", "score", "score_on", "due_days", "step", "missing", "step_on")


def worklist(
    snap: Snapshot, question: Question, *, hiatus_days: int, reason: str = "", limit: int | None = None
) -> pl.DataFrame:
    """One row per customer of the question's segment who meets a rule (see `metrics.worklist.reasons`) on its day, with LIST_TYPES.

    `reason` is the first of REASONS that the customer meets, and `reasons` all of them with commas between; numbers that a rule rests on
    are null for who does not meet it (a tier about to be lost goes before one that is near). stake: see `value_at_stake`. Tier, region and
    home store are those of the day; orders and revenue (net) are those to date. From what is most at stake on, then by revenue and by
    customer_id. With a `reason`, those alone who meet it; with `limit`, the first ones only. Days after the last order of the data are not
    observed: the day is then that one. Without orders there is no row.
    """
    return _first(_everybody(snap, question, hiatus_days)[0], reason, limit)


def worklist_summary(
    snap: Snapshot, question: Question, *, hiatus_days: int, reason: str = "", limit: int, campaign: int = 0
) -> pl.DataFrame:
    """What a page shows of the list, without whom the lot of the `campaign` holds out (0: there is none).

    One row: as_of (the day that was seen), customers (on the list), counts (per reason: customers who meet it, and what is at stake with
    them), rows (the first `limit` of `worklist`), steps (the thresholds that tiers were read by) and agreement (the share of members whose
    tier they give; null without any).
    """
    everybody, steps, as_of = _everybody(snap, question, hiatus_days)
    rows = contacted(snap, everybody, campaign)
    each = rows.select("stake", reason=pl.col("reasons").str.split(",")).explode("reason")
    counted = each.group_by("reason").agg(
        customers=pl.len(), stake=pl.when(pl.col("stake").count() > 0).then(pl.col("stake").sum())
    )  # where no forecast is believed, unknown
    names = pl.DataFrame({"reason": reasons.REASONS})
    counts = names.join(counted, on="reason", how="left", maintain_order="left").with_columns(
        pl.col("customers").fill_null(0)
    )
    thresholds = pl.DataFrame(list(steps.thresholds.items()), schema=STEP_TYPES, orient="row")
    return pl.DataFrame({"as_of": [as_of], "customers": [rows.height]}).with_columns(
        counts=folded(_shaped(counts, COUNT_TYPES)),
        rows=folded(_first(rows, reason, limit)),
        steps=folded(thresholds),
        agreement=pl.lit(steps.agreement, pl.Float64),
    )


def _first(rows: pl.DataFrame, reason: str, limit: int | None) -> pl.DataFrame:
    if reason:
        rows = rows.filter(pl.col("reasons").str.split(",").list.contains(reason))
        rows = rows.with_columns(reason=pl.lit(reason))
    return _shaped(rows if limit is None else rows.head(limit), LIST_TYPES)


def _everybody(snap: Snapshot, question: Question, hiatus_days: int) -> tuple[pl.DataFrame, Steps, dt.date]:
    """The whole list, the thresholds of tiers, and the day that was seen."""
    as_of = observed(snap.extent(), find("clv"), question.as_of)
    if not snap.extent().orders_last:
        return pl.DataFrame(schema=KEYED), Steps(), as_of
    segment = question.segment
    days = snap.order_days(segment, as_of=as_of)
    known = snap.customers(segment, as_of=as_of, attributes=OF_WHOM).filter(nw.col("orders") > 0)
    steps, lost, near = _tier_steps(snap, question, as_of)
    first, last = counting_months(as_of)
    year = snap.customer_periods(segment, as_of=as_of).filter(
        nw.col("month") >= nw.lit(first), nw.col("month") <= nw.lit(last)
    )
    said = snap.feedback(segment, as_of=as_of, start=as_of - dt.timedelta(days=reasons.YEAR_DAYS))
    found = {
        reasons.LOW_SCORE: reasons.low_score(said, days, as_of=as_of),
        reasons.LAPSING: reasons.lapsing(days, as_of=as_of, hiatus_days=hiatus_days).drop("days_since"),
        reasons.QUIET: reasons.quiet(year, known, as_of=as_of, hiatus_days=hiatus_days),
        reasons.TIER_LOSS: lost,
        reasons.NEXT_TIER: near,
        reasons.SECOND: reasons.second_order(days, as_of=as_of),
    }
    return _listed(_people(snap, known, as_of), found, as_of), steps, as_of


def _people(snap: Snapshot, known: nw.LazyFrame, as_of: dt.date) -> pl.DataFrame:
    columns = ("customer_key", "customer_id", *OF_WHOM, "last_order_at", "orders", "revenue")
    people = collected(known.select(*columns))
    # models are fitted to all customers that are seen, so that a filter does not change what is at stake with somebody
    stakes = value_at_stake(snap.customers(as_of=as_of), as_of=as_of)
    return people.join(stakes, on="customer_key", how="left")


def _listed(people: pl.DataFrame, found: dict[str, pl.DataFrame], as_of: dt.date) -> pl.DataFrame:
    met = pl.concat(
        rows.select(pl.col("customer_key").cast(pl.Int64)).with_columns(place=pl.lit(place))
        for place, rows in enumerate(found.values())
    )
    named = pl.col("place").sort().replace_strict(range(len(found)), list(found), return_dtype=pl.String)
    rows = met.group_by("customer_key").agg(reason=named.first(), reasons=named.str.join(","))
    rows = rows.join(people.with_columns(pl.col("customer_key").cast(pl.Int64)), on="customer_key")
    for detail in found.values():
        keyed = detail.with_columns(pl.col("customer_key").cast(pl.Int64))
        rows = rows.join(keyed, on="customer_key", how="left", suffix="_other")
    rows = rows.with_columns(
        pl.coalesce(name, f"{name}_other") for name in DETAILS if f"{name}_other" in rows.columns
    ).with_columns(
        last_order=pl.col("last_order_at").cast(pl.Date),
        days_since=(pl.lit(as_of) - pl.col("last_order_at").cast(pl.Date)).dt.total_days(),
    )
    ranked = rows.sort("stake", "revenue", "customer_id", descending=[True, True, False], nulls_last=True)
    return _shaped(ranked, KEYED)


def _tier_steps(snap: Snapshot, question: Question, as_of: dt.date) -> tuple[Steps, pl.DataFrame, pl.DataFrame]:
    """The thresholds of the uploaded tiers, read off all members, and who of the segment is about to lose or to reach one."""
    ladder = _ladder(snap)
    nobody = pl.DataFrame(
        schema={"customer_key": pl.Int64, "missing": pl.Float64, "step": pl.String, "step_on": pl.Date}
    )
    first = snap.extent().orders_first
    if not ladder or not first or first > read_months(as_of)[0]:
        return Steps(), nobody, nobody
    tier = collected(snap.customers(as_of=as_of, attributes=(TIER.column,)).select("customer_key", TIER.column))
    tier = tier.drop_nulls(TIER.column)
    months = snap.customer_periods(as_of=as_of)
    spent = spends(months, from_month=read_months(as_of)[0], to_month=read_months(as_of)[1])
    members = tier.join(spent, on="customer_key", how="left").with_columns(pl.col("spend").fill_null(0.0))
    steps = read_off(members.sort("customer_key"), ladder)
    if not steps.thresholds:
        return steps, nobody, nobody
    ours = snap.customers(question.segment, as_of=as_of).filter(nw.col("orders") > 0)
    usual = collected(ours.select("customer_key", "orders", "revenue"))
    usual = usual.select("customer_key", usual=pl.col("revenue").cast(pl.Float64) / pl.col("orders"))
    first_month, last_month = counting_months(as_of)
    now = spends(months, from_month=first_month, to_month=last_month)
    return steps, *tier_steps(now, tier, usual, steps.thresholds, as_of=as_of)


def _ladder(snap: Snapshot) -> list[str]:
    """The uploaded tiers from the lowest on; none where nobody can tell their order."""
    named = snap.ladder()
    if named:
        return [name.strip() for name in named.split(",")]
    return tier_order([name for name in snap.values(TIER.column) if name != LAPSED]) or []


def _shaped(rows: pl.DataFrame, types: dict[str, pl.DataType]) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(kind) for name, kind in types.items())
