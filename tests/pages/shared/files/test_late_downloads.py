"""A file is made when its button is pressed, long after the page was drawn: only for who would still be shown the page."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from data.people import links, sign_ins
from data.people.access import Forbidden
from pages.shared.session import auth, cached
from tests.pages.linking import public, token_of
from tests.pages.test_rights import signed_in as signed_in

Open = Callable[..., AppTest]
Files = dict[str, Callable[[], bytes]]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """What each button of the last page makes, by the name of the file."""
    made: Files = {}

    def button(_label: str, make: Callable[[], bytes], name: str, *_more: object, **_settings: object) -> None:
        made[name] = make

    monkeypatch.setattr(st, "download_button", button)
    return made


def refused(files: Files) -> bool:
    """Whether every file of customers is withheld."""
    for name in ("win_back.csv", "win_back.xlsx", "churn.html"):
        with pytest.raises(Forbidden):
            files[name]()
    return True


def test_who_still_looks_gets_the_file(open_app: Open, demo_path: Path, files: Files, signed_in) -> None:
    signed_in("bo")
    assert not open_app(demo_path, "churn").exception
    assert files["win_back.csv"]().count(b"\n") > 1
    assert b"<html" in files["churn.html"]()


def test_a_role_that_was_taken_away_gives_no_file(
    open_app: Open, demo_path: Path, files: Files, signed_in, tmp_path: Path
) -> None:
    signed_in("bo")
    assert not open_app(demo_path, "churn").exception
    access = tmp_path / "access.toml"
    access.write_text(access.read_text().replace("bo@example.com", "ben@example.com"))
    assert refused(files)


def test_a_sign_in_that_ended_gives_no_file(open_app: Open, demo_path: Path, files: Files, signed_in) -> None:
    claims = signed_in("bo")
    assert not open_app(demo_path, "churn").exception
    sign_ins.end(cached.store(), sign_ins.fingerprint(claims))
    assert refused(files)


def test_a_link_that_was_withdrawn_gives_no_file(open_app: Open, demo_path: Path, files: Files, signed_in) -> None:
    signed_in(None)
    app = open_app(demo_path)
    store = cached.store()
    app.query_params["link"] = token_of(store, public(pages=("churn",), customers=True))
    app._page_hash = calc_hash("churn")
    assert not app.run().exception
    assert files["win_back.csv"]().count(b"\n") > 1
    (link,) = links.listing(store)
    links.revoke(store, link.id, now=dt.datetime.now())
    assert refused(files)


def test_the_next_run_says_why(open_app: Open, demo_path: Path, files: Files, signed_in) -> None:
    claims = signed_in("bo")
    app = open_app(demo_path, "churn")
    auth_claims = auth.claims
    sign_ins.end(cached.store(), sign_ins.fingerprint(claims))
    assert refused(files)
    signed_in("bo", hours_ago=0.05)
    assert auth.claims is not auth_claims
    app.run()
    assert any("You no longer see this page" in error.value for error in app.error)
