"""Keys: words that name nobody, numbers that a spreadsheet rounded, and customers with too many orders to be one person."""

from pathlib import Path

import polars as pl
import pytest

from data import load, metric
from data.imports import NamedBytes, stage
from data.imports.cells.blank import is_blank, is_nobody
from data.imports.cells.keys import is_rounded
from data.store.store import Store
from tests.data.imports.exports import left_out, orders, receipt_of, refusal, staged_rows

NOBODY = [
    "",
    " ",
    "NULL",
    "nan",
    "None",
    "N/A",
    "#N/A",
    "-",
    "--",
    "0",
    "000",
    "Guest",
    "GUEST ",
    "unknown",
    "Anonymous",
    "walk-in",
    "\\N",
    "undefined",
    "Laufkundschaft",
    "散户",
]
NOBODY += [
    "未知",
    "匿名用户",
    "游客",
    "散客",
    "ｎｕｌｌ",
    "Gast",
    "гость",
    "ゲスト",
    "00000000-0000-0000-0000-000000000000",
]
SOMEBODY = [
    "C01",
    "0012",
    "Nancy",
    "Na Li",
    "Guest House",
    "Nolan",
    "100",
    "无锡小店",
    "Unknown Pleasures Ltd",
    "a@b.c",
    "N",
    "n-1",
]


@pytest.mark.parametrize("cell", NOBODY)
def test_words_that_name_nobody(cell: str) -> None:
    assert pl.DataFrame({"c": [cell]}).select(is_nobody(pl.col("c"))).item() is True


@pytest.mark.parametrize("cell", SOMEBODY)
def test_names_that_look_like_them_are_somebody(cell: str) -> None:
    assert pl.DataFrame({"c": [cell]}).select(is_nobody(pl.col("c"))).item() is False


@pytest.mark.parametrize(
    ("cell", "blank"),
    [("NULL", True), ("0000-00-00 00:00:00", True), ("—", True), ("Guest", False), ("0", False), ("未知", False)],
)
def test_what_is_blank_in_any_column(cell: str, blank: bool) -> None:
    assert pl.DataFrame({"c": [cell]}).select(is_blank(pl.col("c"))).item() is blank


FIELDS = [
    ("orders", "Customer ID", "orders", "customer_id"),
    ("orders", "Email", "orders", "customer_id"),
    ("csat", "Email", "feedback", "customer_id"),
    ("csat", "Order ID", "feedback", "order_id"),
]


@pytest.mark.parametrize(("profile", "header", "table", "field"), FIELDS)
def test_every_key_field_of_every_kind_knows_them(profile: str, header: str, table: str, field: str) -> None:
    usual = {"orders": ("Order Date,Amount", "2026-01-02,5"), "csat": ("Date,CSAT", "2026-01-02,{n}")}[profile]
    rows = "".join(f"{usual[1].format(n=4 * n + 1)},{cell}\n" for n, cell in enumerate(["nan", "K7"]))
    file = NamedBytes("a.csv", f"{usual[0]},{header}\n{rows}".encode())
    assert [row[field] for row in staged_rows([file], table, profile=profile)] == [None, "K7"]
    assert ("nobody", "nan (1)") in {(one.what, one.value) for one in receipt_of(file, profile=profile).conventions}


def test_a_workbook_and_parquet_know_them_too(tmp_path: Path) -> None:
    rows = {
        "Order ID": ["1", "2"],
        "Customer ID": ["null", "K7"],
        "Order Date": ["2026-01-02"] * 2,
        "Amount": [5.0, 6.0],
    }
    pl.DataFrame(rows).write_parquet(tmp_path / "a.parquet")
    assert [row["customer_id"] for row in staged_rows([tmp_path / "a.parquet"], profile="orders")] == [None, "K7"]


def test_members_and_tiers_without_a_customer_are_left_out() -> None:
    members = NamedBytes("m.csv", b"Member ID,Join Date\nNULL,2026-01-02\nM1,2026-01-02\n")
    assert left_out(receipt_of(members, profile="members")) == {"no_customer_id": 1}
    tiers = NamedBytes("t.csv", b"Member ID,Valid from,Tier\nunknown,2026-01-02,Gold\nM1,2026-01-02,Gold\n")
    assert left_out(receipt_of(tiers, profile="tier_changes")) == {"no_customer_id": 1}


def test_nobody_repeats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = ["C01", "C02", "NULL", "NULL", "nan", "nan", "Guest", "Guest"]
    path, db = tmp_path / "o.csv", str(tmp_path / "x.duckdb")
    path.write_bytes(orders(*(f"{n},{cell},2026-{1 + n % 2:02}-05,10" for n, cell in enumerate(cells))).data)
    assert load.main([str(path), "--profile", "orders", "--db", db]) == 0
    assert "Orders that name no buyer: 6." in capsys.readouterr().out
    assert metric.main(["repeat_rate", "--set", "minimum=1", "--csv", "--db", db]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("2,0,0.0")


@pytest.mark.parametrize(
    ("digits", "found", "of", "rounded"),
    [
        (19, 0, 5, False),
        (19, 1, 1, True),
        (19, 2, 3, True),
        (19, 10, 100_000, False),  # as many as chance brings
        (16, 1, 1, False),
        (16, 3, 3, True),
        (16, 3, 30, False),
        (16, 12_000, 100_000, False),
        (16, 90_000, 100_000, True),
        (17, 2, 2, True),
        (18, 1, 2, True),
    ],
)
def test_when_long_keys_are_rounded(digits: int, found: int, of: int, rounded: bool) -> None:
    assert is_rounded(digits, found, of) is rounded


@pytest.mark.parametrize(
    ("keys", "refused"),
    [
        (["4012345678901230080", "4012345678901230080", "4012345678901240320"], True),  # what a workbook gives back
        (["4012345678901230000"], True),  # what Excel writes into a CSV
        (["4012345678901230080.0"], True),
        (["4.01234567890123e18"], True),
        (["4012345678901234567", "4012345678901234568"], False),
        (["1234567890123450", "1234567890123451", "1234567890123452"], False),
        (["1234567890123450", "1234567890123460", "1234567890123470"], True),
        (["123456789012345"], False),
        (["12E10"], False),
    ],
)
def test_rounded_keys_refuse_the_file(keys: list[str], refused: bool) -> None:
    file = orders(*(f"{key},C{n},2026-01-02,5" for n, key in enumerate(keys)))
    if refused:
        assert "is a number rounded by a spreadsheet" in refusal(file, profile="orders")
    else:
        assert len(staged_rows([file], profile="orders")) == len(keys)


def crowd(placeholder: str, many: int, others: int) -> NamedBytes:
    rows = [f"P{n},{placeholder},2026-01-02,5" for n in range(many)]
    return orders(*rows, *(f"O{n},C{n},2026-01-02,5" for n in range(others)))


@pytest.mark.parametrize(
    ("many", "others", "is_doubted"),
    [(19, 10, False), (20, 10, True), (20, 379, True), (20, 380, False), (50, 100, True)],
)
def test_a_customer_with_a_large_share_of_the_orders_is_shown(many: int, others: int, is_doubted: bool) -> None:
    receipt = receipt_of(crowd("Till 1", many, others), profile="orders")
    assert bool(receipt.doubts) is is_doubted
    if is_doubted:
        assert str(receipt.doubts[0]).startswith(f"“Till 1” has {many} of the orders")


def test_a_placeholder_can_be_left_out_and_stays_so(tmp_path: Path) -> None:
    file, later = crowd("Till 1", 25, 5), crowd("Till 1", 26, 5)
    (doubt,) = receipt_of(file, profile="orders").doubts
    answer = {doubt.option: doubt.answer}
    with Store.open(tmp_path / "s.duckdb") as store:
        with stage([file], store=store, profile="orders", values=answer) as staged:
            receipt = staged.take_in()
        assert (receipt.customers, receipt.orders, receipt.doubts) == (5, 30, ())
        with stage([later], store=store, profile="orders") as staged:
            assert staged.receipt.customers == 5
    out = receipt_of(file, profile="orders", values={doubt.option: "leave out"})
    assert (out.orders, left_out(out)) == (5, {"left_out": 25})
