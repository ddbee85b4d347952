"""The cards of the overview: those that the data can fill, or those that the address names, in its order."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from data.store.store import Store
from pages.overview import cards
from pages.overview.entry import CARDS, FILLED, OPTIONS
from pages.shared.readings.readings import Reading
from tests.data.rows import nps, order, take
from tests.pages.conftest import words
from tests.pages.overview.test_findings import FEW, NPS

(OPTION,) = OPTIONS
MONTHS = [f"2026-{month:02}-10" for month in range(1, 7)]
ORDERS = [order(f"{day}{i}", f"c{i}", day, 10.0) for day in MONTHS for i in range(40)]
ANSWERS = [nps(f"{day}{i}", f"c{i}", day, float(i % 11)) for day in MONTHS for i in range(40)]


def shown(app: AppTest) -> list[str]:
    return [
        card["id"]
        for block in app.session_state["report.current"].parts
        if hasattr(block, "items")
        for card in block.items
    ]


@pytest.mark.parametrize(
    ("code", "allowed"),
    [("", False), (FILLED, True), ("nps", True), ("clv,nps", True), ("nps,nps", False), ("nps,elsewhere", False), ("auto,nps", False)],
)  # fmt: skip
def test_an_address_names_each_card_once(code: str, allowed: bool) -> None:
    assert OPTION.allows(code) is allowed


def test_every_card_has_its_number() -> None:
    assert set(cards.NUMBERS) == set(CARDS) == {*cards.FIRST, *cards.MORE}
    assert cards.NUMBERS["buyers"].leads.codes == {"number": "buyers"}


@pytest.fixture
def with_values(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], list[str]]]:
    """The codes of the cards, where the numbers named first lack their data and those named second have no value."""

    def chosen(lacking: str, empty: str, said: str = FILLED) -> list[str]:
        def number(code: str) -> cards.Number:
            reading: Reading = replace(FEW if code in empty.split() else NPS, metric=code)
            return replace(cards.NUMBERS[code], read=lambda _view: reading, needs=code)

        monkeypatch.setattr(cards, "NUMBERS", {code: number(code) for code in CARDS})
        monkeypatch.setattr(cards.states, "missing", lambda needs: needs in lacking.split())
        return list(cards.chosen(SimpleNamespace(options={"cards": said})))  # type: ignore[arg-type]

    yield chosen


ORDERS_LACK, ANSWERS_LACK = (
    "nps csat ces tier_rates",
    "tier_rates clv retention repeat_rate inactive_share " + " ".join(cards.SALES),
)


@pytest.mark.parametrize(
    ("lacking", "empty", "expected"),
    [
        ("", "", "nps csat clv retention repeat_rate inactive_share tier_rates"),
        ("", "csat", "nps csat clv retention repeat_rate inactive_share tier_rates"),
        (" ".join(CARDS), "", ""),
        (ORDERS_LACK, "", "net_revenue orders buyers clv retention repeat_rate inactive_share"),
        (ORDERS_LACK, "clv retention repeat_rate inactive_share",
         "net_revenue orders buyers active_customers clv retention repeat_rate"),
        (ANSWERS_LACK, "", "nps csat ces"),
        (ANSWERS_LACK, "csat ces", "nps csat"),
        ("", "nps csat clv retention repeat_rate inactive_share tier_rates",
         "nps csat net_revenue orders buyers active_customers clv"),
    ],
)  # fmt: skip
def test_cards_that_the_data_can_fill(with_values, lacking: str, empty: str, expected: str) -> None:
    assert with_values(lacking, empty) == expected.split()


def test_what_the_reader_chose_stands_in_that_order_whatever_the_data(with_values) -> None:
    assert with_values("nps", "clv", "clv,nps,buyers") == ["clv", "nps", "buyers"]


@pytest.mark.parametrize(
    ("rows", "first", "chart"),
    [({"orders": ORDERS}, "net_revenue", "Net revenue by month"), ({"feedback": ANSWERS}, "nps", "NPS (−100 to 100) by month")],
)  # fmt: skip
def test_data_of_one_kind_fill_their_own_cards(open_app, tmp_path: Path, rows, first: str, chart: str) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, **rows)
    app = open_app(tmp_path / "s.duckdb", from_="2026-04-01", to="2026-06-10", lang="en")
    assert not app.exception
    assert shown(app)[0] == first
    assert chart in words(app)
    assert "No orders yet" not in words(app)
    assert "No answers yet" not in words(app)


def test_the_address_keeps_the_choice(open_app, demo_path: Path) -> None:
    app = open_app(demo_path, cards="buyers,nps", lang="en")
    assert shown(app) == ["buyers", "nps"]
    app.multiselect(key="option.cards.en").set_value(["nps", "order_value"]).run()
    assert "nps,order_value" in app.query_params["cards"]
    assert shown(app) == ["nps", "order_value"]
    app.multiselect(key="option.cards.en").set_value([]).run()
    assert FILLED in app.query_params["cards"]
    assert len(shown(app)) == cards.MOST
