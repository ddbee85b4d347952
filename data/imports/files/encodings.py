"""Which encodings a text that is not UTF-8 can be in: those that give every byte a character, ranked by how much it looks like writing."""

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from data.imports.cells.blank import WORDS

SAMPLE_LINES, SAMPLE_BYTES = 400, 1 << 16
PREVIEW_CELLS, PREVIEW_CHARACTERS = 4, 24
LEAST, LEAD = 0.72, 0.2  # of common characters; how far ahead of others a reading is that is not asked for
PRIVATE = re.compile(r"[\ue000-\uf8ff\ufffd\x80-\x9f]")
# The name to be said, Python's, and what it is called.
ENCODINGS = {
    "gb18030": ("gb18030", "GB18030"),
    "big5": ("cp950", "Big5"),
    "shift-jis": ("cp932", "Shift-JIS"),
    "euc-kr": ("cp949", "EUC-KR"),
    "windows-1252": ("cp1252", "Windows-1252"),
    "windows-1251": ("cp1251", "Windows-1251"),
    "koi8-r": ("koi8-r", "KOI8-R"),
    "windows-1250": ("cp1250", "Windows-1250"),
    "latin-1": ("latin-1", "Latin-1"),
}
EAST = ("gb18030", "big5", "shift-jis", "euc-kr")


@dataclass(frozen=True)
class Fit:
    """One reading of a file: how much it looks like writing (0 to 1), and cells of the file as they come out."""

    name: str
    score: float
    preview: str


def fitting(open_bytes: Callable[[], BinaryIO]) -> list[Fit]:
    """The encodings that can be meant, the likeliest first; where none looks like writing, all that leave no byte without a character."""
    lines = _sample(open_bytes)
    read: list[Fit] = []
    seen: set[str] = set()
    for name, (codec, _) in ENCODINGS.items():
        try:
            text = b"\n".join(lines).decode(codec)
        except UnicodeDecodeError:
            continue
        if text in seen:  # nothing in the file tells the two apart
            continue
        seen.add(text)
        read.append(Fit(name, _score(name, codec, text), _preview(text)))
    read.sort(key=lambda fit: -fit.score)
    likely = [fit for fit in read if fit.score >= LEAST] or read
    return [fit for fit in likely if decodes(open_bytes, ENCODINGS[fit.name][0])]


def is_certain(fits: list[Fit]) -> bool:
    """Whether the first reading is so far ahead that nobody needs to be asked."""
    return bool(fits) and fits[0].score >= LEAST and (len(fits) == 1 or fits[0].score - fits[1].score >= LEAD)


def decodes(open_bytes: Callable[[], BinaryIO], codec: str) -> bool:
    """Whether every byte of a file is a character."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        with open_bytes() as stream:
            while chunk := stream.read(1 << 20):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sample(open_bytes: Callable[[], BinaryIO]) -> list[bytes]:
    """The first lines that are not plain ASCII."""
    found, size = [], 0
    with open_bytes() as stream:
        for line in stream:
            if not line.isascii():
                found.append(line.rstrip(b"\r\n"))
                size += len(line)
            if len(found) >= SAMPLE_LINES or size >= SAMPLE_BYTES:
                break
    return found


def _score(name: str, codec: str, text: str) -> float:
    if PRIVATE.search(text):
        return 0.0
    if name in EAST:
        return _eastern(name, codec, text)
    words = re.findall(r"[^\W\d_]+", text)
    marked = [word for word in words if not word.isascii()]
    signs = [
        letter for letter in text if ord(letter) > 127 and not letter.isalpha() and letter not in "€£°§–—‘’“”…\u00a0№"
    ]
    if not marked:
        return 0.0 if signs else LEAST
    good = sum(_is_word(word, name) for word in marked)
    return good / (len(marked) + len(signs))


def _eastern(name: str, codec: str, text: str) -> float:
    """The share of characters that are common in the encoding, more so where they are those that people use most."""
    wide = [letter for letter in text if ord(letter) > 127]
    codes = [letter.encode(codec) for letter in wide if ord(letter) < 0x10000]
    if not codes:
        return 0.0
    common = sum(_is_common(name, code) for code in codes) / len(codes)
    written = [letter for letter in wide if unicodedata.category(letter) == "Lo"]
    if name == "shift-jis":
        often = sum("\u3041" <= letter <= "\u30fe" or letter in WORDS["frequent_characters"] for letter in written)
    else:
        often = sum(letter in WORDS["frequent_characters"] for letter in written)
    return common * (0.7 + 0.3 * often / len(written)) if written else 0.0


def _is_common(name: str, code: bytes) -> bool:
    if len(code) != 2:
        return False
    first, both = code[0], int.from_bytes(code)
    if name == "gb18030":
        return (0xB0 <= first <= 0xD7 and code[1] >= 0xA1) or (0xA1 <= first <= 0xA3 and code[1] >= 0xA1)
    if name == "big5":
        return 0xA4 <= first <= 0xC6 or 0xA140 <= both <= 0xA3FF
    if name == "shift-jis":
        return 0x8140 <= both <= 0x8396 or 0x889F <= both <= 0x9872
    return (0xB0 <= first <= 0xC8 and code[1] >= 0xA1) or 0xA1 <= first <= 0xA3


def _is_word(word: str, name: str) -> bool:
    """Whether a word is written as words are: letters of one script, capitals in front or throughout, and not of accents alone."""
    if not (word.islower() or word.isupper() or word.istitle() or (word[0].isupper() and word[1:].islower())):
        return False
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in word)
    if name in ("windows-1251", "koi8-r"):
        return cyrillic == len(word)
    return (
        cyrillic == 0
        and not re.search(r"[^\x00-\x7f]{3}", word)
        and (len(word) == 1 or re.search("[A-Za-z]", word) is not None)
    )


def _preview(text: str) -> str:
    """The first different cells that the encoding makes a difference to."""
    cells = (cell.strip(" \"'\r\n") for line in text.split("\n") for cell in re.split(r"[,;\t|]", line))
    shown = dict.fromkeys(cell[:PREVIEW_CHARACTERS] for cell in cells if not cell.isascii())
    return " · ".join(islice((cell for cell in shown if cell), PREVIEW_CELLS))
