"""What a header says of its numbers: "(in thousands)", 万元, "[cents]", "in USD". The cells are in that unit and that currency."""

import re

from data.imports.cells.currencies import tokens
from data.imports.cells.numbers import FACTORS
from data.imports.files.layout import fold_header

SMALL = {
    1e-2: ("cent", "cents", "ct", "pence", "penny", "分", "fen", "centimes", "céntimos", "centavos"),
    1e-1: ("角",),
}
MORE = {
    "thousand": 1e3, "thousands": 1e3, "'000": 1e3, "’000": 1e3, "000": 1e3, "000s": 1e3, "'000s": 1e3, "t": 1e3, "tausend": 1e3,
    "millions": 1e6, "mil": 1e6,
}  # fmt: skip
WORDS = FACTORS | MORE | {word: factor for factor, words in SMALL.items() for word in words}
NOTE = re.compile(r"[(（\[]([^)）\]]*)[)）\]]\s*$")
BEHIND_IN = re.compile(r"[\s,]in\s+(\S+(?:\s+\S+)?)$")
LAST_WORD = re.compile(r"[\s,]+(cents?|pence|fen|[a-z]{3})$")


def header_unit(header: str) -> tuple[float, str]:
    """By what the numbers below a header are multiplied, and the sign or code of their currency in small letters ("" for none).

    A note of anything else, such as "(incl. VAT)", says neither: (1.0, "").
    """
    words = _words(fold_header(header))
    factor, currency = 1.0, ""
    for word in words:
        times, sign = _split(word)
        if times is None and not sign:
            return 1.0, ""
        factor *= times or 1.0
        currency = currency or sign
    return factor, currency


def _words(header: str) -> list[str]:
    """The words of the note that a header ends with."""
    if note := NOTE.search(header):
        text = re.sub(r"^(in|unit|units|单位)\b[\s:：]*|^单位[\s:：]*", "", note[1].strip())
    elif behind := BEHIND_IN.search(header):
        text = behind[1]
    elif last := LAST_WORD.search(header):
        text = last[1]
    else:
        return []
    return text.replace("/", " ").split()


def _split(word: str) -> tuple[float | None, str]:
    """A word as multiplier and currency: `k€`, `万元`, `teur`, `usd`; (None, "") when it is neither."""
    if word in WORDS:
        return WORDS[word], ""
    if word in tokens():
        return None, word
    for cut in range(1, len(word)):
        head, tail = word[:cut], word[cut:]
        if head in WORDS and tail in tokens():
            return WORDS[head], tail
        if head in tokens() and tail in WORDS:
            return WORDS[tail], head
    return None, ""
