"""What breaks things, and the table of how many points were broken."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults import points
from tests.faults.bases import DB
from tests.faults.operations import OPERATIONS
from tests.faults.points import Point

PROJECT = Path(__file__).parents[2]
POINTS = "points"


class Server:
    """See tests.faults.server."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.faults.server"]
        self._process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, do: str, **question: object) -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"do": do, **question}, default=str) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the server of faults has ended"
        return dict(json.loads(answer))

    def close(self) -> None:
        self._process.communicate()  # closes its input, which ends it


def copy_of(base: Path, folder: Path) -> Path:
    """A copy of a folder, in the place of what was there."""
    for path in (folder, folder.with_name(f"{folder.name}-scratch")):
        shutil.rmtree(path, ignore_errors=True)
    return Path(shutil.copytree(base, folder))


@dataclass
class Trial:
    """One operation, the folder that it begins with, and what is found before and after it."""

    server: Server
    operation: str
    base: Path
    before: dict[str, str]
    after: dict[str, str]
    points: list[Point]

    def copy(self) -> Path:
        """A fresh copy of the folder to begin with."""
        return copy_of(self.base, self.base.with_name("trial"))

    def run(self, strace: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        """How the operation ends under strace, and what is found then."""
        folder = self.copy()
        ended = self.server.ask("run", operation=self.operation, folder=folder, strace=[*strace, "-o", "/dev/null"])
        return ended, self.server.ask("look", db=folder / DB, whole=False)

    def verdict(self, found: dict[str, Any]) -> str | None:
        """What is wrong with what was found; None when it is the state before, or the one after."""
        if found["ended"] not in ("done", "refused") or (found["ended"] == "refused" and "refused" not in self.before):
            return f"the file does not open: {found.get('text', found['ended'])}"
        state = _state(found)
        if state in (self.before, self.after):
            return None
        near = min((self.before, self.after), key=lambda one: len(state.items() ^ one.items()))
        return f"neither before nor after: {sorted(state.items() ^ near.items())[:6]} {found.get('faults', '')}"


@pytest.fixture(scope="session")
def fault_server() -> Iterator[Server]:
    works = shutil.which("strace") and subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"]).returncode == 0
    if not works:
        reason = "strace is not here, or may not look at a process; scripts/strace.sh brings it where that can be"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    server = Server()
    yield server
    server.close()


@pytest.fixture(scope="session")
def bases(fault_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder that an operation begins with; operations that begin with the same one share it."""
    made: dict[Callable[[Path], None], Path] = {}

    def base(operation: str) -> Path:
        make = OPERATIONS[operation].base
        if make not in made:
            folder = tmp_path_factory.mktemp("base")
            ended = fault_server.ask("base", operation=operation, folder=folder)
            assert ended["ended"] == "done", ended
            made[make] = folder
        return made[make]

    return base


@pytest.fixture
def trial(request: pytest.FixtureRequest, fault_server: Server, bases: Callable[[str], Path], tmp_path: Path) -> Trial:
    """The operation that the test names, seen before and after, and its points."""
    operation, log = request.param, tmp_path / "calls"
    base = Path(shutil.copytree(bases(operation), tmp_path / "base"))
    trial = Trial(fault_server, operation, base, {}, {}, [])
    trial.before = _sound(fault_server.ask("look", db=trial.copy() / DB), exists=(base / DB).exists())
    folder = trial.copy()
    trial.points = points_of(fault_server, operation, folder, log)
    trial.after = _sound(fault_server.ask("look", db=folder / DB))
    assert "refused" not in trial.after
    return trial


def points_of(server: Server, operation: str, folder: Path, log: Path) -> list[Point]:
    """Do an operation in the folder, and say where it can be broken."""
    ended = server.ask("run", operation=operation, folder=folder, strace=points.listing(log))
    assert ended["ended"] == "done", ended
    return points.points(log, folder)


def _sound(found: dict[str, Any], *, exists: bool = True) -> dict[str, str]:
    assert found["ended"] in ("done", "refused"), found
    assert not exists or found.get("faults", []) == []
    return _state(found)


def _state(found: dict[str, Any]) -> dict[str, str]:
    """What is found, or the sentence with which a start refuses it."""
    return {"refused": found["text"]} if found["ended"] == "refused" else dict(found["state"])


def each_operation(*left_out: str) -> pytest.MarkDecorator:
    """One test per operation."""
    names = [name for name in OPERATIONS if name not in left_out]
    return pytest.mark.parametrize("trial", names, indirect=True, ids=names)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many points were broken, by test; they are on the reports, so that those of other workers are counted too."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    counts = {
        report.nodeid.partition("::")[2]: value
        for report in reports
        for name, value in getattr(report, "user_properties", [])
        if name == POINTS and report.when == "call"
    }
    if counts:
        terminalreporter.section("points broken")
        for name, count in sorted(counts.items()):
            terminalreporter.write_line(f"{count:>5}  {name}")
        for test in sorted({name.partition("[")[0] for name in counts}):
            total = sum(count for name, count in counts.items() if name.partition("[")[0] == test)
            terminalreporter.write_line(f"{total:>5}  in all of {test}")
