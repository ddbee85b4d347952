"""Where Rapport keeps its file and how much it may use, read from the environment: every setting is a row of SETTINGS."""

import os
from dataclasses import dataclass
from pathlib import Path

from data.errors import RapportError

# A run that waits for a picture, or for its turn, is not still: that takes up to 30 seconds, and 5 (pictures.py and turns.py of the pages).
LEAST_WATCHDOG_SECONDS = 40

SETTINGS: dict[str, tuple[str, str]] = {
    "RAPPORT_DB": ("data/rapport.duckdb", "the DuckDB file that holds all data"),
    "RAPPORT_MEMORY_LIMIT_MIB": ("2048", "memory that the DuckDB engine may use before it spills to disk, in MiB"),
    "RAPPORT_QUESTION_SECONDS": ("20", "seconds after which a question of a page is cut off"),
    "RAPPORT_UPLOAD_LIMIT_MIB": ("2048", "largest unpacked size of an upload, in MiB"),
    "RAPPORT_IMPORT_MEMORY_MIB": ("1536", "memory that the process which reads an upload may use, in MiB"),
    "RAPPORT_IMPORT_SECONDS": ("600", "seconds after which the reading of an upload is given up"),
    "RAPPORT_ACCESS": ("access.toml", "the file that says who has which role; it counts where people sign in"),
    "RAPPORT_SESSION_HOURS": ("12", "hours after which a person has to sign in again"),
    "RAPPORT_OPEN": ("no", "“view” lets everybody read without signing in, and nobody change anything"),
    "RAPPORT_ADDRESS": (
        "none",
        "where people reach the app, such as https://rapport.example.com: for links in messages",
    ),
    "RAPPORT_SMTP_URL": ("none", "the mail server: smtp://user:password@host:587 (STARTTLS), smtps://…:465, …?tls=off"),
    "RAPPORT_SMTP_PASSWORD_FILE": ("none", "a file that holds the mail server’s password, instead of the address"),
    "RAPPORT_MAIL_FROM": ("none", "the sender of messages, such as Rapport <rapport@example.com>"),
    "RAPPORT_MAIL_DOMAINS": ("any", "domains that messages may be mailed to, with commas between"),
    "RAPPORT_WEBHOOK_HOSTS": (
        "hooks.slack.com, qyapi.weixin.qq.com, oapi.dingtalk.com, open.feishu.cn",
        "hosts that webhooks may go to, over HTTPS; http://host:port allows one without it",
    ),
    "RAPPORT_WATCHDOG_SECONDS": (
        "60",
        "seconds after which a server that stands still is ended, for its supervisor to start it again (Linux), from 40 up; 0: never",
    ),
    "RAPPORT_LOGS": ("plain", "“json” prints a JSON object per line, without anything that could name a person"),
    "RAPPORT_BACKUP_DIR": ("none", "the folder where the running app puts a backup from time to time"),
    "RAPPORT_BACKUP_HOURS": ("24", "hours between two of these backups"),
    "RAPPORT_BACKUP_KEEP": ("7", "how many of them are kept"),
    "RAPPORT_FISCAL_YEAR_MONTH": ("1", "the first month of the fiscal year, from 1 to 12"),
    "RAPPORT_WEEK_DAY": ("monday", "the first day of the week in the choice of a period: monday or sunday"),
    "RAPPORT_CHROMIUM": ("", "the Chromium that draws pictures and PDFs; empty: the one on the PATH"),
}


@dataclass(frozen=True)
class Settings:
    """The settings in force."""

    db: Path
    memory_limit_mib: int
    question_seconds: int
    upload_limit_mib: int
    import_memory_mib: int
    import_seconds: int
    access: Path
    session_hours: int
    open_view: bool
    watchdog_seconds: int
    json_logs: bool
    backup_dir: Path | None
    backup_hours: int
    backup_keep: int
    fiscal_year_month: int
    week_begins_on_sunday: bool
    chromium: str

    @classmethod
    def read(cls) -> "Settings":
        """Take the settings from the environment; a number that is none raises RapportError naming the variable."""
        text = {name: os.environ.get(name) or default for name, (default, _) in SETTINGS.items()}
        return cls(
            db=Path(text["RAPPORT_DB"]),
            memory_limit_mib=_positive("RAPPORT_MEMORY_LIMIT_MIB", text),
            question_seconds=_positive("RAPPORT_QUESTION_SECONDS", text),
            upload_limit_mib=_positive("RAPPORT_UPLOAD_LIMIT_MIB", text),
            import_memory_mib=_positive("RAPPORT_IMPORT_MEMORY_MIB", text),
            import_seconds=_positive("RAPPORT_IMPORT_SECONDS", text),
            access=Path(text["RAPPORT_ACCESS"]),
            session_hours=_positive("RAPPORT_SESSION_HOURS", text),
            open_view=_one_of("RAPPORT_OPEN", ("no", "view"), text) == "view",
            watchdog_seconds=_watchdog_seconds(text["RAPPORT_WATCHDOG_SECONDS"]),
            json_logs=_one_of("RAPPORT_LOGS", ("plain", "json"), text) == "json",
            backup_dir=None if text["RAPPORT_BACKUP_DIR"] == "none" else Path(text["RAPPORT_BACKUP_DIR"]),
            backup_hours=_positive("RAPPORT_BACKUP_HOURS", text),
            backup_keep=_positive("RAPPORT_BACKUP_KEEP", text),
            fiscal_year_month=_month("RAPPORT_FISCAL_YEAR_MONTH", text),
            week_begins_on_sunday=_one_of("RAPPORT_WEEK_DAY", ("monday", "sunday"), text) == "sunday",
            chromium=text["RAPPORT_CHROMIUM"],
        )


def text(name: str) -> str:
    """The text of a setting; "" where it is not set and has no default."""
    default, _meaning = SETTINGS[name]
    value = os.environ.get(name, "").strip() or default
    return "" if value in ("none", "any") else value


def _watchdog_seconds(value: str) -> int:
    if value == "0" or (value.isdecimal() and int(value) >= LEAST_WATCHDOG_SECONDS):
        return int(value)
    raise RapportError(
        "RAPPORT_WATCHDOG_SECONDS must be 0, for never, or a whole number from {least}, but is “{value}”: a picture may take 30.",
        least=LEAST_WATCHDOG_SECONDS,
        value=value,
    )


def _positive(name: str, text: dict[str, str]) -> int:
    if not text[name].isdecimal() or int(text[name]) == 0:
        raise RapportError("{name} must be a whole number above 0, but is “{value}”.", name=name, value=text[name])
    return int(text[name])


def _month(name: str, text: dict[str, str]) -> int:
    if text[name] not in map(str, range(1, 13)):
        raise RapportError("{name} must be a month from 1 to 12, but is “{value}”.", name=name, value=text[name])
    return int(text[name])


def _one_of(name: str, known: tuple[str, str], text: dict[str, str]) -> str:
    if text[name] not in known:
        raise RapportError(
            "{name} can be “{other}” or “{default}”, but is “{value}”.",
            name=name,
            other=known[1],
            default=known[0],
            value=text[name],
        )
    return text[name]
