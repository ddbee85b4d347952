"""What codes that come from data are called: the usual ones in both languages, any other as it is; and what is counted."""

from collections.abc import Callable, Sequence

from data.segment import Segment
from data.text import bands
from data.text.words import _, joined, listed, ngettext, number, spaced
from metrics.dimension import Dimension, known
from metrics.metric import Noun
from metrics.segments.schemes import NAMES
from metrics.texts import N_

KNOWN = {
    "guest": N_("Guest"),
    "basic": N_("Basic"),
    "member": N_("Member"),
    "standard": N_("Standard"),
    "classic": N_("Classic"),
    "bronze": N_("Bronze"),
    "silver": N_("Silver"),
    "gold": N_("Gold"),
    "platinum": N_("Platinum"),
    "diamond": N_("Diamond"),
    "black": N_("Black"),
    "East China": N_("East China"),
    "South China": N_("South China"),
    "North China": N_("North China"),
    "West China": N_("West China"),
    "store": N_("Store"),
    "web": N_("Web shop"),
    "app": N_("App"),
    "search": N_("Search"),
    "social": N_("Social media"),
    "referral": N_("Referral"),
    "coupon campaign": N_("Coupon campaign"),
    "delivery": N_("Delivery"),
    "store visit": N_("Store visit"),
    "support": N_("Support"),
    "quality": N_("Quality"),
    "price": N_("Price"),
    "service": N_("Service"),
    "assortment": N_("Assortment"),
    "gift wrapping": N_("Gift wrapping"),
    "free returns": N_("Free returns"),
    "on-time delivery": N_("On-time delivery"),
    "live shopping": N_("Live shopping"),
    "member day": N_("Member day"),
    **NAMES,
}
TIER_ORDER = ("platinum", "gold", "silver", "bronze")
NONE = N_("not known")


def label(code: str | None) -> str:
    """The name of a code; "not known" for a missing one."""
    if code is None:
        return _(NONE)
    if code not in KNOWN and (band := bands.CODE.fullmatch(code)) and (band[1] or band[3]):
        return bands.label(band)
    return _(KNOWN[code]) if code in KNOWN else code


def customers(n: int) -> str:
    """How many customers."""
    return ngettext("{n} customer", "{n} customers", n).format(n=number(n))


def answers(n: int) -> str:
    """How many answers."""
    return ngettext("{n} answer", "{n} answers", n).format(n=number(n))


def comments(n: int) -> str:
    """How many comments."""
    return ngettext("{n} comment", "{n} comments", n).format(n=number(n))


def orders(n: int) -> str:
    """How many orders."""
    return ngettext("{n} order", "{n} orders", n).format(n=number(n))


def members(n: int) -> str:
    """How many members."""
    return ngettext("{n} member", "{n} members", n).format(n=number(n))


COUNTED: dict[Noun, Callable[[int], str]] = {
    "answers": answers,
    "customers": customers,
    "members": members,
    "orders": orders,
}


def segment_words(segment: Segment) -> str:
    """Who is looked at: "in East China, Gold members, acquired through Search"; "" for everybody. Not escaped."""
    return listed([chosen(known(column), codes) for column, codes in segment.codes])


def chosen(dimension: Dimension, codes: Sequence[str]) -> str:
    """Who is looked at by one dimension: "Gold and Silver members". Not escaped."""
    names = joined([label(code) for code in codes])
    return _(dimension.chosen).format(names=names, dimension=_(dimension.label))


def group(text: str, dimension: Dimension, code: str) -> str:
    """A group by one of the texts of its dimension: "customers in East China". Not escaped."""
    return _(text).format(name=label(code), dimension=_(dimension.label))


def named(text: str, dimension: Dimension) -> str:
    """One of the texts of a dimension that say no group: "by region". Not escaped."""
    return _(text).format(dimension=_(dimension.label))


def apart(text: str, dimension: Dimension, one: str, other: str, **values: object) -> str:
    """A sentence, already in the reader's language, about two groups: "Customers in East China come back more than those in North China".
    Not escaped."""
    first = _(dimension.one)
    if text.startswith("{one}"):
        first = first[:1].upper() + first[1:]
    said = first.format(name=label(one), dimension=_(dimension.label))
    return spaced(text.format(one=said, other=group(dimension.other, dimension, other), **values))


def alike(dimension: Dimension) -> str:
    """That its groups do not clearly differ."""
    return spaced(_("No clear difference between {groups}").format(groups=named(dimension.plural, dimension)))
