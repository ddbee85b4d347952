"""What was handed in, as plain files: gzip and ZIP unpacked under one budget. Runs in the process that may come to an end."""

import errno
import gzip
import hashlib
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from data.errors import Refused
from data.imports.files.budget import DEPTH, ENTRIES, Budget
from metrics.texts import N_

# What the libraries raise for bytes that are not what they should be; RuntimeError is what a packing that is not known gives.
DAMAGED = (
    zipfile.BadZipFile,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    RuntimeError,
    ValueError,
    OverflowError,
)


@dataclass(frozen=True)
class NamedBytes:
    """A file in memory, as a browser hands it over."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Given:
    """A file as it was handed in: the name that people know it by, and where it lies."""

    name: str
    path: Path


@dataclass(frozen=True)
class Source:
    """One table to read; `form` is "text", "xlsx" or "parquet"."""

    name: str
    bytes: int
    form: str
    path: Path

    def open(self) -> BinaryIO:
        return self.path.open("rb")


def fingerprint(files: Sequence[Given]) -> str:
    """The sha256 of the bytes handed in, whatever order the files were named in."""
    each = []
    for file in files:
        with file.path.open("rb") as stream:
            each.append(hashlib.file_digest(stream, "sha256").hexdigest())
    return each[0] if len(each) == 1 else hashlib.sha256("".join(sorted(each)).encode()).hexdigest()


def unpack(files: Sequence[Given], folder: Path, budget: Budget) -> list[Source]:
    """The tables inside the files, by content and never by name. Nothing is written outside `folder`; what was unpacked further is
    removed from it.

    Raises Refused for archives that unpack to more than the budget.
    """
    found: list[Source] = []
    for number, file in enumerate(files):
        found += _open_one(file.name, file.path, folder, budget, str(number))
    return found


def discard(path: Path, folder: Path) -> None:
    """Remove a file that is needed no longer, when it is one of ours."""
    if path.is_relative_to(folder):
        path.unlink(missing_ok=True)


def _open_one(name: str, path: Path, folder: Path, budget: Budget, place: str) -> list[Source]:
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(4)
    if head[:2] == b"\x1f\x8b" and place.count("g") <= DEPTH:
        target = folder / f"unpacked-{place}"
        with path.open("rb") as packed:
            _inflate(name, cast(BinaryIO, gzip.GzipFile(fileobj=packed)), target, budget)
        discard(path, folder)
        inner = name[:-3] if name.lower().endswith(".gz") else name
        return [
            replace(source, name=name) if source.name == inner else source
            for source in _open_one(inner, target, folder, budget, f"{place}g")
        ]
    if head == b"PK\x05\x06":  # the end of an archive, and nothing before it
        raise Refused(N_("{file} is an archive that holds no file. Pack it again, or load the files."), file=name)
    if head == b"PK\x03\x04":
        return _open_zip(name, path, folder, budget, place)
    budget.add_file(name)
    if head == b"PAR1":
        return [Source(name, size, "parquet", path)]
    if size > budget.limit_bytes:
        raise budget.too_big(name)
    return [Source(name, size, "text", path)]


def _open_zip(name: str, path: Path, folder: Path, budget: Budget, place: str) -> list[Source]:
    if place.count("z") > DEPTH:
        raise broken(name)  # an archive that holds itself never ends
    with damage(name), path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if sum(member.file_size for member in members) > budget.left or len(members) > ENTRIES:
            raise budget.too_big(name)
        if any(member.filename.startswith("xl/") for member in members):
            budget.add_file(name)
            return [Source(name, path.stat().st_size, "xlsx", path)]
        found: list[Source] = []
        for number, member in enumerate(filter(_is_table, members)):
            if member.flag_bits & 1:
                raise Refused(N_("{file} is protected by a password. Unpack it and load what is inside."), file=name)
            target = folder / f"unpacked-{place}-{number}"
            _inflate(name, cast(BinaryIO, archive.open(member)), target, budget)
            inner = Path(member.filename).name
            found += _open_one(inner, target, folder, budget, f"{place}-{number}z")
    if not found:
        raise Refused(N_("{file} holds no table. Put CSV, TSV, XLSX or Parquet files into it."), file=name)
    discard(path, folder)
    return found


def _is_table(member: zipfile.ZipInfo) -> bool:
    return not member.filename.startswith("__MACOSX/") and not Path(member.filename).name.startswith(".")


def _inflate(name: str, packed: BinaryIO, target: Path, budget: Budget) -> None:
    with damage(name), packed as stream, target.open("wb") as out:
        while chunk := stream.read(1 << 20):
            budget.spend(len(chunk), name)
            out.write(chunk)


@contextmanager
def damage(name: str) -> Iterator[None]:
    """Say in a sentence that an archive is damaged, whatever a library has to say of it."""
    try:
        yield
    except DAMAGED as error:
        raise broken(name) from error
    except OSError as error:
        if error.errno not in (
            None,
            errno.EINVAL,
        ):  # neither bytes that a library refuses nor a place before the beginning
            raise
        raise broken(name) from error


def broken(name: str) -> Refused:
    """What is to be said of an archive that cannot be unpacked."""
    return Refused(N_("{file} is damaged or cut short and cannot be unpacked. Download it again in full."), file=name)
