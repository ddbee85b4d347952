"""Answers about the same untouched data, worked out once in a process.

Most tests of pages open one of two files, and a page asks some dozens of questions that take far longer than all that the tests look at.
So what was answered from a file is given again for another copy of it: equal to the byte when it was opened, and not written to since, with
the same erasures, to somebody who sees the same. Not where a test has put something of its own in the place of ours: it may answer
otherwise. That a question has the same answer each time is held elsewhere (`data/store/test_exact.py`).
"""

import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data import sandbox
from data.people import kept
from data.questions.ask import ask
from data.store.store import Store
from pages.shared.session import auth, cached

_given: dict[tuple[object, ...], pl.DataFrame] = {}
_contents: dict[str, tuple[str, int, int, Store]] = {}


def opens(path: Path, opened: Callable[[], Store]) -> Store:
    """Open a store, and note what its file holds."""
    whole = path.is_file() and not Path(f"{path}.wal").exists()
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if whole else None
    store = opened()
    _contents.pop(str(store.path), None)
    if digest:
        _contents[str(store.path)] = (digest, *_state(store), store)
    return store


def _state(store: Store) -> tuple[int, int]:
    with store.snapshot() as snap:
        return snap.version, kept.erasures(snap.cursor)


def share(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, until the test replaces something."""

    def sharing(work_out: Callable[..., pl.DataFrame]) -> Callable[..., pl.DataFrame]:
        def answer(*, path: str, sees: str, erasures: int, version: int, **asked: Any) -> pl.DataFrame:
            known = _contents.get(path)
            again = {"path": path, "sees": sees, "erasures": erasures, "version": version, **asked}
            if known is None or known[3].closed.is_set() or _replaced(monkeypatch, ours):
                return work_out(**again)
            if _state(known[3]) != known[1:3] or (version, erasures) != known[1:3]:
                return work_out(**again)
            question = (known[0], sees, version, asked["name"], asked["question"], pickle.dumps(asked["arguments"]))
            if question not in _given:
                _given[question] = work_out(**again)
            return _given[question]

        return answer

    monkeypatch.setattr(cached, "_answer", sharing(cached._answer))
    monkeypatch.setattr(cached, "_table", sharing(cached._table))
    ours = len(monkeypatch._setattr)


def _replaced(monkeypatch: pytest.MonkeyPatch, ours: int) -> bool:
    """Whether the test has replaced anything that an answer may hang on, or chosen any setting but the file."""
    replaced = [(target, name) for target, name, _ in monkeypatch._setattr[ours:] if not _harmless(target, name)]
    settings = [key for mapping, key, _ in monkeypatch._setitem if mapping is not os.environ or key != "RAPPORT_DB"]
    return bool(replaced or settings) or cached.ask is not ask


def _harmless(target: object, name: str) -> bool:
    """Who asks is part of what is asked; files are made of answers, or before there are any; a test that listens to questions asks on."""
    module = getattr(target, "__name__", "")
    of_questions = target is cached and name in ("answer", "table", "compared")
    return of_questions or module in (auth.__name__, sandbox.__name__) or module.startswith("pages.shared.files.")
