"""Words, numbers and dates in the reader's language. English is the key; `locale/` holds the other languages.

Which language is in force, a page's session says (`follow`), or the block `speaking`: a message is written in that of its reader."""

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_currency_symbol

from data.errors import RapportError
from metrics.errors import RuleError

LANGUAGES = {"en": "EN", "zh": "中文"}
LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}
CATALOGUES = Path(__file__).parents[2] / "locale"
WHOLE_FROM = 100
BETWEEN_SCRIPTS = re.compile(r"(?<=[A-Za-z])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z])")
MINUS, EN_DASH = "\u2212", "\u2013"

_spoken: ContextVar[str | None] = ContextVar("language", default=None)


def _reader() -> str | None:
    return None


def language() -> str:
    """The language in force: of the block `speaking`, else of the reader; English where nobody says."""
    return _spoken.get() or _reader() or "en"


def follow(reader: Callable[[], str | None]) -> None:
    """Have whoever knows the reader say the language, where no block `speaking` does."""
    global _reader
    _reader = reader


@contextlib.contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within the block, texts are in this language, whatever the view says."""
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


@lru_cache
def catalogue(code: str) -> Catalog | None:
    """The messages of a language, or None for English, in which the keys are."""
    path = CATALOGUES / code / "LC_MESSAGES" / "rapport.po"
    if not path.exists():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=LOCALES[code])


def _(text: str) -> str:
    """The text in the language in force; the text itself where a language lacks it."""
    known = catalogue(language())
    return _translation(known, text) or text


def ngettext(one: str, many: str, count: int) -> str:
    """The form for a count. Chinese has one form for all."""
    if language() == "en":
        return one if count == 1 else many
    known = catalogue(language())
    return _translation(known, one) or (one if count == 1 else many)


def _translation(known: Catalog | None, text: str) -> str:
    message = known.get(text) if known and text else None
    found = message.string if message else None
    return found if isinstance(found, str) else next(iter(found or ()), "")


def spaced(text: str) -> str:
    """The text with a space between Chinese characters and Latin letters, where a name was put into a sentence."""
    return BETWEEN_SCRIPTS.sub(" ", text)


def told(error: RapportError | RuleError) -> str:
    """The sentence of an error in the language in force."""
    return _(error.template).format(**error.values)


def _locale() -> str:
    return LOCALES[language()]


def number(value: float, digits: int = 0) -> str:
    """1,234.5 with a true minus sign."""
    return _decimal(round(value, digits) + 0.0, digits, _locale())


@lru_cache(maxsize=20_000)
def _decimal(value: float, digits: int, locale: str) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, pattern, locale=locale, group_separator=True).replace("-", MINUS)


def signed(value: float, digits: int = 1) -> str:
    """A change, always with its sign: +1.2, −1.2; what rounds to nothing has none."""
    return ("+" if round(value, digits) > 0 else "") + number(value, digits)


MOST_DIGITS = 4  # of a percentage


def percent(share: float, digits: int = 1) -> str:
    """A share (0–1) as 83.4%. What is more than nothing is never 0%, nor is less than all 100%: then it gets more digits."""
    while digits < MOST_DIGITS and 0 < abs(share) < 1 and abs(round(100 * share, digits)) in (0, 100):
        digits += 1
    return f"{number(100 * share, digits)}%"


def money(value: float, currency: str | None, digits: int = 0) -> str:
    """¥1,234 with the symbol of the currency, or its code where it has none; a plain number when no currency is named."""
    if not currency:
        return number(value, digits)
    symbol = get_currency_symbol(currency, "zh_Hans_CN" if currency == "CNY" else "en_GB")
    shown = f"{symbol}{' ' if symbol.isalpha() else ''}{number(abs(value), digits)}"
    return (MINUS if round(value, digits) < 0 else "") + shown


def span(low: float, high: float, digits: int = 1, *, sign: bool = False) -> str:
    """An interval, joined by a word, because a dash between negative numbers cannot be read."""
    show = signed if sign else number
    return _("{low} to {high}").format(low=show(low, digits), high=show(high, digits))


def coins(value: float) -> int:
    """How many digits after the point money of this size is shown with: none, or cents where it is below 100."""
    return 0 if abs(value) >= WHOLE_FROM else 2


def money_span(low: float, high: float, currency: str | None) -> str:
    """An interval of money."""
    digits = coins(high)
    return _("{low} to {high}").format(low=money(low, currency, digits), high=money(high, currency, digits))


def date(day: dt.date) -> str:
    """18 Jul 2026."""
    return _date(day, language())


@lru_cache(maxsize=20_000)
def _date(day: dt.date, code: str) -> str:
    shown = "d MMM yyyy" if code == "en" else "yyyy年M月d日"
    return format_date(day, shown, locale=LOCALES[code]).replace("Sept", "Sep")


def long_date(day: dt.date) -> str:
    """18 July 2026."""
    return format_date(day, "d MMMM yyyy" if language() == "en" else "yyyy年M月d日", locale=_locale())


def moment(at: dt.datetime) -> str:
    """A date with the time of day."""
    return f"{date(at.date())} {format_datetime(at, 'HH:mm', locale=_locale())}"


def dates(start: dt.date, end: dt.date) -> str:
    """1 April – 30 June 2026: the two ends of a period, what they share said once."""
    if start == end:
        return long_date(start)
    if language() == "zh":
        shown = "M月d日" if start.year == end.year else "yyyy年M月d日"
        return f"{long_date(start)}至{format_date(end, shown, locale=_locale())}"
    shown = "d MMMM" if start.year == end.year else "d MMMM yyyy"
    return f"{format_date(start, shown, locale=_locale())} {EN_DASH} {long_date(end)}"


def month(day: dt.date) -> str:
    """2026-06: a month on an axis or in a table, alike in both languages."""
    return f"{day:%Y-%m}"


def period_name(day: dt.date, unit: str) -> str:
    """The name of the week, month, quarter or year that begins on the day, for tables and axes."""
    if unit == "week":
        return day.isoformat()
    if unit == "year":
        return str(day.year)
    if unit == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return month(day)


def period(start: dt.date, end: dt.date) -> str:
    """Apr–Jun 2026, Jun 2026, 2026, or both dates when they are not whole months."""
    whole = start.day == 1 and (end + dt.timedelta(days=1)).day == 1
    if not whole:
        return date(start) if start == end else _short_dates(start, end)
    if (start.month, end.month) == (1, 12) and start.year == end.year:
        return _("{year:d}").format(year=start.year)
    if language() == "zh":
        if start.year != end.year:
            return f"{start.year}年{start.month}月{EN_DASH}{end.year}年{end.month}月"
        return (
            f"{start.year}年{start.month}月"
            if start.month == end.month
            else f"{start.year}年{start.month}{EN_DASH}{end.month}月"
        )
    first, last = (format_date(day, "MMM", locale="en_US") for day in (start, end))
    if start.year != end.year:
        return f"{first} {start.year} {EN_DASH} {last} {end.year}"
    return f"{last} {end.year}" if start.month == end.month else f"{first}{EN_DASH}{last} {end.year}"


def _short_dates(start: dt.date, end: dt.date) -> str:
    if language() == "zh":
        return dates(start, end)
    shown = "d MMM" if start.year == end.year else "d MMM yyyy"
    return f"{format_date(start, shown, locale='en_US')} {EN_DASH} {format_date(end, 'd MMM yyyy', locale='en_US')}"


def joined(names: list[str]) -> str:
    """Names in a sentence: "NPS, CSAT and repeat rate"."""
    if len(names) < 2:
        return "".join(names)
    return _("{names} and {last}").format(names=listed(names[:-1]), last=names[-1])


def sentences(*parts: str) -> str:
    """Sentences in a row, without those that are empty: English puts a space between them, Chinese none."""
    return (" " if language() == "en" else "").join(part for part in parts if part)


def listed(names: list[str]) -> str:
    """Names in a row: "East China, South China" · "华东、华南"."""
    return _(", ").join(names)
