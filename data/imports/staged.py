"""Files handed in, read in a process of their own, and held until they are imported or put away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

import pyarrow as pa

from data import sandbox
from data.errors import Cancelled, Refused
from data.file.workspace import open_folder
from data.imports import handover, summary
from data.imports.files.layout import listed
from data.imports.files.unpack import NamedBytes
from data.imports.mapper import NeedsMapping
from data.imports.outcome import leftover
from data.imports.outcome.receipt import Receipt
from data.settings import Settings
from data.store.imported import Destination, ImportMeta, Merged
from data.text.characters import whole
from metrics.engine.schemas import TABLES
from metrics.texts import N_

JOBS = "data.imports.jobs"
DISK_TIMES = 4  # of what may be unpacked: as text, as rows, and what the engine puts aside
SHARE = 0.98  # of the bar is the reading; the rest is the comparison with the store
STOPPED = N_("The import was stopped. Nothing was stored.")
REASONS = {
    "memory": N_(
        "{file} needs more memory than the {memory} MiB that the reading of files may use. Split it, save it as CSV, or raise "
        "RAPPORT_IMPORT_MEMORY_MIB."
    ),
    "time": N_("{file} was not read within {seconds} seconds. Split it, or raise RAPPORT_IMPORT_SECONDS."),
    "disk": N_(
        "{file} needs more room on the disk than there is, or than the {disk} MiB that the reading of files may use. Make room, split "
        "it, or raise RAPPORT_UPLOAD_LIMIT_MIB."
    ),
    "files": N_("{file} makes more than can be handed on: too many tables, columns or texts. Split it."),
    "crash": N_(
        "{file} is damaged, or built in a way that the reading of files does not know. Save it again, or as CSV."
    ),
    "start": N_("{file} was not read, because no further process could be started for it. Try again in a minute."),
}

Files = Sequence[Path | NamedBytes]


class Staged:
    """An import that is read and checked but not imported yet. Close it, or use it in a `with` block."""

    def __init__(
        self,
        folder: "TemporaryDirectory[str]",
        store: Destination | None,
        receipt: Receipt,
        first: NeedsMapping,
        meta: ImportMeta,
        most_bytes: int,
    ) -> None:
        self.receipt = receipt
        self.first = first  # the columns of the first file, for who wants to map them anew
        self._folder = folder
        self._store = store
        self._meta = meta
        self._most_bytes = most_bytes  # of the rows of one table, as a file

    def tables(self) -> Mapping[str, Callable[[], pa.RecordBatchReader]]:
        """Per table with rows, a function that reads them from the start."""
        return {table.kind: self._reader(table.kind) for table in self.receipt.tables}

    def _reader(self, kind: str) -> Callable[[], pa.RecordBatchReader]:
        return lambda: handover.open_rows(kind, Path(self._folder.name), self._most_bytes)

    def left_out_csv(self, rule: str | None = None) -> bytes:
        """The lines left out (by one rule, or all) as CSV with a BOM: file, line, column, value, rule, reason."""
        return leftover.as_csv(self._reader(handover.LEFT_OUT)(), rule)

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
            raise Refused(N_("There is no store to import the rows into."))
        if self.receipt.already_loaded is not None:
            return self.receipt
        staged = self.receipt

        def told(merged: Merged) -> Receipt:
            return summary.with_counts(staged, merged.counts, merged.customers_new, merged.import_id)

        meta = replace(self._meta, who=who, receipt=lambda merged: told(merged).to_json())
        merged = self._store.merge(self.tables(), meta, progress=progress, cancelled=cancelled, replacing=replacing)
        if merged.already_loaded:  # the same file was imported while this one lay here
            self.receipt = replace(staged, already_loaded=merged.import_id)
            return self.receipt
        self.receipt = told(merged)
        return self.receipt

    def close(self) -> None:
        self._folder.cleanup()

    def __enter__(self) -> "Staged":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def stage(
    files: Files,
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
    tell = progress or (lambda _share: None)
    tell(0.0)  # what the process says first may come together with what it says next
    request = {
        "profile": profile,
        "mapping": dict(mapping or {}),
        "values": dict(values or {}),
        "remembered": store.remembered_mappings() if store is not None else {},
        "tiers": store.tiers() if store is not None else [],
    }
    settings = Settings.read()
    folder = open_folder()
    try:
        answer = _ask(files, request, Path(folder.name), settings, lambda share: tell(SHARE * share), cancelled)
        staged = _staged(answer, files, folder, store, _disk_mib(settings) * sandbox.MIB)
        if cancelled and cancelled():
            raise Cancelled(STOPPED)
        if store is not None:
            staged.receipt = summary.with_counts(staged.receipt, store.compare(staged.tables()), None, None)
        tell(1.0)
        return staged
    except BaseException:
        folder.cleanup()
        raise


def _ask(
    files: Files,
    request: dict[str, Any],
    folder: Path,
    settings: Settings,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool] | None,
) -> dict[str, Any]:
    """The answer of the process that reads files. Raises what it refused with, or a sentence for what it came to its end of."""
    limits = sandbox.Limits(
        memory_mib=settings.import_memory_mib,
        disk_mib=_disk_mib(settings),
        seconds=settings.import_seconds,
    )
    request = {**request, "files": _hand_in(files, folder), "limit_bytes": settings.upload_limit_mib << 20}
    try:
        answer = sandbox.run(JOBS, "read", request, folder, limits, progress=progress, cancelled=cancelled)
        refused = handover.refusal(answer["refused"]) if "refused" in answer else None
    except sandbox.Ended as ended:
        if ended.reason == "stopped":
            raise Cancelled(STOPPED) from None
        raise _ended(ended.reason, files, limits) from None
    except handover.Unsound:
        raise _ended("crash", files, limits) from None
    if refused is not None:
        raise refused
    return answer


def _disk_mib(settings: Settings) -> int:
    return DISK_TIMES * settings.upload_limit_mib


def _ended(reason: str, files: Files, limits: sandbox.Limits) -> Refused:
    return Refused(
        REASONS[reason], file=_names(files), memory=limits.memory_mib, seconds=limits.seconds, disk=limits.disk_mib
    )


def _hand_in(files: Files, folder: Path) -> list[tuple[str, str]]:
    """Each file's name and its place in the folder: what lies elsewhere is linked to."""
    if not files:
        raise Refused(N_("No file was given."))
    given = []
    for number, file in enumerate(files):
        place = folder / f"given-{number}"
        if isinstance(file, NamedBytes):
            _write(place, file)
        else:
            _refuse_unreadable(file)
            place.symlink_to(file.absolute())
        given.append((_name(file), place.name))
    return given


def _write(place: Path, file: NamedBytes) -> None:
    try:
        place.write_bytes(file.data)
    except OSError as error:
        sentence = N_("{file} was not read: there is no room for it in {folder}. Make room, and load it again.")
        raise Refused(sentence, file=_name(file), folder=place.parent.parent) from error


def _refuse_unreadable(file: Path) -> None:
    try:
        if file.is_dir():
            raise Refused(N_("{file} is a folder. Name the files in it."), file=file)
        if not file.exists():
            raise Refused(N_("{file} does not exist."), file=file)
        if not file.is_file():
            raise Refused(N_("{file} is a device or a pipe. Save what it holds as a file, and name that."), file=file)
        with file.open("rb"):
            return
    except (OSError, ValueError) as error:  # a name that no file can have, a folder that nobody may look into
        sentence = N_("{file} cannot be read. Check that it is still there, and that you may read it.")
        raise Refused(sentence, file=file) from error


def _staged(
    answer: dict[str, Any],
    files: Files,
    folder: "TemporaryDirectory[str]",
    store: Destination | None,
    most_bytes: int,
) -> Staged:
    """What was read, once it is seen to be what was agreed; all else is removed from the folder."""
    place = Path(folder.name)
    try:
        receipt = Receipt.from_json(answer["receipt"])
        counted = {table.kind: table.rows for table in receipt.tables}
        if not counted.keys() <= TABLES.keys():
            raise handover.Unsound("tables")
        found = {name: handover.check(name, place, most_bytes) for name in [*counted, handover.LEFT_OUT]}
        if any(found[kind] != rows for kind, rows in counted.items()):
            raise handover.Unsound("rows")
        sha256, mapping = (str(answer[name]) for name in ("sha256", "mapping"))
        first = handover.refusal(answer["first"])
        if not isinstance(first, NeedsMapping):
            raise handover.Unsound("first")
        remember = {str(signature): str(kept) for signature, kept in answer["remember"].items()}
    except (handover.Unsound, AttributeError, KeyError, TypeError, ValueError):
        raise Refused(REASONS["crash"], file=_names(files)) from None
    handover.keep_only(found, place)
    if store is not None:
        receipt = replace(receipt, already_loaded=store.loaded_as(sha256, mapping))
    meta = ImportMeta(", ".join(map(_name, files)), sha256, receipt.profile, mapping, remember=remember)
    return Staged(folder, store, receipt, first, meta, most_bytes)


def _name(file: Path | NamedBytes) -> str:
    """The last part of a file's name; what is no text in it is marked."""
    return whole(Path(file.name).name)


def _names(files: Files) -> str:
    return listed([_name(file) for file in files])
