"""The parent's side: a child kept ready, given one order, watched, and replaced by a fresh one."""

import atexit
import json
import logging
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from data.sandbox.child import ANSWER, CODES, ERRORS
from data.sandbox.left import TooLarge, open_left
from data.sandbox.limits import MIB, Limits, said_memory

ROOT = Path(__file__).parents[2]
AT_ONCE = 2  # children at work; whoever comes later waits for a turn
WATCH_MS = 50
FOLDER_SECONDS = 0.2  # between two looks at the files
END_SECONDS = 10  # a child that has closed its pipe ends within them
LAST_WORDS = 1 << 16
TIME_IS_UP, KILLED = -signal.SIGXCPU, -signal.SIGKILL  # killed, and not by us: the system had no memory left
PLACE = re.compile(r'^ +File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<name>\S+)', re.MULTILINE)
# The child sees no other variable: no password or secret of the server.
ENVIRONMENT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "POLARS_MAX_THREADS")
SETTINGS = {"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1", "RUST_BACKTRACE": "0"}
LOG = logging.getLogger("rapport.sandbox")

Child = subprocess.Popen[bytes]


class Ended(Exception):
    """The child did not answer. `reason`: memory, disk, time, files, crash, start, or stopped (by `cancelled`)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def run(
    module: str,
    job: str,
    request: dict,
    folder: Path,
    limits: Limits,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> dict:
    """What `module.JOBS[job]` answers to the request, in a child that may write to `folder` alone what is to be kept.

    Raises Ended when the child comes to an end in any other way, or a limit or `cancelled` puts one to it.
    """
    stop = cancelled or (lambda: False)
    while not _TURNS.acquire(timeout=FOLDER_SECONDS):
        if stop():
            raise Ended("stopped")
    try:
        child = _READY.take(module)
        try:
            order = {"folder": str(folder), "limits": asdict(limits), "job": job, "request": request}
            _hand(child, json.dumps(order).encode() + b"\n")
            _watch(child, folder, limits, progress or (lambda _share: None), stop)
            return _answer(child, folder, limits)
        finally:
            _put_away(child)
    finally:
        _TURNS.release()
        _READY.renew(module)


def start(module: str, *, keep: bool = False) -> None:
    """Have a child made ready, without waiting for it; with `keep`, from now on the next one after each run."""
    _READY.start(module, keep=keep)


class _Ready:
    """The child that waits for an order. All are started by one thread that lives as long as this process: the system ends a child
    with the thread that started it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "rapport-sandbox")
        self._lock = threading.Lock()
        self._waiting: dict[str, Future[Child]] = {}
        self._keeps = False
        atexit.register(self.close)

    def start(self, module: str, *, keep: bool) -> None:
        with self._lock:
            self._keeps = self._keeps or keep
            if module not in self._waiting:
                self._waiting[module] = self._thread.submit(_spawn, module)

    def renew(self, module: str) -> None:
        if self._keeps:
            self.start(module, keep=True)

    def take(self, module: str) -> Child:
        """The child that waits; a fresh one where there is none, or where it has met its end while waiting."""
        with self._lock:
            waiting = self._waiting.pop(module, None)
        try:
            child = waiting.result() if waiting else None
            if child is not None and child.poll() is not None:
                _put_away(child)
                child = None
            return child or self._thread.submit(_spawn, module).result()
        except OSError as error:
            raise Ended("start") from error

    def close(self) -> None:
        with self._lock:
            for waiting in self._waiting.values():
                if not waiting.cancel() and not waiting.exception():
                    _put_away(waiting.result())
            self._waiting.clear()


def _spawn(module: str) -> Child:
    code = "from data.sandbox import child; child.main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, str(os.getpid()), module],
        cwd=ROOT,
        env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ} | SETTINGS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


_TURNS = threading.BoundedSemaphore(AT_ONCE)
_READY = _Ready()


def _hand(child: Child, order: bytes) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(order)
        child.stdin.flush()
    except OSError as error:
        raise Ended("start") from error


def _watch(
    child: Child, folder: Path, limits: Limits, progress: Callable[[float], None], stop: Callable[[], bool]
) -> None:
    """Until the child ends. Raises Ended when it uses more than it may."""
    assert child.stdout is not None
    pipe = child.stdout.fileno()
    poll = select.poll()  # any number of descriptors, which select does not take
    poll.register(pipe, select.POLLIN | select.POLLHUP)
    begun = looked = time.monotonic()
    while True:
        if poll.poll(WATCH_MS):
            heard = os.read(pipe, 4096)
            if not heard:
                return
            progress(heard[-1] / 100)
        if stop():
            raise Ended("stopped")
        now = time.monotonic()
        if now - begun > limits.seconds:
            raise Ended("time")
        if _resident_bytes(child.pid) > limits.memory_mib * MIB:
            raise Ended("memory")
        if now - looked > FOLDER_SECONDS:
            looked = now
            count, size = _written(folder)
            if size > limits.disk_mib * MIB:
                raise Ended("disk")
            if count > limits.files:
                raise Ended("files")


def _resident_bytes(pid: int) -> int:
    """The memory that a process has in use; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    except OSError:
        if Path("/proc/self/statm").exists():
            return 0
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return int(told.strip() or 0) << 10


def _written(folder: Path) -> tuple[int, int]:
    """How many files and folders lie in a folder, at any depth, and the room that the files take."""
    count = size = 0
    for place, folders, names in os.walk(folder):
        count += len(folders) + len(names)
        for name in names:
            try:
                size += os.lstat(os.path.join(place, name)).st_blocks * 512  # noqa: PTH118 (as fast as can be)
            except OSError:  # gone meanwhile
                continue
    return count, size


def _answer(child: Child, folder: Path, limits: Limits) -> dict:
    """What the child wrote, once it has ended well. Otherwise Ended, with what it ended of."""
    try:
        code = child.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        raise Ended("crash") from None
    if code == 0:
        try:
            with open_left(folder / ANSWER, limits.answer_bytes) as stream:
                found = json.loads(stream.read())
        except TooLarge:
            raise Ended("files") from None
        except (OSError, ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            return found
    raise Ended(_reason(code, folder, limits))


def _reason(code: int, folder: Path, limits: Limits) -> str:
    if not os.path.lexists(folder / ERRORS):  # it never came to its order
        LOG.error("A child did not start", {"code": code})
        return "start"
    told = _last_words(folder, limits)
    found = next((reason for reason, known in CODES.items() if known == code), "crash")
    if code == TIME_IS_UP:
        found = "time"
    elif code == KILLED or (code < 0 and said_memory(told)):
        found = "memory"
    if found in ("crash", "fault"):
        places = [
            f"{place['file']}:{place['line']} {place['name']}"
            for place in PLACE.finditer(told.decode("utf-8", "replace"))
        ]
        LOG.error("A child ended", {"code": code, "trace": places})
        return "crash"
    return found


def _last_words(folder: Path, limits: Limits) -> bytes:
    try:
        with open_left(folder / ERRORS, limits.disk_mib * MIB) as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - LAST_WORDS))
            return stream.read()
    except OSError:
        return b""


def _put_away(child: Child) -> None:
    """End it if it has not ended, and leave neither a zombie nor a pipe."""
    if child.poll() is None:
        child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # an order that nobody took
                continue
