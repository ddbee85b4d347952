"""What “spend 100, get 50” really takes off: the known cases, and a simulation of customers."""

import numpy as np
import pytest

from metrics.programme.voucher import Voucher

OFFER = Voucher(spend=100, voucher=50)


@pytest.mark.parametrize(
    ("first", "second", "breakage", "paid"),
    [
        (100, 100, 0.0, 0.75),  # 150 in cash for 200 of goods
        (
            199.99,
            199.99,
            0.0,
            pytest.approx(0.875, abs=1e-4),
        ),  # just short of a second voucher: under 400 of goods for 350
        (150, 150, 0.1, pytest.approx(0.85, abs=0.01)),  # usual purchases, one voucher of ten never used
        (99, 100, 0.0, 1.0),  # not reached: nothing off
        (100, 40, 0.0, pytest.approx(100 / 140)),  # a voucher takes no more off than the purchase costs
        (100, 100, 1.0, 1.0),  # never used
    ],
)
def test_the_price_paid(first: float, second: float, breakage: float, paid: float) -> None:
    assert OFFER.paid_share(first, second, breakage=breakage) == paid


def test_nominal_and_further_vouchers() -> None:
    assert OFFER.nominal == 0.5
    assert Voucher(100, 50).earned(350) == 50
    assert Voucher(100, 50, once=False).earned(350) == 150
    assert Voucher(100, 50, least=120).used(100, 110) == 0


@pytest.mark.parametrize(
    ("first", "second", "breakage", "once"), [(140.0, 90.0, 0.3, True), (320.0, 500.0, 0.15, False)]
)
def test_it_is_what_simulated_customers_pay(first: float, second: float, breakage: float, once: bool) -> None:
    offer, random = Voucher(100, 40, once=once), np.random.default_rng(1)
    comes = random.random(200_000) >= breakage
    paid = first + comes * (second - offer.used(first, second))
    worth = first + comes * second
    assert offer.paid_share(first, second, breakage=breakage) == pytest.approx(paid.sum() / worth.sum(), abs=0.002)
