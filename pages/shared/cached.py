"""The one store of the process, and answers kept by what was asked: data version, question and arguments, never a frame."""

import datetime as dt
import json
from collections.abc import Callable

import polars as pl
import streamlit as st

from data import ask
from data.ask import Question
from data.extent import Extent
from data.segment import Segment
from data.settings import Settings
from data.store import Store

KEPT_ANSWERS, KEPT_TABLES = 3_000, 300
VERSION_KEY = "data.version"

Table = Callable[..., pl.DataFrame]


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The process's one store, at the place that the settings name."""
    return Store.open(Settings.read().db)


def renew() -> int:
    """Take the newest data version as the one that this run, and the fragments after it, read. Call after a write too."""
    with store().snapshot() as snap:
        st.session_state[VERSION_KEY] = snap.version
    return version()


def version() -> int:
    """The data version of this run: every number of a page is of the same one."""
    newest: int | None = st.session_state.get(VERSION_KEY)
    return renew() if newest is None else newest


def extent() -> Extent:
    """How far the data reach."""
    return _extent(str(store().path), version())


def values(column: str) -> list[str]:
    """The codes that the data hold for a filter."""
    return _values(str(store().path), version(), column)


def last_import() -> dict | None:
    """The newest import that is not undone: file_name, profile, at; None when there is none."""
    return _last_import(str(store().path), version())


def answer(name: str, question: Question, **arguments: object) -> pl.DataFrame:
    """The frame of a metric. Small, and shared: never change it in place."""
    return _answer(str(store().path), version(), name, _key(question), tuple(sorted(arguments.items())))


def later(name: str, question: Question, **arguments: object) -> Callable[[], pl.DataFrame]:
    """The frame of a metric, worked out when the function is called: a list that most readers never take away is not kept."""
    opened, seen = store(), version()

    def made() -> pl.DataFrame:
        with opened.snapshot(seen) as snap:
            return ask.ask(snap, name, question, **arguments)

    return made


def table(function: Table, question: Question, **arguments: object) -> pl.DataFrame:
    """The frame that a function of `data` makes of a snapshot and a question: what lies behind a number, and is no metric.

    The function is known by its name, so it must be one of a module. Small, and shared: never change it in place.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    return _table(str(store().path), version(), name, _key(question), tuple(sorted(arguments.items())), function)


def table_later(function: Table, question: Question, **arguments: object) -> Callable[[], pl.DataFrame]:
    """As `later`, for a function of `data`."""
    opened, seen = store(), version()

    def made() -> pl.DataFrame:
        with opened.snapshot(seen) as snap:
            return function(snap, question, **arguments)

    return made


def _key(question: Question) -> str:
    """The question as text: whole, readable, and hashed as what it says."""
    return json.dumps(
        {
            "dates": [day.isoformat() for day in (question.start, question.end, question.as_of)],
            "segment": question.segment.chosen,
            "by": question.by,
        }
    )


def _question(key: str) -> Question:
    told = json.loads(key)
    start, end, as_of = map(dt.date.fromisoformat, told["dates"])
    segment = Segment(**{name: tuple(codes) for name, codes in told["segment"].items()})
    return Question(start, end, as_of, segment, tuple(told["by"]))


# The path is part of each key, because the store of a process can be another one in the next (tests, another setting).


@st.cache_data(show_spinner=False, max_entries=KEPT_ANSWERS)
def _answer(
    path: str,  # noqa: ARG001
    version: int,
    name: str,
    question: str,
    arguments: tuple[tuple[str, object], ...],
) -> pl.DataFrame:
    with store().snapshot(version) as snap:
        return ask.ask(snap, name, _question(question), **dict(arguments))


@st.cache_data(show_spinner=False, max_entries=20)
def _extent(path: str, version: int) -> Extent:  # noqa: ARG001
    with store().snapshot(version) as snap:
        return snap.extent()


@st.cache_data(show_spinner=False, max_entries=200)
def _values(path: str, version: int, column: str) -> list[str]:  # noqa: ARG001
    with store().snapshot(version) as snap:
        return snap.values(column)


@st.cache_data(show_spinner=False, max_entries=20)
def _last_import(path: str, version: int) -> dict | None:  # noqa: ARG001
    found = store().imports().filter(pl.col("kind") == "import", pl.col("status") == "current", pl.col("id") <= version)
    return found.select("file_name", "profile", "at").row(0, named=True) if found.height else None


@st.cache_data(show_spinner=False, max_entries=KEPT_TABLES)
def _table(
    path: str,  # noqa: ARG001
    version: int,
    name: str,  # noqa: ARG001
    question: str,
    arguments: tuple[tuple[str, object], ...],
    _function: Table,  # not hashed: its name is
) -> pl.DataFrame:
    with store().snapshot(version) as snap:
        return _function(snap, _question(question), **dict(arguments))
