"""The command line: what it prints, its exit codes, and a file that the app has open."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from data.alerts import __main__ as command
from data.alerts.__main__ import main
from data.alerts.channels import Setup
from data.alerts.channels.webhook import target_of
from data.alerts.making import make
from data.alerts.rules import Subscription
from data.store.store import Store
from tests.data.alerts.conftest import NOW, alert, rule
from tests.data.alerts.servers import Mailbox, Receiver

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(store: Store, capsys: pytest.CaptureFixture[str]) -> Run:
    """Close the store, so that the command can open it, and run: exit code, output, errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        store.close()
        code = main([*arguments, "--db", str(store.path)])
        return code, *capsys.readouterr()

    return run


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.duckdb"
    assert main(["run", "--db", str(path)]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert not path.exists()


def test_nothing_to_do_prints_nothing(run: Run) -> None:
    assert run("run") == (0, "", "")
    assert run("list") == (0, "", "")
    assert run("history", "--json") == (0, "[]\n", "")


def test_run_sends_once(store: Store, mailbox: Mailbox, setup: Setup, run: Run) -> None:
    make(store, alert(rule("below", 30)), setup, NOW)
    code, out, err = run("run", "--json")
    assert (code, err) == (0, "")
    (row,) = json.loads(out)
    assert (row["alert_id"], row["period"], row["status"]) == (1, "2026-03", "sent")
    assert run("run", "--json") == (0, "[]\n", "")
    assert len(mailbox.messages) == 1
    _code, out, _err = run("history", "--json")
    assert [(row["status"], row["attempts"], row["error"]) for row in json.loads(out)] == [("sent", 1, "")]


def test_what_was_not_sent_is_exit_code_1(store: Store, mailbox: Mailbox, setup: Setup, run: Run) -> None:
    make(store, alert(), setup, NOW)
    mailbox.answers.append("451 later")
    code, out, _err = run("run")
    assert code == 1
    assert "failed" in out and "The mail server refuses the message (code 451)." in out


def test_list_shows_no_secret(store: Store, hook: Receiver, setup: Setup, run: Run) -> None:
    make(store, alert(name="Chat", channel="slack", target=target_of(f"{hook.address}/T0PSECRET/abcd")), setup, NOW)
    code, out, _err = run("list")
    assert code == 0
    assert "T0PSECRET" not in out
    assert out.startswith("1  Chat  NPS below 30, with its whole interval  month  slack  127.0.0.1/…abcd  en")


def test_test_sends_a_test_message(store: Store, mailbox: Mailbox, setup: Setup, run: Run) -> None:
    make(store, alert(), setup, NOW)
    code, _out, _err = run("test", "1")
    assert code == 0
    assert mailbox.messages[0]["Subject"] == "Test of “NPS” from Rapport"
    code, _out, err = run("test", "7")
    assert (code, err) == (2, "There is no alert 7.\n")


def test_a_setting_that_cannot_be_read_is_one_sentence(
    store: Store, mailbox: Mailbox, setup: Setup, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(store, alert(), setup, NOW)
    monkeypatch.setenv("RAPPORT_SMTP_URL", "smtp://u:s3cret@h:x")
    code, _out, err = run("run")
    assert code == 2
    assert err == "RAPPORT_SMTP_URL cannot be read; write it as smtp://user:password@mail.example.com:587.\n"


def test_a_page_is_drawn_by_what_is_found_by_name(
    store: Store, mailbox: Mailbox, setup: Setup, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "drawing_of_a_test.py").write_text(
        textwrap.dedent("""
            import os
            from types import SimpleNamespace
            from data.store.store import Store

            def store():
                return Store.open(os.environ["RAPPORT_DB"])

            def render(page, params, language, scope):
                return SimpleNamespace(title=f"{page} of {params['from'][0]}", html="<p>here</p>")
        """),
        "utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(command, "DRAWS", "drawing_of_a_test")
    for name in ("RAPPORT_DB", "STREAMLIT_LOGGER_LEVEL"):
        monkeypatch.setenv(name, "put back after the test")
    make(store, alert(Subscription("nps"), name="Monthly"), setup, NOW)
    code, _out, _err = run("run")
    assert code == 0
    assert mailbox.messages[0]["Subject"] == "Monthly, Mar 2026: nps of 2026-03-01"


def test_a_file_that_the_app_has_open_is_said(store: Store) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "data.alerts", "run", "--db", str(store.path)],
        capture_output=True, text=True, timeout=120, check=False, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == f"{store.path} is open in the running app. Use the app, or stop it first.\n"
