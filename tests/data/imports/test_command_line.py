"""`python -m data.load` and `python -m data.imports`: exit codes, sentences, and that a refused file changes nothing."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from data.imports import Receipt, stage
from data.load import lines_of, main
from data.store.store import Store
from tests.data.imports.exports import orders, taobao


def test_load_list_undo(tmp_path: Path, run_module: Callable) -> None:
    file, db = tmp_path / "orders.csv", tmp_path / "x.duckdb"
    file.write_bytes(orders("A1,C1,2026-01-02,10", "A2,C1,2026-01-03,x").data)
    said = ("--profile", "orders", "--value", "amount:x=leave out")
    dry = run_module(file, *said, "--dry-run", "--db", db)
    assert (dry.returncode, db.exists()) == (0, False)
    assert "Lines in: 2 = 1 taken + 1 left out" in dry.stdout
    loaded = run_module(file, *said, "--json", "--db", db)
    assert (loaded.returncode, loaded.stderr) == (0, "")
    receipt = Receipt.from_json(loaded.stdout)
    assert (receipt.import_id, receipt.orders_new, receipt.left_out[0].example_line) == (1, 1, 3)
    assert Receipt.from_json(receipt.to_json()) == receipt
    history = json.loads(run_module("list", "--json", "--db", db, module="data.imports").stdout)
    assert [(row["id"], row["status"]) for row in history] == [(1, "current")]
    assert run_module("undo", 1, "--db", db, module="data.imports").returncode == 0
    again = run_module("undo", 1, "--db", db, module="data.imports")
    assert (again.returncode, again.stdout) == (2, "")
    assert len(again.stderr.splitlines()) == 1


def test_a_refused_file_changes_nothing(tmp_path: Path, run_module: Callable) -> None:
    whole = taobao(*({"订单编号": f'="{n}"'} for n in range(20)))
    file, db = tmp_path / "t.csv", tmp_path / "x.duckdb"
    file.write_bytes(whole[: whole.rindex("𠮷".encode("gb18030")) + 3])
    refused = run_module(file, "--db", db)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert (
        refused.stderr
        == "t.csv, line 21: the file ends in the middle of a character (GB18030). Download it again in full.\n"
    )
    with Store.open(db) as store:
        assert store.imports().height == 0
    file.write_bytes(whole)
    assert json.loads(run_module(file, "--db", db, "--json").stdout)["orders"] == 20


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        (["A1,C1,03/09/2025,1"], "date_order=dmy"),
        (["A1,C1,13/02/2025,1", "A2,C1,02/13/2025,1"], "date_order=mdy"),
        (["A1,C1,2025-01-01,1.234"], "decimal=."),
        (['A1,C1,2025-01-01,"1,5"', "A2,C1,2025-01-01,1.5"], "decimal=,"),
        (["A1,Jos\xe9,2025-01-01,1", "A2,C1,2025-01-01,1.5"], "encoding=windows-1252"),
        (["A1,C1,2025-01-01,1", "A2,C1,2025-01-01,twelve"], "'amount:*=leave out'"),
    ],
    ids=["dates", "dates that contradict", "thousands", "two decimal signs", "encoding", "unread"],
)
def test_a_remedy_can_be_typed_as_it_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[str], answer: str
) -> None:
    file, db = tmp_path / "orders.csv", tmp_path / "x.duckdb"
    file.write_bytes(orders(*rows).data.decode().encode("latin-1"))
    arguments = [str(file), "--profile", "orders", "--db", str(db), "--dry-run"]
    assert main(arguments) == 2
    assert f"--value {answer}" in capsys.readouterr().err
    assert main([*arguments, "--value", *shlex.split(answer)]) == 0


def test_the_receipt_in_words_is_short() -> None:
    file = orders("A1,C1,2026-01-02,1", f"A2,C1,2026-01-02,{'x' * 200}", "A3,C1,2026-01-02")
    with stage([file], store=None, profile="orders", values={"amount:*": "leave out"}) as staged:
        words = lines_of(staged.receipt)
    assert words[1].startswith("  orders.csv: 3 lines (")
    assert [line.partition("(first: ")[2] for line in words if "(first: " in line] == [
        f"orders.csv, line 3, column “Amount”, “{'x' * 78} …”)",
        "orders.csv, line 4, “A3,C1,2026-01-02”)",
    ]
