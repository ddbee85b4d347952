"""The page of alerts: making, seeing, testing and stopping them; who may; and the thread of the app."""

import datetime as dt
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.alerts import book, run, watcher
from data.alerts.channels import Setup
from data.alerts.channels.webhook import target_of
from data.alerts.making import make
from data.alerts.office import Office
from data.alerts.rules import Rule, Subscription, check
from data.alerts.watcher import Watcher
from data.alerts.words import links
from data.errors import RapportError
from data.people.access import LOCAL, Access, Forbidden, Person, Role
from data.segment import Segment
from data.settings import SETTINGS
from data.store.store import Store
from metrics.catalogue import WATCHED
from pages.frame import alerting, offscreen
from pages.frame.registry import ENTRIES
from pages.shared.words.texts import speaking
from tests.data.alerts.conftest import NOW, alert, fill, rule
from tests.data.alerts.servers import Receiver, receiver
from tests.pages.conftest import OPENED, go, words
from tests.pages.linking import signed_in

Open = Callable[..., AppTest]
NORTH, SOUTH = Segment(region=("North",)), Segment(region=("South",))
SECRET = "t0ps3cret"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


class Still:
    """In the place of the thread: counts how often one would have been started."""

    started = 0
    running = True

    def __init__(self, *_: object) -> None:
        pass

    def start(self) -> None:
        Still.started += 1


@pytest.fixture(autouse=True)
def no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test runs the alerts itself, whenever it likes."""
    monkeypatch.setattr(alerting, "Watcher", Still)
    monkeypatch.setattr(Still, "started", 0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("alerts") / "a.duckdb"
    with Store.open(path) as store:
        fill(store)
    return path


@pytest.fixture
def db(made: Path, tmp_path: Path) -> Path:
    """Three months of NPS by region, and no alert."""
    return Path(shutil.copy(made, tmp_path / "a.duckdb"))


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiver() as kept:
        monkeypatch.setenv("RAPPORT_WEBHOOK_HOSTS", kept.address)
        yield kept


def by_hook(hook: Receiver, **more: object):
    return alert(channel="json", target=target_of(f"{hook.address}/{SECRET}/3f9c"), **more)


def field(app: AppTest, kind: str, name: str):
    """The widget of the form whose key holds the name."""
    (found,) = [widget for widget in getattr(app, kind) if f"alert.new.{name}." in str(widget.key)]
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_data_it_leads_to_the_upload(open_app: Open, tmp_path: Path, language: str) -> None:
    app = open_app(tmp_path / "empty.duckdb", "alerts", lang=language)
    assert app.button(key="alerts.upload")
    assert not app.exception


def test_without_a_mail_server_an_administrator_learns_what_to_set(
    open_app: Open, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(db, "alerts")
    assert "RAPPORT_" not in words(app), "the inbox needs nothing"
    field(app, "selectbox", "channel").set_value("slack").run()
    said = words(app)
    assert "For e-mail an administrator sets `RAPPORT_SMTP_URL` and `RAPPORT_MAIL_FROM`." in said
    assert "RAPPORT_ADDRESS" in said
    assert "Webhooks may go to" in said
    signed_in(monkeypatch, Person("bo@example.com", Role.ANALYST))
    app = open_app(db, "alerts")
    field(app, "selectbox", "channel").set_value("slack").run()
    assert "Webhooks may go to" in words(app)
    assert "RAPPORT_" not in words(app), "who cannot set it is not told of it"


def test_a_setting_that_cannot_be_read_is_a_sentence(open_app: Open, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_SMTP_URL", f"smtp://u:{SECRET}@h:x")
    app = open_app(db, "alerts")
    assert not app.exception
    assert "RAPPORT" in app.error[0].value
    assert SECRET not in words(app)


def test_the_preview_says_how_often_it_would_have_been_told(open_app: Open, db: Path) -> None:
    app = open_app(db, "alerts")
    assert "With this rule you would have been notified 1 time in the last 3 periods." in words(app)
    field(app, "number_input", "limit.nps.nps").set_value(-90.0).run()
    assert "you would not have been notified in any of the last 3 periods" in words(app)
    field(app, "segmented_control", "condition.nps.nps").set_value("changed").run()
    assert "With this rule you would have been notified 1 time in the last 3 periods." in words(app)


def test_a_rule_is_made_and_told(open_app: Open, db: Path, hook: Receiver) -> None:
    app = open_app(db, "alerts")
    field(app, "selectbox", "channel").set_value("json").run()
    field(app, "text_input", "url.json").set_value(f"{hook.address}/{SECRET}/3f9c").run()
    field(app, "multiselect", "segment.region").set_value(["North"]).run()
    field(app, "text_input", "name").set_value("*North* <b>").run()
    field(app, "button", "make").click().run()
    assert not app.exception
    assert not app.error
    said = words(app)
    assert r"**\*North\* \<b\>**" in said
    assert SECRET not in said
    assert "Not checked yet" in said
    store = OPENED["store"]
    (kept,) = book.alerts(store)
    assert isinstance(kept.what, Rule)
    assert (kept.name, kept.what.asked.segment, kept.language) == ("*North* <b>", NORTH, "en")
    run.run(store, NOW)
    (call,) = hook.calls
    assert call.body["value"] == pytest.approx(-60)
    app.run()
    assert app.title[0].value == "1 of 1 alert had something to report in its last period"
    assert "Mar 2026: sent" in words(app)
    (history,) = [frame.value for frame in app.dataframe if "Message" in frame.value.columns]
    assert history["State"].to_list() == ["sent"]
    assert history["Message"][0].startswith("NPS (North) fell below 30")


def test_an_address_that_is_not_allowed_keeps_nothing(open_app: Open, db: Path) -> None:
    with speaking("zh"):  # AppTest asks for the names of codes outside the page
        app = open_app(db, "alerts", lang="zh")
        field(app, "selectbox", "channel").set_value("slack").run()
        field(app, "text_input", "url.slack").set_value(f"https://evil.example/{SECRET}").run()
        field(app, "button", "make").click().run()
    assert "不允许向" in app.error[0].value
    assert SECRET not in app.error[0].value
    assert book.alerts(OPENED["store"]) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_alert_is_told_in_the_inbox_and_leads_to_its_number(open_app: Open, db: Path, language: str) -> None:
    with speaking(language):
        app = open_app(db, "alerts", lang=language)
        field(app, "multiselect", "segment.region").set_value(["North"]).run()
        field(app, "button", "make").click().run()
        assert not app.error
        (kept,) = book.alerts(store := OPENED["store"])
        assert (kept.channel, kept.target) == ("inbox", "")
        assert Office(Access(store, LOCAL)).unread() == 0
        (told,) = run.run(store, NOW)
        assert told.status == "sent"
        assert Office(Access(store, LOCAL)).unread() == 1
        app.run()
        said = words(app)
    assert {"en": "1 new message", "zh": "1 条新消息"}[language] in said
    title, first, *_more = told.message.split("\n")
    assert {"en": "NPS (North) fell below 30", "zh": "净推荐值（North）跌破 30"}[language] in title
    assert "60.0" in first
    (history,) = [
        frame.value for frame in app.dataframe if {"en": "Message", "zh": "消息"}[language] in frame.value.columns
    ]
    assert title in history.to_string(), "the history holds the title alone"
    assert first not in history.to_string()
    assert app.button(key="inbox.open.1.2026-03")
    with speaking(language):
        app.run()
    assert {"en": "Inbox", "zh": "收件箱"}[language] in words(app), "what was seen is no longer new"
    assert Office(Access(store, LOCAL)).unread() == 0


def test_an_alert_begins_with_whom_the_view_shows(open_app: Open, db: Path) -> None:
    app = go(open_app(db, "nps", region="North", lang="en"), "alerts")
    assert field(app, "multiselect", "segment.region").value == ["North"]
    field(app, "multiselect", "segment.region").set_value([]).run()
    assert field(app, "multiselect", "segment.region").value == []


def test_an_alert_from_a_definition_begins_with_its_number(open_app: Open, db: Path) -> None:
    app = open_app(db, "alerts")
    assert field(app, "selectbox", "metric.month").value == "nps"
    app.session_state["alert.about"] = "csat"
    assert field(app.run(), "selectbox", "metric.month").value == "csat"


def test_a_page_is_subscribed_to(open_app: Open, db: Path, hook: Receiver) -> None:
    app = open_app(db, "alerts")
    field(app, "segmented_control", "kind").set_value("page").run()
    field(app, "selectbox", "page").set_value("nps").run()
    field(app, "multiselect", "segment.region").set_value(["North"]).run()
    field(app, "selectbox", "channel").set_value("json").run()
    field(app, "text_input", "url.json").set_value(hook.address).run()
    field(app, "button", "make").click().run()
    (kept,) = book.alerts(OPENED["store"])
    assert kept.what == Subscription("nps", {"region": ["North"]})
    assert "Page NPS \\(North\\) · every month" in words(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_test_stop_and_send_again(open_app: Open, db: Path, hook: Receiver, language: str) -> None:
    with Store.open(db) as store:
        make(store, by_hook(hook), Setup.read(), NOW)
        hook.answers.append((404, b""))
        run.run(store, NOW)
    with speaking(language):
        _acts(open_app(db, "alerts", lang=language), hook, language)


def _acts(app: AppTest, hook: Receiver, language: str) -> None:
    assert "1" in app.title[0].value
    app.button(key="alert.again.1").click().run()
    run.run(OPENED["store"], NOW)
    assert len(hook.calls) == 2
    app.run()
    app.button(key="alert.test.1").click().run()
    assert hook.calls[2].body["kind"] == "test"
    assert app.success
    hook.answers.append((500, b""))
    time.sleep(1.1)  # a test message a second
    app.button(key="alert.test.1").click().run()
    assert "500" in app.error[0].value
    app.button(key="alert.stop.1").click().run()
    assert not app.exception
    assert not book.any_active(OPENED["store"])
    assert {"en": "No alert watches your numbers", "zh": "还没有提醒在关注您的指标"}[language] == app.title[0].value
    assert SECRET not in words(app)


def test_metrics_with_rows_offer_them(open_app: Open, db: Path) -> None:
    app = open_app(db, "alerts")
    for metric in ("retention", "tier_rates", "promoter_value", "score_mean", "tier_value", "lifecycle"):
        field(app, "selectbox", "metric.month").set_value(metric).run()
        assert not app.exception, metric
    assert "The data hold no tiers." not in words(app)
    field(app, "selectbox", "metric.month").set_value("tier_value").run()
    assert "The data hold no tiers." in words(app)
    assert field(app, "button", "make").disabled


def person(name: str, role: Role = Role.ANALYST, scope: Segment | None = None) -> Person:
    return Person(f"{name}@example.com", role, scope=scope or Segment())


def test_people_have_their_own_alerts(db: Path, hook: Receiver) -> None:
    """Who sees everybody sees all alerts; who is limited, those with the same limit; only their makers and administrators change them."""
    with Store.open(db) as store:

        def office(who: Person) -> Office:
            return Office(Access(store, who))

        ada, bo, eva = person("ada", Role.ADMINISTRATOR), person("bo"), person("eva", scope=NORTH)
        whole = office(bo).make(by_hook(hook), Setup.read(), NOW)
        limited = office(eva).make(by_hook(hook, scope=Segment(), maker="somebody else"), Setup.read(), NOW)
        assert (limited.maker, limited.scope, limited.segment) == ("eva@example.com", NORTH, NORTH)
        with pytest.raises(RapportError, match="none of these customers"):
            office(eva).make(by_hook(hook, what=rule("below", 30, segment=SOUTH)), Setup.read(), NOW)
        assert [one.id for one in office(eva).alerts()] == [limited.id]
        assert [one.id for one in office(bo).alerts()] == [limited.id, whole.id]
        run.run(store, NOW)
        assert {one.alert_id for one in office(eva).deliveries()} == {limited.id}
        assert {one.alert_id for one in office(ada).deliveries()} == {limited.id, whole.id}
        for who, number in ((eva, whole.id), (bo, limited.id)):
            for act in (
                lambda at, n: at.stop(n, NOW),
                lambda at, n: at.test(n, NOW),
                lambda at, n: at.again(n, "2026-03"),
            ):
                with pytest.raises(Forbidden):
                    act(office(who), number)
        office(ada).stop(limited.id, NOW)
        assert [one.id for one in book.active(store)] == [whole.id]
        with pytest.raises(Forbidden):
            office(Person("vi@example.com", Role.VIEWER))
        with store.reading() as cursor:
            rows = cursor.execute("select who, action, subject from audit order by rowid").fetchall()
    assert rows == [
        ("bo@example.com", "alert made", "1"),
        ("eva@example.com", "alert made", "2"),
        ("ada@example.com", "alert stopped", "2"),
    ]
    assert SECRET not in str(rows)


def test_links_lead_to_pages_and_options_that_there_are() -> None:
    known = {entry.code: {option.name: option for option in entry.options} for entry in ENTRIES}
    pages = {metric: links.page_of(alert(rule(metric=metric)).what.asked) for metric in WATCHED}  # type: ignore[union-attr]
    for metric, (page, params) in pages.items():
        assert page in known, metric
        assert all(known[page][name].allows(code) for name, (code,) in params.items()), metric
    assert ENTRIES[0].code == links.OVERVIEW
    for entry in ENTRIES:
        check("a", Subscription(entry.code), "month", "en")


# The thread of the app ------------------------------------------------------------------------------------------------


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_thread_runs_soon_after_an_import(db: Path, hook: Receiver) -> None:
    with Store.open(db) as store:
        make(store, by_hook(hook), Setup.read(), NOW)
        running = Watcher(store, None, clock=lambda: NOW, look_seconds=0.02, run_every_seconds=3600)
        running.start()
        until(lambda: len(hook.calls) == 1)
        make(store, by_hook(hook, name="later"), Setup.read(), NOW)
        time.sleep(0.2)
        assert len(hook.calls) == 1  # nothing new in the data, and the next round is an hour away
        fill(store, "2026-01")
        store.undo(1)
        fill(store, "2026-03")
        until(lambda: len(hook.calls) == 2)
        running.stop()
        assert not running.running


def test_the_thread_ends_with_its_store(db: Path) -> None:
    store = Store.open(db)
    store.close()
    running = Watcher(store, None, look_seconds=0.01)
    running.start()
    until(lambda: not running.running)


def test_what_goes_wrong_in_the_thread_stays_there(
    db: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rounds: list[dt.datetime] = []

    def failing(_store: Store, now: dt.datetime, _render: object) -> None:
        rounds.append(now)
        raise ZeroDivisionError

    monkeypatch.setattr(watcher, "run", failing)
    with Store.open(db) as store:
        running = Watcher(store, None, look_seconds=0.01, run_every_seconds=0)
        running.start()
        until(lambda: len(rounds) > 2)
        assert running.running
        running.stop()
        assert not running.running
    assert "ZeroDivisionError" in caplog.text


def test_the_thread_begins_with_the_first_alert(open_app: Open, db: Path, hook: Receiver) -> None:
    app = open_app(db, "history")
    assert Still.started == 0
    make(OPENED["store"], by_hook(hook), Setup.read(), NOW)
    app.run()
    app.run()
    assert Still.started == 1


def test_a_page_never_fails_for_the_thread(open_app: Open, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_store: Store) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(book, "any_active", failing)
    assert not open_app(db, "nps").exception


def test_a_page_is_drawn_for_nobody_in_particular(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def render(page, params, language, *, person, address):
        assert address == "https://r.example.com"
        asked.append((page, params, language, person))
        return "report"

    monkeypatch.setattr(offscreen, "render", render)
    monkeypatch.setenv("RAPPORT_ADDRESS", "https://r.example.com")
    assert alerting.render("nps", {"region": ["North"]}, "zh", NORTH).report == "report"
    ((page, params, language, who),) = asked
    assert (page, params, language) == ("nps", {"region": ["North"]}, "zh")
    assert who.scope == NORTH
    assert who != LOCAL
    assert not any(who.may(action) for action in ("comments", "customers", "change", "alerts"))
