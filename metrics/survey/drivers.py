"""Key drivers: how much each item of a questionnaire has to do with recommending or being satisfied, and what it does about it."""

import math
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.engine.periods import checked
from metrics.survey.correlations import Matrices, definite, draws, sums
from metrics.survey.importance import MOST_FOR_SHAPLEY, inflation, relative_weights, shapley
from metrics.survey.item_names import ratings, stated_importance
from metrics.survey.responses import DRAWS, Responses, answered, groups, outcomes

IMPORTANCE = ("derived", "stated")
QUADRANTS = ("concentrate", "keep", "low", "overkill")
PAIRS_LEAST = 30  # who answered both of two items, below which their correlation says nothing
RESPONDENTS_PER_ITEM = 10
EXPLAINED_LEAST = 1e-9
INFLATED, SINGULAR = 10.0, 100.0  # variance inflation: no separate effect can be told; no weight either

TYPES: dict[str, pl.DataType] = {
    "item": pl.String(),
    **dict.fromkeys(("n", "complete", "answered"), pl.Int64()),
    **dict.fromkeys(
        ("mean", "performance", "stated", "importance", "low", "high", "first", "shapley", "weight", "r2"), pl.Float64()
    ),
    **dict.fromkeys(("one_more", "one_more_low", "one_more_high", "inflation"), pl.Float64()),
    "quadrant": pl.String(),
    "quadrant_share": pl.Float64(),
    "mended": pl.Boolean(),
    "reason": pl.String(),
}


def drivers(
    items: nw.LazyFrame,
    *,
    scores: nw.LazyFrame,
    by: Sequence[str] = (),
    outcome: str = "nps",
    use: str = "",
    importance: str = "derived",
    missing: str = "pairwise",
    weighted: bool = False,
    confidence: float = 0.95,
    minimum: int = 100,
) -> pl.DataFrame:
    """How much each rated item has to do with the outcome: Johnson’s relative weights, with bootstrap intervals over customers.

    One row per combination of `by` and item, the most important first: item, n (respondents with an outcome and an item), complete (of
    them, with all items), answered (of them, with this one), mean, performance and stated (0–100 of the scale), importance (weight /
    R², 0–1), low, high, first (share of draws in which it leads), shapley (LMG / R²; up to 12 items), weight, r2, one_more (change of
    100·(promoters − detractors), or of the percentage satisfied, that goes with one scale point more, the other items as they are),
    one_more_low, one_more_high, inflation (of its variance), quadrant (of importance and performance, cut at their means),
    quadrant_share (share of draws in the same one), mended (pairwise correlations did not fit together), reason (why it is withheld).

    `use` limits the items (with commas between). `missing`: “pairwise” correlations of those who answered both, made positive definite;
    “listwise” only those who answered all. Withheld, with a reason: below `minimum` respondents or 10 per item (few), one item alone
    (single), an outcome or item without spread (constant), fewer than 30 who answered both of two items (pairs), items that are nearly the
    same (collinear). Without answers there is no row.

    Johnson 2000, Multivariate Behavioral Research 35:1–19; quadrants: Martilla & James 1977, Journal of Marketing 41(1):77–79.
    """
    checked("importance", importance, IMPORTANCE)
    said = outcomes(scores, outcome, weighted=weighted)
    rows: list[tuple[object, ...]] = []
    long = answered(items, by)
    for key, found in groups(long, by, said):
        if not found.n:
            continue
        chosen = _chosen(found.items, use)
        if not chosen:
            continue
        told = _Drivers(found, chosen, importance, missing, confidence, minimum)
        rows += [(*key, *row) for row in told.rows()]
    schema = {name: long.schema[name] for name in by} | TYPES
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.sort(*by, "importance", "item", descending=[*[False] * len(by), True, False], nulls_last=True)


def _chosen(items: Sequence[str], use: str) -> list[str]:
    """The rated items that are wanted."""
    wanted = [name.strip() for name in use.split(",") if name.strip()]
    return [item for item in ratings(items) if not wanted or item in wanted]


class _Drivers:
    """The drivers of one group."""

    def __init__(
        self,
        responses: Responses,
        items: Sequence[str],
        importance: str,
        missing: str,
        confidence: float,
        minimum: int,
    ) -> None:
        self.all, self.missing, self.confidence = responses, missing, confidence
        self.by_stated = importance == "stated"
        self.responses = responses.of(items)
        self.means = _means(self.responses)
        self.stated = _stated(responses, items)
        answers = (~np.isnan(self.responses.scores)).sum(axis=0)
        varied = np.array([_varies(column) for column in self.responses.scores.T])
        self.left_out = {
            item: "constant" if not varied[place] else "pairs"
            for place, item in enumerate(items)
            if not varied[place] or answers[place] < PAIRS_LEAST
        }
        self.used = [item for item in items if item not in self.left_out]
        self.reason = self._reason(minimum)
        self.found: dict[str, dict[str, object]] = {}
        if not self.reason:
            self._estimate()

    def _reason(self, minimum: int) -> str:
        """Why nothing can be said; empty where something can. Items without enough answers beside the others are dropped one by one."""
        own = self.responses
        rows = own.complete if self.missing == "listwise" else np.ones(own.n, bool)
        if rows.sum() < minimum:
            return "few"
        if not _varies(own.outcome[rows]):
            return "constant"
        while len(self.used) > 1:
            there = ~np.isnan(own.of(self.used).scores)
            both = there.T.astype(int) @ there.astype(int)
            if both.min() >= PAIRS_LEAST:
                break
            worst = self.used[int(np.argmin(both.min(axis=1) * len(own.scores) + both.diagonal()))]
            self.left_out[worst] = "pairs"
            self.used.remove(worst)
        if len(self.used) < 2:
            return "single"
        return "few" if rows.sum() < RESPONDENTS_PER_ITEM * len(self.used) else ""

    def _estimate(self) -> None:
        own, p = self.responses.of(self.used), len(self.used)
        values = np.column_stack([own.scores, own.outcome, own.net])
        made = sums(values, own.weight, own.cluster, self.missing)
        whole = made.whole()
        (r,), mended = definite(whole.r[:, : p + 1, : p + 1])
        spread = inflation(r[:p, :p])
        if spread.max() > SINGULAR:
            self.reason = "collinear"
            return
        drawn = made.drawn(draws(made.clusters, DRAWS))
        r_drawn, _mended = definite(drawn.r[:, : p + 1, : p + 1])
        weight = relative_weights(r[:p, :p], r[:p, p])
        r2 = float(weight.sum())
        if r2 < EXPLAINED_LEAST:
            self.reason = "constant"
            return
        weights = relative_weights(r_drawn[:, :p, :p], r_drawn[:, :p, p])
        shares = weights / weights.sum(axis=1, keepdims=True)
        first = np.bincount(shares.argmax(axis=1), minlength=p) / len(shares)
        low, high = self._interval(shares)
        effect, effects = _one_more(r[None, :p, :p], whole, p)[0], _one_more(r_drawn[:, :p, :p], drawn, p)
        effect_low, effect_high = self._interval(effects)
        by_shapley = shapley(r[:p, :p], r[:p, p]) / r2 if p <= MOST_FOR_SHAPLEY else None
        quadrant, stays = self._quadrants(own, weight / r2, shares, whole.mean[0, :p], drawn.mean[:, :p])
        for place, item in enumerate(self.used):
            told = spread[place] <= INFLATED
            self.found[item] = {
                "importance": weight[place] / r2,
                "low": min(low[place], weight[place] / r2),
                "high": max(high[place], weight[place] / r2),
                "first": first[place],
                "shapley": by_shapley[place] if by_shapley is not None else None,
                "weight": weight[place],
                "r2": r2,
                "one_more": effect[place] if told else None,
                "one_more_low": min(effect_low[place], effect[place]) if told else None,
                "one_more_high": max(effect_high[place], effect[place]) if told else None,
                "inflation": spread[place],
                "quadrant": quadrant[place],
                "quadrant_share": stays[place],
                "mended": bool(mended[0]),
            }

    def _interval(self, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ends = (1 - self.confidence) / 2
        low, high = np.quantile(drawn, [ends, 1 - ends], axis=0)
        return low, high

    def _quadrants(
        self, own: Responses, importance: np.ndarray, drawn: np.ndarray, means: np.ndarray, means_drawn: np.ndarray
    ) -> tuple[list[str | None], list[float | None]]:
        """The quadrant of each item, and the share of draws in which it stays there; none where stated importance is wanted and not known
        of every item."""
        if self.by_stated:
            stated = [self.stated.get(item) for item in own.items]
            if None in stated:
                return [None] * len(stated), [None] * len(stated)
            importance = np.array(stated, dtype=float)
            drawn = np.broadcast_to(importance, drawn.shape)
        code, codes = _code(importance, _of_scale(means, own)), _code(drawn, _of_scale(means_drawn, own))
        stays = (codes == code).mean(axis=0)
        return [QUADRANTS[place] for place in code], [float(one) for one in stays]

    def rows(self) -> list[tuple[object, ...]]:
        """One row per item, with the columns of TYPES."""
        own = self.responses
        counts = {"n": own.n, "complete": int(own.complete.sum())}
        out = []
        for place, item in enumerate(own.items):
            scale = own.high[place] - own.low[place]
            mean = self.means[item]
            row: dict[str, object] = {
                **dict.fromkeys(TYPES),
                **counts,
                "item": item,
                "answered": int((~np.isnan(own.scores[:, place])).sum()),
                "mean": mean,
                "performance": 100 * (mean - own.low[place]) / scale if scale else None,
                "stated": self.stated.get(item),
                **self.found.get(item, {}),
                "reason": self.left_out.get(item) or self.reason or None,
            }
            out.append(tuple(_plain(row[name]) for name in TYPES))
        return out


def _means(responses: Responses) -> dict[str, float]:
    there = ~np.isnan(responses.scores)
    weights = np.where(there, responses.weight[:, None], 0.0)
    found = np.where(there, responses.scores, 0.0) * weights
    total = weights.sum(axis=0)
    return dict(zip(responses.items, found.sum(axis=0) / np.where(total > 0, total, np.nan), strict=True))


def _stated(responses: Responses, items: Sequence[str]) -> dict[str, float]:
    """How important people say that an item is, 0–100 of the scale."""
    asked = stated_importance([*items, *(name for name in responses.items if name not in items)])
    known = {item: name for item, name in asked.items() if item in items}
    if not known:
        return {}
    own = responses.of(list(known.values()))
    means = _means(own)
    scaled = _of_scale(np.array([means[name] for name in own.items]), own)
    return dict(zip(known, map(float, scaled), strict=True))


def _of_scale(means: np.ndarray, own: Responses) -> np.ndarray:
    found: np.ndarray = 100 * (means - own.low) / (own.high - own.low)
    return found


def _code(importance: np.ndarray, performance: np.ndarray) -> np.ndarray:
    """The place in QUADRANTS: important or not, rated above the mean or not."""
    high = importance >= importance.mean(axis=-1, keepdims=True)
    good = performance >= performance.mean(axis=-1, keepdims=True)
    found: np.ndarray = np.where(high, np.where(good, 1, 0), np.where(good, 3, 2))
    return found


def _one_more(r: np.ndarray, matrices: Matrices, p: int) -> np.ndarray:
    """The regression coefficients of the net score on the items, per point of their scales."""
    beta = np.linalg.solve(r, matrices.r[:, :p, p + 1, None])[..., 0]
    found: np.ndarray = beta * matrices.sd[:, p + 1, None] / matrices.sd[:, :p]
    return found


def _varies(values: np.ndarray) -> bool:
    known = values[~np.isnan(values)]
    return len(known) > 1 and bool((known != known[0]).any())


def _plain(value: object) -> object:
    """A number of NumPy as Python’s own; None where it is none."""
    if isinstance(value, float | np.floating):
        return None if math.isnan(value) else float(value)
    return value.item() if isinstance(value, np.generic) else value
