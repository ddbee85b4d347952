"""Servers, settings that name them, and a small store whose months are known."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.alerts.channels import Setup
from data.alerts.rules import Alert, Asked, Condition, Rule
from data.settings import SETTINGS
from data.store.store import Store
from tests.data.alerts.servers import Mailbox, Receiver, mail_server, receiver
from tests.data.rows import nps, order, take

NOW = dt.datetime(2026, 4, 2, 8, 0)
SCORES = {  # month → per region: promoters, detractors
    "2026-01": {"North": (40, 10), "South": (25, 25)},
    "2026-02": {"North": (40, 10), "South": (25, 25)},
    "2026-03": {"North": (10, 40), "South": (25, 25)},
}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine reaches a test."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server() as box:
        monkeypatch.setenv("RAPPORT_SMTP_URL", f"smtp://127.0.0.1:{box.port}?tls=off")
        monkeypatch.setenv("RAPPORT_MAIL_FROM", "Rapport <rapport@example.com>")
        yield box


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiver() as kept:
        monkeypatch.setenv("RAPPORT_WEBHOOK_HOSTS", kept.address)
        yield kept


@pytest.fixture
def setup() -> Setup:
    """The settings that the test made; ask for it after the servers."""
    return Setup.read()


def answers_of(month: str, *, last: int = 28) -> list[dict[str, object]]:
    """The answers of a month, and one passive of nobody on its last day, so that the month is covered."""
    rows = []
    for region, (promoters, detractors) in SCORES[month].items():
        for place in range(promoters + detractors):
            name = f"{month} {region} {place}"
            score = 10 if place < promoters else 0
            rows.append(nps(name, name, f"{month}-{place % last + 1:02}", score, region=region))
    end = {"2026-01": 31, "2026-02": 28, "2026-03": 31}[month]
    return [*rows, nps(f"{month} last", None, f"{month}-{end}", 8, region="West")]


def fill(store: Store, *months: str) -> None:
    take(store, feedback=[row for month in months or tuple(SCORES) for row in answers_of(month)])


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "a.duckdb"
    with Store.open(path) as opened:
        fill(opened)
    return path


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Iterator[Store]:
    """NPS 29.7 in January and February (North 60, South 0), −29.7 in March (North −60), by region; no orders."""
    path = tmp_path / "a.duckdb"
    shutil.copy(filled, path)
    with Store.open(path) as opened:
        yield opened


def an_order(number: str, customer: str, day: str) -> dict[str, object]:
    return order(number, customer, day, 10)


def rule(kind: str = "below", value: float | None = 30, **more: object) -> Rule:
    """A rule on NPS."""
    asked = {name: more.pop(name) for name in ("metric", "column", "row", "segment", "arguments") if name in more}
    return Rule(Asked(**{"metric": "nps", "column": "nps", **asked}), Condition(kind, value, **more))  # type: ignore[arg-type]


def alert(what: object = None, **more: object) -> Alert:
    """An alert by e-mail to one reader, judged by month."""
    usual: dict[str, object] = {
        "id": 0, "name": "NPS", "what": what or rule(), "every": "month", "channel": "email", "target": "ada@example.com",
    }  # fmt: skip
    return Alert(**{**usual, **more})  # type: ignore[arg-type]
