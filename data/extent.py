"""How far the data of one version reach."""

import datetime as dt
import json
from dataclasses import asdict, dataclass

import duckdb

from data.sql import first_row, only_value


@dataclass(frozen=True)
class Extent:
    """First and last dates, counts, and the currency that money is shown in.

    Money of orders in another currency than the most frequent one is left out of sums; `other_currency_orders` counts them.
    """

    orders_first: dt.date | None = None
    orders_last: dt.date | None = None
    refunds_last: dt.date | None = None
    feedback_first: dt.date | None = None
    feedback_last: dt.date | None = None
    orders: int = 0
    customers: int = 0
    feedback: int = 0
    currency: str | None = None
    other_currency_orders: int = 0
    demo: bool = False

    @property
    def last(self) -> dt.date | None:
        """The last date in the data, which every question is answered as of unless it names another."""
        return max((date for date in (self.orders_last, self.feedback_last) if date), default=None)

    @property
    def first(self) -> dt.date | None:
        """The first date in the data."""
        return min((date for date in (self.orders_first, self.feedback_first) if date), default=None)

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=dt.date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> "Extent":
        values = json.loads(text)
        for name, value in values.items():
            if name.endswith(("_first", "_last")) and value:
                values[name] = dt.date.fromisoformat(value)
        return cls(**values)


def measure(cursor: duckdb.DuckDBPyConnection) -> Extent:
    """The extent of the rows that are visible now; rollups must be fresh."""
    orders, feedback = (
        "from orders where replaced_by is null and kind = 'order'",
        "from feedback where replaced_by is null",
    )
    dated = "select min({0})::date, max({0})::date, count(*) {1}"
    orders_first, orders_last, orders_count = first_row(cursor, dated.format("ordered_at", orders)) or (None, None, 0)
    feedback_first, feedback_last, feedback_count = first_row(cursor, dated.format("responded_at", feedback)) or (
        None,
        None,
        0,
    )
    currency = home_currency(cursor)
    return Extent(
        orders_first=orders_first,
        orders_last=orders_last,
        refunds_last=only_value(
            cursor, "select max(ordered_at)::date from orders where replaced_by is null and kind = 'refund'"
        ),
        feedback_first=feedback_first,
        feedback_last=feedback_last,
        orders=orders_count,
        customers=only_value(cursor, "select count(*) from customers"),
        feedback=feedback_count,
        currency=currency,
        other_currency_orders=only_value(
            cursor, f"select count(*) {orders} and currency <> $currency", {"currency": currency}
        ),
        demo=only_value(
            cursor,
            """
            select count(*) > 0 from imports where profile = 'demo' and kind = 'import'
                and id not in (select undoes from imports where undoes is not null)
            """,
        ),
    )


def home_currency(cursor: duckdb.DuckDBPyConnection) -> str | None:
    """The currency of most visible orders (the first in the alphabet among equals), or None when none is named."""
    found = first_row(
        cursor,
        """
        select currency from orders where replaced_by is null and kind = 'order' and currency is not null
        group by currency order by count(*) desc, currency limit 1
        """,
    )
    return found[0] if found else None
