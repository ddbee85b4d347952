"""Headers beside the names that they may have: case, blanks, hyphens, camel case and a unit in brackets make no difference."""

import re
from collections.abc import Sequence

from data.imports.files.layout import fold_header, squash
from data.imports.files.survey_headers import BETWEEN

YEAR = re.compile(r"\b(year|jahr|année|annee|año|ano|anno|jaar|rok|год|yıl)\b|年")
MONTH = re.compile(r"\b(month|monat|mois|mes|mês|mese|maand|miesiąc|месяц|ay)\b|月")
DAY = re.compile(r"\b(day|tag|jour|día|dia|giorno|dag|dzień|день|gün)\b|日$")


def find_header(wanted: str, headers: Sequence[str]) -> int | None:
    """The place of a header: the very one, else one in another spelling, if only one is."""
    folded = fold_header(wanted)
    for place, header in enumerate(headers):
        if fold_header(header) == folded:
            return place
    squashed = squash(wanted)
    alike = [place for place, header in enumerate(headers) if squash(header) == squashed]
    if not alike:  # a question by its number, or by its text
        alike = [
            place
            for place, header in enumerate(headers)
            if BETWEEN in header and squashed in map(squash, header.split(BETWEEN, 1))
        ]
    return alike[0] if len(alike) == 1 else None


def find_parts(wanted: str, headers: Sequence[str]) -> tuple[int, ...]:
    """The places of a header, of `first+second`, or of one that a `~expression` fits; empty when one is not there."""
    if wanted.startswith("~"):
        return next(((n,) for n, header in enumerate(headers) if re.search(wanted[1:], fold_header(header))), ())
    place = find_header(wanted, headers)
    if place is not None:
        return (place,)
    parts = [find_header(part, headers) for part in wanted.split("+")] if "+" in wanted else [None]
    found = tuple(part for part in parts if part is not None)
    return found if len(found) == len(parts) == len(set(found)) else ()


def parts_in_order(places: tuple[int, ...], headers: Sequence[str]) -> tuple[int, ...]:
    """The parts of a date from the largest to the smallest, where the headers name them."""
    ranks = {place: _rank(headers[place]) for place in places}
    return places if None in ranks.values() else tuple(sorted(places, key=lambda place: ranks[place] or 0))


def is_calendar(places: tuple[int, ...], headers: Sequence[str]) -> bool:
    """Whether the parts are a year, a month and perhaps a day."""
    return all(_rank(headers[place]) is not None for place in places)


def _rank(header: str) -> int | None:
    folded = fold_header(header)
    return next((rank for rank, pattern in enumerate((YEAR, MONTH, DAY)) if pattern.search(folded)), None)
