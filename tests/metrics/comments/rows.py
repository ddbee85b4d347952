"""Short ways to write comments that were read for a theme."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from tests.metrics.frames import answer_rows, lazy

# (customer, score, tone of the theme: 1, 0, −1, or None where the comment does not name it)
Comment = tuple[int | None, float, int | None]


def comments(rows: Sequence[Comment], **more: Sequence[object]) -> nw.LazyFrame:
    """As `data.questions.comments.themed.themed` gives them, all on one day."""
    answers = answer_rows([{"customer_key": key, "score": score} for key, score, _tone in rows])
    tones = pl.Series([tone for *_others, tone in rows], dtype=pl.Int64)
    return lazy(
        answers.with_columns(
            day=pl.lit(dt.date(2026, 1, 15)),
            theme_named=tones.is_not_null().cast(pl.Int64),
            theme_tone=tones.fill_null(0),
            **{name: pl.Series(values) for name, values in more.items()},
        )
    )
