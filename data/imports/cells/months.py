"""Names of months and weekdays in the commonest languages of exports, as Babel has them."""

import unicodedata
from functools import cache
from typing import Literal, get_args

from babel.dates import get_day_names, get_month_names

LANGUAGES = ("en", "es", "fr", "de", "pt", "it", "nl", "pl", "ru", "tr", "sv", "da", "zh")
ALSO = {"sept": 9, "mrz": 3, "jänner": 1, "janner": 1, "feber": 2, "maerz": 3, "juill": 7, "fevr": 2, "ian": 1}
Width = Literal["wide", "abbreviated"]
Context = Literal["format", "stand-alone"]
FORMS: list[tuple[Width, Context]] = [(width, context) for width in get_args(Width) for context in get_args(Context)]


@cache
def months() -> dict[str, int]:
    """Small letters, with and without accents, no dot → 1 to 12. A name that means two months in two languages is left out."""
    found: dict[str, set[int]] = {name: {number} for name, number in ALSO.items()}
    for language in LANGUAGES:
        for width, context in FORMS:
            for number, name in get_month_names(width, context, language).items():
                for spelling in _spellings(name):
                    found.setdefault(spelling, set()).add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1 and not name[0].isdigit()}


@cache
def weekdays() -> tuple[str, ...]:
    """Small letters, with and without accents, no dot; without those that are months in another language, longest first."""
    found = {
        spelling
        for language in LANGUAGES
        for width, context in FORMS
        for name in get_day_names(width, context, language).values()
        for spelling in _spellings(name)
    }
    return tuple(sorted(found - months().keys(), key=lambda name: (-len(name), name)))


def _spellings(name: str) -> set[str]:
    """A name and its spelling without accents."""
    small = unicodedata.normalize("NFKC", name).lower().rstrip(".")
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", small) if not unicodedata.combining(sign))
    return {small, bare.replace("ı", "i").replace("ł", "l")}
