"""What a header says of the numbers below it."""

import pytest

from data.errors import Refused
from data.imports import NamedBytes, Undecided, stage
from data.imports.cells.units import header_unit
from tests.data.imports.exports import receipt_of


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("", (1, "")),
        ("Amount", (1, "")),
        ("Amount (in thousands)", (1000, "")),
        ("Amount ('000)", (1000, "")),
        ("Umsatz (T€)", (1000, "€")),
        ("Umsatz in TEUR", (1000, "eur")),
        ("Betrag [Mio. €]", (1e6, "€")),
        ("Revenue (USD millions)", (1e6, "usd")),
        ("实付金额(万元)", (10_000, "元")),
        ("实付金额（单位：元）", (1, "元")),
        ("金额(分)", (0.01, "")),
        ("Amount (cents)", (0.01, "")),
        ("amount_cents", (0.01, "")),
        ("total in pence", (0.01, "")),
        ("Amount (USD)", (1, "usd")),
        ("Amount in EUR", (1, "eur")),
        ("Amount, GBP", (1, "gbp")),
        ("Amount (incl. VAT)", (1, "")),
        ("Amount (net)", (1, "")),
        ("Amount in cash register", (1, "")),
        ("Total (3)", (1, "")),
        ("Grand total", (1, "")),
    ],
)  # fmt: skip
def test_unit_and_currency(header: str, unit: tuple[float, str]) -> None:
    assert header_unit(header) == unit


def orders(header: str, *amounts: str) -> NamedBytes:
    rows = "".join(f"A{n},2026-01-0{n},{amount}\n" for n, amount in enumerate(amounts, start=1))
    return NamedBytes("a.csv", f"Order ID,Order Date,{header}\n{rows}".encode())


@pytest.mark.parametrize(
    ("header", "amounts", "revenue", "currency"),
    [
        ("Amount (in thousands)", ("1.5", "20"), 21_500, None),
        ("Amount (cents)", ("1050", "-50"), 10, None),
        ("实付金额(万元)", ("1.5", "0.25"), 17_500, "CNY"),
        ("Amount (USD)", ("10", "7", "€ 5"), 17, "USD"),
        ("Amount (T€)", ("1.234,5", "2"), 1_236_500, "EUR"),
        ("Amount (incl. VAT)", ("10", "20"), 30, None),
    ],
)
def test_in_the_orders(header: str, amounts: tuple[str, ...], revenue: float, currency: str | None) -> None:
    read = receipt_of(orders(header, *(f'"{amount}"' for amount in amounts)), profile="orders")
    assert (read.revenue, read.currency) == (revenue, currency)
    assert [one.value for one in read.conventions if one.what == "unit"] == {
        "Amount (in thousands)": ["1,000"], "Amount (cents)": ["0.01"], "实付金额(万元)": ["10,000"], "Amount (T€)": ["1,000"],
    }.get(header, [])  # fmt: skip


def test_cents_with_decimals_are_asked_for() -> None:
    export = orders("Amount (cents)", "10.50", "3")
    with pytest.raises(Undecided) as caught:
        stage([export], store=None, profile="orders")
    assert (caught.value.option, caught.value.answers) == ("unit", ("0.01", "1"))
    assert receipt_of(export, profile="orders", values={"unit": "1"}).revenue == 13.5
    assert receipt_of(export, profile="orders", values={"unit": "0.01"}).revenue == pytest.approx(0.135, abs=0.006)


@pytest.mark.parametrize("said", ["", "0", "-1", "nan", "inf", "many"])
def test_a_unit_is_a_number(said: str) -> None:
    if not said:  # none was said
        assert receipt_of(orders("Amount", "10"), profile="orders", values={"unit": said}).revenue == 10
        return
    with pytest.raises(Refused, match="unit is"):
        stage([orders("Amount", "10")], store=None, profile="orders", values={"unit": said})
