"""What the columns of the tables mean: the catalogue's words for those of a metric, and these for all others; and which are shares."""

from collections.abc import Mapping

import polars as pl

from data.text.labels import label, named
from metrics.catalogue import CATALOGUE
from metrics.dimension import of_column
from metrics.texts import N_
from metrics.trend import COLUMNS as OVER_TIME
from pages.shared.model.parts import Table
from pages.shared.words.texts import _

LOW, HIGH = N_("lower end of the interval"), N_("upper end of the interval")
CUSTOMERS = N_("number of customers")
_SCORES = {
    "scale_low": N_("lower end of the scale"),
    "scale_high": N_("upper end of the scale"),
    "box_from": N_("lowest score of the row"),
    "box_to": N_("highest score of the row"),
    "box": N_("2 good, 1 in between, 0 low"),
    "answers": N_("number of answers"),
}
_LOW_SCORES = {
    "responded_at": N_("when the answer was given"),
    "score": N_("the score"),
    "scale_low": N_("lower end of the scale"),
    "scale_high": N_("upper end of the scale"),
    "comment": N_("what was written, word for word"),
    "customer_id": N_("the customer"),
}
_CUSTOMER = {
    "customer_id": N_("the customer"), "tier": N_("the uploaded tier"),
    "first_order": N_("day of the first order"), "last_order": N_("day of the last order"),
    "orders": N_("orders to date"), "revenue": N_("net revenue to date"), "reason": N_("why the customer is on the list"),
}  # fmt: skip
_ANSWERS = {
    **_CUSTOMER,
    "responded_at": N_("when the answer was given"),
    "score": N_("the score"),
    "comment": N_("what was written, word for word"),
}
_THEME = N_("the theme of the comments")
# Tables that are no metric, and what some add to their metric, by the name of the file
TABLES: dict[str, dict[str, str]] = {
    "what_moved": {
        "metric": N_("the number"), "dimension": N_("by what customers are grouped"), "code": N_("the group"),
        "change": N_("change against the period compared with, in points"), "low": LOW, "high": HIGH,
        "verdict": N_("better, worse or none: no clear change"),
    },
    "all_themes": {
        "theme": _THEME, "nps_n": N_("NPS answers whose comment is counted"), "nps": N_("NPS of those answers"),
        "nps_low": LOW, "nps_high": HIGH, "change": N_("change of the share against the period compared with"),
        "change_low": LOW, "change_high": HIGH,
    },
    "themes_by_score": {"theme": _THEME, "kind": N_("promoter, passive or detractor")},
    "comments": _ANSWERS,
    "further_words": {
        "word": N_("the word"), "comments": N_("comments that hold it"), "among_detractors": N_("those of detractors among them"),
        "keyness": N_("log-likelihood ratio: how clearly it is a word of detractors"),
    },
    "nps_scores": {"score": N_("the score"), "answers": N_("number of answers")},
    "nps_comments": _LOW_SCORES, "csat_low_scores": _LOW_SCORES, "ces_low_scores": _LOW_SCORES,
    **dict.fromkeys(("nps_detractors", "nps_passives", "nps_promoters"), _ANSWERS),
    **dict.fromkeys(("retention_customers", "tier_movers", "class_members"), _CUSTOMER),
    "csat_scores_1": _SCORES, "csat_scores_2": _SCORES, "ces_scores_1": _SCORES, "ces_scores_2": _SCORES,
    "items": {"item": N_("the item of the questionnaire")},
    "retention": {"value": N_("the value of the cell"), "value_low": LOW, "value_high": HIGH},
    "value_per_customer": {
        "low": N_("value from"), "high": N_("value below"), "customers": CUSTOMERS, "share": N_("share of all customers, from 0 to 1"),
    },
    "value_by_tenth": {
        "tenth": N_("1: the tenth of customers with the highest value"), "customers": CUSTOMERS, "least": N_("the lowest value in it"),
        "mean": N_("mean value in it"), "total": N_("value of all of them"), "share": N_("share of the value of all, from 0 to 1"),
        "cumulative": N_("share of the value of this tenth and those above it, from 0 to 1"),
    },
    "chance_of_an_order": {
        "low": N_("chance from, 0 to 1"), "high": N_("chance below, 0 to 1"), "customers": CUSTOMERS,
        "share": N_("share of all customers, from 0 to 1"),
    },
    "forecast_by_week": {
        "ends_on": N_("last day of the week"), "holdout": N_("whether the forecast did not know this week"),
        "actual": N_("repeat orders in the week"), "expected": N_("repeat orders that the forecast expected in it"),
        "actual_cumulative": N_("repeat orders up to then"),
        "expected_cumulative": N_("repeat orders that the forecast expected up to then"),
    },
    "forecast_accuracy": {
        "forecast": N_("the forecast, or the simple rule beside it"), "actual": N_("orders in the weeks held out"),
        "expected": N_("orders expected in them"), "bias": N_("how far it is off in total, as a share of the orders"),
        "rmse": N_("how far it is off per customer: root of the mean square"),
    },
    "forecast_by_frequency": {
        "x": N_("repeat orders before the weeks held out; the last row holds that many and more"), "customers": CUSTOMERS,
        "actual": N_("orders per customer in these weeks"), "expected": N_("orders per customer that the forecast expected"),
        "se": N_("standard error of the orders per customer"),
    },
    "lifecycle": {
        "active": N_("active customers at the end of the period"), "complete": N_("whether the period has ended"),
        "net": N_("new + resurrected − dormant"), "active_before": N_("active customers when the period began"),
    },
    "win_back": {
        **_CUSTOMER, "days_since": N_("days since the last order"), "usual_gap_days": N_("mean days between two days with an order"),
    },
    "impact": {
        "state": N_("what can be said: ok, or why nothing"), "treated": N_("stores of the event"), "others": N_("other stores"),
        "months_before": N_("months before the event"), "months_after": N_("months after it"),
        "assignments": N_("ways to choose as many stores"), "first": N_("first month"), "last": N_("last month"),
        "value": N_("the effect: change at its stores less change at the others"), "low": LOW, "high": HIGH,
        "p": N_("share of the ways to choose stores that show an effect as large"),
        "least": N_("the smallest effect that would have been seen in four of five cases"),
        "se": N_("standard error, clustered by store"),
        "design": N_("the smallest effect that half of the stores, drawn by lot, would show"),
        "trend": N_("how much the stores drifted apart per month before the event"), "trend_low": LOW, "trend_high": HIGH,
        "placebo": N_("effect of a date before the event at which nothing happened"), "placebo_low": LOW, "placebo_high": HIGH,
    },
    "impact_months": {
        "month": N_("the month"), "value": N_("its stores minus the others, against the last month before"), "low": LOW, "high": HIGH,
    },
    "worklist_reasons": {
        "reason": N_("the rule that the customers meet"), "customers": CUSTOMERS, "stake": N_("what is at stake with them in total"),
    },
    "worklist_lift": {
        "number": N_("the number"), "contacted": N_("customers who were contacted"), "held_out": N_("customers held out by lot"),
        "mean_contacted": N_("mean of those contacted"), "mean_held_out": N_("mean of those held out"),
        "lift": N_("the difference, less what both differed in before"), "low": LOW, "high": HIGH,
        "least": N_("the smallest difference that would have been seen in four of five cases"),
        "correlation": N_("correlation of after with before"),
    },
    "imports": {
        "id": N_("number of the import"), "kind": N_("import or undo"), "undoes": N_("the import that it undid"),
        "file_name": N_("the file"), "sha256": N_("checksum of the file"), "profile": N_("as what the file was read"),
        "mapping": N_("how its columns were mapped"), "who": N_("who did it"), "at": N_("when it was done"),
        "status": N_("current, or undone"),
    },
    "tier_members": {
        "before": N_("members at the start"), "members": N_("members at the end"), "change": N_("the difference"),
        "share": N_("share of all members at the end, from 0 to 1"),
    },
}  # fmt: skip
VALUE_BY = "value_by_"  # and the code of a dimension
_OF_GROUPS = {
    "code": N_("the group"), "customers": CUSTOMERS, "value": N_("value per customer"), "low": LOW, "high": HIGH,
}  # fmt: skip
OTHER_SIDE, DIFFERENCE = "_other", "_change"  # endings of the columns of a replay

# Columns of tables that are no metric, with shares from 0 to 1
SHARES = {
    "all_themes": ("change", "change_low", "change_high"),
    "value_per_customer": ("share",), "value_by_tenth": ("share", "cumulative"), "tier_members": ("share",),
    "chance_of_an_order": ("share", "low", "high"), "forecast_accuracy": ("bias",),
}  # fmt: skip
ENDS = ("low", "high", "se")


def readable(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows as people read them, where the table says what its columns are called: codes by their names."""
    if not table.headers:
        return frame
    return frame.select(
        pl.Series(table.headers.get(name, name), [code and label(code) for code in frame[name]], pl.String)
        if of_column(name)
        else frame[name].alias(table.headers.get(name, name))
        for name in frame.columns
    )


def meanings(table: Table, columns: list[str]) -> dict[str, str]:
    """Column → what it means, in the language in force; empty where nobody has said so."""
    of_groups = _OF_GROUPS if table.name.startswith(VALUE_BY) else {}
    own = TABLES.get(table.name, of_groups)
    columns_of_metric = CATALOGUE[table.metric].columns if table.metric in CATALOGUE else {}
    of_metric = {name: column.meaning for name, column in columns_of_metric.items()}
    codes = {header: name for name, header in table.headers.items()}
    return {column: _meaning(codes.get(column, column), own, of_metric) for column in columns}


def _meaning(column: str, own: Mapping[str, str], of_metric: Mapping[str, str]) -> str:
    for known in (own, of_metric):
        if column in known:
            return _(known[column])
    if column in OVER_TIME:
        return _(OVER_TIME[column].meaning)
    if (metric := CATALOGUE.get(column)) and column == metric.value:  # a number beside others, under its own name
        return _(metric.columns[column].meaning)
    if dimension := of_column(column):  # by what rows are split, in whatever table
        return named(dimension.meaning, dimension)
    for ending, text in (
        (OTHER_SIDE, N_("{what}, under the other thresholds")),
        (DIFFERENCE, N_("{what}, difference to today")),
    ):
        if column.endswith(ending) and (what := _meaning(column.removesuffix(ending), own, of_metric)):
            return _(text).format(what=what)
    return ""


def shares(table: Table, frame: pl.DataFrame) -> set[str]:
    """The columns that hold shares from 0 to 1, which are read as percentages."""
    known, metric = set(SHARES.get(table.name, ())), CATALOGUE.get(table.metric)
    if metric:
        known |= {name for name, column in metric.columns.items() if column.kind == "share"}
        known |= set(ENDS) if metric.kind == "share" and metric.value in frame.columns else set()
    known |= {name for name in frame.columns if name in CATALOGUE and CATALOGUE[name].kind == "share"}
    own = {name: name.removesuffix(OTHER_SIDE).removesuffix(DIFFERENCE) for name in frame.columns}
    return {name for name, kind in frame.schema.items() if own[name] in known and kind.is_float()}
