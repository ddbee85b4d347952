"""The dimensions: by what customers, orders and answers are told apart, filtered and split. Each is declared once, here.

Filters, groups, titles, alerts, access scopes, downloads and the command line iterate over these records.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from metrics.texts import N_

# "rows": a column of uploaded rows; "customer": a column of the customer; "tiers": the tier in force as of a date;
# "first_order": the month or quarter of the customer's first order; "home_store": the store with most of the customer's orders in the
# twelve months before a date; "classes": the class that a customer is in as of a date; "member": a further column of the members file.
Source = Literal["rows", "customer", "tiers", "first_order", "home_store", "classes", "member"]
Noun = Literal["customer", "answer"]
# Groups stand from the largest value to the smallest, unless they have an order of their own: that of the ladder, or of time.
Order = Literal["value", "ladder", "time"]


@dataclass(frozen=True)
class Missing:
    """What is said where the data hold no value of a dimension, and what to do then."""

    title: str
    remedy: str


@dataclass(frozen=True)
class Dimension:
    """By what rows are told apart.

    `column` is its name in frames, in downloads, on the command line and in the access file, `code` the one in an address. `of` are those
    whose groups a reader can compare by it; it `filters` when one can choose customers by it. All texts are to be translated; those with
    a {name}, {names} or {dimension} are filled by data.text.labels.

    `tables`: uploaded rows that have the column. Of those in `own` the row's own value counts, and of those in `instead` it stands in
    where the customer's is not known.
    """

    column: str
    code: str
    of: tuple[Noun, ...]
    source: Source
    label: str
    plural: str
    meaning: str
    by: str
    icon: str
    missing: Missing
    missing_of_answers: Missing | None = None
    one: str = "{name}"  # a group in a sentence …
    other: str = "{name}"  # … and another one after it
    where: str = "{name}"  # where something changed
    chosen: str = "{names}"  # who is looked at
    listed: str = "{name}"  # in a list of groups of several dimensions
    every: str = ""
    filters: bool = False
    has_place: bool = False  # in the filter bar; the others share one
    compares_orders: bool = True  # not where ordering itself moves customers from one group to another
    order: Order = "value"
    step: str = ""  # of time: month or quarter
    tables: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()

    def lacking(self, noun: Noun) -> Missing:
        """What is said where rows of this noun know no value of it."""
        return (self.missing_of_answers or self.missing) if noun == "answer" else self.missing


TOUCHPOINT = Dimension(
    column="touchpoint",
    code="touchpoint",
    of=("answer",),
    source="rows",
    tables=("feedback",),
    own=("feedback",),
    label=N_("Touchpoint"),
    plural=N_("touchpoints"),
    meaning=N_("touchpoint"),
    by=N_("by touchpoint"),
    icon=":material/touch_app:",
    one=N_("answers about {name}"),
    other=N_("those about {name}"),
    missing=Missing(
        N_("The answers name no touchpoint."),
        N_("Upload answers with a column for the touchpoint."),
    ),
)
CHANNEL = Dimension(
    column="channel",
    code="channel",
    of=("answer",),
    source="rows",
    tables=("orders", "feedback"),
    own=("feedback",),
    label=N_("Channel"),
    plural=N_("channels"),
    meaning=N_("channel"),
    by=N_("by channel"),
    icon=":material/shopping_cart:",
    one=N_("answers through {name}"),
    other=N_("those through {name}"),
    missing=Missing(
        N_("The answers name no channel."),
        N_("Upload answers with a column for the channel."),
    ),
)
STORE = Dimension(
    column="store",
    code="store",
    of=("answer", "customer"),
    source="home_store",
    tables=("orders", "feedback"),
    own=("feedback",),
    filters=True,
    label=N_("Store"),
    plural=N_("stores"),
    meaning=N_("store"),
    by=N_("by store"),
    every=N_("All stores"),
    icon=":material/storefront:",
    one=N_("customers of {name}"),
    other=N_("those of {name}"),
    where=N_("among customers of {name}"),
    chosen=N_("customers of {names}"),
    missing=Missing(
        N_("No store is known."),
        N_("Upload orders with a column for the store."),
    ),
    missing_of_answers=Missing(
        N_("The answers name no store."),
        N_("Upload answers with a column for the store."),
    ),
)
REGION = Dimension(
    column="region",
    code="region",
    of=("answer", "customer"),
    source="customer",
    tables=("orders", "feedback"),
    instead=("orders", "feedback"),
    filters=True,
    has_place=True,
    label=N_("Region"),
    plural=N_("regions"),
    meaning=N_("region"),
    by=N_("by region"),
    icon=":material/location_on:",
    every=N_("All regions"),
    one=N_("customers in {name}"),
    other=N_("those in {name}"),
    where=N_("in {name}"),
    chosen=N_("in {names}"),
    missing=Missing(
        N_("No region is known."),
        N_("Upload members with a region and the customer ids that the orders use."),
    ),
    missing_of_answers=Missing(
        N_("No region is known, neither of the answers nor of their customers."),
        N_("Upload answers with a region, or members with a region and the customer ids that the survey uses."),
    ),
)
ACQUISITION = Dimension(
    column="acquisition_channel",
    code="channel",
    of=("customer",),
    source="customer",
    filters=True,
    label=N_("Acquisition channel"),
    plural=N_("acquisition channels"),
    meaning=N_("channel through which the customer was acquired"),
    by=N_("by acquisition channel"),
    icon=":material/campaign:",
    every=N_("All channels"),
    one=N_("customers acquired through {name}"),
    other=N_("those acquired through {name}"),
    where=N_("among customers acquired through {name}"),
    chosen=N_("acquired through {names}"),
    listed=N_("acquired through {name}"),
    missing=Missing(
        N_("No acquisition channel is known."),
        N_("Upload members with an acquisition channel and the customer ids that the orders use."),
    ),
)
TIER = Dimension(
    column="tier",
    code="tier",
    of=("answer", "customer"),
    source="tiers",
    filters=True,
    has_place=True,
    compares_orders=False,
    order="ladder",
    label=N_("Tier"),
    plural=N_("tiers"),
    meaning=N_("tier"),
    by=N_("by tier"),
    icon=":material/workspace_premium:",
    every=N_("All tiers"),
    one=N_("{name} members"),
    other=N_("{name} members"),
    where=N_("among {name} members"),
    chosen=N_("{names} members"),
    listed=N_("{name} members"),
    missing=Missing(
        N_("No customer has a tier."),
        N_("Upload the members’ tiers with the customer ids that the orders use."),
    ),
    missing_of_answers=Missing(
        N_("No answer belongs to a customer with a tier."),
        N_("Upload the members’ tiers with the customer ids that the survey uses."),
    ),
)
FIRST_MONTH = Dimension(
    column="cohort",
    code="cohort",
    of=("customer",),
    source="first_order",
    order="time",
    step="month",
    label=N_("First month"),
    plural=N_("cohorts"),
    meaning=N_("month of the first order"),
    by=N_("by first month"),
    icon=":material/event:",
    one=N_("customers who first ordered in {name}"),
    other=N_("those who first ordered in {name}"),
    missing=Missing(
        N_("Nobody has ordered yet."),
        N_("Upload orders with the customer ids that the members use."),
    ),
)
FIRST_QUARTER = Dimension(
    column="cohort_quarter",
    code="cohort",
    of=("answer",),
    source="first_order",
    order="time",
    step="quarter",
    label=N_("First order"),
    plural=N_("cohorts"),
    meaning=N_("first day of the quarter of the first order"),
    by=N_("by quarter of the first order"),
    icon=":material/event:",
    one=N_("customers who first ordered in {name}"),
    other=N_("those who first ordered in {name}"),
    missing=Missing(
        N_("No answer belongs to a customer with an order."),
        N_("Upload orders with the customer ids that the survey uses."),
    ),
)
RFM_SEGMENT = Dimension(
    column="rfm_segment",
    code="rfm",
    of=("answer", "customer"),
    source="classes",
    filters=True,
    compares_orders=False,
    label=N_("RFM segment"),
    plural=N_("RFM segments"),
    meaning=N_("RFM segment on the last day that is seen"),
    by=N_("by RFM segment"),
    icon=":material/grid_view:",
    every=N_("All RFM segments"),
    one=N_("customers of the RFM segment {name}"),
    other=N_("those of the RFM segment {name}"),
    where=N_("in the RFM segment {name}"),
    chosen=N_("in the RFM segments {names}"),
    listed=N_("RFM segment {name}"),
    missing=Missing(
        N_("Nobody has ordered yet."),
        N_("Upload orders; recency, frequency and amount are scored from them."),
    ),
    missing_of_answers=Missing(
        N_("No answer belongs to a customer with an order."),
        N_("Upload orders with the customer ids that the survey uses."),
    ),
)
LADDER_RUNG = Dimension(
    column="loyalty_rung",
    code="rung",
    of=("answer", "customer"),
    source="classes",
    filters=True,
    compares_orders=False,
    label=N_("Rung of the loyalty ladder"),
    plural=N_("rungs of the loyalty ladder"),
    meaning=N_("rung of the loyalty ladder on the last day that is seen"),
    by=N_("by rung of the loyalty ladder"),
    icon=":material/stairs:",
    every=N_("All rungs"),
    one=N_("customers on the rung {name}"),
    other=N_("those on the rung {name}"),
    where=N_("on the rung {name}"),
    chosen=N_("on the rungs {names}"),
    listed=N_("rung {name}"),
    missing=Missing(
        N_("Nobody has ordered or joined yet."),
        N_("Upload orders, or members with the date on which they joined."),
    ),
    missing_of_answers=Missing(
        N_("No answer belongs to a customer with an order."),
        N_("Upload orders with the customer ids that the survey uses."),
    ),
)
CLASSES = {
    RFM_SEGMENT.column: "rfm",
    LADDER_RUNG.column: "ladder",
}  # of which way of sorting a dimension holds the classes

DIMENSIONS = (
    TOUCHPOINT,
    CHANNEL,
    REGION,
    ACQUISITION,
    TIER,
    STORE,
    FIRST_MONTH,
    FIRST_QUARTER,
    RFM_SEGMENT,
    LADDER_RUNG,
)
FILTERS = tuple(dimension for dimension in DIMENSIONS if dimension.filters)
# What is known of a customer, whatever rows are looked at; and the further columns of members
ATTRIBUTES = tuple(dimension.column for dimension in DIMENSIONS if dimension.source != "rows")


MEMBER = "member_"  # how the columns of members files begin, in frames and in addresses
LONGEST_MEMBER = 40


def member_column(header: str) -> str:
    """The column of a header of a members file, whatever its case and its blanks; "" where nothing is left of it."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    name = re.sub(r"[\W_]+", "_", folded).strip("_")[:LONGEST_MEMBER].strip("_")
    return MEMBER + name if name else ""


def is_member_column(column: str) -> bool:
    """Whether it is spelt as `member_column` spells them; whether data hold it is another question."""
    return column.startswith(MEMBER) and column == member_column(column.removeprefix(MEMBER))


def _of_members(column: str) -> Dimension:
    """The dimension of a further column of the members file."""
    name = column.removeprefix(MEMBER).replace("_", " ")
    return Dimension(
        column=column,
        code=column,
        of=("answer", "customer"),
        source="member",
        filters=True,
        label=name[:1].upper() + name[1:],
        plural=N_("groups by {dimension}"),
        meaning=N_("{dimension}, as the members file has it"),
        by=N_("by {dimension}"),
        icon=":material/badge:",
        one=N_("customers with {dimension} {name}"),
        other=N_("those with {dimension} {name}"),
        where=N_("among customers with {dimension} {name}"),
        chosen=N_("{dimension}: {names}"),
        listed=N_("{dimension}: {name}"),
        missing=Missing(
            N_("Nothing is known to group customers by"),
            N_("Upload members with this column, with the customer ids that the orders use."),
        ),
    )


def of_column(column: str) -> Dimension | None:
    """The dimension of a column of a frame."""
    if is_member_column(column):
        return _of_members(column)
    return next((dimension for dimension in DIMENSIONS if dimension.column == column), None)


def is_attribute(column: str) -> bool:
    """Whether it is known of a customer, whatever rows are looked at."""
    return column in ATTRIBUTES or is_member_column(column)


def known(column: str) -> Dimension:
    """As `of_column`, of a column that is one; LookupError for another."""
    found = of_column(column)
    if found is None:
        raise LookupError(column)
    return found


def dimensions_of(noun: Noun) -> tuple[Dimension, ...]:
    """The dimensions by which rows of a noun are split where a reader chooses one."""
    return tuple(dimension for dimension in DIMENSIONS if noun in dimension.of)


def codes(dimensions: Iterable[Dimension]) -> tuple[str, ...]:
    """Their names in an address."""
    return tuple(dimension.code for dimension in dimensions)
