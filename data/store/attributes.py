"""What is known of customers and rows by each dimension, as SQL: the value of a dimension, and the codes that a version holds."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from data.errors import StoreError
from data.sql import Parameters
from metrics.dimension import ATTRIBUTES, CLASSES, Dimension, is_attribute, of_column
from metrics.texts import N_

ALIASES = {"customer": "c", "tiers": "t", "home_store": "h"}
STEPS = {"month": "strftime({0}, '%Y-%m')", "quarter": "strftime({0}, '%Y-Q') || quarter({0})"}
ROWS_ONLY = {"survey": ("feedback",)}  # columns with few codes that are no dimension, and the tables that have them


@dataclass(frozen=True)
class Values:
    """The rows r of a table and what is joined to them: c, one row per customer; t, the tier of each; h, the home store; and the columns
    of members and the classes, each by its own name.

    `known` gives c as a query, `visible` is the condition on the rows of a table, `member` gives customer_key and code of a column of
    members, `classes` a table with customer_key and segment of a scheme on a date. Nothing after `as_of` is seen, and no store or class is
    that of a later day than the last one with an order.
    """

    rows: str
    known: str
    visible: str
    as_of: dt.date | None
    orders_last: dt.date | None
    member: Callable[[str], str]
    classes: Callable[[str, dt.date], str]

    def of(self, columns: Iterable[str], params: Parameters) -> tuple[dict[str, str], str]:
        """The value of each of these dimensions by column, and the joins that they take."""
        dimensions = [dimension(column) for column in columns]
        first = "c.first_order_at"
        if self.as_of and any(each.source == "first_order" for each in dimensions):
            seen = params.add(self.as_of + dt.timedelta(days=1))
            first = f"(case when {first} < {seen} then {first} end)"
        values = {each.column: self._value(each, first) for each in dimensions}
        needed = {each.source for each in dimensions if self.rows not in each.own}
        joins = ""
        if needed & {"customer", "first_order"}:
            joins += f" left join ({self.known}) c using (customer_key)"
        if "tiers" in needed:
            last = params.add(self.as_of or dt.date.max)
            joins += f"""
                left join (select customer_key, arg_max(tier, effective_on) as tier from tier_changes
                    where {self.visible} and effective_on <= {last} group by customer_key) t using (customer_key)
            """
        if "home_store" in needed:
            joins += f" left join ({self._home_stores(params)}) h using (customer_key)"
        for each in dict.fromkeys(dimensions):
            if each.source == "member":
                joins += f' left join ({self.member(each.column)}) "{each.column}" using (customer_key)'
            if each.source == "classes":
                table = self.classes(CLASSES[each.column], self._last)
                joins += f' left join {table} "{each.column}" using (customer_key)'
        return values, joins

    @property
    def _last(self) -> dt.date:
        """The last day that is seen and that orders cover."""
        return min((day for day in (self.as_of, self.orders_last) if day), default=dt.date.min)

    def _home_stores(self, params: Parameters) -> str:
        """The store with most of a customer's orders in the twelve months before the date; of several, that of the latest order."""
        end = params.add(self._last + dt.timedelta(days=1))
        return f"""
            select customer_key, arg_max(store, row(orders, last_at, store)) as store from (
                select customer_key, store, count(*) as orders, max(ordered_at) as last_at
                from orders where {self.visible} and kind = 'order' and store is not null and customer_key is not null
                    and ordered_at >= {end}::date - interval 12 month and ordered_at < {end}
                group by customer_key, store
            ) group by customer_key
        """

    def _value(self, of: Dimension, first: str) -> str:
        own = f"r.{of.column}"
        if self.rows in of.own:
            return own
        if of.source == "first_order":
            return STEPS[of.step].format(first)
        if of.source == "member":
            return f'"{of.column}".code'
        if of.source == "classes":
            return f'"{of.column}".segment'
        value = f"{ALIASES[of.source]}.{of.column}"
        return f"coalesce({value}, {own})" if self.rows in of.instead else value


def dimension(column: str) -> Dimension:
    """The dimension of a column; StoreError for a name that is no attribute of a customer."""
    found = of_column(column)
    if found is None or not is_attribute(column):
        known = ", ".join(ATTRIBUTES)
        raise StoreError(N_("“{name}” is no attribute of a customer; there are: {known}."), name=column, known=known)
    return found


def sources(column: str) -> tuple[str, ...]:
    """The tables and the kinds of customer data in which the codes of a column stand; StoreError when it has no codes to choose from."""
    if column in ROWS_ONLY:
        return ROWS_ONLY[column]
    found = of_column(column)
    if found is None or found.source in ("first_order", "classes"):
        raise StoreError(N_("There are no values to choose from for “{column}”."), column=column)
    of_customers = {"customer": ("customers",), "tiers": ("tier_changes",), "member": ("customers",)}
    return (*of_customers.get(found.source, ()), *found.tables)
