"""What holds of every dimension, whichever there are: of those that are declared, and of the further columns of members files."""

import ast
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data import person
from data.people.access import Access, Person, Role
from data.people.policy import read
from data.questions.ask import Question, ask, check_columns, find, whole
from data.segment import EVERYBODY, Segment, of_params
from data.store.snapshot import Snapshot
from data.store.store import Store
from metrics.dimension import DIMENSIONS, FILTERS, MEMBER, known, member_column
from tests.data.rows import nps, order, take

ROOT = Path(__file__).parents[2]
CODES = {name for dimension in DIMENSIONS for name in (dimension.code, dimension.column)}
# The demo makes rows of the tables, and the schema is what their columns are.
SCHEMA = ("data/demo/", "metrics/engine/schemas.py", "metrics/dimension.py")
SOURCES = [
    path
    for floor in ("metrics", "data", "pages")
    for path in sorted((ROOT / floor).rglob("*.py"))
    if not str(path.relative_to(ROOT)).startswith(SCHEMA)
]


def texts(node: ast.AST) -> set[str]:
    """The texts that stand in a tuple, list or set, or the text itself, or the first of a key of several parts."""
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def told_apart(source: str) -> Iterator[str]:
    """Where a module tells dimensions apart by itself: a dict with two of them as keys, a comparison with the code of one. How a rule
    `reads` its periods is another vocabulary, which has a word in common."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict):
            keys = set().union(*(texts(key) for key in node.keys if key is not None))
            if len(keys & CODES) > 1:
                yield f"line {node.lineno}: keys {sorted(keys & CODES)}"
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            of_rules = any(isinstance(side, ast.Attribute) and side.attr == "reads" for side in sides)
            if not of_rules and CODES & set().union(*map(texts, sides)):
                yield f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_tells_dimensions_apart_by_itself(path: Path) -> None:
    assert list(told_apart(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("", 0),
        ('X = {"region": 1}', 0),
        ('X = {"region": 1, "tier": 2}', 1),
        ('X = {("region", "better"): 1, ("tier", "better"): 2}', 1),
        ('X = {"region": {"tier": 2}}', 0),
        ('column == "tier"', 1),
        ('code in ("region", "north")', 1),
        ('"cohort" in by', 1),
        ('watch.reads == "cohort"', 0),
        ("column == TIER.column", 0),
    ],
)
def test_what_counts_as_telling_dimensions_apart(source: str, count: int) -> None:
    assert len(list(told_apart(source))) == count


def test_each_dimension_has_a_column_of_its_own_and_one_code_among_those_of_a_noun() -> None:
    columns = [dimension.column for dimension in DIMENSIONS]
    assert len(columns) == len(set(columns))
    for noun in ("customer", "answer"):
        codes = [dimension.code for dimension in DIMENSIONS if noun in dimension.of]
        assert len(codes) == len(set(codes))


# A shop of sixty customers -------------------------------------------------------------------------------------------

PEOPLE = [f"customer-{number:02}@shop.test" for number in range(60)]
MEMBERS = ("age_band", "city", "income", "sales_person")  # what its members file says beside the usual columns
KEPT = [member_column(header) for header in MEMBERS]
COLUMNS = [dimension.column for dimension in FILTERS] + KEPT
METRICS = ("repeat_rate", "inactive_share", "historical_clv", "nps", "lifecycle")


def member(number: int) -> dict[str, object]:
    further = {
        "Age band": ["18-24", "25-34", "35+"][number % 3],
        "City": ["Lyon", "Paris"][number // 2 % 2],
        "Income": f"{1000 + 137 * number:,}",
        "Sales person": ["Anna", "Bo", "Chen"][number // 3 % 3],
        "E-mail": PEOPLE[number],
        "Born": "1990-02-03",
        "Nickname": ["Zed", "Yan"][number % 2],
        "Remarks": "rings twice",
    }
    return {
        "customer_id": PEOPLE[number],
        "region": ["North", "South"][number % 2],
        "acquisition_channel": ["search", "social"][number // 5 % 2],
        "attributes": json.dumps(further),
    }


def orders_of(number: int) -> list[dict[str, object]]:
    stores = ["Harbour", "Market", None]
    return [
        order(f"{number}-{turn}", PEOPLE[number], f"2026-0{1 + turn}-{1 + number % 25:02}", 10.0 + number,
              store=stores[(number + turn // 2) % 3], channel="web")
        for turn in range(1 + number % 4)
    ]  # fmt: skip


def fill(store: Store) -> None:
    numbers = range(len(PEOPLE))
    take(
        store,
        members=[member(number) for number in numbers],
        orders=[row for number in numbers for row in orders_of(number)],
        feedback=[
            nps(str(number), PEOPLE[number], "2026-03-05", float(number % 11), store=["Harbour", "Market"][number % 2])
            for number in numbers
        ],
        tier_changes=[
            {"customer_id": PEOPLE[number], "effective_on": dt.date(2026, 1, 1), "tier": ["gold", "silver"][number % 2]}
            for number in numbers[:50]
        ],
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("shop") / "shop.duckdb") as store:
        fill(store)
        yield store


@pytest.fixture
def own_shop(tmp_path: Path) -> Iterator[Store]:
    """One that a test may change."""
    with Store.open(tmp_path / "shop.duckdb") as store:
        fill(store)
        yield store


def question(snap: Snapshot) -> Question:
    asked = whole(snap)
    assert asked is not None
    return asked


def test_the_shop_has_every_dimension(shop: Store) -> None:
    """Else the laws below would hold of nothing."""
    with shop.snapshot() as snap:
        assert snap.member_columns() == KEPT
        assert {column: len(snap.values(column)) > 1 for column in COLUMNS} == dict.fromkeys(COLUMNS, True)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("metric", METRICS)
def test_who_is_chosen_is_the_group_of_that_name(shop: Store, metric: str, column: str) -> None:
    # a group that is asked alone has a threshold of its own, and classes are told by how often their customers order
    given = {"hiatus_days": 45} if "hiatus_days" in find(metric).options else {}
    with shop.snapshot() as snap:
        asked = question(snap)
        split = ask(snap, metric, replace(asked, by=(column,)), **given)
        codes = split[column].drop_nulls().unique().to_list()
        assert codes
        for code in codes:
            chosen = ask(snap, metric, replace(asked, segment=Segment(**{column: (code,)})), **given)
            group = split.filter(pl.col(column) == code).drop(column)
            keys = [name for name in ("period",) if name in group.columns]
            assert chosen.sort(keys).equals(group.sort(keys)) if keys else chosen.equals(group)


@pytest.mark.parametrize("column", COLUMNS)
def test_saved_values_are_those_of_the_rows_themselves(shop: Store, column: str) -> None:
    with shop.reading() as cursor:
        saved, anew = Snapshot(cursor, None), Snapshot(cursor, None, rollups=False)
        assert saved.values(column) == anew.values(column)
        frames = [
            snap.customers(attributes=(column,)).select("customer_id", column).collect("polars").to_native()
            for snap in (saved, anew)
        ]
    assert frames[0].sort("customer_id").equals(frames[1].sort("customer_id"))


@pytest.mark.parametrize("column", COLUMNS)
def test_a_choice_survives_the_address_the_access_file_and_the_command_line(
    shop: Store, tmp_path: Path, column: str
) -> None:
    with shop.snapshot() as snap:
        chosen = Segment(**{column: snap.values(column)[:2]})
        assert of_params({**chosen.params, "from": ["2026-01-01"], "by": [column]}) == chosen
        check_columns(find("nps"), (column,), snap.member_columns())
    path = tmp_path / "access.toml"
    path.write_text(
        f"""[roles]\nviewer = ["a@b.c"]\n[[scope]]\nwho = ["viewer"]\n{column} = {json.dumps(chosen[column])}"""
    )
    found = read(path).person({"email": "a@b.c"})
    assert found is not None and found.scope == chosen


@pytest.mark.parametrize("column", COLUMNS)
def test_nobody_sees_more_than_the_scope_allows(shop: Store, column: str) -> None:
    with shop.snapshot() as snap:
        asked, codes = question(snap), snap.values(column)
        own = ask(snap, "repeat_rate", replace(asked, segment=Segment(**{column: codes[:1]})))
    access = Access(shop, Person("eva", Role.VIEWER, scope=Segment(**{column: codes[:1]})))
    with access.snapshot() as snap:
        assert snap.values(column) == codes[:1]
        assert snap.customers().collect("polars").to_native().height < len(PEOPLE)
    for segment in (EVERYBODY, Segment(**{column: codes})):
        assert access.ask(1, "repeat_rate", replace(asked, segment=segment)).equals(own)
    others = access.ask(1, "repeat_rate", replace(asked, segment=Segment(**{column: codes[1:]})))
    assert others["buyers"].sum() == 0


def test_who_is_limited_by_a_column_that_is_not_there_sees_nobody(shop: Store) -> None:
    with shop.snapshot(scope=Segment(member_shoe_size=("42",))) as snap:
        assert snap.customers().collect("polars").to_native().height == 0
        assert snap.orders().collect("polars").to_native().height == 0


def test_an_erased_person_is_in_no_column_of_members(own_shop: Store) -> None:
    with own_shop.reading() as cursor:
        key, before = cursor.execute(
            "select customer_key, (select count(*) from customer_attributes) from customer_keys where customer_id = $who",
            {"who": PEOPLE[0]},
        ).fetchall()[0]
    person.erase(own_shop, PEOPLE[0])
    with own_shop.reading() as cursor:
        rows = "select count(*), count(*) filter (customer_key = $key) from customer_attributes"
        assert cursor.execute(rows, {"key": key}).fetchall() == [(before - len(KEPT), 0)]


def test_a_copy_carries_every_dimension(own_shop: Store, tmp_path: Path) -> None:
    with own_shop.snapshot() as snap:
        before = {column: snap.values(column) for column in COLUMNS}
    own_shop.backup(tmp_path / "copy.duckdb")
    with Store.open(tmp_path / "copy.duckdb") as copy, copy.snapshot() as snap:
        assert {column: snap.values(column) for column in COLUMNS} == before


def test_an_undo_takes_the_columns_of_members_back(own_shop: Store) -> None:
    added = take(
        own_shop,
        members=[
            {**member(number), "attributes": json.dumps({"Shoe size": str(40 + number % 3)})} for number in range(9)
        ],
    )
    with own_shop.snapshot() as snap:
        assert snap.member_columns() == sorted([*KEPT, "member_shoe_size"])
    own_shop.undo(added.import_id)
    with own_shop.snapshot() as now, own_shop.snapshot(added.import_id) as then:
        assert now.member_columns() == KEPT
        assert then.member_columns() == sorted([*KEPT, "member_shoe_size"])
        assert then.values("member_shoe_size") == ["40", "41", "42"]


def test_a_file_of_the_schema_before_has_its_columns_of_members(tmp_path: Path) -> None:
    path = tmp_path / "older.duckdb"
    with Store.open(path) as store:
        fill(store)
        with store.snapshot() as snap:
            before = {column: snap.values(column) for column in COLUMNS}
    with duckdb.connect(str(path)) as connection:
        connection.execute("drop table customer_attributes; update meta set value = '4' where key = 'schema_version'")
    with Store.open(path) as store, store.snapshot() as snap:
        assert {column: snap.values(column) for column in COLUMNS} == before


@pytest.mark.parametrize(
    ("orders", "as_of", "home"),
    [
        ([("2026-01-05", "A")], "2026-06-01", "A"),
        ([("2026-01-05", None)], "2026-06-01", None),
        ([("2026-01-05", "A"), ("2026-02-05", "B"), ("2026-03-05", "B")], "2026-06-01", "B"),
        ([("2026-01-05", "A"), ("2026-02-05", "B")], "2026-06-01", "B"),  # as many: where the latest order was
        ([("2026-01-05", "A"), ("2026-02-05", "B"), ("2026-03-05", "B")], "2026-01-31", "A"),
        ([("2024-01-05", "A"), ("2024-02-05", "A"), ("2026-03-05", "B")], "2026-06-01", "B"),  # twelve months, no more
        ([("2024-01-05", "A")], "2024-06-01", "A"),
        ([("2026-02-05", "A"), ("2026-02-06", None), ("2026-02-07", None)], "2026-06-01", "A"),
    ],
)
def test_the_home_store_has_most_orders_of_twelve_months(
    tmp_path: Path, orders: list[tuple[str, str | None]], as_of: str, home: str | None
) -> None:
    rows = [order(str(place), "c", day, 1.0, store=store) for place, (day, store) in enumerate(orders)]
    with Store.open(tmp_path / "home.duckdb") as store:
        take(store, orders=[*rows, order("last", "other", "2026-05-31", 1.0)])
        with store.snapshot() as snap:
            found = (
                snap.customers(as_of=dt.date.fromisoformat(as_of), attributes=("store",)).collect("polars").to_native()
            )
    assert dict(found.select("customer_id", "store").iter_rows())["c"] == home


@pytest.mark.parametrize("header", [*MEMBERS, "Age band", "会员 年龄段", "Ünïcode", "a/b~c\"d'", "x" * 100])
def test_a_header_makes_one_column_that_reads_as_it(header: str) -> None:
    column = member_column(header)
    assert column.startswith(MEMBER)
    assert member_column(column.removeprefix(MEMBER)) == column
    assert known(column).filters and known(column).label
