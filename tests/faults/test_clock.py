"""A clock that jumps, forward or back: nothing waits for a time that will not come, and nothing that ended begins again."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data.alerts import book
from data.alerts.book import Delivery
from data.people import links, sign_ins
from data.people.links import Link, LinkError
from data.settings import Settings
from data.store.backups import Keeper
from data.store.store import Store
from tests.faults.bases import ALERT

pytestmark = pytest.mark.faults

NOW = dt.datetime(2026, 7, 1, 9)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
YEARS = 3653 * DAY
PERIOD = "2026-06"
# Where the clock stood when something was done, and how it went on from NOW.
JUMPS = {
    "none": NOW,
    "a minute ahead": NOW + MINUTE,
    "summer time": NOW + HOUR,
    "winter time": NOW - HOUR,
    "a day ahead": NOW + DAY,
    "a day behind": NOW - DAY,
    "a month ahead": NOW + 31 * DAY,
    "ten years ahead": NOW + YEARS,
    "ten years behind": NOW - YEARS,
    "the end of the century": dt.datetime(2099, 12, 31),
    "the first day of Unix": dt.datetime(1970, 1, 1),
}
each_jump = pytest.mark.parametrize("then", JUMPS.values(), ids=JUMPS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "rapport.duckdb") as opened:
        yield opened


@each_jump
def test_a_failed_delivery_is_tried_again_after_its_wait(store: Store, then: dt.datetime) -> None:
    number = book.add(store, ALERT, then).id
    assert book.claim(store, number, PERIOD, then) == 1
    book.settle(store, Delivery(number, PERIOD, "failed", 1, "", None, then))
    later = max(then, NOW) + 2 * MINUTE if then <= NOW + MINUTE else NOW + 2 * MINUTE
    assert book.claim(store, number, PERIOD, later) == 2


@each_jump
def test_a_delivery_that_was_broken_off_is_closed_and_not_sent_twice(store: Store, then: dt.datetime) -> None:
    number = book.add(store, ALERT, then).id
    book.claim(store, number, PERIOD, then)
    for step in range(3):
        book.close_broken(store, NOW + book.BROKEN_AFTER + step * HOUR)
        book.claim(store, number, PERIOD, NOW + step * HOUR)
    assert [each.status for each in book.deliveries(store, number)] == ["unsure"]


@each_jump
def test_a_delivery_that_was_sent_is_not_sent_again(store: Store, then: dt.datetime) -> None:
    number = book.add(store, ALERT, then).id
    book.claim(store, number, PERIOD, then)
    book.settle(store, Delivery(number, PERIOD, "sent", 1, "told", None, then))
    assert [book.claim(store, number, PERIOD, when) for when in (NOW, *JUMPS.values())] == [None] * (1 + len(JUMPS))


@each_jump
def test_a_sign_in_that_ended_stays_ended(tmp_path: Path, then: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rapport.duckdb"
    with Store.open(path) as store:
        sign_ins.end(store, "somebody")
        monkeypatch.setattr(sign_ins.dt, "datetime", clock(then))
        sign_ins.end(store, "somebody else")  # with the clock as it stands then
    monkeypatch.setattr(sign_ins, "_known", {})
    with Store.open(path) as store:
        assert sign_ins.ended(store, "somebody")
        assert sign_ins.ended(store, "somebody else")


def clock(now: dt.datetime) -> type[dt.datetime]:
    """The class of times, at this moment."""

    class At(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]  # noqa: ARG003
            return now

    return At


def test_the_newest_ended_sign_ins_are_kept_by_number(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "KEPT", 3)
    for name in "abcde":
        sign_ins.end(store, name)
    with store.reading() as cursor:
        kept = [name for (name,) in cursor.execute("select session from ended_sessions order by rowid").fetchall()]
    assert kept == ["c", "d", "e"]


@each_jump
def test_a_link_ends_on_its_day_whatever_the_clock_said_when_it_was_made(store: Store, then: dt.datetime) -> None:
    public = Link("public", "nps", {}, "ada@example.com", then, expires_at=NOW)
    made = links.make(store, public)
    token = links.token(store, made)
    assert links.find(store, token, now=NOW - MINUTE).id == made.id
    for now in (NOW, NOW + YEARS):
        with pytest.raises(LinkError):
            links.find(store, token, now=now)
    links.revoke(store, made.id, now=then)
    for now in (NOW - YEARS, NOW, *JUMPS.values()):
        with pytest.raises(LinkError):
            links.find(store, token, now=now)


@each_jump
def test_backups_go_on_after_the_clock_was_elsewhere(
    store: Store, tmp_path: Path, then: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One backup is made with the clock as it stood then; with the right time there is one a day again, at once after a day at most,
    and those made with the right time are not the ones to go."""
    settings = replace(Settings.read(), backup_dir=tmp_path / "backups", backup_hours=24, backup_keep=3)
    monkeypatch.setattr("data.store.backups.threading.Thread.start", lambda _thread: None)
    keeper = Keeper(store, settings)
    keeper._keep_plan(then)
    for hour in range(6 * 24):
        keeper._keep_plan(NOW + hour * HOUR)
    names = sorted(path.name for path in (tmp_path / "backups").iterdir())
    made = [name for name in names if (NOW - HOUR).strftime("rapport-%Y-%m-%d-%H") <= name < "rapport-2026-07-08"]
    right = [day for day in range(1, 8) if any(name.startswith(f"rapport-2026-07-{day:02}") for name in made)]
    assert len(right) >= settings.backup_keep - (then > NOW)
    assert right[-1] >= 6
