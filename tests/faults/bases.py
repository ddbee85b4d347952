"""Folders to begin with: a small store in each state that the operations need. Each is made once, and copied for every fault."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl

from data import backup, load
from data.alerts import book
from data.alerts.rules import Alert, Asked, Condition, Rule
from data.demo import load as load_demo
from data.people import audit, kept, links, sign_ins
from data.people.links import Link
from data.segment import EVERYBODY
from data.store import schema
from data.store.store import Store
from tests.data.rows import nps, order, take

DB = "rapport.duckdb"
NOW = dt.datetime(2026, 7, 1, 9)
ORDERS, CHANGED, BY_HAND = "orders.csv", "changed.csv", "by-hand.csv"
HEADERS = "Order ID,Customer ID,Order Date,Amount\n"
SCHEMAS = Path(__file__).with_name("schemas")
DEMO_CUSTOMERS = 40


def _order_line(number: int, cents: int) -> str:
    return f"{number},c{number % 40},2026-0{1 + number % 6}-{10 + number % 9},{cents // 100}.{cents % 100:02}\n"


def nothing(folder: Path) -> None:
    """No store yet, and the files that people load."""
    (folder / ORDERS).write_text(HEADERS + "".join(_order_line(n, 1000 + 37 * n) for n in range(300)))
    # a hundred orders as they were, a hundred of another amount, a hundred new ones
    changed = (_order_line(n, 1000 + 37 * n + (n % 2)) for n in range(100, 300))
    (folder / CHANGED).write_text(HEADERS + "".join([*changed, *(_order_line(n, 99 * n) for n in range(300, 400))]))
    (folder / BY_HAND).write_text("No.,Who,When,How much\n" + "".join(_order_line(n, 500 + n) for n in range(500, 600)))


def empty(folder: Path) -> None:
    """A store without an import."""
    nothing(folder)
    Store.open(folder / DB).close()


def data(folder: Path, *, programme: bool = True) -> None:
    """A store that has been in use: imports, one of them undone, links, an alert, what it told, who did what. Without `programme` it has
    rows in those tables alone that the first files had."""
    nothing(folder)
    assert load.main([str(folder / ORDERS), "--profile", "orders", "--db", str(folder / DB)]) == 0
    with Store.open(folder / DB) as store:
        take(
            store,
            name="others",
            sha256="others",
            remember={"signature": "{}"},
            members=[{"customer_id": f"c{n}", "region": ("East", "West")[n % 2]} for n in range(45)],
            **(PROGRAMME if programme else {}),
            feedback=[nps(str(n), f"c{n % 50}", f"2026-0{1 + n % 6}-11", n % 11, order_id=str(n)) for n in range(120)],
            tier_changes=[
                {"customer_id": f"c{n}", "effective_on": dt.date(2026, 1 + n % 5, 3), "tier": "gold"} for n in range(20)
            ],
        )
        store.undo(take(store, name="wrong", sha256="wrong", orders=[order("9999", "c3", "2026-03-03", 7)]).import_id)
        answer = pl.DataFrame({"nps": [12.5], "n": [120]})
        pinned = links.make(store, PINNED, answers={kept.question("nps", 1, "{}", (), EVERYBODY): answer})
        links.token(store, pinned)  # given out: from now on there is a secret
        links.used(store, pinned.id, now=NOW)
        book.claim(store, book.add(store, ALERT, NOW).id, "2026-05", NOW)
        sign_ins.end(store, "somebody")
        audit.note(store, "ada@example.com", "erase", "1f2e3d4c")


PROGRAMME: dict[str, list[dict[str, object]]] = {
    "order_lines": [
        {"source": "orders", "order_id": str(n), "line": 1, "product": "Mug", "quantity": 1.0, "amount": 5.0}
        for n in range(50)
    ],
    "points": [
        {
            "source": "t",
            "movement_id": str(n),
            "customer_id": f"c{n % 40}",
            "moved_at": NOW,
            "kind": "earn",
            "points": 9.0,
        }
        for n in range(60)
    ],
    "referrals": [
        {"source": "t", "customer_id": f"c{n}", "referrer_id": f"c{n + 1}", "referred_on": NOW.date()}
        for n in range(10)
    ],
    "benefits": [
        {"source": "t", "use_id": str(n), "customer_id": f"c{n}", "used_at": NOW, "benefit": "gift"} for n in range(10)
    ],
    "events": [{"source": "t", "event_id": "1", "name": "Training", "starts_on": NOW.date()}],
}
PINNED = Link("pinned", "nps", {"as_of": ["2026-06-20"]}, "ada@example.com", NOW, version=2, metric_versions={"nps": 1})
ALERT = Alert(
    0, "NPS", Rule(Asked("nps", "nps"), Condition("below", 50)), "month", "email", "ada@example.com", "en", EVERYBODY,
    "ada@example.com", NOW, None,
)  # fmt: skip


def demo(folder: Path) -> None:
    """A store with demo data."""
    nothing(folder)
    with Store.open(folder / DB) as store:
        load_demo(store, customers=DEMO_CUSTOMERS)


def copied(folder: Path) -> None:
    """A store, and a backup of it as it was one import before."""
    data(folder)
    assert backup.main([str(folder / "copy"), "--db", str(folder / DB)]) == 0
    assert load.main([str(folder / CHANGED), "--profile", "orders", "--db", str(folder / DB)]) == 0


def damaged(folder: Path) -> None:
    """A backup, and in the place of the store something that cannot be read."""
    copied(folder)
    (folder / DB).write_bytes(b"what a disk gave back" * 1000)


def killed(folder: Path) -> None:
    """A store whose process ended after an import was imported and before its log went into the file."""
    data(folder)
    with Store.open(folder / DB) as store:
        take(store, name="last", sha256="last", orders=[order("7777", "c4", "2026-05-05", 19.99)])
        for name in (DB, f"{DB}.wal"):
            shutil.copyfile(folder / name, folder / f"{name}.then")
    for name in (DB, f"{DB}.wal"):
        (folder / f"{name}.then").replace(folder / name)


def unwritten(folder: Path) -> None:
    """A store that is to be written anew at the next start."""
    data(folder)
    with Store.open(folder / DB) as store, store.noting() as cursor:
        schema.want_rewrite(cursor)


def older(version: int) -> Callable[[Path], None]:
    """A store as an older Rapport wrote it."""

    def make(folder: Path) -> None:
        data(folder, programme=False)
        newest = folder / "newest"
        (folder / DB).rename(newest)
        with duckdb.connect(str(folder / DB)) as connection:
            connection.execute(SCHEMAS.joinpath(f"{version}.sql").read_text("utf-8"))
            connection.execute(f"attach '{newest}' as newest (read_only)")
            tables = "select table_name from duckdb_tables() where database_name <> 'newest'"
            columns = "select column_name from duckdb_columns() where table_name = $1 and database_name {} 'newest'"
            for (table,) in connection.execute(tables).fetchall():
                mine, theirs = (
                    {name for (name,) in connection.execute(columns.format(sign), [table]).fetchall()}
                    for sign in ("<>", "=")
                )
                both = ", ".join(f'"{name}"' for name in sorted(mine & theirs))
                connection.execute(f'insert into "{table}" ({both}) select {both} from newest."{table}"')
            connection.execute(f"update meta set value = '{version}' where key = 'schema_version'")
        newest.unlink()

    return make
