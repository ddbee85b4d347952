"""Sources as UTF-8 CSV with a known layout: one per text file, one per sheet of a workbook that holds a table."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import fastexcel
import polars as pl

from data import sandbox
from data.errors import Refused
from data.imports.files import workbook
from data.imports.files.blanks import split_blanks
from data.imports.files.budget import Budget
from data.imports.files.decode import Decoded, decode
from data.imports.files.layout import Layout, find_layout, matches_lines
from data.imports.files.raw import RawFile
from data.imports.files.unpack import Source, discard
from metrics.texts import N_


@dataclass(frozen=True)
class Looking:
    """What is known before a file is looked at: what a person said of encoding and header line, the patterns of headerless exports, and
    the names that columns usually bear."""

    encoding: str | None = None
    header_line: int | None = None
    patterns: Sequence[str] = ()
    known: Collection[str] = ()


def prepare(source: Source, number: int, folder: Path, looking: Looking, budget: Budget) -> list[RawFile]:
    """Decode a source to UTF-8 CSV and find its layout; the source itself is needed no longer. A headerless file keeps no header (its
    profile names the columns). Of a workbook, each sheet is a file of its own."""
    if source.form == "xlsx":
        return _sheets(source, number, folder, looking, budget)
    target = folder / f"text-{number}"
    if source.form == "text":
        decoded = decode(source.open, source.name, target, encoding=looking.encoding)
        discard(source.path, folder)
        for pattern in looking.patterns:
            if matches_lines(target, pattern):
                return [RawFile(number, source, decoded, Layout(" ", '"', (), 0, ()))]
        decoded = split_blanks(decoded, looking.header_line)
        return [RawFile(number, source, decoded, _layout(decoded, source.name, looking))]
    try:
        with budget.writing(target, source.name):
            frame = pl.scan_parquet(source.path, glob=False)
            times = [name for name, kind in frame.collect_schema().items() if kind.is_temporal()]
            frame.with_columns(pl.col(times).cast(pl.String)).sink_csv(target)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(error, source) from error
    discard(source.path, folder)
    decoded = Decoded(target, "Parquet", _breaks(target), source.bytes)
    if not decoded.breaks:
        raise _empty(source)
    return [RawFile(number, source, decoded, find_layout(target, source.name))]


def _layout(decoded: Decoded, name: str, looking: Looking) -> Layout:
    return find_layout(decoded.path, name, looking.known, looking.header_line)


def _sheets(source: Source, number: int, folder: Path, looking: Looking, budget: Budget) -> list[RawFile]:
    """A file per sheet that holds a table; of the others only the names and what stands in their first cells."""
    workbook.measure(source.path, source.name, budget)
    found: list[RawFile] = []
    refused: Refused | None = None
    try:
        book = fastexcel.read_excel(str(source.path))
        names = list(book.sheet_names)
        for place, sheet_name in enumerate(names):
            target = folder / f"text-{number}-{place}"
            with budget.writing(target, source.name):
                sheet = book.load_sheet(sheet_name, header_row=None, skip_rows=0, dtypes="string")
                hidden = sheet.visible != "visible"
                frame = sheet.to_polars()
                if frame.width:
                    frame.write_csv(target, include_header=False)
                else:
                    target.touch()
            decoded = Decoded(target, "XLSX", _breaks(target), source.bytes)
            titled = sheet_name if len(names) > 1 else ""
            name = f"{source.name} [{titled}]" if titled else source.name
            listed = replace(source, name=name, bytes=0 if found else source.bytes)  # of a workbook counted once
            raw = RawFile(number, listed, decoded, NO_TABLE, sheet=sheet_name, hidden=hidden, book=source.name)
            if decoded.breaks:
                try:
                    raw.layout = _layout(decoded, name, looking)
                except Refused as error:
                    refused = refused or error
            found.append(raw)
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(error, source) from error
    discard(source.path, folder)
    if not any(file.layout.headers for file in found):
        raise refused or _empty(source)
    return found


NO_TABLE = Layout(",", '"', (), 0, ())


def _breaks(path: Path) -> int:
    with path.open("rb") as text:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: text.read(1 << 20), b""))


def _empty(source: Source) -> Refused:
    return Refused(N_("{file} is empty. Export it again and load the new file."), file=source.name)


def _unreadable(error: Exception, source: Source) -> Exception:
    if sandbox.exhaustion(error):
        return error
    return Refused(N_("{file} cannot be read as {form}. Save it again, or as CSV."), file=source.name, form=source.form)
