"""Comments read for their themes: the frame that the metrics of comments are counted over."""

import threading
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b

import narwhals.stable.v2 as nw
import polars as pl

from data.comments.lexicon import check_theme
from data.comments.reading import Reader

SURVEYS = ("nps", "csat", "ces")  # whose row stands for the person where one comment came with several scores
ROWS = (
    *("source", "feedback_id", "customer_key", "responded_at", "survey", "score", "scale_low", "scale_high", "comment"),
)  # fmt: skip
MOST_REMEMBERED = 400_000  # comments of a trade
READ_TYPES: dict[str, pl.DataType] = {
    "comment": pl.String(),
    "theme": pl.String(),
    "theme_tone": pl.Int8(),
}

Themes = tuple[tuple[str, int], ...]


class Remembered:
    """What comments of a trade were read as, by a digest of their text, so that nothing of what people wrote stays in memory."""

    def __init__(self, trade: str) -> None:
        self._reader, self._found, self._one = Reader(trade), dict[bytes, Themes](), threading.Lock()

    def read(self, comments: Iterable[str]) -> list[Themes]:
        """The themes of each comment."""
        with self._one:
            if len(self._found) > MOST_REMEMBERED:
                self._found.clear()
            return [self._themes(comment) for comment in comments]

    def _themes(self, comment: str) -> Themes:
        digest = blake2b(comment.encode(), digest_size=16).digest()
        found = self._found.get(digest)
        if found is None:
            found = self._found[digest] = tuple(self._reader.read(comment))
        return found


@cache
def _remembered(trade: str) -> Remembered:
    return Remembered(trade)


def commented(feedback: nw.LazyFrame, *, by: Sequence[str] = ()) -> pl.DataFrame:
    """The answers that have a comment, with the columns `by` beside ROWS: one row per person and comment. Where several scores came with
    one comment, the answer to the recommendation question stands for all."""
    wanted = feedback.filter(nw.col("comment").str.len_chars() > 0).select(*dict.fromkeys((*ROWS, *by)))
    rows: pl.DataFrame = wanted.collect("polars").to_native()
    place = pl.col("survey").replace_strict(SURVEYS, range(len(SURVEYS)), default=len(SURVEYS), return_dtype=pl.Int8)
    person = ("source", "customer_key", "responded_at", "comment")
    ordered = rows.sort(place, "source", "feedback_id", maintain_order=True)
    same = ordered.with_columns(_nth=pl.int_range(pl.len()).over(*person, "survey"))
    return same.unique([*person, "_nth"], keep="first", maintain_order=True).drop("_nth")


def read(comments: pl.Series, trade: str) -> pl.DataFrame:
    """The themes of comments: one row per different comment and theme that it names: comment, theme, theme_tone (1, 0, −1)."""
    texts = comments.drop_nulls().unique().sort().to_list()
    found = _remembered(trade).read(texts)
    rows = [(text, *theme) for text, themes in zip(texts, found, strict=True) for theme in themes]
    return pl.DataFrame(rows, schema=READ_TYPES, orient="row")


def themed(feedback: nw.LazyFrame, *, trade: str, theme: str, by: Sequence[str] = ()) -> nw.LazyFrame:
    """The answers that have a comment, each read for one theme: the rows of `commented` without what was written, with day, theme_named
    (1 or 0) and theme_tone (1 praise, −1 blame, 0 neither)."""
    check_theme(trade, theme)
    rows = commented(feedback, by=by)
    named = read(rows["comment"], trade).filter(pl.col("theme") == theme).drop("theme")
    joined = rows.join(named, on="comment", how="left").drop("comment")
    found = joined.with_columns(
        day=pl.col("responded_at").cast(pl.Date),
        theme_named=pl.col("theme_tone").is_not_null().cast(pl.Int64),
        theme_tone=pl.col("theme_tone").fill_null(0).cast(pl.Int64),
    )
    return nw.from_native(found.lazy())
