"""Every text of every table: after a person is erased the id is gone from it, or listed for somebody to decide; nothing else changes."""

import datetime as dt
import itertools
import json
import shutil
from functools import partial
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import person
from data.errors import RapportError
from data.imports.outcome.receipt import FileRead, LeftOut, Receipt
from data.people import audit, mentions
from data.people.mentions import KNOWN_BY, LEFT_TO_PEOPLE, OTHERS_IDS, OWN
from data.people.spelling import Spelling, trace
from data.store import rollups, schema
from data.store.store import ImportMeta, Merged, Store
from metrics.engine.schemas import NATURAL_KEYS, PEOPLE, TABLES
from tests.data.rows import nps, order, readers, table, take

WHO, OTHER = "zoe.quux@mail.test", "other-1"
# How else the id may be written, and whether it stands by itself
SPELLINGS = [
    "zoe.quux@mail.test",
    "ZOE.QUUX@Mail.Test",
    "  zoe.quux@mail.test ",
    '="zoe.quux@mail.test"',
    "'zoe.quux@mail.test",
    "ｚｏｅ．ｑｕｕｘ＠ｍａｉｌ．ｔｅｓｔ",
    "zoe\u200b.quux@mail\u00ad.test",
    "zoe.quux@mail.test.",
    "<zoe.quux@mail.test>",
    "mailto:zoe.quux@mail.test",
    "ask zoe.quux@mail.test, she knows",
    "我的朋友zoe.quux@mail.test说",
    "Zoe.Quux@mail.test\u3000",
    "a\tZoe.Quux@mail.test\n",
]
JOINED = ["o2_zoe.quux@mail.test.csv", "2026-zoe.quux@mail.test", "zoe.quux@mail.test/orders"]
NOBODY = ["azoe.quux@mail.test", "zoe.quux@mail.tests", "zoe.quux@mail", "zoe", "quux@mail.test2"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A row of somebody else in every table, and the person."""
    path = tmp_path_factory.mktemp("mentions") / "built.duckdb"
    left = LeftOut("not_a_date", "Not a date.", 1, "a.csv", 3, "when", "not-a-date-Zoe")
    receipt = Receipt("test", "Test", (FileRead("a.csv", 1, "utf-8", ",", 1),), 1, 0, (left,))
    with Store.open(path) as store:
        tables = {
            "orders": [order("o1", WHO, "2026-01-05", 10.0), order("o2", OTHER, "2026-01-06", 11.0, region="East", items=1.0)],
            "members": [
                {"customer_id": WHO, "attributes": json.dumps({"full name": "Zoe Quuxington", "mobile": "+49 30 1234567"})},
                {"customer_id": OTHER, "region": "East", "attributes": json.dumps({"points": "1", "by": ""})},
            ],
            "feedback": [nps("f1", WHO, "2026-02-01", 9.0, comment="mine"), nps("f2", OTHER, "2026-02-02", 1.0, comment="x")],
            "answers": [
                {"source": "s", "response_id": "r1", "item": "i", "customer_id": OTHER, "responded_at": dt.datetime(2026, 2, 2),
                 "score": 1.0, "scale_low": 1.0, "scale_high": 5.0},
            ],
            "tier_changes": [{"customer_id": OTHER, "effective_on": dt.date(2026, 1, 1), "tier": "gold"}],
            "order_lines": [
                {"source": "shop", "order_id": "o2", "line": 1, "product": "Mug", "product_group": "Kitchen", "amount": 11.0},
            ],
            "points": [
                {"source": "s", "movement_id": "p1", "customer_id": OTHER, "moved_at": dt.datetime(2026, 2, 2), "kind": "earn",
                 "points": 5.0, "award_id": "p0"},
            ],
            "referrals": [
                {"source": "s", "customer_id": OTHER, "referrer_id": "other-2", "referred_on": dt.date(2026, 1, 1)},
            ],
            "benefits": [
                {"source": "s", "use_id": "u1", "customer_id": OTHER, "used_at": dt.datetime(2026, 2, 2), "benefit": "gift"},
            ],
            "events": [
                {"source": "s", "event_id": "e1", "name": "n", "kind": "k", "starts_on": dt.date(2026, 1, 1), "stores": "x",
                 "segment": "y", "note": "z"},
            ],
        }  # fmt: skip
        made = readers({name: table(name, rows) for name, rows in tables.items()})
        remember = {"signature": json.dumps({"columns": {"customer_id": "id"}})}
        store.merge(made, ImportMeta("a.csv", "bytes", "test", receipt=partial(_receipt, receipt), remember=remember))
        audit.note(store, "bo", "upload", "1", "a.csv")
        with store.noting() as cursor:
            cursor.execute("insert into links (id, kind, view, scope, maker) values ('l1', 'pinned', '{}', '{}', 'bo')")
            cursor.execute(
                "insert into alerts (id, kind, name, asked, scope, target, maker) values (1, 'page', 'n', '{}', '{}', 't', 'bo')"
            )
            cursor.execute("insert into deliveries values (1, '2026-01', 'sent', 1, 'title', '', '2026-01-01')")
            cursor.execute("insert into kept_answers values (1, 'question', 'frame'::blob)")
            cursor.execute("insert into ended_sessions values ('session', '2026-01-01')")
            cursor.execute("insert into campaigns (id, share, seed, maker) values (1, 0.1, 'seed', 'bo')")
    return path


def _receipt(receipt: Receipt, _merged: Merged) -> str:
    return receipt.to_json()


@pytest.fixture
def db(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path / "m.duckdb"))


def text_columns(cursor: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    found = cursor.execute(
        "select table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' and schema_name = 'main' and not internal"
    ).fetchall()
    return [pair for pair in found if pair not in OWN]


def write_everywhere(db: Path, texts: list[str]) -> list[tuple[str, str]]:
    """Put the texts, in turn, into every column of text of every row that is not the person's: as a value in what is JSON. Ids stay."""
    with duckdb.connect(str(db)) as connection:
        columns = [pair for pair in text_columns(connection) if pair != OTHERS_IDS]
        ((key,),) = connection.execute(
            "select customer_key from customer_keys where customer_id = $1", [WHO]
        ).fetchall()
        for (name, column), text in zip(columns, itertools.cycle(texts)):
            keyed = connection.execute(
                f"select count(*) from (describe {name}) where column_name = 'customer_key'"
            ).fetchall()
            ours = f"where customer_key is distinct from {key}" if keyed[0][0] else ""
            rows = connection.execute(f"select rowid, {column} from {name} {ours}").fetchall()
            assert rows, f"{name} has no row"
            for rowid, old in rows:
                is_json = str(old).startswith("{")
                new = json.dumps({**json.loads(old), "x": text}, ensure_ascii=False) if is_json else text
                connection.execute(f"update {name} set {column} = $1 where rowid = $2", [new, rowid])
    return columns


def held(store: Store) -> dict[tuple[str, str], list[str]]:
    with store.reading() as cursor:
        return {
            (name, column): [
                text for (text,) in cursor.execute(f"select {column} from {name} where {column} is not null").fetchall()
            ]
            for name, column in text_columns(cursor)
        }


@pytest.mark.parametrize(
    "texts",
    [SPELLINGS, SPELLINGS[5:] + SPELLINGS[:5], SPELLINGS[10:] + SPELLINGS[:10], JOINED],
    ids=["1", "2", "3", "joined"],
)
def test_in_every_column_the_id_is_gone_or_listed(db: Path, texts: list[str]) -> None:
    assert len(write_everywhere(db, texts)) >= 40
    with Store.open(db) as store:
        erased = person.erase(store, WHO)
        listed = {(one.table, one.column) for one in erased.mentions}
        cells = held(store)
        assert {pair for pair in cells if any(text.strip() in cell for cell in cells[pair] for text in texts)} <= listed
        assert listed >= LEFT_TO_PEOPLE - {OTHERS_IDS}
        assert listed <= LEFT_TO_PEOPLE | KNOWN_BY or texts is JOINED
        with store.changing() as cursor:
            rollups.forget_touched(cursor)
            while named := mentions.mentions(cursor, [WHO]):
                assert mentions.remove(cursor, WHO, named[0].place)
            rollups.refresh(cursor)
            schema.want_rewrite(cursor)
        assert store.rewrite()
    assert [text for text in texts if text.strip().encode() in db.read_bytes()] == []


@pytest.mark.parametrize("other", [f"{WHO}.cn", f"{WHO} 2", f"a.{WHO}", f"x{WHO}", f"{WHO}2", f"guest of {WHO}"])
def test_the_ids_of_others_stay_what_they_are(db: Path, other: str) -> None:
    with Store.open(db) as store:
        take(store, orders=[order("o3", other, "2026-01-06", 11.0)])
        erased = person.erase(store, WHO)
        assert [each.rows for each in person.find(store, other)] == [1]
        listed = [one for one in erased.mentions if not one.can_go]
        assert [one.row for one in listed] == ([other] if Spelling(WHO).occurs(other) else [])
        for one in listed:
            with pytest.raises(RapportError, match="the id of another customer"):
                person.remove(store, one.word, one.place)


def test_what_is_written_otherwise_is_somebody_elses(db: Path) -> None:
    write_everywhere(db, NOBODY)
    with Store.open(db) as store:
        before = held(store)
        erased = person.erase(store, WHO)
        after = held(store)
    assert [one for one in erased.mentions if one.word == WHO] == []
    cells = {pair: [cell for cell in before[pair] if cell in NOBODY] for pair in before if pair[0] != "kept_answers"}
    assert sum(map(len, cells.values())) >= 30
    assert {pair for pair in cells if not set(cells[pair]) <= set(after[pair])} == set()


@pytest.mark.parametrize("short", ["1", "12", "Anna", "gold", "East", "张三", "20260105", "c-1", "x"])
def test_what_may_be_something_else_is_listed_and_not_changed(db: Path, short: str) -> None:
    with Store.open(db) as store:
        take(store, orders=[order("1", short, "2026-01-05", 1.0), order(short, OTHER, "2026-01-05", 1.0)])
        take(store, feedback=[nps("c", OTHER, "2026-02-05", 1.0, comment=f"I say {short} to you", touchpoint=short)])
        take(store, members=[{"customer_id": OTHER, "attributes": json.dumps({"by": short, "points": "11"})}])
        before = held(store)
        numbers = _numbers(store)
        erased = person.erase(store, short)
        after = held(store)
        assert _numbers(store) == numbers
    places = {(one.table, one.column) for one in erased.mentions}
    assert {("feedback", "comment"), ("feedback", "touchpoint"), ("members", "attributes")} <= places
    assert places & KNOWN_BY == set()
    own = {
        ("customer_keys", "customer_id"),
        ("imports", "receipt"),
        ("imports", "extent"),
        ("kept_answers", "question"),
    }
    gone = {
        pair: [cell for cell in cells if cell not in after[pair]] for pair, cells in before.items() if pair not in own
    }
    assert {
        pair: cells
        for pair, cells in gone.items()
        if cells and pair not in {("orders", "order_id"), ("orders", "source")}
    } == {}


# Ids, and how somebody else's row may be called that holds one: whether that is listed, because it may be an address.
NAMES_OF_ROWS = {
    "the same ten digits": ("1000000042", "1000000042", False),
    "the same eighteen digits": ("300000000000000042", "300000000000000042", False),
    "digits within": ("1000000042", "1000000042-1", True),
    "a telephone number alone": ("13800138000", "13800138000", False),
    "a telephone number within": ("13800138000", "tel 138 0013 8000", True),
    "a telephone number as it is dialled": ("+49301234567", "+49 30 1234567", True),
    "an e-mail address": (WHO, WHO.upper(), True),
    "an e-mail address within": (WHO, f"{WHO}|7", True),
    "letters and digits": ("CUST-000042", "cust-000042", False),
    "letters and digits within": ("CUST-000042", "CUST-000042 7", False),
    "few digits": ("42", "42", False),
    "a word": ("Diamond", "diamond", False),
}


def test_every_column_that_tells_rows_apart_is_known() -> None:
    texts = {
        (name, column)
        for name, rows in TABLES.items()
        for column, told in rows.columns().items()
        if told.dtype == pl.String
    }
    keys = {(name, column) for name, key in NATURAL_KEYS.items() for column in key}
    ids = {(name, column) for name, column in texts if column.endswith("_id") and column not in PEOPLE}
    assert KNOWN_BY & texts == (keys & texts) | ids


@pytest.mark.parametrize("case", NAMES_OF_ROWS)
def test_rows_of_others_keep_their_names_and_count_once_when_they_come_again(db: Path, case: str) -> None:
    who, called, listed = NAMES_OF_ROWS[case]
    at = dt.datetime(2026, 3, 2)
    theirs = {
        "orders": [order(called, OTHER, "2026-03-01", 25.0, source=called)],
        "feedback": [nps(called, OTHER, "2026-03-02", 9.0, order_id=called, source=called)],
        "answers": [
            {"source": called, "response_id": called, "item": called, "customer_id": OTHER, "responded_at": at, "score": 1.0,
             "scale_low": 1.0, "scale_high": 5.0},
        ],
    }  # fmt: skip
    columns = sorted(KNOWN_BY & {(name, column) for name, rows in theirs.items() for column in rows[0]})
    assert len(columns) == 8
    with Store.open(db) as store:
        take(store, orders=[order("mine", who, "2026-03-01", 1.0)])
        take(store, sha256="theirs", **theirs)
        erased = person.erase(store, who)
        cells = held(store)
        assert [pair for pair in columns if called not in cells[pair]] == []
        assert [pair for pair in columns if pair in {(one.table, one.column) for one in erased.mentions}] == (
            columns if listed else []
        )
        before = _money_and_rows(store)
        take(store, sha256="theirs again", **theirs)
        assert _money_and_rows(store) == before


def _money_and_rows(store: Store) -> list[tuple]:
    counts = "(select count(*) from feedback where replaced_by is null), (select count(*) from answers where replaced_by is null)"
    with store.reading() as cursor:
        return cursor.execute(
            f"select count(*), sum(amount), {counts} from orders where replaced_by is null"
        ).fetchall()


def _numbers(store: Store) -> list[object]:
    with store.snapshot() as snap:
        orders = snap.orders().collect("polars").to_native()
        return sorted(orders.filter(orders["order_id"] != "1").select("amount", "items").rows(), key=repr)


def test_examples_of_lines_left_out_are_shown_no_more(db: Path) -> None:
    with Store.open(db) as store:
        person.erase(store, WHO)
        (text,) = store.imports()["receipt"].to_list()
    (rule,) = Receipt.from_json(text).left_out
    assert (rule.lines, rule.rule, rule.example_column, rule.example_value) == (1, "not_a_date", "when", "…")
    assert "Zoe" not in text


@pytest.mark.parametrize(
    ("comment", "word"),
    [
        ("Zoe again", "Zoe"),
        ("ask zoe quuxington", "Zoe Quuxington"),
        ("call 0049 (30) 1234-567", "+49 30 1234567"),
        ("my friend ZOE.QUUX@mail.test", WHO),
    ],
)
def test_a_name_that_another_may_bear_is_listed(db: Path, comment: str, word: str) -> None:
    with Store.open(db) as store:
        take(
            store,
            feedback=[
                nps("f3", OTHER, "2026-02-02", 1.0, comment=comment),
                nps("f4", None, "2026-02-02", 1.0, comment=comment),
            ],
        )
        erased = person.erase(store, WHO)
        named = [one for one in erased.mentions if one.word == word]
        assert {(one.table, one.column, one.row) for one in named} == {
            ("feedback", "comment", "f3"),
            ("feedback", "comment", "f4"),
        }
        assert named[0].excerpt == comment
        assert person.remove(store, word, "feedback.comment:f3", "ada")
        assert [one.row for one in person.find_mentions(store, word)] == ["f4"]
        assert audit.entries(store, limit=1).select("who", "action", "subject").row(0) == (
            "ada",
            "remove mention",
            trace(word),
        )


def test_what_names_the_person_in_the_data_of_others_is_gone(db: Path) -> None:
    with Store.open(db) as store:
        attributes = json.dumps({"referred_by": WHO, "note": f"from {WHO} with love", WHO: "1"})
        take(
            store,
            name=f"o_{WHO}.csv",
            members=[{"customer_id": OTHER, "region": WHO.upper(), "attributes": attributes}],
        )
        take(store, orders=[order(f"{WHO}|7", OTHER, "2026-01-05", 3.0, region=WHO)])
        erased = person.erase(store, WHO)
        assert [one.place for one in erased.mentions] == [f"orders.order_id:{WHO}|7"]
        assert person.remove(store, WHO, erased.mentions[0].place)
        with store.reading() as cursor:
            names = [name for (name,) in cursor.execute("select file_name from imports order by id").fetchall()]
            (members,) = cursor.execute("select region, attributes from members where replaced_by is null").fetchall()
            regions = cursor.execute("select region from customers").fetchall()
            numbers = {name for (name,) in cursor.execute("select order_id from orders").fetchall()}
        assert names == ["a.csv", f"o_{trace(WHO)}.csv", "a.csv"]
        assert members[0] is None
        assert json.loads(members[1]) == {"referred_by": "", "note": f"from {trace(WHO)} with love", trace(WHO): "1"}
        assert numbers == {"o2", f"{trace(WHO)}|7"}
        assert regions == [(None,), (None,)]  # of the other one, and of who brought that one


def test_the_command_lists_and_takes_out(db: Path, capsys: pytest.CaptureFixture) -> None:
    with Store.open(db) as store:
        take(store, feedback=[nps("f3", OTHER, "2026-02-02", 1.0, comment=f"so said {WHO}")])
    place = "feedback.comment:f3"
    assert person.main(["erase", WHO, "--db", str(db), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["mentions"]
    assert told == {
        "table": "feedback", "column": "comment", "row": "f3", "excerpt": f"so said {WHO}", "word": WHO, "place": place,
    }  # fmt: skip
    assert person.main(["find", WHO, "--db", str(db), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [told]
    assert person.main(["find", WHO, "--db", str(db)]) == 0
    assert place in capsys.readouterr().out
    assert person.main(["remove", WHO, "--db", str(db)]) == 2
    assert "remove needs a place" in capsys.readouterr().err
    assert person.main(["remove", WHO, "feedback.comment:f9", "--db", str(db)]) == 2
    assert "Nothing names" in capsys.readouterr().err
    assert person.main(["remove", WHO, place, "--db", str(db)]) == 0
    assert capsys.readouterr().out == "It was taken out.\n"
    assert person.main(["find", WHO, "--db", str(db)]) == 2
    assert WHO.encode() not in db.read_bytes()


def test_half_written_copies_are_named(db: Path) -> None:
    copies = [
        *(f"{db.name}.{kind}" for kind in ("restoring", "old", "bak", "schema-2.backup", "replaced-2026-01-01-000000")),
        *(
            f"{db.name}.0a1b2c3d.{kind}"
            for kind in ("restoring", "restoring.wal", "rewriting", "before-rewriting", "partial")
        ),
        "monday.0a1b2c3d.partial",
        "rapport-2026-03-01-120000.duckdb",
    ]
    others = [f"{db.name}.wal", "notes.txt", "other.duckdb", "rapport-of-monday.duckdb"]
    for name in (*copies, *others):
        (db.parent / name).touch()
    (db.parent / f"{db.name}.requests").mkdir()
    assert person.copies_beside(db) == tuple(sorted(copies))


IDS = st.text("ab1.@- 张é", min_size=1, max_size=6).filter(lambda text: text.strip() not in ("", ".", "-", "@"))


@given(IDS, st.text("xy 2,", max_size=4), st.text("xy 2,", max_size=4))
def test_an_id_is_found_between_other_words_and_nothing_else_goes(customer_id: str, before: str, after: str) -> None:
    spelling = Spelling(customer_id)
    text = f"{before} {customer_id} {after}"
    spans = spelling.whole(text)
    assert spans
    cut = spelling.without(text, spans, "")
    assert sorted(set(text) - set(customer_id) - {" "}) == sorted(set(cut) - set(customer_id) - {" "})
    assert spelling.is_all_of(customer_id.upper())


@given(IDS, st.sampled_from("xy2é"))
def test_an_id_within_a_longer_one_is_not_it(customer_id: str, letter: str) -> None:
    spelling = Spelling(customer_id.strip())
    for text in (letter + spelling.text, spelling.text + letter):
        edge = text[1] if text[0] == letter else text[-2]
        if edge < "\u2e80":
            assert spelling.occurs(text) == [] or spelling.text in (letter * 2,)
