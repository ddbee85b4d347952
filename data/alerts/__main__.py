"""`python -m data.alerts [run | list | history | test ID]`: what the app does by itself, for a machine on which it does not run."""

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from data.alerts import book
from data.alerts.book import Delivery
from data.alerts.channels import masked
from data.alerts.rules import Alert, Rule
from data.alerts.run import Render, due, run, test
from data.alerts.words.wording import rule_text
from data.command import ended
from data.errors import RapportError
from data.file import opening
from data.settings import Settings
from data.store.store import Store

DRAWS = "pages.frame.alerting"  # has render() and store(); found when a page is to be sent, since data know no pages
FAILED = ("failed", "gave up", "unsure")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 when all went well, 1 when a message was not sent for sure, 2 with one sentence when nothing could be done."""
    options = _parser().parse_args(arguments)
    return ended(lambda: _do(options))


def _do(options: argparse.Namespace) -> int:
    path = getattr(options, "db", None) or Settings.read().db
    opening.refuse_new(path)
    if not path.exists():
        raise RapportError("{path} does not exist. Load a file first: python -m data.load FILE.", path=path)
    as_json, now = getattr(options, "json", False), dt.datetime.now().replace(microsecond=0)
    if options.command == "run":
        outcomes = _run(path, now)
        _print([_delivery(one) for one in outcomes if one.status != "quiet"], as_json)
        return int(any(one.status in FAILED for one in outcomes))
    with Store.open(path) as store:
        if options.command == "test":
            outcome = test(store, options.id, now)
            _print([_delivery(outcome)], as_json)
            return int(outcome.status in FAILED)
        if options.command == "history":
            _print([_delivery(one) for one in book.deliveries(store)], as_json)
        else:
            with store.snapshot() as snap:
                currency = snap.extent().currency
            _print([_alert(one, currency) for one in book.alerts(store)], as_json)
    return 0


def _run(path: Path, now: dt.datetime) -> list[Delivery]:
    """Only where a page is to be sent are the pages loaded; they open the file themselves."""
    with Store.open(path) as store:
        if all(isinstance(item.alert.what, Rule) for item in due(store, now)):
            return run(store, now)
    os.environ["RAPPORT_DB"] = str(path)
    os.environ.setdefault("STREAMLIT_LOGGER_LEVEL", "error")  # it warns that no browser is there, which is meant
    module = import_module(DRAWS)
    render: Render = module.render
    with module.store() as store:
        return run(store, now, render)


def _alert(alert: Alert, currency: str | None) -> dict[str, Any]:
    what = rule_text(alert.what, alert.every, currency) if isinstance(alert.what, Rule) else alert.what.page
    return {
        "id": alert.id,
        "name": alert.name,
        "what": what,
        "every": alert.every,
        "channel": alert.channel,
        "target": masked(alert.channel, alert.target),
        "language": alert.language,
        "maker": alert.maker,
        "made_at": alert.made_at,
        "stopped_at": alert.stopped_at,
    }


def _delivery(one: Delivery) -> dict[str, Any]:
    message = "" if one.status == "quiet" else one.message
    return {**vars(one), "message": message, "error": str(one.error) if one.error else ""}


def _print(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows, default=str, ensure_ascii=False))
        return
    for row in rows:
        print("  ".join(f"{value:%Y-%m-%d %H:%M}" if isinstance(value, dt.datetime) else str(value)
                        for value in row.values() if value not in (None, "")))  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--db", type=Path, default=argparse.SUPPRESS, help="the DuckDB file (default: RAPPORT_DB)")
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    parser = argparse.ArgumentParser(
        prog="python -m data.alerts", description="Judge alerts and send what is due.", parents=[common]
    )
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("run", parents=[common], help="judge all alerts and send what is due")
    commands.add_parser("list", parents=[common], help="list the alerts, newest first")
    commands.add_parser("history", parents=[common], help="list what became of each, newest first")
    one = commands.add_parser("test", parents=[common], help="send a test message of an alert")
    one.add_argument("id", metavar="ID", type=int, help="its number")
    return parser


if __name__ == "__main__":
    sys.exit(main())
