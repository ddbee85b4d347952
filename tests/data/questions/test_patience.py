"""A question that takes too long is cut off with one sentence; it leaves the store as it was, and no answer behind."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import narwhals.stable.v2 as nw
import polars as pl
import pytest

from data.errors import RapportError
from data.people.access import LOCAL, Access
from data.questions import patience
from data.questions.patience import Abandoned, TooLong
from data.store.snapshot import Snapshot
from data.store.store import Store

# A hundred days of work for the engine.
ENDLESS = "select sum(a.range * b.range) as s from range(10_000_000) a, range(10_000_000) b"
SOON, LATE = 0.2, 60.0


def over_and_over(cursor: duckdb.DuckDBPyConnection) -> None:
    """Many short statements: an interrupt between two of them is lost."""
    while True:
        cursor.execute("select 1").fetchall()


ASKED: dict[str, Callable[[duckdb.DuckDBPyConnection], object]] = {
    "fetched": lambda cursor: cursor.execute(ENDLESS).fetchall(),
    "as a frame": lambda cursor: cursor.sql(ENDLESS).pl(),
    "in batches": lambda cursor: cursor.sql(ENDLESS).to_arrow_reader().read_all(),
    "by Narwhals": lambda cursor: nw.from_native(cursor.sql(ENDLESS)).collect("polars"),
    "sorted": lambda cursor: cursor.execute(f"select * from ({ENDLESS}) order by s").fetchall(),
    "into a table": lambda cursor: cursor.execute(f"create temp table t as {ENDLESS}"),
    "over and over": over_and_over,
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "s.duckdb") as opened:
        yield opened


@pytest.mark.parametrize("name", ASKED)
def test_what_takes_too_long_is_cut_off_and_the_store_goes_on(name: str, store: Store) -> None:
    started = time.monotonic()
    with pytest.raises(TooLong) as cut, Access(store, LOCAL, SOON).snapshot() as snap:
        ASKED[name](snap.cursor)
    assert time.monotonic() - started >= SOON
    assert str(cut.value).startswith("This question took more than 0.2 seconds and was cut off.")
    with Access(store, LOCAL, LATE).snapshot() as snap:
        assert snap.version == 0
    with store.noting() as cursor:
        cursor.execute("create temp table t as select 1")


@pytest.mark.parametrize("name", ASKED)
def test_what_nobody_waits_for_is_given_up(name: str, store: Store) -> None:
    asking = threading.Event()
    found: list[BaseException] = []

    def ask() -> None:
        try:
            with Access(store, LOCAL, LATE).snapshot() as snap:
                asking.set()
                ASKED[name](snap.cursor)
        except RapportError as error:
            found.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    asking.wait(LATE)
    patience.abandon(threading.get_ident())  # of another thread: nothing
    assert thread.is_alive()
    patience.abandon(thread.ident or 0)
    thread.join(LATE)
    assert [type(error) for error in found] == [Abandoned]


def test_one_question_that_is_cut_off_leaves_the_others_alone(store: Store) -> None:
    with Access(store, LOCAL, LATE).snapshot() as other:
        with pytest.raises(TooLong), Access(store, LOCAL, SOON).snapshot() as snap:
            snap.cursor.execute(ENDLESS).fetchall()
        assert other.cursor.execute("select 42").fetchall() == [(42,)]


def test_what_ends_in_time_is_left_alone(store: Store) -> None:
    with Access(store, LOCAL, SOON).snapshot() as snap:
        assert snap.cursor.execute("select 42").fetchall() == [(42,)]
    time.sleep(2 * SOON)
    with Access(store, LOCAL, LATE).snapshot() as snap:
        assert snap.cursor.execute("select 42").fetchall() == [(42,)]


def test_an_answer_that_came_late_is_an_answer(store: Store) -> None:
    with Access(store, LOCAL, SOON).snapshot():
        time.sleep(2 * SOON)


@pytest.mark.parametrize("error", [RapportError("another sentence"), KeyError("a fault")])
def test_an_error_of_another_kind_stays_what_it_is(error: Exception, store: Store) -> None:
    with pytest.raises(type(error)) as raised, Access(store, LOCAL, LATE).snapshot():
        raise error
    assert raised.value is error


def test_a_sentence_that_came_late_stays_what_it_is(store: Store) -> None:
    with pytest.raises(RapportError, match="another sentence"), Access(store, LOCAL, SOON).snapshot():
        time.sleep(2 * SOON)
        raise RapportError("another sentence")


def test_without_a_limit_nothing_is_cut_off(store: Store) -> None:
    def slow(snap: Snapshot, _question: object) -> pl.DataFrame:
        time.sleep(2 * SOON)
        return snap.cursor.sql("select 42 as n").pl()

    assert Access(store, LOCAL).table(0, slow, None)["n"].to_list() == [42]  # type: ignore[arg-type]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> patience._Watch:
    """One that has not begun to look."""
    fresh = patience._Watch()
    monkeypatch.setattr(patience, "_watch", fresh)
    return fresh


def is_cut_off(store: Store) -> None:
    with pytest.raises(TooLong), Access(store, LOCAL, SOON).snapshot() as snap:
        snap.cursor.execute(ENDLESS).fetchall()


class Cursor:
    """One whose interrupt fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.met = threading.Event()
        self.by: threading.Thread | None = None

    def interrupt(self) -> None:
        self.by = threading.current_thread()
        self.met.set()
        raise self.error


def test_where_no_thread_can_be_started_the_next_question_is_cut_off(store: Store, watch, monkeypatch) -> None:
    def none_left(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", none_left)
        with pytest.raises(RuntimeError, match="can't start"), Access(store, LOCAL, LATE).snapshot():
            pass
    assert (watch._asked, watch._looking) == (set(), False)
    with Access(store, LOCAL, LATE).snapshot():
        assert watch._looking


def test_a_cursor_that_was_closed_keeps_no_other_question_from_being_cut_off(store: Store, watch) -> None:
    closed = duckdb.connect()
    closed.close()
    for cursor in (closed, Cursor(duckdb.ConnectionException("closed"))):
        with patience.patience(cursor, 0.0):  # type: ignore[arg-type]
            is_cut_off(store)
    assert watch._looking


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_should_the_look_fail_the_next_question_begins_another(watch) -> None:
    faulty = Cursor(ZeroDivisionError())
    with patience.patience(faulty, 0.0):  # type: ignore[arg-type]
        assert faulty.met.wait(LATE)
    assert faulty.by
    faulty.by.join(LATE)  # what it raised is told while this test runs, not to the one after it
    assert not watch._looking
    again = Cursor(duckdb.ConnectionException("closed"))
    with patience.patience(again, 0.0):  # type: ignore[arg-type]
        assert again.met.wait(LATE)
