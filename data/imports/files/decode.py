"""Bytes to UTF-8, before anything is split: the second byte of a GBK character can be a delimiter, a quote or a letter."""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from data.errors import Refused
from data.imports.files.encodings import ENCODINGS, LEAST, Fit, fitting, is_certain
from data.imports.outcome.undecided import Undecided
from metrics.texts import N_

CHUNK = 1 << 20
BOMS = [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
NAMES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    **dict(ENCODINGS.values()),
}
SAID = {
    **{name: codec for name, (codec, _) in ENCODINGS.items()},
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("gbk", "gb2312", "cp936"), "gb18030"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16-le"), "utf-16-le"),
    **dict.fromkeys(("utf-16be", "utf-16-be"), "utf-16-be"),
    **dict.fromkeys(("cp950", "big5-hkscs", "big-5"), "cp950"),
    **dict.fromkeys(("shift_jis", "sjis", "cp932", "windows-31j"), "cp932"),
    **dict.fromkeys(("euckr", "cp949", "ks_c_5601"), "cp949"),
    **{f"cp{number}": f"cp{number}" for number in (1250, 1251, 1252)},
    **dict.fromkeys(("koi8", "koi8r"), "koi8-r"),
    **dict.fromkeys(("iso-8859-1", "latin1"), "latin-1"),
}
SAYABLE = ("utf-8", *ENCODINGS, "utf-16-le", "utf-16-be")
HTML = re.compile(rb"^\s*<(!doctype|html|head|body|table|\?xml|meta|script)", re.IGNORECASE)
SHOWN = 6  # readings in a sentence
CERTAIN = 8  # so many characters valid in UTF-8 before the first fault: the file is UTF-8 and damaged


@dataclass(frozen=True)
class Decoded:
    """A file as UTF-8 on disk with its line ends as they were; `breaks` counts line feeds."""

    path: Path
    encoding: str
    breaks: int
    bytes: int


@dataclass
class _Fault(Exception):
    line: int
    at_end: bool
    characters: int


def decode(open_bytes: Callable[[], BinaryIO], name: str, target: Path, *, encoding: str | None = None) -> Decoded:
    """Write the file as UTF-8 to `target`: BOM, else UTF-16 by its zeros, else strict UTF-8, else GB18030 where nothing else
    fits; other encodings are asked for.

    Raises Refused for an empty file, a web page, an old Excel workbook, a NUL byte, and a file cut inside a character.
    """
    with open_bytes() as stream:
        head = stream.read(4096)
    _refuse_foreign(head, name)
    said = _said(encoding, name)
    bom, by_bom = next(((mark, code) for mark, code in BOMS if head.startswith(mark)), (b"", None))
    guess = said or by_bom or _utf16_without_bom(head) or "utf-8"
    try:
        return _convert(open_bytes, name, target, guess, len(bom))
    except _Fault as fault:
        if said or by_bom or guess != "utf-8" or fault.at_end or fault.characters >= CERTAIN:
            raise _cut_or_damaged(fault, name, guess) from None
        line = fault.line
    fits = fitting(open_bytes)
    if is_certain(fits) and fits[0].name == "gb18030":
        return _convert(open_bytes, name, target, "gb18030", 0)
    raise _cut(open_bytes, name, target, fits) or _which(name, line, fits)


def _cut(open_bytes: Callable[[], BinaryIO], name: str, target: Path, fits: list[Fit]) -> Refused | None:
    """Whether a file is Chinese but for its last bytes, which are half a character."""
    if any(fit.score >= LEAST for fit in fits):
        return None
    try:
        _convert(open_bytes, name, target, "gb18030", 0)
    except _Fault as fault:
        return _cut_or_damaged(fault, name, "gb18030") if fault.at_end else None
    return None


def _refuse_foreign(head: bytes, name: str) -> None:
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Refused(N_("{file} is empty. Export it again and load the new file."), file=name)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            N_("{file} is an old Excel workbook (.xls). Open it in Excel and save it as .xlsx or CSV."), file=name
        )
    if HTML.match(head.removeprefix(codecs.BOM_UTF8)):
        raise Refused(
            N_("{file} is a web page, not a table: the download link may have expired. Export it again."), file=name
        )


def _said(encoding: str | None, name: str) -> str | None:
    if encoding is None:
        return None
    known = SAID.get(encoding.strip().lower())
    if known is None:
        raise Refused(
            N_("{file}: the encoding “{encoding}” is not known. Name one of {known}."),
            file=name,
            encoding=encoding,
            known=", ".join(SAYABLE),
        )
    return known


def _utf16_without_bom(head: bytes) -> str | None:
    pairs = len(head) // 2
    if pairs < 4:
        return None
    if head[1::2].count(0) > pairs * 0.4 and head[0::2].count(0) < pairs * 0.05:
        return "utf-16-le"
    if head[0::2].count(0) > pairs * 0.4 and head[1::2].count(0) < pairs * 0.05:
        return "utf-16-be"
    return None


def _convert(open_bytes: Callable[[], BinaryIO], name: str, target: Path, encoding: str, skip: int) -> Decoded:
    breaks = size = characters = 0
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    last = b"\n"
    old_mac = None  # line ends of old Macs: a carriage return alone
    with open_bytes() as stream, target.open("wb") as out:
        stream.read(skip)
        for chunk in _chunks(stream):
            before = decoder.getstate()[0]
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                good = (before + chunk)[: error.start]
                line = breaks + _decoded_breaks(good, encoding) + 1
                raise _Fault(line, False, characters + _wide(good, encoding)) from None
            if old_mac is None:
                old_mac = "\r" in text and "\n" not in text
            if old_mac:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
                chunk = text.encode("utf-8", "surrogatepass")
            written = chunk if encoding == "utf-8" else text.encode("utf-8", "surrogatepass")
            if b"\0" in written:
                line = breaks + written[: written.index(b"\0")].count(b"\n") + 1
                raise Refused(
                    N_("{file}, line {line}: a NUL byte (0x00) where text should be. Export the file again."),
                    file=name,
                    line=line,
                )
            if not text.isascii():
                characters += len(written) - len(text)
            breaks += written.count(b"\n")
            size += len(written)
            out.write(written)
            last = written[-1:] or last
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise _Fault(breaks + 1, True, characters) from None
        if last != b"\n":
            out.write(b"\n")
            breaks += 1
    return Decoded(target, NAMES[encoding], breaks, size)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _decoded_breaks(good: bytes, encoding: str) -> int:
    return good.decode(encoding, "replace").count("\n")


def _wide(good: bytes, encoding: str) -> int:
    return sum(1 for letter in good.decode(encoding, "replace") if ord(letter) > 127)


def _cut_or_damaged(fault: _Fault, name: str, encoding: str) -> Refused:
    if fault.at_end:
        return Refused(
            N_(
                "{file}, line {line}: the file ends in the middle of a character ({encoding}). Download it again in full."
            ),
            file=name,
            line=fault.line,
            encoding=NAMES[encoding],
        )
    return Refused(
        N_(
            "{file}, line {line}: a byte that is no text in {encoding}. Download it again in full, or name another encoding: {known}."
        ),
        file=name,
        line=fault.line,
        encoding=NAMES[encoding],
        known=", ".join(SAYABLE),
    )


def _which(name: str, line: int, fits: list[Fit]) -> Refused:
    readings = "; ".join(f"{fit.name}: {fit.preview}" for fit in fits[:SHOWN])
    return Undecided(
        N_(
            "{file}, line {line}: the text is not UTF-8, and how it is encoded is not clear. Its cells would be – {readings}."
        ),
        option="encoding",
        answers=tuple(fit.name for fit in fits),
        previews=tuple(fit.preview for fit in fits),
        file=name,
        line=line,
        readings=readings,
    )
