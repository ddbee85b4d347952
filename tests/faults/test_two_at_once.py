"""Two processes at one file: one of them is told so in a sentence, or both have their turn; what lies there is what one of them left."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.bases import CHANGED, DB, ORDERS
from tests.faults.conftest import PROJECT, Server, copy_of

pytestmark = pytest.mark.faults

COMMANDS = {
    "import": ["data.load", CHANGED, "--profile", "orders"],
    "the same import": ["data.load", ORDERS, "--profile", "orders"],
    "undo": ["data.imports", "undo", "2"],
    "erasure": ["data.person", "erase", "c3"],
    "backup": ["data.backup", "new-copy"],
    "question": ["data.imports", "list"],
}
PAIRS = [
    ("import", "import"),
    ("import", "the same import"),
    ("import", "undo"),
    ("import", "erasure"),
    ("import", "backup"),
    ("import", "question"),
    ("undo", "undo"),
    ("undo", "erasure"),
    ("erasure", "erasure"),
    ("erasure", "backup"),
    ("backup", "backup"),
    ("question", "question"),
]


def begin(name: str, folder: Path) -> subprocess.Popen[str]:
    module, *words = COMMANDS[name]
    given = [str(folder / word) if word in (CHANGED, ORDERS, "new-copy") else word for word in words]
    command = [sys.executable, "-m", module, *given, "--db", str(folder / DB)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=[" and ".join(pair) for pair in PAIRS])
def test_two_commands_at_once(
    fault_server: Server, bases: Callable[[str], Path], tmp_path: Path, one: str, other: str
) -> None:
    base = bases("undo")
    allowed = []
    for order in ([], [one], [other], [one, other], [other, one]):
        folder = copy_of(base, tmp_path / "in-turn")
        for name in order:
            module, *words = COMMANDS[name]
            assert fault_server.ask("command", module=module, words=words, folder=folder)["ended"] != "failed"
        allowed.append(fault_server.ask("look", db=folder / DB, whole=False)["state"])
    folder = copy_of(base, tmp_path / "at-once")
    processes = [begin(name, folder) for name in (one, other)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode in (0, 2), errors
        assert process.returncode == 0 or (errors.count("\n") == 1 and errors.endswith(".\n")), errors
    found = fault_server.ask("look", db=folder / DB)
    assert (found["ended"], found["faults"]) == ("done", [])
    assert found["state"] in allowed, json.dumps(found["state"])
