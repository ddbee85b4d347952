"""From real exports to numbers: through the command lines, against computations that share no code with them."""

import csv
import datetime as dt
import gzip
import json
from collections import defaultdict
from pathlib import Path

import pytest

from data import load, metric


@pytest.fixture(scope="module")
def retail(shared: Path, tmp_path_factory) -> Path:
    db = tmp_path_factory.mktemp("retail") / "retail.duckdb"
    assert load.main([str(shared / "data/online_retail/online_retail.csv.gz"), "--db", str(db)]) == 0
    return db


def answer(capsys, *arguments: str) -> list[dict]:
    capsys.readouterr()
    assert metric.main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def order_months(path: Path) -> dict[str, set[tuple[int, int]]]:
    """Customer → (year, month) of each invoice that is no cancellation; lines without a customer are left out."""
    invoices: dict[str, tuple[str, str]] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if line["CustomerID"] and not line["InvoiceNo"].startswith("C"):
                number, day = line["InvoiceNo"], line["InvoiceDate"]
                invoices[number] = (line["CustomerID"], min(day, invoices.get(number, ("", day))[1]))
    months = defaultdict(set)
    for customer, day in invoices.values():
        months[customer].add((int(day[:4]), int(day[5:7])))
    return months


def test_the_retention_triangle_equals_one_counted_in_plain_loops(shared: Path, retail: Path, capsys):
    months = order_months(shared / "data/online_retail/online_retail.csv.gz")
    sizes: dict[int, int] = defaultdict(int)
    active: dict[tuple[int, int], int] = defaultdict(int)
    last = max(year * 12 + month for seen in months.values() for year, month in seen)
    for seen in months.values():
        numbers = [year * 12 + month for year, month in seen]
        first = min(numbers)
        sizes[first] += 1
        for number in numbers:
            active[first, number - first] += 1
    expected = {
        (f"{(first - 1) // 12}-{(first - 1) % 12 + 1:02}-01", period): (sizes[first], active[first, period])
        for first in sizes
        for period in range(last - first + 1)
    }
    rows = answer(capsys, "retention", "--db", str(retail))
    assert {(row["cohort"], row["period"]): (row["customers"], row["active"]) for row in rows} == expected
    assert len(expected) == 91, "thirteen cohorts from December 2010 to December 2011"
    assert all(row["retention"] == pytest.approx(row["active"] / row["customers"]) for row in rows)
    unfinished = {(row["cohort"], row["period"]) for row in rows if not row["complete"]}
    assert unfinished == {key for key in expected if dt.date.fromisoformat(key[0]).month + key[1] in (12, 24)} - {
        ("2010-12-01", 0)
    }, "the data end on 9 December 2011, so every cohort's December is unfinished"


def test_the_repeat_rate_equals_one_counted_in_plain_loops(shared: Path, retail: Path, capsys):
    orders = defaultdict(set)
    with gzip.open(shared / "data/online_retail/online_retail.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if line["CustomerID"] and not line["InvoiceNo"].startswith("C"):
                orders[line["CustomerID"]].add(line["InvoiceNo"])
    (row,) = answer(capsys, "repeat_rate", "--db", str(retail))
    counts = [len(numbers) for numbers in orders.values()]
    assert (row["buyers"], row["repeat_buyers"]) == (len(counts), sum(count > 1 for count in counts))


@pytest.mark.parametrize(
    ("year", "n", "promoters", "passives", "detractors", "nps"),
    [("2017", 2746, 1436, 968, 342, 39.84), ("2018", 2650, None, None, None, 30.98)],
)
def test_nps_of_the_airport_survey(shared: Path, tmp_path: Path, capsys, year, n, promoters, passives, detractors, nps):
    db = tmp_path / "survey.duckdb"
    file = shared / f"data/sfo_survey/{year}.csv.gz"
    options = ["--profile", "nps", "--map", "score=NETPRO", "--value", f"responded_at={year}-05-31", "--db", str(db)]
    assert load.main([str(file), *options]) == 0
    (row,) = answer(capsys, "nps", "--db", str(db))
    assert (row["n"], round(row["nps"], 2)) == (n, nps)
    if promoters:
        assert (row["promoters"], row["passives"], row["detractors"]) == (promoters, passives, detractors)
