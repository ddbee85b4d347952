"""Files that use up a resource or crash a reader, each made in a moment: per format what it aims at, and what is said of it.

`RAPPORT_UPLOAD_LIMIT_MIB=8`, `RAPPORT_IMPORT_MEMORY_MIB=512` and `RAPPORT_IMPORT_SECONDS=20` are in force.
"""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from data.imports import NamedBytes
from tests.hostile.inputs import SOUND, workbook, zipped

MIB = 1 << 20
TOO_BIG = "unpacks to more than is allowed"
BROKEN = "damaged or cut short"
MEMORY = "needs more memory"
READER = "is damaged, or built in a way"
FILES = "is one of more than 400 files"
FAR = "a sheet reaches as far as cell"
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s<sheetData>%s</sheetData></worksheet>'
HEADER = b"Order ID,Customer ID,Order Date,Amount\n"


@dataclass(frozen=True)
class Bomb:
    """`files` makes what is handed in; `says` are the sentences of which one must come."""

    files: Callable[[], list[NamedBytes]]
    says: tuple[str, ...]


def cell(place: str, text: str = "x") -> bytes:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


def row(number: int, *cells: bytes) -> bytes:
    return b'<row r="%d">%s</row>' % (number, b"".join(cells))


def sheet(*rows: bytes, dimension: str = "") -> NamedBytes:
    size = f'<dimension ref="{dimension}"/>'.encode() if dimension else b""
    return NamedBytes("a.xlsx", workbook(SHEET % (size, b"".join(rows))))


def packed_zeros(name: str, size: int, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive, archive.open(name, "w") as member:
        for _ in range(size // MIB):
            member.write(bytes(MIB))
    return out.getvalue()


def fan() -> bytes:
    inner = zipped({"a.csv": HEADER + b"0" * MIB})
    middle = zipped({f"{n}.zip": inner for n in range(60)})
    return zipped({f"{n}.zip": middle for n in range(60)})


def lying(data: bytes, part: str, size: int) -> bytes:
    """The archive with another size for a part in both its headers."""
    out = bytearray(data)
    for mark, header, place in ((b"PK\x03\x04", 30, 22), (b"PK\x01\x02", 46, 24)):
        at = out.index(part.encode(), out.index(mark)) - header
        while out[at : at + 4] != mark:
            at = out.index(part.encode(), at + header + 1) - header
        out[at + place : at + place + 4] = struct.pack("<I", size)
    return bytes(out)


def overlapping() -> bytes:
    """A directory of two thousand entries that all lead to the same bytes."""
    data = zipped({"a.csv": HEADER + b"0" * (64 << 10)})
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[start:end]
    count = 2000
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(entry) * count, start, 0)
    return data[:start] + entry * count + tail


def hungry_lzma() -> bytes:
    """LZMA that asks for a window of 4 GiB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.csv", SOUND * 50)
    data = bytearray(out.getvalue())
    at = data.index(b"a.csv") + 5  # version (2), size of properties (2), properties: one byte, then the window
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    return bytes(data)


def repeated_string() -> NamedBytes:
    """One text of 32,000 characters that 60,000 cells point to: 2 GB in a file of 30 KB."""
    namespace = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    strings = b"<sst %s count='1' uniqueCount='1'><si><t>%s</t></si></sst>" % (namespace, b"x" * 32_000)
    rows = b"".join(row(n, b'<c r="A%d" t="s"><v>0</v></c>' % n) for n in range(1, 60_001))
    return NamedBytes("a.xlsx", workbook(SHEET % (b"", rows), **{"xl/sharedStrings.xml": strings}))


def many_sheets() -> NamedBytes:
    parts = {f"xl/worksheets/more{n}.xml": SHEET % (b"", row(1, cell("A1", "x" * 3_000))) for n in range(4_000)}
    return NamedBytes("a.xlsx", workbook(SHEET % (b"", row(1, cell("A1"))), **parts))


def parquet(rows: int, columns: int, text: str) -> NamedBytes:
    """Few texts, many rows: the dictionary makes them next to nothing."""
    out = io.BytesIO()
    values = pl.Series([text]).new_from_index(0, rows)
    names = ["Order ID", *(f"c{n}" for n in range(1, columns))]
    pl.DataFrame(dict.fromkeys(names, values)).write_parquet(out, compression="zstd", row_group_size=rows)
    return NamedBytes("a.parquet", out.getvalue())


def parquet_with_footer(change: Callable[[bytearray], None]) -> NamedBytes:
    data = bytearray(parquet(1_000, 3, "x").data)
    size = int.from_bytes(data[-8:-4], "little")
    footer = data[-8 - size : -8]
    change(footer)
    data[-8 - size : -8] = footer
    return NamedBytes("a.parquet", bytes(data))


def one(name: str, make: Callable[[], bytes]) -> Callable[[], list[NamedBytes]]:
    return lambda: [NamedBytes(name, make())]


def gzip_of(data: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        data = gzip.compress(data, 6)
    return data


def spread(footer: bytearray) -> None:
    """Each byte of the second half of a footer turned over."""
    for place in range(len(footer) // 2, len(footer)):
        footer[place] ^= 0xFF


BOMBS: dict[str, Bomb] = {
    "CSV × size": Bomb(one("a.csv", lambda: HEADER + b"1,a,2026-01-01,1\n" * 600_000), (TOO_BIG,)),
    "CSV × length of a line": Bomb(one("a.csv", lambda: HEADER + b"x" * (7 * MIB)), ("is too long",)),
    "CSV × columns": Bomb(
        one("a.csv", lambda: b",".join(b"c%d" % n for n in range(15_000)) + b"\n" + b"1," * 14_999 + b"1\n"),
        ("no column", READER, MEMORY, "was not read within", "is no export"),
    ),
    "CSV × quotes": Bomb(
        one("a.csv", lambda: HEADER + b'"\n' * 2 * MIB), ("quote", "no rows", "no line could be taken")
    ),
    "TSV × empty rows": Bomb(
        one("a.tsv", lambda: b"Order ID\tAmount\n" + b"\t\n" * 3 * MIB), ("no row", "no rows", "no line")
    ),
    "UTF-16 × size": Bomb(
        one("a.csv.gz", lambda: gzip_of(("\ufeffa,b\n" + "1,2\n" * MIB * 2).encode("utf-16-le"))), (TOO_BIG,)
    ),
    "GB18030 × size": Bomb(one("a.csv.gz", lambda: gzip_of("订单,金额\n".encode("gb18030") * 1_000_000)), (TOO_BIG,)),
    "gzip × size": Bomb(one("a.csv.gz", lambda: gzip_of(bytes(64 * MIB))), (TOO_BIG,)),
    "gzip × depth": Bomb(one("a.csv.gz", lambda: gzip_of(SOUND, times=40)), ("", "NUL", "encoding", "byte")),
    "gzip in gzip × size": Bomb(one("a.csv.gz", lambda: gzip_of(bytes(64 * MIB), times=3)), (TOO_BIG,)),
    "several gzip × one budget": Bomb(
        lambda: [NamedBytes(f"{n}.csv.gz", gzip_of(HEADER + b"1,a,2026-01-01,1\n" * 200_000)) for n in range(4)],
        (TOO_BIG,),
    ),
    "ZIP × size": Bomb(one("a.zip", lambda: packed_zeros("a.csv", 64 * MIB)), (TOO_BIG,)),
    "ZIP by bzip2 × size": Bomb(one("a.zip", lambda: packed_zeros("a.csv", 16 * MIB, zipfile.ZIP_BZIP2)), (TOO_BIG,)),
    "ZIP × sizes that lie": Bomb(
        one("a.zip", lambda: lying(packed_zeros("a.csv", 64 * MIB), "a.csv", 1000)), (BROKEN, TOO_BIG)
    ),
    "ZIP × files": Bomb(one("a.zip", lambda: zipped({f"{n}.csv": SOUND for n in range(401)})), (FILES,)),
    "several ZIP × files": Bomb(
        lambda: [NamedBytes(f"{n}.zip", zipped({f"{m}.csv": SOUND for m in range(90)})) for n in range(5)], (FILES,)
    ),
    "ZIP × entries": Bomb(one("a.zip", lambda: zipped({f".{n}": b"" for n in range(10_001)})), (TOO_BIG,)),
    "ZIP × entries that overlap": Bomb(one("a.zip", overlapping), (TOO_BIG, BROKEN)),
    "ZIP by LZMA × memory": Bomb(one("a.zip", hungry_lzma), (BROKEN, MEMORY)),
    "ZIP in ZIP × depth": Bomb(lambda: [_nested(12)], (BROKEN,)),
    "ZIP in ZIP in ZIP × one budget": Bomb(one("a.zip", fan), (TOO_BIG,)),
    "XLSX × the furthest cell": Bomb(
        lambda: [sheet(row(1, cell("A1")), row(1048576, cell("XFD1048576")), dimension="A1:XFD1048576")], (FAR,)
    ),
    "XLSX × a far cell": Bomb(lambda: [sheet(row(1, cell("A1")), row(200000, cell("ZZ200000")))], (FAR,)),
    "XLSX × a far row": Bomb(lambda: [sheet(row(1, cell("A1")), row(1048576, cell("AZ1048576")))], (FAR,)),
    "XLSX × a far column": Bomb(lambda: [sheet(*(row(n, cell(f"XFD{n}")) for n in range(1, 2001)))], (FAR,)),
    "XLSX × a far cell behind near ones": Bomb(
        lambda: [
            sheet(
                row(1, cell("A1")),
                row(1048576, cell("XFD1048576")),
                *(row(n, cell(f"A{n}", "y" * 50)) for n in range(2, 3000)),
            )
        ],
        (MEMORY, READER, FAR),
    ),
    "XLSX × a far cell in another hand": Bomb(
        lambda: [sheet(b"<row r='1'><c r='A1'><v>1</v></c></row><row r='9'><c r='XFD1048576'><v>1</v></c></row>")],
        (MEMORY, READER),
    ),
    "XLSX × size": Bomb(lambda: [sheet(b" " * (64 * MIB))], (TOO_BIG,)),
    "XLSX × sizes that lie": Bomb(
        lambda: [
            NamedBytes(
                "a.xlsx",
                lying(
                    workbook(SHEET % (b"", row(1, cell("A1", "a" * 30)) * 400_000)), "xl/worksheets/sheet1.xml", 1000
                ),
            )
        ],
        (BROKEN, TOO_BIG),
    ),
    "XLSX × a text that all cells share": Bomb(lambda: [repeated_string()], (MEMORY, TOO_BIG)),
    "XLSX × sheets": Bomb(lambda: [many_sheets()], (TOO_BIG,)),
    "XLSX × entities": Bomb(
        lambda: [
            NamedBytes(
                "a.xlsx",
                workbook(
                    b"<!DOCTYPE l [<!ENTITY a 'ha'>"
                    + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
                    + b"]>"
                    + SHEET % (b"", row(1, cell("A1", "&j;")))
                ),
            )
        ],
        ("cannot be read as xlsx", "is no export", "no rows", READER, MEMORY, "no column"),
    ),
    "Parquet × size": Bomb(lambda: [parquet(2_000_000, 4, "A" * 100)], (TOO_BIG,)),
    "Parquet × long texts": Bomb(lambda: [parquet(20_000, 1, "A" * 100_000)], (TOO_BIG, MEMORY)),
    "Parquet × columns": Bomb(lambda: [parquet(2, 6_000, "A" * 2_000)], (TOO_BIG, MEMORY)),
    "Parquet × a footer that lies": Bomb(
        lambda: [parquet_with_footer(spread)], ("cannot be read as parquet", READER, MEMORY)
    ),
    "Parquet × a footer of nothing": Bomb(
        lambda: [NamedBytes("a.parquet", b"PAR1" + b"\0" * 64 + struct.pack("<I", 0x7FFFFFFF) + b"PAR1")],
        ("cannot be read as parquet", READER, MEMORY),
    ),
    "Parquet × a page that is none": Bomb(
        lambda: [NamedBytes("a.parquet", _scratched(parquet(1_000, 3, "x").data))],
        ("cannot be read as parquet", READER, MEMORY),
    ),
}


def _scratched(data: bytes) -> bytes:
    return data[:4] + zlib.compress(data)[:40] + data[44:]


def _nested(depth: int) -> NamedBytes:
    data = SOUND
    for _ in range(depth):
        data = zipped({"a.zip": data})
    return NamedBytes("a.zip", data)
