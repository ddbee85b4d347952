"""What people of each role see: pages, sections and buttons; that nothing else opens by its address or by the state of a session."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.people import sign_ins
from data.people.access import LEAST_ROLE, Role
from data.store.store import Store
from pages.frame.registry import ENTRIES
from pages.shared.session import auth, cached
from tests.access_file import ACCESS
from tests.pages.conftest import OPENED, go, words

Open = Callable[..., AppTest]
GUARDED = [entry for entry in ENTRIES if entry.needs and LEAST_ROLE[entry.needs] > Role.VIEWER]


@pytest.fixture
def signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, object]]:
    """Let everybody sign in, and this session be someone's; None for nobody's."""
    path = tmp_path / "access.toml"
    path.write_text(ACCESS)
    monkeypatch.setenv("RAPPORT_ACCESS", str(path))
    monkeypatch.setattr(auth, "providers", lambda: [None])

    def be(name: str | None, *, hours_ago: float = 0.1, **more: object) -> dict[str, object]:
        made = dt.datetime.now(dt.UTC) - dt.timedelta(hours=hours_ago)
        email = f"{name}@example.com"
        told = {"email": email, "name": name, "sub": name, "iat": int(made.timestamp()), "nonce": "n", **more}
        claims = told if name else {}
        monkeypatch.setattr(auth, "claims", lambda: claims)
        return claims

    return be


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_a_signed_out_visitor_sees_the_sign_in_page_and_nothing_else(
    open_app: Open, demo_path: Path, signed_in, entry, language: str
) -> None:
    signed_in(None)
    app = open_app(demo_path, entry.code, lang=language)
    assert [title.value for title in app.title] == [
        {"en": "Sign in to see the numbers", "zh": "登录后查看数据"}[language]
    ]
    assert [button.key for button in app.button] == ["sign-in-None"]
    assert not app.exception
    assert not app.get("plotly_chart")
    assert not app.dataframe
    assert not OPENED or cached.VERSION_KEY not in app.session_state  # no snapshot was taken for anybody


@pytest.mark.parametrize(
    ("name", "more", "title"),
    [
        ("vic", {"hours_ago": 13}, "Sign in to see the numbers"),  # longer than RAPPORT_SESSION_HOURS
        ("vic", {"hours_ago": -1}, "Sign in to see the numbers"),  # made in the future
        ("vic", {"iat": None}, "Sign in to see the numbers"),
        ("vic", {"iat": "now"}, "Sign in to see the numbers"),
        ("mallory", {"email": "mallory@elsewhere.test"}, "You have no access yet"),
        ("vic", {"email_verified": False}, "You have no access yet"),
    ],
)
def test_a_sign_in_that_does_not_count(open_app: Open, demo_path: Path, signed_in, name, more, title) -> None:
    signed_in(name, **more)
    app = open_app(demo_path, "nps")
    assert [shown.value for shown in app.title] == [title]
    assert not app.get("plotly_chart")


def test_an_ended_sign_in_opens_nothing_any_more(open_app: Open, demo_path: Path, signed_in) -> None:
    claims = signed_in("vic")
    app = open_app(demo_path, "nps")
    assert app.get("plotly_chart")
    sign_ins.end(cached.store(), sign_ins.fingerprint(claims))
    assert [shown.value for shown in app.run().title] == ["Sign in to see the numbers"]
    signed_in("vic", nonce="another sign-in")
    assert app.run().get("plotly_chart")


def test_an_ended_sign_in_stays_ended_in_the_next_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(tmp_path / "a.duckdb") as store:
        sign_ins.end(store, "x")
        sign_ins.end(store, "x")
    monkeypatch.setattr(sign_ins, "_known", {})
    with Store.open(tmp_path / "a.duckdb") as store:
        assert sign_ins.ended(store, "x")
        assert not sign_ins.ended(store, "y")


@pytest.mark.parametrize("entry", GUARDED, ids=lambda entry: entry.code)
def test_a_viewer_reaches_no_guarded_page_by_its_address(open_app: Open, demo_path: Path, signed_in, entry) -> None:
    signed_in("vic")
    app = open_app(demo_path, entry.code)
    assert "This page is not open to you" in words(app)
    assert not app.title
    assert not app.get("file_uploader")
    assert not app.exception


def test_a_viewer_who_was_an_analyst_loses_the_page_on_the_next_run(open_app: Open, demo_path: Path, signed_in) -> None:
    signed_in("bo")
    app = open_app(demo_path, "history")
    assert app.button(key="history.undo.1")
    signed_in("vic")
    assert "This page is not open to you" in words(app.button(key="history.undo.1").click().run())
    assert cached.store().imports().height == 1  # the click undid nothing


def test_a_callback_left_in_the_session_changes_nothing(open_app: Open, demo_path: Path, signed_in) -> None:
    signed_in("bo")
    open_app(demo_path, "history")

    def undo() -> None:
        from pages.manage.history.page import confirm_undo

        confirm_undo(1)

    asked = AppTest.from_function(undo, default_timeout=20).run()
    assert asked.button(key="undo.go")
    signed_in("vic")
    after = asked.button(key="undo.go").click().run()
    assert after.exception
    assert cached.store().imports().height == 1


@pytest.mark.parametrize(("name", "sees"), [("vic", False), ("bo", True), ("ada", True)])
def test_lists_of_customers_are_for_analysts(open_app: Open, demo_path: Path, signed_in, name: str, sees: bool) -> None:
    signed_in(name)
    app = open_app(demo_path, "churn")
    for page in (app, go(app, "csat")):
        assert any("Customer" in frame.value.columns for frame in page.dataframe) == sees
        assert not page.exception


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.data], ids=lambda entry: entry.code)
def test_a_person_limited_to_a_region_meets_no_other_on_any_page(
    open_app: Open, demo_path: Path, signed_in, entry
) -> None:
    signed_in("eva")
    app = open_app(demo_path, entry.code, by="region", split="region", value_by="region")
    assert not app.exception
    said = words(app) + repr(app.main) + repr([spec.proto.spec for spec in app.get("plotly_chart")])
    for other in ("West China", "North China", "South China"):
        assert other not in said


def test_a_person_limited_to_a_region_is_told_so(open_app: Open, demo_path: Path, signed_in) -> None:
    signed_in("eva")
    app = open_app(demo_path, "nps")
    assert "You see East China only." in words(app)


def test_the_open_demo_shows_numbers_and_neither_comments_nor_a_way_to_change_anything(
    open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAPPORT_OPEN", "view")
    app = open_app(demo_path, "nps")
    assert app.get("plotly_chart")
    assert "Latest comments" not in words(app)
    assert "This page is not open to you" in words(go(app, "upload"))
    assert not app.exception
