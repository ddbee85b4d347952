"""Public data sets through the importer, beside computations in plain SQL and plain Python that know nothing of it."""

import csv
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from data.imports import NamedBytes, Receipt, Staged, stage
from data.store.store import Store
from tests.data.imports.exports import query


@pytest.fixture(scope="module")
def retail_path(shared: Path) -> Path:
    return shared / "data/online_retail/online_retail.csv.gz"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("store") / "s.duckdb") as store:
        yield store


@pytest.fixture(scope="module")
def retail(retail_path: Path, store: Store) -> Receipt:
    with stage([retail_path], store=store) as staged:
        return staged.take_in()


def test_online_retail_accounts_for_every_line(retail: Receipt) -> None:
    assert (retail.profile, retail.lines_in, retail.customers) == ("online_retail", 541_909, 4_372)
    assert [(entry.rule, entry.lines) for entry in retail.left_out] == [("no_customer", 135_080)]
    assert retail.lines_in == retail.lines_taken + sum(entry.lines for entry in retail.left_out)
    assert retail.refund_lines + retail.refund_lines_left_out == 9_288
    assert retail.orders + retail.refunds == 22_190
    assert round(retail.revenue + (retail.left_out[0].amount or 0), 2) == 9_747_747.93


def test_online_retail_equals_plain_sql(retail: Receipt, retail_path: Path, store: Store) -> None:
    columns = {"i": "varchar", "s": "varchar", "d": "varchar", "q": "decimal(12,0)"}
    columns |= {"t": "timestamp", "p": "decimal(12,3)", "c": "varchar", "l": "varchar"}
    lines = f"read_csv($path, columns = {columns!r}, header = true)"
    ((net, refunded),) = query(
        f"""select sum(q * p), -sum(q * p) filter (where i like 'C%')
        from {lines} where c is not null""",
        path=str(retail_path),
    )
    assert (retail.revenue, retail.refunded) == (float(round(net, 2)), float(round(refunded, 2)))
    plain = query(
        f"select i, min(t), sum(q * p) from {lines} where c is not null group by i order by i",
        path=str(retail_path),
    )
    with store.snapshot() as snap:
        ours = snap.cursor.execute(
            "select order_id, ordered_at, amount from orders where source = 'online_retail' order by order_id"
        ).fetchall()
    assert [(order, time, round(amount, 2)) for order, time, amount in ours] == [
        (order, time, round(amount, 2)) for order, time, amount in plain
    ]


def test_online_retail_again_changes_nothing(retail: Receipt, retail_path: Path, store: Store) -> None:
    with stage([retail_path], store=store) as staged:
        assert staged.receipt.already_loaded == retail.import_id
        assert staged.take_in().import_id is None
    assert store.imports().filter(profile="online_retail").height == 1


def test_online_retail_in_another_order_is_all_the_same(retail: Receipt, retail_path: Path, store: Store) -> None:
    lines = gzip.decompress(retail_path.read_bytes()).splitlines(keepends=True)
    body = lines[1:]
    random.Random(1).shuffle(body)
    shuffled = NamedBytes("other.csv", b"".join([lines[0], *body]))
    with stage([shuffled], store=store) as staged:
        receipt = staged.receipt
    assert receipt.already_loaded is None
    assert (receipt.orders_new, receipt.orders_changed, receipt.orders_same) == (0, 0, 22_190)


def olist_files(shared: Path) -> list[Path]:
    return sorted((shared / "data/olist").glob("*.gz"))


def table(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


@pytest.fixture(scope="module")
def olist(shared: Path) -> Iterator[Staged]:
    with stage(olist_files(shared), store=None) as staged:
        yield staged


def test_olist_equals_plain_python(olist: Staged, shared: Path) -> None:
    customers, items, payments, reviews, orders = (table(path) for path in olist_files(shared))
    person = {row["customer_id"]: row for row in customers}
    paid: dict[str, Decimal] = {}
    for row in payments:
        paid[row["order_id"]] = paid.get(row["order_id"], Decimal(0)) + Decimal(row["payment_value"])
    pieces: dict[str, int] = {}
    for row in items:
        pieces[row["order_id"]] = pieces.get(row["order_id"], 0) + 1
    expected = {}
    for row in orders:
        if row["order_status"] not in ("canceled", "unavailable") and row["order_id"] in paid:
            who = person[row["customer_id"]]
            expected[row["order_id"]] = (
                who["customer_unique_id"],
                who["customer_state"],
                row["order_purchase_timestamp"],
                float(paid[row["order_id"]]),
                pieces.get(row["order_id"]),
            )
    ours = {
        row["order_id"]: (row["customer_id"], row["region"], str(row["ordered_at"]), row["amount"], row["items"])
        for row in olist.tables()["orders"]().read_all().to_pylist()
    }
    assert ours == expected
    scores = sorted(float(row["review_score"]) for row in reviews)
    feedback = olist.tables()["feedback"]().read_all().to_pylist()
    assert sorted(row["score"] for row in feedback) == scores
    assert {(row["survey"], row["scale_low"], row["scale_high"]) for row in feedback} == {("csat", 1.0, 5.0)}
    assert sum(row["customer_id"] is not None for row in feedback) == len(scores)


def test_olist_accounts_for_every_line(olist: Staged) -> None:
    receipt = olist.receipt
    assert receipt.lines_in == sum(file.lines for file in receipt.files) == 20_864 * 2 + 23_670 + 21_850 + 20_795
    assert receipt.lines_in == receipt.lines_taken + sum(entry.lines for entry in receipt.left_out)


def test_olist_as_one_zip_is_the_same(olist: Staged, shared: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in reversed(olist_files(shared)):
            archive.writestr(f"data/{path.name.removesuffix('.gz')}", gzip.decompress(path.read_bytes()))
    with stage([NamedBytes("olist.zip", out.getvalue())], store=None) as staged:
        assert (staged.receipt.orders, staged.receipt.revenue) == (olist.receipt.orders, olist.receipt.revenue)


def test_cdnow_sample(shared: Path) -> None:
    with stage([shared / "data/cdnow/CDNOW_sample.txt"], store=None) as staged:
        receipt = staged.receipt
        keys = [row["order_id"] for row in staged.tables()["orders"]().read_all().to_pylist()]
    assert (receipt.orders, receipt.customers, receipt.left_out) == (6_919, 2_357, ())
    assert len(set(keys)) == 6_919


@pytest.mark.parametrize(
    ("year", "counts", "rules"),
    [
        ("2017", (2_831, 2_746), {"score_outside_scale": 84, "no_score": 1}),
        ("2018", (2_809, 2_650), {"score_outside_scale": 159}),
    ],
)
def test_airport_survey(
    shared: Path, tmp_path: Path, run_module: Callable, year: str, counts: tuple[int, int], rules: dict[str, int]
) -> None:
    """2018's header is `NETPRO  `; value 11 stands for a blank."""
    path = shared / f"data/sfo_survey/{year}.csv.gz"
    run = run_module(
        path,
        "--profile",
        "nps",
        "--map",
        "score=NETPRO",
        "--value",
        f"responded_at={year}-05-31",
        "--json",
        "--db",
        tmp_path / "x.duckdb",
    )
    receipt = json.loads(run.stdout)
    assert (receipt["lines_in"], receipt["feedback"]) == counts
    assert {entry["rule"]: entry["lines"] for entry in receipt["left_out"]} == rules
