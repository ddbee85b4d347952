"""Scores of stores or other units side by side, as a funnel: which of them differ by more than the chance of who answered.

A unit with few answers scatters more than one with many, so a ranking puts small units at both ends whatever they do. Here each score is
laid beside limits that narrow with n. Differences between units that nothing marks out (overdispersion) widen the limits.

Spiegelhalter 2005, Statistics in Medicine 24:1185–1202 (funnel, additive overdispersion); DerSimonian & Laird 1986, Controlled Clinical
Trials 7:177–188 (moments); shrinkage: Efron & Morris 1975, JASA 70:311–319.
"""

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.reduce import in_order
from metrics.feedback.nps import NET, asked, nps
from metrics.metric import CONFIDENCE, HIGH, LOW, MINIMUM, Column, Metric
from metrics.statistics.clustered import NOTHING, moments, with_design
from metrics.statistics.intervals import z_value
from metrics.texts import N_

POINTS = 100  # of a score from −1 to 1
FAR = 0.998  # of answers by chance alone, so many scores lie within the outer limits
FEWEST_UNITS = 3  # from which on it can be told how they differ
TYPES: dict[str, pl.DataType] = {
    "n": pl.Int64(),
    **dict.fromkeys(
        (
            *("nps", "low", "high", "expected", "shrunk", "z"),
            *("limit_low", "limit_high", "far_low", "far_high", "variance", "between"),
        ),
        pl.Float64(),
    ),
}
CURVE = 60  # places of a drawn limit
LIMITS = ("limit_low", "limit_high", "far_low", "far_high")


def nps_funnel(
    feedback: nw.LazyFrame, *, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """NPS of each unit (combination of `by`) beside what chance alone would show: one row per unit, or one of all without `by`.

    n, nps, low, high (the unit's own interval), expected (what all units together score), z (how many standard errors the unit lies from
    it), limit_low and limit_high (between which `confidence` of the units lie by chance), far_low and far_high (99.8 %), shrunk (the
    score drawn towards the others, as far as chance explains it), variance (of one answer, in squared points, clustered by customer) and
    between (standard deviation of units beyond chance, in points). Below `minimum` answers a unit has n only, and the limits rest on the
    others; with fewer than three units, or of units that are not known, there are no limits.
    """
    scores = nps(feedback, by=by, confidence=confidence, minimum=minimum).select(*by, "n", "nps", "low", "high")
    answers = asked(feedback).with_columns(
        promoters=nw.when(nw.col("score") >= 9).then(1).otherwise(0),
        detractors=nw.when(nw.col("score") <= 6).then(1).otherwise(0),
    )
    whole = with_design(moments(answers, (), value=NET), confidence=confidence).row(0, named=True)
    known = pl.col("nps").is_not_null() & pl.all_horizontal(
        pl.lit(value=True), *(pl.col(name).is_not_null() for name in by)
    )
    units = scores.filter(known) if by else scores.clear()
    variance = 0.0  # where all say the same, nothing tells what chance does
    if units.height >= FEWEST_UNITS:
        square = whole["square"] / whole["weight"] - whole["estimate"] ** 2
        variance = POINTS**2 * square * whole["design"]
    if variance <= NOTHING:
        nothing = {name: pl.lit(None, kind) for name, kind in TYPES.items() if name not in scores.columns}
        return in_order(scores.with_columns(**nothing), by, TYPES)
    between = dispersion(units["nps"], variance / units["n"])
    return in_order(_placed(scores, known, units, variance, between, confidence), by, TYPES)


def dispersion(scores: pl.Series, variances: pl.Series) -> float:
    """How far units differ beyond chance, as a variance: the additive τ² of the method of moments, 0 where chance explains all."""
    theta, weights = scores.to_numpy(), 1 / variances.to_numpy()
    centre = weights @ theta / weights.sum()
    found = weights @ (theta - centre) ** 2 - (theta.size - 1)
    return max(0.0, float(found / (weights.sum() - weights @ weights / weights.sum())))


def _placed(
    scores: pl.DataFrame, known: pl.Expr, units: pl.DataFrame, variance: float, between: float, confidence: float
) -> pl.DataFrame:
    own = pl.when(known).then(variance / pl.col("n"))
    total = own + between
    weights = 1 / (variance / units["n"].to_numpy() + between)
    centre = float(weights @ units["nps"].to_numpy() / weights.sum())
    # the unit itself is part of what all score together
    spread = (total * (1 - 1 / (total * float(weights.sum())))).clip(lower_bound=0).sqrt()
    limits = {
        f"{name}_{side}": (centre + sign * z_value(sure) * spread).clip(-POINTS, POINTS)
        for name, sure in (("limit", confidence), ("far", FAR))
        for side, sign in (("low", -1), ("high", 1))
    }
    return scores.with_columns(
        expected=pl.when(known).then(centre),
        shrunk=centre + (1 - own / total) * (pl.col("nps") - centre),
        z=(pl.col("nps") - centre) / spread,
        variance=pl.when(known).then(variance),
        between=pl.when(known).then(between**0.5),
        **limits,
    )


def curve(rows: pl.DataFrame) -> pl.DataFrame:
    """The limits as lines over n, for a drawing: CURVE rows from the smallest to the largest unit: n, expected, limit_low, limit_high,
    far_low, far_high. Without limits no row."""
    known = rows.drop_nulls("expected")
    if not known.height:
        return pl.DataFrame(schema=dict.fromkeys(("n", "expected", *LIMITS), pl.Float64()))
    row = known.row(0, named=True)
    least, most = (float(known["n"].min()), float(known["n"].max()))  # type: ignore[arg-type]
    places = pl.DataFrame({"n": [least * (most / least) ** (step / (CURVE - 1)) for step in range(CURVE)]})
    spread = (row["variance"] / pl.col("n") + row["between"] ** 2).sqrt()
    reach = {"limit": z_value(0.95), "far": z_value(FAR)}
    lines = {
        name: (row["expected"] + (1 if name.endswith("high") else -1) * reach[name.split("_")[0]] * spread).clip(
            -POINTS, POINTS
        )
        for name in LIMITS
    }
    return places.with_columns(expected=pl.lit(row["expected"]), **lines)


METRICS = (
    Metric(
        name="nps_funnel",
        version=1,
        label=N_("NPS of stores beside chance"),
        unit=N_("points, −100 to 100"),
        higher_is_better=True,
        grain=N_("one row, or one per group"),
        definition=N_(
            "The Net Promoter Score of each unit, such as a store, beside limits that say how far a unit with as many answers strays by "
            "the chance of who answered. Units that differ for reasons that nothing marks out widen the limits (additive overdispersion). "
            "The shrunk score draws a unit towards the others as far as chance explains its distance."
        ),
        no_data=N_(
            "Below the minimum a unit has its n only. With fewer than three units above it there are no limits. Without answers: n 0."
        ),
        interval=N_(
            "low and high: that of the unit’s own score. The limits: normal, with the variance of all answers and their design effect over "
            "customers, plus the variance between units (method of moments)."
        ),
        source=N_(
            "Spiegelhalter 2005, Statistics in Medicine 24:1185–1202; DerSimonian & Laird 1986, Controlled Clinical Trials 7:177–188."
        ),
        function=nps_funnel,
        frame="feedback",
        survey="nps",
        columns={
            "n": Column(N_("answers"), "count"),
            "nps": Column(N_("100·(promoters − detractors)/n, from −100 to 100"), "points"),
            "low": LOW,
            "high": HIGH,
            "expected": Column(N_("what all units together score"), "points"),
            "shrunk": Column(
                N_("the score drawn towards the others, as far as chance explains its distance"), "points"
            ),
            "z": Column(N_("standard errors between the unit and what all score")),
            "limit_low": Column(N_("lower 95% limit")),
            "limit_high": Column(N_("upper 95% limit")),
            "far_low": Column(N_("lower 99.8% limit")),
            "far_high": Column(N_("upper 99.8% limit")),
            "variance": Column(N_("variance of one answer, in squared points")),
            "between": Column(N_("standard deviation of units beyond chance, in points")),
        },
        arguments={"confidence": CONFIDENCE, "minimum": MINIMUM},
        value="nps",
        n="n",
        watch="a unit is watched by a rule on nps with that unit chosen",
    ),
)
