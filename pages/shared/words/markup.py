"""The Markdown that texts of the pages are written in: how text from data is made safe in it, and what it is as HTML and as plain text.

Only what the house writes is known: `**bold**`, `code` in backticks, directives such as `:gray[…]`, icons, line breaks, and the escapes
that `plain` makes. Everything else, a link or a tag that came with the data, is text and is shown as it is.
"""

import re
from dataclasses import dataclass
from html import escape

from data.text.labels import label

WORD_JOINER = "\u2060"  # what `plain` parts links with, which is not seen
BOLD = ("<strong>", "")
CLASSES = ("small", "gray", "orange", "red", "green", "blue", "blue-badge")
_TOKEN = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])|(?P<icon>:material/[a-z0-9_]+:[ \u00a0]?)|(?P<bold>\*\*)|`(?P<code>[^`\n]*)`"
    r"|:(?P<opens>" + "|".join(sorted(CLASSES, key=len, reverse=True)) + r")\[|(?P<open>\[)|(?P<close>\])"
    r"|(?P<line>(?: {2,})?\n+)"
)

_Piece = tuple[str, str]  # as HTML, as plain text

# Links, icons and arrows that Streamlit makes even of escaped text; the word joiner parts them.
_MADE_OF_TEXT = re.compile(
    r"(?<=www)(?=\.)|(?<=:)(?=//|material|streamlit)|(?<=@)(?=\S)|(?<=[-<])(?=[->])", re.IGNORECASE
)
# From these on the text would run the other way, beyond what came from data.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What is escaped already, and what is Markdown within a line.
_MARK = re.compile(r"(?P<escaped>\\[!-/:-@\[-`{-~])|[\\`*_\[\]<>$~&]|:(?=[\w+/-]+:)")
LONGEST_VALUE = 60
ONE_LINE = 110  # letters of quiet text that fit the width of a chart, or nearly
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\sa-z])|(?<=。)")
FIRST_WIDE = 0x2E80  # from here on letters are as wide as two


def quietly(text: str) -> str:
    """The Markdown of quiet text."""
    return f":small[:gray[{text}]]"


def first_line(text: str, width: int = ONE_LINE) -> tuple[str, str]:
    """The sentences that fit one line, at least the first one, and the others. A sentence is not parted from the colour that it is in."""
    ends = [match.end() for match in SENTENCE_END.finditer(text) if _whole(text[: match.end()])]
    ends = [*ends, len(text)]
    fitting = [end for end in ends if _width(text[:end].rstrip()) <= width]
    at = fitting[-1] if fitting else ends[0]
    return text[:at].rstrip(), text[at:].strip()


def _whole(text: str) -> bool:
    """Whether no bracket is open at the end."""
    return text.count("[") == text.count("]") and text.count("**") % 2 == 0


def _width(text: str) -> int:
    """In letters, of which a Chinese character takes two; marks of colour take none."""
    bare = re.sub(r":[a-z-]+\[|\]|\*\*|\\\\", "", text)
    return sum(1 if ord(letter) < FIRST_WIDE else 2 for letter in bare)


def attention(text: str, icon: str = ":material/schedule:") -> str:
    """The Markdown of a part of a quiet line in attention colour: late, unfinished, withheld.

    What stands before it must not end in a plain space, which Markdown drops there.
    """
    return f"]:orange[{icon}\u00a0{text}]:gray["


def plain(text: object) -> str:
    """Text from data, made safe inside Markdown: what would format it is shown as it is, on one line, and turns no text around it."""
    parted = _MADE_OF_TEXT.sub(WORD_JOINER, " ".join(_TURNS.sub("", str(text)).split()))
    return "".join(f"\\{char}" if char in "\\`*_{}[]()<>#+-.!|$~:&" else char for char in parted)


def title(text: str) -> str:
    """A title as Markdown, in which nothing is markup: names from data stand in many. What is escaped already stays so."""
    line = " ".join(_TURNS.sub("", text).split())
    return _MADE_OF_TEXT.sub(
        WORD_JOINER, _MARK.sub(lambda found: found[0] if found["escaped"] else f"\\{found[0]}", line)
    )


def plain_label(code: str | None) -> str:
    """What a code from data is called, where Streamlit reads Markdown: pills, buttons, popovers, segmented controls. Not for the options of
    lists, which are shown as they are."""
    return plain(label(code))


def shortened(value: str) -> str:
    """A cell's text, cut where it would fill the page. Not escaped."""
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"


def html(markdown: str) -> str:
    """The text as HTML in which nothing but the house's own marks is markup."""
    return "".join(piece[0] for piece in _pieces(markdown))


def text(markdown: str) -> str:
    """The text without any marks."""
    return "".join(piece[1] for piece in _pieces(markdown)).strip(" ")


def _pieces(markdown: str) -> list[_Piece]:
    """One pass from left to right. A mark is text until it is closed, so one that never is stays text."""
    pieces: list[_Piece] = []
    opened: list[_Opened] = []
    place = 0
    source = markdown.replace(WORD_JOINER, "")
    for found in _TOKEN.finditer(source):
        pieces.append(_literal(source[place : found.start()]))
        place = found.end()
        _take(pieces, opened, found)
    return [*pieces, _literal(source[place:])]


@dataclass(frozen=True)
class _Opened:
    """A mark that waits for its end: where it stands among the pieces, and what it becomes with it."""

    at: int
    start: _Piece
    end: _Piece


def _take(pieces: list[_Piece], opened: list[_Opened], found: re.Match[str]) -> None:
    kind, written = found.lastgroup, found[0]
    if kind == "escaped":
        pieces.append(_literal(found["escaped"]))
    elif kind == "code":
        pieces.append((f"<code>{escape(found['code'])}</code>", found["code"]))
    elif kind == "line":
        pieces.append(("<br>", " "))
    elif kind == "close":
        _close(pieces, opened)
    elif kind == "bold" and opened and opened[-1].start == BOLD:
        _end(pieces, opened.pop())
    elif kind != "icon":
        start, end = {
            "bold": (BOLD, ("</strong>", "")),
            "opens": ((f'<span class="{found["opens"]}">', ""), ("</span>", "")),
            "open": (_literal("["), _literal("]")),
        }[str(kind)]
        opened.append(_Opened(len(pieces), start, end))
        pieces.append(_literal(written))


def _close(pieces: list[_Piece], opened: list[_Opened]) -> None:
    """The bracket that was opened last; bold that was begun in it has not ended, and is text."""
    waiting = len(opened)
    while waiting and opened[waiting - 1].start == BOLD:
        waiting -= 1
    if not waiting:
        pieces.append(_literal("]"))
        return
    del opened[waiting:]
    _end(pieces, opened.pop())


def _end(pieces: list[_Piece], mark: _Opened) -> None:
    pieces[mark.at] = mark.start
    pieces.append(mark.end)


def _literal(words: str) -> _Piece:
    return escape(words), words
