"""Kano’s model: which features delight, which are taken for granted, from two answers to each."""

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.engine.periods import checked
from metrics.survey.correlations import draws
from metrics.survey.item_names import kano_pairs, stated_importance
from metrics.survey.responses import DRAWS, Responses, answered, groups

# Rows: the answer when the feature is there; columns: when it is not; like, must-be, neutral, live-with, dislike.
TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
VARIANTS = ("usual", "equal_questionable")
LETTERS = "AOMIRQ"
CATEGORIES = {
    "A": "attractive",
    "O": "performance",
    "M": "must_be",
    "I": "indifferent",
    "R": "reverse",
    "Q": "questionable",
}
COUNTS = tuple(CATEGORIES.values())
POINTS = 5
MIXED = "mixed"
FONG_Z = 1.65

TYPES: dict[str, pl.DataType] = {
    "feature": pl.String(),
    **dict.fromkeys(("n", "missing", *COUNTS), pl.Int64()),
    "category": pl.String(),
    **dict.fromkeys(("leads_by", "needed"), pl.Float64()),
    **dict.fromkeys(("better", "low", "high", "worse", "worse_low", "worse_high"), pl.Float64()),
    **dict.fromkeys(("better_se", "worse_se", "correlation", "stated"), pl.Float64()),
}


def kano(
    items: nw.LazyFrame,
    *,
    by: Sequence[str] = (),
    variant: str = "usual",
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """What customers would feel with and without each feature: how many answers fall into each category, and what it would change.

    A feature is a pair of items on 1–5 (1 like, 2 must-be, 3 neutral, 4 live with, 5 dislike), known by their names. One row per
    combination of `by` and feature, the largest `better` first: feature, n (respondents who answered both), missing (who answered one),
    attractive, performance, must_be, indifferent, reverse, questionable (counts), category (the leading one; mixed where it does not
    lead clearly), leads_by and needed (Fong’s test: a − b, and what it takes), better ((A + O) / (A + O + M + I), 0 to 1), low, high,
    worse (−(O + M) / (A + O + M + I), −1 to 0), worse_low, worse_high (bootstrap over customers), better_se, worse_se, correlation (of
    both over the draws, for an ellipse), stated (importance, 0–100 of its scale). Below `minimum` the counts stand and the rest is null.
    `variant` “equal_questionable” also calls two equal answers other than neutral questionable. Without pairs there is no row.

    Kano, Seraku, Takahashi & Tsuji 1984, Journal of the Japanese Society for Quality Control 14(2):39–48; Berger et al. 1993, Center for
    Quality of Management Journal 2(4):3–36.
    """
    table = _table(checked("variant", variant, VARIANTS))
    rows: list[tuple[object, ...]] = []
    long = answered(items, by)
    scale = long.filter(
        pl.col("scale_low") == 1, pl.col("scale_high") == POINTS, pl.col("score") == pl.col("score").round()
    )
    importance = long.join(scale, on=["source", "response_id", "item"], how="anti")
    stated = dict(groups(importance, by))
    for key, found in groups(scale, by):
        pairs = kano_pairs(found.items)
        means = _stated(stated.get(key), pairs) | _stated(found, pairs)
        for feature, pair in pairs.items():
            told = _feature(found, pair, table, confidence, minimum)
            rows.append((*key, feature, *told, means.get(feature)))
    schema = {name: long.schema[name] for name in by} | TYPES
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.sort(*by, "better", "feature", descending=[*[False] * len(by), True, False], nulls_last=True)


def category(functional: int, dysfunctional: int, variant: str = "usual") -> str:
    """The letter of one pair of answers, each 1 to 5."""
    return LETTERS[_table(checked("variant", variant, VARIANTS))[functional - 1, dysfunctional - 1]]


def leading(counts: Sequence[int]) -> tuple[str, int, float]:
    """The category that leads among counts in the order of LETTERS, by how much, and how much it takes; mixed where that is more.

    The leading category a is clear over the next one b of N answers when a − b ≥ 1.65·√((a + b)(2N − a − b) / 2N): Fong 1996, Center for
    Quality of Management Journal 5(3).
    """
    total = sum(counts)
    order = sorted(range(len(counts)), key=lambda place: -counts[place])
    first, second = (counts[place] for place in order[:2])
    together = first + second
    needed = FONG_Z * float(np.sqrt(together * (2 * total - together) / (2 * total))) if total else 0.0
    clear = total > 0 and first - second >= needed
    return (COUNTS[order[0]] if clear else MIXED), first - second, needed


def _table(variant: str) -> np.ndarray:
    """The place in LETTERS of each pair of answers."""
    found = np.array([[LETTERS.index(letter) for letter in row] for row in TABLE])
    if variant == "equal_questionable":
        for place in (0, 1, 3, 4):
            found[place, place] = LETTERS.index("Q")
    return found


def _feature(
    responses: Responses, pair: tuple[str, str], table: np.ndarray, confidence: float, minimum: int
) -> tuple[object, ...]:
    """What TYPES say of a feature, between its name and its stated importance."""
    answers = responses.of(pair)
    both = answers.rows(answers.complete)
    n, missing = both.n, answers.n - both.n
    functional, dysfunctional = (both.scores[:, place].astype(int) - 1 for place in (0, 1))
    letters = table[functional, dysfunctional]
    counts = np.bincount(letters, minlength=len(LETTERS)).tolist()
    if n < minimum:
        return (n, missing, *counts, *[None] * 12)
    name, by, needed = leading(counts)
    known, place = np.unique(both.cluster, return_inverse=True)
    per_customer = np.zeros((len(known), len(LETTERS)))
    np.add.at(per_customer, (place, letters), 1.0)
    drawn = draws(len(known), DRAWS) @ per_customer
    better, worse = _coefficients(np.array(counts, float))
    betters, worses = _coefficients(drawn)
    if not np.isfinite(better):
        return (n, missing, *counts, name, by, needed, *[None] * 9)
    there = np.isfinite(betters)
    betters, worses = betters[there], worses[there]
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    spread = betters.std(ddof=1), worses.std(ddof=1)
    correlation = float(np.corrcoef(betters, worses)[0, 1]) if min(spread) > 0 else None
    bounds = [np.quantile(values, ends).tolist() for values in (betters, worses)]
    (low, high), (worse_low, worse_high) = (
        (min(low, value), max(high, value)) for (low, high), value in zip(bounds, (better, worse), strict=True)
    )
    return (
        *(n, missing, *counts, name, by, needed, float(better), low, high, float(worse), worse_low, worse_high),
        *(float(spread[0]), float(spread[1]), correlation),
    )  # fmt: skip


def _coefficients(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Better and worse of counts in the order of LETTERS; not a number where nobody took a side."""
    a, o, m, i = (counts[..., place] for place in range(4))
    with np.errstate(invalid="ignore", divide="ignore"):
        return (a + o) / (a + o + m + i), -(o + m) / (a + o + m + i)


def _stated(responses: Responses | None, features: dict[str, tuple[str, str]]) -> dict[str, float]:
    """How important people say that a feature is, 0–100 of the scale."""
    if responses is None:
        return {}
    asked = stated_importance([*features, *responses.items])
    found = {}
    for feature, name in asked.items():
        if feature in features and name in responses.items:
            own = responses.of([name])
            found[feature] = float(100 * (own.scores[:, 0].mean() - own.low[0]) / (own.high[0] - own.low[0]))
    return found
