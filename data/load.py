"""`python -m data.load FILE…`: take exports in and print the receipt. Exit 0 taken, 2 refused and nothing written."""

import argparse
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from data import sandbox
from data.command import ended, one_line
from data.errors import Refused
from data.file import opening
from data.imports import JOBS, LeftOut, Receipt, TableCounts, Undecided, stage
from data.settings import Settings
from data.store.store import Store
from data.text.characters import whole
from metrics.texts import N_

SHOWN = 80  # characters of a cell


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    return ended(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    try:
        receipt = _load(options)
    except Undecided as asked:
        print(one_line(f"{asked} {asked.remedy}"), file=sys.stderr)
        return 2
    print(receipt.to_json() if options.json else "\n".join(lines_of(receipt)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data.load", description="Take exports in and print the receipt.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--db", type=Path, help="the DuckDB file (default: RAPPORT_DB)")
    parser.add_argument("--profile", help="the profile to read the files by (default: recognised by the headers)")
    parser.add_argument(
        "--map", action="append", default=[], metavar="FIELD=COLUMN", help="the column that a field stands under"
    )
    parser.add_argument(
        "--value",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="one value for the whole file, or an answer to what it leaves open",
    )
    parser.add_argument("--sheet", action="append", default=[], metavar="NAME", help="a sheet of a workbook to read")
    parser.add_argument("--header-row", metavar="LINE", help="the line of the file on which the headers stand")
    parser.add_argument("--dry-run", action="store_true", help="print the receipt, write nothing")
    parser.add_argument("--json", action="store_true", help="print the receipt as JSON")
    return parser


def _load(options: argparse.Namespace) -> Receipt:
    sandbox.start(JOBS)  # while the store is opened
    mapping, values = _pairs(options.map, "--map"), _pairs(options.value, "--value")
    values |= {"sheet": "/".join(options.sheet)} if options.sheet else {}
    values |= {"header_row": options.header_row} if options.header_row else {}
    path = options.db or Settings.read().db
    opening.refuse_new(path)
    if options.dry_run and not path.exists():
        with stage(options.files, store=None, profile=options.profile, mapping=mapping, values=values) as staged:
            return staged.receipt
    with (
        Store.open(path) as store,
        stage(options.files, store=store, profile=options.profile, mapping=mapping, values=values) as staged,
    ):
        return staged.receipt if options.dry_run else staged.take_in()


def _pairs(given: list[str], option: str) -> dict[str, str]:
    pairs = {}
    for text in given:
        pair = whole(text)
        name, sign, value = pair.partition("=")
        if ":" in name and option == "--value":  # the cell that is answered may hold a sign of its own
            name, sign, value = pair.rpartition("=")
        if not sign or not name.strip():
            raise Refused(N_("{option} {text}: write it as FIELD=VALUE."), option=option, text=text)
        pairs[name.strip()] = value
    return pairs


def lines_of(receipt: Receipt) -> list[str]:
    """The receipt in words, line by line."""
    lines = [receipt.profile_title]
    for file in receipt.files:
        size = f", {file.bytes:,} bytes" if file.bytes else ""  # of a workbook said once
        lines.append(f"  {file.name}: {_lines(file.lines)} ({file.encoding}{size})")
    lines.append(
        f"Lines in: {receipt.lines_in:,} = {receipt.lines_taken:,} taken + {receipt.lines_in - receipt.lines_taken:,} left out"
    )
    for entry in receipt.left_out:
        money = "" if entry.amount is None else f", {entry.amount:,.2f}"
        lines.append(
            f"  {entry.lines:,} left out{money}: {entry.reason} "
            f"(first: {entry.example_file}, line {entry.example_line}{_example(entry)})"
        )
    lines += [f"{table.kind}: {table.rows:,} rows{_fate(table)}" for table in receipt.tables]
    if receipt.orders or receipt.refunds:
        lines.append(
            f"Orders: {receipt.orders:,}, refunds: {receipt.refunds:,} (from {_lines(receipt.refund_lines)}), "
            f"net revenue: {receipt.revenue:,.2f} {receipt.currency or ''}".rstrip()
        )
    lines.append(f"Customers: {receipt.customers:,}" + _span(receipt))
    lines += [f"{one.file}, column “{one.column}”: {one.what} {one.value}" for one in receipt.conventions]
    lines += list(_not_used(receipt))
    lines += [str(sentence) for sentence in receipt.cannot_answer]
    lines += [f"{doubt} If so: --value {shlex.quote(f'{doubt.option}={doubt.answer}')}" for doubt in receipt.doubts]
    if receipt.already_loaded is not None:
        lines.append(f"These files are loaded already (import {receipt.already_loaded}): nothing was changed.")
    elif receipt.import_id is not None:
        lines.append(
            f"Taken in as import {receipt.import_id}. Take it back with: python -m data.imports undo {receipt.import_id}"
        )
    else:
        lines.append("Nothing was written (dry run).")
    return lines


def _not_used(receipt: Receipt) -> Iterator[str]:
    """What the files held and did not become data; nothing is said where all of it did."""
    if receipt.unused:
        yield f"Not used: {receipt.cells_in - receipt.cells_used:,} of {receipt.cells_in:,} cells"
    for one in receipt.unused:
        what = {"part": "notes behind the numbers of column"}.get(one.what, one.what)
        cells = f", {one.cells:,} cells" if one.cells else ""
        example = f", such as “{one.example}”" if one.example else ""
        yield f"  {one.file}: {what} “{one.name}”{cells}{example}"


def _lines(count: int) -> str:
    return f"{count:,} line" if count == 1 else f"{count:,} lines"


def _example(entry: LeftOut) -> str:
    """The cell that a rule was met in, short enough for a line."""
    text = " ".join(entry.example_value.split())
    shown = text if len(text) <= SHOWN else text[: SHOWN - 2] + " …"
    column = f", column “{entry.example_column}”" if entry.example_column else ""
    return column + (f", “{shown}”" if shown else "")


def _fate(table: TableCounts) -> str:
    if table.new is None:
        return ""
    return f" ({table.new:,} new, {table.changed:,} changed, {table.same:,} the same)"


def _span(receipt: Receipt) -> str:
    return f", {receipt.first_date} to {receipt.last_date}" if receipt.first_date else ""


if __name__ == "__main__":
    sys.exit(main())
