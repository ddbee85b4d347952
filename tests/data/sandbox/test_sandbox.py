"""Whatever a child does, the parent goes on, says why, and nothing of it is left."""

import logging
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from data import sandbox
from data.sandbox import Ended, Limits, parent

JOBS = "tests.data.sandbox.jobs"
ROOT = Path(__file__).parents[3]
LIMITS = Limits(memory_mib=256, disk_mib=32, seconds=60)
SHORT = Limits(memory_mib=256, disk_mib=32, seconds=1)


def run(job: str, folder: Path, limits: Limits = LIMITS, request: dict | None = None, **more: Callable) -> dict:
    return sandbox.run(JOBS, job, request or {}, folder, limits, **more)


def test_a_request_is_answered_and_progress_is_heard(tmp_path: Path) -> None:
    heard: list[float] = []
    request = {"name": "全\ud800", "rows": [1, None]}
    answer = run("echo", tmp_path, request=request, progress=heard.append)
    assert answer["heard"] == request
    assert answer["pid"] != os.getpid()
    assert heard == [0.5]


ENDS = {
    "eat memory": "memory",
    "ask for memory": "memory",
    "fail to allocate": "memory",
    "killed by the system": "memory",
    "fill one file": "disk",
    "fill many files": "disk",
    "make files": "files",
    "talk": "files",
    "out of processor time": "time",
    "read at zero": "crash",
    "recurse": "memory",
    "abort": "crash",
    "illegal": "crash",
    "leave": "crash",
    "lie": "crash",
    "say no dictionary": "crash",
    "raise": "crash",
}


@pytest.mark.parametrize("job", ENDS)
def test_whatever_ends_the_child_is_named_and_leaves_nothing_running(job: str, tmp_path: Path) -> None:
    before = _children()
    with pytest.raises(Ended) as caught:
        run(job, tmp_path)
    assert caught.value.reason == ENDS[job]
    assert _children() - before == set()
    after = tmp_path / "after"
    after.mkdir()
    assert run("echo", after)["heard"] == {}


def test_a_child_that_cannot_begin_says_nothing_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(Ended) as caught:
        sandbox.run("tests.data.sandbox.no_such_module", "echo", {}, tmp_path, LIMITS)
    assert caught.value.reason == "start"


@pytest.mark.parametrize("job", ["turn", "sleep"])
def test_time_on_the_clock_is_bounded(job: str, tmp_path: Path) -> None:
    with pytest.raises(Ended) as caught:
        run(job, tmp_path, SHORT)
    assert caught.value.reason == "time"


def test_a_child_that_hangs_up_and_goes_on_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "END_SECONDS", 0.5)
    before = _children()
    with pytest.raises(Ended) as caught:
        run("stay", tmp_path)
    assert caught.value.reason == "crash"
    assert _children() - before == set()


def test_stopping_ends_the_child_at_once(tmp_path: Path) -> None:
    heard: list[float] = []
    with pytest.raises(Ended) as caught:
        run("sleep", tmp_path, progress=heard.append, cancelled=lambda: bool(heard))
    assert caught.value.reason == "stopped"


def test_who_waits_for_a_turn_can_stop(tmp_path: Path) -> None:
    begun, end = threading.Event(), threading.Event()
    count = iter(range(parent.AT_ONCE))

    def work() -> None:
        with pytest.raises(Ended):
            run("sleep", tmp_path, progress=lambda _share: next(count) or begun.set(), cancelled=end.is_set)

    threads = [threading.Thread(target=work) for _ in range(parent.AT_ONCE)]
    for thread in threads:
        thread.start()
    begun.wait(60)
    with pytest.raises(Ended) as caught:
        run("echo", tmp_path, cancelled=lambda: True)
    assert caught.value.reason == "stopped"
    end.set()
    for thread in threads:
        thread.join()
    assert run("echo", tmp_path)["heard"] == {}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only Python's own calls are refused")
def test_the_child_reaches_no_network_and_starts_no_process(tmp_path: Path) -> None:
    assert platform.machine() in ("x86_64", "aarch64")
    assert run("reach out", tmp_path)["done"] == ["thread"]


def test_the_child_has_neither_our_secrets_nor_our_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_SMTP_URL", "smtp://user:password@localhost")
    with (tmp_path / "open").open("w") as kept:
        os.set_inheritable(kept.fileno(), True)
        found = run("look around", tmp_path)
    assert [name for name in found["environment"] if name.startswith(("RAPPORT", "STREAMLIT"))] == []
    assert "password" not in str(found)
    assert [place for place in found["open"] if place.endswith("/open")] == []


def test_a_fault_of_ours_is_logged_by_its_place_and_without_its_values(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "rapport.sandbox"), pytest.raises(Ended):
        run("raise", tmp_path)
    (record,) = caplog.records
    assert "_raise" in str(record.args)
    assert "secret" not in str(record.args) + record.getMessage()


def test_a_child_that_met_its_end_while_waiting_is_replaced(tmp_path: Path) -> None:
    first = run("echo", tmp_path)["pid"]
    sandbox.start(JOBS)
    waiting = parent._READY._waiting[JOBS].result()
    waiting.kill()
    waiting.wait()
    assert run("echo", tmp_path)["pid"] not in (first, waiting.pid)


def test_each_child_is_used_once_and_descriptors_stay_flat(tmp_path: Path) -> None:
    run("echo", tmp_path)
    before = _descriptors()
    assert len({run("echo", tmp_path)["pid"] for _ in range(8)}) == 8
    assert _descriptors() <= before


KILLED = """
import os, sys
from pathlib import Path
from data import sandbox
limits = sandbox.Limits(memory_mib=256, disk_mib=32, seconds=600)
from data.sandbox import parent
spawn = parent._spawn
def telling(module):
    child = spawn(module)
    print(child.pid, flush=True)
    return child
parent._spawn = telling
sandbox.run("tests.data.sandbox.jobs", "sleep", {}, Path(sys.argv[1]), limits, progress=lambda share: print("works", flush=True))
"""


def test_the_child_ends_with_its_parent_however_that_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        child = int(killed.stdout.readline())
        assert killed.stdout.readline() == "works\n"
        killed.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(child)


def test_memory_in_use_is_told_where_there_is_no_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = parent._resident_bytes(os.getpid())
    monkeypatch.setattr(parent, "Path", lambda _text: Path("/nowhere"))
    assert 0.5 * seen < parent._resident_bytes(os.getpid()) < 2 * seen


def _runs(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _children() -> set[int]:
    """The processes that this one has started and not yet put away."""
    return {int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}


def _descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))
