"""decode → recognise → parse → check → receipt: everything that happens to files before a row leaves their process."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from data.errors import Refused
from data.imports import summary
from data.imports.cells.answers import ALL, lasting
from data.imports.choose import choose, which_fits
from data.imports.columns.known import columns_of, id_places, known_names, patterns
from data.imports.columns.left_over import said
from data.imports.files.budget import Budget
from data.imports.files.layout import Layout, find_layout
from data.imports.files.prepare import Looking, prepare
from data.imports.files.raw import RawFile, load
from data.imports.files.sheets import pick_sheets
from data.imports.files.totals import set_aside
from data.imports.files.unpack import Given, fingerprint, unpack
from data.imports.mapper import NeedsMapping, signature
from data.imports.outcome.outputs import Work, read_outputs
from data.imports.outcome.receipt import Receipt
from data.imports.outcome.unused import count_cells
from data.imports.profile import Profile
from data.imports.said import OF_ONE_FILE, header_line
from data.imports.sql import quote

ENGINE_MEMORY = "640MiB"


@dataclass(frozen=True)
class Order:
    """What is to be read, and what the user said about it; `remembered`: mappings made by hand and answers, by the headers that they
    are for; `tiers`: those that the store holds."""

    files: list[Given]
    limit_bytes: int
    profile: str | None
    mapping: dict[str, str]
    values: dict[str, str]
    remembered: dict[str, str]
    tiers: list[str]


@dataclass(frozen=True)
class FilesRead:
    """Files that were read and checked: the receipt without what only the store knows, and what the history keeps of them."""

    connection: duckdb.DuckDBPyConnection
    receipt: Receipt
    first: NeedsMapping  # the columns of the first file, for who wants to map them anew
    sha256: str
    mapping: str
    remember: dict[str, str]


def _engine(folder: Path) -> duckdb.DuckDBPyConnection:
    """A private engine that reads and writes this folder alone."""
    connection = duckdb.connect(
        config={
            "memory_limit": ENGINE_MEMORY,
            "temp_directory": str(folder),  # the process that reads makes no folders
            "autoinstall_known_extensions": "false",
        }
    )
    connection.execute(f"set allowed_directories = [{quote(str(folder))}]")
    connection.execute("set enable_external_access = false")
    return connection


def read(order: Order, folder: Path, progress: Callable[[float], None]) -> FilesRead:
    """Read and check files, in the process that may come to an end; the engine that holds the rows is the caller's to close.

    Raises Refused with one sentence, NeedsMapping when nobody recognises the headers.
    """
    work = Work(dict(order.values), progress)
    work.reach(0.0)
    budget = Budget(order.limit_bytes, sum(file.path.stat().st_size for file in order.files))
    sha256 = fingerprint(order.files)
    sources = unpack(order.files, folder, budget)
    looking = Looking(work.values.get("encoding"), header_line(work.values), patterns(), known_names())
    found: list[RawFile] = []
    for number, source in enumerate(sources):
        found += prepare(source, number, folder, looking, budget)
        work.reach(0.05 + 0.1 * (number + 1) / len(sources))
    fits = which_fits(order.profile, order.mapping, work.values)
    raw, unread = pick_sheets(found, work.values.get("sheet"), fits)
    first = NeedsMapping(raw[0].name, _columns(raw[0]))
    signed = signature(raw[0].layout.headers)
    profile_name, mapping = order.profile, order.mapping
    if profile_name is None and not mapping and (kept := order.remembered.get(signed)):
        remembered = json.loads(kept)
        profile_name, mapping = remembered["profile"], remembered["columns"]
        work.kept = lasting(remembered["values"])
        work.values = {n: v for n, v in remembered["values"].items() if n not in work.kept} | work.values
    mapping = mapping | said(work.values, columns_of(profile_name))
    chosen, roles = choose(raw, profile_name, mapping, work.values)
    alike = len({signature(file.layout.headers) for file in raw}) == 1
    place = f"{signed}:{chosen.name}"
    if alike and (kept := order.remembered.get(place)):
        remembered = json.loads(kept)
        work.kept |= remembered["values"] if remembered["columns"] == mapping else {}
    connection = _engine(folder)
    for number, (file, role) in enumerate(zip(raw, roles, strict=True)):
        file.role = role.role
        load(connection, file, role.pattern, role.names)
        if not role.pattern:
            set_aside(connection, file, id_places(chosen, role, file.layout.headers))
        work.reach(0.15 + 0.35 * (number + 1) / len(raw))
    result = read_outputs(work, connection, chosen, raw, signed, order.tiers)
    cells = count_cells(connection, raw, unread, result.used, result.parts)
    receipt = summary.receipt(connection, chosen, raw, result)
    receipt = replace(receipt, unused=cells.unused, cells_in=cells.all, cells_used=cells.used)
    given = {**work.kept, **work.values}
    remember = {}
    if mapping and len(raw) == 1:
        remember[signed] = _said(
            chosen,
            mapping,
            {name: v for name, v in given.items() if not name.endswith(f":{ALL}") and name not in OF_ONE_FILE},
        )
    if alike and lasting(given):
        remember[place] = _said(chosen, mapping, lasting(given))
    return FilesRead(connection, receipt, first, sha256, _said(chosen, mapping, given), remember)


def _columns(file: RawFile) -> Layout:
    """The layout of a file; of one that is read by a pattern, with its first line in the place of headers."""
    try:
        return file.layout if file.layout.headers else find_layout(file.decoded.path, file.name)
    except Refused:  # that one line is all
        return file.layout


def _said(profile: Profile, mapping: dict[str, str], values: dict[str, str]) -> str:
    """How a file was read, in one spelling."""
    said = {"profile": profile.name, "columns": mapping, "values": values}
    return json.dumps(said, ensure_ascii=False, sort_keys=True)
