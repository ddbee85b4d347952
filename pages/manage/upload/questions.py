"""What a file itself leaves open, asked of a person: how its dates, numbers and letters are written, what its lines are."""

from zoneinfo import available_timezones

import streamlit as st

from data.imports import Undecided
from data.imports.cells.zones import AS_WRITTEN
from metrics.texts import N_
from pages.shared.words import markup
from pages.shared.words.texts import _

ANSWERS: dict[str, dict[str, str]] = {
    "date_order": {
        "dmy": N_("Day before month: 3/9/2026 is 3 September"),
        "mdy": N_("Month before day: 3/9/2026 is 9 March"),
        "ymd": N_("Year before month: 26/9/3 is 3 September 2026"),
    },
    "decimal": {".": N_("Decimal point: 1,234.50"), ",": N_("Decimal comma: 1.234,50")},
    "encoding": {
        "gb18030": N_("GB18030 (GBK, GB2312): Chinese Windows"),
        "big5": N_("Big5: Taiwan and Hong Kong"),
        "shift-jis": N_("Shift-JIS: Japanese"),
        "euc-kr": N_("EUC-KR: Korean"),
        "windows-1252": N_("Windows-1252: Western European Windows"),
        "windows-1251": N_("Windows-1251: Cyrillic Windows"),
        "koi8-r": N_("KOI8-R: Cyrillic"),
        "windows-1250": N_("Windows-1250: Central European Windows"),
        "latin-1": N_("Latin-1 (ISO 8859-1): Western European"),
        "utf-8": N_("UTF-8"),
        "utf-16-le": N_("UTF-16 LE"),
        "utf-16-be": N_("UTF-16 BE"),
    },
}
ASKED = {  # only where the cells do not tell
    "lines": {
        "sum": N_("Each line is a part: they are added up"),
        "total": N_("Each line repeats the total of the order"),
        "last": N_("Each line is a state of the order: the last one counts"),
        "first": N_("Each line is a state of the order: the first one counts"),
    },
    "over_sheets": {
        "sum": N_("Parts of the order: they are added up"),
        "last": N_("States of the order: the last sheet counts"),
    },
    "refunds": {
        "to take off": N_("Before refunds: they are still to be taken off"),
        "taken off": N_("After refunds: they are taken off already"),
    },
}
UNNAMED = {"sheet", "unit"}  # what is chosen goes by its own name
CLOCKS = {AS_WRITTEN: N_("As written: each cell in its own time zone"), "UTC": N_("UTC")}
COLUMNS = {
    "status": N_("It says which orders count"),
    "payment_status": N_("It says which orders count"),
    "cancelled": N_("Where it is filled, the order does not count"),
    "refund": N_("It holds money that was given back"),
    "customer_id": N_("It names the customer"),
    "amount": N_("It holds what was paid"),
    "not used": N_("Nothing of that: it is not needed"),
}
CURRENCY = N_("Which currency is meant?")
QUESTIONS = {
    "scale": N_("Which scale?"),
    "timezone": N_("Which time zone do the days follow?"),
    "lines": N_("What are the lines of one order?"),
    "over_sheets": N_("What are the lines of one order on several sheets?"),
    "refunds": N_("What are the amounts?"),
    "unit": N_("By what are the numbers multiplied?"),
    "date_order": N_("How are the dates written?"),
    "decimal": N_("How are the numbers written?"),
    "encoding": N_("How is the text encoded?"),
    "sheet": N_("Which sheets are read?"),
    "column": N_("What does the column hold?"),
}


def answer(asked: Undecided) -> str | None:
    """Ask what the file itself leaves open; the code that was chosen, in the run after the button."""
    name = asked.option
    if name == "ladder":
        return _ladder(asked.answers[0].split(", "))
    kind = name.partition(":")[0]
    names = (
        ANSWERS.get(name)
        or ASKED.get(name)
        or (COLUMNS if kind == "column" else None)
        or ({} if name in UNNAMED else CLOCKS)
    )
    codes = list(asked.answers)
    choice: str | None = st.radio(
        _(QUESTIONS.get(kind, CURRENCY)),
        codes,
        index=None,
        format_func=lambda code: _(names[code]) if code in names else code,
        captions=[markup.plain(text) for text in asked.previews] or None,
        key=f"asked.{name}",
    )
    if name == "timezone":
        choice = zone(_("Or the time zone of a place"), None, key="asked.timezone.place") or choice
    pressed = st.button(
        _("Continue"), type="primary", icon=":material/check:", disabled=choice is None, key=f"asked.{name}.go"
    )
    return choice if pressed else None


def _ladder(tiers: list[str]) -> str | None:
    """The tiers in the order in which they are chosen."""
    chosen: list[str] = st.multiselect(_("From the lowest tier to the highest"), tiers, key="asked.ladder")
    complete = len(chosen) == len(tiers)
    pressed = st.button(
        _("Continue"), type="primary", icon=":material/check:", disabled=not complete, key="asked.ladder.go"
    )
    return ", ".join(chosen) if pressed else None


def zone(question: str, known: str | None, *, key: str) -> str | None:
    """A place whose clock is meant."""
    places = sorted(available_timezones())
    chosen: str | None = st.selectbox(
        question,
        places,
        index=places.index(known) if known in places else None,
        placeholder=_("optional"),
        width=260,
        key=key,
    )
    return chosen
