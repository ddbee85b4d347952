"""A column of scores as a whole: on which scale it is, and what its words mean."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from data.imports.cells.answers import ALL, cell_answers, fold_cell, with_answers
from data.imports.cells.labels import fitting, nearest
from data.imports.cells.scores import codes, is_no_answer, parse_score, points, scale_of
from data.imports.columns.reading import Reading
from data.imports.columns.unread import QUESTIONS
from data.imports.columns.wanted import Wanted
from data.imports.outcome.receipt import Convention
from data.imports.outcome.undecided import Undecided, Unread, UnreadCell
from metrics.texts import N_

USUAL = ("1-5", "1-7", "1-10", "0-10")
FEW, ENOUGH = (
    3,
    30,
)  # answers of which none comes near the top: worth a question from FEW on, where the gap is small from ENOUGH on
MOST_WORDS = 200
NAMED = r"^-?\d+\s*[-–—:.、=(]\s*([^\d\s].*?)\)?$"  # the words behind a number, folded
UPSIDE_DOWN = N_(
    "{file}, column “{column}”: the numbers of {lines} answers run against their words: {cells}. On the scale {scale} the best answer has "
    "the highest number. Which score does each of them mean?"
)


def decide_score(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    """How the scores of a column are read. Raises Undecided for the scale, Unread for words that no single list explains."""
    answers = cell_answers({**wanted.kept, **wanted.values}, wanted.name)
    cells = _cells(wanted, answers)
    numbers = cells.filter(pl.col("number").is_not_null())
    words = cells.filter(pl.col("number").is_null(), ~pl.col("cell").is_in(list(answers)))
    scale = wanted.values.get("scale") or wanted.kept.get("scale")
    known: Mapping[str, float] = {}
    found = []
    if 0 < words.height <= MOST_WORDS and ALL not in answers:
        seen = words["cell"].to_list()
        lists = fitting(seen, scale)
        if len(lists) != 1:
            raise _question(wanted, words, scale, len(lists) > 1)
        known, scale = lists[0].words, scale or lists[0].scale
        named = sorted(set(seen), key=lambda word: known[word])
        found.append(
            Convention(wanted.file, wanted.header, "words", ", ".join(f"{word} = {known[word]:g}" for word in named))
        )
    if ALL not in answers:
        _refuse_upside_down(wanted, numbers.filter(~pl.col("cell").is_in(list(answers))), scale)
    if not wanted.values.get("scale"):
        scale = _kept(wanted, numbers, scale) if scale else _scale(wanted, numbers)
    elif "scale" not in wanted.given and "scale" not in wanted.kept:
        _refuse_lower(wanted, numbers, scale or "")
    assert scale
    reading = replace(wanted.plain(), scale=scale, words=known)
    return reading, [Convention(wanted.file, wanted.header, "scale", scale), *found]


def _cells(wanted: Wanted, answers: Mapping[str, str]) -> pl.DataFrame:
    """The different answers: value, cell (folded), lines, number (null for words)."""
    cells = wanted.connection.sql(
        f"select {wanted.name} as value, count(*) as lines from {wanted.source} where {wanted.name} is not null group by 1"
    ).pl()
    text = with_answers(pl.col("value"), answers)
    return (
        cells.filter(~is_no_answer(text))
        .with_columns(cell=fold_cell(pl.col("value")), number=parse_score(text))
        .sort(["lines", "value"], descending=[True, False])
    )


def _whole(numbers: pl.DataFrame, scale: str = "0-10") -> list[tuple[int, int]]:
    """The whole scores with their counts, without codes for "not answered"."""
    missing = [float(code) for code in codes(scale)]
    rows = numbers.filter(~pl.col("number").is_in(missing), pl.col("number") == pl.col("number").round())
    return [(int(number), lines) for number, lines in rows.select("number", "lines").iter_rows()]


def _scale(wanted: Wanted, numbers: pl.DataFrame) -> str:
    """The one usual scale that the answers span from end to end, or that alone holds them."""
    scores = [score for score, _ in _whole(numbers)]
    if not scores:
        return USUAL[0]
    low, high = min(scores), max(scores)
    spanned = f"{low}-{high}"
    fits = [scale for scale in USUAL if scale_of(scale)[0] <= low and high <= scale_of(scale)[1]]
    if wanted.is_item and fits:
        return fits[0]
    if spanned not in USUAL and low == 0 and high <= 7:  # nobody gave a score that only the longer scale has
        fits = [f"0-{5 if high <= 5 else 7}", *fits]
    if spanned in USUAL or len(fits) == 1:
        return spanned if spanned in USUAL else fits[0]
    raise Undecided(
        N_(
            "{file}, column “{column}”: the answers lie between {low} and {high} and do not show on which scale they were given; what "
            "counts as a good answer depends on it."
        ),
        option="scale",
        answers=tuple(fits) or (f"1-{high}", f"0-{max(high, 100)}"),
        file=wanted.file,
        column=wanted.header,
        low=low,
        high=high,
    )


def _kept(wanted: Wanted, numbers: pl.DataFrame, scale: str) -> str:
    """The scale of earlier answers with these headers, or of the words, unless the answers contradict it."""
    low, high = scale_of(scale)
    beyond = sorted(score for score, _ in _whole(numbers, scale) if not low <= score <= high)
    if not beyond:
        return scale
    wider = [one for one in USUAL if scale_of(one)[0] <= min(beyond) and max(beyond) <= scale_of(one)[1]]
    raise Undecided(
        N_(
            "{file}, column “{column}”: answers under these headers are on the scale {scale}, and this file holds {score}. An import "
            "that was read on another scale is put right by undoing it and loading it again."
        ),
        option="scale",
        answers=(*wider, scale),
        file=wanted.file,
        column=wanted.header,
        scale=scale,
        score=beyond[-1],
    )


def _refuse_lower(wanted: Wanted, numbers: pl.DataFrame, scale: str) -> None:
    """A fixed scale, that of NPS for instance, whose upper part nobody uses is likely another one."""
    scores = _whole(numbers, scale)
    n, high = sum(lines for _, lines in scores), max((score for score, _ in scores), default=0)
    top = scale_of(scale)[1]
    small = [one for one in USUAL if all(score in range(1, int(scale_of(one)[1]) + 1) for score, _ in scores)]
    lower = [one for one in small if scale_of(one)[1] < top and (n >= ENOUGH or high <= 5)]
    if n < FEW or not lower or lower[0] not in ("1-5", "1-7"):
        return
    is_nps = wanted.values.get("survey") == "nps"
    raise Undecided(
        N_(
            "{file}, column “{column}”: none of {n} answers exceeds {high}, which points to a scale that ends there, not to 0–10 as NPS "
            "has it. Answers on another scale are loaded as csat."
        )
        if is_nps
        else N_(
            "{file}, column “{column}”: none of {n} answers exceeds {high}, which points to another scale than {scale}."
        ),
        option="scale",
        answers=(scale,) if is_nps else (*lower, scale),
        file=wanted.file,
        column=wanted.header,
        n=n,
        high=high,
        scale=scale,
    )


def _refuse_upside_down(wanted: Wanted, numbers: pl.DataFrame, scale: str | None) -> None:
    """Raise Unread where "1 - Very satisfied" and "5 - Very dissatisfied" number their words from the good end."""
    named = numbers.with_columns(word=pl.col("cell").str.extract(NAMED, 1)).filter(pl.col("word").is_not_null())
    lists = fitting(named["word"].to_list(), scale) if named["word"].n_unique() > 1 else []
    if len(lists) != 1:
        return
    points = [(number, lists[0].words[word]) for number, word in named.select("number", "word").iter_rows()]
    pairs = [(a - c) * (b - d) for a, b in points for c, d in points]
    if any(one < 0 for one in pairs) and not any(one > 0 for one in pairs):
        proposals = {cell: lists[0].words[word] for cell, word in named.select("cell", "word").iter_rows()}
        raise _asked(UPSIDE_DOWN, wanted, named, lists[0].scale, proposals)


def _question(wanted: Wanted, words: pl.DataFrame, scale: str | None, several: bool) -> Unread:
    """All words of the column, with the scores of the list that holds most of them as proposals, unless lists differ on them."""
    near = nearest(words["cell"].to_list(), scale)
    on = scale or (near.scale if near else USUAL[0])
    return _asked(QUESTIONS["score"], wanted, words, on, near.words if near and not several else {})


def _asked(sentence: str, wanted: Wanted, words: pl.DataFrame, on: str, proposals: Mapping[str, float]) -> Unread:
    cells = tuple(
        UnreadCell(row["value"], row["lines"], f"{proposals[row['cell']]:g}" if row["cell"] in proposals else "")
        for row in words.head(Unread.SHOWN).iter_rows(named=True)
    )
    return Unread(
        sentence,
        field=wanted.name,
        kind="score",
        cells=cells,
        others=max(0, words.height - Unread.SHOWN),
        choices=points(on),
        file=wanted.file,
        column=wanted.header,
        lines=words["lines"].sum(),
        scale=on,
    )
