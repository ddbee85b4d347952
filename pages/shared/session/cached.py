"""The store in the hands of whom the session belongs to, and answers kept by what was asked: data version, question, arguments and
what that person may see; never by a frame."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import streamlit as st

from data.people import kept
from data.people.access import Access, Forbidden, personal
from data.questions.ask import Question, ask
from data.questions.changes import COLUMNS, earlier
from data.settings import Settings
from data.store.extent import Extent
from metrics.catalogue import CATALOGUE
from metrics.dimension import FILTERS, Dimension, Noun, known
from metrics.dimension import dimensions_of as declared_of
from metrics.texts import N_
from pages.shared.session import auth, visit
from pages.shared.session.once import once
from pages.shared.session.opened import store

KEPT_ANSWERS, KEPT_TABLES = 3_000, 300
VERSION_KEY, ASKED_KEY = "data.version", "data.asked"

Table = Callable[..., pl.DataFrame]


@dataclass
class Asked:
    """What a run of a page asked: which page, of which data version, the metrics, and how to get each answer by what it is kept under."""

    page: str
    version: int
    erasures: int
    metrics: set[str] = field(default_factory=set)
    answers: dict[str, Callable[[], pl.DataFrame]] = field(default_factory=dict)
    anew: set[str] = field(
        default_factory=set
    )  # metrics that a pinned link has kept no answer of, so that they are of today's definition


@dataclass(frozen=True)
class Shown:
    """What a pinned link keeps of a page: its code, the data version, how many people had been erased, the version of each metric, and
    the answers."""

    page: str
    version: int
    erasures: int
    metric_versions: Mapping[str, int]
    answers: Mapping[str, pl.DataFrame]


def access() -> Access:
    """The store in the hands of whom this session belongs to. Forbidden when nobody is signed in any more."""
    person = auth.person()
    if person is None:
        raise Forbidden(N_("You are signed out. Load the page again to sign in."))
    # What the app itself asks takes its time; it is watched all the same, so that it can be given up (see offscreen).
    return Access(store(), person, math.inf if auth.stands() else once("question seconds", _question_seconds))


def _question_seconds() -> float:
    return Settings.read().question_seconds


def renew() -> int:
    """Take the newest data version, or that of the link that the session is in, as the one that this run, and the fragments after it,
    read. Call after a write too."""
    if (link := visit.link()) and link.version is not None:
        st.session_state[VERSION_KEY] = link.version
        return link.version
    with access().snapshot() as snap:
        st.session_state[VERSION_KEY] = snap.version
    return version()


def version() -> int:
    """The data version of this run: every number of a page is of the same one."""
    newest: int | None = st.session_state.get(VERSION_KEY)
    return renew() if newest is None else newest


def begin(page: str) -> None:
    """From here on, what is asked is of the page with this code."""
    st.session_state[ASKED_KEY] = Asked(page, version(), erasures())


def shown() -> Shown:
    """What the last page that ran, or began to, shows."""
    asked: Asked = st.session_state[ASKED_KEY]
    frames = {text: answer() for text, answer in asked.answers.items()}
    return Shown(
        asked.page,
        asked.version,
        asked.erasures,
        {name: CATALOGUE[name].version for name in sorted(asked.metrics)},
        {_kept_under(text, frame): frame for text, frame in frames.items()},
    )


def extent() -> Extent:
    """How far the data reach."""
    seen = version()
    return once(f"extent {seen}", lambda: _extent(**_place(), version=seen, _access=access()))


def values(column: str) -> list[str]:
    """The codes that the data hold for a filter. Shared: never change the list in place."""
    seen = version()
    return once(f"values {seen} {column}", lambda: _values(**_place(), version=seen, column=column, _access=access()))


def filters() -> tuple[Dimension, ...]:
    """The dimensions that customers are chosen by: those that are declared, and the further columns of members in these data."""
    return (*FILTERS, *_members())


def dimensions_of(noun: Noun) -> tuple[Dimension, ...]:
    """The dimensions by which rows of a noun are split: those that are declared, and the further columns of members in these data."""
    return (*declared_of(noun), *_members())


def _members() -> tuple[Dimension, ...]:
    seen = version()
    columns = once(f"members {seen}", lambda: _member_columns(**_place(), version=seen, _access=access()))
    return tuple(map(known, columns))


def last_import() -> dict | None:
    """The newest import that is not undone: profile, at; None when there is none."""
    return _last_import(str(store().path), version())


def without_customer() -> tuple[int, int]:
    """Orders and answers that name no customer."""
    return _without_customer(**_place(), version=version(), _access=access())


def answer(name: str, question: Question, **arguments: object) -> pl.DataFrame:
    """The frame of a metric. Small, and shared: never change it in place."""
    return _noted(name, _key(question), arguments, lambda snap: ask(snap, name, question, **arguments))


def compared(comparison: Table, name: str, *asked: object, **arguments: object) -> pl.DataFrame:
    """What a function of `data.questions.changes` says of a metric: change, low, high. `asked` are its questions, groups or cohort."""
    texts = [_key(each) if isinstance(each, Question) else str(each) for each in asked]
    key = json.dumps([comparison.__name__, *texts])
    return _noted(name, key, arguments, lambda snap: comparison(snap, name, *asked, **arguments), COLUMNS)


def before(name: str, now: Question, then: Question, **arguments: Any) -> pl.DataFrame:
    """The number of the earlier of two questions, of as many days as a change lays beside those of the later one."""
    key = json.dumps(["before", _key(now), _key(then)])
    return _noted(name, key, arguments, lambda snap: earlier(snap, name, now, then, **arguments))


def later(name: str, question: Question, **arguments: object) -> Callable[[], pl.DataFrame]:
    """The frame of a metric, worked out when the function is called: a list that most readers never take away is not kept."""
    opened, seen = access(), version()
    return lambda: opened.ask(seen, name, question, **arguments)


def table(function: Table, question: Question, **arguments: object) -> pl.DataFrame:
    """The frame that a function of `data` makes of a snapshot and a question: what lies behind a number, and is no metric.

    The function is known by its name, so it must be one of a module. Small, and shared: never change it in place.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    return _noted(name, _key(question), arguments, partial(function, question=question, **arguments))


def table_later(function: Table, question: Question, **arguments: object) -> Callable[[], pl.DataFrame]:
    """As `later`, for a function of `data`."""
    opened, seen = access(), version()
    return lambda: opened.table(seen, function, question, **arguments)


def _noted(
    name: str, key: str, arguments: Mapping[str, object], make: Table, comparison: Sequence[str] = ()
) -> pl.DataFrame:
    """What was kept for the pinned link that the session is in, else the live answer; noted as part of the page either way.

    `comparison`: the columns of one, where it is one.
    """
    metric, given = CATALOGUE.get(name), tuple(sorted(arguments.items()))
    asked_for = {**_place(), "version": version(), "name": name, "question": key, "arguments": given}
    live = partial(_answer if metric else _table, **asked_for, _make=make, _access=access())
    link, today = visit.link(), metric.version if metric else None
    defined = link.metric_versions.get(name, today) if link else today
    text = kept.question(name, defined, key, given, access().person.scope)
    asked: Asked | None = st.session_state.get(ASKED_KEY)
    if asked:
        asked.answers[text] = live
        asked.metrics |= {name} if metric else set()
    if link and link.version is not None:
        place = (str(store().path), link.id, asked.erasures if asked else erasures())
        found = _kept(*place, text, _version=link.version)
        if found is None:
            found = _kept(*place, _of_equals(text), _version=link.version)
        # a definition that has other columns since is not understood by the pages of today
        if found is not None and set(comparison or (metric.columns if metric else ())) <= set(found.columns):
            return found
        # links made before comparisons were kept have the answers instead: while the definition is the same, nothing is new
        if asked and metric and (defined != today or not comparison):
            asked.anew.add(name)
    return live()


def metrics() -> tuple[set[str], set[str]]:
    """The metrics that the page has shown so far, and those of them that a pinned link has kept no answer of."""
    asked: Asked | None = st.session_state.get(ASKED_KEY)
    return (asked.metrics, asked.anew) if asked else (set(), set())


def _kept_under(text: str, frame: pl.DataFrame) -> str:
    """What names customers, or was cut for who may not see them, is kept for people with the same rights."""
    return _of_equals(text) if personal(frame) else text


def _of_equals(text: str) -> str:
    return f"{text} {access().person.sees}"


def _key(question: Question) -> str:
    """The question as text: whole, readable, and hashed as what it says."""
    return json.dumps(
        {
            "dates": [day.isoformat() for day in (question.start, question.end, question.as_of)],
            "segment": question.segment.chosen,
            "by": question.by,
        }
    )


def erasures() -> int:
    """How many people have been erased: what was worked out before may name them, and is not used again."""

    def counted() -> int:
        with store().reading() as cursor:
            return kept.erasures(cursor)

    return once("erasures", counted)


def _place() -> dict[str, Any]:
    """Whose data, and how much of them is seen: the store of a process can be another one in the next (tests, another setting)."""

    def found() -> dict[str, Any]:
        opened = access()
        return {"path": str(opened.path), "sees": opened.person.sees, "erasures": erasures()}

    return once("place", found)


# Each of these has the place in its key, and not who asks: people who may see the same share the answers. They are called by
# name: for arguments without one, Streamlit looks up the function's signature each time.


@st.cache_data(show_spinner=False, max_entries=KEPT_ANSWERS)
def _answer(
    path: str,  # noqa: ARG001
    sees: str,  # noqa: ARG001
    erasures: int,  # noqa: ARG001
    version: int,
    name: str,  # noqa: ARG001
    question: str,  # noqa: ARG001
    arguments: tuple[tuple[str, object], ...],  # noqa: ARG001
    *,
    _make: Table,  # not hashed: name, question and arguments say what it makes
    _access: Access,
) -> pl.DataFrame:
    return _access.read(version, _make)


@st.cache_data(show_spinner=False, max_entries=KEPT_TABLES)
def _table(
    path: str,  # noqa: ARG001
    sees: str,  # noqa: ARG001
    erasures: int,  # noqa: ARG001
    version: int,
    name: str,  # noqa: ARG001
    question: str,  # noqa: ARG001
    arguments: tuple[tuple[str, object], ...],  # noqa: ARG001
    *,
    _make: Table,  # not hashed: name, question and arguments say what it makes
    _access: Access,
) -> pl.DataFrame:
    return _access.read(version, _make)


@st.cache_data(show_spinner=False, max_entries=KEPT_TABLES)
def _kept(path: str, link: str, erasures: int, question: str, *, _version: int) -> pl.DataFrame | None:  # noqa: ARG001
    return kept.answer(store(), _version, question)


@st.cache_data(show_spinner=False, max_entries=200)
def _extent(path: str, sees: str, erasures: int, version: int, *, _access: Access) -> Extent:  # noqa: ARG001
    with _access.snapshot(version) as snap:
        return snap.extent()


@st.cache_data(show_spinner=False, max_entries=400)
def _values(path: str, sees: str, erasures: int, version: int, column: str, *, _access: Access) -> list[str]:  # noqa: ARG001
    with _access.snapshot(version) as snap:
        return snap.values(column)


@st.cache_data(show_spinner=False, max_entries=200)
def _member_columns(path: str, sees: str, erasures: int, version: int, *, _access: Access) -> list[str]:  # noqa: ARG001
    with _access.snapshot(version) as snap:
        return snap.member_columns()


@st.cache_data(show_spinner=False, max_entries=20)
def _last_import(path: str, version: int) -> dict | None:  # noqa: ARG001
    until = store().imports().filter(pl.col("id") <= version)  # an undo after that version does not count
    found = until.filter(pl.col("kind") == "import", ~pl.col("id").is_in(until["undoes"].drop_nulls().implode()))
    return found.select("profile", "at").row(0, named=True) if found.height else None


@st.cache_data(show_spinner=False, max_entries=20)
def _without_customer(path: str, sees: str, erasures: int, version: int, *, _access: Access) -> tuple[int, int]:  # noqa: ARG001
    def nameless(rows: nw.LazyFrame) -> int:
        return int(rows.filter(nw.col("customer_key").is_null()).select(nw.len()).collect("polars").item())

    with _access.snapshot(version) as snap:
        last = snap.extent().last
        return (nameless(snap.orders(as_of=last)), nameless(snap.feedback(as_of=last))) if last else (0, 0)
