"""Where a text file's table begins and how its cells are parted. The engine's own guess turns a ragged file into one column."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from data.errors import Refused
from data.imports.files.header_row import LOOKED_AT, find_header_row
from data.imports.files.survey_headers import joined_headers
from metrics.texts import N_

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_CHARACTERS = 1 << 17
SAMPLE_ROWS = 200
TOP_CELLS, TOP_CHARACTERS = 30, 60
LISTED = 12


@dataclass(frozen=True)
class Layout:
    """The cells of a file. `skip` physical lines come before the first row of data; `width` counts cells per row;
    `top` are the first rows of the file, each with its physical line."""

    delimiter: str
    quote: str
    headers: tuple[str, ...]
    skip: int
    samples: tuple[tuple[str, ...], ...]
    top: tuple[tuple[int, tuple[str, ...]], ...] = ()

    @property
    def width(self) -> int:
        return len(self.headers)


def find_layout(path: Path, name: str, known: Collection[str] = (), header_line: int | None = None) -> Layout:
    """Detect delimiter, quote, title lines and header of a UTF-8 file. Raises Refused for a file with a header only.

    `known` are names of columns as `squash` has them; `header_line` is the physical line of the headers where a person named it.
    """
    with path.open(encoding="utf-8", newline="") as text:
        sample = text.read(SAMPLE_CHARACTERS)
        whole = not text.read(1)
    quote = _quote(sample)
    delimiter = max(DELIMITERS, key=lambda sign: _agreement(sample, sign, quote))
    rows, ends = _rows(sample, delimiter, quote, whole)
    top = _top(rows, ends)
    start = find_header_row(rows, known, squash) if header_line is None else _said_row(top, header_line, name)
    header, start = joined_headers(rows, start)
    body = [row for row in rows[start + 1 :] if any(cell.strip() for cell in row)]
    if not body:
        raise Refused(
            N_("{file} has a header and no rows. Export a period that has data, or check the filter of the export."),
            file=name,
        )
    common = Counter(map(len, body)).most_common(1)[0][0]
    beyond = [cell for row in body for cell in row[len(header) :]]
    if common > len(header) and not any(cell.strip() for cell in beyond):
        header = header + [""] * (common - len(header))
    samples = tuple(tuple(row) for row in body[:20])
    return Layout(delimiter, quote, unique_headers(header), ends[start], samples, top)


def _top(rows: Sequence[Sequence[str]], ends: Sequence[int]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The first rows, each with the physical line on which it begins."""
    begins = [1, *(end + 1 for end in ends)]
    return tuple(
        (line, tuple(cell[:TOP_CHARACTERS] for cell in row[:TOP_CELLS]))
        for line, row in list(zip(begins, rows, strict=False))[:LOOKED_AT]
    )


def _said_row(top: Sequence[tuple[int, tuple[str, ...]]], line: int, name: str) -> int:
    """The place of the row that begins on a line."""
    for place, (begins, row) in enumerate(top):
        if begins == line and any(cell.strip() for cell in row):
            return place
    raise Refused(
        N_("{file}: line {line} holds no headers: they stand on one of the first {most} lines that are not empty."),
        file=name,
        line=line,
        most=LOOKED_AT,
    )


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


@lru_cache(maxsize=4096)
def squash(text: str) -> str:
    """A header without what people write in different ways: `OrderDate`, `order_date` and `Order Date (UTC)` are one."""
    plain = re.sub(r"[\s_./#:：*·'\"-]+", "", re.sub(r"[(（\[][^)）\]]*[)）\]]\s*$", "", fold_header(text)))
    return plain or fold_header(text)


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
