"""decode → recognise → parse → check → receipt: everything that happens to files before the store sees a row."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa

from data.errors import Cancelled, Refused
from data.imported import Destination, ImportMeta, Merged
from data.imports import leftover, summary
from data.imports.clock import latest_allowed
from data.imports.fold import Folding, quote
from data.imports.layout import fold_header, listed, matches_lines, second_of
from data.imports.mapper import NeedsMapping, signature
from data.imports.parse import decide, parse
from data.imports.profile import (
    FileRole,
    Profile,
    assign,
    by_name,
    find_column,
    profiles,
    recognise,
    with_columns,
)
from data.imports.raw import RawFile, load, number_lines, prepare
from data.imports.receipt import Receipt
from data.imports.said import refuse_values
from data.imports.source import source_of
from data.imports.unpack import NamedBytes, fingerprint, unpack
from data.settings import Settings
from data.workspace import open_folder
from metrics.texts import N_

ENGINE_MEMORY = "640MiB"
BATCH_ROWS = 100_000


class Staging:
    """The private engine and folder of one import."""

    def __init__(self) -> None:
        self.folder = open_folder()
        self.path = Path(self.folder.name)
        self.connection = duckdb.connect(
            config={
                "memory_limit": ENGINE_MEMORY,
                "temp_directory": str(self.path / "spill"),
                "autoinstall_known_extensions": "false",
            }
        )
        self.connection.execute(f"set allowed_directories = [{quote(str(self.path))}]")
        self.connection.execute("set enable_external_access = false")

    def close(self) -> None:
        self.connection.close()
        self.folder.cleanup()


class Staged:
    """An import that is read and checked but not taken in yet. Close it, or use it in a `with` block."""

    def __init__(
        self,
        staging: Staging,
        store: Destination | None,
        receipt: Receipt,
        meta: ImportMeta,
        remember: tuple[str, str] | None,
    ) -> None:
        self.receipt = receipt
        self._staging = staging
        self._store = store
        self._meta = meta
        self._remember = remember

    def tables(self) -> Mapping[str, Callable[[], pa.RecordBatchReader]]:
        """Per table with rows, a function that reads them from the start."""
        return {table.kind: self._reader(table.kind) for table in self.receipt.tables}

    def _reader(self, kind: str) -> Callable[[], pa.RecordBatchReader]:
        return lambda: summary.reader(self._staging.connection, kind)

    def left_out_csv(self, rule: str | None = None) -> bytes:
        """The lines left out (by one rule, or all) as CSV with a BOM: file, line, column, value, rule, reason."""
        return leftover.as_csv(self._staging.connection, rule)

    def take_in(
        self,
        who: str = "",
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        replacing: Sequence[int] = (),
    ) -> Receipt:
        """Merge the rows into the store and return the receipt with its import id; a file that is loaded already changes nothing.

        The imports `replacing` are undone in the same step.
        """
        if self._store is None:
            raise Refused(N_("There is no store to take the rows into."))
        if self.receipt.already_loaded is not None:
            return self.receipt
        staged = self.receipt

        def told(merged: Merged) -> Receipt:
            return summary.with_counts(staged, merged.counts, merged.customers_new, merged.import_id)

        meta = replace(self._meta, who=who, receipt=lambda merged: told(merged).to_json())
        merged = self._store.merge(self.tables(), meta, progress=progress, cancelled=cancelled, replacing=replacing)
        if merged.already_loaded:  # the same file was taken in while this one lay here
            self.receipt = replace(staged, already_loaded=merged.import_id)
            return self.receipt
        if self._remember:
            self._store.remember_mapping(*self._remember)
        self.receipt = told(merged)
        return self.receipt

    def close(self) -> None:
        self._staging.close()

    def __enter__(self) -> "Staged":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def stage(
    files: Sequence[Path | NamedBytes],
    *,
    store: Destination | None,
    profile: str | None = None,
    mapping: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Staged:
    """Read and check files; write nothing to the store.

    `profile` names one (default: recognised by the headers), `mapping` puts fields under headers, `values` fixes fields for the
    whole file (source, currency, scale, responded_at, …) and answers what the file leaves open (date_order, decimal, encoding).
    Raises Refused with one sentence, NeedsMapping when nobody recognises the headers, Cancelled when the user stops.
    """
    work = _Work(dict(values or {}), progress, cancelled)
    staging = Staging()
    try:
        return _stage(work, staging, list(files), store, profile, dict(mapping or {}))
    except BaseException:
        staging.close()
        raise


class _Work:
    """What the user said, and how far the work is."""

    def __init__(
        self, values: dict[str, str], progress: Callable[[float], None] | None, cancelled: Callable[[], bool] | None
    ) -> None:
        self.values = values
        self._progress = progress
        self._cancelled = cancelled

    def reach(self, share: float) -> None:
        if self._cancelled and self._cancelled():
            raise Cancelled(N_("The import was stopped. Nothing was stored."))
        if self._progress:
            self._progress(min(share, 1.0))

    def reach_rows(self, before: int, total: int, done: int) -> None:
        """The part of the work that parses rows."""
        self.reach(0.5 + 0.3 * (before + done) / total)


def _stage(
    work: _Work,
    staging: Staging,
    files: list[Path | NamedBytes],
    store: Destination | None,
    profile_name: str | None,
    mapping: dict[str, str],
) -> Staged:
    work.reach(0.0)
    sources = unpack(files, staging.path, Settings.read().upload_limit_mib << 20)
    sha256 = fingerprint(files)
    patterns = [role.pattern for known in profiles().values() for role in known.files if role.pattern]
    raw = []
    for number, source in enumerate(sources):
        raw.append(prepare(source, number, staging.path, work.values.get("encoding"), patterns))
        work.reach(0.05 + 0.1 * (number + 1) / len(sources))
    signed = signature(raw[0].layout.headers)
    if profile_name is None and not mapping and store is not None and (kept := store.remembered_mapping(signed)):
        remembered = json.loads(kept)
        profile_name, mapping = remembered["profile"], remembered["columns"]
        work.values = {**remembered["values"], **work.values}
    chosen, roles = _choose(raw, profile_name, mapping, work.values)
    said = json.dumps(
        {"profile": chosen.name, "columns": mapping, "values": work.values}, ensure_ascii=False, sort_keys=True
    )
    for number, (file, role) in enumerate(zip(raw, roles, strict=True)):
        file.role = role.role
        load(staging.connection, file, role.pattern, role.names)
        work.reach(0.15 + 0.35 * (number + 1) / len(raw))
    result = _read_outputs(work, staging, chosen, raw, signed)
    already = store.loaded_as(sha256, said) if store is not None else None
    receipt = summary.receipt(staging.connection, chosen, raw, result, already)
    by_hand = (signed, said) if mapping and len(raw) == 1 else None
    names = ", ".join(Path(file.name).name for file in files)
    meta = ImportMeta(names, sha256, chosen.name, said)
    staged = Staged(staging, store, receipt, meta, by_hand)
    if store is not None:
        staged.receipt = summary.with_counts(receipt, store.compare(staged.tables()), None, None)
    work.reach(1.0)
    return staged


def _choose(
    raw: list[RawFile], name: str | None, mapping: dict[str, str], values: dict[str, str]
) -> tuple[Profile, list[FileRole]]:
    """The profile and each file's role in it: the one that was named, or the most specific that fits."""
    described = [(file.layout.headers, file.decoded.path) for file in raw]
    if name is None:
        found = recognise(described, matches_lines)
        if found is None:
            raise NeedsMapping(raw[0].name, raw[0].layout)
        profile, roles = found
    else:
        profile = by_name(name)
        assigned = assign(profile, described, matches_lines) if not profile.general else None
        roles = assigned or [profile.files[0]] * len(raw)
        if assigned is None and not profile.general and not mapping:
            raise Refused(
                N_(
                    "{file} does not have the columns of {profile}: {columns}. Leave the profile out, or map the columns."
                ),
                file=raw[0].name,
                profile=profile.title,
                columns=", ".join(group[0] for group in profile.files[0].headers),
            )
    profile = with_columns(profile, mapping)
    refuse_values(profile, values)
    for role in profile.files:
        if role.required and role not in roles:
            raise Refused(
                N_("{profile}: the file with the columns {columns} is missing. Hand in all files together."),
                profile=profile.title,
                columns=", ".join(group[0] for group in role.headers),
            )
    _refuse_missing(raw, roles, profile, mapping, values)
    return profile, roles


def _refuse_missing(
    raw: list[RawFile], roles: list[FileRole], profile: Profile, mapping: dict[str, str], values: dict[str, str]
) -> None:
    """A column that the user named must be there, and so must one for every required field, or a value for it."""
    for file, role in zip(raw, roles, strict=True):
        if role.pattern:
            continue
        folded = {fold_header(header) for header in file.layout.headers}
        for field, header in mapping.items():
            if header and fold_header(header) not in folded:
                raise Refused(
                    N_("{file} has no column “{column}” for {field}. Its columns are: {columns}."),
                    file=file.name,
                    column=header,
                    field=field,
                    columns=listed(file.layout.headers),
                )
        for output in profile.outputs:
            if output.file != role.role or output.select or output.each_column:
                continue
            for column in output.columns:
                place = find_column(column, file.layout.headers)
                if place is not None and column.name not in mapping:
                    _refuse_repeated(file, column.name, place)
                if column.required and column.name not in values and place is None:
                    raise Refused(
                        N_(
                            "{file}: no column is mapped to {field}, which {profile} needs. "
                            "Add --map {field}=COLUMN, or --value {field}=VALUE for the whole file. Its columns are: {columns}."
                        ),
                        file=file.name,
                        field=column.name,
                        profile=profile.title,
                        columns=listed(file.layout.headers),
                    )


def _refuse_repeated(file: RawFile, field: str, place: int) -> None:
    """Of two columns of one name, which one counts is not for the importer to guess."""
    header = file.layout.headers[place]
    second = second_of(header, file.layout.headers)
    if second is not None:
        raise Refused(
            N_(
                "{file}: columns {first} and {second} are both called “{column}”, and {field} can be only one of them. "
                "Rename or remove the other one."
            ),
            file=file.name,
            first=place + 1,
            second=second + 1,
            column=header,
            field=field,
        )


def _read_outputs(work: _Work, staging: Staging, profile: Profile, raw: list[RawFile], signed: str) -> summary.Result:
    """Parse and fold every output of the profile; make `out_{kind}` and `fates`."""
    connection = staging.connection
    result = summary.Result()
    total = sum(file.rows for file in raw) * len(profile.outputs) or 1
    base = 0
    for number, output in enumerate(profile.outputs):
        values = {**output.values, **work.values}
        built = source_of(connection, number, output, profile.files, raw, values)
        if built is None:
            continue
        readings, conventions = [], []
        for column, header, file in built.columns:
            line_of = partial(_line_of, connection, raw, built.table)
            reading, found = decide(connection, built.table, column, header, file, line_of, values)
            readings.append(reading)
            conventions += found
        fields = [reading.column.name for reading in readings] + built.extra
        folding = Folding(connection, number, output, fields)
        step = partial(work.reach_rows, base, total)
        parse(connection, built.table, folding.rows, readings, built.extra, folding.made(), step)
        connection.execute(f"drop view {built.table}")
        base += sum(file.rows for file in raw)
        scale = next((reading.scale for reading in readings if reading.scale), None)
        if scale:
            low, high = scale.split("-")
            values |= {"scale_low": low, "scale_high": high}
        source = work.values.get("source") or profile.name
        folding.fold(values, source, signed, latest_allowed())
        folding.check()
        result.add(folding, conventions, {column.name: header for column, header, _ in built.columns}, scale)
        work.reach(0.8)
    result.finish(connection, raw)
    return result


def _line_of(connection: duckdb.DuckDBPyConnection, raw: list[RawFile], table: str, where: str) -> int:
    """The physical line of the first row of a source for which a condition holds."""
    file_no, row_no = connection.execute(
        f"select file_no, row_no from {table} where {where} order by file_no, row_no limit 1"
    ).fetchall()[0]
    return connection.execute(
        f"select {number_lines(connection, raw[file_no])} from (select {row_no}::bigint as row_no) r"
    ).fetchall()[0][0]
