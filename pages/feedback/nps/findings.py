"""The title of the list of answers behind the score: how many of a kind there are, as they were counted."""

from metrics.texts import N_
from pages.shared.words.texts import ngettext, number

ANSWERS = {
    "promoters": (N_("Who answered 9 or 10: {n} promoter"), N_("Who answered 9 or 10: {n} promoters")),
    "passives": (N_("Who answered 7 or 8: {n} passive"), N_("Who answered 7 or 8: {n} passives")),
    "detractors": (N_("Who answered 0 to 6: {n} detractor"), N_("Who answered 0 to 6: {n} detractors")),
}


def answers(kind: str, n: int) -> str:
    """So many answers of a kind."""
    one, many = ANSWERS[kind]
    return ngettext(one, many, n).format(n=number(n))
