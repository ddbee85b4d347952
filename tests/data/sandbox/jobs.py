"""Jobs that behave as badly as they can, for the process that may come to an end."""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zoneinfo
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import duckdb
import polars as pl

from tests.data.sandbox import break_in

Job = Callable[..., dict]


def _echo(request: dict, _folder: Path, progress: Callable[[float], None]) -> dict:
    progress(0.5)
    return {"heard": request, "pid": os.getpid()}


def _eat_memory(_request: dict, _folder: Path, _progress: object) -> dict:
    held = []
    while True:  # touched, a little at a time
        held.append(b"x" * (4 << 20))
        time.sleep(0.01)


def _ask_for_memory(_request: dict, _folder: Path, _progress: object) -> dict:
    return {"size": len(bytearray(1 << 40))}


def _fail_to_allocate(_request: dict, _folder: Path, _progress: object) -> dict:
    sys.stderr.write("memory allocation of 412316860416 bytes failed\n")
    sys.stderr.flush()
    os.abort()


def _fill_one_file(_request: dict, folder: Path, _progress: object) -> dict:
    with (folder / "large").open("wb") as out:
        while True:
            out.write(bytes(1 << 20))


def _fill_many_files(_request: dict, folder: Path, _progress: object) -> dict:
    for number in range(10**6):
        (folder / f"part-{number}").write_bytes(bytes(1 << 20))
        time.sleep(0.005)
    return {}


def _make_files(_request: dict, folder: Path, _progress: object) -> dict:
    for number in range(5_000):
        (folder / f"empty-{number}").touch()
    time.sleep(60)
    return {}


def _turn(_request: dict, _folder: Path, _progress: object) -> dict:
    while True:
        pass


def _sleep(_request: dict, _folder: Path, progress: Callable[[float], None]) -> dict:
    progress(0.25)
    time.sleep(600)
    return {}


def _read_null(_request: dict, _folder: Path, _progress: object) -> dict:
    return {"text": ctypes.string_at(0).decode()}


def _recurse(request: dict, folder: Path, progress: object) -> dict:
    sys.setrecursionlimit(10**9)
    return _recurse(request, folder, progress)


def _end_by(code: int) -> Job:
    return lambda _request, _folder, _progress: os.kill(os.getpid(), code) or {}


def _leave(_request: dict, _folder: Path, _progress: object) -> dict:
    os._exit(0)


def _talk(_request: dict, _folder: Path, _progress: object) -> dict:
    return {"text": "x" * (20 << 20)}


def _lie(_request: dict, folder: Path, _progress: object) -> dict:
    (folder / "answer.json").write_text("[1, 2")
    os._exit(0)


def _say_no_dictionary(_request: dict, folder: Path, _progress: object) -> dict:
    (folder / "answer.json").write_text("[1, 2]")
    os._exit(0)


def _raise(_request: dict, _folder: Path, _progress: object) -> dict:
    raise KeyError("secret@example.com")


def _stay(_request: dict, _folder: Path, _progress: object) -> dict:
    """End the pipe that the parent listens to, and go on."""
    for number in range(3, 64):
        try:
            os.close(number)
        except OSError:
            continue
    time.sleep(600)
    return {}


def _reach_out(_request: dict, _folder: Path, _progress: object) -> dict:
    attempts: dict[str, Callable[[], object]] = {
        "socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "local socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "name": lambda: socket.create_connection(("localhost", 9), timeout=1),
        "program": lambda: subprocess.run(["true"], check=False),
        "shell": lambda: os.system("true") and _refused(),
        "fork": os.fork,
        "core": lambda: socket.fromfd(0, socket.AF_INET, socket.SOCK_STREAM).connect(("127.0.0.1", 9)),
    }
    done = []
    for name, attempt in attempts.items():
        try:
            attempt()
            done.append(name)
        except OSError:
            continue
    thread = threading.Thread(target=lambda: done.append("thread"))
    thread.start()
    thread.join()
    return {"done": done}


def _refused() -> None:
    raise OSError


def _break_in(request: dict, folder: Path, _progress: object) -> dict:
    return {
        "processes": break_in.done(break_in.OTHER_PROCESSES),
        "left": break_in.done(break_in.left_behind(folder)),
        "files": break_in.done(break_in.other_files(folder, Path(request["secret"]))),
        "thread": _in_a_thread(lambda: break_in.done(break_in.other_files(folder, Path(request["secret"])))),
    }


def _in_a_thread(work: Callable[[], list[str]]) -> list[str]:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.extend(work()))
    thread.start()
    thread.join()
    return found


def _use_what_is_needed(_request: dict, folder: Path, _progress: object) -> dict:
    """What a reader does: files of its own in and out, what it was handed, libraries and time zones, its own limits, its own end."""
    (folder / "made").write_bytes(b"0123456789")
    os.truncate(folder / "made", 4)
    (folder / "made").rename(folder / "renamed")
    (folder / "renamed").unlink()
    with tempfile.TemporaryFile() as stream:
        stream.write(b"x")
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    os.kill(os.getpid(), 0)
    zone = str(zoneinfo.ZoneInfo("Asia/Shanghai"))
    frame = pl.select(pl.int_range(100_000).alias("n")).lazy().select(pl.col("n").sum()).collect()
    rows = duckdb.sql("select sum(range) from range(100000)").fetchall()
    return {
        "given": (folder / "given-0").read_text(),
        "zone": zone,
        "sums": [frame.item(), int(rows[0][0])],
        "library": import_module("pyarrow.parquet").__name__,
        "processor": os.cpu_count() is not None and Path("/proc/self/statm").exists(),
    }


def _wait_and_leave(_request: dict, folder: Path, progress: Callable[[float], None]) -> dict:
    """End well once somebody has put something into the folder."""
    progress(0.5)
    while not (folder / "ready").exists():
        time.sleep(0.01)
    os._exit(0)


def _look_around(_request: dict, _folder: Path, _progress: object) -> dict:
    fds = Path("/proc/self/fd")
    open_now = [str(fd.readlink()) for fd in fds.iterdir() if fd.is_symlink() and fd.exists()] if fds.exists() else []
    return {"environment": dict(os.environ), "open": open_now}


JOBS: dict[str, Job] = {
    "echo": _echo,
    "eat memory": _eat_memory,
    "ask for memory": _ask_for_memory,
    "fail to allocate": _fail_to_allocate,
    "fill one file": _fill_one_file,
    "fill many files": _fill_many_files,
    "make files": _make_files,
    "turn": _turn,
    "sleep": _sleep,
    "read at zero": _read_null,
    "recurse": _recurse,
    "abort": _end_by(signal.SIGABRT),
    "killed by the system": _end_by(signal.SIGKILL),
    "out of processor time": _end_by(signal.SIGXCPU),
    "illegal": _end_by(signal.SIGILL),
    "leave": _leave,
    "talk": _talk,
    "lie": _lie,
    "say no dictionary": _say_no_dictionary,
    "raise": _raise,
    "stay": _stay,
    "reach out": _reach_out,
    "look around": _look_around,
    "break in": _break_in,
    "use what is needed": _use_what_is_needed,
    "wait and leave": _wait_and_leave,
}
