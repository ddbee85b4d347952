"""Who asks, what that person may do, and the store as that person sees it: rights and row scope are enforced here, not in pages."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path

import duckdb
import polars as pl

from data.errors import RapportError
from data.people import audit
from data.questions import ask
from data.questions.ask import Question
from data.questions.patience import patience
from data.segment import EVERYBODY, Segment
from data.store.imported import Counts, ImportMeta, Merged, Tables
from data.store.snapshot import Snapshot
from data.store.store import Store
from metrics.texts import N_

Table = Callable[..., pl.DataFrame]
CUSTOMER, COMMENT = "customer_id", "comment"


class Role(IntEnum):
    """What someone is trusted with; each role may do all that the one before it may."""

    VIEWER = 1
    ANALYST = 2
    ADMINISTRATOR = 3


LEAST_ROLE = {
    "comments": Role.VIEWER,  # read what people wrote
    "share": Role.VIEWER,  # copy and pin links
    "customers": Role.ANALYST,  # see who is behind a number
    "alerts": Role.ANALYST,
    "change": Role.ANALYST,  # upload, undo, and see the history with its receipts
    "publish": Role.ADMINISTRATOR,  # links that need no sign-in
    "administer": Role.ADMINISTRATOR,  # who has access, the audit
    "erase": Role.ADMINISTRATOR,
}
# Files, receipts and the audit hold everybody's rows: who is limited to some customers has no part in these.
WHOLE_DATA = frozenset({"change", "publish", "administer", "erase"})


class Forbidden(RapportError):
    """The person may not do this; nothing was done."""


@dataclass(frozen=True)
class Person:
    """Who asks. `who` (an e-mail address, or "local") goes into history and audit; `scope` limits the customers that are seen.

    `denied`: actions that the role would allow and this visit does not, as under a public link.
    """

    who: str
    role: Role
    name: str = ""
    scope: Segment = EVERYBODY
    denied: frozenset[str] = field(default_factory=frozenset)
    granted: frozenset[str] = field(default_factory=frozenset)

    def may(self, action: str) -> bool:
        """Whether the action (a key of LEAST_ROLE) is allowed."""
        if action in self.denied or (action in WHOLE_DATA and self.scope.chosen):
            return False
        return action in self.granted or self.role >= LEAST_ROLE[action]

    def check(self, action: str) -> None:
        """Raise Forbidden when the action is not allowed."""
        if not self.may(action):
            raise Forbidden(N_("You may not do this here. Ask the administrator for the right to it."))

    @property
    def sees(self) -> str:
        """What this person's answers depend on, as text: part of a cache key. People who see the same share their answers."""
        return json.dumps([self.scope.stated, self.may("customers"), self.may("comments")])


LOCAL = Person("", Role.ADMINISTRATOR)  # someone at the machine itself, where nobody signs in


class Access:
    """A store in the hands of a person. Has the store's own methods, each of which asks first whether the person may."""

    def __init__(self, store: Store, person: Person, question_seconds: float | None = None) -> None:
        """`question_seconds`: after so long a snapshot is cut off with TooLong; None leaves it all the time it takes."""
        self.person = person
        self._store = store
        self._question_seconds = question_seconds

    @property
    def path(self) -> Path:
        return self._store.path

    @contextmanager
    def snapshot(self, version: int | None = None) -> Iterator[Snapshot]:
        """As Store.snapshot, of the person's customers alone."""
        with self._store.snapshot(version, scope=self.person.scope) as snap:
            if self._question_seconds is None:
                yield snap
                return
            with patience(snap.cursor, self._question_seconds):
                yield snap

    def read(self, version: int, make: Callable[[Snapshot], pl.DataFrame]) -> pl.DataFrame:
        """The frame that a function makes of a snapshot. One that names customers raises Forbidden for who may not see them."""
        with self.snapshot(version) as snap:
            return self._shown(make(snap))

    def ask(self, version: int, name: str, question: Question, **arguments: object) -> pl.DataFrame:
        """The frame of a metric; as `read`."""
        return self.read(version, lambda snap: ask.ask(snap, name, question, **arguments))

    def table(self, version: int, function: Table, question: Question, **arguments: object) -> pl.DataFrame:
        """The frame that a function of `data` makes of a snapshot and a question; as `read`."""
        return self.read(version, lambda snap: function(snap, question, **arguments))

    def imports(self) -> pl.DataFrame:
        """As Store.imports."""
        self.person.check("change")
        return self._store.imports()

    def compare(self, tables: Tables) -> dict[str, Counts]:
        """As Store.compare."""
        self.person.check("change")
        return self._store.compare(tables)

    def merge(
        self,
        tables: Tables,
        meta: ImportMeta,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        *,
        replacing: Sequence[int] = (),
    ) -> Merged:
        """As Store.merge, in the person's name."""
        self.person.check("change")
        who = self.person.who

        def note(cursor: duckdb.DuckDBPyConnection, version: int) -> None:
            audit.add(cursor, who, "upload", str(version), meta.file_name)
            for import_id in replacing:
                audit.add(cursor, who, "undo", str(import_id))

        return self._store.merge(tables, replace(meta, who=who), progress, cancelled, replacing=replacing, note=note)

    def undo(self, import_id: int) -> int:
        """As Store.undo, in the person's name."""
        self.person.check("change")
        who = self.person.who
        return self._store.undo(import_id, who, note=lambda cursor, _: audit.add(cursor, who, "undo", str(import_id)))

    def loaded_as(self, sha256: str, mapping: str = "") -> int | None:
        """As Store.loaded_as."""
        self.person.check("change")
        return self._store.loaded_as(sha256, mapping)

    def tiers(self) -> list[str]:
        """As Store.tiers."""
        self.person.check("change")
        return self._store.tiers()

    def remembered_mappings(self) -> dict[str, str]:
        """As Store.remembered_mappings."""
        self.person.check("change")
        return self._store.remembered_mappings()

    def note(self, action: str, subject: str = "", detail: str = "") -> None:
        """Write into the audit that this person did something."""
        audit.note(self._store, self.person.who, action, subject, detail)

    def beside(self, action: str) -> Store:
        """The store itself, for what is kept beside the data; the person must be allowed the action."""
        self.person.check(action)
        return self._store

    def _shown(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame as the person may see it. Answers and summaries lose what names customers; a list of customers is refused."""
        if COMMENT in frame.columns:
            self.person.check("comments")
        if self.person.may("customers"):
            return frame
        if CUSTOMER in frame.columns and COMMENT not in frame.columns:
            self.person.check("customers")
        folded = [name for name, dtype in frame.schema.items() if _holds_customers(dtype)]
        return frame.drop(CUSTOMER, strict=False).with_columns(pl.lit(None).alias(name) for name in folded)


def personal(frame: pl.DataFrame) -> bool:
    """Whether a frame that `Access` gave names customers or says what they wrote, or would have for someone with the right to it."""
    return any(
        name in (CUSTOMER, COMMENT) or _holds_customers(dtype) or dtype == pl.Null
        for name, dtype in frame.schema.items()
    )


def _holds_customers(dtype: pl.DataType) -> bool:
    """Whether lists or records of this column name customers."""
    if isinstance(dtype, pl.Struct):
        return any(each.name == CUSTOMER or _holds_customers(each.dtype) for each in dtype.fields)  # type: ignore[arg-type]
    return isinstance(dtype, pl.List) and _holds_customers(dtype.inner)  # type: ignore[arg-type]
