"""Links in the store: found by their token alone, refused when altered, expired or revoked, never longer than they may be."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from data import person
from data.errors import StoreError
from data.people import kept, link_tokens, links
from data.people.links import Link, LinkError
from data.segment import EVERYBODY, Segment
from data.store.store import Store
from tests.data.rows import nps, order, take

NOW = dt.datetime(2026, 11, 24, 18, 41)
VIEW = {"from": ["2026-04-01"], "to": ["2026-06-30"], "as_of": ["2026-07-18"], "region": ["East China", "西部"]}
PINNED = Link("pinned", "nps", VIEW, "ada@example.com", NOW, ("as_of",), version=0, metric_versions={"nps": 1})
PUBLIC = Link(
    "public", "retention", VIEW, "ada@example.com", NOW, pages=("retention", "nps"), locked=True, comments=True,
    scope=Segment(region=("East China",)), expires_at=dt.datetime(2026, 12, 4),
)  # fmt: skip
SECRET = bytes(range(32))
LENGTH = link_tokens.ID_CHARACTERS + link_tokens.SEAL_CHARACTERS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "links.duckdb") as opened:
        yield opened


@pytest.mark.parametrize("link", [PINNED, PUBLIC, replace(PUBLIC, version=0, customers=True)])
def test_a_link_is_found_as_it_was_made_also_after_a_restart(tmp_path: Path, link: Link) -> None:
    with Store.open(tmp_path / "links.duckdb") as store:
        made = links.make(store, link)
        token = links.token(store, made)
        assert links.find(store, token, now=NOW) == made == replace(link, id=made.id)
    with Store.open(tmp_path / "links.duckdb") as store:
        assert links.find(store, token, now=NOW) == made
        assert links.token(store, made) == token


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (NOW, "open"),
        (dt.datetime(2026, 12, 3, 23, 59, 59), "open"),
        (dt.datetime(2026, 12, 4), "expired"),
        (dt.datetime(2030, 1, 1), "expired"),
    ],
)
def test_a_link_works_to_the_end_of_its_last_day(store: Store, now: dt.datetime, state: str) -> None:
    made = links.make(store, PUBLIC)
    assert made.state(now) == state
    if state == "open":
        assert links.find(store, links.token(store, made), now=now) == made
        return
    with pytest.raises(LinkError) as refused:
        links.find(store, links.token(store, made), now=now)
    assert (refused.value.state, refused.value.last_day) == ("expired", dt.date(2026, 12, 3))


def test_a_revoked_link_opens_nothing_also_after_a_restart(tmp_path: Path) -> None:
    with Store.open(tmp_path / "links.duckdb") as store:
        made = links.make(store, PINNED)
        token = links.token(store, made)
        links.revoke(store, made.id, now=NOW)
        links.revoke(store, made.id, now=NOW + dt.timedelta(days=1))
        (listed,) = links.listing(store)
        assert listed.revoked_at == NOW
    with Store.open(tmp_path / "links.duckdb") as store, pytest.raises(LinkError) as refused:
        links.find(store, token, now=NOW)
    assert refused.value.state == "revoked"


def altered(token: str) -> list[str]:
    """Every text that differs from the token in one place, is cut, longer, or its letters' case swapped."""
    swapped = [token[:place] + other + token[place + 1 :] for place in range(len(token)) for other in "0aZ-ä\ud800"]
    others = [
        "",
        token[:-1],
        token[1:],
        f"{token}0",
        f" {token}",
        f"{token}\x00",
        token.swapcase(),
        token[::-1],
        "x" * 5000,
        *(half + token[1:] for half in ("\ud800", "\udbff", "\udc00", "\udc80", "\udfff", "\ud83d")),
        token[:-1] + "\ud83d",
        token + "\udc00",
        "\ud800\udc00" + token[2:],
        token[0] + "\0" + token[2:],
    ]
    return [text for text in swapped + others if text != token]


def test_any_altered_token_is_refused(store: Store) -> None:
    token = links.token(store, links.make(store, PINNED))
    assert len(altered(token)) > len(token)
    for text in altered(token):
        with pytest.raises(LinkError) as refused:
            links.find(store, text, now=NOW)
        assert refused.value.state == "unknown"


# What an address, a cookie or a file of JSON can hold and no file or engine takes: halves of characters, NUL, the ends of the planes.
broken = st.text(
    st.one_of(st.characters(categories=["Cs"]), st.sampled_from("aZ0\0\ufffe\uffff\U0010ffff")), max_size=60
)
shaped = st.text(link_tokens.ALPHABET, min_size=LENGTH, max_size=LENGTH)


@given(st.one_of(st.text(max_size=60), shaped, broken))
def test_no_text_but_a_token_is_one(text: str) -> None:
    if text.isascii():
        assume(text != link_tokens.token(SECRET, text[: link_tokens.ID_CHARACTERS]))
    assert link_tokens.id_in(SECRET, text) is None


@given(st.data())
def test_a_token_does_not_survive_any_change(data: st.DataObject) -> None:
    token = link_tokens.token(SECRET, link_tokens.new_id())
    assert link_tokens.id_in(SECRET, token) == token[: link_tokens.ID_CHARACTERS]
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.one_of(st.characters(), broken.filter(bool)).filter(lambda text: text != token[place]))
    assert link_tokens.id_in(SECRET, token[:place] + other + token[place + 1 :]) is None


def test_the_token_of_another_store_is_refused(store: Store, tmp_path: Path) -> None:
    with Store.open(tmp_path / "other.duckdb") as other:
        made = links.make(other, PINNED)
        token = links.token(other, made)
    with pytest.raises(LinkError):
        links.find(store, token, now=NOW)


@pytest.mark.parametrize("codes", [0, 1, 2000])
def test_an_address_is_short_whatever_the_filters(store: Store, codes: int) -> None:
    view = {**VIEW, "region": [f"Region {place} 地区" for place in range(codes)]}
    made = links.make(store, replace(PUBLIC, view=view))
    token = links.token(store, made)
    assert len(token) <= 40
    assert token.isascii() and token.isalnum()
    assert len(f"https://loyalty.a-rather-long-name-of-a-company.example.com/definitions?link={token}") < 200
    assert links.find(store, token, now=NOW).view == view


def test_links_are_listed_newest_first_and_by_maker(store: Store) -> None:
    assert links.listing(store) == []
    first = links.make(store, PINNED)
    second = links.make(store, replace(PUBLIC, maker="bo@example.com", made_at=NOW + dt.timedelta(hours=1)))
    assert links.listing(store) == [second, first]
    assert links.listing(store, maker="ada@example.com") == [first]


def test_uses_are_counted(store: Store) -> None:
    made = links.make(store, PINNED)
    for hours in (1, 2):
        links.used(store, made.id, now=NOW + dt.timedelta(hours=hours))
    (listed,) = links.listing(store)
    assert (listed.uses, listed.last_used_at) == (2, NOW + dt.timedelta(hours=2))
    with store.reading() as cursor:
        assert cursor.execute("select uses from links").fetchall() == [(2,)]


@pytest.mark.parametrize("link", [replace(PUBLIC, expires_at=None), replace(PINNED, version=None)])
def test_a_link_that_would_hold_nothing_to_its_kind_is_not_made(store: Store, link: Link) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        links.make(store, link)
    assert links.listing(store) == []


def test_what_came_since_is_counted(store: Store) -> None:
    assert links.came_since(store, 0) == {"import": 0, "undo": 0}
    for number in (1, 2):
        take(store, orders=[order(f"o{number}", "c1", "2026-01-01", 10)])
    version = store.undo(1)
    take(store, feedback=[nps("f1", "c1", "2026-01-02", 9)])
    assert links.came_since(store, 0) == {"import": 3, "undo": 1}
    assert links.came_since(store, 2) == {"import": 1, "undo": 1}
    assert links.came_since(store, version) == {"import": 1, "undo": 0}


FRAME = pl.DataFrame(
    {"share": [0.1 + 0.2, None, float("nan"), -0.0], "name": ["a", None, "中文", ""], "day": [dt.date(2026, 1, 1)] * 4,
     "months": [[1.5], [], None, [2.0, None]]},
)  # fmt: skip


def test_an_answer_is_kept_to_the_bit_and_the_first_one_stays(store: Store) -> None:
    asked = kept.question("nps", 1, "{}", (("weighted", True),), EVERYBODY)
    links.make(store, PINNED, answers={asked: FRAME})
    links.make(store, PINNED, answers={asked: FRAME.head(1)})
    found = kept.answer(store, 0, asked)
    assert found is not None and found.equals(FRAME) and found.schema == FRAME.schema
    assert found["share"].to_numpy().tobytes()[:8] == FRAME["share"].to_numpy().tobytes()[:8]


@pytest.mark.parametrize(
    "other",
    [
        kept.question("nps", 2, "{}", (), EVERYBODY),
        kept.question("csat", 1, "{}", (), EVERYBODY),
        kept.question("nps", 1, "{}", (("weighted", True),), EVERYBODY),
        kept.question("nps", 1, "{}", (), Segment(region=("East China",))),
    ],
)
def test_an_answer_is_of_its_question_version_and_customers_alone(store: Store, other: str) -> None:
    links.make(store, PINNED, answers={kept.question("nps", 1, "{}", (), EVERYBODY): FRAME})
    assert kept.answer(store, 0, other) is None
    assert kept.answer(store, 1, kept.question("nps", 1, "{}", (), EVERYBODY)) is None


def test_answers_go_with_the_last_link_that_pins_them(store: Store) -> None:
    first, second = (links.make(store, PINNED, answers={"asked": FRAME}) for _ in range(2))
    links.revoke(store, first.id, now=NOW)
    assert kept.answer(store, 0, "asked") is not None
    links.revoke(store, second.id, now=NOW)
    assert kept.answer(store, 0, "asked") is None


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (EVERYBODY, EVERYBODY, EVERYBODY),
        (Segment(region=("A", "B")), EVERYBODY, Segment(region=("A", "B"))),
        (Segment(region=("A", "B")), Segment(region=("B", "C")), Segment(region=("B",))),
        (Segment(region=("A",)), Segment(tier=("gold",)), Segment(region=("A",), tier=("gold",))),
        (Segment(region=("A",)), Segment(region=("B",)), None),
        (Segment(region=("A",), tier=("gold",)), Segment(region=("A",), tier=("silver",)), None),
    ],
)
def test_both_limits_hold(one: Segment, other: Segment, both: Segment | None) -> None:
    assert one.within(other) == both
    assert other.within(one) == both


def test_answers_that_may_name_someone_erased_meanwhile_are_not_kept(store: Store) -> None:
    take(store, orders=[order("1", "ada", "2026-01-05", 100), order("2", "ben", "2026-01-06", 50)])
    with store.reading() as cursor:
        before = kept.erasures(cursor)
    links.make(store, PINNED, answers={"asked": FRAME}, erasures=before)
    person.erase(store, "ada")
    with store.reading() as cursor:
        assert kept.erasures(cursor) == before + 1
    assert kept.answer(store, PINNED.version or 0, "asked") is None
    with pytest.raises(StoreError, match="erased meanwhile"):
        links.make(store, PINNED, answers={"asked": FRAME}, erasures=before)
    assert kept.answer(store, PINNED.version or 0, "asked") is None
    assert len(links.listing(store)) == 1
    person.erase(store, "ben")
    links.make(store, PINNED, answers={"asked": FRAME}, erasures=before + 2)
    assert kept.answer(store, PINNED.version or 0, "asked") is not None
