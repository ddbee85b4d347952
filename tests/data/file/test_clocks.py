"""Planned backups when the clock is wrong: it jumps ahead, back, or stands in another century. The plan goes by what is older than now."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data import person
from data.file import space
from data.settings import Settings
from data.store import backups, condition
from data.store.backups import Keeper
from data.store.store import Store
from tests.data.file.full import files_up_to
from tests.data.rows import order, take

NOW = dt.datetime(2026, 3, 10, 12)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "s.duckdb") as opened:
        take(opened, orders=[order(str(i), f"c{i % 7}", "2026-01-01", 1.0) for i in range(50)])
        yield opened


def keeper(store: Store, tmp_path: Path, *, keep: int = 3) -> Keeper:
    """One whose thread ends at once: the clock is ours."""
    settings = replace(Settings.read(), backup_dir=tmp_path / "backups", backup_hours=24, backup_keep=keep)
    made: Keeper = Keeper.__new__(Keeper)
    made._store, made._settings = store, settings
    made._not_before = made._rewrite_after = made._now = dt.datetime(1970, 1, 1)
    made._rewrite_wait = dt.timedelta()
    return made


def days(tmp_path: Path) -> list[str]:
    return sorted(path.name[8:18] for path in (tmp_path / "backups").glob("*.duckdb"))


def march(*numbers: int) -> list[str]:
    return [f"2026-03-{number:02}" for number in numbers]


# times at which the clock is looked at, in days after NOW → days of the backups that are there afterwards, with three to keep
CLOCKS: dict[str, tuple[list[float], list[str]]] = {
    "never looked at": ([], []),
    "right": ([0, 0.5, 1, 2, 3, 4], march(12, 13, 14)),
    "ahead for a moment": ([0, 1754, 1, 2, 3, 4], [*march(12, 13, 14), "2030-12-28"]),
    "ahead at first": ([1754, 0, 1, 2, 3, 4], [*march(12, 13, 14), "2030-12-28"]),
    "ahead twice": ([0, 400, 1, 800, 2, 3, 4], [*march(12, 13, 14), "2027-04-14", "2028-05-18"]),
    "ahead, and time has come there": ([0, 30, 1, 2, 31, 32], ["2026-04-09", "2026-04-10", "2026-04-11"]),
    "back for a moment": ([0, 1, -4000, 2, 3], march(11, 12, 13)),
    "back at first": ([-20000, 0, 1, 2], march(10, 11, 12)),
    "back for good": ([0, 1, 2, -3, -2, -1.5, -1], [*march(7, 8, 9), *march(10, 11, 12)]),
    "back by an hour, in autumn": ([0, 1, 1 - 1 / 24, 2, 3], march(11, 12, 13)),
    "to and fro": ([0, 1, 0, 1, 0, 1, 2], march(10, 11, 12)),
    "stopped": ([0, 0, 0, 0], march(10)),
}


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("clock", CLOCKS)
def test_the_plan_goes_by_what_is_older_than_now(store: Store, tmp_path: Path, clock: str, restarts: bool) -> None:
    times, expected = CLOCKS[clock]
    keeping = keeper(store, tmp_path)
    for days_later in times:
        if restarts:
            keeping = keeper(store, tmp_path)
        keeping._keep_plan(NOW + DAY * days_later)
    assert days(tmp_path) == expected


def test_a_moment_in_the_future_does_not_stop_the_backups_of_a_month(store: Store, tmp_path: Path) -> None:
    keeper(store, tmp_path)._keep_plan(dt.datetime(2031, 1, 1, 3))
    keeping = keeper(store, tmp_path, keep=7)
    made = set()
    for hour in range(30 * 24):
        keeping._keep_plan(NOW + HOUR * hour)
        made |= {*days(tmp_path)}
    assert len(made) == 31


def test_a_backup_of_the_future_is_named_in_the_log_and_among_what_needs_looking_after(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeping = keeper(store, tmp_path)
    keeping._keep_plan(dt.datetime(2031, 1, 1, 3))
    keeping._keep_plan(NOW)
    assert "The backup rapport-2031-01-01-030000.duckdb is dated in the future" in caplog.text
    (said,) = condition.warnings(store, keeping._settings, NOW)
    assert "rapport-2031-01-01-030000.duckdb is dated in the future" in str(said)
    assert condition.warnings(store, keeping._settings, dt.datetime(2031, 1, 1, 3)) == []


def test_what_waits_for_room_is_said_and_done_once_there_is(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping = keeper(store, tmp_path)
    with monkeypatch.context() as full:
        full.setattr(space, "free_bytes", lambda _: 1_200_000)
        assert not person.erase(store, "c1").gone
        keeping._rewrite_when_due(NOW)
        (said,) = condition.warnings(store, keeping._settings, NOW)
        assert "the bytes of people who were erased" in str(said)
        assert "1 MB are free" in str(said)
    keeping._rewrite_when_due(NOW + dt.timedelta(minutes=14))
    assert store.rewrite_is_due()
    keeping._rewrite_when_due(NOW + dt.timedelta(minutes=15))
    assert not store.rewrite_is_due()
    assert condition.warnings(store, keeping._settings, NOW) == []


def test_after_each_failure_the_file_is_written_anew_half_as_often_down_to_once_a_day(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping = keeper(store, tmp_path)
    tried: list[int] = []  # minutes
    ends = iter([False] * 9 + [True] + [False] * 2)
    monkeypatch.setattr(store, "rewrite_is_due", lambda: True)
    monkeypatch.setattr(store, "rewrite", lambda: (tried.append(minute), next(ends))[1])
    for minute in range(0, 6 * 24 * 60, 5):
        keeping._rewrite_when_due(NOW + dt.timedelta(minutes=minute))
        if len(tried) == 12:
            break
    waits = [later - earlier for earlier, later in itertools.pairwise(tried)]
    assert waits == [15, 30, 60, 120, 240, 480, 960, 1440, 1440, 15, 15]


def test_a_clock_that_was_set_back_does_not_put_off_the_rewriting(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping = keeper(store, tmp_path)
    tried: list[int] = []
    monkeypatch.setattr(store, "rewrite_is_due", lambda: True)
    monkeypatch.setattr(store, "rewrite", lambda: bool(tried.append(1)))
    keeping._rewrite_when_due(NOW)
    keeping._rewrite_when_due(NOW - dt.timedelta(hours=1))
    assert len(tried) == 2


def test_a_start_without_room_for_the_rewriting_opens_and_the_next_one_does_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store.duckdb"
    with Store.open(path) as store:
        take(store, orders=[order(str(i), f"c{i % 7}", "2026-01-01", 1.0) for i in range(50)])
        with monkeypatch.context() as full:
            full.setattr(space, "free_bytes", lambda _: 1_200_000)
            assert not person.erase(store, "c1").gone
    for limit in (0, 20_000, 300_000):
        with files_up_to(limit), Store.open(path) as store:
            assert store.rewrite_is_due()
            assert store.imports().height == 1
    assert "could not be written anew" in caplog.text
    with Store.open(path) as store:
        assert not store.rewrite_is_due()
    assert b"c1" not in path.read_bytes()
    assert [each.name for each in tmp_path.iterdir()] == ["store.duckdb"]


def test_an_app_that_starts_clears_parts_of_copies_and_tells_who_waits(store: Store, tmp_path: Path) -> None:
    folder, asked = tmp_path / "backups", backups.requests(store.path)
    for each in (folder, asked):
        each.mkdir()
    for name in ("rapport-2026-03-01-120000.duckdb.partial", "rapport-2026-03-01-120000.duckdb.0a1b2c3d.partial.wal"):
        (folder / name).touch()
    (folder / "mine.partial").touch()
    for name in ("a.taken", "a.duckdb.0a1b2c3d.partial", "b.taken", "b.duckdb", "c.request"):
        (asked / name).touch()
    keeper(store, tmp_path)._clear_away(NOW)
    assert {path.name for path in folder.iterdir()} == {"mine.partial", "rapport-2026-03-01-120000.duckdb.partial"}
    assert {path.name for path in asked.iterdir()} == {"a.taken", "a.failed", "b.taken", "b.duckdb", "c.request"}
    assert (asked / "a.failed").read_text() == "The app was stopped while it wrote the copy. Run the command again."


def test_a_backup_without_room_blames_no_good_file(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(backups, "LOOK_SECONDS", 0.05)
    target = tmp_path / "target" / "backup.duckdb"
    target.parent.mkdir()
    for limit in (0, 20_000, 300_000, None):
        with files_up_to(limit) if limit is not None else monkeypatch.context() as full:
            if full:
                full.setattr(space, "free_bytes", lambda _: 1000)
            with pytest.raises(space.NoRoom, match="MB are free"):
                store.backup(target)
    assert list(target.parent.iterdir()) == []
    assert store.imports().height == 1
    store.backup(target)
