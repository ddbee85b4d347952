"""The weighted satisfaction index: rated items on 0–100 of their scales, in one number."""

from collections.abc import Mapping, Sequence

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.errors import RuleError
from metrics.metric import CONFIDENCE, HIGH, LOW, Argument, Column, Metric
from metrics.survey.correlations import draws
from metrics.survey.item_names import ratings
from metrics.survey.responses import DRAWS, Responses, answered, groups
from metrics.texts import N_

TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("n", "complete", "items"), pl.Int64()),
    **dict.fromkeys(("index", "low", "high"), pl.Float64()),
}


def satisfaction_index(
    items: nw.LazyFrame, *, by: Sequence[str] = (), weights: str = "", confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """Σ wᵢ·100·(x̄ᵢ − min)/(max − min) over rated items, Σw = 1: 0 to 100, higher is better.

    `weights` names items with their weights, such as “service=2, price=1”, in any unit, and leaves the others out; without any, all rated
    items count alike. Each item’s mean is that of all who answered it. One row per combination of `by`, or exactly one: n (respondents
    with one of the items), complete (of them, with all), items, index, low, high (bootstrap over customers). Null below `minimum`
    respondents to any of the items. RuleError for an item that nobody was asked, and for a text that is no weight.

    The form of the index: Fornell et al. 1996, Journal of Marketing 60(4):7–18.
    """
    chosen = parsed(weights)
    long = answered(items, by)
    unknown = [name for name in chosen if name not in set(long["item"])]
    if unknown and long.height:
        raise RuleError(N_("No questionnaire asks for “{item}”, which has a weight."), item=unknown[0])
    rows = [(*key, *_index(found, chosen, confidence, minimum)) for key, found in groups(long, by)]
    return pl.DataFrame(rows, schema={name: long.schema[name] for name in by} | TYPES, orient="row")


def parsed(text: str) -> dict[str, float]:
    """Item → weight; empty for no text."""
    found = {}
    for part in filter(str.strip, text.split(",")):
        name, equals, number = part.rpartition("=")
        try:
            weight = float(number)
        except ValueError:
            weight = -1.0
        if not (equals and name.strip() and 0 < weight < float("inf")):
            raise RuleError(
                N_("“{text}” is no weight; write it as item=weight, item=weight, with weights above 0."),
                text=part.strip(),
            )
        found[name.strip()] = weight
    return found


def _index(
    responses: Responses, weights: Mapping[str, float], confidence: float, minimum: int
) -> tuple[int, int, int, float | None, float | None, float | None]:
    """What TYPES say of one group."""
    chosen = [item for item in ratings(responses.items) if not weights or item in weights]
    whole = len(weights) or len(chosen)
    if not chosen:
        return (0, 0, 0, None, None, None)
    own = responses.of(chosen)
    counts = own.n, int(own.complete.sum()), len(chosen)
    there = ~np.isnan(own.scores)
    if len(chosen) < whole or there.sum(axis=0).min() < minimum or (own.high <= own.low).any():
        return (*counts, None, None, None)
    w = np.array([weights.get(item, 1.0) for item in chosen])
    scaled = np.where(there, 100 * (own.scores - own.low) / (own.high - own.low), 0.0)
    known, place = np.unique(own.cluster, return_inverse=True)
    totals, sizes = (np.zeros((len(known), len(chosen))) for _ in range(2))
    np.add.at(totals, place, scaled)
    np.add.at(sizes, place, there.astype(float))
    value = float(totals.sum(axis=0) / sizes.sum(axis=0) @ (w / w.sum()))
    drawn = draws(len(known), DRAWS)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = (drawn @ totals / (drawn @ sizes)) @ (w / w.sum())
    low, high = np.nanquantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return (*counts, value, min(value, float(low)), max(value, float(high)))


METRICS = (
    Metric(
        name="satisfaction_index",
        version=1,
        label=N_("Satisfaction index"),
        in_sentence=N_("the satisfaction index"),
        unit=N_("points, 0 to 100"),
        higher_is_better=True,
        grain=N_("one row, or one per group"),
        definition=N_(
            "Rated items of questionnaires in one number: each item’s mean is set on 0–100 of its scale, and the means are weighted, with "
            "weights that add up to 1. Without weights of one’s own all items count alike. A missing answer is left out of its item’s mean "
            "only. Halves of Kano pairs and stated importances are no ratings."
        ),
        no_data=N_(
            "Without questionnaires n is 0 and the index is empty; where fewer than the minimum answered one of the items, the counts "
            "stand."
        ),
        interval=N_("Percentiles of 1,000 bootstrap draws of customers."),
        source=N_("Fornell et al. 1996, Journal of Marketing 60(4):7–18, for the form of the index."),
        function=satisfaction_index,
        frame="items",
        columns={
            "n": Column(N_("respondents who answered at least one of the items"), "count"),
            "complete": Column(N_("of them, with an answer to every item"), "count"),
            "items": Column(N_("items that count"), "count"),
            "index": Column(N_("weighted mean of the items on 0–100"), "points"),
            "low": LOW,
            "high": HIGH,
        },
        arguments={
            "weights": Argument("", N_("Which items count how much, such as service=2, price=1; empty: all alike.")),
            "confidence": CONFIDENCE,
            "minimum": Argument(
                30, N_("Below this number of answers to one of the items the index is withheld; the counts are shown.")
            ),
        },
        value="index",
        n="n",
        watch="its items change with the questionnaire, so that two periods need not be of the same",
    ),
)
