"""What is due, and that it is sent once: retries, crashes, two workers, later imports, undo."""

import datetime as dt
import json
import logging
import threading
from dataclasses import dataclass
from typing import Any

import pytest

from data.alerts import book, channels, deliver
from data.alerts import run as running
from data.alerts.book import BROKEN_AFTER, Delivery
from data.alerts.channels import Setup
from data.alerts.channels.webhook import target_of
from data.alerts.making import make
from data.alerts.rules import Alert, Subscription
from data.alerts.run import Due, due, period_of, run
from data.errors import RapportError
from data.segment import EVERYBODY, Segment
from data.store.store import Store
from pages.shared.serving.logs import line
from tests.data.alerts.conftest import NOW, alert, fill, rule
from tests.data.alerts.servers import Mailbox, Receiver
from tests.data.rows import nps, take

MINUTE = dt.timedelta(minutes=1)
NORTH = Segment(region=("North",))


@dataclass
class Page:
    title: str
    html: str


class Drawn:
    """A renderer that keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, list[str]], str, Segment]] = []

    def __call__(self, page: str, params: dict[str, list[str]], language: str, scope: Segment) -> Page:
        self.asked.append((page, params, language, scope))
        return Page("NPS fell", "<h1>NPS fell</h1>")


def kept(store: Store, made: Alert) -> list[tuple[str, str, int]]:
    return [(one.period, one.status, one.attempts) for one in book.deliveries(store, made.id)]


def test_without_alerts_nothing_is_due(store: Store) -> None:
    assert due(store, NOW) == []
    assert run(store, NOW) == []


def test_without_data_nothing_is_due(tmp_path, mailbox: Mailbox, setup: Setup) -> None:
    with Store.open(tmp_path / "empty.duckdb") as store:
        make(store, alert(), setup, NOW)
        make(store, alert(Subscription("nps")), setup, NOW)
        assert run(store, NOW) == []
    assert mailbox.messages == []


def test_what_is_found_is_told_once(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(rule("below", 30, segment=NORTH)), setup, NOW)
    assert [item.period.code for item in due(store, NOW)] == ["2026-03"]
    assert [one.status for one in run(store, NOW)] == ["sent"]
    assert run(store, NOW + MINUTE) == []
    assert run(store, NOW + dt.timedelta(days=20)) == []
    (mail,) = mailbox.messages
    assert mail["Subject"] == "NPS (North) fell below 30: −60.0 (−78.3 to −34.9), 50 answers, Mar 2026"
    assert kept(store, made) == [("2026-03", "sent", 1)]
    assert book.deliveries(store)[0].message == mail["Subject"]


def test_nothing_to_tell_is_judged_again_only_with_new_data(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(rule("above", 90)), setup, NOW)
    assert [one.status for one in run(store, NOW)] == ["quiet"]
    assert due(store, NOW + MINUTE) == []
    take(store, feedback=[nps(f"late {place}", None, "2026-03-20", 10) for place in range(9000)])
    assert [one.status for one in run(store, NOW + MINUTE)] == ["sent"]
    assert kept(store, made) == [("2026-03", "sent", 1)]


def test_later_imports_and_undo_tell_no_period_twice(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(rule("below", 30)), setup, NOW)
    run(store, NOW)
    version = take(store, feedback=[nps("one more", None, "2026-03-30", 0)]).import_id
    run(store, NOW + MINUTE)
    store.undo(version)
    run(store, NOW + 2 * MINUTE)
    store.undo(1)
    run(store, NOW + 3 * MINUTE)
    fill(store)
    run(store, NOW + 4 * MINUTE)
    assert kept(store, made) == [("2026-03", "sent", 1)]
    assert len(mailbox.messages) == 1


def test_an_undo_brings_no_news_of_an_older_period(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    april = [nps(f"april {place}", None, "2026-04-30", 0) for place in range(50)]
    version = take(store, feedback=april).import_id
    made = make(store, alert(rule("below", 30)), setup, NOW)
    run(store, NOW)
    store.undo(version)
    assert run(store, NOW + MINUTE) == []
    take(store, feedback=april)
    run(store, NOW + 2 * MINUTE)
    assert kept(store, made) == [("2026-04", "sent", 1)]
    assert len(mailbox.messages) == 1


def test_the_next_period_is_told_again(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(rule("below", 30)), setup, NOW)
    run(store, NOW)
    take(store, feedback=[nps(f"april {place}", None, "2026-04-30", 0) for place in range(50)])
    run(store, NOW + MINUTE)
    assert {(period, status) for period, status, _ in kept(store, made)} == {("2026-03", "sent"), ("2026-04", "sent")}


def test_a_server_that_fails_twice_gets_one_message(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(), setup, NOW)
    mailbox.answers += ["451 later", "421 later"]
    seen = []
    for minutes in range(40):
        seen += [(minutes, one.status) for one in run(store, NOW + minutes * MINUTE)]
    assert seen == [(0, "failed"), (1, "failed"), (6, "sent")]
    assert len(mailbox.messages) == 1
    assert kept(store, made) == [("2026-03", "sent", 3)]


def test_after_five_attempts_it_is_given_up_until_somebody_asks(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(), setup, NOW)
    mailbox.answers += ["451 later"] * 5
    for minutes in range(0, 1000, 5):
        run(store, NOW + minutes * MINUTE)
    assert kept(store, made) == [("2026-03", "gave up", 5)]
    book.again(store, made.id, "2026-03")
    run(store, NOW + 1001 * MINUTE)
    assert kept(store, made) == [("2026-03", "sent", 1)]
    with pytest.raises(RapportError, match="nothing to send again"):
        book.again(store, made.id, "2026-03")


def test_what_cannot_help_is_not_tried_again(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(), setup, NOW)
    mailbox.answers.append("550 no")
    for minutes in range(0, 400, 10):
        run(store, NOW + minutes * MINUTE)
    assert kept(store, made) == [("2026-03", "gave up", 1)]


def test_a_failure_whose_cause_is_gone_tells_nothing(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(rule("below", 30)), setup, NOW)
    mailbox.answers.append("451 later")
    run(store, NOW)
    take(store, feedback=[nps(f"late {place}", None, "2026-03-20", 10) for place in range(9000)])
    assert [one.status for one in run(store, NOW + 5 * MINUTE)] == ["quiet"]
    assert mailbox.messages == []
    assert kept(store, made)[0][1] == "quiet"


class Killed(BaseException):
    """The process ends here."""


def test_a_crash_between_sending_and_sent_sends_nothing_again(
    store: Store, mailbox: Mailbox, setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(store, alert(), setup, NOW)

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(book, "settle", killed)
        with pytest.raises(Killed):
            run(store, NOW)
    assert kept(store, made) == [("2026-03", "sending", 1)]
    assert len(mailbox.messages) == 1
    run(store, NOW + BROKEN_AFTER - MINUTE)
    assert kept(store, made) == [("2026-03", "sending", 1)]
    for minutes in (10, 20, 600):
        run(store, NOW + minutes * MINUTE)
    assert kept(store, made) == [("2026-03", "unsure", 1)]
    assert str(book.deliveries(store)[0].error).startswith("Rapport stopped while it was sending")
    assert len(mailbox.messages) == 1


def test_a_broken_line_is_not_repeated(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(), setup, NOW)
    mailbox.answers.append("break")
    for minutes in (0, 10, 600):
        run(store, NOW + minutes * MINUTE)
    assert kept(store, made) == [("2026-03", "unsure", 1)]
    assert len(mailbox.messages) == 1


def test_two_workers_at_once_send_one_message(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(), setup, NOW)
    meet = threading.Barrier(4)
    outcomes: list[Delivery] = []
    item = due(store, NOW)[0]
    message, _version = running.compose(store, item, None, "")
    assert message is not None

    def work() -> None:
        meet.wait()
        done = deliver.deliver(store, made, item.period.code, message, setup, NOW)
        if done:
            outcomes.append(done)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.status for one in outcomes] == ["sent"]
    assert len(mailbox.messages) == 1


def test_two_whole_runs_at_once_send_each_alert_once(store: Store, hook: Receiver, setup: Setup) -> None:
    for place in range(3):
        make(store, alert(rule("below", 30), channel="json", target=target_of(f"{hook.address}/{place}")), setup, NOW)
    meet = threading.Barrier(2)
    hook.before_answer = lambda: threading.Event().wait(0.05)

    def work() -> None:
        meet.wait()
        run(store, NOW)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(call.path for call in hook.calls) == ["/0", "/1", "/2"]


def test_one_alert_that_fails_stops_no_other(
    store: Store, mailbox: Mailbox, setup: Setup, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, good = (make(store, alert(name=name), setup, NOW) for name in ("a", "b"))
    judge = running.judged

    def failing(snap: Any, what: Any, period: Any) -> Any:
        if failing.calls == 0:  # type: ignore[attr-defined]
            failing.calls = 1  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return judge(snap, what, period)

    failing.calls = 0  # type: ignore[attr-defined]
    monkeypatch.setattr(running, "judged", failing)
    run(store, NOW)
    assert kept(store, broken) == [("2026-03", "failed", 1)]
    assert kept(store, good) == [("2026-03", "sent", 1)]
    assert "ZeroDivisionError" in caplog.text


def test_what_is_logged_names_its_fields(
    store: Store, hook: Receiver, setup: Setup, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "rapport.alerts")

    def explodes(*_: object) -> None:
        raise ZeroDivisionError

    make(store, alert(channel="json", target=target_of(hook.address)), setup, NOW)
    run(store, NOW)
    make(store, alert(channel="json", target=target_of(hook.address)), setup, NOW)
    with monkeypatch.context() as broken:
        broken.setattr(channels, "send", explodes)
        run(store, NOW)
    make(store, alert(channel="json", target=target_of(hook.address)), setup, NOW)
    monkeypatch.setattr(running, "judged", explodes)
    run(store, NOW)
    fields = ("event", "alert", "period", "status", "error")
    told = [json.loads(line(record)) for record in caplog.records]
    assert [tuple(entry.get(name) for name in fields) for entry in told] == [
        ("An alert was handled", 1, "2026-03", "sent", None),
        ("An alert met a fault while it was sent", 2, None, None, "ZeroDivisionError"),
        ("An alert was handled", 2, "2026-03", "unsure", None),
        ("An alert met a fault while it was judged", 3, "2026-03", None, "ZeroDivisionError"),
    ]


def test_a_scope_is_honoured_whatever_the_rule_asks(store: Store, hook: Receiver, setup: Setup) -> None:
    whole = rule("above", -100, clearly=False)
    for scope in (NORTH, EVERYBODY):
        make(store, alert(whole, channel="json", target=target_of(hook.address), scope=scope), setup, NOW)
    run(store, NOW)
    assert [call.body["n"] for call in hook.calls] == [50, 101]
    assert [call.body["segment"] for call in hook.calls] == [{"region": ["North"]}, {}]
    assert [call.body["title"].partition(" still")[0] for call in hook.calls] == ["NPS (North)", "NPS"]
    south = rule("above", -100, clearly=False, segment=Segment(region=("South",)))
    blocked = make(store, alert(south, channel="json", target=target_of(hook.address), scope=NORTH), setup, NOW)
    run(store, NOW)
    assert kept(store, blocked) == [("2026-03", "quiet", 0)]
    assert len(hook.calls) == 2


def test_a_stopped_alert_tells_nothing(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(), setup, NOW)
    book.stop(store, made.id, NOW)
    assert run(store, NOW) == []
    assert book.alert(store, made.id).stopped_at == NOW
    assert not book.any_active(store)
    with pytest.raises(RapportError, match="There is no alert 99"):
        book.stop(store, 99, NOW)


def test_a_page_is_sent_for_each_finished_period(
    store: Store, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAPPORT_ADDRESS", "https://r.example.com/")
    what = Subscription("nps", {"region": ["North"], "by": ["tier"]})
    made = make(store, alert(what, name="每月 NPS", language="zh", scope=NORTH), Setup.read(), NOW)
    drawn = Drawn()
    run(store, NOW, drawn)
    run(store, NOW + MINUTE, drawn)
    dates = {"from": ["2026-03-01"], "to": ["2026-03-31"], "as_of": ["2026-03-31"], "vs": ["before"]}
    assert drawn.asked == [("nps", {"region": ["North"], "by": ["tier"], **dates}, "zh", NORTH)]
    (mail,) = mailbox.messages
    assert mail["Subject"] == "每月 NPS（North），2026年3月：NPS fell"
    (page,) = mail.iter_attachments()
    assert (page.get_filename(), page.get_content().strip()) == ("nps-2026-03.html", "<h1>NPS fell</h1>")
    text = mail.get_body(("plain",))
    assert text is not None and "https://r.example.com/nps?" in text.get_content()
    assert kept(store, made) == [("2026-03", "sent", 1)]


def test_a_webhook_gets_title_and_link_of_a_page(store: Store, hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_ADDRESS", "https://r.example.com")
    what = alert(Subscription("overview"), name="Monthly", channel="json", target=target_of(hook.address))
    make(store, what, Setup.read(), NOW)
    run(store, NOW, Drawn())
    (call,) = hook.calls
    assert call.body["title"] == "Monthly, Mar 2026: NPS fell"
    assert call.body["link"].startswith("https://r.example.com/?vs=before&from=2026-03-01")
    assert "<h1>" not in str(call.body)


def test_without_a_renderer_a_page_waits(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(Subscription("nps")), setup, NOW)
    assert [str(one.error) for one in run(store, NOW)] == ["This page cannot be drawn here; the running app sends it."]
    run(store, NOW + 5 * MINUTE, Drawn())
    assert kept(store, made) == [("2026-03", "sent", 2)]


def test_a_test_message_is_sent_and_kept_apart(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    made = make(store, alert(rule("above", 90)), setup, NOW)
    outcome = running.test(store, made.id, NOW)
    assert outcome.status == "sent"
    assert mailbox.messages[0]["Subject"] == "Test of “NPS” from Rapport"
    mailbox.answers.append("451 later")
    assert running.test(store, made.id, NOW + MINUTE).status == "gave up"
    run(store, NOW + 100 * MINUTE)
    assert len(mailbox.messages) == 1
    with pytest.raises(RapportError, match="just now"):
        running.test(store, made.id, NOW + MINUTE)


def test_no_secret_is_logged_or_kept(
    store: Store, hook: Receiver, setup: Setup, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "t0ps3cret"
    target = target_of(f"{hook.address}/hook/{secret}?access_token={secret}", secret)
    for channel, answer in (
        ("dingtalk", b'{"errcode":310000,"errmsg":"t0ps3cret"}'),
        ("json", None),
        ("feishu", b"t0ps3cret"),
    ):
        hook.answers.append(None if answer is None else (200, answer))
        make(store, alert(channel=channel, target=target), setup, NOW)
    hook.answers.append((503, secret.encode()))
    make(store, alert(channel="slack", target=target), setup, NOW)

    def explodes(channel: str, *_: object) -> None:
        raise ValueError(target)

    run(store, NOW)
    monkeypatch.setattr(channels, "send", explodes)
    make(store, alert(channel="json", target=target), setup, NOW)
    run(store, NOW)
    assert len(hook.calls) == 4
    with store.reading() as cursor:
        rows = str(cursor.execute("select * from deliveries").fetchall())
    assert secret not in rows
    assert secret not in caplog.text
    assert "5" in rows


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"target": "nobody"}, "is no e-mail address"),
        ({"channel": "fax"}, "There is no channel “fax”"),
        ({"channel": "slack", "target": target_of("https://evil.example/x")}, "are not allowed"),
        ({"every": "year"}, "is no period"),
    ],
)
def test_what_could_not_be_sent_is_not_kept(
    store: Store, mailbox: Mailbox, setup: Setup, more: dict[str, str], sentence: str
) -> None:
    with pytest.raises(RapportError, match=sentence):
        make(store, alert(**more), setup, NOW)
    assert book.alerts(store) == []


def test_what_is_kept_is_read_back(store: Store, mailbox: Mailbox, setup: Setup) -> None:
    first = make(
        store, alert(rule("changed", None, segment=NORTH), scope=NORTH, maker="ada", language="zh"), setup, NOW
    )
    second = make(store, alert(Subscription("nps", {"by": ["tier"]}), every="week"), setup, NOW)
    assert book.alerts(store) == [second, first]
    assert (first.id, second.id) == (1, 2)
    assert [period and period.code for period in (period_of(one, _extent(store)) for one in (first, second))] == [
        "2026-03",
        "2026-W13",
    ]
    assert isinstance(due(store, NOW)[0], Due)


def _extent(store: Store):
    with store.snapshot() as snap:
        return snap.extent()
