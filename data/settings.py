"""Where Rapport keeps its file and how much it may use, read from the environment: every setting is a row of SETTINGS."""

import os
from dataclasses import dataclass
from pathlib import Path

from data.errors import RapportError

SETTINGS: dict[str, tuple[str, str]] = {
    "RAPPORT_DB": ("data/rapport.duckdb", "the DuckDB file that holds all data"),
    "RAPPORT_MEMORY_LIMIT_MIB": ("2048", "memory that the DuckDB engine may use before it spills to disk, in MiB"),
    "RAPPORT_UPLOAD_LIMIT_MIB": ("2048", "largest unpacked size of an upload, in MiB"),
    "RAPPORT_ACCESS": ("access.toml", "the file that says who has which role; it counts where people sign in"),
    "RAPPORT_SESSION_HOURS": ("12", "hours after which a person has to sign in again"),
    "RAPPORT_OPEN": ("no", "“view” lets everybody read without signing in, and nobody change anything"),
}


@dataclass(frozen=True)
class Settings:
    """The settings in force."""

    db: Path
    memory_limit_mib: int
    upload_limit_mib: int
    access: Path
    session_hours: int
    open_view: bool

    @classmethod
    def read(cls) -> "Settings":
        """Take the settings from the environment; a number that is none raises RapportError naming the variable."""
        text = {name: os.environ.get(name) or default for name, (default, _) in SETTINGS.items()}
        return cls(
            db=Path(text["RAPPORT_DB"]),
            memory_limit_mib=_positive("RAPPORT_MEMORY_LIMIT_MIB", text),
            upload_limit_mib=_positive("RAPPORT_UPLOAD_LIMIT_MIB", text),
            access=Path(text["RAPPORT_ACCESS"]),
            session_hours=_positive("RAPPORT_SESSION_HOURS", text),
            open_view=_open_view(text["RAPPORT_OPEN"]),
        )


def _positive(name: str, text: dict[str, str]) -> int:
    if not text[name].isdecimal() or int(text[name]) == 0:
        raise RapportError("{name} must be a whole number above 0, but is “{value}”.", name=name, value=text[name])
    return int(text[name])


def _open_view(text: str) -> bool:
    if text not in ("no", "view"):
        raise RapportError("RAPPORT_OPEN can be “view” or “no”, but is “{value}”.", value=text)
    return text == "view"
