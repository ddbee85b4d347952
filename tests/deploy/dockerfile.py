"""What the Dockerfile says, as the tests of deployment use it: nothing here needs Docker."""

import json
import re
import shutil
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]


def instructions(name: str) -> list[str]:
    """The arguments of every instruction of that name, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    return [line.partition(" ")[2].strip() for line in text.splitlines() if line.startswith(f"{name} ")]


def environment() -> dict[str, str]:
    """The ENV lines."""
    return dict(word.split("=", 1) for line in instructions("ENV") for word in line.split())


def command() -> list[str]:
    """What is started."""
    (line,) = instructions("CMD")
    return list(json.loads(line))


def health_check() -> list[str]:
    """The command of the health check."""
    (line,) = instructions("HEALTHCHECK")
    return list(json.loads(line.partition("CMD ")[2]))


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a file out of the image: the last pattern that fits decides."""
    verdict = False
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!")
            folders = [path, *(str(parent) for parent in Path(path).parents)]
            if any(
                fnmatch(name, pattern) or (pattern.startswith("**/") and fnmatch(name, pattern[3:])) for name in folders
            ):
                verdict = not line.startswith("!")
    return verdict


def copy_context(target: Path) -> list[str]:
    """Copy what goes into the image to a folder; the names of the files."""
    hidden = {".git", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", "bench", "shots"}
    found = [
        str(path.relative_to(ROOT))
        for top in ROOT.iterdir()
        if top.name not in hidden
        for path in ([top] if top.is_file() else top.rglob("*"))
        if path.is_file()
    ]
    taken = [name for name in found if not ignored(name)]
    for name in taken:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, place)
    return taken
