"""The rules of the house that a machine can hold: imports, layout, colours, requirements, documentation, versions."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import grimp
import pytest

from data.settings import SETTINGS
from pages.frame.registry import ENTRIES

ROOT = Path(__file__).parents[1]
REQUIREMENTS = sorted(ROOT.glob("requirements*.txt"))
README = ROOT / "README.md"


def project_files(*suffixes: str) -> list[Path]:
    """The project's own text files with one of these suffixes, without environments, caches and data."""
    folders = [
        path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".") and path.name != "bench"
    ]
    folders += [ROOT / ".ci", ROOT / ".streamlit"]
    files = [path for folder in folders for path in folder.rglob("*")] + list(ROOT.iterdir())
    return sorted(path for path in files if path.suffix in suffixes and path.is_file())


def matches(pattern: str, *suffixes: str) -> dict[str, list[str]]:
    """What the pattern finds, by file."""
    found = {
        str(path.relative_to(ROOT)): re.findall(pattern, path.read_text("utf-8", errors="ignore"))
        for path in project_files(*suffixes)
    }
    return {name: texts for name, texts in found.items() if texts}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_go_one_way() -> None:
    linter = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert linter.returncode == 0, linter.stdout


PACKAGES = ("pages", "data", "metrics")
LATE = {
    ("pages/shared/files/pictures.py", "kaleido"): "takes a third of a second, which only those pay who take a picture"
}


def test_pages_import_at_their_top() -> None:
    """What an import inside of a function, or for type checkers alone, hides is a circle."""
    late = set()
    for path in sorted((ROOT / "pages").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom) and node not in tree.body:
                late |= {(named(path), module) for module in imported_by(node)}
    assert late == set(LATE)


@pytest.fixture(scope="session")
def arrows() -> list[tuple[str, str]]:
    """Which module imports which, among those of the project."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    ours = [name for name in graph.modules if name.partition(".")[0] in PACKAGES]
    return [(name, other) for name in ours for other in graph.find_modules_directly_imported_by(name)]


def test_no_modules_import_each_other_in_a_circle(arrows: list[tuple[str, str]]) -> None:
    """What is left when those that import nothing that is left are taken away, again and again, is circles."""
    left: dict[str, set[str]] = {}
    for name, other in arrows:
        left.setdefault(name, set()).add(other)
    while done := [name for name, others in left.items() if not others & left.keys()]:
        for name in done:
            del left[name]
    assert left == {}


# Folders of pages/ that import each other
TWO_WAYS: dict[frozenset[str], str] = {
    frozenset({"pages.customers.churn", "pages.shared.readings"}): "until the record of the inactive share says how it is compared",
    frozenset({"pages.customers.clv", "pages.shared.screen"}): "until the record of value says why it is withheld",
}  # fmt: skip


def test_folders_of_pages_do_not_import_each_other(arrows: list[tuple[str, str]]) -> None:
    folders = {(name.rpartition(".")[0], other.rpartition(".")[0]) for name, other in arrows}
    both = {frozenset(pair) for pair in folders if pair[0] != pair[1] and pair[::-1] in folders}
    assert {pair for pair in both if all(name.startswith("pages.") for name in pair)} - set(TWO_WAYS) == set()


def test_the_picture_of_the_architecture_is_as_the_code_is() -> None:
    command = [sys.executable, "-m", "scripts.architecture", "--check"]
    drawn = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert drawn.returncode == 0, drawn.stderr


def test_nothing_but_init_lies_directly_in_pages() -> None:
    # Streamlit would run such a file without app.py when the first request to a cold server is a deep link
    assert [path.name for path in (ROOT / "pages").glob("*.py")] == ["__init__.py"]


def test_every_page_is_registered() -> None:
    files = [path for path in (ROOT / "pages").rglob("*.py") if "shared" not in path.parts]
    with_page = [path.relative_to(ROOT) for path in files if "\ndef page(" in path.read_text("utf-8")]
    assert {".".join(path.with_suffix("").parts) for path in with_page} == {entry.module for entry in ENTRIES}


def test_colours_stand_in_the_theme_only() -> None:
    colour = r"(?<![\w&/])#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b"
    assert set(matches(colour, ".py", ".css", ".js", ".toml", ".html")) == {".streamlit/config.toml"}


def test_no_file_names_a_package_registry() -> None:
    # where packages come from is the machine's business: a mirror must work without a change here
    registry = r"(?:pypi|pythonhosted|registry\.npmjs)\.org|--(?:extra-)?index[-]url|--trusted[-]host"
    assert matches(registry, ".py", ".sh", ".toml", ".txt", ".md", ".yaml", ".yml", "") == {}


@pytest.mark.parametrize("path", REQUIREMENTS, ids=named)
def test_each_requirement_is_pinned_and_says_why(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
    pattern = r"[a-z0-9-]+(\[[a-z,]+\])?==[0-9][\w.]*(; [^#]+)? +# \w.+"
    assert lines
    assert [line for line in lines if not re.fullmatch(pattern, line)] == []


def test_the_pins_are_what_the_tests_ran_on() -> None:
    text = (ROOT / "requirements.txt").read_text("utf-8")
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([\w.]+) +#", text, re.MULTILINE))  # watchdog is not on every system
    assert {name: version(name) for name in pinned} == pinned


def imports_of(path: Path) -> list[str]:
    """The modules that a file names in its imports."""
    return [name for node in ast.walk(ast.parse(path.read_text("utf-8"))) for name in imported_by(node)]


def imported_by(node: ast.AST) -> list[str]:
    """The modules that a statement names, if it is an import."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def test_requirements_are_exactly_what_is_imported() -> None:
    """Each direct requirement is imported somewhere, and nothing else of the environment is."""
    text = (ROOT / "requirements.txt").read_text("utf-8").partition("bring along")[0]
    direct = {line.partition("==")[0] for line in text.splitlines() if "==" in line}
    sources = [ROOT / "app.py", ROOT / "asgi.py"]
    sources += [path for folder in ("data", "metrics", "pages") for path in (ROOT / folder).rglob("*.py")]
    imported = {name.partition(".")[0] for path in sources for name in imports_of(path)}
    ours = {"app", "asgi", "data", "metrics", "pages"}
    assert imported - ours - sys.stdlib_module_names == direct


def draws(source: str) -> list[str]:
    """Calls that give another value in each run: of generators without a seed, and of what text is hashed to. (ruff finds the functions
    of `random` and `numpy.random` that have no generator at all.)"""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [(ast.unparse(call.func), call) for call in calls]
    return [
        ast.unparse(call)
        for name, call in named
        if name in ("hash", "id", "uuid.uuid4", "uuid4")
        or (name.rpartition(".")[2] in ("Random", "default_rng") and not call.args and not call.keywords)
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=named)
def test_tests_draw_nothing_without_a_seed(path: Path) -> None:
    """What fails here fails everywhere and again, and what passes passes."""
    assert draws(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("", 0),
        ("x = hash(name)", 1),
        ("x = sorted(rows, key=lambda row: hash(row))", 1),
        ("x = random.Random()", 1),
        ("x = default_rng()", 1),
        ("x = np.random.default_rng().normal()", 1),
        ("x = uuid.uuid4().hex", 1),
        ("x = random.Random(1).random()", 0),
        ("x = np.random.default_rng(7)", 0),
        ("x = np.random.default_rng(seed=seed)", 0),
        ("x = files.hash(name)", 0),
    ],
)
def test_what_counts_as_drawn_without_a_seed(source: str, count: int) -> None:
    assert len(draws(source)) == count


@pytest.mark.parametrize("name", SETTINGS)
def test_readme_documents_each_setting(name: str) -> None:
    default, _ = SETTINGS[name]
    (row,) = [line for line in README.read_text("utf-8").splitlines() if line.startswith(f"| `{name}` |")]
    assert f"`{default}`" in row


def test_readme_documents_no_setting_that_is_gone() -> None:
    known = {*SETTINGS, *re.findall(r"^(RAPPORT_\w+) \?=", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)}
    assert set(re.findall(r"`(RAPPORT_\w+)`", README.read_text("utf-8"))) == known


def commands() -> list[str]:
    """The modules of data/ that can be run: data.load, data.metric, …"""
    files = [path for path in (ROOT / "data").rglob("*.py") if '__name__ == "__main__"' in path.read_text("utf-8")]
    files += [path for path in (ROOT / "data").rglob("__main__.py") if path not in files]
    names = (path.relative_to(ROOT).with_suffix("").parts for path in files)
    return sorted({".".join(part for part in parts if part != "__main__") for parts in names})


@pytest.mark.parametrize("command", commands())
def test_readme_documents_each_command_and_its_options(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        module = import_module(f"{command}.__main__")
    except ModuleNotFoundError:
        module = import_module(command)
    with pytest.raises(SystemExit) as ended:
        module.main(["--help"])
    assert ended.value.code == 0
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", capsys.readouterr().out)) - {"--help"}
    text = README.read_text("utf-8")
    assert f"python -m {command}" in text
    assert {option for option in options if option not in text} == set()


def test_readme_documents_each_make_target() -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    text = README.read_text("utf-8")
    assert [target for target in targets if f"make {target}" not in text and target != "help"] == []


def test_readme_links_to_files_that_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", README.read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_changelog_starts_with_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    first = re.search(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert first and first[1] == project["version"]


def test_python_version_is_the_same_everywhere() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    minimum = settings["project"]["requires-python"].removeprefix(">=")
    assert settings["tool"]["mypy"]["python_version"] == minimum
    assert settings["tool"]["ruff"]["target-version"] == f"py{minimum.replace('.', '')}"
    assert f"({minimum.replace('.', ', ')})" in (ROOT / "scripts" / "venv.sh").read_text("utf-8")
    assert f"Python {minimum}" in README.read_text("utf-8")
