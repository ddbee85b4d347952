"""Survey tools write several rows of headers: Qualtrics the number, the question and a mark for imports; SurveyMonkey the question and the
row or part of it. They become one."""

import re
from collections.abc import Sequence

from data.imports.files.header_row import filled

MARK = '"ImportId"'
NUMBERED = re.compile(r"^[A-Za-z]+\d+(_\w+)*$")  # the number of a question
WHOLE = ("response", "open-ended response", "")  # parts that are the question itself
BETWEEN, PART = ": ", " – "


def joined_headers(rows: Sequence[Sequence[str]], start: int) -> tuple[list[str], int]:
    """The headers, and the place of the last row that they stand on."""
    header = list(rows[start])
    for place in (start + 1, start + 2):
        if place < len(rows) and any(MARK in cell for cell in rows[place]):
            labels = rows[start + 1] if place == start + 2 else []
            return [_numbered(one, labels[n] if n < len(labels) else "") for n, one in enumerate(header)], place
    names = [cell.strip().casefold() for cell in header[:3]]
    if names[:2] == ["respondent id", "collector id"] and start + 1 < len(rows):
        parts = rows[start + 1]
        if filled(parts) and not any(cell.strip() for cell in parts[:2]):
            return _parted(header, parts), start + 1
    return header, start


def _numbered(number: str, question: str) -> str:
    text = " ".join(question.split())
    return f"{number}{BETWEEN}{text}" if NUMBERED.match(number.strip()) and text and text != number else number


def _parted(header: Sequence[str], parts: Sequence[str]) -> list[str]:
    """Each question with the part of it; a blank header belongs to the question before it."""
    found: list[str] = []
    question = ""
    for place in range(max(len(header), len(parts))):
        own = header[place].strip() if place < len(header) else ""
        question = own or question
        part = " ".join(parts[place].split()) if place < len(parts) else ""
        first = bool(own) and part.casefold() in WHOLE
        found.append(question if first or not part else f"{question}{PART}{part}")
    return found
