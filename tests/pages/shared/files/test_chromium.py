"""Chromium shuts itself in where it can, and draws without that where it cannot: as in a container."""

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pages.shared.files import chromium


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    chromium._has_namespaces.cache_clear()
    yield
    chromium._has_namespaces.cache_clear()


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a Chromium and nothing beside it; the process is no root and may get no namespaces."""
    (tmp_path / "chromium").touch(0o755)
    (tmp_path / "status").write_text("Name:\tx\nNoNewPrivs:\t0\n")
    monkeypatch.setattr(chromium, "HELPERS", ())
    monkeypatch.setattr(chromium, "STATUS", tmp_path / "status")
    monkeypatch.setattr(chromium, "path", lambda: str(tmp_path / "chromium"))
    monkeypatch.setattr(os, "geteuid", lambda: 10001)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))
    return tmp_path


def helper(folder: Path, mode: int) -> None:
    """The helper beside Chromium; only root can make one of root's."""
    path = folder / "chrome-sandbox"
    path.touch()
    path.chmod(mode)
    if path.stat().st_uid != 0:
        pytest.skip("only root makes a file of root's")


def test_without_namespaces_and_helper_it_is_not_shut_in(bare: Path) -> None:
    assert not chromium.sandboxed()


def test_with_namespaces_it_is_unless_it_is_root(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        asked.append(command[0])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert chromium.sandboxed()
    assert chromium.sandboxed()
    assert asked == ["unshare"]  # once
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert not chromium.sandboxed()


def test_a_machine_without_the_program_that_asks_has_none(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", run)
    assert not chromium.sandboxed()


@pytest.mark.parametrize(("mode", "counts"), [(0o755, False), (stat.S_ISUID | 0o755, True)])
def test_a_helper_counts_when_it_runs_as_root(bare: Path, mode: int, counts: bool) -> None:
    helper(bare, mode)
    assert chromium.sandboxed() is counts


def test_a_helper_is_of_no_use_without_new_privileges(bare: Path) -> None:
    helper(bare, stat.S_ISUID | 0o755)
    (bare / "status").write_text("NoNewPrivs:\t1\n")
    assert not chromium.sandboxed()


# Docker's default profile as far as it matters here: no new namespaces. Everything is imported before the user changes.
IN_A_CONTAINER = """
import ctypes, os, struct, sys, tempfile
from pages.shared.files import chromium, pdf

def step(code, value, yes=0, no=0):
    return struct.pack("HBBI", code, yes, no, value)

LOAD, EQUAL, ANY_OF, ANSWER = 0x20, 0x15, 0x45, 0x06
EPERM, ENOSYS, ALLOWED = 0x00050001, 0x00050026, 0x7FFF0000
CLONE, UNSHARE, CLONE3, NEW_NAMESPACES = 56, 272, 435, 0x7E020000
program = b"".join([
    step(LOAD, 0), step(EQUAL, CLONE3, 0, 1), step(ANSWER, ENOSYS), step(EQUAL, UNSHARE, 0, 1), step(ANSWER, EPERM),
    step(EQUAL, CLONE, 0, 3), step(LOAD, 16), step(ANY_OF, NEW_NAMESPACES, 0, 1), step(ANSWER, EPERM), step(ANSWER, ALLOWED),
])
held = ctypes.create_string_buffer(program)

class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]

libc = ctypes.CDLL(None, use_errno=True)
os.setgroups([]); os.setgid(10001); os.setuid(10001)
os.environ["HOME"] = tempfile.tempdir = sys.argv[1]
os.chdir(sys.argv[1])
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(Filter(len(program) // 8, ctypes.addressof(held))), 0, 0) == 0
print(chromium.sandboxed(), pdf.pdf("<p>6.1</p>")[:5])
"""


@pytest.mark.skipif(
    os.geteuid() != 0 or os.uname().machine != "x86_64" or chromium.path() is None,
    reason="only root changes its user; the numbers of system calls are those of x86-64; needs Chromium",
)
def test_a_pdf_is_printed_where_docker_allows_no_namespaces(
    run_python: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    folder = Path("/tmp") / f"rapport-container-{os.getpid()}"  # pytest's own folders are closed to other users
    folder.mkdir()
    os.chown(folder, 10001, 10001)
    try:
        assert run_python(IN_A_CONTAINER, folder).stdout == "False b'%PDF-'\n"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
