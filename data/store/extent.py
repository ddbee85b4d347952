"""How far the data of one version reach."""

import datetime as dt
import json
from dataclasses import asdict, dataclass

import duckdb

from data.sql import first_row, only_value
from metrics.engine.schemas import DATES, TABLES, people


@dataclass(frozen=True)
class Extent:
    """First and last dates, counts, and the currency that money is shown in.

    Money of orders in another currency than the most frequent one is left out of sums; `other_currency_orders` counts them.
    """

    orders_first: dt.date | None = None
    orders_last: dt.date | None = None  # or of the last refund document, which comes from the same exports
    feedback_first: dt.date | None = None
    feedback_last: dt.date | None = None
    tiers_first: dt.date | None = None
    tiers_last: dt.date | None = None
    points_first: dt.date | None = None
    points_last: dt.date | None = None
    benefits_first: dt.date | None = None
    benefits_last: dt.date | None = None
    referrals_first: dt.date | None = None
    referrals_last: dt.date | None = None
    orders: int = 0
    customers: int = 0
    feedback: int = 0
    currency: str | None = None
    other_currency_orders: int = 0
    demo: bool = False

    @property
    def last(self) -> dt.date | None:
        """The last date in the data, which every question is answered as of unless it names another: of orders and answers, and of tier
        changes, points, benefits and referrals where there is neither."""
        others = (self.tiers_last, self.points_last, self.benefits_last, self.referrals_last)
        last = max((date for date in others if date), default=None)
        return max((date for date in (self.orders_last, self.feedback_last) if date), default=last)

    @property
    def first(self) -> dt.date | None:
        """The first date in the data; as `last`."""
        others = (self.tiers_first, self.points_first, self.benefits_first, self.referrals_first)
        first = min((date for date in others if date), default=None)
        return min((date for date in (self.orders_first, self.feedback_first) if date), default=first)

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=dt.date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> "Extent":
        values = json.loads(text)
        values.pop("refunds_last", None)  # of versions that were made while it stood apart
        for name, value in values.items():
            if name.endswith(("_first", "_last")) and value:
                values[name] = dt.date.fromisoformat(value)
        return cls(**values)


def measure(cursor: duckdb.DuckDBPyConnection, version: int | None = None) -> Extent:
    """The extent of the rows that are visible now, for which rollups must be fresh, or that were in a past version."""
    visible = visible_in(version)
    orders, feedback = f"from orders where {visible} and kind = 'order'", f"from feedback where {visible}"
    dated = "select min({0})::date, max({0})::date, count(*) {1}"
    nothing = (None, None, 0)
    orders_first, orders_last, orders_count = first_row(cursor, dated.format("ordered_at", orders)) or nothing
    feedback_first, feedback_last, feedback_count = first_row(cursor, dated.format("responded_at", feedback)) or nothing
    tiers = f"select min(effective_on), max(effective_on) from tier_changes where {visible}"
    tiers_first, tiers_last = first_row(cursor, tiers) or (None, None)
    reach = {}
    for table in ("points", "benefits", "referrals"):
        ends = f"select min({DATES[table]})::date, max({DATES[table]})::date from {table} where {visible}"
        reach[f"{table}_first"], reach[f"{table}_last"] = first_row(cursor, ends) or (None, None)
    currency = home_currency(cursor, visible)
    refunds_last = only_value(cursor, f"select max(ordered_at)::date from orders where {visible} and kind = 'refund'")
    known = "customers" if version is None else f"({keys_query(visible)})"
    return Extent(
        orders_first=orders_first,
        orders_last=max((day for day in (orders_last, refunds_last) if day), default=None),
        feedback_first=feedback_first,
        feedback_last=feedback_last,
        tiers_first=tiers_first,
        tiers_last=tiers_last,
        **reach,
        orders=orders_count,
        customers=only_value(cursor, f"select count(*) from {known}"),
        feedback=feedback_count,
        currency=currency,
        other_currency_orders=only_value(
            cursor, f"select count(*) {orders} and currency <> $currency", {"currency": currency}
        ),
        demo=only_value(
            cursor,
            f"""
            select count(*) > 0 from imports where profile = 'demo' and kind = 'import' and id <= {version or "id"}
                and id not in (select undoes from imports where undoes is not null and id <= {version or "id"})
            """,
        ),
    )


def visible_in(version: int | None) -> str:
    """The condition that a row is visible in: now (None), or in that version."""
    if version is None:
        return "replaced_by is null"
    return f"added_by <= {int(version)} and (replaced_by is null or replaced_by > {int(version)})"


def keys_query(visible: str) -> str:
    """The query for the customers of whom a row is visible."""
    return " union ".join(
        f"select {key} as customer_key from {table} where {visible} and {key} is not null"
        for table in TABLES
        for key in people(table).values()
    )


def home_currency(cursor: duckdb.DuckDBPyConnection, visible: str = "replaced_by is null") -> str | None:
    """The currency of most visible orders (the first in the alphabet among equals), or None when none is named."""
    found = first_row(
        cursor,
        f"""
        select currency from orders where {visible} and kind = 'order' and currency is not null
        group by currency order by count(*) desc, currency limit 1
        """,
    )
    return found[0] if found else None
