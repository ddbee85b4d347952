"""What was handed in, as plain files: gzip and ZIP unpacked under a limit, workbooks and Parquet written as CSV."""

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from data.errors import Refused
from metrics.texts import N_

RATIO = 200  # real exports shrink to a fifth, at most to a hundredth
RATIO_FROM_BYTES = 64 << 20  # below this size a ratio says nothing
MEMBERS = 100
DEPTH = 3


@dataclass(frozen=True)
class NamedBytes:
    """A file in memory, as a browser hands it over."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Source:
    """One table to read: `open` gives its plain bytes; `form` is "text", "xlsx" or "parquet"."""

    name: str
    bytes: int
    form: str
    open: Callable[[], BinaryIO]


def fingerprint(files: Sequence[Path | NamedBytes]) -> str:
    """The sha256 of the bytes handed in, whatever order the files were named in."""
    each = []
    for file in files:
        digest = hashlib.sha256()
        with _opener(file)() as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        each.append(digest.hexdigest())
    return each[0] if len(each) == 1 else hashlib.sha256("".join(sorted(each)).encode()).hexdigest()


def unpack(files: Sequence[Path | NamedBytes], folder: Path, limit_bytes: int) -> list[Source]:
    """The tables inside the files, by content and never by name. Nothing is written outside `folder`.

    Raises Refused for a file that is not there, and for an archive that unpacks to more than the limit.
    """
    if not files:
        raise Refused(N_("No file was given."))
    found: list[Source] = []
    for number, file in enumerate(files):
        if isinstance(file, Path) and file.is_dir():
            raise Refused(N_("{file} is a folder. Name the files in it."), file=file)
        if isinstance(file, Path) and not file.is_file():
            raise Refused(N_("{file} does not exist."), file=file)
        name = Path(file.name).name
        size = file.stat().st_size if isinstance(file, Path) else len(file.data)
        found += _open_one(name, size, _opener(file), folder, limit_bytes, str(number))
    return found


def _opener(file: Path | NamedBytes) -> Callable[[], BinaryIO]:
    if isinstance(file, Path):
        return lambda: file.open("rb")
    return lambda: io.BytesIO(file.data)


def _open_one(
    name: str, size: int, opener: Callable[[], BinaryIO], folder: Path, limit: int, place: str
) -> list[Source]:
    with opener() as stream:
        head = stream.read(4)
    if head[:2] == b"\x1f\x8b" and place.count("g") <= DEPTH:
        target = folder / f"unpacked-{place}"
        with opener() as packed:
            _inflate(name, size, cast(BinaryIO, gzip.GzipFile(fileobj=packed)), target, limit)
        inner = name[:-3] if name.lower().endswith(".gz") else name
        return [
            Source(name if source.name == inner else source.name, source.bytes, source.form, source.open)
            for source in _open_one(inner, target.stat().st_size, lambda: target.open("rb"), folder, limit, f"{place}g")
        ]
    if head == b"PK\x05\x06":  # the end of an archive, and nothing before it
        raise Refused(N_("{file} is an archive that holds no file. Pack it again, or hand in the files."), file=name)
    if head == b"PK\x03\x04":
        return _open_zip(name, size, opener, folder, limit, place)
    if head == b"PAR1":
        return [Source(name, size, "parquet", opener)]
    if size > limit:
        raise _too_big(name, limit)
    return [Source(name, size, "text", opener)]


def _open_zip(
    name: str, size: int, opener: Callable[[], BinaryIO], folder: Path, limit: int, place: str
) -> list[Source]:
    if place.count("z") > DEPTH:
        raise _broken(name)  # an archive that holds itself never ends
    try:
        with opener() as stream, zipfile.ZipFile(stream) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            total = sum(member.file_size for member in members)
            if total > limit or len(members) > MEMBERS * 100 or (total > RATIO_FROM_BYTES and total > RATIO * size):
                raise _too_big(name, limit)
            if any(member.filename.startswith("xl/") for member in members):
                return [Source(name, size, "xlsx", opener)]
            found: list[Source] = []
            tables = [member for member in members if _is_table(member.filename)]
            if len(tables) > MEMBERS:
                raise Refused(N_("{file} holds more than {most} files. Load them in parts."), file=name, most=MEMBERS)
            for number, member in enumerate(tables):
                if member.flag_bits & 1:
                    raise Refused(
                        N_("{file} is protected by a password. Unpack it and load what is inside."), file=name
                    )
                target = folder / f"unpacked-{place}-{number}"
                _inflate(name, size, cast(BinaryIO, archive.open(member)), target, limit)
                inner = Path(member.filename).name
                found += _open_one(
                    inner,
                    target.stat().st_size,
                    _opener(target),
                    folder,
                    limit,
                    f"{place}-{number}z",
                )
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise _broken(name) from error
    if not found:
        raise Refused(N_("{file} holds no table. Put CSV, TSV, XLSX or Parquet files into it."), file=name)
    return found


def _is_table(path: str) -> bool:
    name = Path(path).name
    return not path.startswith("__MACOSX/") and not name.startswith(".")


def _inflate(name: str, size: int, packed: BinaryIO, target: Path, limit: int) -> None:
    written = 0
    try:
        with packed as stream, target.open("wb") as out:
            while chunk := stream.read(1 << 20):
                written += len(chunk)
                if written > limit or (written > RATIO_FROM_BYTES and written > RATIO * size):
                    raise _too_big(name, limit)
                out.write(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile) as error:
        raise _broken(name) from error


def _too_big(name: str, limit: int) -> Refused:
    return Refused(
        N_(
            "{file} unpacks to more than is allowed ({limit} MiB, or {ratio} times its size). "
            "Split it, or raise RAPPORT_UPLOAD_LIMIT_MIB."
        ),
        file=name,
        limit=limit >> 20,
        ratio=RATIO,
    )


def _broken(name: str) -> Refused:
    return Refused(N_("{file} is damaged or cut short and cannot be unpacked. Download it again in full."), file=name)
