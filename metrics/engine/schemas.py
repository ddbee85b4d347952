"""The rows that Rapport works on, one schema per table: what an import must produce and what metric functions may rely on.

An import names customers as its file does (PEOPLE: `customer_id`, …); the store replaces that by an integer (`customer_key`, …). Times
are the wall clock of the place where the event happened, without a zone. Money is in the row's currency, in full units (not cents); the
store keeps it, and what else is EXACT, to four decimals.
A rule's method name is what a person reads on the receipt, so it states what holds for a good row.
"""

import datetime as dt

import dataframely as dy
import polars as pl

EARLIEST = dt.datetime(1990, 1, 1)
MONEY = ("amount", "gross", "discount", "refund")  # columns of an order
MOST_MONEY = 1e12  # of one order; more is a slip
MOST_POINTS = 1e12  # of one movement
MOVEMENTS = ("earn", "spend", "expire", "adjust", "cancel")  # of points
PEOPLE = {
    "customer_id": "customer_key",
    "referrer_id": "referrer_key",
}  # columns that name a customer, and what the store makes of them


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


class OrderLine(dy.Schema):
    """One row per line of an order: what was bought, of which group, how many, for how much. The lines of an order come as a whole: a
    later import of the order replaces all of them. `amount` is null where the file has amounts of whole orders only."""

    source = dy.String(nullable=False)
    order_id = dy.String(nullable=False, min_length=1)
    line = dy.Int64(nullable=False, min=1)
    product = dy.String(nullable=True)
    product_group = dy.String(nullable=True)
    quantity = dy.Float64(nullable=True, allow_inf=False, allow_nan=False)
    amount = dy.Float64(nullable=True, allow_inf=False, allow_nan=False)

    @dy.rule()
    def money_is_below_a_trillion(cls) -> pl.Expr:
        return pl.all_horizontal(pl.col(name).is_null() | (pl.col(name).abs() < MOST_MONEY) for name in LINE_SUMS)


class Points(dy.Schema):
    """One row per movement of a customer's points. What a customer gets is positive, what goes is negative; an adjustment is either.

    `award_id` names the award (the `movement_id` of one that was earned) that is spent, expired or cancelled; without it the oldest
    points go first. `expires_on` is the last day on which an award can be spent.
    """

    source = dy.String(nullable=False)
    movement_id = dy.String(nullable=False, min_length=1)
    customer_id = dy.String(nullable=False, min_length=1)
    moved_at = dy.Datetime(time_unit="us", nullable=False)
    kind = dy.String(nullable=False)
    points = dy.Float64(nullable=False, allow_inf=False, allow_nan=False)
    award_id = dy.String(nullable=True)
    expires_on = dy.Date(nullable=True)

    @dy.rule()
    def kind_is_a_movement(cls) -> pl.Expr:
        return pl.col("kind").is_in(MOVEMENTS)

    @dy.rule()
    def sign_fits_the_kind(cls) -> pl.Expr:
        gone = pl.col("kind").is_in(["spend", "expire", "cancel"])
        return (~gone | (pl.col("points") <= 0)) & ((pl.col("kind") != "earn") | (pl.col("points") >= 0))

    @dy.rule()
    def points_are_below_a_trillion(cls) -> pl.Expr:
        return pl.col("points").abs() < MOST_POINTS

    @dy.rule()
    def date_is_not_before_1990(cls) -> pl.Expr:
        return pl.col("moved_at") >= EARLIEST


class Referral(dy.Schema):
    """One row per customer who was brought by another one."""

    source = dy.String(nullable=False)
    customer_id = dy.String(nullable=False, min_length=1)
    referrer_id = dy.String(nullable=False, min_length=1)
    referred_on = dy.Date(nullable=False)

    @dy.rule()
    def nobody_brings_themselves(cls) -> pl.Expr:
        return pl.col("customer_id") != pl.col("referrer_id")


class BenefitUse(dy.Schema):
    """One row per use of a benefit of the programme, with what it cost where that is known."""

    source = dy.String(nullable=False)
    use_id = dy.String(nullable=False, min_length=1)
    customer_id = dy.String(nullable=False, min_length=1)
    used_at = dy.Datetime(time_unit="us", nullable=False)
    benefit = dy.String(nullable=False, min_length=1)
    cost = dy.Float64(nullable=True, allow_inf=False, allow_nan=False)

    @dy.rule()
    def money_is_below_a_trillion(cls) -> pl.Expr:
        return pl.col("cost").is_null() | (pl.col("cost").abs() < MOST_MONEY)

    @dy.rule()
    def date_is_not_before_1990(cls) -> pl.Expr:
        return pl.col("used_at") >= EARLIEST


class Event(dy.Schema):
    """One row per thing that happened or is planned (a training, a campaign, a change): when, in which stores (names with a semicolon
    between them, null: all), for whom. It names no customer."""

    source = dy.String(nullable=False)
    event_id = dy.String(nullable=False, min_length=1)
    name = dy.String(nullable=False, min_length=1)
    kind = dy.String(nullable=True)
    starts_on = dy.Date(nullable=False)
    ends_on = dy.Date(nullable=True)
    stores = dy.String(nullable=True)
    segment = dy.String(nullable=True)
    note = dy.String(nullable=True)

    @dy.rule()
    def end_is_not_before_the_start(cls) -> pl.Expr:
        return pl.col("ends_on").is_null() | (pl.col("ends_on") >= pl.col("starts_on"))


LINE_SUMS = ("quantity", "amount")

TABLES: dict[str, type[dy.Schema]] = {
    "orders": Order,
    "members": Member,
    "feedback": Feedback,
    "answers": Answer,
    "tier_changes": TierChange,
    "order_lines": OrderLine,
    "points": Points,
    "referrals": Referral,
    "benefits": BenefitUse,
    "events": Event,
}

NATURAL_KEYS: dict[str, tuple[str, ...]] = {
    "orders": ("source", "order_id"),
    "members": ("customer_id",),
    "feedback": ("source", "feedback_id"),
    "answers": ("source", "response_id", "item"),
    "tier_changes": ("customer_id", "effective_on"),
    "order_lines": ("source", "order_id", "line"),
    "points": ("source", "movement_id"),
    "referrals": ("source", "customer_id"),
    "benefits": ("source", "use_id"),
    "events": ("source", "event_id"),
}

# The column that says when a row happened; lines have that of their order.
DATES: dict[str, str] = {
    "orders": "ordered_at",
    "members": "joined_on",
    "feedback": "responded_at",
    "answers": "responded_at",
    "tier_changes": "effective_on",
    "points": "moved_at",
    "referrals": "referred_on",
    "benefits": "used_at",
    "events": "starts_on",
}

# Columns that are added up: the store keeps them as decimals.
EXACT: dict[str, tuple[str, ...]] = {
    "orders": MONEY,
    "order_lines": LINE_SUMS,
    "points": ("points",),
    "benefits": ("cost",),
}

# Rows that come together, by the columns that tell which: those that a later import of them no longer brings are gone.
TOGETHER: dict[str, tuple[str, ...]] = {"order_lines": ("source", "order_id")}


def people(table: str) -> dict[str, str]:
    """The columns of a table that name a customer, each with the key that the store makes of it."""
    return {name: key for name, key in PEOPLE.items() if name in TABLES[table].columns()}


def texts() -> set[tuple[str, str]]:
    """Every table and column that holds text from files, without those that name a customer."""
    return {
        (table, name)
        for table, rows in TABLES.items()
        for name, column in rows.columns().items()
        if column.dtype == pl.String and name not in PEOPLE
    }
