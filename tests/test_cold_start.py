"""A server that nobody visits makes backups and sends alerts, and one whose file cannot be opened goes on."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from data.alerts.channels import Setup
from data.alerts.channels.webhook import target_of
from data.alerts.making import make
from data.store.store import Store
from tests.browser.server import serve
from tests.data.alerts.conftest import NOW, alert, fill
from tests.data.alerts.servers import receiver


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_without_a_visitor_a_backup_is_made_and_an_alert_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db, backups = tmp_path / "store.duckdb", tmp_path / "backups"
    with receiver() as hook:
        monkeypatch.setenv("RAPPORT_WEBHOOK_HOSTS", hook.address)
        with Store.open(db) as store:
            fill(store)
            make(store, alert(channel="json", target=target_of(f"{hook.address}/x")), Setup.read(), NOW)
        with serve(db, tmp_path / "log", RAPPORT_BACKUP_DIR=str(backups), RAPPORT_LOGS="json"):
            until(lambda: hook.calls and list(backups.glob("rapport-*.duckdb")))
    said = [json.loads(text) for text in (tmp_path / "log").read_text().splitlines() if text.startswith("{")]
    (handled,) = [entry for entry in said if entry["event"] == "An alert was handled"]
    assert (handled["alert"], handled["period"], handled["status"]) == (1, "2026-03", "sent")
    assert not [entry for entry in said if entry["level"] in ("warning", "error")]


def test_a_file_that_cannot_be_opened_is_one_sentence_and_the_server_goes_on(tmp_path: Path) -> None:
    db, log = tmp_path / "store.duckdb", tmp_path / "log"
    db.write_bytes(b"spoilt" * 1000)
    with serve(db, log):
        until(lambda: "could not be opened" in log.read_text())
        time.sleep(0.5)
    assert log.read_text().count("cannot be opened as a DuckDB file") == 1
    assert "Traceback" not in log.read_text()
