"""The child's side: started beforehand with its libraries loaded, it takes one order, answers in a file, and ends.

stdin   one line of JSON: the folder, the limits, the job and its request; its end means that the parent is gone
stdout  how far the work is, a byte per percent
folder  answer.json, and whatever files the answer names; errors.txt, the last words of libraries that give up
"""

import ctypes
import json
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from data.sandbox import calls, walls
from data.sandbox.limits import Limits, exhaustion

ANSWER, ERRORS = "answer.json", "errors.txt"
CODES = {"memory": 81, "disk": 82, "fault": 83}  # how the child ends when a limit, or a mistake of ours, stops it
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG

Progress = Callable[[float], None]
Job = Callable[..., dict]  # (request, folder, progress) → answer


def main() -> None:
    """`argv`: the parent's number, and the module whose JOBS are the jobs."""
    _end_with(int(sys.argv[1]))
    walls.raise_outer()  # before libraries start threads of theirs
    jobs: dict[str, Job] = import_module(sys.argv[2]).JOBS
    calls.refuse()
    line = sys.stdin.buffer.readline()
    if not line:  # never needed
        return
    order = json.loads(line)
    folder = Path(order["folder"])
    progress = _redirect(folder)
    Limits(**order["limits"]).hold()
    walls.raise_inner(folder)
    threading.Thread(target=_end_with_input, daemon=True).start()
    os._exit(_work(jobs[order["job"]], order["request"], folder, progress))  # at once: there is nothing to put away


def _end_with(parent: int) -> None:
    """Have the system end this process when the parent ends, however that comes about."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def _end_with_input() -> None:
    """The same, where the system does not do it."""
    sys.stdin.buffer.read()
    os._exit(0)


def _redirect(folder: Path) -> Progress:
    """Whatever is printed goes to a file; the pipe to the parent hears bytes for shares from 0 to 1."""
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    pipe = os.dup(1)
    errors = os.open(folder / ERRORS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(errors, 1)
    os.dup2(errors, 2)
    os.close(errors)
    told = [-1]

    def progress(share: float) -> None:
        percent = round(100 * min(max(share, 0.0), 1.0))
        if percent != told[0]:
            told[0] = percent
            os.write(pipe, bytes([percent]))

    return progress


def _work(job: Job, request: dict, folder: Path, progress: Progress) -> int:
    try:
        text = json.dumps(job(request, folder, progress))
        partial = folder / f"{ANSWER}.partial"
        partial.write_text(text, "ascii")
        partial.replace(folder / ANSWER)
    except BaseException as error:  # the parent says it in a sentence, and logs where it was
        sys.stderr.write("".join(traceback.format_exception(error))[-MOST_TOLD:])
        sys.stderr.flush()
        return CODES[exhaustion(error) or "fault"]
    return 0


MOST_TOLD = 1 << 16
