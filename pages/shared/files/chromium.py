"""Which Chromium draws pictures and prints, and how it is started: without network, with nothing kept."""

import os
import shutil
import stat
import subprocess
from functools import lru_cache
from pathlib import Path

from data.settings import Settings

NAMES = ("chromium", "chromium-browser", "google-chrome")
HELPERS = (
    Path("/usr/lib/chromium"),
    Path("/usr/lib/chromium-browser"),
)  # where a script on the PATH starts the program
STATUS = Path("/proc/self/status")
NOWHERE = "127.0.0.1:9"  # a proxy that refuses: what is drawn needs no network, and gets none


def path() -> str | None:
    """The Chromium that the settings name, else the one on the PATH; None where there is none."""
    return _found(Settings.read().chromium, os.environ.get("PATH", ""))


@lru_cache(maxsize=8)
def _found(named: str, _path: str) -> str | None:
    if named:
        return shutil.which(named)
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def sandboxed() -> bool:
    """Whether Chromium can shut itself in: not as root, and only by user namespaces or a helper that runs as root. Docker's default
    profile allows no namespaces, and "no new privileges" no helper; told to shut itself in there, Chromium ends at once."""
    return os.geteuid() != 0 and (_has_namespaces() or _has_helper(path() or ""))


@lru_cache(maxsize=1)
def _has_namespaces() -> bool:
    """Whether a process of ours can get namespaces of its own, as Chromium wants them."""
    command = ["unshare", "--user", "--map-root-user", "--net", "true"]
    try:
        return subprocess.run(command, capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _has_helper(chromium: str) -> bool:
    """Whether Chromium's helper lies beside it and would run as root."""
    if "NoNewPrivs:\t1" in STATUS.read_text():
        return False
    beside = (Path(chromium).resolve().parent, *HELPERS)
    return any(_runs_as_root(folder / "chrome-sandbox") for folder in beside)


def _runs_as_root(file: Path) -> bool:
    try:
        told = file.stat()
    except OSError:
        return False
    return told.st_uid == 0 and bool(told.st_mode & stat.S_ISUID)
