"""Damaged files of every kind on the command line: exit 2 and one sentence, never a traceback, and nothing is written."""

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import sandbox
from data.errors import Refused
from data.imports import stage
from data.load import main
from tests.data.imports import same_process
from tests.hostile.inputs import zipped

HEADERS = ("Order ID", "Customer ID", "Order Date", "Amount")
ROWS = [(f"A{n}", f"客{n % 7}", f"2026-01-{1 + n % 28:02}", f"{n}.50") for n in range(300)]
CSV = "".join(",".join(row) + "\n" for row in [HEADERS, *ROWS]).encode()
TSV = CSV.replace(b",", b"\t")


def xlsx() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate([HEADERS, *ROWS]):
            page.write_row(number, 0, row)
    return out.getvalue()


def parquet() -> bytes:
    out = io.BytesIO()
    pl.DataFrame(ROWS, schema=list(HEADERS), orient="row").write_parquet(out)
    return out.getvalue()


SOUND: dict[str, bytes] = {
    "a.csv": CSV,
    "a.tsv": TSV,
    "a.gb.csv": CSV.decode().encode("gb18030"),
    "a.utf16.csv": CSV.decode().encode("utf-16"),
    "a.csv.gz": gzip.compress(CSV, mtime=0),
    "a.zip": zipped({"a.csv": CSV, "b.csv": CSV}),
    "a.xlsx": xlsx(),
    "a.parquet": parquet(),
}


PACKED = (b"PK", b"PAR1")  # what readers in other languages open, which may end a process: always one of its own


@pytest.fixture
def load(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run `python -m data.load` on a path or on bytes; its exit code and what it printed as an error. Damaged text is read in this
    process; for sound files, paths and what is packed a process of its own is started, as always outside of tests."""

    def run(what: bytes | Path, name: str = "a.csv", *more: str) -> tuple[int, str]:
        path = what if isinstance(what, Path) else tmp_path / "in" / name
        if isinstance(what, bytes):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(what)
        db = tmp_path / "store.duckdb"
        with pytest.MonkeyPatch.context() as patch:
            if isinstance(what, bytes) and not what.startswith(PACKED) and what not in SOUND.values():
                patch.setattr(sandbox, "run", same_process.run)
            code = main([str(path), "--profile", "orders", "--db", str(db), "--dry-run", *more])
        assert not db.exists()
        out, error = capsys.readouterr()
        assert (out == "") == (code == 2)
        return code, error

    return run


def assert_one_sentence(code: int, error: str) -> None:
    assert code == 2
    assert error.count("\n") == 1
    assert error.strip().endswith((".", "。")), error
    assert "Traceback" not in error


@pytest.mark.parametrize("name", SOUND)
def test_whole_files_are_taken(name: str, load: Callable[..., tuple[int, str]]) -> None:
    assert load(SOUND[name], name) == (0, "")


# CSV cut at the end of a character is a shorter CSV, which nobody can tell.
@pytest.mark.parametrize("name", ["a.csv.gz", "a.zip", "a.xlsx", "a.parquet"])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.99])
def test_a_file_cut_short_is_refused(name: str, share: float, load: Callable[..., tuple[int, str]]) -> None:
    assert_one_sentence(*load(SOUND[name][: max(1, int(share * len(SOUND[name])))], name))


FOREIGN: dict[str, bytes] = {
    "empty.csv": b"",
    "blank.csv": b" \r\n\r\n",
    "one-byte.csv": b"\xff",
    "nul.csv": bytes(1000),
    "picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "paper.csv": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\n" + bytes(range(256)),
    "program.csv": b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20,
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "text.xlsx": b"no workbook",
    "text.parquet": b"no table",
    "text.gz": b"no gzip",
    "head.zip": b"PK\x03\x04",
    "head.gz": b"\x1f\x8b",
    "head.parquet": b"PAR1",
    "twice.parquet": b"PAR1PAR1",
    "tail.zip": b"PK\x05\x06" + bytes(18),
    "other.zip": zipped({"a.txt": b"\x00\x01"}),
    "document.zip": zipped({"word/document.xml": b"<w/>"}),
    "hollow.xlsx": zipped({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b""}),
    "page.html": b"<html><table><tr><td>1</td></tr></table></html>",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_table_is_refused(name: str, load: Callable[..., tuple[int, str]]) -> None:
    assert_one_sentence(*load(FOREIGN[name], name))


def _packed(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("a.csv", CSV)
    return out.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED])
def test_an_archive_with_a_spoilt_middle_is_refused(method: int, load: Callable[..., tuple[int, str]]) -> None:
    data = bytearray(_packed(method))
    for place in range(len(data) // 3, len(data) // 3 + 40):
        data[place] ^= 0xFF
    assert_one_sentence(*load(bytes(data), "a.zip"))


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.zip", "a.parquet", "a.gz"])
def test_the_end_of_a_name_says_nothing(name: str, load: Callable[..., tuple[int, str]]) -> None:
    for data in (CSV, SOUND["a.xlsx"]):
        assert load(data, name) == (0, "")


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "fifo")
    return folder / "fifo"


def _dangling(folder: Path) -> Path:
    (folder / "dangling.csv").symlink_to(folder / "nothing")
    return folder / "dangling.csv"


def _loop(folder: Path) -> Path:
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    return folder / "loop.csv"


def _inside_a_file(folder: Path) -> Path:
    (folder / "file").write_bytes(CSV)
    return folder / "file" / "a.csv"


PLACES: dict[str, Callable[[Path], Path]] = {
    "nothing": lambda folder: folder / "nothing.csv",
    "folder": lambda folder: folder,
    "FIFO": _fifo,
    "device": lambda _folder: Path("/dev/zero"),
    "null device": lambda _folder: Path("/dev/null"),
    "link to nothing": _dangling,
    "link to itself": _loop,
    "name too long": lambda folder: folder / ("x" * 300),
    "path too long": lambda folder: folder / ("x/" * 3000),
    "inside of a file": _inside_a_file,
    "memory of this process": lambda _folder: Path("/proc/self/mem"),
}


@pytest.mark.parametrize("name", PLACES)
def test_what_is_no_file_is_refused(name: str, tmp_path: Path, load: Callable[..., tuple[int, str]]) -> None:
    assert_one_sentence(*load(PLACES[name](tmp_path)))


def test_a_file_that_this_user_may_not_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "closed.csv"
    path.write_bytes(CSV)
    path.chmod(0)
    root = os.geteuid() == 0
    if root:  # to whom nothing is closed
        os.seteuid(65534)
    try:
        with pytest.raises(Refused, match="cannot be read"):
            stage([path], store=None).close()
    finally:
        if root:
            os.seteuid(0)


def test_a_file_that_vanishes_while_it_is_read_is_refused(
    tmp_path: Path, load: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, run = tmp_path / "gone.csv", sandbox.run
    path.write_bytes(CSV)

    def vanish(*arguments: object, **more: object) -> dict:
        path.unlink()
        return run(*arguments, **more)

    monkeypatch.setattr(sandbox, "run", vanish)
    code, error = load(path)
    assert_one_sentence(code, error)
    assert error.startswith("gone.csv cannot be read.")


def test_a_name_that_is_no_text_is_shown_as_far_as_it_is(tmp_path: Path, load: Callable[..., tuple[int, str]]) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv"))
    path.write_bytes(CSV)
    assert load(path) == (0, "")


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes with one to four things done to them: cut, turned over, left out, repeated, put in."""
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(0, len(changed) - 1)))
        length = draw(st.sampled_from([1, 2, 8, 64, 1024]))
        match draw(st.sampled_from(["cut", "turn", "leave out", "repeat", "put in"])):
            case "cut":
                del changed[start:]
            case "turn":
                for place in range(start, min(start + length, len(changed))):
                    changed[place] ^= draw(st.integers(1, 255))
                    if length > 8:
                        break
            case "leave out":
                del changed[start : start + length]
            case "repeat":
                changed[start:start] = changed[start : start + length]
            case "put in":
                changed[start:start] = draw(st.binary(min_size=1, max_size=64))
    return bytes(changed)


@pytest.mark.parametrize("name", SOUND)
@settings(
    max_examples=max(1, settings.default.max_examples // 10),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
    deadline=None,
)
@given(drawn=st.data())
def test_whatever_is_done_to_a_file_it_is_taken_or_refused_in_a_sentence(
    name: str, load: Callable[..., tuple[int, str]], drawn: st.DataObject
) -> None:
    code, error = load(drawn.draw(damaged(SOUND[name])), name)
    if code:
        assert_one_sentence(code, error)
