"""What questionnaires there are behind drivers, Kano and models: which items were asked, and whose answers are beside them."""

import narwhals.stable.v2 as nw
import polars as pl

from data.questions.ask import Question
from data.store.snapshot import Snapshot
from metrics.engine.reduce import collected, distinct
from metrics.survey.responses import OUTCOMES, outcomes


def items_asked(snap: Snapshot, question: Question) -> pl.DataFrame:
    """One row per item, in the order of their names: item, answers. Without questionnaires no row."""
    counted = _rows(snap, question).group_by("item").agg(answers=nw.len())
    return collected(counted).with_columns(pl.col("answers").cast(pl.Int64)).sort("item")


def outcomes_beside(snap: Snapshot, question: Question) -> pl.DataFrame:
    """One row: nps and csat, how many questionnaires have an answer to either question in the same response; weighted, the answers
    to score questions that carry a survey weight."""
    keys = ["source", "response_id"]
    filled = collected(distinct(_rows(snap, question), keys))
    scores = snap.feedback(question.segment, as_of=question.as_of, start=question.start, end=question.end)
    found = {name: outcomes(scores, name, weighted=False).join(filled, on=keys) for name in OUTCOMES}
    weighted = collected(scores.select(weighted=nw.col("weight").count())).item()
    return pl.DataFrame({**{name: [rows.height] for name, rows in found.items()}, "weighted": [int(weighted)]})


def _rows(snap: Snapshot, question: Question) -> nw.LazyFrame:
    return snap.answers(question.segment, as_of=question.as_of, start=question.start, end=question.end)
