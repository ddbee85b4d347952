"""Links that carry more than a view: a pinned one keeps the numbers of a data version, a public one needs no sign-in.

A row per link; the link itself is its token (see link_tokens). A link is never changed but by revoking it.
"""

import datetime as dt
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from weakref import WeakKeyDictionary

import duckdb
import polars as pl

from data.errors import RapportError, StoreError
from data.people import audit, kept, link_tokens
from data.segment import EVERYBODY, Segment
from data.sql import only_value
from data.store.store import Store
from metrics.texts import N_

Kind = Literal["pinned", "public"]
State = Literal["open", "unknown", "expired", "revoked", "others"]

SENTENCES: dict[State, str] = {
    "unknown": N_("It was cut off or changed on its way. Ask whoever sent it to send it again."),
    "expired": N_("Ask whoever sent it for a new one."),
    "revoked": N_("Whoever created it withdrew it. Ask whoever sent it for a new one."),
    "others": N_("It is about other customers than yours."),
}


class LinkError(RapportError):
    """A link that opens nothing. `state` says why; `last_day` is the last one on which an expired link worked."""

    def __init__(self, state: State, last_day: dt.date | None = None) -> None:
        super().__init__(SENTENCES[state])
        self.state, self.last_day = state, last_day


@dataclass(frozen=True)
class Link:
    """What a link opens. With a `version` it shows the data of that version, else always the newest.

    `view` holds the codes of the URL; `follows` ("as_of", "period") are the dates in it that nobody chose: they follow the data.
    `pages` are codes of pages (none: every one that stands on data). `scope` is whom its maker saw, and limits everybody who opens it.
    """

    kind: Kind
    page: str
    view: Mapping[str, Sequence[str]]
    maker: str
    made_at: dt.datetime
    follows: tuple[str, ...] = ()
    version: int | None = None
    metric_versions: Mapping[str, int] = field(default_factory=dict)
    pages: tuple[str, ...] = ()
    locked: bool = False
    comments: bool = False
    customers: bool = False
    scope: Segment = EVERYBODY
    expires_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None
    last_used_at: dt.datetime | None = None
    uses: int = 0
    id: str = ""

    @property
    def public(self) -> bool:
        return self.kind == "public"

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which the link works; None when it does not expire."""
        return (self.expires_at - dt.timedelta(seconds=1)).date() if self.expires_at else None

    def state(self, now: dt.datetime) -> State:
        """Whether the link opens anything at a moment."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and now >= self.expires_at else "open"

    def opens(self, page: str) -> bool:
        """Whether a page that stands on data is one of the link's."""
        return not self.pages or page in self.pages


@dataclass
class _Book:
    """The links of one store, in memory: they are looked up many times in a run, and no other process writes the file."""

    secret: bytes | None  # none before the first link is made
    links: dict[str, Link]


_books: WeakKeyDictionary[Store, _Book] = WeakKeyDictionary()
_lock = (
    threading.Lock()
)  # every run in a link asks for it: nobody waits for anything under it but for a look into the file


def make(
    store: Store, link: Link, *, answers: Mapping[str, pl.DataFrame] | None = None, erasures: int | None = None
) -> Link:
    """Keep a new link, and the answers that it shows (see data.people.kept; only with a version). The link comes back with its id.

    `erasures`: how many people had been erased when the answers were worked out; StoreError when one has been since, whom they may
    name. Raises ValueError for a public link without an end, and a pinned one without a version.
    """
    if link.public and not link.expires_at:
        raise ValueError("A public link expires.")
    if not link.public and link.version is None:
        raise ValueError("A pinned link has a version.")
    made = replace(link, id=link_tokens.new_id())
    with store.noting() as cursor:
        _insert(cursor, made)
        if made.version is not None:
            if erasures not in (None, kept.erasures(cursor)):
                raise StoreError(N_("A customer was erased meanwhile. Load the page again, and create the link again."))
            kept.keep(cursor, made.version, answers or {})
    with _lock:
        _book(store).links[made.id] = made
    return made


def token(store: Store, link: Link) -> str:
    """What stands for the link in an address."""
    secret = _looked_up(store).secret or link_tokens.secret(store)
    with _lock:
        _book(store).secret = secret
    return link_tokens.token(secret, link.id)


def find(store: Store, text: str, *, now: dt.datetime) -> Link:
    """The link of a token. Raises LinkError for one that was never made, was altered, was revoked, or has expired by `now`."""
    book = _looked_up(store)
    link_id = link_tokens.id_in(book.secret, text) if book.secret else None
    link = book.links.get(link_id) if link_id else None
    if link is None:
        raise LinkError("unknown")
    state = link.state(now)
    if state != "open":
        raise LinkError(state, link.last_day)
    return link


def listing(store: Store, *, maker: str | None = None) -> list[Link]:
    """Every link, newest first; those of one maker with `maker`."""
    found = [link for link in list(_looked_up(store).links.values()) if maker is None or link.maker == maker]
    return sorted(found, key=lambda link: (link.made_at, link.id), reverse=True)


def revoke(store: Store, link_id: str, *, now: dt.datetime) -> None:
    """The link opens nothing from now on; answers that only it kept are dropped."""
    with store.noting() as cursor:
        cursor.execute(
            "update links set revoked_at = $now where id = $id and revoked_at is null", {"now": now, "id": link_id}
        )
        kept.forget_unpinned(cursor)
    with _lock:
        book = _book(store)
        known = book.links[link_id]
        book.links[link_id] = replace(known, revoked_at=known.revoked_at or now)


def used(store: Store, link_id: str, *, now: dt.datetime, who: str = "", within: float | None = None) -> None:
    """Note that someone opened the link, also in the audit: of a public link the first use of each day, since its visitors have no name,
    and must not push what others did out of sight. Busy is raised when it cannot be noted `within` so many seconds."""
    with store.noting(within=within) as cursor:
        kind, before, uses = cursor.execute(
            "select kind, last_used_at, uses from links where id = $1", [link_id]
        ).fetchall()[0]
        cursor.execute("update links set last_used_at = $2, uses = $3 where id = $1", [link_id, now, uses + 1])
        if kind != "public" or before is None or before.date() < now.date():
            audit.add(cursor, who, "use link", link_id)
    with _lock:
        book = _book(store)
        book.links[link_id] = replace(book.links[link_id], last_used_at=now, uses=uses + 1)


def came_since(store: Store, version: int) -> dict[str, int]:
    """How many imports and undos ("import", "undo") came after a data version."""
    with store.reading() as cursor:
        found = cursor.execute(
            "select kind, count(*) from imports where id > $version group by kind", {"version": version}
        ).fetchall()
    return {"import": 0, "undo": 0, **dict(found)}


def erased_since(store: Store, moment: dt.datetime) -> int:
    """How many customers were erased from a moment on, to the second."""
    with store.reading() as cursor:
        query = (
            "select count(*) from audit where action = 'erase' and done_at >= date_trunc('second', $moment::timestamp)"
        )
        return int(only_value(cursor, query, {"moment": moment}))


def read_anew(store: Store) -> None:
    """After the rows of links were changed otherwise: what is in memory is forgotten."""
    with _lock:
        _books.pop(store, None)


COLUMNS = (
    *("id", "kind", "page", "view", "version", "metric_versions", "pages", "locked", "comments", "customers", "scope"),
    *("maker", "made_at", "expires_at", "revoked_at", "last_used_at", "uses"),
)


def _insert(cursor: duckdb.DuckDBPyConnection, link: Link) -> None:
    written = {
        "view": json.dumps(
            {"codes": {name: list(codes) for name, codes in link.view.items()}, "follows": link.follows}
        ),
        "metric_versions": json.dumps(dict(link.metric_versions)),
        "pages": json.dumps(link.pages),
        "scope": json.dumps(link.scope.chosen),
    }
    values = {name: written[name] if name in written else getattr(link, name) for name in COLUMNS}
    marks = ", ".join(f"${name}" for name in COLUMNS)
    cursor.execute(f"insert into links ({', '.join(COLUMNS)}) values ({marks})", values)


def _read(row: tuple) -> Link:
    told = dict(zip(COLUMNS, row, strict=True))
    view, scope = json.loads(told["view"]), json.loads(told["scope"])
    return Link(
        **{
            **told,
            "view": view["codes"],
            "follows": tuple(view["follows"]),
            "metric_versions": json.loads(told["metric_versions"]),
            "pages": tuple(json.loads(told["pages"])),
            "scope": Segment(**{name: tuple(codes) for name, codes in scope.items()}),
        }
    )


def _looked_up(store: Store) -> _Book:
    with _lock:
        return _book(store)


def _book(store: Store) -> _Book:
    """To be called under the lock."""
    if store not in _books:
        secret = link_tokens.known_secret(store)
        with store.reading() as cursor:
            rows = cursor.execute(f"select {', '.join(COLUMNS)} from links").fetchall()
        _books[store] = _Book(secret, {link.id: link for link in map(_read, rows)})
    return _books[store]
