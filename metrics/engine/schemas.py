"""The rows that Rapport works on, one schema per table: what an import must produce and what metric functions may rely on.

An import names customers as its file does (`customer_id`); the store replaces that by an integer `customer_key`. Times are the
wall clock of the place where the event happened, without a zone. Money is in the row's currency, in full units (not cents); the store
keeps it to four decimals, exactly.
A rule's method name is what a person reads on the receipt, so it states what holds for a good row.
"""

import datetime as dt

import dataframely as dy
import polars as pl

EARLIEST = dt.datetime(1990, 1, 1)
MONEY = ("amount", "gross", "discount", "refund")  # columns of an order
MOST_MONEY = 1e12  # of one order; more is a slip


class Order(dy.Schema):
    """One row per order, or per refund document that names no order (`kind` "refund": its amount is negative)."""

    source = dy.String(nullable=False)
    order_id = dy.String(nullable=False, min_length=1)
    kind = dy.String(nullable=False)
    customer_id = dy.String(nullable=True)
    ordered_at = dy.Datetime(time_unit="us", nullable=False)
    amount = dy.Float64(nullable=False, allow_inf=False, allow_nan=False)
    gross = dy.Float64(nullable=True)
    discount = dy.Float64(nullable=True)
    refund = dy.Float64(nullable=True)
    coupon = dy.String(nullable=True)
    channel = dy.String(nullable=True)
    store = dy.String(nullable=True)
    region = dy.String(nullable=True)
    items = dy.Float64(nullable=True)
    currency = dy.String(nullable=True)

    @dy.rule()
    def kind_is_order_or_refund(cls) -> pl.Expr:
        return pl.col("kind").is_in(["order", "refund"])

    @dy.rule()
    def money_is_below_a_trillion(cls) -> pl.Expr:
        return pl.all_horizontal(pl.col(name).is_null() | (pl.col(name).abs() < MOST_MONEY) for name in MONEY)

    @dy.rule()
    def date_is_not_before_1990(cls) -> pl.Expr:
        return pl.col("ordered_at") >= EARLIEST


class Member(dy.Schema):
    """One row per customer: what the shop knows of the person, whether or not there is an order."""

    customer_id = dy.String(nullable=False, min_length=1)
    joined_on = dy.Date(nullable=True)
    acquisition_channel = dy.String(nullable=True)
    region = dy.String(nullable=True)
    attributes = dy.String(nullable=True)  # JSON object of the file's other columns


class Feedback(dy.Schema):
    """One row per answer to one score question."""

    source = dy.String(nullable=False)
    feedback_id = dy.String(nullable=False, min_length=1)
    customer_id = dy.String(nullable=True)
    responded_at = dy.Datetime(time_unit="us", nullable=False)
    survey = dy.String(nullable=False)
    score = dy.Float64(nullable=False, allow_inf=False, allow_nan=False)
    scale_low = dy.Float64(nullable=False)
    scale_high = dy.Float64(nullable=False)
    touchpoint = dy.String(nullable=True)
    channel = dy.String(nullable=True)
    store = dy.String(nullable=True)
    region = dy.String(nullable=True)
    order_id = dy.String(nullable=True)
    comment = dy.String(nullable=True)
    weight = dy.Float64(nullable=True)

    @dy.rule()
    def score_is_on_its_scale(cls) -> pl.Expr:
        return pl.col("score").is_between(pl.col("scale_low"), pl.col("scale_high"))

    @dy.rule()
    def date_is_not_before_1990(cls) -> pl.Expr:
        return pl.col("responded_at") >= EARLIEST


class Answer(dy.Schema):
    """One row per respondent and questionnaire item that is neither NPS, CSAT nor CES."""

    source = dy.String(nullable=False)
    response_id = dy.String(nullable=False, min_length=1)
    item = dy.String(nullable=False, min_length=1)
    customer_id = dy.String(nullable=True)
    responded_at = dy.Datetime(time_unit="us", nullable=False)
    score = dy.Float64(nullable=False, allow_inf=False, allow_nan=False)
    scale_low = dy.Float64(nullable=False)
    scale_high = dy.Float64(nullable=False)

    @dy.rule()
    def score_is_on_its_scale(cls) -> pl.Expr:
        return pl.col("score").is_between(pl.col("scale_low"), pl.col("scale_high"))


class TierChange(dy.Schema):
    """One row per customer and day on which the tier changed; the tier holds from that day on."""

    customer_id = dy.String(nullable=False, min_length=1)
    effective_on = dy.Date(nullable=False)
    tier = dy.String(nullable=False, min_length=1)


TABLES: dict[str, type[dy.Schema]] = {
    "orders": Order,
    "members": Member,
    "feedback": Feedback,
    "answers": Answer,
    "tier_changes": TierChange,
}

NATURAL_KEYS: dict[str, tuple[str, ...]] = {
    "orders": ("source", "order_id"),
    "members": ("customer_id",),
    "feedback": ("source", "feedback_id"),
    "answers": ("source", "response_id", "item"),
    "tier_changes": ("customer_id", "effective_on"),
}
