"""`python -m data.person find|export|erase CUSTOMER_ID`: what the file holds of a person in any version, and an end to it.

Erasing deletes. Orders without a name would keep sums as they were, but order number, time and amount still point to somebody, and the
shop's next export would bring the same orders again and count them twice. So numbers that counted the person change, in past versions too.
"""

import argparse
import datetime as dt
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from glob import escape
from pathlib import Path

import duckdb
import polars as pl
import polars.selectors as cs

from data.command import ended
from data.errors import RapportError
from data.file import halves, opening
from data.imports.cells.keys import fold_key, fold_phone
from data.people import audit, kept, links, mentions
from data.people.mentions import Mention
from data.people.spelling import Spelling, trace
from data.settings import Settings
from data.sql import first_row, only_value
from data.store import member_columns, rollups, schema
from data.store.extent import measure
from data.store.store import Store
from data.text.characters import whole
from metrics.engine.schemas import DATES, TABLES, people
from metrics.texts import N_

TIMES = {table: date for table, date in DATES.items() if table != "members"}  # when a person joined is no span of rows
NAMES = re.compile(r"name|phone|mobile|e-?mail|姓名|名字|昵称|称呼|手机|电话|邮箱|邮件", re.IGNORECASE)  # headers
OF_ORDERS = "select {0} from orders where customer_key = $key"
# Rows of the person that do not stand under the key: answers that name no customer but an order of the person's, and lines of orders.
BY_ORDER = {
    "feedback": f"customer_key is null and order_id in ({OF_ORDERS.format('order_id')})",
    "order_lines": f"(source, order_id) in ({OF_ORDERS.format('(source, order_id)')})",
}
# Rows of the person: those under a key, whoever brought or was brought, and those by an order. Events are nobody's.
OF_PERSON = {
    table: " or ".join(
        [*(f"{name} = $key" for name in people(table).values()), *([BY_ORDER[table]] if table in BY_ORDER else [])]
    )
    for table in TABLES
    if people(table) or table in BY_ORDER
}
# Those by an order go before the orders.
ORDERED = sorted(OF_PERSON, key=lambda table: table not in BY_ORDER)


@dataclass(frozen=True)
class Held:
    """What the file holds of one table: rows that are visible now, rows of past versions, first and last date."""

    table: str
    rows: int
    past: int
    first: dt.date | None
    last: dt.date | None


@dataclass(frozen=True)
class Erased:
    """What was erased, and whether the bytes have left the file already, or will at the next start.

    `copies`: files beside it, such as those from before a migration, that may hold the person. `mentions`: what names the person and
    could not be decided.
    """

    rows: int
    gone: bool
    copies: tuple[str, ...]
    mentions: tuple[Mention, ...] = ()


def find(store: Store, customer_id: str) -> list[Held]:
    """One entry per table that holds rows of the customer. An id that the file does not know raises RapportError."""
    with store.reading() as cursor:
        _, key = _known(cursor, customer_id)
        held = [_held(cursor, table, key) for table in OF_PERSON]
    return [each for each in held if each.rows or each.past]


def export(store: Store, customer_id: str) -> dict[str, object]:
    """Every row of the customer by table, with the import that brought it and the version that replaced it; values as JSON takes them."""
    with store.reading() as cursor:
        name, key = _known(cursor, customer_id)
        tables = {table: _rows(cursor, table, key) for table in OF_PERSON}
        tables["campaigns"] = _campaigns(cursor, key)
    return {"customer_id": name, "exported_at": dt.datetime.now().isoformat(timespec="seconds"), **tables}


def find_mentions(store: Store, customer_id: str) -> list[Mention]:
    """Where else the file names somebody by this id or word, known as a customer or not; the first data.people.mentions.MOST_LISTED."""
    with store.reading() as cursor:
        try:
            name, key = _known(cursor, customer_id)
        except RapportError:
            name, key = whole(customer_id), -1
        return mentions.mentions(cursor, [name], mentions.names_in(name) if "@" in name else [], key)


def erase(store: Store, customer_id: str, who: str = "") -> Erased:
    """Delete every row of the customer from all versions, and every byte of them from the file; a `trace` stands for the id where it
    can be told that it is meant. What cannot be decided is listed.

    Uploading a file that holds the customer brings the person back.
    """
    with store.changing() as cursor:
        name, key = _known(cursor, customer_id)
        words = [name, *_words(cursor, key)]
        gone, first = 0, only_value(cursor, "select max(id) from imports")
        rollups.forget_touched(cursor)
        rollups.touch(cursor, f"select {int(key)}")
        for table in ORDERED:
            rows = f"from {table} where {OF_PERSON[table]}"
            earliest = only_value(cursor, f"select min(added_by) {rows}", {"key": key})
            first = min(first, earliest or first)
            cursor.execute(
                f"delete from sightings where table_name = '{table}' and row_id in (select row_id {rows})", {"key": key}
            )
            gone += only_value(cursor, f"select count(*) {rows}", {"key": key})
            for beside in list(people(table).values())[
                1:
            ]:  # whoever was brought, or brought, may be known by nothing else
                cursor.execute(f"insert into touched select unnest([customer_key, {beside}]) {rows}", {"key": key})
            cursor.execute(f"delete {rows}", {"key": key})
        cursor.execute("delete from campaign_members where customer_key = $key", {"key": key})
        cursor.execute("delete from customer_keys where customer_key = $key", {"key": key})
        mentions.take_out(cursor, name)
        _forget_answers(cursor)
        _mend_extents(cursor, first)
        spoken = [word for word in words if word != name or "@" in word]
        spoken.sort(key=lambda word: "@" in word)  # as people write it: Zoe rather than the zoe of a mailbox
        names = dict.fromkeys(part for word in spoken for part in mentions.names_in(word) if part not in words)
        left = mentions.mentions(cursor, words, list(names))
        audit.add(cursor, who, "erase", trace(name))
    with store.noting() as cursor:  # and what a link kept while this was going on
        cursor.execute("delete from kept_answers")
    links.read_anew(store)
    return Erased(gone, store.rewrite(), copies_beside(store.path), tuple(left))


def remove(store: Store, word: str, place: str, who: str = "") -> bool:
    """Take out what names somebody at a place that was listed, a comment as a whole; whether its bytes have left the file already."""
    word, place = whole(word), whole(place)
    with store.changing() as cursor:
        rollups.forget_touched(cursor)
        mentions.remove(cursor, word, place)
        _forget_answers(cursor)
        audit.add(cursor, who, "remove mention", trace(word))
    with store.noting() as cursor:
        cursor.execute("delete from kept_answers")
    links.read_anew(store)
    return store.rewrite()


def copies_beside(db: Path) -> tuple[str, ...]:
    """Names of the files beside the data that may hold earlier states of them: all whose names begin with the file's, whoever made them,
    backups that a plan makes, and halves of any name."""
    named = (path for path in db.parent.glob(f"{escape(db.name)}.*") if path != opening.log_of(db))
    halved = (path for pattern in halves.patterns() for path in db.parent.glob(pattern))
    planned = (path for _at, path in opening.planned(db.parent))
    return tuple(sorted({path.name for path in (*named, *halved, *planned) if path.is_file() and path != db}))


def _known(cursor: duckdb.DuckDBPyConnection, customer_id: str) -> tuple[str, int]:
    """The customer's id as the file has it, and the key. It may be given as any upload spells it."""
    given = pl.DataFrame({"id": [whole(customer_id)]})
    spelt = given.select(exact="id", key=fold_key(pl.col("id")), phone=fold_phone(pl.col("id"))).row(0)
    for name in spelt:
        found = name and first_row(
            cursor, "select customer_id, customer_key from customer_keys where customer_id = $name", {"name": name}
        )
        if found:
            return found
    raise RapportError(N_("The data know no customer “{id}”."), id=customer_id)


def _held(cursor: duckdb.DuckDBPyConnection, table: str, key: int) -> Held:
    time = TIMES.get(table, "null::date")
    counts = f"count(*) filter (replaced_by is null), count(*) filter (replaced_by is not null), min({time})::date, max({time})::date"
    found = first_row(cursor, f"select {counts} from {table} where {OF_PERSON[table]}", {"key": key})
    return Held(table, *(found or (0, 0, None, None)))


def _rows(cursor: duckdb.DuckDBPyConnection, table: str, key: int) -> list[dict[str, object]]:
    """Rows of the person, without the keys of others: `role` says as whom a row names the person where it may name two."""
    keys = people(table)
    columns = ", ".join(name for name in schema.content(table) if name not in keys.values())
    if len(keys) > 1:
        roles = " ".join(f"when {key_name} = $key then '{name}'" for name, key_name in keys.items())
        columns += f", case {roles} end as role"
    rows = cursor.sql(
        f"select {columns}, origin as import, added_by as since_version, replaced_by as until_version from {table} "
        f"where {OF_PERSON[table]} order by since_version, row_id",
        params={"key": key},
    ).pl()
    return list(json.loads(rows.with_columns(cs.decimal().cast(pl.Float64)).write_json()))


def _campaigns(cursor: duckdb.DuckDBPyConnection, key: int) -> list[dict[str, object]]:
    """Lists that the person was on, or was held out of by lot."""
    rows = cursor.sql(
        "select campaign_id, arm, listed_on from campaign_members where customer_key = $key order by campaign_id",
        params={"key": key},
    ).pl()
    return list(json.loads(rows.write_json()))


def _words(cursor: duckdb.DuckDBPyConnection, key: int) -> list[str]:
    """What else the person may be named by: e-mail, telephone and name in the members file."""
    found: dict[str, None] = {}
    for (text,) in cursor.execute("select attributes from members where customer_key = $key", {"key": key}).fetchall():
        for name, value in json.loads(text or "{}").items():
            word = str(value or "").strip()
            spelling = Spelling(word)
            if len(word) > 1 and ("@" in word or spelling.digits or NAMES.search(name)):
                found[word] = None
    return list(found)


def _forget_answers(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make anew, or drop, all that was worked out before."""
    cursor.execute("delete from kept_answers")
    kept.count_erasure(cursor)
    rollups.refresh(cursor)
    member_columns.refresh(cursor)
    schema.want_rewrite(cursor)


def _mend_extents(cursor: duckdb.DuckDBPyConnection, first: int | None) -> None:
    """What each import says of how far the data reach, without the person."""
    newest = only_value(cursor, "select max(id) from imports")
    with_extent = "select id from imports where id >= $first and extent <> ''"
    for (number,) in cursor.execute(with_extent, {"first": first}).fetchall():
        extent = measure(cursor, None if number == newest else number).to_json()
        cursor.execute("update imports set extent = $extent where id = $id", {"id": number, "extent": extent})


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when done, 2 with one sentence when not."""
    parser = argparse.ArgumentParser(prog="python -m data.person", description="What the file holds of one person.")
    parser.add_argument(
        "what",
        choices=("find", "export", "erase", "remove"),
        help="count rows and list where else the person is named; print rows as JSON; delete them for good; "
        "take out what is named at a place",
    )
    parser.add_argument("customer_id", help="as the exports name the customer, or the word that was listed")
    parser.add_argument("place", nargs="?", help="of “remove”: where, as find and erase list it")
    parser.add_argument("--db", type=Path, help="the DuckDB file (default: RAPPORT_DB)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    return ended(lambda: _open(options))


def _open(options: argparse.Namespace) -> int:
    path = options.db or Settings.read().db
    opening.refuse_new(path)
    if not path.exists():
        raise RapportError("{path} does not exist, so it holds nobody.", path=path)
    with Store.open(path) as store:
        _run(store, options)
    return 0


def _run(store: Store, options: argparse.Namespace) -> None:
    if options.what == "export":
        print(json.dumps(export(store, options.customer_id), ensure_ascii=False, indent=2))
        return
    if options.what == "find":
        _print_found(store, options)
        return
    if options.what == "remove":
        if options.place is None:
            raise RapportError("remove needs a place, as find lists it: python -m data.person remove WORD PLACE.")
        gone = remove(store, options.customer_id, options.place)
        _print_done(options, {"gone": gone}, "It was taken out.", gone=gone)
        return
    erased = erase(store, options.customer_id)
    told = {**vars(erased), "mentions": list(map(_as_json, erased.mentions))}
    _print_done(options, told, f"{erased.rows} rows of the customer were erased from all versions.", erased.gone)
    if not options.json:
        names = f", and so do: {', '.join(erased.copies)}." if erased.copies else "."
        print(f"Backups made before still hold them{names}")
        _print_mentions(erased.mentions)


def _print_done(options: argparse.Namespace, told: Mapping[str, object], sentence: str, gone: bool) -> None:
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
        return
    print(sentence)
    if not gone:
        print("The bytes leave the file at the next start for which there is room.")


def _print_found(store: Store, options: argparse.Namespace) -> None:
    """Rows of the customer, and where else the id is named; the latter alone of an id that was erased."""
    named = find_mentions(store, options.customer_id)
    try:
        held = find(store, options.customer_id)
    except RapportError:
        if not named:
            raise
        held = []
    if options.json:
        rows = [*map(vars, held), *map(_as_json, named)]
        print(json.dumps(rows, default=str, ensure_ascii=False))
        return
    print("\n".join(map(_line, held)))
    _print_mentions(named)


def _as_json(mention: Mention) -> dict[str, object]:
    return {**asdict(mention), "place": mention.place}


def _print_mentions(named: Sequence[Mention]) -> None:
    if named:
        print("Named elsewhere, for you to decide (python -m data.person remove WORD PLACE):")
    for one in named:
        print(f"  {one.word}  {one.place}  {one.excerpt}")


def _line(held: Held) -> str:
    dates = f", {held.first} to {held.last}" if held.first else ""
    return f"{held.table:<12} {held.rows:>6} rows, {held.past} of past versions{dates}"


if __name__ == "__main__":
    sys.exit(main())
