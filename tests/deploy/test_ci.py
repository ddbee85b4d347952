"""What .ci/run says of its steps, and how it ends: with the first step that fails, and its exit code."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEPS = re.findall(r"^step (\w+) make ([\w-]+)", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE)
MAKE = """#!/bin/sh
echo "made $1"
[ "$1" != "$FAILING" ] || exit "$CODE"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the script alone, and a `make` that does nothing."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    make = tmp_path / "make"
    make.write_text(MAKE)
    make.chmod(0o755)
    return tmp_path


def run(project: Path, failing: str = "none", code: int = 0) -> subprocess.CompletedProcess[str]:
    path = f"{project}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "FAILING": failing, "CODE": str(code)}
    return subprocess.run([project / ".ci" / "run"], env=environment, capture_output=True, text=True)


def test_the_steps_are_those_that_must_pass() -> None:
    assert [name for name, _ in STEPS] == ["lint", "test", "spark"]
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert {target for _, target in STEPS} <= set(targets)


def test_each_step_says_when_it_begins_and_what_it_took(project: Path) -> None:
    ended = run(project)
    assert (ended.returncode, ended.stderr) == (0, "")
    for name, target in STEPS:
        assert re.search(rf"── {name} begins .*\nmade {target}\n── {name} passed, took \d+:\d\d min\n", ended.stdout)
    rows = ended.stdout.partition("── All steps\n")[2].splitlines()
    assert [row.split()[0] for row in rows] == [*(name for name, _ in STEPS), "total"]


@pytest.mark.parametrize("code", [1, 2, 130])
@pytest.mark.parametrize(("name", "target"), STEPS, ids=[name for name, _ in STEPS])
def test_the_first_step_that_fails_ends_it(project: Path, name: str, target: str, code: int) -> None:
    ended = run(project, target, code)
    assert ended.returncode == code
    made = re.findall(r"^made (.+)$", ended.stdout, re.MULTILINE)
    assert made == [each for _, each in STEPS][: len(made)] and made[-1] == target
    assert f"── {name} failed with exit code {code}" in ended.stdout
    assert len(ended.stdout.partition("── All steps\n")[2].splitlines()) == len(made) + 1
