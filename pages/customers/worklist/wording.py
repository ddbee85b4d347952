"""What a row of the worklist says to whoever calls: the reason, the numbers that it rests on, and the names of columns in files."""

import polars as pl

from data.text.labels import label
from metrics.dimension import REGION, STORE, TIER
from metrics.texts import N_
from pages.shared.words.texts import _, date, money, number

REASONS = {
    "low_score": N_("Low score unanswered"),
    "lapsing": N_("About to lapse"),
    "quiet": N_("Valuable and quiet"),
    "tier_loss": N_("About to lose the tier"),
    "next_tier": N_("One order from the next tier"),
    "second_order": N_("Second order overdue"),
}
BECAUSE = {
    "low_score": N_("Score {score} on {score_on}; no order or other answer since."),
    "lapsing": N_("{days} days since the last order, usually one every {usual} days."),
    "quiet": N_("{year} in the last twelve months, {days} days since the last order."),
    "tier_loss": N_("{missing} short of {tier}, which ends on {step_on}."),
    "next_tier": N_("{missing} to {tier}, counted on {step_on}."),
    "second_order": N_("{days} days since the only order; four in five others took up to {due}."),
}
WHERE = (TIER, REGION, STORE)  # what whoever calls wants to know of a customer
COLUMNS = {
    "customer_id": N_("Customer"),
    "reason": N_("Reason"),
    "because": N_("Because"),
    "stake": N_("At stake"),
    **{dimension.column: dimension.label for dimension in WHERE},
    "last_order": N_("Last order"),
    "orders": N_("Orders"),
    "revenue": N_("Net revenue"),
    "also": N_("Other reasons"),
}
OF_DATA = tuple(dimension.column for dimension in WHERE)


def because(row: dict, currency: str | None) -> str:
    """The rule that a customer meets, with the customer's own numbers."""
    given = {"missing": row["missing"], "year": row["year_revenue"]}
    amounts = {name: money(value, currency) for name, value in given.items() if value is not None}
    days = {name: date(row[name]) for name in ("score_on", "step_on") if row[name] is not None}
    counted = {
        "days": number(row["days_since"]), "usual": number(row["usual_gap_days"] or 0),
        "due": number(row["due_days"] or 0), "score": f"{row['score'] or 0:g}",
    }  # fmt: skip
    return _(BECAUSE[row["reason"]]).format(**amounts, **days, **counted, tier=label(row["step"]))


def readable(rows: pl.DataFrame, currency: str | None) -> pl.DataFrame:
    """The rows with COLUMNS as keys: words for reasons and codes, whole amounts."""
    told = list(rows.iter_rows(named=True))
    also = [[_(REASONS[code]) for code in row["reasons"].split(",") if code != row["reason"]] for row in told]
    return rows.select(
        pl.col("customer_id"),
        reason=pl.Series([_(REASONS[row["reason"]]) for row in told], dtype=pl.String),
        because=pl.Series([because(row, currency) for row in told], dtype=pl.String),
        stake=pl.col("stake").round().cast(pl.Int64),
        **{name: pl.Series([row[name] and label(row[name]) for row in told], dtype=pl.String) for name in OF_DATA},
        last_order=pl.col("last_order"),
        orders=pl.col("orders"),
        revenue=pl.col("revenue").round().cast(pl.Int64),
        also=pl.Series([" · ".join(names) for names in also], dtype=pl.String),
    )


def named(rows: pl.DataFrame, currency: str | None) -> pl.DataFrame:
    """Rows of `readable` under the names that people read."""
    unit = f" ({currency})" if currency else ""
    money_columns = {"stake", "revenue"}
    return rows.rename({name: _(COLUMNS[name]) + (unit if name in money_columns else "") for name in rows.columns})
