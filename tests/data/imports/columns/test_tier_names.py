"""Tiers of an import: one spelling each, an order that their names tell or that is asked for and then holds for the metrics."""

import csv
import io
from pathlib import Path

import pytest

from data import load, metric
from data.imports import NamedBytes, Undecided, stage
from data.store.store import Store
from tests.data.imports.exports import receipt_of, staged_rows


def changes(*rows: str) -> NamedBytes:
    return NamedBytes("t.csv", ("Member ID,Effective date,Tier\n" + "".join(f"{row}\n" for row in rows)).encode())


LEVELS = [
    "M1,2026-01-01,Level 2",
    "M1,2026-02-10,Level 10",
    "M2,2026-01-01,Level 2",
    "M2,2026-02-11,Level 10",
    "M3,2026-01-01,Level 9",
]
OWN = ["M1,2026-01-01,Explorer", "M1,2026-02-10,Voyager", "M2,2026-01-01,Explorer", "M3,2026-01-01,Voyager"]


def rates(db: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    capsys.readouterr()
    dates = ["--from", "2026-02-01", "--to", "2026-02-28", "--as-of", "2026-02-28", "--set", "minimum=1"]
    assert metric.main(["tier_rates", *dates, "--csv", "--db", str(db)]) == 0
    return {row["move"]: float(row["rate"]) for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}


def test_levels_go_by_their_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, db = tmp_path / "t.csv", tmp_path / "x.duckdb"
    path.write_bytes(changes(*LEVELS).data)
    assert load.main([str(path), "--profile", "tier_changes", "--db", str(db)]) == 0
    assert "tier order Level 2 < Level 9 < Level 10" in capsys.readouterr().out
    found = rates(db, capsys)
    assert (round(found["upgrade"], 4), found["downgrade"]) == (0.6667, 0.0)


def test_an_order_that_names_do_not_tell_is_asked_for_and_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, db = tmp_path / "t.csv", tmp_path / "x.duckdb"
    path.write_bytes(changes(*OWN).data)
    arguments = [str(path), "--profile", "tier_changes", "--db", str(db)]
    assert load.main(arguments) == 2
    assert "--value 'ladder=Explorer, Voyager'" in capsys.readouterr().err
    assert load.main([*arguments, "--value", "ladder=Voyager, Explorer"]) == 0
    assert rates(db, capsys)["downgrade"] == pytest.approx(1 / 3)
    path.write_bytes(changes("M4,2026-02-12,Explorer").data)
    assert load.main(arguments) == 0  # the answer is kept
    path.write_bytes(changes("M4,2026-02-13,Legend").data)
    assert load.main(arguments) == 2  # a tier that it does not name
    assert "Explorer, Legend, Voyager" in capsys.readouterr().err


def test_an_undone_import_takes_its_order_along(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        with stage(
            [changes(*OWN)], store=store, profile="tier_changes", values={"ladder": "voyager, explorer"}
        ) as staged:
            first = staged.take_in().import_id
        assert first is not None
        with store.snapshot() as snap:
            assert snap.ladder() == "Voyager, Explorer"
        store.undo(first)
        with store.snapshot() as snap:
            assert snap.ladder() == ""
        with store.snapshot(first) as snap:
            assert snap.ladder() == "Voyager, Explorer"


def test_a_half_named_order_is_asked_for_again() -> None:
    with pytest.raises(Undecided):
        stage([changes(*OWN)], store=None, profile="tier_changes", values={"ladder": "Explorer"})


def test_spellings_of_one_tier_become_one(tmp_path: Path) -> None:
    file = changes(
        "M1,2026-01-01,Gold", "M2,2026-01-01,GOLD ", "M3,2026-01-01,gold", "M4,2026-01-01,Gold", "M5,2026-01-01,Silver"
    )
    assert {row["tier"] for row in staged_rows([file], "tier_changes", profile="tier_changes")} == {"Gold", "Silver"}
    shown = {(one.what, one.value) for one in receipt_of(file, profile="tier_changes").conventions}
    assert shown == {("spelling", "GOLD = Gold"), ("spelling", "gold = Gold"), ("tier order", "Silver < Gold")}
    with Store.open(tmp_path / "s.duckdb") as store:
        with stage([file], store=store, profile="tier_changes") as staged:
            staged.take_in()
        later = changes("M6,2026-02-01,GOLD", "M7,2026-02-01,GOLD")
        with stage([later], store=store, profile="tier_changes") as staged:
            staged.take_in()
        assert store.tiers() == ["Gold", "Silver"]
