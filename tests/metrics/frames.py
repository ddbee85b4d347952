"""Short ways to write the frames that metrics take."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.schemas import PEOPLE, TABLES

PERIOD_TYPES = {
    "customer_key": pl.Int64,
    "month": pl.Date,
    "orders": pl.Int64,
    "revenue": pl.Float64,
    "discount": pl.Float64,
}
FEEDBACK_TYPES = {
    "source": pl.String,
    "feedback_id": pl.String,
    "customer_key": pl.Int64,
    "responded_at": pl.Datetime("us"),
    "survey": pl.String,
    "score": pl.Float64,
    "scale_low": pl.Float64,
    "scale_high": pl.Float64,
    "region": pl.String,
    "weight": pl.Float64,
}


def day(text: str) -> dt.date:
    """A date from "2026-03-14", "2026-03" (its first day) or "2026"."""
    return dt.date.fromisoformat(text + "-01" * (2 - text.count("-")))


def lazy(frame: pl.DataFrame) -> nw.LazyFrame:
    return nw.from_native(frame.lazy())


def period_rows(
    rows: Iterable[tuple[int, str, int]], *, column: str = "month", **more: Sequence[object]
) -> pl.DataFrame:
    """Rows (customer_key, date, orders) as customer_periods; each order is worth 10."""
    records = [(key, day(at), orders, 10.0 * orders, 0.0) for key, at, orders in rows]
    types = {column if name == "month" else name: kind for name, kind in PERIOD_TYPES.items()}
    return pl.DataFrame(records, schema=types, orient="row").with_columns(**{k: pl.Series(v) for k, v in more.items()})


def periods(rows: Iterable[tuple[int, str, int]], *, column: str = "month", **more: Sequence[object]) -> nw.LazyFrame:
    return lazy(period_rows(rows, column=column, **more))


def order_day_rows(rows: Iterable[tuple[int, str]], **more: Sequence[object]) -> pl.DataFrame:
    """Rows (customer_key, day) as order_days."""
    records = [(key, day(at)) for key, at in rows]
    frame = pl.DataFrame(records, schema={"customer_key": pl.Int64, "day": pl.Date}, orient="row")
    return frame.with_columns(**{k: pl.Series(v) for k, v in more.items()})


def orders(rows: Iterable[tuple[int, str]]) -> pl.DataFrame:
    """Rows (customer_key, day) as orders, of which nothing else is known."""
    return order_day_rows(rows).select("customer_key", ordered_at=pl.col("day").cast(pl.Datetime("us")))


def order_days(rows: Iterable[tuple[int, str]], **more: Sequence[object]) -> nw.LazyFrame:
    return lazy(order_day_rows(rows, **more))


def tier_change_rows(rows: Iterable[tuple[int, str, str]], **more: Sequence[object]) -> pl.DataFrame:
    """Rows (customer_key, day, tier) as tier_changes."""
    records = [(key, day(at), tier) for key, at, tier in rows]
    types = {"customer_key": pl.Int64, "effective_on": pl.Date, "tier": pl.String}
    return pl.DataFrame(records, schema=types, orient="row").with_columns(**{k: pl.Series(v) for k, v in more.items()})


def tier_changes(rows: Iterable[tuple[int, str, str]], **more: Sequence[object]) -> nw.LazyFrame:
    return lazy(tier_change_rows(rows, **more))


SALE_TYPES = {"customer_key": pl.Int64, "day": pl.Date, "orders": pl.Int64, "revenue": pl.Float64}


def sale_rows(rows: Iterable[tuple[int | None, str, int, float]], **more: Sequence[object]) -> pl.DataFrame:
    """Rows (customer_key, day, orders, revenue) as purchases, and as sales."""
    records = [(key, day(at), orders, revenue) for key, at, orders, revenue in rows]
    frame = pl.DataFrame(records, schema=SALE_TYPES, orient="row")
    return frame.with_columns(**{k: pl.Series(v) for k, v in more.items()})


def sales(rows: Iterable[tuple[int | None, str, int, float]], **more: Sequence[object]) -> nw.LazyFrame:
    return lazy(sale_rows(rows, **more))


def answer_rows(answers: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    """One row per answer to the recommendation question on 2026-01-15, unless a column says otherwise."""
    default = {
        "responded_at": dt.datetime(2026, 1, 15, 12),
        "survey": "nps",
        "scale_low": 0.0,
        "scale_high": 10.0,
    }
    return pl.DataFrame([{**dict.fromkeys(FEEDBACK_TYPES), **default, **a} for a in answers], schema=FEEDBACK_TYPES)


def scores(*values: float, **same: object) -> nw.LazyFrame:
    return lazy(answer_rows({"score": value, **same} for value in values))


OF_ORDER = {
    "customer_key": pl.Int64,
    "ordered_at": pl.Datetime("us"),
    **dict.fromkeys(("kind", "channel", "store", "region", "currency"), pl.String),
}  # what a line takes from its order


def stored(table: str, rows: Iterable[Mapping[str, object]] = ()) -> pl.DataFrame:
    """Rows of an uploaded table as a snapshot gives them: customers as keys, what is not given null."""
    types = {PEOPLE.get(name, name): column.dtype for name, column in TABLES[table].columns().items()}
    types = {name: pl.Int64() if name in PEOPLE.values() else kind for name, kind in types.items()}
    types |= OF_ORDER if table == "order_lines" else {}
    return pl.DataFrame([{**dict.fromkeys(types), **row} for row in rows], schema=types)


ITEM_TYPES = {
    "source": pl.String,
    "response_id": pl.String,
    "customer_key": pl.Int64,
    "item": pl.String,
    "score": pl.Float64,
    "scale_low": pl.Float64,
    "scale_high": pl.Float64,
}


def item_rows(responses: Iterable[Mapping[str, float | None]], *, scale: tuple[float, float] = (1, 5)) -> pl.DataFrame:
    """One row per answer of questionnaires, each given as {item: score}; None was not answered. Nobody is known."""
    rows = [
        ("survey", f"{place:06}", None, item, score, *scale)
        for place, one in enumerate(responses)
        for item, score in one.items()
        if score is not None
    ]
    return pl.DataFrame(rows, schema=ITEM_TYPES, orient="row")


def outcome_rows(values: Iterable[float | None], **same: object) -> pl.DataFrame:
    """The answers of the same respondents to the recommendation question."""
    rows = [
        {"source": "survey", "feedback_id": f"{place:06}", "score": value, **same}
        for place, value in enumerate(values)
        if value is not None
    ]
    return answer_rows(rows)
