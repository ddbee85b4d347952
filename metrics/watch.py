"""Which numbers of a metric a rule can watch: where the number stands in the rows, what bounds it, and how two periods of it compare."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from metrics.catalogue import CATALOGUE
from metrics.texts import N_

Kind = Literal["points", "share", "money", "count", "number"]

# How the dates of the judged period become those of the question. "period": the rows of the period; "day": what holds on its last day;
# "eve": from the day before it to its end; "row": the row of that period in a calendar; "cohort": the cohort whose k-th period it is;
# "cohorts": all cohorts whose k-th month lies in it; "all": everything up to its end; "tiers": the same, since tiers are known;
# "after": the answers whose horizon ends in it.
Reads = Literal["period", "day", "eve", "row", "cohort", "cohorts", "all", "tiers", "after"]


@dataclass(frozen=True)
class Watch:
    """How a metric is watched. `value` is the column that low and high belong to, "" where it has none; `n` counts what it rests on;
    `keys` tell the rows apart. `arguments` differ from the metric's own defaults."""

    value: str
    n: str
    keys: tuple[str, ...] = ()
    reads: Reads = "period"
    arguments: Mapping[str, str | int | float | bool] = field(default_factory=dict)


LAPSING = {"lapse_days": 365}  # as on the page Tiers and migration

WATCHED: dict[str, Watch] = {
    "nps": Watch("nps", "n"),
    "csat": Watch("csat", "n"),
    "ces": Watch("easy_share", "n"),
    "repeat_rate": Watch("repeat_rate", "buyers"),
    "retention": Watch("retention", "customers", keys=("period",), reads="cohorts"),
    "inactive_share": Watch("inactive_share", "customers", reads="day"),
    "tier_rates": Watch("rate", "members", keys=("move",), reads="eve", arguments=LAPSING),
    "lifecycle": Watch("", "", reads="row"),
    "historical_clv": Watch("historical_clv", "customers", reads="day"),
    "promoter_value": Watch("spend", "customers", keys=("kind",), reads="after"),
    "match_rate": Watch("match_rate", "n"),
    "answered_share": Watch("answered_share", "buyers"),
    "score_mean": Watch("mean", "n", keys=("scale_low", "scale_high")),
    "repeat_curve": Watch("repeat_share", "customers", keys=("elapsed",), reads="all"),
    "gap_curve": Watch("ended_share", "gaps", keys=("elapsed",), reads="day"),
    "hiatus": Watch("came_back_share", "flagged", reads="day"),
    "cohort_orders": Watch("orders_per_customer", "customers", keys=("period",), reads="cohort"),
    "revenue_retention": Watch("", "customers", keys=("period",), reads="cohort"),
    "tier_migration": Watch("share", "members", keys=("from_tier", "to_tier"), reads="eve", arguments=LAPSING),
    "time_in_tier": Watch("stay_share", "members", keys=("tier", "elapsed"), reads="tiers", arguments=LAPSING),
    "tier_outlook": Watch("reach_top", "members", keys=("tier",), reads="tiers", arguments=LAPSING),
    "tier_stationarity": Watch("", "steps", reads="tiers", arguments=LAPSING),
    "tier_value": Watch("value", "members", keys=("tier",), reads="tiers", arguments=LAPSING),
    "tier_replay": Watch("", "members", keys=("tier",), reads="eve", arguments=LAPSING),
}

# Each metric that is not watched, and why.
UNWATCHED: dict[str, str] = {
    "nps_trend": "a rule on nps is judged period by period",
    "csat_trend": "a rule on csat is judged period by period",
    "ces_trend": "a rule on ces is judged period by period",
    "repeat_rate_trend": "a rule on repeat_rate is judged period by period",
    "inactive_share_trend": "a rule on inactive_share is judged period by period",
    "tier_rates_trend": "a rule on tier_rates is judged period by period",
    "rolling_retention": "its windows end on another day for each customer, so no period completes one",
    "clv": "a forecast; its interval does not hold how far the model is off, so a limit on it would be told by chance",
    "clv_model": "the parameters of a model",
    "worth_keeping": "a list of customers",
    "nps_variants": "other definitions of nps, which is watched itself",
    "csat_variants": "other definitions of csat, which is watched itself",
    "repeat_rate_variants": "other definitions of repeat_rate, which is watched itself",
    "retention_variants": "other definitions of retention, which is watched itself",
    "clv_variants": "other definitions of clv",
}

USUAL = ("nps", "csat", "ces", "repeat_rate", "retention", "inactive_share", "tier_rates", "lifecycle")  # offered first

NAMES = {
    "nps": N_("NPS"),
    "csat": N_("CSAT"),
    "ces": N_("CES: found it easy"),
    "repeat_rate": N_("Repeat rate"),
    "inactive_share": N_("Inactive share"),
}
COLUMN_NAMES = {  # shorter than what the catalogue says of the column
    ("lifecycle", "new"): N_("New customers"),
    ("lifecycle", "returning"): N_("Returning customers"),
    ("lifecycle", "resurrected"): N_("Customers who came back"),
    ("lifecycle", "dormant"): N_("Customers who fell silent"),
    ("nps", "n"): N_("NPS answers"),
    ("csat", "n"): N_("CSAT answers"),
    ("ces", "n"): N_("CES answers"),
    ("repeat_rate", "buyers"): N_("Buyers"),
}
ROW_NAMES = {  # of the number in one row: metric, value of its key
    ("tier_rates", "upgrade"): N_("Upgrade rate"),
    ("tier_rates", "retain"): N_("Retain rate"),
    ("tier_rates", "downgrade"): N_("Downgrade rate"),
    ("tier_rates", "lapse"): N_("Lapse rate"),
}

# Columns that name a row, date it, bound the value or describe a model: no number to watch.
NO_NUMBER = {
    "low", "high", "se", "complete", "period", "cohort", "month", "basis", "state", "model", "move", "kind", "variant", "tier",
    "from_tier", "to_tier", "top", "elapsed", "from_on", "to_on", "scale_low", "scale_high", "orders_squared", "customer_id",
    "degrees_of_freedom", "periods", "hiatus_days",
}  # fmt: skip
SHARES = {
    "csat", "easy_share", "match_rate", "answered_share", "repeat_rate", "repeat_share", "ended_share", "came_back_share",
    "inactive_share", "retention", "revenue_retention", "share", "rate", "stay_share", "reach_top", "p_value", "revenue_share",
}  # fmt: skip
MONEY = {"spend", "revenue", "cumulative_per_customer", "historical_clv"}
NUMBERS = {"mean", "orders_per_customer", "statistic", "periods_to_top"}
OF_VALUE: dict[str, Kind] = {
    "nps": "points",
    "tier_value": "money",
}


def columns(metric: str) -> list[str]:
    """The columns of a metric that a rule can watch, the one with an interval first."""
    value = WATCHED[metric].value
    found = [name for name in CATALOGUE[metric].columns if name not in NO_NUMBER and name not in WATCHED[metric].keys]
    return sorted(found, key=lambda name: name != value)


def kind(metric: str, column: str) -> Kind:
    """How the number of a column is written."""
    if metric in OF_VALUE and column == WATCHED[metric].value:
        return OF_VALUE[metric]
    if column in SHARES:
        return "share"
    if column in MONEY:
        return "money"
    return "number" if column in NUMBERS else "count"


def compares(metric: str, column: str) -> bool:
    """Whether a change of the column between two periods has an interval."""
    return column == WATCHED[metric].value and CATALOGUE[metric].change is not None
