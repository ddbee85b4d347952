"""Everything that writes, by name: the folder that it begins with, and how it is done there, as a person or the app does it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from types import ModuleType
from unittest.mock import patch

from data import backup, load, metric, person, restore
from data.alerts import book
from data.alerts.book import Delivery
from data.demo import __main__ as demo
from data.imports import __main__ as imports
from data.imports import stage
from data.people import audit, campaigns, links, sign_ins
from data.settings import Settings
from data.store import schema
from data.store.backups import Keeper
from data.store.store import Store
from tests.data.rows import order, take
from tests.faults import bases
from tests.faults.bases import ALERT, BY_HAND, CHANGED, DB, NOW, ORDERS, PINNED


@dataclass(frozen=True)
class Operation:
    """`run` gets the folder that `base` made. It answers with the exit code of a command, or with None. `reads`: files of people."""

    base: Callable[[Path], None]
    run: Callable[[Path], int | None]
    reads: bool = False


def command(module: ModuleType, *words: str) -> Callable[[Path], int]:
    """A command of the project, on the file of the folder; words that are names of files there are meant as such."""
    names = {ORDERS, CHANGED, BY_HAND, "copy", "new-copy"}

    def run(folder: Path) -> int:
        given = [str(folder / word) if word in names else word for word in words]
        return int(module.main([*given, "--db", str(folder / DB)]))

    return run


def start(folder: Path) -> None:
    """The app begins and ends."""
    Store.open(folder / DB).close()


def _mapped(store: Store) -> None:
    """An import with a mapping made by hand."""
    take(store, sha256="mapped", orders=[order("77777", "c1", "2026-06-01", 5.0)], remember={"signature": "[]"})


def _list_taken(store: Store) -> None:
    """A worklist is exported, which begins a campaign; nobody is held out, since the lot is another one each time."""
    terms = {"share": 0.0, "days": 90, "what": "worklist_csv", "who": "ben"}
    campaigns.take(store, ["c1", "c3"], on=dt.date(2026, 6, 30), **terms)  # type: ignore[arg-type]


def with_store(act: Callable[[Store], object]) -> Callable[[Path], None]:
    """Something that the running app does."""

    def run(folder: Path) -> None:
        with Store.open(folder / DB) as store:
            act(store)

    return run


def replacement(store: Store) -> None:
    """The first file of one's own, which takes the place of the demo data."""
    with stage([store.path.with_name(ORDERS)], store=store, profile="orders") as staged:
        staged.take_in(replacing=[1])


def planned_backup(store: Store) -> None:
    """The backup that is due, beside one that is to go."""
    folder = store.path.parent
    settings = replace(Settings.read(), backup_dir=folder, backup_hours=1, backup_keep=1)
    with patch.object(Thread, "start"):  # the plan is kept here, by the clock that is given
        keeper = Keeper(store, settings)
    for hours in (0, 2):
        keeper._keep_plan(NOW + dt.timedelta(hours=hours))


OPERATIONS: dict[str, Operation] = {
    "first start": Operation(bases.nothing, start),
    "start after a kill": Operation(bases.killed, start),
    "import": Operation(bases.empty, command(load, ORDERS, "--profile", "orders"), reads=True),
    "import that changes rows": Operation(bases.data, command(load, CHANGED, "--profile", "orders"), reads=True),
    "import mapped by hand": Operation(
        bases.data,
        command(
            load, BY_HAND, "--profile", "orders", "--map", "order_id=No.", "--map", "customer_id=Who",
            "--map", "ordered_at=When", "--map", "amount=How much",
        ),
        reads=True,
    ),
    "undo": Operation(bases.data, command(imports, "undo", "1")),
    "demo data": Operation(bases.empty, command(demo, "--customers", str(bases.DEMO_CUSTOMERS))),
    "other demo data": Operation(bases.demo, command(demo, "--customers", "30", "--seed", "2")),
    "demo data replaced by an import": Operation(bases.demo, with_store(replacement), reads=True),
    "erasure": Operation(bases.data, command(person, "erase", "c3")),
    "rewrite": Operation(bases.unwritten, start),
    "backup": Operation(bases.data, command(backup, "new-copy")),
    "planned backup": Operation(bases.data, with_store(planned_backup)),
    "restore": Operation(bases.copied, command(restore, "copy")),
    "restore over a damaged file": Operation(bases.damaged, command(restore, "copy")),
    **{f"migration from schema {version}": Operation(bases.older(version), start) for version in schema.MIGRATIONS},
    "note in the audit": Operation(bases.data, with_store(lambda store: audit.note(store, "ben", "undo", "1"))),
    "link made": Operation(bases.data, with_store(lambda store: links.make(store, replace(PINNED, maker="ben")))),
    "link used": Operation(bases.data, with_store(lambda store: links.used(store, _link(store), now=NOW))),
    "link withdrawn": Operation(bases.data, with_store(lambda store: links.revoke(store, _link(store), now=NOW))),
    "alert made": Operation(bases.data, with_store(lambda store: book.add(store, ALERT, NOW))),
    "delivery begun": Operation(bases.data, with_store(lambda store: book.claim(store, 1, "2026-06", NOW))),
    "delivery ended": Operation(
        bases.data, with_store(lambda store: book.settle(store, Delivery(1, "2026-05", "sent", 1, "told", None, NOW)))
    ),
    "mapping remembered": Operation(bases.data, with_store(_mapped)),
    "list taken": Operation(bases.data, with_store(_list_taken)),
    "sign-out": Operation(bases.data, with_store(lambda store: sign_ins.end(store, "somebody else"))),
}  # fmt: skip

MODULES = {
    "data.load": load,
    "data.imports": imports,
    "data.person": person,
    "data.backup": backup,
}

# What only reads.
QUESTIONS: dict[str, Callable[[Path], int]] = {
    "metric": command(metric, "nps"),
    "history": command(imports, "list"),
    "person": command(person, "find", "c3"),
}


def _link(store: Store) -> str:
    return links.listing(store)[0].id
