"""A person is found, exported and erased: in every version, in the history, in the bytes of the file."""

import datetime as dt
import json
import shutil
import threading
from functools import partial
from pathlib import Path

import pytest

from data import person
from data.errors import RapportError
from data.imports import Receipt
from data.imports.outcome.receipt import LeftOut
from data.people import audit
from data.store import engine
from data.store.extent import Extent
from data.store.store import ImportMeta, Merged, Store
from tests.data.rows import nps, order, readers, table

WHO = "mei.lin@example.com"
SECRETS = [
    WHO,
    "ORD-4711-MEI",
    "my neighbour knows",
    "ANS-0815-MEI",
    "platinum-of-mei",
    "mug-of-mei",
    "MOVE-9-MEI",
    "gift-of-mei",
]


def rows(*, with_person: bool) -> list[dict[str, list[dict]]]:
    """Three imports: everything, corrections, and a later order; with or without the person's part."""
    people = ["c1", "c2", "c3", *([WHO] if with_person else [])]
    own = with_person or None
    orders = [order(f"{who[:2]}{month}", who, f"2026-0{month}-05", 10.0 * month) for who in people for month in (1, 2)]
    first = {
        "orders": orders + [order("ORD-4711-MEI", WHO, "2026-02-28", 99.0, currency="CNY")] * bool(own),
        "members": [{"customer_id": who, "region": "East", "joined_on": dt.date(2025, 5, 1)} for who in people],
        "feedback": [nps(f"f-{who[:2]}", who, "2026-02-01", 9.0) for who in people]
        + [
            nps("ANS-0815-MEI", None, "2026-02-27", 0.0, order_id="ORD-4711-MEI", comment="my neighbour knows"),
        ]
        * bool(own)
        + [nps("nameless", None, "2026-02-02", 7.0)],
        "tier_changes": [{"customer_id": "c1", "effective_on": dt.date(2026, 1, 1), "tier": "gold"}]
        + [{"customer_id": WHO, "effective_on": dt.date(2026, 1, 1), "tier": "platinum-of-mei"}] * bool(own),
    }
    at = dt.datetime(2026, 2, 1)
    lines = [("c12", 1, "mug"), ("ORD-4711-MEI", 1, "mug-of-mei"), ("ORD-4711-MEI", 2, "mug-of-mei")][: 3 if own else 1]
    first |= {
        "order_lines": [{"source": "shop", "order_id": o, "line": n, "product": what, "amount": 5.0} for o, n, what in lines],
        "points": [
            {"source": "t", "movement_id": f"MOVE-9-{'MEI' if who == WHO else who}", "customer_id": who, "moved_at": at, "kind": "earn",
             "points": 7.0}
            for who in people
        ],
        "referrals": [{"source": "t", "customer_id": "c2", "referrer_id": "c1", "referred_on": at.date()}]
        + [
            {"source": "t", "customer_id": "c3", "referrer_id": WHO, "referred_on": at.date()},
            {"source": "t", "customer_id": WHO, "referrer_id": "only-brought-mei", "referred_on": at.date()},
        ]
        * bool(own),
        "benefits": [{"source": "t", "use_id": "u1", "customer_id": "c1", "used_at": at, "benefit": "gift", "cost": 3.0}]
        + [{"source": "t", "use_id": "u2", "customer_id": WHO, "used_at": at, "benefit": "gift-of-mei", "cost": 3.0}] * bool(own),
        "events": [{"source": "t", "event_id": "e1", "name": "Training", "starts_on": at.date()}],
    }  # fmt: skip
    second = {"orders": [order(f"{who[:2]}1", who, "2026-01-05", 11.0) for who in people]}
    third = {"orders": [order("last", "c2", "2026-03-03", 5.0), order("c12", "c1", "2026-02-05", 20.0)]}
    return [first, second, third]


def build(path: Path, *, with_person: bool) -> None:
    receipt = Receipt(
        profile="test",
        profile_title="test",
        files=(),
        lines_in=1,
        lines_taken=0,
        left_out=(LeftOut("rule", f"“{WHO}” is no date", 1, "a.csv", 1, "when", WHO, values={"value": WHO}),),
    )
    with Store.open(path) as store:
        for number, tables in enumerate(rows(with_person=with_person)):
            made = readers({kind: table(kind, listed) for kind, listed in tables.items()})
            told = (receipt if with_person and number == 0 else Receipt("test", "test", (), 0, 0)).to_json()
            store.merge(made, ImportMeta(f"{number}.csv", f"{number}", "test", receipt=partial(_said, told)))


def _said(told: str, _merged: Merged) -> str:
    return told


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    folder = tmp_path_factory.mktemp("people")
    paths = {True: folder / "with.duckdb", False: folder / "without.duckdb"}
    for with_person, path in paths.items():
        build(path, with_person=with_person)
    return paths


@pytest.fixture
def db(built: dict[bool, Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(built[True], tmp_path / "store.duckdb"))


def seen(store: Store) -> list[object]:
    """What every version shows: its extent and each of its frames, by customer id."""
    found: list[object] = []
    for version in (1, 2, 3):
        with store.snapshot(version) as snap:
            frames = [snap.customers(), snap.orders(), snap.feedback(), snap.tier_changes(), snap.customer_periods()]
            frames += [snap.order_lines(), snap.points(), snap.benefits()]
            named = [frame.collect("polars").to_native() for frame in frames]
            keys = dict(named[0].select("customer_key", "customer_id").iter_rows())
            lists = [
                sorted(map(repr, frame.with_columns(frame["customer_key"].replace_strict(keys, default=None)).rows()))
                for frame in named
            ]
            brought = snap.referrals().collect("polars").to_native().select("customer_key", "referrer_key").rows()
            found += [snap.extent(), lists, sorted((keys[who], keys[by]) for who, by in brought)]
    return found


def test_what_is_held_is_counted_by_table(db: Path) -> None:
    with Store.open(db) as store:
        held = {each.table: (each.rows, each.past, each.first, each.last) for each in person.find(store, WHO)}
    assert held == {
        "orders": (3, 1, dt.date(2026, 1, 5), dt.date(2026, 2, 28)),
        "members": (1, 0, None, None),
        "feedback": (2, 0, dt.date(2026, 2, 1), dt.date(2026, 2, 27)),
        "tier_changes": (1, 0, dt.date(2026, 1, 1), dt.date(2026, 1, 1)),
        "order_lines": (2, 0, None, None),
        "points": (1, 0, dt.date(2026, 2, 1), dt.date(2026, 2, 1)),
        "referrals": (2, 0, dt.date(2026, 2, 1), dt.date(2026, 2, 1)),
        "benefits": (1, 0, dt.date(2026, 2, 1), dt.date(2026, 2, 1)),
    }


def test_the_export_holds_every_row_of_the_person_and_of_nobody_else(db: Path) -> None:
    with Store.open(db) as store:
        told = json.loads(json.dumps(person.export(store, WHO)))
    assert told["customer_id"] == WHO
    kept = {
        row["order_id"]: [r["amount"] for r in told["orders"] if r["order_id"] == row["order_id"]]
        for row in told["orders"]
    }
    assert kept == {"me1": [10.0, 11.0], "me2": [20.0], "ORD-4711-MEI": [99.0]}
    assert [row["until_version"] for row in told["orders"] if row["order_id"] == "me1"] == [2, None]
    assert [row["comment"] for row in told["feedback"]] == [None, "my neighbour knows"]
    assert [row["tier"] for row in told["tier_changes"]] == ["platinum-of-mei"]
    assert told["answers"] == []
    assert [row["product"] for row in told["order_lines"]] == ["mug-of-mei"] * 2
    assert [row["role"] for row in told["referrals"]] == ["referrer_id", "customer_id"]
    assert not {"only-brought-mei", "c3"} & {str(value) for row in told["referrals"] for value in row.values()}


def test_after_erasing_every_version_is_as_if_the_person_had_never_been(db: Path, built: dict[bool, Path]) -> None:
    with Store.open(built[False]) as never:
        expected = seen(never)
    with Store.open(db) as store:
        assert seen(store) != expected
        erased = person.erase(store, WHO, "ada@example.com")
        assert (erased.rows, erased.gone, erased.copies) == (14, True, ())
        assert seen(store) == expected
        with pytest.raises(RapportError, match="know no customer"):
            person.find(store, WHO)
    with Store.open(db) as store:
        assert seen(store) == expected


def test_no_byte_of_the_person_stays_in_the_closed_file(db: Path) -> None:
    assert [word for word in SECRETS if word.encode() not in db.read_bytes()] == []
    with Store.open(db) as store:
        assert person.erase(store, WHO).gone
    for path in db.parent.iterdir():
        assert [word for word in SECRETS if word.encode() in path.read_bytes()] == []
    assert [path.name for path in db.parent.iterdir()] == ["store.duckdb"]


def test_with_readers_about_the_bytes_go_at_the_next_start(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "REWRITE_SECONDS", 0.2)
    with Store.open(db) as store, store.snapshot() as snap:
        before = snap.extent()
        assert not person.erase(store, WHO).gone
        assert snap.extent() == before  # who reads goes on reading what was there
        with store.snapshot() as later:
            assert "platinum-of-mei" not in later.values("tier")
    with Store.open(db) as store:
        assert store.imports().height == 3
    assert [word for word in SECRETS if word.encode() in db.read_bytes()] == []
    assert [path.name for path in db.parent.iterdir()] == ["store.duckdb"]


def test_a_running_store_goes_on_after_erasing(db: Path) -> None:
    """Readers on other threads meet no error, and what is written afterwards is in the file."""
    stop = threading.Event()
    errors: list[Exception] = []
    reads: list[int] = []

    def read() -> None:
        while not stop.is_set():
            try:
                with store.snapshot() as snap:
                    reads.append(snap.extent().orders)
            except Exception as error:  # whatever it is, it fails the test
                errors.append(error)

    with Store.open(db) as store:
        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        erased = person.erase(store, WHO)
        stop.set()
        for thread in threads:
            thread.join()
        audit.note(store, "ada", "upload", "afterwards")
    assert erased.gone
    assert (errors, set(reads) <= {7, 10}) == ([], True)
    with Store.open(db) as store:
        assert audit.entries(store, limit=1)["subject"].to_list() == ["afterwards"]


def test_the_audit_keeps_a_trace_and_not_the_id(db: Path) -> None:
    with Store.open(db) as store:
        audit.note(store, "bo@example.com", "export", WHO)
        person.erase(store, WHO, "ada@example.com")
        told = audit.entries(store, limit=9).select("who", "action", "subject").rows()
    assert told == [
        ("ada@example.com", "erase", person.trace(WHO)),
        ("bo@example.com", "export", person.trace(WHO)),
    ]
    assert len(person.trace(WHO)) == 8


def test_uploading_the_person_again_brings_the_person_back(db: Path) -> None:
    with Store.open(db) as store:
        person.erase(store, WHO)
        again = readers({"orders": table("orders", [order("ORD-4711-MEI", WHO, "2026-02-28", 99.0)])})
        assert store.merge(again, ImportMeta("again.csv", "again", "test")).customers_new == 1
        assert [each.table for each in person.find(store, WHO)] == ["orders"]


def test_copies_beside_the_file_are_named(db: Path) -> None:
    for name in ("store.duckdb.schema-2.backup", "store.duckdb.replaced-2026-01-01-000000"):
        (db.parent / name).touch()
    with Store.open(db) as store:
        assert len(person.erase(store, WHO).copies) == 2


def test_extents_of_a_version_are_measured_as_they_were_written(db: Path) -> None:
    from data.store.extent import measure

    with Store.open(db) as store, store.reading() as cursor:
        kept = cursor.execute("select id, extent from imports").fetchall()
        assert [measure(cursor, number) for number, _ in kept] == [Extent.from_json(text) for _, text in kept]


@pytest.mark.parametrize("spelling", ["Mei.Lin@Example.com", "  mei.lin@example.com ", '="mei.lin@example.com"'])
def test_an_id_may_be_spelt_as_uploads_spell_it(db: Path, spelling: str) -> None:
    with Store.open(db) as store:
        assert len(person.find(store, spelling)) == 8


HOSTILE = [
    "",
    " ",
    "'; drop table orders; --",
    "mei%",
    "%",
    "_" * 5,
    "../../etc/passwd",
    "{0.__class__}",
    "{id}",
    "$key",
    "x" * 100_000,
    "\N{RIGHT-TO-LEFT OVERRIDE}mei",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
]


def test_hostile_ids_are_nobody_and_change_nothing(db: Path) -> None:
    with Store.open(db) as store:
        for hostile in HOSTILE:
            for asked in (person.find, person.export, person.erase):
                with pytest.raises(RapportError, match="know no customer"):
                    asked(store, hostile)
            assert all("mei" in one.excerpt.lower() for one in person.find_mentions(store, hostile))
            with pytest.raises(RapportError, match="Nothing names"):
                person.remove(store, hostile, f"feedback.comment:{hostile}")
        assert store.imports().height == 3
        assert len(person.find(store, WHO)) == 8


def test_the_command_finds_exports_and_erases(db: Path, capsys: pytest.CaptureFixture) -> None:
    assert person.main(["find", WHO, "--db", str(db)]) == 0
    assert capsys.readouterr().out.startswith(
        "orders            3 rows, 1 of past versions, 2026-01-05 to 2026-02-28\n"
    )
    assert person.main(["export", WHO, "--db", str(db)]) == 0
    assert len(json.loads(capsys.readouterr().out)["orders"]) == 4
    assert person.main(["erase", WHO, "--db", str(db), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rows": 14, "gone": True, "copies": [], "mentions": []}
    assert person.main(["erase", WHO, "--db", str(db)]) == 2
    assert capsys.readouterr().err == f"The data know no customer “{WHO}”.\n"
