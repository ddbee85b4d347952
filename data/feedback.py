"""What lies behind a feedback score: how many gave each score, and what they wrote last. Small frames, for one question."""

import narwhals.stable.v2 as nw
import polars as pl

from data.ask import Question
from data.snapshot import Snapshot

NPS_SCORES = range(11)


def score_counts(snap: Snapshot, question: Question) -> pl.DataFrame:
    """Eleven rows: score (0–10), answers (to the recommendation question, 0 where nobody gave that score)."""
    counted = _answers(snap, question).group_by("score").agg(answers=nw.len()).collect("polars").to_native()
    scores = pl.DataFrame({"score": list(NPS_SCORES)}, schema={"score": pl.Int64})
    found = counted.select(pl.col("score").cast(pl.Int64), pl.col("answers").cast(pl.Int64))
    return scores.join(found, on="score", how="left").with_columns(pl.col("answers").fill_null(0)).sort("score")


def latest_comments(snap: Snapshot, question: Question, *, limit: int) -> pl.DataFrame:
    """One row per answer to the recommendation question that has a comment, newest first, at most `limit`:
    responded_at, score, touchpoint, region, comment."""
    rows = _answers(snap, question, attributes=("region",)).filter(nw.col("comment").str.len_chars() > 0)
    newest = rows.sort("responded_at", "feedback_id", descending=[True, False]).head(limit)
    columns = ("responded_at", "score", "touchpoint", "region", "comment")
    found: pl.DataFrame = newest.select(*columns).collect("polars").to_native()
    return found


def _answers(snap: Snapshot, question: Question, attributes: tuple[str, ...] = ()) -> nw.LazyFrame:
    rows = snap.feedback(
        question.segment, as_of=question.as_of, start=question.start, end=question.end, attributes=attributes
    )
    return rows.filter(nw.col("survey") == "nps", nw.col("scale_low") == 0, nw.col("scale_high") == 10)
