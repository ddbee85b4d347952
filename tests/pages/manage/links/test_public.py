"""A public link shows what its maker chose, to anybody, until it ends; and nothing else, whatever the visitor tries."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.people import links
from data.people.access import Person, Role
from data.people.links import Link
from data.segment import Segment
from data.store.store import Store
from pages.frame.registry import ENTRIES
from pages.shared.bar import share
from pages.shared.session import auth, cached
from tests.data.rows import order, take
from tests.pages.conftest import go, words
from tests.pages.linking import NOW, VIEW, public, signed_in, token_of

Open = Callable[..., AppTest]
ADA = Person("ada@example.com", Role.ADMINISTRATOR, "Ada")
EVA = Person("eva@example.com", Role.VIEWER, "Eva", Segment(region=("East China",)))
LAST_WEEK = dt.datetime.combine(dt.datetime.now().date() - dt.timedelta(days=6), dt.time())


@pytest.fixture
def make(demo_path: Path) -> Callable[[Link], str]:
    """Make a link in the store before the app opens it; its token."""

    def made(link: Link) -> str:
        with Store.open(demo_path) as store:
            return token_of(store, link)

    return made


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """People sign in, and nobody has."""
    signed_in(monkeypatch, None)


Make = Callable[[Link], str]


def shows_nothing(app: AppTest, title: str) -> None:
    """The page has this title and no data; not one word about them either."""
    assert not app.exception
    assert [heading.value for heading in app.title] == [title]
    assert not app.get("plotly_chart") and not app.dataframe and not app.text
    assert not {"2026-06-30", "East China", "Ada", "ada"} & set(words(app).split())
    assert "demo data" not in words(app)


@pytest.mark.parametrize("code", [entry.code for entry in ENTRIES])
@pytest.mark.parametrize(
    ("state", "titles"),
    [
        ("unknown", {"en": "This link does not work", "zh": "该链接无效"}),
        ("expired", {"en": "This link has ended", "zh": "该链接已过期"}),
        ("revoked", {"en": "This link was withdrawn", "zh": "该链接已被撤回"}),
    ],
)
def test_a_link_that_opens_nothing_says_why_on_every_page(
    open_app: Open, demo_path: Path, make: Make, code: str, state: str, titles: dict[str, str]
) -> None:
    token = make(public(pages=(), **({"expires_at": LAST_WEEK} if state == "expired" else {})))
    if state == "unknown":
        token = token[:-1] + ("0" if token[-1] != "0" else "1")
    if state == "revoked":
        with Store.open(demo_path) as store:
            links.revoke(store, links.listing(store)[0].id, now=NOW)
    language = "zh" if ENTRIES.index(next(e for e in ENTRIES if e.code == code)) % 2 else "en"
    shows_nothing(open_app(demo_path, code, link=token, lang=language), titles[language])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_anybody_sees_the_numbers_and_no_comments_or_customers(
    open_app: Open, demo_path: Path, make: Make, language: str
) -> None:
    app = open_app(demo_path, "nps", link=make(public()), lang=language)
    assert not app.exception and not app.error
    assert {"en": "NPS", "zh": "净推荐值"}[language] in app.title[0].value
    assert app.get("plotly_chart")
    assert not app.text, "comments are shown as st.text"
    assert {"en": "East China", "zh": "华东"}[language] in words(app)
    assert "share-pin" not in {button.key for button in app.button}


@pytest.mark.parametrize("allowed", [False, True])
def test_comments_are_there_when_the_maker_allows_them(
    open_app: Open, demo_path: Path, make: Make, allowed: bool
) -> None:
    app = open_app(demo_path, "nps", link=make(public(comments=allowed)))
    assert bool(app.text) == allowed


@pytest.mark.parametrize("allowed", [False, True])
def test_customers_are_named_when_the_maker_allows_it(
    open_app: Open, demo_path: Path, make: Make, allowed: bool
) -> None:
    app = open_app(demo_path, "churn", link=make(public(page="churn", pages=("churn",), customers=allowed)))
    assert not app.exception
    named = [
        frame for frame in app.dataframe if frame.value.astype(str).apply(lambda c: c.str.match("M\\d+")).any().any()
    ]
    assert bool(named) == allowed


@pytest.mark.parametrize("code", [entry.code for entry in ENTRIES if entry.code != "nps"])
def test_no_other_page_is_opened(open_app: Open, demo_path: Path, make: Make, code: str) -> None:
    token = make(public())
    app = open_app(demo_path, code, link=token)
    assert not app.exception
    assert "This link does not open this page" in words(app)
    assert not app.title and not app.get("plotly_chart") and not app.dataframe


def test_no_other_page_is_gone_to(open_app: Open, demo_path: Path, make: Make) -> None:
    app = open_app(demo_path, "nps", link=make(public()))
    for code in (entry.code for entry in ENTRIES if entry.code != "nps"):
        assert "This link does not open this page" in words(go(app, code)), code
    assert not go(app, "nps").exception
    assert "This link does not open this page" not in words(app)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_a_link_to_all_pages_opens_those_with_numbers(open_app: Open, demo_path: Path, make: Make, entry) -> None:
    app = open_app(demo_path, entry.code, link=make(public(pages=())))
    assert not app.exception
    closed = not entry.data or bool(entry.needs)  # a list of customers is none of numbers
    assert ("This link does not open this page" in words(app)) == closed


@pytest.mark.parametrize(
    "tried",
    [
        {"region": "West China"},
        {"region": ["East China", "West China"]},
        {"tier": "gold", "channel": "search"},
        {"from_": "2025-01-01", "to": "2025-12-31"},
        {"as_of": "2026-05-01"},
        {"vs": "none"},
        {"by": "region", "weight": "yes"},
    ],
)
def test_no_url_moves_the_filters_of_a_locked_link(open_app: Open, demo_path: Path, make: Make, tried: dict) -> None:
    token = make(public())
    app = open_app(demo_path, "nps", link=token, **tried)
    assert not app.exception
    locked(app)
    assert dict(app.query_params) == {"lang": "en", "link": token}
    for name, value in tried.items():  # an edit by hand, later
        app.query_params[name.rstrip("_")] = value
    locked(app.run())


@pytest.mark.parametrize(
    ("name", "codes"), [("region", ["all"]), ("tier", ["gold"]), ("from", ["2025-01-01"]), ("by", ["tier"])]
)
def test_no_session_state_moves_the_filters_of_a_locked_link(
    open_app: Open, demo_path: Path, make: Make, name: str, codes: list[str]
) -> None:
    app = open_app(demo_path, "nps", link=make(public()))
    app.session_state["view.state"] = {**app.session_state["view.state"], name: codes}
    app.session_state["view.follows"] = {"as_of", "period"}
    app.session_state["filter.region.en"] = ["West China"]
    locked(app.run())


def locked(app: AppTest) -> None:
    """The view is that of the link, the bar says so in words, and nothing in it can be chosen."""
    shown = app.session_state["view.current"]
    assert (shown.start, shown.end, shown.as_of) == (dt.date(2026, 4, 1), dt.date(2026, 6, 30), dt.date(2026, 7, 18))
    assert (shown.segment, shown.vs) == (Segment(region=("East China",)), "before")
    assert shown.options == {"by": "touchpoint", "weight": "no", "answered": "detractors"}
    assert ":material/lock:" in words(app)
    assert all(group.disabled for group in app.button_group if group.key != "filter.lang.en")
    assert not app.date_input and not app.radio


def test_an_open_link_lets_one_choose(open_app: Open, demo_path: Path, make: Make) -> None:
    token = make(public(locked=False))
    app = open_app(demo_path, "nps", link=token)
    assert app.query_params["region"] == "East China"
    app = open_app(demo_path, "nps", link=token, region="West China")
    assert (app.query_params["region"], app.query_params["link"]) == ("West China", token)
    assert app.query_params["from"] == "2026-04-01"


@pytest.mark.parametrize(("follows", "end"), [(("as_of", "period"), "2026-09-30"), ((), "2026-06-30")])
def test_a_link_that_is_not_pinned_follows_the_data(
    open_app: Open, demo_path: Path, make: Make, follows: tuple[str, ...], end: str
) -> None:
    app = open_app(demo_path, "nps", link=make(public(follows=follows)))
    take(cached.store(), orders=[order("new", "c-new", "2026-10-02", 10)])
    app.run()
    assert app.session_state[cached.VERSION_KEY] == 2
    assert app.session_state["view.current"].end.isoformat() == end


def test_a_public_link_can_keep_the_numbers_and_not_be_left(open_app: Open, demo_path: Path, make: Make) -> None:
    app = open_app(demo_path, "nps", link=make(public(version=1)))
    take(cached.store(), orders=[order("new", "c-new", "2026-05-02", 10)])
    app.run()
    assert app.session_state[cached.VERSION_KEY] == 1
    assert "Since then: 1 import." in words(app).replace("\\", "")
    assert "leave-link" not in {button.key for button in app.button}


def test_a_link_that_is_withdrawn_while_it_is_open_shows_nothing_more(
    open_app: Open, demo_path: Path, make: Make
) -> None:
    app = open_app(demo_path, "nps", link=make(public()))
    assert app.get("plotly_chart")
    store = cached.store()
    links.revoke(store, links.listing(store)[0].id, now=NOW)
    shows_nothing(app.run(), "This link was withdrawn")


def test_who_leaves_the_address_out_stays_in_the_link(open_app: Open, demo_path: Path, make: Make) -> None:
    app = open_app(demo_path, "nps", link=make(public()))
    app.query_params.clear()
    locked(app.run())
    app.query_params["link"] = "x"
    shows_nothing(app.run(), "This link does not work")


def test_limits_of_a_person_hold_in_a_public_link_too(
    open_app: Open, demo_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, east = make(public(view={**VIEW, "region": ["all"]})), make(public())
    everybody = open_app(demo_path, "nps", link=token).title[0].value
    signed_in(monkeypatch, EVA)
    limited = open_app(demo_path, "nps", link=token).title[0].value
    alone = open_app(demo_path, "nps", link=east).title[0].value
    assert limited == alone != everybody


# Making them, and the list ------------------------------------------------------------------------------------------


def test_an_administrator_makes_and_withdraws_a_public_link(
    open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(monkeypatch, ADA)
    app = open_app(demo_path, "nps", region="East China")
    app.button(key="share-public").click().run()
    assert [toggle.value for toggle in app.toggle] == [True, False, False]
    app.session_state[share.DIALOG_KEY] = (
        True  # each run of a test is a whole one, in which a dialog has to be asked for again
    )
    app.button_group(key="share-days").set_value("7")
    app.button(key="share-make").click().run()
    assert not app.exception
    (link,) = links.listing(cached.store())
    ends = dt.datetime.combine(dt.datetime.now().date() + dt.timedelta(days=8), dt.time())
    assert (link.kind, link.maker, link.pages, link.expires_at) == ("public", ADA.who, ("nps",), ends)
    assert (link.locked, link.comments, link.customers, link.version) == (True, False, False, None)
    assert link.view["region"] == ["East China"]

    go(app, "links")
    assert app.title[0].value == "1 link works"
    app.button(key=f"link-revoke-{link.id}").click().run()
    app.button(key=f"link-revoke-{link.id}").click()
    app.button(key="link-revoke-go").click().run()
    assert not app.exception
    assert links.listing(cached.store())[0].state(dt.datetime.now()) == "revoked"
    assert "No link works any more" in words(go(app, "links"))
    with cached.store().reading() as cursor:
        noted = cursor.execute("select who, action, subject from audit order by rowid").fetchall()
    assert noted == [(ADA.who, "make link", link.id), (ADA.who, "revoke link", link.id)]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST])
def test_only_an_administrator_publishes_and_others_see_their_own_links(
    open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    with Store.open(demo_path) as store:
        token_of(store, public())
        token_of(store, Link("pinned", "nps", VIEW, "vic@example.com", NOW, version=1))
    signed_in(monkeypatch, Person("vic@example.com", role))
    app = open_app(demo_path, "nps")
    assert {"share-pin"} == {button.key for button in app.button if (button.key or "").startswith("share-")}
    go(app, "links")
    assert app.title[0].value == "1 link works"
    assert "ada" not in words(app)


def test_where_anybody_may_read_nobody_makes_links(
    open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(monkeypatch, auth.OPEN)
    app = open_app(demo_path, "nps")
    assert not [button for button in app.button if (button.key or "").startswith("share-")]
    assert "This page is not open to you" in words(go(app, "links"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_says_what_each_link_opens(
    open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    soon = dt.datetime.combine(dt.datetime.now().date() + dt.timedelta(days=3), dt.time())
    with Store.open(demo_path) as store:
        for link in (public(), public(expires_at=soon, follows=("period",)), public(expires_at=LAST_WEEK)):
            links.make(store, link)
    signed_in(monkeypatch, ADA)
    app = open_app(demo_path, "links", lang=language)
    assert not app.exception
    said = words(app).replace("\\", "")
    titles = {"en": "2 links work, 1 ends within 7 days", "zh": "2 个链接有效，其中 1 个将在 7 天内到期"}
    assert app.title[0].value == titles[language]
    for text in {"en": ("NPS · Apr–Jun 2026 · East China", "newest period", "filters fixed", "never used", "ended"),
                 "zh": ("净推荐值 · 2026年4–6月 · 华东", "最新期间", "筛选已锁定", "从未使用", "到期")}[language]:  # fmt: skip
        assert text in said


def test_visitors_do_not_push_what_others_did_out_of_sight(
    open_app: Open, demo_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = make(public())
    for _visitor in range(3):
        assert not open_app(demo_path, "nps", link=token).exception
    assert links.listing(cached.store())[0].uses == 3
    signed_in(monkeypatch, ADA)
    app = open_app(demo_path, "access")
    assert app.dataframe[-1].value["What"].tolist() == ["opened a link"]
    app.selectbox(key="access.action").set_value("erase").run()
    assert not app.exception
    assert app.dataframe[-1].value.empty
