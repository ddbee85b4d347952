"""Questionnaires as a table: one row per respondent, one column per item, and what the respondent said of the whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.engine.periods import checked
from metrics.engine.reduce import collected, one_if
from metrics.feedback.nps import DETRACTOR_TO, PROMOTER_FROM, asked
from metrics.feedback.satisfaction import TOP_BOX, with_box

OUTCOMES = ("nps", "csat")
MISSING = ("pairwise", "listwise")
KEY = ("source", "response_id")
MOST_CLUSTERS = 2_000  # customers are resampled one by one up to here, and in so many groups of them beyond
SEED = 1965  # of resampling: the same answers give the same interval
DRAWS = 1_000


@dataclass(frozen=True)
class Responses:
    """What one group of respondents answered: `scores` has a row per respondent and a column per item, NaN where there is no answer;
    `low` and `high` are the ends of each item’s scale. `cluster` numbers the customers from 0, or groups of them where they are many; a
    respondent whom nobody knows is a customer of its own. `outcome` is the score of the whole, `net` what it adds to the number in the
    title of the page (−100, 0 or 100 for NPS; 0 or 100 for CSAT); both are empty where no outcome was asked for."""

    items: tuple[str, ...]
    scores: np.ndarray
    low: np.ndarray
    high: np.ndarray
    weight: np.ndarray
    cluster: np.ndarray
    outcome: np.ndarray
    net: np.ndarray

    @property
    def n(self) -> int:
        """How many respondents answered at least one item."""
        return len(self.scores)

    @property
    def complete(self) -> np.ndarray:
        """Who answered every item."""
        found: np.ndarray = ~np.isnan(self.scores).any(axis=1)
        return found

    def of(self, items: Sequence[str]) -> "Responses":
        """The same respondents with some of the items, without those who answered none of them."""
        places = [self.items.index(item) for item in items]
        kept = replace(
            self, items=tuple(items), scores=self.scores[:, places], low=self.low[places], high=self.high[places]
        )
        return kept.rows(~np.isnan(kept.scores).all(axis=1))

    def rows(self, chosen: np.ndarray) -> "Responses":
        """Some of the respondents."""
        parts = {name: getattr(self, name)[chosen] for name in ("scores", "weight", "cluster", "outcome", "net")}
        return replace(self, **parts)


def answered(items: nw.LazyFrame, by: Sequence[str]) -> pl.DataFrame:
    """The answers to items, one row each, in an order of their own: `by`, source, response_id, customer_key, item, score, scale_low,
    scale_high."""
    columns = (*by, *KEY, "customer_key", "item", "score", "scale_low", "scale_high")
    return collected(items.filter(~nw.col("score").is_null()).select(*columns)).sort(*KEY, "item")


def outcomes(scores: nw.LazyFrame, outcome: str, *, weighted: bool) -> pl.DataFrame:
    """What respondents said of the whole: source, response_id, outcome, net, weight (1 without weights).

    An answer belongs to the questionnaire with its id. Where files number their rows, the question stands within the id.
    """
    if checked("outcome", outcome, OUTCOMES) == "nps":
        rows, score = asked(scores), nw.col("score")
        net = 100 * (one_if(score >= PROMOTER_FROM) - one_if(score <= DETRACTOR_TO))
    else:
        rows = with_box(scores, survey=outcome)
        net = 100 * one_if(nw.col("box") == TOP_BOX)
    found = collected(
        rows.select(
            "source",
            response_id=nw.col("feedback_id").str.replace_all(f":{outcome}:", ":", literal=True),
            outcome=nw.col("score"),
            net=net,
            weight=nw.col("weight"),
        )
    )
    weight = pl.col("weight").fill_null(1.0) if weighted else pl.lit(1.0)
    return found.with_columns(weight.alias("weight"), pl.col("net").cast(pl.Float64)).unique(KEY, keep="any").sort(*KEY)


def groups(
    answers: pl.DataFrame, by: Sequence[str], whole: pl.DataFrame | None = None
) -> Iterator[tuple[tuple[object, ...], Responses]]:
    """Each combination of `by` with its responses, or all of them together; with `whole` (rows of `outcomes`) only those of respondents
    who said something of the whole. An item counts on the scale on which it was answered most."""
    usual = answers.group_by("item", "scale_low", "scale_high").agg(n=pl.len())
    usual = usual.sort("n", "scale_high", "scale_low", descending=True).unique(
        "item", keep="first", maintain_order=True
    )
    answers = answers.join(usual.drop("n"), on=["item", "scale_low", "scale_high"]).sort(*KEY, "item")
    if whole is not None:
        answers = answers.join(whole, on=list(KEY), maintain_order="left")
    if not by:
        yield (), _responses(answers)
        return
    for key in answers.select(by).unique().sort(*by, nulls_last=True).iter_rows():
        same = [pl.col(name).eq_missing(pl.lit(value)) for name, value in zip(by, key, strict=True)]
        yield key, _responses(answers.filter(*same))


def _responses(answers: pl.DataFrame) -> Responses:
    items = answers["item"].unique().sort().to_list()
    scales = answers.unique("item", keep="first", maintain_order=True).sort("item")
    people = answers.unique(KEY, keep="first", maintain_order=True)
    place = people.select(*KEY).with_row_index("row")
    column = pl.DataFrame({"item": items}, schema={"item": pl.String}).with_row_index("column")
    placed = answers.join(place, on=list(KEY), maintain_order="left").join(column, on="item", maintain_order="left")
    scores = np.full((people.height, len(items)), np.nan)
    scores[placed["row"].to_numpy(), placed["column"].to_numpy()] = placed["score"].to_numpy()
    there = "outcome" in answers.columns
    empty = np.zeros(people.height)
    return Responses(
        tuple(items),
        scores,
        scales["scale_low"].to_numpy(),
        scales["scale_high"].to_numpy(),
        people["weight"].to_numpy() if there else empty + 1,
        _clusters(people),
        people["outcome"].to_numpy() if there else empty,
        people["net"].to_numpy() if there else empty,
    )


def _clusters(people: pl.DataFrame) -> np.ndarray:
    """The number of each respondent’s customer, in the order of their first responses; of whom nobody knows, an own one."""
    alone = pl.col("row")
    first = pl.when(pl.col("customer_key").is_null()).then(alone).otherwise(alone.min().over("customer_key"))
    numbers = people.with_row_index("row").select(first.rank("dense") - 1).to_series().to_numpy().astype(np.int64)
    found: np.ndarray = numbers % MOST_CLUSTERS
    return found
