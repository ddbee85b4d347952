"""While the file is written anew, notes wait. Nobody who waits so holds what a reader, a run or a message needs meanwhile."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data.errors import Busy
from data.people import audit, links, sign_ins
from data.people.links import LinkError
from data.store.store import Store
from tests.data.people.test_links import NOW, PINNED, PUBLIC

LATE = 60.0


class Noting:
    """The engine's lock, held by a rewrite until `over`; `waited` once somebody waits for it."""

    def __init__(self) -> None:
        self.lock, self.waited = threading.Lock(), threading.Event()
        self.lock.acquire()

    def acquire(self, timeout: float = -1) -> bool:
        self.waited.set()
        return self.lock.acquire(timeout=timeout)

    def release(self) -> None:
        self.lock.release()

    over = release

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "s.duckdb") as opened:
        yield opened


@contextmanager
def rewriting(store: Store) -> Iterator[Noting]:
    free, store._engine.noting = store._engine.noting, Noting()  # type: ignore[assignment]
    held: Noting = store._engine.noting  # type: ignore[assignment]
    try:
        yield held
    finally:
        held.over()
        store._engine.noting = free


def soon(work: Callable[[], object]) -> list[object]:
    """What the work gives; nothing when it never comes to an end."""
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    thread.join(5.0)
    return found


WRITERS: dict[str, Callable[[Store, str], object]] = {
    "sign-out": lambda store, _link: sign_ins.end(store, "bo"),
    "use of a link": lambda store, link: links.used(store, link, now=NOW),
    "new link": lambda store, _link: links.make(store, PINNED),
    "withdrawn link": lambda store, link: links.revoke(store, link, now=NOW),
    "note": lambda store, _link: audit.note(store, "ada", "upload"),
}
READERS: dict[str, Callable[[Store, str], object]] = {
    "who has signed out": lambda store, _token: sign_ins.ended(store, "ada"),
    "a link": lambda store, token: links.find(store, token, now=NOW).kind == "pinned",
    "all links": lambda store, _token: len(links.listing(store)) != 2,
    "what came since": lambda store, _token: links.came_since(store, 0) == {"import": 0, "undo": 1},
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("writer", WRITERS)
def test_who_waits_to_write_holds_up_no_reader(store: Store, writer: str, reader: str) -> None:
    made, other = links.make(store, PUBLIC), links.make(store, PUBLIC)
    token = links.token(store, made)
    sign_ins.end(store, "cy")
    with rewriting(store) as held:
        waits = threading.Thread(target=WRITERS[writer], args=(store, other.id), daemon=True)
        waits.start()
        assert held.waited.wait(LATE)
        found = soon(lambda: READERS[reader](store, token))
    waits.join(LATE)
    assert found == [False]


def test_a_sign_out_holds_before_it_is_written_and_after(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "WRITE_SECONDS", 0.0)
    with rewriting(store) as held:
        for name in ("ada", "bo", "ada"):
            sign_ins.end(store, name)
            assert sign_ins.ended(store, name)
        assert held.waited.wait(LATE)
    sign_ins._writing.submit(int).result(LATE)  # after the rows before it
    monkeypatch.setattr(sign_ins, "_known", {})
    assert [sign_ins.ended(store, name) for name in ("ada", "bo", "cy")] == [True, True, False]


def test_a_use_that_cannot_be_noted_in_time_leaves_nothing(store: Store) -> None:
    made = links.make(store, PUBLIC)
    with rewriting(store), pytest.raises(Busy):
        links.used(store, made.id, now=NOW, within=0.0)
    assert links.listing(store) == [made]
    links.used(store, made.id, now=NOW, within=LATE)
    assert links.listing(store)[0].uses == 1


@pytest.mark.parametrize("text", ["", "x", "a" * 32, "净推荐值"])
def test_a_link_is_looked_up_where_none_was_ever_made(store: Store, text: str) -> None:
    """Without a secret of the store, and so without making one."""

    def look() -> str:
        with pytest.raises(LinkError) as refused:
            links.find(store, text, now=NOW)
        return refused.value.state

    with rewriting(store):
        assert soon(look) == ["unknown"]


@pytest.mark.parametrize(
    ("link", "hours", "noted"), [(PINNED, (1, 2, 30), 3), (PUBLIC, (1, 2, 3), 1), (PUBLIC, (1, 2, 30, 31), 2)]
)
def test_uses_are_in_the_audit(store: Store, link: links.Link, hours: tuple[int, ...], noted: int) -> None:
    made = links.make(store, link)
    for hour in hours:
        links.used(store, made.id, now=NOW.replace(hour=0) + dt.timedelta(hours=hour), who="vic@example.com")
    rows = audit.entries(store, limit=10).rows()
    assert [(who, action, subject) for _, who, action, subject, _ in rows] == [
        ("vic@example.com", "use link", made.id)
    ] * noted
    assert links.listing(store)[0].uses == len(hours)
