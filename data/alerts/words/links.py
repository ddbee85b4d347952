"""Where in the app a number is looked at: the address of its page with the period and the segment."""

from collections.abc import Mapping
from urllib.parse import urlencode

from data.alerts.periods import Period
from data.alerts.rules import Asked
from data.questions.ask import find

# Codes of pages, and the options under which they show the metric; a test holds them against the pages that there are.
PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "nps": ("nps", {}),
    "csat": ("csat", {"about": "csat"}),
    "ces": ("csat", {"about": "ces"}),
    "score_mean": ("csat", {"about": "csat"}),
    "promoter_value": ("nps", {}),
    "match_rate": ("nps", {}),
    "answered_share": ("nps", {}),
    "recovery": ("recovery", {}),
    "repeat_curve": ("retention", {}),
    "retention": ("retention", {}),
    "cohort_orders": ("retention", {"measure": "orders"}),
    "revenue_retention": ("retention", {"measure": "revenue"}),
    "historical_clv": ("value", {}),
    "inactive_share": ("churn", {}),
    "lifecycle": ("churn", {}),
    "hiatus": ("churn", {}),
    "gap_curve": ("churn", {}),
    "tier_replay": ("replay", {}),
}
FAMILIES = ("sales",)  # with a page of the same name that shows one of their numbers at choice
CHOICE = "number"
TIERS = "tiers"
OVERVIEW = "overview"  # its address is that of the app

Params = dict[str, list[str]]


def page_of(asked: Asked) -> tuple[str, Params]:
    """The page that shows the number, with its options and the segment."""
    usual = TIERS if asked.metric.startswith(("tier_", "time_in_tier")) else OVERVIEW
    family = find(asked.metric).family
    of_family = (family, {CHOICE: asked.metric}) if family in FAMILIES else (usual, {})
    page, options = PAGES.get(asked.metric, of_family)
    return page, {**{name: [code] for name, code in options.items()}, **asked.segment.params}


def dated(params: Mapping[str, list[str]], period: Period) -> Params:
    """The parameters with the dates of a period, seen as of its end, as the message was written."""
    start, end = period.start.isoformat(), period.end.isoformat()
    return {"vs": ["before"], **params, "from": [start], "to": [end], "as_of": [end]}


def link(address: str, page: str, params: Mapping[str, list[str]], language: str) -> str:
    """The whole address; "" while the administrator has not said where the app is."""
    if not address:
        return ""
    path = "" if page == OVERVIEW else page
    return f"{address}/{path}?{urlencode({**params, 'lang': [language]}, doseq=True)}"
