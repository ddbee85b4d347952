"""Where a text file's table begins and how its cells are parted. The engine's own guess turns a ragged file into one column."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from data.errors import Refused
from metrics.texts import N_

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_CHARACTERS = 1 << 17
SAMPLE_ROWS = 200
TITLE_ROWS = 10
LISTED = 12


@dataclass(frozen=True)
class Layout:
    """The cells of a file. `skip` physical lines come before the first row of data; `width` counts cells per row."""

    delimiter: str
    quote: str
    headers: tuple[str, ...]
    skip: int
    samples: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        return len(self.headers)


def find_layout(path: Path, name: str) -> Layout:
    """Detect delimiter, quote, title lines and header of a UTF-8 file. Raises Refused for a file with a header only."""
    with path.open(encoding="utf-8", newline="") as text:
        sample = text.read(SAMPLE_CHARACTERS)
        whole = not text.read(1)
    quote = _quote(sample)
    delimiter = max(DELIMITERS, key=lambda sign: _agreement(sample, sign, quote))
    rows, ends = _rows(sample, delimiter, quote, whole)
    usual = sorted(_filled(row) for row in rows)[len(rows) // 2] if rows else 1  # a title fills one cell, a header most
    start = next((n for n, row in enumerate(rows[:TITLE_ROWS]) if _filled(row) >= max(1, (usual + 1) // 2)), 0)
    if start == 0 and rows and rows[0] and rows[0][0].lower().startswith("sep="):
        start = min(1, len(rows) - 1)
    header, body = rows[start], [row for row in rows[start + 1 :] if any(cell.strip() for cell in row)]
    if not body:
        raise Refused(
            N_("{file} has a header and no rows. Export a period that has data, or check the filter of the export."),
            file=name,
        )
    common = Counter(map(len, body)).most_common(1)[0][0]
    beyond = [cell for row in body for cell in row[len(header) :]]
    if common > len(header) and not any(cell.strip() for cell in beyond):
        header = header + [""] * (common - len(header))
    return Layout(delimiter, quote, unique_headers(header), ends[start], tuple(tuple(row) for row in body[:20]))


def unique_headers(header: list[str]) -> tuple[str, ...]:
    """Headers without outer spaces; a second one of the same name gets " (2)", an empty one "column N"."""
    seen: Counter[str] = Counter()
    found = []
    for number, cell in enumerate(header, start=1):
        title = " ".join(cell.split()) or f"column {number}"
        seen[fold_header(title)] += 1
        count = seen[fold_header(title)]
        found.append(title if count == 1 else f"{title} ({count})")
    return tuple(found)


def second_of(header: str, headers: Sequence[str]) -> int | None:
    """The place of the second header of the same name, as `unique_headers` renamed it."""
    again = f"{fold_header(header)} (2)"
    return next((place for place, other in enumerate(headers) if fold_header(other) == again), None)


def fold_header(text: str) -> str:
    """A header for comparing: width and case folded, underscores as spaces, and these one at a time."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())


def listed(headers: Sequence[str]) -> str:
    """Headers for a sentence: the first dozen, and how many more there are."""
    shown = ", ".join(headers[:LISTED])
    return shown if len(headers) <= LISTED else f"{shown} … (+{len(headers) - LISTED})"


def matches_lines(path: Path, pattern: str) -> bool:
    """Whether each of the first lines of a headerless file has the pattern."""
    with path.open(encoding="utf-8") as text:
        lines = [line.rstrip("\r\n") for line in islice(text, 20)]
    return bool(lines) and all(re.match(pattern, line) for line in lines if line.strip())


def _quote(sample: str) -> str:
    doubles, singles = (len(re.findall(rf"(?:^|[,;\t|]){sign}", sample, re.MULTILINE)) for sign in ('"', "'"))
    closed = len(re.findall(r"'(?:$|[,;\t|\r])", sample, re.MULTILINE))
    return "'" if singles > 4 and doubles == 0 and closed >= singles * 0.9 else '"'


def _rows(sample: str, delimiter: str, quote: str, whole: bool) -> tuple[list[list[str]], list[int]]:
    """Parsed rows and, for each, the physical line it ends on."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, quotechar=quote)
    rows, ends = [], []
    csv.field_size_limit(SAMPLE_CHARACTERS * 2)
    for row in islice(reader, SAMPLE_ROWS):
        rows.append(row)
        ends.append(reader.line_num)
    if not whole and len(rows) < SAMPLE_ROWS and len(rows) > 2:
        rows, ends = rows[:-1], ends[:-1]  # the sample ends inside this row
    return rows, ends


def _agreement(sample: str, delimiter: str, quote: str) -> tuple[float, int]:
    rows, _ = _rows(sample, delimiter, quote, True)
    widths = Counter(len(row) for row in rows if row)
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return (0.0, 0)
    width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
    return (round(count / sum(widths.values()), 1), width)


def _filled(row: list[str]) -> int:
    return sum(1 for cell in row if cell.strip())
