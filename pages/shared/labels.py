"""What codes that come from data are called, and what is counted: those of `data.labels`, and the other usual names of tiers."""

from data import labels
from data.labels import CHOSEN, KNOWN, NONE, TIER_ORDER, answers, customers
from data.segment import Segment
from data.words import _, joined, listed
from metrics.texts import N_

__all__ = ["KNOWN", "NONE", "TIER_ORDER", "USUAL_TIERS", "answers", "customers", "label", "segment_words"]

USUAL_TIERS = {
    "guest": N_("Guest"),
    "basic": N_("Basic"),
    "member": N_("Member"),
    "standard": N_("Standard"),
    "classic": N_("Classic"),
    "diamond": N_("Diamond"),
    "black": N_("Black"),
}


def label(code: str | None) -> str:
    """The name of a code; "not known" for a missing one."""
    return _(USUAL_TIERS[code]) if code in USUAL_TIERS else labels.label(code)


def segment_words(segment: Segment) -> str:
    """Who is looked at: "in East China, Gold members, won by Search"; "" for everybody. Not escaped."""
    chosen = segment.chosen.items()
    return listed([_(CHOSEN[name]).format(names=joined([label(code) for code in codes])) for name, codes in chosen])
