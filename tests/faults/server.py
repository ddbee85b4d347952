"""Runs operations, each in a process of its own that costs no start: this one has imported everything, and forks.

It reads a line of JSON per question and answers with one. Under strace the process stops itself before it begins, so that only what it
does from there on is counted; it stays on one thread of the engine, so that its calls come in the same order each time.
"""

import contextlib
import ctypes
import io
import json
import mmap
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.errors import RapportError
from data.store import rollups, schema
from tests.faults import invariants, operations, reading
from tests.faults.operations import MODULES, OPERATIONS, QUESTIONS
from tests.faults.power import BEGINS, STOPPED

ANSWER_BYTES = 1 << 20
LONGEST_SECONDS = 120.0
ANY_TRACER = (0x59616D61, ctypes.c_ulong(2**64 - 1))  # PR_SET_PTRACER, PR_SET_PTRACER_ANY
connect = duckdb.connect
rehearsed: set[str] = set()  # operations whose files have been read


def one_thread(path: str = ":memory:", **options: object) -> duckdb.DuckDBPyConnection:
    """What duckdb.connect does, on one thread."""
    config = {**options.pop("config", {}), "threads": 1}  # type: ignore[dict-item]
    return connect(path, config=config, **options)  # type: ignore[arg-type]


def run(
    operation: str,
    folder: str,
    strace: list[str] | None = None,
    user: int | None = None,
    log: str | None = None,
    copies: str | None = None,
) -> dict[str, object]:
    """Do an operation, under strace with these options, or as another user. With `copies`, whenever strace says in its log that it
    has stopped the process, the folder is copied there, and it goes on.

    How it ended: "done", "refused" (in a sentence), "failed" (in an error) or "killed".
    """

    def act() -> dict[str, object]:
        printed = io.StringIO()
        if user is not None:
            os.setuid(user)
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                code = (
                    QUESTIONS[operation](Path(folder))
                    if operation in QUESTIONS
                    else OPERATIONS[operation].run(Path(folder))
                )
            except SystemExit as error:
                return {"ended": "refused", "text": str(error)}
        return {"ended": "refused" if code else "done", "text": printed.getvalue()}

    def copy(number: int) -> None:
        shutil.copytree(folder, Path(copies or "") / str(number))

    if strace and operation in OPERATIONS and OPERATIONS[operation].reads and operation not in rehearsed:
        aside = shutil.copytree(folder, f"{folder}-rehearsal")
        run(operation, aside)
        shutil.rmtree(aside)
        rehearsed.add(operation)
    return in_child(act, Path(folder), strace, Stops(Path(log), copy) if log else None)


def command(module: str, words: list[str], folder: str) -> dict[str, object]:
    """Do a command of the project, by its name."""

    def act() -> dict[str, object]:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            code = operations.command(MODULES[module], *words)(Path(folder))
        return {"ended": "refused" if code else "done", "text": printed.getvalue()}

    return in_child(act, Path(folder))


def base(operation: str, folder: str) -> dict[str, object]:
    """Make the folder that an operation begins with."""

    def act() -> dict[str, object]:
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                OPERATIONS[operation].base(Path(folder))
        except Exception as error:
            error.add_note(printed.getvalue())
            raise
        return {"ended": "done"}

    return in_child(act, Path(folder))


def look(db: str, *, whole: bool = True) -> dict[str, object]:
    """See what the next start finds; see invariants."""

    def act() -> dict[str, object]:
        found, faults = invariants.look(Path(db), whole=whole)
        return {"ended": "done", "state": found, "faults": faults}

    return in_child(act, Path(db).parent)


@dataclass
class Stops:
    """What is done each time strace says that it has stopped the process; after that it goes on."""

    log: Path
    act: Callable[[int], None]
    seen: int = 0

    def look(self, child: int) -> None:
        if not self.log.exists():
            return
        lines = self.log.read_text("utf-8", errors="replace").partition(BEGINS)[2]
        if lines.count(STOPPED) > self.seen:
            self.act(self.seen)
            self.seen += 1
            os.kill(child, signal.SIGCONT)


def in_child(
    act: Callable[[], dict[str, object]], folder: Path, strace: list[str] | None = None, stops: Stops | None = None
) -> dict[str, object]:
    """What the function answers in a process of its own, whose temporary files lie beside the folder; "failed" when it raises."""
    memory = mmap.mmap(-1, ANSWER_BYTES)  # to answer needs no call that could be made to fail
    child = os.fork()
    if not child:
        _answer(act, memory, folder, waits=strace is not None)
    os.waitpid(child, os.WUNTRACED) if strace else None
    tracer = _trace(child, strace) if strace else None
    ended = _end(child, stops)
    if tracer:
        tracer.wait()
    text = memory[:].rstrip(b"\0")
    memory.close()
    if ended == -signal.SIGKILL:
        return {"ended": "killed"}
    return json.loads(text) if text else {"ended": "failed", "text": f"ended with {ended}"}


def _answer(act: Callable[[], dict[str, object]], memory: mmap.mmap, folder: Path, *, waits: bool) -> None:
    try:
        scratch = folder.with_name(f"{folder.name}-scratch")
        scratch.mkdir(exist_ok=True)
        os.environ["TMPDIR"], tempfile.tempdir = str(scratch), None
        if waits:
            ctypes.CDLL(None).prctl(*ANY_TRACER, 0, 0, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
        answer = act()
    except RapportError as error:
        answer = {"ended": "refused", "text": str(error).replace(f"{folder}/", "")}  # the same sentence in every folder
    except BaseException as error:
        answer = {"ended": "failed", "text": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
    text = json.dumps(answer).encode()
    memory[: len(text)] = text
    os._exit(0)


def _trace(child: int, strace: list[str]) -> subprocess.Popen[bytes]:
    tracer = subprocess.Popen(["strace", "-p", str(child), *strace], stderr=subprocess.DEVNULL)
    while "TracerPid:\t0\n" in Path(f"/proc/{child}/status").read_text():
        if tracer.poll() is not None:
            os.kill(child, signal.SIGKILL)
            raise SystemExit("strace could not look at a process of its own user")
        time.sleep(0.002)
    os.kill(child, signal.SIGCONT)
    return tracer


def _end(child: int, stops: Stops | None) -> int:
    deadline = time.monotonic() + LONGEST_SECONDS
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if stops:
            stops.look(child)
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGTERM)
            os.kill(child, signal.SIGCONT)
            deadline = float("inf")
        time.sleep(0.002)


def _warm() -> None:
    """Import what is only imported when it is first used."""
    with duckdb.connect() as connection:
        schema.create(connection)
        rollups.refresh_all(connection.cursor())


def main() -> None:
    duckdb.connect = one_thread  # type: ignore[assignment]
    reading.remember()
    _warm()
    questions = {"run": run, "command": command, "base": base, "look": look}
    for line in sys.stdin:
        question = json.loads(line)
        sys.stdout.write(json.dumps(questions[question.pop("do")](**question)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
