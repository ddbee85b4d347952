"""What lies behind a feedback score: how many gave each score, what they wrote, who gave low ones. Small frames, for one question."""

import narwhals.stable.v2 as nw
import polars as pl

from data.questions.ask import Question, find
from data.store.snapshot import Snapshot
from metrics.feedback.nps import asked
from metrics.feedback.satisfaction import LOW_BOX, MOST_POINTS, csat, csat_sums, with_box
from metrics.statistics.paired import paired_change
from metrics.survey.item_names import ratings

NPS_SCORES = range(11)
BINS = 10  # of a scale with more points than boxes can be drawn for
IDS = ("feedback_id", "source")  # of an answer: two sources may give one id
NEWEST = ("responded_at", *IDS)
BOX_TYPES = {
    "scale_low": pl.Float64,
    "scale_high": pl.Float64,
    "box_from": pl.Float64,
    "box_to": pl.Float64,
    "box": pl.Int64,
    "answers": pl.Int64,
}


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
    newest = rows.sort(*NEWEST, descending=[True, False, False]).head(limit)
    columns = ("responded_at", "score", "touchpoint", "region", "comment")
    found: pl.DataFrame = newest.select(*columns).collect("polars").to_native()
    return found


def weights(snap: Snapshot, question: Question) -> pl.DataFrame:
    """One row: answers (to the recommendation question), weighted (those that carry a survey weight)."""
    counted = _answers(snap, question).select(answers=nw.len(), weighted=nw.col("weight").count())
    found: pl.DataFrame = counted.collect("polars").to_native()
    return found


def score_boxes(snap: Snapshot, question: Question, *, survey: str) -> pl.DataFrame:
    """How many gave each score, on each scale: scale_low, scale_high, box_from, box_to, box (2 good, 1 between, 0 low), answers.

    One row per whole score of a scale with up to eleven points (a score between two belongs to the lower one); of a longer scale one
    per tenth. Boxes that nobody gave have 0 answers. The scale with most answers comes first. Without answers there is no row.
    """
    boxed = with_box(_of_survey(snap, question), survey=survey)
    counted = boxed.group_by("scale_low", "scale_high", "score").agg(answers=nw.len()).collect("polars").to_native()
    rows: list[tuple] = []
    for (low, high), scores in counted.group_by("scale_low", "scale_high"):
        rows += _boxes(float(low), float(high), scores)
    made = pl.DataFrame(rows, schema={name: kind for name, kind in BOX_TYPES.items() if name != "box"}, orient="row")
    # what a box counts as is told by a score in it: its own one, or the middle of a tenth, which no rounding moves out of it
    inside = made.with_columns(score=pl.mean_horizontal("box_from", "box_to"), survey=pl.lit(survey))
    kinds = with_box(nw.from_native(inside.lazy()), survey=survey).collect("polars").to_native()
    answered = pl.col("answers").sum().over("scale_low", "scale_high")
    return (
        kinds.select(pl.col(name).cast(kind) for name, kind in BOX_TYPES.items())
        .with_columns(answered=answered)
        .sort("answered", "scale_low", "scale_high", "box_from", descending=[True, False, False, False])
        .drop("answered")
    )


def low_scores(snap: Snapshot, question: Question, *, survey: str, limit: int) -> pl.DataFrame:
    """One row per answer at the low end of its scale (see `with_box`), newest first, at most `limit`: responded_at, score, scale_low,
    scale_high, touchpoint, channel, region, comment, customer_id (null where the answer names nobody)."""
    low = with_box(_of_survey(snap, question, attributes=("region",)), survey=survey).filter(nw.col("box") == LOW_BOX)
    newest = low.sort(*NEWEST, descending=[True, False, False]).head(limit)
    # as of no date: a customer's id is the same on every day, and the saved rows then answer at once
    known = snap.customers().select("customer_key", "customer_id")
    columns = ("responded_at", "score", "scale_low", "scale_high", "touchpoint", "channel", "region", "comment")
    joined = newest.join(known, on="customer_key", how="left").select(*columns, "customer_id", *IDS)
    found: pl.DataFrame = joined.collect("polars").to_native()
    return found.sort(*NEWEST, descending=[True, False, False]).drop(IDS)


def item_scores(snap: Snapshot, question: Question) -> pl.DataFrame:
    """One row per rated item of the questionnaires: item, then the columns of `csat`, by which each item is read. Without answers no row.

    Halves of Kano pairs are no ratings.
    """
    rows = csat(_item_rows(snap, question), by=["item"])
    return rows.filter(pl.col("item").is_in(ratings(rows["item"])))


def item_difference(snap: Snapshot, question: Question, *, one: str, other: str, confidence: float) -> pl.DataFrame:
    """The share of one item minus that of another: change, low, high, as `data.questions.changes.difference`.

    The same people rate all items, so that their ratings are paired.
    """
    sums = csat_sums(_item_rows(snap, question), by=["item"])
    sides = (sums.filter(nw.col("item") == item).drop("item") for item in (one, other))
    return paired_change(*sides, confidence=confidence, minimum=find("csat").minimum)


def _item_rows(snap: Snapshot, question: Question) -> nw.LazyFrame:
    """The answers to items as answers to a satisfaction question."""
    rows = snap.answers(question.segment, as_of=question.as_of, start=question.start, end=question.end)
    return rows.with_columns(survey=nw.lit("csat"))


def _boxes(low: float, high: float, scores: pl.DataFrame) -> list[tuple]:
    """Rows (scale_low, scale_high, box_from, box_to, answers) of one scale, from its answers per score."""
    long = high - low + 1 > MOST_POINTS
    count = BINS if long else round(high - low + 1)
    width = (high - low) / BINS if long else 1.0
    place = ((pl.col("score") - low) / width).floor().clip(0, count - 1).cast(pl.Int64)
    found = dict(scores.group_by(place.alias("place")).agg(pl.col("answers").sum()).iter_rows())
    return [(low, high, low + k * width, low + (k + long) * width, found.get(k, 0)) for k in range(count)]


def _of_survey(snap: Snapshot, question: Question, attributes: tuple[str, ...] = ()) -> nw.LazyFrame:
    return snap.feedback(
        question.segment, as_of=question.as_of, start=question.start, end=question.end, attributes=attributes
    )


def _answers(snap: Snapshot, question: Question, attributes: tuple[str, ...] = ()) -> nw.LazyFrame:
    return asked(_of_survey(snap, question, attributes))
