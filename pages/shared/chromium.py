"""Which Chromium draws pictures and prints, and how it is started: without network, with nothing kept."""

import os
import shutil
from functools import lru_cache

from data.settings import Settings

NAMES = ("chromium", "chromium-browser", "google-chrome")
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
    """Whether Chromium can shut itself in: as root it cannot."""
    return os.geteuid() != 0
