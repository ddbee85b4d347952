"""The hidden process: what a good follow-up does, and what the seasons promise."""

import numpy as np
import pytest

from data.demo.people import people
from data.demo.process import Orders, orders
from data.demo.seasons import seasons
from data.demo.world import DAYS, STORE, Pace


@pytest.fixture(scope="module")
def placed() -> Orders:
    who = people(20_000, seasons(), Pace(answers=2), np.random.default_rng(1))
    return orders(who, seasons(), Pace(answers=2), np.random.default_rng(2))


def test_nobody_gives_no_orders() -> None:
    nobody = people(0, seasons(), Pace(), np.random.default_rng(1))
    assert len(orders(nobody, seasons(), Pace(), np.random.default_rng(2))) == 0


def test_each_customer_has_orders_one_to_n_on_days_that_never_go_back(placed: Orders) -> None:
    known = placed.taken(np.flatnonzero(placed.customer >= 0))
    known = known.taken(np.lexsort((known.number, known.customer)))
    same = known.customer[1:] == known.customer[:-1]
    assert (known.number[1:][same] == known.number[:-1][same] + 1).all()
    assert (known.number[1:][~same] == 1).all()
    assert (known.day[1:][same] >= known.day[:-1][same]).all()


def test_only_deliveries_are_late_and_only_stores_have_staff(placed: Orders) -> None:
    in_store = placed.channel == STORE
    assert not placed.late[in_store].any()
    assert not placed.staff[~in_store].any()
    assert ((placed.store >= 0) == in_store).all()


def test_detractors_who_were_called_back_come_back_more(placed: Orders) -> None:
    known = np.flatnonzero((placed.customer >= 0) & placed.answers & (placed.nps <= 6) & (placed.day < DAYS - 180))
    last = np.zeros(placed.customer.max() + 1, np.int64)
    np.maximum.at(last, placed.customer[placed.customer >= 0], placed.number[placed.customer >= 0])
    again = last[placed.customer[known]] > placed.number[known]
    called = placed.recovered[known]
    assert 0.3 < called.mean() < 0.4
    assert again[called].mean() > again[~called].mean() + 0.03


def test_seasons_add_up() -> None:
    days = seasons()
    assert days.demand.mean() == pytest.approx(1)
    assert days.arrivals.sum() == pytest.approx(1)
    assert days.demand.min() > 0.3
    assert days.late.max() < 0.3
