"""`make coverage`: how often intervals hold the true number, and how often a change is claimed that is none. Writes docs/coverage.md.

Each replicate is a group of a store, asked like any other through `data.questions`. REPLICATES=2000 makes every cell of so many; by default
cells of many answers have fewer. A share of so many replicates is known to ± 2 · √(share · (1 − share) / replicates), which stands in the
table, so that a cell outside the target by less than that is not told from one inside.
"""

import datetime as dt
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path

import numpy as np
import polars as pl

from data.questions.ask import Question, ask
from data.questions.changes import change
from data.store.snapshot import Snapshot
from tests.coverage.made import (
    CALENDAR,
    CLEARLY,
    HIATUS_DAYS,
    SATISFIED,
    Cell,
    constant_orders,
    feedback,
    opened,
    orders,
    stored,
)

ROOT = Path(__file__).parents[2]
SIZES = {30: 1000, 100: 500, 500: 120, 5000: 8}  # answers on a side → replicates
CUSTOMERS = {2_000: 400, 20_000: 40}  # buying constantly → replicates
ANSWERS = (1, 2, 3, 5)
NET = 100 * CLEARLY
NOW = Question(dt.date(2026, 2, 1), dt.date(2026, 2, 28), dt.date(2026, 2, 28))
BEFORE = Question(dt.date(2026, 1, 1), dt.date(2026, 1, 31), dt.date(2026, 1, 31))
PAIRS = {
    "February, January": ((2026, 2, 1), (2026, 2, 28), (2026, 1, 1), (2026, 1, 31)),
    "March, February": ((2026, 3, 1), (2026, 3, 31), (2026, 2, 1), (2026, 2, 28)),
    "April, March": ((2026, 4, 1), (2026, 4, 30), (2026, 3, 1), (2026, 3, 31)),
    "quarters of 90 and 92 days": ((2026, 1, 1), (2026, 3, 31), (2025, 10, 1), (2025, 12, 31)),
}
COVERED, CLAIMED = (0.93, 0.97), (0.03, 0.07)
HEAD = """# Coverage

How often an interval of 95 % holds the true number, and how often a change is claimed where nothing changed. Printed by `make coverage`;
every cell is asked through `data.questions`, its replicates being groups of one store.

Customers differ: a third of the spread of their answers lies between them. “Same”: the same customers answer in both periods. A level or a
change should be held in 93–97 %, and a change claimed in 3–7 % where there is none; ± is what so few replicates leave open, and ✗ marks a
cell that is outside by more than that. Among so many cells one or two bear it by chance.

Known deviation: with six customers who give five answers each, a change of CSAT is claimed in about 9 %. So few customers do not tell
how much customers differ; from about twenty customers on it is as it should be. An inactive share is always one of the same customers,
since whoever has ever ordered is counted at both dates.

A calendar has months of 28 to 31 days, in which customers who buy as often every day reach a second order more or less often. Changes of
the repeat rate lay as many days beside each other. Between the months as they are, “February, January” is claimed in 24 % at 2,000
customers and in 93 % at 20,000.
"""


@dataclass(frozen=True)
class Found:
    """A share of replicates, and the range that it should lie in."""

    share: float
    replicates: int
    target: tuple[float, float]

    def __str__(self) -> str:
        least, most = self.target
        open_by = 2 * sqrt(max(self.share * (1 - self.share), 0.02 * 0.98) / self.replicates)
        off = self.share + open_by < least or self.share - open_by > most
        return f"{100 * self.share:.1f} ± {100 * open_by:.1f}{' ✗' * off}"


def main() -> None:
    """Ask every cell and write the page; cells are printed as they come."""
    lines = [HEAD, f"Replicates: {_replicates_text()}.", ""]
    for title, columns, rows in (
        ("NPS and CSAT", "level NPS | level CSAT | change NPS | change CSAT | claimed NPS | claimed CSAT", _answers()),
        ("Shares of customers", "claimed repeat rate | claimed inactive share", _customers()),
    ):
        count = columns.count("|") + 1
        lines += [f"## {title}, in %", "", f"| n | each | customers | {columns} |", "|---" * (3 + count) + "|"]
        for cell, found in rows:
            who = "same" if cell.same else "different"
            shares = [*map(str, found), *["–"] * (count - len(found))]
            lines.append(f"| {cell.n} | {cell.answers} | {who} | {' | '.join(shares)} |")
            print(lines[-1], flush=True)
        lines.append("")
    lines += ["## Constant buying over a calendar, in %", "", f"| customers | {' | '.join(PAIRS)} |", "|---" * 5 + "|"]
    for customers, found in _calendar():
        lines.append(f"| {customers} | {' | '.join(map(str, found))} |")
        print(lines[-1], flush=True)
    lines.append("")
    (ROOT / "docs" / "coverage.md").write_text("\n".join(lines), encoding="utf-8")


def _answers() -> Iterator[tuple[Cell, list[Found]]]:
    for n in SIZES:
        whole = [Cell(n, answers, same) for same in (False, True) for answers in ANSWERS]
        shifted = {cell: replace(cell, shifted=True) for cell in whole}
        made = pl.concat(feedback(cell, _replicates(n), _rng(cell)) for cell in (*whole, *shifted.values()))
        with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as store:
            stored(store, "feedback", made)
            with store.snapshot() as snap:
                asked = {name: _asked(snap, name, "touchpoint") for name in ("nps", "csat")}
        for cell in whole:
            levels = [_level_held(rows, name, cell) for name, (rows, _changes) in asked.items()]
            changes = [_change_held(rows, name, shifted[cell]) for name, (_rows, rows) in asked.items()]
            yield cell, [*levels, *changes, *(_claimed(rows, cell, "touchpoint") for _rows, rows in asked.values())]


def _customers() -> Iterator[tuple[Cell, list[Found]]]:
    for n in SIZES:
        cells = [Cell(n, 1, same) for same in (False, True)]
        with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as store:
            stored(store, "orders", pl.concat(orders(cell, _replicates(n), _rng(cell)) for cell in cells))
            with store.snapshot() as snap:
                silence = {"hiatus_days": HIATUS_DAYS}
                changes = [
                    change(snap, name, _by(NOW, "region"), _by(BEFORE, "region"), minimum=2, **more)
                    for name, more in (("repeat_rate", {}), ("inactive_share", silence))
                ]
        for cell in cells:
            # who has ever ordered is known at both dates, so that an inactive share is always one of the same customers
            shown = changes if cell.same else changes[:1]
            yield cell, [_claimed(rows, cell, "region") for rows in shown]


def _calendar() -> Iterator[tuple[int, list[Found]]]:
    """How often a change of the repeat rate is claimed where customers buy as often every day."""
    for customers, usual in CUSTOMERS.items():
        replicates = int(os.environ.get("REPLICATES", usual))
        with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as store:
            stored(store, "orders", constant_orders(customers, replicates, np.random.default_rng(customers)))
            with store.snapshot() as snap:
                found = []
                for dates in PAIRS.values():
                    days = [dt.date(*day) for day in dates]
                    sides = (Question(*days[place : place + 2], CALENDAR[1], by=("region",)) for place in (0, 2))
                    rows = change(snap, "repeat_rate", *sides)
                    found.append(_share(rows, (pl.col("low") > 0) | (pl.col("high") < 0), CLAIMED))
        yield customers, found


def _asked(snap: Snapshot, name: str, column: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The levels before, and the changes."""
    now, before = _by(NOW, column), _by(BEFORE, column)
    return ask(snap, name, before, minimum=2), change(snap, name, now, before, minimum=2)


def _level_held(rows: pl.DataFrame, name: str, cell: Cell) -> Found:
    truth = NET * (2 * SATISFIED - 1) if name == "nps" else SATISFIED
    return _share(_of(rows, cell, "touchpoint"), pl.lit(truth).is_between("low", "high"), COVERED)


def _change_held(rows: pl.DataFrame, name: str, cell: Cell) -> Found:
    truth = cell.change(2 * NET if name == "nps" else 1.0)
    return _share(_of(rows, cell, "touchpoint"), pl.lit(truth).is_between("low", "high"), COVERED)


def _claimed(rows: pl.DataFrame, cell: Cell, column: str) -> Found:
    return _share(_of(rows, cell, column), (pl.col("low") > 0) | (pl.col("high") < 0), CLAIMED)


def _of(rows: pl.DataFrame, cell: Cell, column: str) -> pl.DataFrame:
    return rows.filter(pl.col(column).str.starts_with(f"{cell.label}:"))


def _share(rows: pl.DataFrame, condition: pl.Expr, target: tuple[float, float]) -> Found:
    return Found(rows.select(condition.mean()).item(), rows.height, target)


def _by(question: Question, column: str) -> Question:
    return Question(question.start, question.end, question.as_of, by=(column,))


def _replicates(n: int) -> int:
    return int(os.environ.get("REPLICATES", SIZES[n]))


def _replicates_text() -> str:
    return ", ".join(f"{_replicates(n):,} of {n:,} answers" for n in SIZES)


def _rng(cell: Cell) -> np.random.Generator:
    return np.random.default_rng([cell.n, cell.answers, cell.same, cell.shifted])


if __name__ == "__main__":
    sys.exit(main())
