"""The words of a trade: which theme each names, whether it praises or blames, and those that turn or part what is said.

The table is data (themes/*.toml, tone.toml), made from knowledge of the field. A theme has words that name it, and words that name it and
praise or blame it at once.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import RapportError
from metrics.texts import N_

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "zh")
GOOD, FAIR, BAD = 1, 0, -1
TONES = {"good": GOOD, "fair": FAIR, "bad": BAD}


@dataclass
class Sense:
    """What a word or phrase says: the themes that it names with the tone that it gives each (None: it only names it), its tone for whatever
    stands beside it, and whether it turns what follows (`turns`), parts clauses (`parts`) or says nothing (`kept`)."""

    themes: dict[str, int | None] = field(default_factory=dict)
    tone: int | None = None
    turns: bool = False
    parts: bool = False
    kept: bool = False


@dataclass(frozen=True)
class Lexicon:
    """Words and phrases with their senses. `beginnings` are what a longer phrase begins with: whoever reads goes on after them; `inner`
    are the further words of phrases."""

    senses: Mapping[str, Sense]
    beginnings: frozenset[str]
    inner: frozenset[str]
    themes: tuple[str, ...]


@cache
def lexicon(trade: str) -> Lexicon:
    """The words of a trade."""
    senses: dict[str, Sense] = {}
    tones = _read("tone")
    for name, tone in TONES.items():
        for word in _words(tones[name]):
            senses.setdefault(word, Sense()).tone = tone
    table = _read(f"themes/{trade}")
    for theme, rows in table.items():
        for words in _of_theme(theme, rows):
            for word in _words(words):
                senses.setdefault(word, Sense()).themes.setdefault(theme, None)
            for name in ("good", "bad"):
                for word in _words(words.get(name, {})):
                    senses.setdefault(word, Sense()).themes[theme] = TONES[name]
    for name, mark in (("not", "turns"), ("but", "parts"), ("kept", "kept")):
        for word in _words(tones[name]):
            sense = senses.setdefault(word, Sense())
            setattr(sense, mark, True)
    inner = frozenset(part for word in senses if word.isascii() for part in word.split()[1:])
    return Lexicon(senses, frozenset(_beginnings(senses)), inner | _characters(senses), tuple(table))


@cache
def themes(trade: str) -> tuple[str, ...]:
    """The themes of a trade, in the order of its file."""
    return tuple(_read(f"themes/{trade}"))


def check_theme(trade: str, theme: str) -> None:
    """RapportError for a theme that the trade does not have."""
    if theme not in themes(trade):
        raise RapportError(
            N_("There is no theme “{theme}” among those of “{trade}”; there are: {known}."),
            theme=theme,
            trade=trade,
            known=", ".join(themes(trade)),
        )


def _of_theme(theme: str, rows: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The words of a theme: those that trades share, those of another table that it names, its own ones."""
    if theme in (common := _read("themes/common")):
        yield common[theme]
    if "same_as" in rows:
        trade, other = rows["same_as"].split(".")
        yield _read(f"themes/{trade}")[other]
    yield rows


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _words(rows: Mapping[str, Any]) -> Iterator[str]:
    for language in LANGUAGES:
        for word in str(rows.get(language, "")).split(","):
            if found := " ".join(word.lower().split()):
                yield found


def _beginnings(senses: Mapping[str, Sense]) -> Iterator[str]:
    """Of English phrases after each word, of Chinese ones after each character."""
    for word in senses:
        if word.isascii():
            parts = word.split()
            yield from (" ".join(parts[:length]) for length in range(1, len(parts)))
        else:
            yield from (word[:length] for length in range(1, len(word)))


def _characters(senses: Mapping[str, Sense]) -> frozenset[str]:
    """What may follow the beginning of a Chinese phrase: its ends, however it is segmented."""
    return frozenset(
        word[at : at + size]
        for word in senses
        if not word.isascii()
        for at in range(1, len(word))
        for size in range(1, 4)
    )
