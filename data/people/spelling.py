"""Where a text names somebody: an id in any of its spellings, and whether it stands there whole or as a part of something else.

Case, width, marks without width and runs of blanks do not count, nor the grouping of a phone number.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

JOINERS = "._-+@#/&%"  # between letters or digits they make one word: zoe@x.test is no part of zoe@x.test.cn
DIALLED = re.compile(r"\+?[\d ().\-/]*\d[\d ().\-/]*")
GROUPING = r"[ ().\-/]*"
FEWEST_DIALLED, CERTAIN_DIGITS, CERTAIN_LETTERS, SHORT = 7, 10, 6, 4
FIRST_EAST_ASIAN = "\u2e80"  # from here on words stand together without blanks
UNSEEN = "Cf"  # the category of marks without width

Span = tuple[int, int]


@dataclass(frozen=True)
class Spelling:
    """An id, or a word that stands for a person."""

    text: str

    @cached_property
    def folded(self) -> str:
        return _folded(self.text)[0].strip()

    @cached_property
    def digits(self) -> str:
        """Of a phone number, else empty."""
        digits = re.sub(r"\D", "", self.folded)
        return digits if DIALLED.fullmatch(self.folded) and len(digits) >= FEWEST_DIALLED else ""

    @cached_property
    def is_address(self) -> bool:
        """Whether a person is reached by it: an e-mail address, or what may be a telephone number."""
        return "@" in self.folded or bool(self.digits)

    @cached_property
    def is_certain(self) -> bool:
        """Whether nothing else is likely to be written like it: an address, letters with digits or marks, many digits. “1”, “Anna” and
        “Diamond” may be a number, another person or a tier.
        """
        digits = re.sub(r"\D", "", self.folded)
        if digits == self.folded or self.digits:
            return len(digits) >= CERTAIN_DIGITS
        mixed = bool(digits) or any(not char.isalnum() and not char.isspace() for char in self.folded)
        return len(self.folded) >= CERTAIN_LETTERS and mixed

    @cached_property
    def core(self) -> str:
        """The longest part that every spelling without other alphabets has, but for case: what a quick search looks for."""
        parts = re.split(r"[^a-z0-9@.]+", self.folded) if not self.digits else [self.digits]
        return max(parts, key=len)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        if self.digits:
            return re.compile(r"(?:\+|00)?" + GROUPING.join(self.digits))
        return re.compile(re.escape(self.folded))

    def occurs(self, text: str) -> list[Span]:
        """Where it stands, whole or joined to something else, but not within a longer word or number."""
        return [span for span, _is_whole in self._found(text)]

    def whole(self, text: str) -> list[Span]:
        """Where it stands by itself."""
        return [span for span, is_whole in self._found(text) if is_whole]

    def worth_listing(self, text: str) -> list[Span]:
        """As `occurs`; of a short number only where it stands by itself: “1” is in every date."""
        return self.whole(text) if len(self.folded) < SHORT and self.folded.isdigit() else self.occurs(text)

    def is_all_of(self, text: str) -> bool:
        """Whether the text is the id and nothing else."""
        folded, _ = _folded(text)
        found = self._pattern.fullmatch(folded.strip())
        return bool(self.folded) and found is not None

    def without(self, text: str, spans: list[Span], instead: str) -> str:
        """The text with something else at these places."""
        for start, end in reversed(spans):
            text = text[:start] + instead + text[end:]
        return text

    def _found(self, text: str) -> list[tuple[Span, bool]]:
        if not self.folded or not self._may_hold(text):
            return []
        folded, places = _folded(text)
        found, at = [], 0
        while match := self._pattern.search(folded, at):
            start, end = match.span()
            at = end
            if _in_a_word(folded, start, end):
                at = start + 1
                continue
            whole = not _joined(folded, start, end)
            found.append(((places[start], places[end - 1] + 1), whole))
        return found

    def _may_hold(self, text: str) -> bool:
        """A quick look that misses nothing: most texts end here."""
        if self.digits:
            return sum(map(str.isdigit, text)) >= len(self.digits)
        parts = max(self.folded.split(" "), key=len)
        plain = text.casefold() if text.isascii() else unicodedata.normalize("NFKD", text).casefold()
        return parts in plain or not plain.isprintable()  # marks without width are not printable


def trace(customer_id: str) -> str:
    """What stands for an erased id: enough to check one that is given, too little to tell whose it was."""
    return hashlib.sha256(customer_id.encode()).hexdigest()[:8]


def _folded(text: str) -> tuple[str, list[int]]:
    """The text in one spelling, and of each of its characters the place in the text."""
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for part in unicodedata.normalize("NFKD", char).casefold():
            if unicodedata.category(part) == UNSEEN:
                continue
            blank = part.isspace() or unicodedata.category(part) == "Cc"
            if blank and letters and letters[-1] == " ":
                continue
            letters.append(" " if blank else part)
            places.append(place)
    return "".join(letters), places


def _beside(text: str, start: int, end: int) -> list[tuple[str, str, str]]:
    """Before and after: the edge, the character beside it, and the one beside that."""
    padded = f"  {text}  "
    start, end = start + 2, end + 2
    return [
        (padded[start], padded[start - 1], padded[start - 2]),
        (padded[end - 1], padded[end], padded[end + 1]),
    ]


def _in_a_word(text: str, start: int, end: int) -> bool:
    """Whether a letter or digit goes on beside it. Between East Asian characters nobody can tell, and another alphabet parts words."""
    return any(
        (beside.isalnum() or unicodedata.combining(beside)) and beside < FIRST_EAST_ASIAN and edge < FIRST_EAST_ASIAN
        for edge, beside, _next in _beside(text, start, end)
    )


def _joined(text: str, start: int, end: int) -> bool:
    """Whether it may be a part of something longer: of a word between East Asian characters, or after a joining mark."""
    return any(
        (beside.isalnum() and beside >= FIRST_EAST_ASIAN and edge >= FIRST_EAST_ASIAN)
        or (beside in JOINERS and following.isalnum() and (beside != "." or following < FIRST_EAST_ASIAN))
        for edge, beside, following in _beside(text, start, end)
    )
