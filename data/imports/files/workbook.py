"""The true size of an XLSX workbook, seen before a reader is let at it: readers make room for every cell up to the furthest one."""

import re
import zipfile
from pathlib import Path

from data.errors import Refused
from data.imports.files.budget import Budget
from data.imports.files.unpack import damage
from metrics.texts import N_

CELLS = 20_000_000  # about a GiB in the reader
WIDE = re.compile(
    rb' r="([A-Z]{2,3})[0-9]'
)  # a cell beyond column Z; of the others it is enough to know that there are 26 columns
PLACE = re.compile(rb' r="[A-Z]{0,3}([0-9]{1,7})"')
TAIL = 4096  # rows ascend, so the last of a chunk is its furthest
CHUNK = 1 << 20


def measure(path: Path, name: str, budget: Budget) -> None:
    """Inflate every part, counted by its bytes and not by what its header says. Raises Refused for more than the budget or CELLS."""
    with damage(name), path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            rows, columns = _extent(archive, member, name, budget)
            if member.filename.startswith("xl/worksheets/") and rows * columns > CELLS:
                raise Refused(
                    N_(
                        "{file}: a sheet reaches as far as cell {cell}, which makes {cells} million cells with the empty ones; "
                        "{most} million can be read. Delete what lies beyond the table, or save the sheet as CSV."
                    ),
                    file=name,
                    cell=f"{_letters(columns)}{rows}",
                    cells=rows * columns // 1_000_000,
                    most=CELLS // 1_000_000,
                )


def _extent(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, budget: Budget) -> tuple[int, int]:
    """The furthest row and column that a part names."""
    rows, columns, rest = 1, 26, b""
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            budget.spend(len(chunk), name)
            seen = rest + chunk
            columns = max([columns, *map(_column, set(WIDE.findall(seen)))])
            rows = max([rows, *map(int, PLACE.findall(seen[-TAIL:]))])
            rest = seen[-32:]
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _letters(number: int) -> str:
    text = ""
    while number:
        number, letter = divmod(number - 1, 26)
        text = chr(65 + letter) + text
    return text
