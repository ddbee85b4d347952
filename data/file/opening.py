"""Opening the DuckDB file: what lies under its name is looked at first, and whatever is wrong with it is one sentence."""

import datetime as dt
import stat
from collections.abc import Iterator
from contextlib import suppress
from glob import escape
from pathlib import Path

import duckdb

from data.errors import StoreError
from data.file import halves, space
from data.settings import Settings
from metrics.texts import N_

# What the engine says; of a damaged file it says "block", which holds "lock".
LOCKED, DENIED, READ_ONLY = "Could not set lock on file", "Permission denied", "Read-only file system"
LOG_WORDS = ("WAL file", "This WAL was created", "WAL does not match")
BROKEN = ("Corrupt", "does not match stored checksum")  # of what it read
CUT_SHORT = "Could not read enough bytes from file"
DAMAGED = N_("{path} is damaged: a part of it cannot be read. Restore a backup.")
FAILED = N_("{path} could not be read or written ({reason}).")
LOG_BEGINS = b"d\x00be\x00"  # of every log that the engine writes
PLANNED = "rapport-%Y-%m-%d-%H%M%S.duckdb"  # names of backups that a plan makes

KINDS = {
    stat.S_ISDIR: N_("{path} is a folder. Name a file in RAPPORT_DB or --db."),
    stat.S_ISFIFO: N_("{path} is a pipe, not a file. Name a file in RAPPORT_DB or --db."),
    stat.S_ISSOCK: N_("{path} is a socket, not a file. Name a file in RAPPORT_DB or --db."),
    stat.S_ISCHR: N_("{path} is a device, not a file. Name a file in RAPPORT_DB or --db."),
    stat.S_ISBLK: N_("{path} is a device, not a file. Name a file in RAPPORT_DB or --db."),
}


class OpenElsewhere(StoreError):
    """Another process has the file open."""


class Missing(StoreError):
    """No file bears the name, though one did."""


def beside(path: Path, suffix: str) -> Path:
    """The file of the same name with something after it."""
    return path.with_name(path.name + suffix)


def log_of(path: Path) -> Path:
    """Where the engine writes what is committed and not yet in the file."""
    return beside(path, ".wal")


def connect(path: Path, memory_limit_mib: int) -> duckdb.DuckDBPyConnection:
    """A connection to the file as it is, which is made when there is none. OpenElsewhere when another process has it, StoreError when it
    is closed to this user, damaged, or no DuckDB file."""
    check(path)
    try:
        return duckdb.connect(str(path), config={"memory_limit": f"{memory_limit_mib}MiB"})
    except duckdb.Error as error:
        raise sentence(path, str(error)) from error


def check(path: Path) -> None:
    """Raise StoreError when the name is not that of a file, or when what lies beside it as its log is none: the engine passes over a log
    that it cannot read."""
    check_kind(path)
    log = log_of(path)
    if not log.exists():
        return
    if not log.is_file():
        raise _bad_log(path)
    with suppress(OSError), log.open("rb") as content:  # one that is closed to this user the engine names
        begins = content.read(len(LOG_BEGINS))
        if begins.strip(b"\0") and not LOG_BEGINS.startswith(begins):  # zeros: a power cut before anything was kept
            raise _bad_log(path)


def check_kind(path: Path) -> None:
    """Raise StoreError when the name leads to something else than a file: opening a pipe waits for ever."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:  # a loop of links, a name that is too long, a folder closed to this user
        reason = error.strerror or str(error)
        raise StoreError(
            N_("{path} cannot be reached ({reason}). Name a file in RAPPORT_DB or --db."), path=path, reason=reason
        ) from error
    for is_kind, sentence in KINDS.items():
        if is_kind(mode):
            raise StoreError(sentence, path=path)


def real(path: Path) -> Path:
    """Where a link leads: what is put in the place of the file must not take that of the link."""
    try:
        return path.resolve() if path.is_symlink() else path
    except (OSError, RuntimeError):  # a loop, which `check` names
        return path


def refuse_new(path: Path) -> None:
    """Raise Missing when no file bears the name and one did: an empty one in its place would look as if all data were gone."""
    if path.exists() or path.is_symlink():
        return
    whole = sorted({*_whole(path)}, key=lambda each: each.stat().st_mtime)
    if whole:
        raise Missing(
            N_(
                "There is no file {path}, but {found} is there. Put it back with: python -m data.restore {found} --db {path}. "
                "To begin with no data, move it elsewhere first."
            ),
            path=path,
            found=whole[-1],
        )
    name = escape(path.name)
    for pattern in (f"{name}.wal", f"{name}.restoring", *halves.patterns(name, ["restoring"], more="")):
        for part in path.parent.glob(pattern):
            raise Missing(
                N_(
                    "There is no file {path}, but {found} is there, which is a part of one. Restore a backup with: "
                    "python -m data.restore BACKUP --db {path}. To begin with no data, move it elsewhere first."
                ),
                path=path,
                found=part,
            )


def _whole(path: Path) -> Iterator[Path]:
    """Files that hold all that the file held at some time."""
    name = escape(path.name)
    ours = halves.patterns(name, ["rewriting", halves.REWRITTEN], more="")
    for pattern in (f"{name}.replaced-*", f"{name}.old", *ours, f"{name}.schema-*.backup"):
        yield from (each for each in path.parent.glob(pattern) if not each.name.endswith((".wal", ".partial")))
    settings = Settings.read()
    if path.absolute() == real(settings.db).absolute():  # a plan makes backups of this file alone
        for folder in filter(None, {path.parent, settings.backup_dir}):
            yield from (backup for _at, backup in planned(folder))


def planned(folder: Path) -> list[tuple[dt.datetime, Path]]:
    """When each planned backup of a folder was made, and the file, oldest first: those whose name is one that a plan gives, no other."""
    found = []
    for path in folder.glob("rapport-*.duckdb"):
        try:
            made_at = dt.datetime.strptime(path.name, PLANNED)
        except ValueError:
            continue
        if made_at.strftime(PLANNED) == path.name:
            found.append((made_at, path))
    return sorted(found)


def sentence(path: Path, said: str) -> StoreError:
    """What to say when the engine cannot open the file, by what it says."""
    if LOCKED in said:
        return OpenElsewhere(N_("{path} is open in the running app. Use the app, or stop it first."), path=path)
    if DENIED in said:
        return StoreError(
            N_("{path} is closed to the user that Rapport runs as. Give it to that user, or run this as its owner."),
            path=path,
        )
    if READ_ONLY in said:
        return StoreError(N_("{path} lies on a disk that cannot be written to. Name another file in RAPPORT_DB."), path=path)  # fmt: skip
    if any(words in said for words in LOG_WORDS):
        return _bad_log(path)
    if space.is_full(OSError(said)):
        return StoreError(space.FULL, folder=path.parent, free=space.free_bytes(path.parent) // space.MIB)
    if reason := space.reason(said):  # too many open files, a failing disk: the file may be sound
        return StoreError(FAILED, path=path, reason=reason)
    return StoreError(
        N_("{path} cannot be opened as a DuckDB file. Name another file in RAPPORT_DB, or restore a backup."),
        path=path,
    )


def failure(path: Path, error: duckdb.Error) -> StoreError | None:
    """What to say when the engine fails with a file that is open: damaged only when it read this very file and found it wrong. The disk,
    the files to which it spills and the system have faults of their own, and a backup put in the place of a sound file loses what is in
    it. None for what has nothing to do with files."""
    said = str(error).partition("\n")[0]
    of_files = isinstance(error, duckdb.IOException)
    of_data = of_files or type(error) is duckdb.Error  # what it calls data corruption has no class of its own here
    of_system = of_files or (isinstance(error, duckdb.TransactionException) and bool(space.reason(said)))  # no commit
    if f"{path}.tmp" not in said and "temporary file" not in said:
        if of_system and (DENIED in said or READ_ONLY in said):  # the log beside the file cannot be made
            return sentence(path, said)
        if of_data and (any(words in said for words in BROKEN) or f'{CUT_SHORT} "{path}"' in said):
            return StoreError(DAMAGED, path=path)
    if of_system or "temporary file" in said:
        return StoreError(FAILED, path=path, reason=said.partition("Error: ")[2] or said)
    return None


def _bad_log(path: Path) -> StoreError:
    return StoreError(
        N_(
            "{log} is damaged or not the log of {path}: what was stored last may be in it. Put the right one back or restore a backup; "
            "or move it elsewhere to open the file without it."
        ),
        path=path,
        log=log_of(path),
    )
