"""Windows of different length are compared over as many days, so that constant buying changes nothing."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from data.questions.ask import Question, ask
from data.questions.changes import change, earlier
from data.questions.windows import alike
from data.store.snapshot import Snapshot
from data.store.store import Store
from tests.coverage.made import stored
from tests.data.rows import full, nps, order, take

DAY = dt.date.fromisoformat


def asked(start: str, end: str, as_of: str = "2026-04-20") -> Question:
    return Question(DAY(f"2026-{start}"), DAY(f"2026-{end}"), DAY(as_of))


def dates(question: Question) -> tuple[str, str]:
    return f"{question.start:%m-%d}", f"{question.end:%m-%d}"


@pytest.fixture
def snap(tmp_path: Path):
    """Orders from 10 January to 20 April, answers of known customers from 20 January to 31 March."""
    with Store.open(tmp_path / "w.duckdb") as store:
        orders = [order(day, "c1", f"2026-{day}", 10) for day in ("01-10", "04-20")]
        take(store, orders=orders, feedback=[nps(day, "c1", f"2026-{day}", 9) for day in ("01-20", "03-31")])
        with store.snapshot() as opened:
            yield opened


def test_without_orders_the_questions_stay_as_they_are(tmp_path: Path) -> None:
    with Store.open(tmp_path / "e.duckdb") as store, store.snapshot() as empty:
        now, before = asked("03-01", "03-31"), asked("02-01", "02-28")
        assert alike(empty, "repeat_rate", now, before) == (now, before)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        # the earlier one begins sooner, is cut at its end, or is as long already
        (asked("03-01", "03-31"), asked("02-01", "02-28"), (("03-01", "03-31"), ("01-29", "02-28"))),
        (asked("02-01", "02-28"), asked("01-15", "01-31"), (("02-01", "02-22"), ("01-10", "01-31"))),
        (asked("04-01", "04-30"), asked("03-01", "03-31"), (("04-01", "04-20"), ("03-01", "03-20"))),
        (asked("03-01", "03-07"), asked("02-22", "02-28"), (("03-01", "03-07"), ("02-22", "02-28"))),
        (asked("03-01", "03-31", "2026-03-10"), asked("02-01", "02-28"), (("03-01", "03-10"), ("02-01", "02-10"))),
        # nothing lies before the data begin, or after they end
        (asked("03-01", "03-31"), asked("01-01", "01-31"), (("03-01", "03-22"), ("01-10", "01-31"))),
        (asked("02-01", "02-28"), asked("01-01", "01-05"), (("02-01", "02-28"), ("01-01", "01-05"))),
        (asked("05-01", "05-31"), asked("04-01", "04-30"), (("05-01", "05-31"), ("04-01", "04-30"))),
    ],
)
def test_both_are_of_as_many_days(snap: Snapshot, now: Question, before: Question, expected) -> None:
    assert tuple(map(dates, alike(snap, "repeat_rate", now, before))) == expected


def test_where_answers_count_the_days_that_both_cover_are_laid_beside_each_other(snap: Snapshot) -> None:
    now, before = alike(snap, "answered_share", asked("03-01", "04-30"), asked("01-01", "02-28"))
    assert (dates(now), dates(before)) == (("03-01", "03-31"), ("01-20", "02-19"))


def test_a_number_that_does_not_grow_with_the_days_is_compared_as_asked(snap: Snapshot) -> None:
    now, before = asked("03-01", "03-31"), asked("02-01", "02-28")
    assert alike(snap, "nps", now, before) == (now, before)


def test_the_change_is_that_from_the_earlier_number(tmp_path: Path) -> None:
    """Twice in 31 days, but not in the 28 of February."""
    rows = [order(f"{who} {day}", f"c{who}", f"2026-{day}", 10) for who in range(40) for day in ("01-30", "02-20")]
    rows += [order(f"{who} {day}", f"c{who}", f"2026-{day}", 10) for who in range(40) for day in ("03-05", "03-25")]
    rows += [order("first", "x", "2026-01-01", 10), order("last", "x", "2026-03-31", 10)]
    with Store.open(tmp_path / "r.duckdb") as store:
        take(store, orders=rows)
        with store.snapshot() as snap:
            march, february = asked("03-01", "03-31", "2026-03-31"), asked("02-01", "02-28", "2026-03-31")
            assert ask(snap, "repeat_rate", february)["repeat_rate"].item() == 0
            assert earlier(snap, "repeat_rate", march, february)["repeat_rate"].item() == 1
            value = ask(snap, "repeat_rate", march)["repeat_rate"].item()
            assert change(snap, "repeat_rate", march, february)["change"].item() == pytest.approx(value - 1)


GROUPS, CUSTOMERS, PER_DAY = 12, 6_000, 0.02


def test_constant_buying_over_a_calendar_of_months_is_no_change(tmp_path: Path) -> None:
    """Of 36 changes between months of 28 to 31 days a few are claimed by chance; between calendar months it would be most."""
    rng = np.random.default_rng(7)
    first, days = dt.datetime(2026, 1, 1), 120
    person, day = np.nonzero(rng.random((GROUPS * CUSTOMERS, days)) < PER_DAY)
    rows = pl.DataFrame({"person": person, "day": day}).with_row_index("order")
    made = rows.select(
        source=pl.lit("made"), kind=pl.lit("order"), order_id=pl.col("order").cast(pl.String),
        customer_id=pl.col("person").cast(pl.String), region=(pl.col("person") % GROUPS).cast(pl.String),
        ordered_at=pl.lit(first) + pl.duration(days=pl.col("day")), amount=pl.lit(10.0),
    )  # fmt: skip
    months = [asked("01-01", "01-31", "2026-04-30"), asked("02-01", "02-28"), asked("03-01", "03-31")]
    months = [replace(month, as_of=DAY("2026-04-30"), by=("region",)) for month in [*months, asked("04-01", "04-30")]]
    with Store.open(tmp_path / "c.duckdb") as store:
        stored(store, "orders", full("orders", made))
        with store.snapshot() as snap:
            found = pl.concat(change(snap, "repeat_rate", *pair) for pair in zip(months[1:], months, strict=False))
            rates = [ask(snap, "repeat_rate", month)["repeat_rate"].mean() for month in months[:2]]
    assert rates[0] - rates[1] > 0.02  # type: ignore[operator]
    assert found.height == 36
    assert found.filter((pl.col("low") > 0) | (pl.col("high") < 0)).height <= 4
