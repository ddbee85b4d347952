"""The everyday numbers equal those counted in plain Python: from the files of Online Retail and Olist, and from the rows of the demo."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import pytest

from data import load
from data.demo.build import build
from data.demo.load import load as load_demo
from data.questions.ask import Question, ask
from data.store.snapshot import Snapshot
from data.store.store import Store
from tests.data.questions import plain
from tests.data.questions.plain import Order
from tests.metrics.sales.asked import FAMILY

DAY, CUSTOMERS, SEED, LEAST = dt.date.fromisoformat, 800, 3, 30
FILES = {"online_retail": "online_retail/online_retail.csv.gz", "olist": "olist"}
PERIODS = {
    "online_retail": ("2011-04-10", "2011-08-20"),
    "olist": ("2018-01-01", "2018-03-31"),
    "demo": ("2026-01-05", "2026-05-20"),
}


@dataclass
class World:
    """The same orders as the app knows them and as plain loops do; when each became a member."""

    snap: Snapshot
    orders: list[Order]
    members: dict[str, dt.date]
    period: tuple[dt.date, dt.date]

    @cached_property
    def second_day(self) -> dict[str, dt.date]:
        """Customer → the day after that of the first order."""
        firsts: dict[str, dt.date] = {}
        for order in placed(self.orders):
            if order.customer is not None:
                firsts[order.customer] = min(order.day, firsts.get(order.customer, order.day))
        return {who: day + dt.timedelta(1) for who, day in firsts.items()}

    def within(self, start: dt.date, end: dt.date) -> list[Order]:
        return [order for order in self.orders if start <= order.day <= end]


def _demo() -> tuple[list[Order], dict[str, dt.date]]:
    tables = build(customers=CUSTOMERS, seed=SEED)
    rows = tables["orders"].select("customer_id", "ordered_at", "amount", "kind").iter_rows()
    orders = [Order(who, at.date(), Decimal(repr(amount)), kind == "refund") for who, at, amount, kind in rows]
    return orders, dict(tables["members"].select("customer_id", "joined_on").iter_rows())


@pytest.fixture(scope="module", params=PERIODS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    name, db = request.param, tmp_path_factory.mktemp(request.param) / "real.duckdb"
    if name == "demo":
        orders, members = _demo()
        with Store.open(db) as store:
            load_demo(store, customers=CUSTOMERS, seed=SEED)
    else:
        shared: Path = request.getfixturevalue("shared")
        place = shared / "data" / FILES[name]
        files = sorted(place.glob("*.gz")) if place.is_dir() else [place]
        assert load.main([*map(str, files), "--db", str(db)]) == 0
        orders, members = getattr(plain, name)(shared).orders, {}
    with Store.open(db) as store, store.snapshot() as snap:
        start, end = map(DAY, PERIODS[name])
        yield World(snap, orders, members, (start, end))


def revenue(orders: list[Order]) -> Decimal:
    return sum((order.amount for order in orders), Decimal(0))


def placed(orders: list[Order]) -> list[Order]:
    return [order for order in orders if not order.refund]


def buyers(orders: list[Order]) -> Counter[str]:
    """Customer → orders."""
    return Counter(order.customer for order in placed(orders) if order.customer is not None)


def enough(orders: list[Order]) -> bool:
    """Whether there are 30 orders, of more than one customer."""
    return len(placed(orders)) >= LEAST and len(buyers(orders)) > 1


def order_value(world: World, start: dt.date, end: dt.date) -> float | None:
    inside = world.within(start, end)
    return float(revenue(inside) / len(placed(inside))) if enough(inside) else None


def frequency(world: World, start: dt.date, end: dt.date) -> float | None:
    counted = buyers(world.within(start, end))
    return counted.total() / len(counted) if len(counted) >= LEAST else None


def active(world: World, _start: dt.date, end: dt.date) -> int | None:
    begin = end - dt.timedelta(days=364)
    if min(order.day for order in placed(world.orders) if order.customer is not None) > begin:
        return None
    return len(buyers(world.within(begin, end)))


def part(world: World, start: dt.date, end: dt.date, since: dict[str, dt.date]) -> float | None:
    """Of the revenue, what customers brought from a day on that is each one's own."""
    inside = world.within(start, end)
    own = [order for order in inside if order.customer in since and order.day >= since[order.customer]]
    return float(revenue(own) / revenue(inside)) if enough(inside) and revenue(inside) > 0 else None


Number = Callable[[World, dt.date, dt.date], float | None]
PLAIN: dict[str, Number] = {
    "net_revenue": lambda world, start, end: float(revenue(world.within(start, end))),
    "orders": lambda world, start, end: len(placed(world.within(start, end))),
    "buyers": lambda world, start, end: len(buyers(world.within(start, end))),
    "active_customers": active,
    "order_value": order_value,
    "purchase_frequency": frequency,
    "members_share": lambda world, start, end: part(world, start, end, world.members) if world.members else None,
    "returning_share": lambda world, start, end: part(world, start, end, world.second_day),
}


def test_every_metric_of_the_family_is_recomputed() -> None:
    assert set(PLAIN) == {metric.name for metric in FAMILY}


@pytest.mark.parametrize("name", PLAIN)
def test_number(world: World, name: str) -> None:
    start, end = world.period
    extent = world.snap.extent()
    assert extent.orders_first and extent.orders_last
    whole = Question(extent.orders_first, extent.orders_last, extent.orders_last)
    for question in (whole, Question(start, end, end)):
        (row,) = ask(world.snap, name, question).to_dicts()
        expected = PLAIN[name](world, question.start, question.end)
        assert row[name] == (expected if expected is None else pytest.approx(expected, rel=1e-9, abs=0.005))


@pytest.mark.parametrize("unit", ["week", "quarter"])
@pytest.mark.parametrize("name", PLAIN)
def test_trend(world: World, name: str, unit: str) -> None:
    start, end = world.period
    found = ask(world.snap, f"{name}_trend", Question(start, end, end), period=unit)
    assert found["period"].to_list() == plain.periods(start, end, unit)
    for row in found.to_dicts():
        last = min(plain.later(row["period"], unit, 1) - dt.timedelta(1), end)
        expected = PLAIN[name](world, row["period"], last)
        assert row[name] == (expected if expected is None else pytest.approx(expected, rel=1e-9, abs=0.005)), row


def test_what_nobody_known_bought_counts(world: World) -> None:
    """A part of the demo's orders names no customer; every order of it is in the total."""
    extent = world.snap.extent()
    assert extent.orders_first and extent.orders_last
    whole = Question(extent.orders_first, extent.orders_last, extent.orders_last)
    (row,) = ask(world.snap, "net_revenue", whole).to_dicts()
    counted = Counter(order.refund for order in world.orders)
    assert row["orders"] == counted[False]
    assert not world.members or any(order.customer is None for order in world.orders)
