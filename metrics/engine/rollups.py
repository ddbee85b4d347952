"""The two summaries that most questions start from. Both stay lazy, so that the engine that holds the orders also saves them."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw

from metrics.engine.exact import money
from metrics.engine.periods import EVERY, checked
from metrics.engine.reduce import day_number, distinct, one_if, period_start


def customer_periods(orders: nw.LazyFrame, refunds: nw.LazyFrame, *, period: str = "month") -> nw.LazyFrame:
    """One row per customer and month in which something happened: customer_key, month, orders, revenue, discount.

    `month` is the first day of the month; with another `period` the column bears its name ("week" begins on Monday). `refunds` are
    documents that name no order: they lower the revenue of their own month and are no order, so a month with refunds alone has
    `orders` 0. Money that is null counts as 0, and adds up exactly. Rows without a customer must have been left out. Without rows the
    result has none.
    """
    checked("period", period, EVERY)
    columns = ("customer_key", "ordered_at", money("amount"), money("discount"))
    both = nw.concat([orders.select(*columns, counted=nw.lit(1)), refunds.select(*columns, counted=nw.lit(0))])
    return (
        both.with_columns(period_start(nw.col("ordered_at"), period).alias(period))
        .group_by("customer_key", period)
        .agg(
            orders=nw.col("counted").sum(),
            revenue=nw.col("amount").sum(),
            discount=nw.col("discount").sum(),
        )
        .with_columns(nw.col("orders").cast(nw.Int64), *(money(name).fill_null(0) for name in ("revenue", "discount")))
    )


def purchases(orders: nw.LazyFrame, refunds: nw.LazyFrame, attributes: Sequence[str] = ()) -> nw.LazyFrame:
    """One row per order and per refund document that names none: customer_key, day, orders (1 or 0), revenue, and the attributes."""
    rows = [
        frame.select(
            "customer_key",
            *attributes,
            day=nw.col("ordered_at").cast(nw.Date),
            orders=nw.lit(counted).cast(nw.Int64),
            revenue=money("amount").fill_null(0),
        )
        for counted, frame in ((1, orders), (0, refunds))
    ]
    return nw.concat(rows)


def by_week(purchases: nw.LazyFrame, attributes: Sequence[str] = ()) -> nw.LazyFrame:
    """The rows of `purchases` with those of a known customer and week in one, whose day is its first."""
    keys, known = ("customer_key", *attributes, "day"), ~nw.col("customer_key").is_null()
    weeks = purchases.with_columns(day=period_start(nw.col("day"), "week"))
    each = weeks.filter(known).group_by(*keys).agg(nw.col("orders", "revenue").sum())
    return together(each, weeks.filter(~known), attributes)


def together(known: nw.LazyFrame, nobody: nw.LazyFrame, attributes: Sequence[str] = ()) -> nw.LazyFrame:
    """What customers bought and what nobody known did, below each other: customer_key, day, orders, revenue, and the attributes."""
    columns = ("customer_key", *attributes, "day", "orders", "revenue")
    day, orders = nw.col("day").cast(nw.Date), nw.col("orders").cast(nw.Int64)
    return nw.concat([rows.with_columns(day, orders, money("revenue")).select(columns) for rows in (known, nobody)])


def with_neighbour_months(customer_periods: nw.LazyFrame) -> nw.LazyFrame:
    """The rows of `customer_periods` by month, with first_month (that of the customer's first order, null without any), and, where the
    month has an order, previous_month and next_month with an order, null where there is none.

    A saved rollup that holds them spares retention the search for cohorts, and tells the first and the last month of a longer period
    row by row: questions about 10 M rows then take a sixth of the time, because nothing is grouped by customer.
    """
    active = customer_periods.filter(nw.col("orders") > 0).select("customer_key", "month")
    first = active.group_by("customer_key").agg(first_month=nw.col("month").min())
    month = nw.col("month")
    beside = active.with_columns(
        previous_month=month.shift(1).over("customer_key", order_by="month"),
        next_month=month.shift(-1).over("customer_key", order_by="month"),
    )
    return customer_periods.join(first, on="customer_key", how="left").join(
        beside, on=["customer_key", "month"], how="left"
    )


def order_days(orders: nw.LazyFrame) -> nw.LazyFrame:
    """One row per customer and day with an order: customer_key, day. Orders of one day are one purchase.

    Rows without a customer must have been left out. Without rows the result has none.
    """
    return distinct(orders.select("customer_key", day=nw.col("ordered_at").cast(nw.Date)), ["customer_key", "day"])


def with_neighbours(order_days: nw.LazyFrame) -> nw.LazyFrame:
    """The rows of `order_days` with first_day of the same customer, previous_day and next_day, null where there is none, and the days from
    the first one to each: age, previous_age, next_age.

    Saved with them, gaps between purchases and windows since the first one are plain counts; else they take a window over all rows,
    which is slow on 10 M orders.
    """
    day = nw.col("day")
    first = order_days.group_by("customer_key").agg(first_day=day.min())
    beside = order_days.with_columns(
        previous_day=day.shift(1).over("customer_key", order_by="day"),
        next_day=day.shift(-1).over("customer_key", order_by="day"),
    ).join(first, on="customer_key")
    ages = {"age": "day", "previous_age": "previous_day", "next_age": "next_day"}
    return beside.with_columns(
        **{age: day_number(nw.col(of)) - day_number(nw.col("first_day")) for age, of in ages.items()}
    )


def seen_by(order_days: nw.LazyFrame, as_of: dt.date) -> nw.LazyFrame:
    """The rows up to `as_of` with the columns of `with_neighbours`, of which next_day and next_age may lie after it. A frame that
    has them already is spared looking for them."""
    seen = order_days.filter(nw.col("day") <= nw.lit(as_of))
    return seen if "next_day" in order_days.collect_schema().names() else with_neighbours(seen)


def is_last(as_of: dt.date) -> nw.Expr:
    """Whether a row of `seen_by` is the last one of its customer by then."""
    return nw.col("next_day").is_null() | (nw.col("next_day") > nw.lit(as_of))


def customers(orders: nw.LazyFrame, refunds: nw.LazyFrame) -> nw.LazyFrame:
    """One row per customer: first_order_at, last_order_at, orders, order_days (days with an order), revenue, and of the order-days
    after the first one: repeat_spend (their amounts, added) and repeat_spend_days (how many have a known amount).

    Both are net of `refunds`, documents that name no order. Such a document lowers the latest order-day of known amount up to its own day,
    so it lowers the repeat spend from the second such day on. A customer with nothing but refunds has orders 0 and null dates. Rows
    without a customer must have been left out. Without rows the result has none.
    """
    counted = orders.group_by("customer_key").agg(
        first_order_at=nw.col("ordered_at").min(),
        last_order_at=nw.col("ordered_at").max(),
        orders=nw.len(),
    )
    paid = (
        nw.concat([rows.select("customer_key", money("amount")) for rows in (orders, refunds)])
        .group_by("customer_key")
        .agg(revenue=nw.col("amount").sum())
    )
    return (
        paid.join(counted, on="customer_key", how="left")
        .join(_counted_days(orders, refunds), on="customer_key", how="left")
        .with_columns(
            nw.col("orders", "order_days", "repeat_spend_days").cast(nw.Int64).fill_null(0),
            *(money(name).fill_null(0) for name in ("revenue", "repeat_spend")),
        )
    )


def _counted_days(orders: nw.LazyFrame, refunds: nw.LazyFrame) -> nw.LazyFrame:
    """One row per customer with an order: order_days, repeat_spend, repeat_spend_days. Orders of one day are one purchase."""
    days = (
        orders.select("customer_key", money("amount"), day=nw.col("ordered_at").cast(nw.Date))
        .group_by("customer_key", "day")
        .agg(amount=nw.col("amount").sum(), known=one_if(~nw.col("amount").is_null()).sum())
    )
    # from the orders, not from `days`, which the engine would then work out twice
    first = _first_days(orders)
    known = (nw.col("day") > nw.col("first")) & (nw.col("known") > 0)
    counted = (
        days.join(first, on="customer_key")
        .with_columns(spend=nw.when(known).then(nw.col("amount")).otherwise(nw.lit(0)), spend_days=one_if(known))
        .group_by("customer_key")
        .agg(order_days=nw.len(), repeat_spend=nw.col("spend").sum(), repeat_spend_days=nw.col("spend_days").sum())
    )
    return counted.join(_refunded(orders, refunds), on="customer_key", how="left").with_columns(
        repeat_spend=money("repeat_spend") + money("refunded").fill_null(0)
    )


def _refunded(orders: nw.LazyFrame, refunds: nw.LazyFrame) -> nw.LazyFrame:
    """One row per customer whose refund documents lower a day after the first: refunded, their sum (not above 0)."""
    documents = refunds.select("customer_key", money("amount"), day=nw.col("ordered_at").cast(nw.Date))
    # few customers have such documents: the orders of the others are not looked at
    of_them = orders.join(distinct(documents, ["customer_key"]), on="customer_key")
    known = of_them.filter(~nw.col("amount").is_null()).with_columns(known_on=nw.col("ordered_at").cast(nw.Date))
    second = (
        known.join(_first_days(of_them), on="customer_key")
        .filter(nw.col("known_on") > nw.col("first"))
        .group_by("customer_key")
        .agg(second=nw.col("known_on").min())
    )
    later = documents.join(second, on="customer_key").filter(nw.col("day") >= nw.col("second"))
    return later.group_by("customer_key").agg(refunded=nw.col("amount").sum())


def _first_days(orders: nw.LazyFrame) -> nw.LazyFrame:
    """One row per customer: first, the day of the first order."""
    found = orders.group_by("customer_key").agg(first=nw.col("ordered_at").min())
    return found.with_columns(first=nw.col("first").cast(nw.Date))
