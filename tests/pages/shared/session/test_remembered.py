"""What is worked out once: within a run of the page, and from the same values for good."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.people.access import Access, Person, Role
from data.segment import Segment
from pages.shared.session import auth, cached, once, remembered, visit
from pages.shared.words.texts import language, speaking

asked: list[str] = []


def named(frame: pl.DataFrame, *, note: str = "") -> str:
    asked.append(language())
    return f"{frame.to_dict(as_series=False)} {note} {language()}"


def test_the_same_values_are_worked_out_once_in_each_language() -> None:
    kept = remembered.remembered(named)
    asked.clear()
    frame = pl.DataFrame({"a": [1, None]})
    with speaking("en"):
        first = [kept(frame), kept(frame.clone()), kept(frame, note="x"), kept(frame.head(1))]
    with speaking("zh"):
        second = kept(frame)
    assert asked == ["en", "en", "en", "zh"]
    assert [*first, second] == [
        "{'a': [1, None]}  en",
        "{'a': [1, None]}  en",
        "{'a': [1, None]} x en",
        "{'a': [1]}  en",
        "{'a': [1, None]}  zh",
    ]


def test_within_a_run_a_question_is_asked_once_and_outside_each_time() -> None:
    found: list[int] = []

    def find() -> int:
        found.append(len(found))
        return found[-1]

    assert [once.once("x", find), once.once("x", find)] == [0, 1]
    with once.run():
        assert [once.once("x", find), once.once("x", find), once.once("y", find)] == [2, 2, 3]
    with once.run():
        assert once.once("x", find) == 4
    assert once.once("x", find) == 5


def test_nobody_is_found_out_once_too() -> None:
    calls: list[None] = []
    with once.run():
        assert once.once("nobody", lambda: calls.append(None)) is None
        assert once.once("nobody", lambda: calls.append(None)) is None
    assert len(calls) == 1


def test_a_page_settles_who_is_looking_once_in_a_run(
    open_app: Callable[..., AppTest], demo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = iter([Person("a", Role.VIEWER), Person("b", Role.VIEWER)])
    seen: list[str] = []
    monkeypatch.setattr(auth, "own", lambda: next(people))
    read = Access.read
    monkeypatch.setattr(
        Access, "read", lambda self, *args, **more: (seen.append(self.person.who), read(self, *args, **more))[1]
    )
    app = open_app(demo_path, "csat")
    assert not app.exception
    assert set(seen) == {"a"}
    assert visit.token() is None


def test_who_is_stood_for_is_not_given_what_was_found_out_for_another(
    open_app: Callable[..., AppTest], few_path: Path
) -> None:
    """Within one run, as a page for a message is made: whose data it is, and the values of the filters."""
    open_app(few_path, "nps")
    st.session_state[cached.VERSION_KEY] = 1
    all_of_it, of_nowhere = Person("a", Role.VIEWER), Person("b", Role.VIEWER, scope=Segment(region=("Nowhere",)))
    with auth.standing_for(all_of_it):
        assert cached.values("region") == ["East China"]
        with auth.standing_for(of_nowhere):
            assert cached.values("region") == []
            assert cached._place()["sees"] == of_nowhere.sees
        assert cached.values("region") == ["East China"]
        assert cached._place()["sees"] == all_of_it.sees
