"""What lies behind the themes of comments: all themes side by side, by score, what was written, by whom, and words that no theme covers."""

import datetime as dt
import math
import re
from collections import Counter
from dataclasses import replace

import narwhals.stable.v2 as nw
import polars as pl
import rjieba

from data.comments.lexicon import check_theme, lexicon, themes
from data.questions.ask import Question
from data.questions.comments.themed import commented, read
from data.store.snapshot import Snapshot
from metrics.comments.themes import theme_nps, theme_share, theme_sums
from metrics.engine.reduce import in_order
from metrics.feedback.nps import DETRACTOR_TO, PROMOTER_FROM
from metrics.statistics.paired import paired_change
from metrics.statistics.verdict import confidence_of_each

KINDS = ("promoter", "passive", "detractor")
BLAME = {"any": (-1, 0, 1), "blame": (-1,), "praise": (1,)}
TABLE_TYPES: dict[str, pl.DataType] = {
    "theme": pl.String(),
    **dict.fromkeys(("n", "named", "praised", "blamed"), pl.Int64()),
    **dict.fromkeys(("theme_share", "low", "high"), pl.Float64()),
    "nps_n": pl.Int64(),
    **dict.fromkeys(("nps", "nps_low", "nps_high", "change", "change_low", "change_high"), pl.Float64()),
}
LIST_TYPES: dict[str, pl.DataType] = {
    "responded_at": pl.Datetime("us"),
    "score": pl.Float64(),
    **dict.fromkeys(("customer_id", "touchpoint", "region", "tier", "comment"), pl.String()),
}
SHORTEST_QUOTE, LONGEST_QUOTE = 12, 240  # characters
FEWEST_COMMENTS = 5  # that hold a word, below which it is not listed
WORDS_SHOWN = 12
LATIN = re.compile(r"[a-z][a-z'-]{3,}")
CHINESE = re.compile(r"^[\u3400-\u9fff]{2,}$")


def theme_table(
    snap: Snapshot, question: Question, *, trade: str, tone: str, before: tuple[dt.date, dt.date] | None = None
) -> pl.DataFrame:
    """All themes of a trade: one row per theme, with the columns of `theme_share`, nps_n, nps, nps_low and nps_high of `theme_nps`, and
    change, change_low and change_high of the share against the dates `before` (null without).

    The intervals of the changes are so wide that all of them hold together (Šidák).
    """
    rows = _all_themes(snap, question, trade)
    shares = theme_share(rows, by=["theme"], tone=tone)
    scores = theme_nps(rows, by=["theme"], tone=tone).select(
        "theme", "nps", nps_n="n", nps_low="low", nps_high="high"
    )  # fmt: skip
    known = pl.DataFrame({"theme": themes(trade)}, schema={"theme": pl.String()})
    found = known.join(shares, on="theme", how="left").join(scores, on="theme", how="left")
    moved = pl.DataFrame(
        schema={"theme": pl.String(), "change": pl.Float64(), "low": pl.Float64(), "high": pl.Float64()}
    )
    if before and found["n"].sum():
        earlier = _all_themes(snap, replace(question, start=before[0], end=before[1]), trade)
        sides = (theme_sums(side, by=["theme"], tone=tone) for side in (rows, earlier))
        moved = paired_change(*sides, by=["theme"], confidence=confidence_of_each(known.height))
    changes = moved.select("theme", "change", change_low="low", change_high="high")
    together = found.join(changes, on="theme", how="left").with_columns(
        pl.col("n", "named", "praised", "blamed", "nps_n").fill_null(0)
    )
    return in_order(together, (), TABLE_TYPES)


def theme_by_score(snap: Snapshot, question: Question, *, trade: str, tone: str) -> pl.DataFrame:
    """How often promoters, passives and detractors name each theme: one row per theme and kind, with the columns of `theme_share`."""
    score = nw.col("score")
    kind = (
        nw.when(score >= PROMOTER_FROM)
        .then(nw.lit(KINDS[0]))
        .otherwise(nw.when(score > DETRACTOR_TO).then(nw.lit(KINDS[1])).otherwise(nw.lit(KINDS[2])))
    )
    asked = (nw.col("survey") == "nps") & (nw.col("scale_low") == 0) & (nw.col("scale_high") == 10)
    rows = _all_themes(snap, question, trade).filter(asked).with_columns(kind=kind)
    return theme_share(rows, by=["theme", "kind"], tone=tone)


def comments_on(
    snap: Snapshot,
    question: Question,
    *,
    trade: str,
    theme: str,
    tone: str,
    search: str = "",
    limit: int | None = None,
) -> pl.DataFrame:
    """The comments that name a theme in that tone and hold the words searched for, newest first: responded_at, score, customer_id (null
    where the answer names nobody), touchpoint, region, tier and comment."""
    found = _found(snap, question, trade, theme, tone, search)
    newest = found.sort("responded_at", "source", "feedback_id", descending=[True, False, False])
    kept = newest if limit is None else newest.head(limit)
    keys = kept["customer_key"].drop_nulls().unique().to_list()
    known = snap.customers(as_of=question.as_of).filter(nw.col("customer_key").is_in(keys))
    ids: pl.DataFrame = known.select("customer_key", "customer_id").collect("polars").to_native()
    joined = kept.join(ids, on="customer_key", how="left", maintain_order="left")
    return joined.select(pl.col(name).cast(kind) for name, kind in LIST_TYPES.items())


def comment_count(
    snap: Snapshot, question: Question, *, trade: str, theme: str, tone: str, search: str = ""
) -> pl.DataFrame:
    """One row: n, how many comments `comments_on` lists."""
    return pl.DataFrame({"n": [_found(snap, question, trade, theme, tone, search).height]})


def quotes(
    snap: Snapshot, question: Question, *, trade: str, theme: str, tone: str, search: str = "", limit: int
) -> pl.DataFrame:
    """Comments that stand for a theme: those whose words come most often among the comments that name it in that tone, no two alike, as
    rows of `comments_on`. Chosen for what they say, not for their date."""
    found = _found(snap, question, trade, theme, tone, search)
    fit = found.filter(pl.col("comment").str.len_chars().is_between(SHORTEST_QUOTE, LONGEST_QUOTE))
    rows = (
        (fit if fit.height else found)
        .sort("comment", "source", "feedback_id")
        .unique("comment", keep="first", maintain_order=True)
    )
    words = [_words(comment) for comment in rows["comment"]]
    often = Counter(word for each in words for word in each)
    typical = [sum(math.log1p(often[word]) for word in each) / math.sqrt(len(each) or 1) for each in words]
    ranked = rows.with_columns(typical=pl.Series(typical, dtype=pl.Float64)).sort(
        "typical", "comment", descending=[True, False]
    )  # fmt: skip
    chosen: list[int] = []
    held: list[frozenset[str]] = []
    for place, comment in enumerate(ranked["comment"]):
        own = frozenset(_words(comment))
        if all(3 * len(own & other) <= len(own | other) for other in held):
            chosen.append(place)
            held.append(own)
        if len(chosen) == limit:
            break
    return ranked[chosen].select(pl.col(name).cast(kind) for name, kind in LIST_TYPES.items() if name in ranked.columns)


def further_words(snap: Snapshot, question: Question, *, trade: str) -> pl.DataFrame:
    """Words that no theme of the trade covers and that stand out in the comments of detractors: one row per word, at most WORDS_SHOWN, with
    comments (that hold it), among_detractors (of these) and keyness.

    Keyness is the log-likelihood ratio of a word in comments of detractors against those of all others (Dunning 1993, Computational
    Linguistics 19:61–74); words in fewer than FEWEST_COMMENTS comments are left out.
    """
    rows = commented(_feedback(snap, question)).filter(pl.col("survey") == "nps")
    known = lexicon(trade)
    inside: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    low = 0
    for comment, score in rows.select("comment", "score").iter_rows():
        words = {word for word in _words(comment) if word not in known.senses and word not in known.inner}
        detractor = score <= DETRACTOR_TO
        low += detractor
        (inside if detractor else outside).update(words)
    types = {"word": pl.String(), "comments": pl.Int64(), "among_detractors": pl.Int64(), "keyness": pl.Float64()}
    high = rows.height - low
    found = [
        (word, inside[word] + outside[word], inside[word], keyness(inside[word], low, outside[word], high))
        for word in sorted(inside)
        if inside[word] + outside[word] >= FEWEST_COMMENTS and inside[word] * high > outside[word] * low
    ]
    return (
        pl.DataFrame(found, schema=types, orient="row")
        .sort("keyness", "word", descending=[True, False])
        .head(WORDS_SHOWN)
    )


def keyness(one: int, of_one: int, other: int, of_other: int) -> float:
    """The log-likelihood ratio of `one` in `of_one` against `other` in `of_other`; 0 where both are as frequent."""
    together = (one + other) / max(of_one + of_other, 1)
    terms = ((one, of_one * together), (other, of_other * together))
    return 2 * sum(seen * math.log(seen / expected) for seen, expected in terms if seen)


def _found(snap: Snapshot, question: Question, trade: str, theme: str, tone: str, search: str) -> pl.DataFrame:
    check_theme(trade, theme)
    rows = commented(_feedback(snap, question, ("region", "tier")), by=("touchpoint", "region", "tier"))
    named = read(rows["comment"], trade).filter(pl.col("theme") == theme, pl.col("theme_tone").is_in(BLAME[tone]))
    found = rows.join(named.select("comment"), on="comment", how="semi", maintain_order="left")
    for word in search.lower().split():
        found = found.filter(pl.col("comment").str.to_lowercase().str.contains(word, literal=True))
    return found


def _all_themes(snap: Snapshot, question: Question, trade: str) -> nw.LazyFrame:
    """One row per comment and theme of the trade, as `themed` gives them for one."""
    rows = commented(_feedback(snap, question))
    named = read(rows["comment"], trade)
    every = rows.join(pl.DataFrame({"theme": themes(trade)}), how="cross")
    joined = every.join(named, on=["comment", "theme"], how="left").drop("comment")
    found = joined.with_columns(
        theme_named=pl.col("theme_tone").is_not_null().cast(pl.Int64),
        theme_tone=pl.col("theme_tone").fill_null(0).cast(pl.Int64),
    )
    return nw.from_native(found.lazy())


def _feedback(snap: Snapshot, question: Question, attributes: tuple[str, ...] = ()) -> nw.LazyFrame:
    return snap.feedback(
        question.segment, as_of=question.as_of, start=question.start, end=question.end, attributes=attributes
    )


def _words(comment: str) -> list[str]:
    """The different words of a comment that mean something by themselves: English ones of four letters and more, Chinese ones of two
    characters and more."""
    text = comment.lower()
    return sorted({*LATIN.findall(text), *(word for word in rjieba.cut(text) if CHINESE.match(word))})
