"""What codes that come from data are called: the usual ones in both languages, any other as it is; and what is counted."""

from data.segment import Segment
from data.text.words import _, joined, listed, ngettext, number
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
}
TIER_ORDER = ("platinum", "gold", "silver", "bronze")
NONE = N_("not known")
CHOSEN = {"region": N_("in {names}"), "tier": N_("{names} members"), "acquisition_channel": N_("won by {names}")}


def label(code: str | None) -> str:
    """The name of a code; "not known" for a missing one."""
    if code is None:
        return _(NONE)
    return _(KNOWN[code]) if code in KNOWN else code


def customers(n: int) -> str:
    """How many customers."""
    return ngettext("{n} customer", "{n} customers", n).format(n=number(n))


def answers(n: int) -> str:
    """How many answers."""
    return ngettext("{n} answer", "{n} answers", n).format(n=number(n))


def segment_words(segment: Segment) -> str:
    """Who is looked at: "in East China, Gold members, won by Search"; "" for everybody. Not escaped."""
    chosen = segment.chosen.items()
    return listed([_(CHOSEN[name]).format(names=joined([label(code) for code in codes])) for name, codes in chosen])
