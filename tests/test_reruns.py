"""What `make` has run once more: a test that fails by luck, and that it is seen. What fails twice fails."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
AGAIN = re.findall(r"^AGAIN := (.+)$", MAKEFILE, re.MULTILINE)[0].split()
CONFTEST = """
import pytest
from pathlib import Path
from tests.conftest import pytest_collection_modifyitems, pytest_xdist_make_scheduler

HERE = Path(__file__).parent

def fails(name):
    "The first time that it is asked for this name"
    try:
        (HERE / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True

@pytest.fixture(scope="session")
def of_the_run(tmp_path_factory):
    yield tmp_path_factory.mktemp("run")

@pytest.fixture(scope="module")
def of_the_module(of_the_run, request):
    made = of_the_run / f"{request.module.__name__}-made"
    made.touch(exist_ok=False)  # fails where it is made twice
    yield made
    made.unlink()

@pytest.fixture(scope="module")
def of_the_module_at_second_try():
    assert not fails("fixture"), "no luck with a fixture"
    return 1

@pytest.fixture
def left_badly():
    yield
    assert not fails("teardown"), "no luck at the end"
"""
MODULE = """
import warnings, pytest
from conftest import fails

def test_before(of_the_module):
    assert of_the_module.exists()

def test_luck(of_the_module):
    assert of_the_module.exists()
    assert not fails("luck"), "no luck with a test"

@pytest.mark.parametrize("case", ["a/b::c", "d"])
def test_cases(case, of_the_module):
    assert not fails(f"case {case[0]}"), "no luck with a case"

class Left:
    def __del__(self):
        warnings.warn("somebody left it open", ResourceWarning)

def test_left_open(of_the_module):
    if fails("left"):
        Left()

def test_at_second_try(of_the_module_at_second_try, of_the_module):
    assert of_the_module.exists()

def test_left_badly(left_badly, of_the_module):
    pass

def test_after(of_the_module):
    assert of_the_module.exists()
"""
OTHER = """
def test_always(of_the_module):
    assert of_the_module.exists()
    raise ValueError("fails each time")

def test_beside(of_the_module):
    assert of_the_module.exists()
"""
LUCK = {
    "test_luck": "no luck with a test",
    "test_cases[a/b::c]": "no luck with a case",
    "test_cases[d]": "no luck with a case",
    "test_left_open": "somebody left it open",
    "test_at_second_try": "no luck with a fixture",
    "test_left_badly": "no luck at the end",
}


def run(folder: Path, *options: str, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """These files with the settings of this project, its order and its way of sharing out, by two processes."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\naddopts = -ra -p no:cacheprovider\n")
    for name, text in files.items():
        (folder / name).write_text(text)
    command = [sys.executable, "-m", "pytest", *options, "-n", "2", "--dist", "loadscope", str(folder)]
    path = os.pathsep.join([str(ROOT), str(folder), os.environ.get("PYTHONPATH", "")])
    settings = {**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": ""}
    for name in [name for name in settings if name.startswith("PYTEST_XDIST")]:
        del settings[name]  # these tests may be one of those that are shared out
    return subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    files = {"test_luck.py": MODULE, "test_other.py": OTHER}
    return run(tmp_path_factory.mktemp("luck"), *AGAIN, files=files)


@pytest.mark.parametrize("target", ["test", "test-faults", "test-spark"])
def test_make_runs_what_fails_once_more(target: str) -> None:
    (recipe,) = re.findall(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe.count("-m pytest") == recipe.count("$(AGAIN)") == 1
    assert AGAIN[:2] == ["--reruns", "1"]


def test_what_fails_each_time_fails(ended: subprocess.CompletedProcess[str]) -> None:
    assert ended.returncode == 1
    assert set(re.findall(r"^FAILED \S+::(\S+)", ended.stdout, re.MULTILINE)) == {"test_always"}
    # ten, since what came before a bad end passed both times
    assert re.search(r"\b1 failed, 10 passed, 7 rerun\b", ended.stdout), ended.stdout[-500:]


@pytest.mark.parametrize("name", LUCK)
def test_what_fails_once_is_run_once_more_and_seen(name: str, ended: subprocess.CompletedProcess[str]) -> None:
    seen = ended.stdout.partition("rerun test summary info")[2]
    assert f"RERUN test_luck.py::{name}" in seen
    assert LUCK[name] in seen


def test_what_ends_its_process_fails_and_nothing_is_run_once_more_where_much_fails(tmp_path: Path) -> None:
    """Our scheduler hands a module to one process, so what ended that is not given to the next."""
    died = "import os\ndef test_dies():\n    os._exit(9)\n"
    much = "import pytest\n@pytest.mark.parametrize('x', range(40))\ndef test_a(x):\n    assert not x + 1\n"
    ended = run(tmp_path, *AGAIN, files={"test_died.py": died, "test_much.py": much})
    assert ended.returncode == 1
    assert "crashed while running 'test_died.py::test_dies'" in ended.stdout
    assert re.search(r"\b4[12] failed, 10 rerun\b", ended.stdout), ended.stdout[-500:]
