"""The store and the alerts' thread of the process: begun once, whoever asks, how often, and whatever caches are emptied."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit as st

from data.alerts import book
from data.errors import StoreError
from data.store.store import Store
from pages.frame import alerting
from pages.shared.session.opened import opens, store
from tests.pages.conftest import EVERY_ONE, ROOT

AT_ONCE = 16


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("RAPPORT_DB", str(tmp_path / "s.duckdb"))
    yield
    while EVERY_ONE:
        EVERY_ONE.pop().close()


def all_at_once(work: Callable[[], object]) -> list[object]:
    together = threading.Barrier(AT_ONCE)

    def one(_place: int) -> object:
        together.wait()
        return work()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_many_who_ask_at_once_get_one_store() -> None:
    first, *others = all_at_once(store)
    assert all(each is first for each in others)
    assert len(EVERY_ONE) == 1


@pytest.mark.parametrize(
    "empty", [st.cache_resource.clear, st.cache_data.clear, lambda: all_at_once(st.cache_resource.clear)]
)
def test_emptied_caches_leave_the_store_open(empty: Callable[[], object]) -> None:
    opened = store()
    empty()
    assert store() is opened
    assert opened.imports().height == 0
    assert len(EVERY_ONE) == 1


def test_a_store_that_was_closed_is_opened_anew() -> None:
    first = store()
    first.close()
    assert store() is not first
    assert store().imports().height == 0


def test_a_file_that_could_not_be_opened_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    opening = Store.open

    def refuse(*_: object, **__: object) -> Store:
        raise StoreError("not now")

    monkeypatch.setattr(Store, "open", refuse)
    assert not opens()
    monkeypatch.setattr(Store, "open", opening)
    assert opens()
    assert store().imports().height == 0


def test_backups_are_kept_by_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threads("rapport-backups")
    all_at_once(store)
    st.cache_resource.clear()
    all_at_once(store)
    assert len(threads("rapport-backups") - before) == 1


def test_alerts_are_run_by_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "any_active", lambda _store: True)
    before = threads("alerts")
    all_at_once(alerting.begin)
    st.cache_resource.clear()
    all_at_once(alerting.begin)
    assert len(threads("alerts") - before) == 1


def threads(name: str) -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == name}


@pytest.mark.parametrize(
    "path",
    [ROOT / "app.py", ROOT / "asgi.py", *(ROOT / "pages").rglob("*.py")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_nothing_that_lives_once_lies_in_a_cache(path: Path) -> None:
    assert "cache_resource" not in path.read_text("utf-8")
