"""Which of a file's first rows holds the headers: below titles and notes, and known by the names that columns usually bear."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence

LOOKED_AT = 30  # rows
HEADERS_LEAST = 2  # known names that make a row one of headers, whatever its shape
VALUE = re.compile(r"[^\w]*\d[\d.,:/ -]*[^\w]*|\d{4}-\d\d-\d\d.*|.*\d[.,]\d\d")  # a number or a date, no header

Row = Sequence[str]
Squash = Callable[[str], str]


def find_header_row(rows: Sequence[Row], known: Collection[str], squash: Squash) -> int:
    """The place of the headers among the rows of a sample: the first row that is as full as most, or a later one that holds more known
    names and no value."""
    shaped = _by_shape(rows)
    if rows and rows[shaped] and rows[shaped][0].lower().startswith("sep="):
        shaped = min(shaped + 1, len(rows) - 1)
    counts = [_known(row, known, squash) for row in rows[:LOOKED_AT]]
    most = max(counts, default=0)
    if most >= HEADERS_LEAST and most > (counts[shaped] if shaped < len(counts) else 0):
        return counts.index(most)
    return shaped


def _by_shape(rows: Sequence[Row]) -> int:
    """The first row that fills about as many cells as most of the table does; titles and pairs above it fill fewer."""
    area: Counter[int] = Counter()
    for row in rows:
        area[filled(row)] += filled(row)
    usual = max(area, key=lambda width: (area[width], width), default=1)
    least = max(1, usual if usual <= 2 else -(-6 * usual // 10))
    found = next((n for n, row in enumerate(rows[:LOOKED_AT]) if filled(row) >= least), 0)
    above = next((n for n, row in enumerate(rows[:found]) if 2 * filled(row) >= usual), None)
    if above is not None and any(VALUE.fullmatch(cell.strip()) for cell in rows[found]) and not _values(rows[above]):
        return above  # headers of which some are missing
    return found


def _known(row: Row, known: Collection[str], squash: Squash) -> int:
    """How many different cells are names that columns bear; none where a cell is a value."""
    return 0 if _values(row) else len({squash(cell) for cell in row if cell.strip()} & set(known))


def _values(row: Row) -> bool:
    return any(VALUE.fullmatch(cell.strip()) for cell in row)


def filled(row: Row) -> int:
    """How many cells hold something."""
    return sum(1 for cell in row if cell.strip())
