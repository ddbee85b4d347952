"""A pinned link gives the receiver the sender's numbers, to the bit, whatever came since; and says what did."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from streamlit.testing.v1 import AppTest

from data import person
from data.errors import Busy
from data.people import kept, links
from data.people.access import LOCAL, Person, Role, personal
from data.segment import Segment
from data.store.store import Store
from metrics import catalogue
from pages.frame.registry import ENTRIES
from pages.shared.session import cached
from pages.shared.words.texts import speaking
from tests.pages.conftest import go, words
from tests.pages.linking import carry_on, pin, signed_in

Open = Callable[..., AppTest]
DATA_PAGES = [entry.code for entry in ENTRIES if entry.data]
ADA = Person("ada@example.com", Role.ADMINISTRATOR, "Ada")
VIC = Person("vic@example.com", Role.VIEWER, "Vic")
EVA = replace(VIC, who="eva@example.com", scope=Segment(region=("East China",)))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, pl.DataFrame]:
    """Every frame that pages get from here on, by what was asked."""
    frames: dict[str, pl.DataFrame] = {}

    def remembering(read: Callable) -> Callable:
        def remembered(what: object, *asked: object, **arguments: object) -> pl.DataFrame:
            frame: pl.DataFrame = read(what, *asked, **arguments)
            about = " ".join(map(str, asked))
            frames[f"{getattr(what, '__name__', what)} {about} {sorted(arguments.items())}"] = frame
            return frame

        return remembered

    for name in ("answer", "table", "compared"):
        monkeypatch.setattr(cached, name, remembering(getattr(cached, name)))
    return frames


def bits(frame: pl.DataFrame) -> bytes:
    """The values to the bit. Laid out anew: a column without gaps may or may not carry a mask that says so."""
    buffer = io.BytesIO()
    pl.DataFrame(frame.to_dict(as_series=False), schema=frame.schema).write_ipc(buffer)
    return buffer.getvalue()


def shown(app: AppTest) -> list[str]:
    """Titles, sentences and figures of the page, without the line about the link and what only the sender's bar has."""
    figures = [chart.proto.spec for chart in app.get("plotly_chart")]
    texts = [str(element.value) for kind in ("title", "subheader", "text") for element in getattr(app, kind)]
    return [*texts, *figures]


@pytest.mark.parametrize("code", DATA_PAGES)
def test_bit_identical_after_three_imports_and_an_undo(
    open_app: Open, demo_path: Path, told: dict[str, pl.DataFrame], code: str
) -> None:
    app = open_app(demo_path, code)
    token = pin(app)
    sent, looks = {what: bits(frame) for what, frame in told.items()}, shown(app)
    frames = dict(told)
    assert sent
    carry_on(cached.store())

    told.clear()
    today = open_app(demo_path, code, as_of="2026-07-18", from_="2026-04-01", to="2026-06-30")
    assert shown(today) != looks, "what came since changes the page of today"

    told.clear()
    app = open_app(demo_path, code, link=token)
    assert not app.exception and not app.error
    assert told.keys() == sent.keys()
    for what, frame in told.items():
        assert frame.equals(frames[what]), what
        assert bits(frame) == sent[what], what
    assert shown(app) == looks
    assert "Since then: 3 imports and 1 undo." in words(app).replace("\\", "")


def test_the_version_alone_gives_the_same_numbers(
    open_app: Open, demo_path: Path, told: dict[str, pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = pin(open_app(demo_path))
    frames = dict(told)
    carry_on(cached.store())
    monkeypatch.setattr(kept, "answer", lambda *_: None)
    told.clear()
    open_app(demo_path, link=token)
    assert told.keys() == frames.keys()
    for what, frame in told.items():
        assert_frame_equal(frame, frames[what], rel_tol=1e-9)


def test_what_names_customers_is_kept_for_equals_and_goes_with_an_erasure(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path)
    for code in DATA_PAGES:
        go(app, code)
        pin(app)
    store = cached.store()
    with store.snapshot() as snap:
        ids = snap.customers().select("customer_id").collect("polars").to_native()["customer_id"].to_list()
    with store.reading() as cursor:
        found = cursor.execute("select question, frame from kept_answers").fetchall()
    named = [question for question, blob in found if personal(pl.read_ipc(io.BytesIO(blob)))]
    assert len(found) > 50
    assert named
    assert all(question.endswith(LOCAL.sees) for question in named)
    assert not any(question.endswith(LOCAL.sees) for question, _ in found if question not in named)
    person.erase(store, ids[0])
    with store.reading() as cursor:
        assert cursor.execute("select count(*) from kept_answers").fetchall() == [(0,)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_line_says_of_when_and_leads_to_today(open_app: Open, demo_path: Path, language: str) -> None:
    app = open_app(demo_path, "nps", region="East China")
    token = pin(app)
    fresh = open_app(demo_path, "nps", link=token, lang=language)
    assert {"en": "Nothing came since", "zh": "此后没有新数据"}[language] in words(fresh).replace("\\", "")
    carry_on(cached.store())
    app = open_app(demo_path, "nps", link=token, lang=language)
    assert {"en": "data version 1", "zh": "数据版本 1"}[language] in words(app).replace("\\", "")
    assert app.query_params["link"] == token
    assert app.query_params["region"] == "East China"
    before = app.session_state[cached.VERSION_KEY]
    with speaking(language):  # the test reads the options outside of a run
        app.button(key="leave-link").click().run()
    assert not app.exception
    assert "link" not in app.query_params
    assert app.query_params["region"] == "East China"
    assert (before, app.session_state[cached.VERSION_KEY]) == (1, 5)
    assert "leave-link" not in {button.key for button in app.button}


def test_a_definition_that_changed_is_named_and_the_number_stays(
    open_app: Open, demo_path: Path, told: dict[str, pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = pin(open_app(demo_path, "nps"))
    (what,) = [name for name in told if name.startswith("nps ") and "2026, 4, 1" in name and "by=()" in name][:1]
    before = told[what]
    metric = catalogue.CATALOGUE["nps"]
    changed = replace(metric, version=metric.version + 1, function=lambda *a, **k: metric.function(*a, **k).clear())
    monkeypatch.setitem(catalogue.CATALOGUE, "nps", changed)
    app = open_app(demo_path, "nps", link=token)
    assert "Defined differently since, and shown as it was: Net" in words(app).replace("\\", "")
    assert told[what].equals(before)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.parametrize("what", ["nothing", "erased", "filtered"])
def test_the_line_says_what_is_no_longer_as_it_was(
    open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, changed: bool, lang: str
) -> None:
    token = pin(open_app(demo_path, "nps"))
    if what == "erased":
        with cached.store().snapshot() as snap:
            ids = snap.customers().select("customer_id").collect("polars").to_native()["customer_id"]
        person.erase(cached.store(), ids[0])
    metric = catalogue.CATALOGUE["nps"]
    monkeypatch.setitem(catalogue.CATALOGUE, "nps", replace(metric, version=metric.version + changed))
    more = {"region": "West China"} if what == "filtered" else {}
    said = words(open_app(demo_path, "nps", link=token, lang=lang, **more)).replace("\\", "")
    as_it_was, todays, erased = {
        "en": ("and shown as it was", "shown by today’s definition", "without 1 customer who was erased since"),
        "zh": ("这里仍按原定义显示", "这里按现在的定义显示", "不含此后被删除的 1 位客户"),
    }[lang]
    assert (as_it_was in said, todays in said) == (changed and what == "nothing", changed and what != "nothing")
    assert (erased in said) == (what == "erased")


def test_other_filters_in_a_pinned_link_are_of_its_version(open_app: Open, demo_path: Path) -> None:
    token = pin(open_app(demo_path, "nps"))
    asked = {"region": "West China", "from_": "2026-01-01", "to": "2026-03-31", "as_of": "2026-07-18"}
    looks = shown(open_app(demo_path, "nps", **asked))
    carry_on(cached.store())
    assert shown(open_app(demo_path, "nps", link=token, **asked)) == looks


def test_who_is_not_signed_in_meets_the_door(open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = pin(open_app(demo_path, "nps"))
    signed_in(monkeypatch, None)
    app = open_app(demo_path, "nps", link=token)
    assert not app.exception
    assert app.title[0].value == "Sign in to see the numbers"
    assert not app.get("plotly_chart")


def test_a_pinned_link_adds_nothing_to_what_one_may(
    open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = pin(open_app(demo_path, "churn"))
    signed_in(monkeypatch, VIC)
    app = open_app(demo_path, "churn", link=token)
    assert not app.exception
    assert "Customers worth winning back" not in words(app)
    assert go(app, "upload").title == [] or "Upload" not in app.title[0].value
    assert "This page is not open to you" in words(app)


@pytest.mark.parametrize("code", ["upload", "history"])
def test_what_changes_todays_data_is_not_in_a_pinned_link(open_app: Open, demo_path: Path, code: str) -> None:
    app = open_app(demo_path, "nps")
    token = pin(app)
    app = open_app(demo_path, code, link=token)
    assert not app.exception
    assert "This page is not part of a pinned link" in words(app)
    app.button(key="leave-link").click().run()
    assert "This page is not part of a pinned link" not in words(app)


def regions(store: Store) -> set[str]:
    with store.snapshot() as snap:
        return set(snap.values("region"))


@pytest.mark.parametrize(("maker", "opener"), [(ADA, EVA), (EVA, ADA), (EVA, EVA)])
def test_the_limits_of_maker_and_opener_both_hold(
    open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch, maker: Person, opener: Person
) -> None:
    signed_in(monkeypatch, replace(opener, scope=EVA.scope))
    alone = shown(open_app(demo_path, "nps"))
    signed_in(monkeypatch, maker)
    token = pin(open_app(demo_path, "nps"))
    signed_in(monkeypatch, opener)
    app = open_app(demo_path, "nps", link=token)
    assert not app.exception
    assert shown(app) == alone
    assert len(regions(cached.store())) > 1


def test_a_link_about_nobody_whom_one_may_see_shows_nothing(
    open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(monkeypatch, EVA)
    token = pin(open_app(demo_path, "nps"))
    signed_in(monkeypatch, replace(VIC, scope=Segment(region=("West China",))))
    app = open_app(demo_path, "nps", link=token)
    assert app.title[0].value == "This link shows nothing that is open to you"
    assert not app.get("plotly_chart")


def test_one_use_per_session_is_noted(open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = pin(open_app(demo_path, "nps"))
    signed_in(monkeypatch, VIC)
    app = open_app(demo_path, "nps", link=token)
    app.run()
    go(app, "retention")
    store = cached.store()
    assert [link.uses for link in links.listing(store)] == [1]
    with store.reading() as cursor:
        rows = cursor.execute("select who, action from audit where action like '%link' order by rowid").fetchall()
    assert rows == [("", "make link"), ("vic@example.com", "use link")]


def test_a_view_waits_for_no_note_and_the_next_one_makes_it(
    open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the file is written anew."""

    def noting(_store: Store, *, within: float | None = None) -> None:
        assert within is not None
        raise Busy("anew")

    token = pin(open_app(demo_path, "nps"))
    signed_in(monkeypatch, VIC)
    with monkeypatch.context() as anew:
        anew.setattr(Store, "noting", noting)
        app = open_app(demo_path, "nps", link=token)
        assert not app.exception
        assert [link.uses for link in links.listing(cached.store())] == [0]
    app.run()
    assert [link.uses for link in links.listing(cached.store())] == [1]
