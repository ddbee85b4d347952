"""Where else the file names a person, beside the person's own rows: every text of every table is looked through.

What can be decided goes by itself when the person is erased: the id is taken out wherever nothing else is likely to be written like it.
What cannot is listed, for somebody to decide: comments of others, who did something here, names that another may bear, short ids, an
e-mail address or a telephone number in what rows of others are known by.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from data.errors import RapportError
from data.people.spelling import Span, Spelling, trace
from metrics.engine.schemas import NATURAL_KEYS, PEOPLE, TABLES, people, texts
from metrics.texts import N_

MOST_LISTED, AROUND = 200, 40  # mentions; letters of an excerpt to each side
FEWEST_LETTERS = 3  # of a name
OFFICES = {"admin", "contact", "hello", "info", "mail", "office", "sales", "service", "shop", "support", "team"}
ILLEGIBLE = "…"  # what stands for the example of a line left out

COMMENTS = ("feedback", "comment")
# What is never taken out unasked: words of another person, and who did what here.
LEFT_TO_PEOPLE = {
    COMMENTS,
    ("imports", "who"),
    ("audit", "who"),
    ("links", "maker"),
    ("alerts", "maker"),
    ("alerts", "target"),
    ("campaigns", "maker"),
    ("customer_keys", "customer_id"),
}
OTHERS_IDS = ("customer_keys", "customer_id")
# What rows are known by. Under another name an order of somebody else would be another order, and the shop's next export would bring the
# one of the old name beside it.
KNOWN_BY = {
    *((table, name) for table, key in NATURAL_KEYS.items() for name in key),
    *((table, name) for table, name in texts() if name.endswith("_id")),
}
# What never comes from data: codes that Rapport writes and reads, and what is made anew from other columns.
OWN = {
    *(("customers", name) for name in ("customer_id", "acquisition_channel", "region")),
    *(("customer_attributes", name) for name in ("name", "value")),
    *(("meta", name) for name in ("key", "value")),
    *(("imports", name) for name in ("kind", "profile", "sha256")),
    *(("links", name) for name in ("id", "kind", "page", "pages", "metric_versions")),
    *(("alerts", name) for name in ("kind", "every", "channel", "language", "condition")),
    *(("deliveries", name) for name in ("period", "status")),
    ("orders", "kind"),
    ("points", "kind"),
    ("sightings", "table_name"),
    ("ended_sessions", "session"),
    ("campaigns", "seed"),
    ("campaign_members", "arm"),
    ("mappings", "signature"),
}
# What Rapport wrote of files: a name of a file joins an id to other words.
OF_FILES = {
    ("imports", "file_name"),
    ("imports", "receipt"),
    ("imports", "mapping"),
    ("mappings", "mapping"),
    ("audit", "subject"),
    ("audit", "detail"),
    ("deliveries", "message"),
    ("deliveries", "error"),
}
NAMED = "(select customer_id from customer_keys k where k.customer_key = t.customer_key)"


def _called(table: str) -> str:
    """SQL: what an uploaded row is called where it is listed, by what tells it apart within its source."""
    key = [name for name in NATURAL_KEYS[table] if name != "source"]
    words = [NAMED if name in PEOPLE else name for name in key if name in PEOPLE or not name.endswith("_on")]
    return " || ' ' || ".join(words)


# What a row is called where it is listed.
ROWS = {
    **{table: _called(table) for table in TABLES},
    "audit": "strftime(done_at, '%Y-%m-%d %H:%M:%S')",
    "deliveries": "alert_id || ' ' || period",
    "customer_keys": "customer_id",
    **dict.fromkeys(("imports", "links", "alerts", "campaigns"), "id"),
}
NAMING = {table for table in TABLES if "customer_id" in people(table)}  # tables whose rows are of somebody


@dataclass(frozen=True)
class Mention:
    """Where a text names somebody: table, column, what the row is called, and a part of the text. `word`: what it names the person by."""

    table: str
    column: str
    row: str
    excerpt: str
    word: str

    @property
    def place(self) -> str:
        """Where it stands, in one word for a command."""
        return f"{self.table}.{self.column}:{self.row}"

    @property
    def can_go(self) -> bool:
        """Whether it can be taken out: not of the id of another customer, who would be another one then."""
        return (self.table, self.column) != OTHERS_IDS


def mentions(
    cursor: duckdb.DuckDBPyConnection, words: Sequence[str], names: Sequence[str] = (), beside: int = -1
) -> list[Mention]:
    """The texts that name a person by one of the words, and the comments with one of the names, which others may bear; beside the rows of
    a customer. The first MOST_LISTED."""
    found: dict[
        str, Mention
    ] = {}  # by place: what takes out one word takes out, or leaves to the next list, the others
    for word, columns in [*((word, None) for word in words), *((name, [COMMENTS]) for name in names)]:
        for table, column, text, at in _hits(cursor, Spelling(word), columns):
            for row in _rows(cursor, table, column, text, beside):
                mention = Mention(table, column, row, _excerpt(text, at), word)
                found.setdefault(mention.place, mention)
                if len(found) == MOST_LISTED:
                    return list(found.values())
    return list(found.values())


def names_in(word: str) -> list[str]:
    """The names that a name or the address of a mailbox is made of: zoe.quux@mail.test names Zoe and Quux."""
    parts = re.split(r"[\W\d_]+", word.partition("@")[0])
    return [part for part in parts if len(part) >= FEWEST_LETTERS and part.lower() not in OFFICES]


def take_out(cursor: duckdb.DuckDBPyConnection, customer_id: str) -> None:
    """Take an id out of all that can be decided, and the examples of lines left out, which nobody can tell whose they are."""
    spelling = Spelling(customer_id)
    for number, receipt in cursor.execute("select id, receipt from imports where receipt <> ''").fetchall():
        cursor.execute(
            "update imports set receipt = $receipt where id = $id", {"id": number, "receipt": without_examples(receipt)}
        )
    if not spelling.is_certain:
        return
    for table, column in _columns(cursor):
        if (table, column) not in LEFT_TO_PEOPLE | KNOWN_BY:
            for text in _candidates(cursor, table, column, spelling):
                _change(cursor, table, column, text, _without(spelling, table, column, text, asked=False))


def remove(cursor: duckdb.DuckDBPyConnection, word: str, place: str) -> int:
    """Take out what stands at a place that `mentions` named, because somebody decided so; how many rows it was in."""
    spelling, changed = Spelling(word), 0
    for table, column, text, _at in _hits(cursor, spelling):
        for mention in (Mention(table, column, row, "", word) for row in _rows(cursor, table, column, text)):
            if mention.place != place:
                continue
            if not mention.can_go:
                raise RapportError(N_("“{place}” is the id of another customer; erase that one instead."), place=place)
            changed += _change(
                cursor, table, column, text, _without(spelling, table, column, text, asked=True), mention.row
            )
    if not changed:
        raise RapportError(N_("Nothing names “{word}” at “{place}”."), word=word, place=place)
    return changed


def without_examples(receipt: str) -> str:
    """A receipt whose lines left out are counted by rule, and shown no more."""
    told = json.loads(receipt)
    for rule in told.get("left_out", []):
        if rule.get("example_value"):
            rule["example_value"] = ILLEGIBLE
    return json.dumps(told, ensure_ascii=False)


def _columns(cursor: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Every column of text that the file has, whatever will be added, but OWN: none can be forgotten."""
    found = cursor.execute(
        """
        select table_name, column_name from duckdb_columns()
        where data_type = 'VARCHAR' and schema_name = 'main' and not internal and database_name = current_database()
        order by table_name, column_index
        """
    ).fetchall()
    return [pair for pair in found if pair not in OWN]


def _hits(
    cursor: duckdb.DuckDBPyConnection, spelling: Spelling, columns: Sequence[tuple[str, str]] | None = None
) -> Iterator[tuple[str, str, str, list[Span]]]:
    """Each text that names the person: table, column, the text, and where in it; in given columns, only where it stands by itself."""
    for table, column in columns or _columns(cursor):
        if (table, column) == OTHERS_IDS and not spelling.is_certain:
            continue
        is_name = (table, column) in KNOWN_BY
        if is_name and not spelling.is_address:
            continue
        for text in _candidates(cursor, table, column, spelling):
            if is_name and text.strip().isdecimal():  # the number of an order, not of a telephone
                continue
            found = spelling.worth_listing if columns is None else spelling.whole
            if any(found(leaf) for leaf in _leaves(text)):
                yield table, column, text, found(text) or [(0, 0)]


def _candidates(cursor: duckdb.DuckDBPyConnection, table: str, column: str, spelling: Spelling) -> list[str]:
    """The different texts that may name the person: those that hold its core, and all in which letters may be written otherwise."""
    cell = f"regexp_replace({column}, '[^0-9]', '', 'g')" if spelling.digits else f"lower({column})"
    found = cursor.execute(
        f"""
        select distinct {column} from {table}
        where ($core <> '' and contains({cell}, $core)) or strlen({column}) <> length({column}) or contains({column}, '\\u')
        """,
        {"core": spelling.core},
    ).fetchall()
    return [text for (text,) in found if any(spelling.occurs(leaf) for leaf in _leaves(text))]


def _rows(cursor: duckdb.DuckDBPyConnection, table: str, column: str, text: str, beside: int = -1) -> list[str]:
    """What the rows are called that hold the text; those of past versions are called as the present one."""
    of_others = (
        f"and customer_key is distinct from {int(beside)}" if table in NAMING or table == "customer_keys" else ""
    )
    query = f"""
        select distinct {_name(table)} as name from {table} t where {column} = $text {of_others}
        order by name limit {MOST_LISTED}
    """
    return [row for (row,) in cursor.execute(query, {"text": text}).fetchall()]


def _name(table: str) -> str:
    return f"coalesce(({ROWS.get(table, 'rowid')})::varchar, '')"


def _change(
    cursor: duckdb.DuckDBPyConnection, table: str, column: str, text: str, instead: str | None, row: str | None = None
) -> int:
    """Write another text in the place of one, in all rows or in those called so; customers whose rows change are `touched`."""
    if instead == text:
        return 0
    values: dict[str, Any] = {"text": text}
    where = f"{column} = $text"
    if row is not None:
        where += f" and {_name(table)} = $row"
        values["row"] = row
    if table in NAMING:
        cursor.execute(f"insert into touched select distinct customer_key from {table} t where {where}", values)
        cursor.execute("delete from touched where customer_key is null")
    counted = cursor.execute(f"select count(*) from {table} t where {where}", values).fetchall()[0][0]
    if table == "mappings":  # one that names a column by another name than the file's is of no use
        cursor.execute(f"delete from {table} as t where {where}", values)
    else:
        cursor.execute(f"update {table} as t set {column} = $instead where {where}", {**values, "instead": instead})
    return int(counted)


def _without(spelling: Spelling, table: str, column: str, text: str, *, asked: bool) -> str | None:
    """The text without the person. A cell that says nothing else is empty then; what rows are known by keeps a trace in its place."""
    if asked and (table, column) == COMMENTS:
        return None
    is_key = table not in TABLES or (table, column) in KNOWN_BY
    if not is_key and spelling.is_all_of(text):
        return None if _may_be_null(table, column) else trace(spelling.text)
    joined = asked or (table, column) in OF_FILES

    def traced(leaf: str) -> str:
        spans = spelling.occurs(leaf) if joined else spelling.whole(leaf)
        return spelling.without(leaf, spans, trace(spelling.text))

    def emptied(leaf: str) -> str:
        return "" if spelling.is_all_of(leaf) else traced(leaf)

    return _mapped(text, emptied if column == "attributes" else traced, traced)


def _may_be_null(table: str, column: str) -> bool:
    name = "customer_id" if column == "customer_key" else column
    return name in TABLES[table].columns() and TABLES[table].columns()[name].nullable


def _parsed(text: str) -> Any:
    """What JSON holds; None for another text."""
    if text[:1] not in "{[":
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _leaves(text: str) -> list[str]:
    """The texts that a text consists of: those within JSON, names too, or itself."""
    told = _parsed(text)
    return [text] if told is None else list(_inner(told))


def _inner(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, list | dict):
        for part in [*told, *told.values()] if isinstance(told, dict) else told:
            yield from _inner(part)


def _mapped(text: str, change: Callable[[str], str], name: Callable[[str], str]) -> str:
    """The text with `change` made of each text in it, and `name` of each name of a value."""
    told = _parsed(text)
    return change(text) if told is None else json.dumps(_each(told, change, name), ensure_ascii=False)


def _each(told: Any, change: Callable[[str], str], name: Callable[[str], str]) -> Any:
    if isinstance(told, str):
        return change(told)
    if isinstance(told, list):
        return [_each(part, change, name) for part in told]
    if isinstance(told, dict):
        return {name(key): _each(part, change, name) for key, part in told.items()}
    return told


def _excerpt(text: str, spans: list[Span]) -> str:
    start, end = spans[0]
    low, high = max(start - AROUND, 0), end + AROUND
    return " ".join(f"{'…' * (low > 0)}{text[low:high]}{'…' * (high < len(text))}".split())
