"""The page about access: roles, scopes and the audit, for administrators alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.people import audit
from pages.shared.session import cached
from tests.pages.conftest import go, words
from tests.pages.test_rights import signed_in as signed_in

Open = Callable[..., AppTest]


@pytest.mark.parametrize(
    ("language", "title", "nothing"),
    [("en", "Nobody signs in here", "Nothing has been noted yet"), ("zh", "这里无需登录", "还没有操作记录")],
)
def test_where_nobody_signs_in(open_app: Open, tmp_path: Path, language: str, title: str, nothing: str) -> None:
    app = open_app(tmp_path / "empty.duckdb", "access", lang=language)
    assert [shown.value for shown in app.title] == [title]
    assert nothing in words(app)
    assert not app.exception


def test_roles_and_scopes_are_those_of_the_access_file(open_app: Open, demo_path: Path, signed_in) -> None:
    signed_in("ada")
    app = open_app(demo_path, "access")
    assert app.title[0].value == "3 entries of the access file give a role"
    roles, scopes = (frame.value for frame in app.dataframe[:2])
    assert roles.to_numpy().tolist() == [
        ["Administrator", "ada@example.com"],
        ["Analyst", "bo@example.com"],
        ["Viewer", "@example.com"],
    ]
    assert scopes.to_numpy().tolist() == [["eva@example.com", "East China"]]


def test_what_was_done_is_said_in_words_the_newest_first(open_app: Open, demo_path: Path, signed_in) -> None:
    signed_in("ada")
    app = open_app(demo_path, "nps")
    store = cached.store()
    audit.note(store, "bo@example.com", "upload", "7", "<b>=1+1</b>.csv")
    audit.note(store, "bo@example.com", "undo", "7")
    audit.note(store, "", "something new", "")
    rows = go(app, "access").dataframe[-1].value
    assert rows["Who"].tolist()[:3] == ["at this machine", "bo@example.com", "bo@example.com"]
    assert rows["What"].tolist()[:3] == ["something new", "undid an import", "uploaded"]
    assert rows["Which"].tolist()[:3] == ["", "7", "7 · <b>=1+1</b>.csv"]


def test_a_broken_access_file_lets_nobody_in(open_app: Open, demo_path: Path, signed_in, tmp_path: Path) -> None:
    signed_in("ada")
    (tmp_path / "access.toml").write_text("[roles")
    app = open_app(demo_path, "access")
    assert [shown.value for shown in app.title] == ["You have no access yet"]
    assert str(tmp_path) not in words(app)
