"""Every output of a profile, from text rows to rows for the store: decided, parsed, folded and checked."""

from collections.abc import Callable, Iterator
from functools import partial

import duckdb

from data.imports.clock import latest_allowed
from data.imports.columns.decide import decide
from data.imports.columns.left_over import ask_left_over
from data.imports.columns.parse import parse
from data.imports.columns.reading import Reading
from data.imports.columns.tier_names import settle_tiers
from data.imports.columns.unread import refuse_unread
from data.imports.columns.wanted import Wanted
from data.imports.files.raw import RawFile, number_lines
from data.imports.fold import Folding
from data.imports.orders.lines import decide_lines, only_once
from data.imports.orders.over_sheets import decide_over_sheets
from data.imports.orders.refunds import decide_refunds
from data.imports.orders.sum_row import leave_out_sum
from data.imports.outcome.receipt import Convention
from data.imports.outcome.result import Result
from data.imports.outcome.unused import notes
from data.imports.profile import Column, Output, Profile, find_columns
from data.imports.source import source_of
from data.store import member_columns
from metrics.dimension import TIER


class Work:
    """What the user said, and how far the work is."""

    def __init__(self, values: dict[str, str], progress: Callable[[float], None]) -> None:
        self.values = values
        self.kept: dict[str, str] = {}  # answers to earlier files with the same headers
        self.reach = progress

    def reach_rows(self, before: int, total: int, done: int) -> None:
        """The part of the work that parses rows."""
        self.reach(0.5 + 0.3 * (before + done) / total)


def read_outputs(
    work: Work,
    connection: duckdb.DuckDBPyConnection,
    profile: Profile,
    raw: list[RawFile],
    signed: str,
    known_tiers: list[str],
) -> Result:
    """Parse and fold every output of the profile; make `out_{kind}` and `fates`."""
    result = Result()
    total = sum(file.rows for file in raw) * len(profile.outputs) or 1
    base = 0
    for number, output in enumerate(profile.outputs):
        values = {**output.values, **work.values}
        built = source_of(connection, number, output, profile.files, raw, values)
        if built is None:
            continue
        result.use(built.used)
        if profile.general:
            ask_left_over(connection, output, built, raw, {**work.kept, **work.values})
        readings, conventions = [], []
        lines = None
        is_orders = output.kind == "orders"
        by_cell = is_orders and not _names_currency(output, raw)
        for column, header, file in built.columns:
            wanted = Wanted(
                connection,
                built.table,
                column,
                header,
                file,
                partial(_line_of, connection, raw, built.table),
                values,
                kept=work.kept,
                given=work.values,
                is_item=bool(output.each_column),
                by_cell=by_cell,
                fields=[known.name for known, _, _ in built.columns],
                words=output.statuses,
            )
            reading, found = decide(wanted)
            readings.append(reading)
            conventions += found
        if is_orders and output.fold is None and not output.select:
            lines, found = decide_lines(
                connection, built, raw, work.values.get("lines", ""), work.kept.get("lines", "")
            )
            conventions += found
            if lines and lines.once:
                built = only_once(connection, built, lines.once)
        named = next((reading.currency for reading in readings if reading.currency), "")
        values |= {"currency": named} if named and not values.get("currency") else {}
        readings = _with_currency(readings)
        fields = [reading.column.name for reading in readings] + built.extra
        standings = {reading.column.name: reading.standings for reading in readings if reading.standings}
        folding = Folding(connection, number, output, fields, standings, lines)
        step = partial(work.reach_rows, base, total)
        parse(connection, built.table, folding.rows, readings, built.extra, folding.made(), step)
        if is_orders:
            leave_out_sum(connection, folding.rows, folding.fields)
            books, found = decide_over_sheets(
                connection, folding, raw, work.values.get("over_sheets", ""), work.kept.get("over_sheets", "")
            )
            conventions += found
            folding.join_sheets(books)
        refuse_unread(connection, folding.rows, readings)
        if output.refunds_open and {"amount", "refund"} <= set(folding.fields):
            folding.refunds, found = decide_refunds(
                connection, folding.rows, built, raw, work.values.get("refunds", ""), work.kept.get("refunds", "")
            )
            conventions += found
        for reading in readings if output.kind == "tier_changes" else ():
            if reading.column.name == TIER.column:
                conventions += settle_tiers(connection, folding.rows, reading, known_tiers, {**work.kept, **values})
        for reading in readings:
            if reading.column.type == "number" and not reading.tidy:
                result.parts += notes(connection, built.table, reading.column.name, reading.header, reading.file)
        connection.execute(f"drop view {built.table}")
        base += sum(file.rows for file in raw)
        scale = next((reading.scale for reading in readings if reading.scale), None)
        if scale and "scale" not in output.values:  # it holds for the next file with these headers
            work.kept["scale"] = scale
        if scale:
            low, high = scale.split("-")
            values |= {"scale_low": low, "scale_high": high}
        source = work.values.get("source") or profile.name
        folding.fold(values, source, signed, latest_allowed())
        folding.check()
        if output.kind == "members" and "attributes" in built.extra:
            conventions += _filters(connection, raw, folding)
        result.add(folding, conventions, {column.name: header for column, header, _ in built.columns}, scale)
        work.reach(0.8)
    result.finish(connection, raw)
    return result


def _filters(connection: duckdb.DuckDBPyConnection, raw: list[RawFile], folding: Folding) -> Iterator[Convention]:
    """Which of the columns that no field takes are kept as filters, going by this file alone, and which are not, and why."""
    members = f"select customer_id, attributes from {folding.docs} where rule is null"
    found = member_columns.find(connection, members, members)
    files = {header: file.name for file in reversed(raw) for header in file.layout.headers}
    for each in found.columns:
        yield from (Convention(files.get(name, ""), name, "filter", str(each.values)) for name in each.headers)
    for header, why in found.refused:
        yield Convention(files.get(header, ""), header, "no filter", why)


def _names_currency(output: Output, raw: list[RawFile]) -> bool:
    """Whether a column of one of the files holds the currency."""
    columns = [column for column in output.columns if column.name == "currency"]
    return any(find_columns(column, file.layout.headers) for column in columns for file in raw)


def _with_currency(readings: list[Reading]) -> list[Reading]:
    """The readings, and one of the currency that stands in the cells of an amount; a given one is for cells that name none."""
    money = next((reading for reading in readings if reading.currencies), None)
    if money is None:
        return readings
    column = Column("currency", ("currency",), "currency")
    currency = Reading(column, money.header, money.file, currencies=money.currencies, cell=money.column.name)
    return [*(reading for reading in readings if reading.column.name != "currency"), currency]


def _line_of(connection: duckdb.DuckDBPyConnection, raw: list[RawFile], table: str, where: str) -> int:
    """The physical line of the first row of a source for which a condition holds."""
    file_no, row_no = connection.execute(
        f"select file_no, row_no from {table} where {where} order by file_no, row_no limit 1"
    ).fetchall()[0]
    return connection.execute(
        f"select {number_lines(connection, raw[file_no])} from (select {row_no}::bigint as row_no) r"
    ).fetchall()[0][0]
