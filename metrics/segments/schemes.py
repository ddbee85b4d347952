"""The ways in which customers are sorted into classes, each with the table that is used unless another is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from metrics.engine.periods import checked
from metrics.segments.rules import Number, Table, parse
from metrics.texts import N_

NOBODY_YET = Number(0, None)
ORDERS = {"orders": NOBODY_YET}
SCORE = Number(1, 5)
NEW_DAYS = 90  # days since the first order within which a customer is new


@dataclass(frozen=True)
class Scheme:
    """A way to sort customers: the numbers that its table may look at, and the table."""

    name: str
    label: str
    numbers: Mapping[str, Number]
    text: str

    @property
    def table(self) -> Table:
        """Its own table."""
        return table_of(self.name)


RFM = Scheme(
    "rfm",
    N_("RFM segments"),
    {"recency": SCORE, "frequency": SCORE, "monetary": SCORE},
    "champions: recency 4..5, frequency 4..5, monetary 4..5; "
    "loyal: recency 4..5, frequency 4..5, monetary 1..3 or recency 3, frequency 4..5; "
    "big_spenders: recency 3..5, frequency 1..3, monetary 5; "
    "promising: recency 4..5, frequency 2..3, monetary 1..4; "
    "recent: recency 4..5, frequency 1, monetary 1..4; "
    "fading: recency 3, frequency 1..3, monetary 1..4; "
    "must_keep: recency 1..2, frequency 4..5, monetary 4..5; "
    "at_risk: recency 1..2, frequency 4..5, monetary 1..3 or recency 1..2, frequency 2..3; "
    "asleep: recency 1..2, frequency 1",
)
LADDER = Scheme(
    "ladder",
    N_("Loyalty ladder"),
    {**ORDERS, "quarters": Number(0, 4, up_to="orders"), "recommends": Number(0, 1)},
    "advocate: orders 4.., recommends 1 or orders 2..3, quarters 3..4, recommends 1; "
    "loyal: orders 4.., recommends 0 or orders 2..3, quarters 3..4, recommends 0; "
    "repeat: orders 2..3, quarters 0..2; "
    "first_time: orders 1; "
    "prospect: orders 0",
)
STAGES = Scheme(
    "stages",
    N_("Relationship stages"),
    {**ORDERS, "silent": Number(0, 1, up_to="orders")},
    "maintenance: orders 4.., silent 0; "
    "formation: orders 2..3, silent 0; "
    "exploration: orders 1, silent 0; "
    "awareness: orders 0; "
    "decline: orders 1.., silent 1",
)
AGE = Scheme(
    "age",
    N_("Potential, new and old customers"),
    {**ORDERS, "days_known": NOBODY_YET},
    f"established: orders 1.., days_known {NEW_DAYS}..; newcomer: orders 1.., days_known 0..{NEW_DAYS - 1}; potential: orders 0",
)
SCHEMES = {scheme.name: scheme for scheme in (RFM, LADDER, STAGES, AGE)}


# What the usual classes are called; one of a table of one's own is called by its code
NAMES = {
    "champions": N_("Champions"),
    "loyal": N_("Loyal"),
    "big_spenders": N_("Big spenders"),
    "promising": N_("Promising"),
    "recent": N_("Recent, seldom"),
    "fading": N_("Fading"),
    "must_keep": N_("Must keep"),
    "at_risk": N_("At risk"),
    "asleep": N_("Asleep"),
    "advocate": N_("Advocates"),
    "repeat": N_("Repeat customers"),
    "first_time": N_("First-time customers"),
    "prospect": N_("Prospects"),
    "maintenance": N_("Maintenance"),
    "formation": N_("Formation"),
    "exploration": N_("Exploration"),
    "awareness": N_("Awareness"),
    "decline": N_("Decline"),
    "established": N_("Old customers"),
    "newcomer": N_("New customers"),
    "potential": N_("Potential customers"),
}


@cache
def table_of(scheme: str, text: str = "") -> Table:
    """The table of a scheme: its own, or the one that a text says. ValueError for an unknown scheme, RuleError (which names it) for a
    gap, an overlap or a class that nobody can be in."""
    found = SCHEMES[checked("scheme", scheme, SCHEMES)]
    return parse(text or found.text, found.numbers)
