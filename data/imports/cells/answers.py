"""What a person answers about single cells: `field:cell` is read as a given value, as empty, or its rows are left out."""

from collections.abc import Collection, Mapping

import polars as pl

LEAVE_OUT, EMPTY, ALL = "leave out", "empty", "*"
CONVENTIONS = (
    "date_order",
    "decimal",
    "scale",
    "timezone",
    "ladder",
    "lines",
    "refunds",
    "over_sheets",
    "unit",
)  # what a column may leave open beside its cells


def fold_cell(value: pl.Expr) -> pl.Expr:
    """A cell for comparing: width and case folded, blanks one at a time and none around."""
    return value.str.normalize("NFKC").str.replace_all(r"\s+", " ").str.strip_chars().str.to_lowercase()


def folded(cells: Collection[str]) -> list[str]:
    """Cells as `fold_cell` has them."""
    return pl.DataFrame({"c": list(cells)}, schema={"c": pl.String}).select(fold_cell(pl.col("c")))["c"].to_list()


def cell_answers(values: Mapping[str, str], field: str) -> dict[str, str]:
    """What was answered about the cells of a field: folded cell → answer; `*` answers for all that are not named."""
    fields = (field, "customer_id") if field == "phone" else (field,)  # a phone stands in for the customer
    named = {
        name.partition(":")[2]: value
        for name, value in values.items()
        if name.partition(":")[0] in fields and ":" in name
    }
    return dict(zip(folded(named), named.values(), strict=True))


def with_answers(text: pl.Expr, answers: Mapping[str, str]) -> pl.Expr:
    """The cells with those that were answered replaced; `*` is for whoever finds cells unread."""
    given = {cell: "" if answer == EMPTY else answer for cell, answer in answers.items() if answer != LEAVE_OUT}
    given.pop(ALL, None)
    if not given:
        return text
    known = fold_cell(text).replace_strict(list(given), list(given.values()), default=None, return_dtype=pl.String)
    return pl.coalesce(known, text)


def lasting(values: Mapping[str, str]) -> dict[str, str]:
    """The answers that hold for the next file with the same headers: all but those for whatever a file may bring."""
    return {
        name: value
        for name, value in values.items()
        if name in CONVENTIONS or (":" in name and not name.endswith(f":{ALL}"))
    }
