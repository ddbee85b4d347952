"""What lies behind lifetime value, of the customers of a question as of its day. Small frames, whatever the number of customers."""

import datetime as dt

import polars as pl

from data.questions.ask import Question, find, observed
from data.store.snapshot import Snapshot
from metrics.clv.judgement import judged
from metrics.clv.summary import clv_summary
from metrics.dimension import ATTRIBUTES


def value_summary(
    snap: Snapshot,
    question: Question,
    *,
    model: str,
    horizon_weeks: int,
    discount_rate: float,
    margin: float,
    below: float,
    shown: int,
) -> pl.DataFrame:
    """One row, see `metrics.clv.summary.clv_summary`: groups by every attribute of a customer, and by the further columns of members that
    the question splits by; and the first `shown` worth keeping."""
    as_of = seen_until(snap, question)
    dimensions = tuple(dict.fromkeys((*ATTRIBUTES, *question.by)))
    rows = snap.customers(question.segment, as_of=as_of, attributes=dimensions)
    return clv_summary(
        rows,
        as_of=as_of,
        dimensions=dimensions,
        model=model,
        horizon_weeks=horizon_weeks,
        discount_rate=discount_rate,
        margin=margin,
        below=below,
        shown=shown,
    )


def honesty(snap: Snapshot, question: Question, *, model: str, holdout_weeks: int) -> pl.DataFrame:
    """One row, see `metrics.clv.judgement.judged`: the model fitted to all but the last `holdout_weeks`, against what happened in them.
    With `holdout_weeks` 0 their number follows from how far the data reach (`metrics.clv.judgement.usual_weeks`)."""
    as_of = seen_until(snap, question)
    return judged(snap.order_days(question.segment, as_of=as_of), as_of=as_of, model=model, holdout_weeks=holdout_weeks)


def seen_until(snap: Snapshot, question: Question) -> dt.date:
    """The question's day, or the last one with an order when that is earlier."""
    return observed(snap.extent(), find("clv"), question.as_of)
