"""Halves of characters and NUL, at every door that text comes in by: what is asked with them is answered in a sentence or not found,
what is kept of them can be kept, and nothing raises."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data import person
from data.errors import RapportError
from data.load import main as load
from data.people import audit, link_tokens, links, sign_ins
from data.store.store import Store
from data.text.characters import UNKNOWN, whole
from pages.shared.session import auth
from tests.data.rows import order, take
from tests.hostile.inputs import SOUND

NOW = dt.datetime(2026, 7, 1)
PUBLIC = links.Link("public", "nps", {}, "ada@example.com", NOW, expires_at=dt.datetime(2026, 8, 1))
TEXTS = {
    "nothing": "",
    "first half": "a\ud83d",
    "second half": "\ude00a",
    "halves that are a pair": "\ud83d\ude00",
    "halves the wrong way round": "\ude00\ud83d",
    "lowest": "\ud800",
    "highest": "\udfff",
    "bytes of GB18030": os.fsdecode(b"\xb6\xa9\xb5\xa5"),
    "byte of Latin-1": os.fsdecode(b"caf\xe9"),
    "length of a token": "\ud800" * (link_tokens.ID_CHARACTERS + link_tokens.SEAL_CHARACTERS),
    "NUL": "a\0b",
    "NUL and half": "\0\ud800",
    "no character": "\uffff\U0010ffff",
}
each_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain, 中文, 😀", "plain, 中文, 😀"),
        ("a\ud83d", "a" + UNKNOWN),
        ("\ud83d\ude00", UNKNOWN * 2),
        ("a\0b", "a\0b"),
        (os.fsdecode(b"caf\xe9"), "caf" + UNKNOWN),
    ],
)
def test_each_half_becomes_a_mark_and_nothing_else_changes(text: str, expected: str) -> None:
    assert whole(text) == expected
    whole(text).encode()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("halves") / "rapport.duckdb") as opened:
        take(opened, orders=[order("1", "ada", "2026-01-05", 100)])
        yield opened


ASKED: dict[str, Callable[[Store, str], object]] = {
    "a link": lambda store, text: links.find(store, text, now=NOW),
    "a link that goes on": lambda store, text: links.find(
        store, f"{links.token(store, _made(store))}{text or 0}", now=NOW
    ),
    "a person": person.find,
    "a person to take away": person.export,
    "a person to erase": person.erase,
}


def _made(store: Store) -> links.Link:
    return links.make(store, replace(PUBLIC))


@each_text
@pytest.mark.parametrize("what", ASKED)
def test_what_is_asked_for_is_not_found_in_a_sentence(store: Store, what: str, text: str) -> None:
    with pytest.raises(RapportError, match=r"\.$"):
        ASKED[what](store, text)


@each_text
def test_what_people_do_is_kept(store: Store, text: str) -> None:
    audit.note(store, text, "take away", text, text)
    row = audit.entries(store, limit=1).row(0, named=True)
    assert (row["who"], row["subject"], row["detail"]) == (whole(text),) * 3


@each_text
def test_claims_of_a_sign_in_can_be_kept(store: Store, text: str) -> None:
    claims = auth.cleaned({"email": text, "name": text, "iat": 1, "is_logged_in": True})
    assert claims == {"email": whole(text), "name": whole(text), "iat": 1}
    sign_ins.end(store, sign_ins.fingerprint({"email": text}))
    assert sign_ins.ended(store, sign_ins.fingerprint({"email": text}))
    audit.note(store, str(claims["email"]), "sign in")


@pytest.mark.parametrize("text", [text for text in TEXTS.values() if "\0" not in text])
def test_words_of_the_command_line_are_taken_or_refused(store: Store, tmp_path: Path, text: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(SOUND)
    given = ["--db", str(tmp_path / "rapport.duckdb"), "--profile", "orders"]
    assert load([str(path), *given, "--map", f"order_id={text}"]) == (0 if text == "" else 2)
    assert load([str(path), *given, "--value", f"region={text}"]) == 0
