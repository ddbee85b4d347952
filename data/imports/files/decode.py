"""Bytes to UTF-8, before anything is split: the second byte of a GBK character can be a delimiter, a quote or a letter."""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from data.errors import Refused
from data.imports.outcome.undecided import Undecided
from metrics.texts import N_

CHUNK = 1 << 20
BOMS = [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
NAMES = {
    "utf-8": "UTF-8",
    "gb18030": "GB18030",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252",
}
SAID = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16-le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-16-be": "utf-16-be",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-1": "cp1252",
}
HTML = re.compile(rb"^\s*<(!doctype|html|head|body|table|\?xml|meta|script)", re.IGNORECASE)
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
    """Write the file as UTF-8 to `target`: BOM, else strict UTF-8, else GB18030, else UTF-16; other encodings only when said.

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
    try:
        decoded = _convert(open_bytes, name, target, "gb18030", 0)
    except _Fault as fault:
        if fault.at_end:
            raise _cut_or_damaged(fault, name, "gb18030") from None
        raise _unknown(name, fault.line) from None
    if not _looks_chinese(target):
        raise _unknown(name, 1)
    return decoded


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
            known="utf-8, gb18030, utf-16-le, utf-16-be, windows-1252",
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


def _looks_chinese(path: Path) -> bool:
    """Whether what GB18030 made of the file is Chinese, not the accents of a Western encoding read in pairs with their neighbours."""
    seen = western = 0
    with path.open(encoding="utf-8", newline="") as text:
        while seen < 2000 and (part := text.read(CHUNK)):
            for letter in part:
                if ord(letter) >= 128:
                    seen += 1
                    western += _is_accent_pair(letter.encode("gb18030"))
    return western < 0.45 * seen


def _is_accent_pair(code: bytes) -> bool:
    """A rare character whose first byte is an accented letter in Windows-1252 and whose second is a letter there too."""
    if len(code) != 2 or code[0] < 0xC0:
        return False
    common = code[0] <= 0xD7 and code[1] >= 0xA1
    return not common and (code[1] < 0x80 or code[1] >= 0xC0)


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
    return Undecided(
        N_("{file}, line {line}: a byte that is no text in {encoding}. Export it again, or name its encoding."),
        option="encoding",
        answers=("windows-1252", "gb18030"),
        file=name,
        line=fault.line,
        encoding=NAMES[encoding],
    )


def _unknown(name: str, line: int) -> Refused:
    return Undecided(
        N_("{file}, line {line}: the encoding is neither UTF-8, GB18030 nor UTF-16."),
        option="encoding",
        answers=("windows-1252",),
        file=name,
        line=line,
    )
