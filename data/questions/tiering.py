"""What pages need to know of tiers beside the metrics: how far the uploaded ones reach, and a rule to begin with. Small frames."""

import narwhals.stable.v2 as nw
import polars as pl

from data.questions.ask import Question
from data.store.snapshot import Snapshot
from metrics.engine.reduce import collected, one_if
from metrics.tiers.rules import suggested_thresholds


def uploaded_tiers(snap: Snapshot, question: Question) -> pl.DataFrame:
    """One row about the tier changes of everybody up to the question's `as_of`: members, moved (with more than one change), first and
    last (dates of the earliest and the latest change; null without any)."""
    each = (
        snap.tier_changes(as_of=question.as_of)
        .group_by("customer_key")
        .agg(changes=nw.len(), first=nw.col("effective_on").min(), last=nw.col("effective_on").max())
    )
    found = collected(
        each.select(
            members=nw.len(),
            moved=one_if(nw.col("changes") > 1).sum(),
            first=nw.col("first").min(),
            last=nw.col("last").max(),
        )
    )
    return found.with_columns(pl.col("members", "moved").cast(pl.Int64).fill_null(0))


def rule_suggestion(
    snap: Snapshot, question: Question, *, measure: str, months: int, names: tuple[str, ...]
) -> pl.DataFrame:
    """`tier_rules.suggested_thresholds` of everybody at the question's end: tier, threshold, customers."""
    return suggested_thresholds(
        snap.customer_periods(as_of=question.as_of),
        as_of=min(question.end, question.as_of),
        measure=measure,
        months=months,
        names=names,
    )
