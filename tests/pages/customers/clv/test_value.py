"""Lifetime value on stores that test its honesty: CDNOW, customers of whom nobody leaves, a handful of orders, and past days."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.load import main as load
from data.questions.ask import whole
from data.segment import Segment
from data.store.store import Store
from pages.customers.clv import charts as charts_value
from pages.customers.clv import readings
from pages.customers.clv.charts import Bar, Followed
from pages.shared.screen.display import card
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import axes
from tests.data.rows import order, take
from tests.pages.conftest import bought, words


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    path = tmp_path_factory.mktemp("cdnow") / "cdnow.duckdb"
    assert load([str(shared / "data" / "cdnow" / "CDNOW_sample.txt"), "--db", str(path)]) == 0
    return path


def cards(app: AppTest) -> list[dict]:
    (found,) = [data["cards"] for data in map(_data, app.get("bidi_component")) if "cards" in data]
    return found


def _data(element) -> dict:
    return json.loads(element.proto.json or "{}")


def everything(app: AppTest) -> str:
    """What the page says anywhere: native elements, cards, charts and tables."""
    charts = [chart.proto.spec + chart.proto.alt for chart in app.get("plotly_chart")]
    tables = [str(element.value) for element in (*app.dataframe, *app.table)]
    return "\n".join([words(app), json.dumps(cards(app), ensure_ascii=False), *charts, *tables])


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "For the last 39 weeks this forecast was 16% low"), ("zh", "过去 39 周，这一预测偏低 16%")],
)
def test_cdnow_says_that_the_forecast_was_low_by_16_percent(open_app, cdnow: Path, language: str, said: str) -> None:
    app = open_app(cdnow, "value", holdout="39", lang=language)
    assert not app.exception
    assert said in [title.value for title in app.subheader]
    table = app.table[0].value
    assert table.iloc[0, 2] == "1.61"  # the published root mean square, 1.607


@pytest.mark.parametrize("model", ["mbg_nbd", "bg_nbd", "pareto_nbd"])
def test_no_chance_to_be_alive_is_shown(open_app, cdnow: Path, model: str) -> None:
    """BG/NBD holds everybody who bought once for alive; what is shown is the chance of another order, which is far below 1 for them."""
    app = open_app(cdnow, "value", model=model)
    assert not app.exception
    shown = everything(app).lower()
    assert "alive" not in shown
    (active,) = [card for card in cards(app) if card["name"].startswith("Expected to order")]
    assert 20 < float(active["value"]) < 30


def test_who_cannot_be_seen_to_leave_has_no_forecast(open_app, tmp_path: Path) -> None:
    app = open_app(bought(tmp_path, seed=13, customers=1500, leaving=False), "value")
    assert not app.exception
    assert app.title[0].value.startswith(
        "No forecast, because it cannot be seen who has left; so far a customer has brought"
    )
    assert "any forecast would be a guess" in app.warning[0].value
    to_date, repeated, active = cards(app)
    assert "value" in to_date and " to " in to_date["range"]
    assert repeated["range"] == "no forecast, no interval"
    assert active["few"] == "Not known"
    assert "No list without a forecast" in words(app)
    assert not app.dataframe


def test_spend_that_depends_on_frequency_is_said_with_its_correlation(open_app, tmp_path: Path) -> None:
    app = open_app(bought(tmp_path, seed=14, customers=3000, frequent_spend_more=True), "value")
    assert "also spend more per order (correlation 0." in app.warning[0].value
    assert "is expected to bring" in app.title[0].value
    assert all("value" in card for card in cards(app))


@pytest.mark.parametrize(
    ("customers", "said"),
    [(12, "Too few customers to show their value"), (300, "Too few customers for a forecast; so far")],
)
def test_few_customers(open_app, tmp_path: Path, customers: int, said: str) -> None:
    app = open_app(bought(tmp_path, seed=3, customers=customers), "value")
    assert not app.exception
    assert said in app.title[0].value
    assert bool(app.get("plotly_chart")) == (customers >= 30)
    first, *_rest = cards(app)
    assert first.get("few") == ("Too few to show: 12 of 30" if customers == 12 else None)


def in_regions(path: Path, groups: int) -> Path:
    """A store of regions of 40 customers, of whom those in the last one, a smaller one, spend a hundred times as much."""
    sizes = [40] * (groups - 1) + [30]
    rows = [(f"c{group}-{place}", f"Region {group}") for group, size in enumerate(sizes) for place in range(size)]
    orders = [
        order(key, key, f"2026-{place % 6 + 1:02}-{place % 28 + 1:02}", 1000.0 if region == f"Region {groups - 1}" else 9.0 + place % 3)
        for place, (key, region) in enumerate(rows)
    ]  # fmt: skip
    members = [{"source": "shop", "customer_id": key, "region": region} for key, region in rows]
    with Store.open(path / "s.duckdb") as store:
        take(store, orders=orders, members=members)
    return path / "s.duckdb"


@pytest.mark.parametrize(
    ("groups", "title", "note"),
    [
        (8, "Customers in Region 7 have brought the most so far", ""),
        (9, "No clear difference between regions", "The 8 largest of 9 groups; the others are in the download."),
    ],
)
def test_a_title_names_no_group_that_is_not_drawn(open_app, tmp_path: Path, groups: int, title: str, note: str) -> None:
    app = open_app(in_regions(tmp_path, groups), "value", value_by="region")
    assert not app.exception
    assert title in [found.value for found in app.subheader]
    assert note in words(app)


def test_cohorts_of_value_to_date_are_not_ranked(open_app, tmp_path: Path) -> None:
    """The first of 240 customers have had five months longer than the last."""
    app = open_app(in_regions(tmp_path, 6), "value", value_by="cohort")
    assert not app.exception
    assert "What each cohort has brought so far: older ones had more time" in [found.value for found in app.subheader]


def test_orders_that_begin_later_are_named(open_app, cdnow: Path) -> None:
    app = open_app(cdnow, "value", from_="1996-04-01", to="1996-06-30")
    assert not app.exception
    assert "No orders up to this day" in words(app)


def test_a_holdout_longer_than_the_data_says_so(open_app, tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with Store.open(path) as store:
        take(store, orders=[order(str(k), f"c{k}", f"2026-05-{k % 28 + 1:02}", 10.0) for k in range(40)])
    app = open_app(path, "value", holdout="52")
    assert "The data are too short to judge a forecast" in words(app)


def test_few_orders_held_out_judge_no_forecast(open_app, tmp_path: Path) -> None:
    days = [*[f"2025-{month:02}-10" for month in range(1, 9)], "2026-06-30"]
    rows = [order(f"{k}-{day}", f"c{k}", day, 10.0) for k in range(40) for day in days[: 8 + (k < 8)]]
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=rows)
    app = open_app(tmp_path / "s.duckdb", "value", holdout="26")
    assert not app.exception
    assert "8 repeat orders in the last 26 weeks are too few to judge a forecast" in [t.value for t in app.subheader]
    assert "Choose more weeks, widen the filters, or upload more orders." in words(app)
    assert not app.table


@pytest.mark.parametrize(("weeks", "model"), [("39", "mbg_nbd"), ("26", "pareto_nbd")])
def test_the_chart_ends_at_the_orders_that_the_sentence_judges(open_app, cdnow: Path, weeks: str, model: str) -> None:
    app = open_app(cdnow, "value", holdout=weeks, model=model)
    expected, actual = re.search(r"Forecast ([\d,]+) repeat orders, happened ([\d,]+);", words(app)).groups()
    (chart,) = [chart for chart in app.get("plotly_chart") if "Repeat orders since" in chart.proto.alt]
    assert f"At the end: ordered {actual}, forecast {expected}." in chart.proto.alt
    off = int(expected.replace(",", "")) / int(actual.replace(",", "")) - 1
    said = f"For the last {weeks} weeks this forecast was {abs(off):.0%} {'low' if off < 0 else 'high'}"
    assert said in [title.value for title in app.subheader]


def test_choices_are_in_the_address(open_app, cdnow: Path) -> None:
    app = open_app(cdnow, "value", horizon="13", margin="40", cut="30")
    assert "in the next 13 weeks" in app.title[0].value
    assert app.query_params["horizon"] == "13"
    assert "is below 30% now" in words(app)
    whole = open_app(cdnow, "value", horizon="13")
    share = [float(cards(page)[0]["value"].removeprefix("US$")) for page in (app, whole)]
    assert share[0] == pytest.approx(0.4 * share[1], rel=0.02)


@pytest.mark.parametrize("options", [{"seed": 3, "customers": 300}, {"seed": 4, "customers": 1200}])
def test_wherever_money_is_named_so_is_the_margin(open_app, tmp_path: Path, options: dict) -> None:
    """With a forecast and without one: title, cards, sections, and the other definitions."""
    path = bought(tmp_path, **options)
    whole, cut = (open_app(path, "value", margin=margin) for margin in ("100", "40"))
    assert "margin of" not in everything(whole)
    assert "at a margin of 40%" in cut.title[0].value
    names = [card["name"] for card in cards(cut)]
    assert [name.endswith("at a margin of 40%") for name in names] == [True, True, False]  # the third is a chance
    said = "Value is revenue at a margin of 40%."
    sections = 4 if options["customers"] > 1000 else 3  # histogram, groups, tenths; with a forecast the list too
    assert words(cut).count(said) == sections
    assert "of the revenue" not in words(cut)
    if sections == 4:
        cut.button(key="why-clv_variants").click().run()
        assert words(cut).count(said) == sections + 1


def test_the_whole_list_can_be_taken_away(open_app, cdnow: Path) -> None:
    app = open_app(cdnow, "value")
    with cached.store().snapshot() as snap:
        question = whole(snap)
    assert question is not None
    named = cached.later("worth_keeping", question)()
    titles = [title.value for title in app.subheader]
    assert f"{named.height} valuable customers have become unlikely to order again" in titles
    assert app.dataframe[0].value.shape[0] == 50 < named.height


def test_a_past_period_is_valued_at_its_end(open_app, cdnow: Path) -> None:
    app = open_app(cdnow, "value", from_="1997-07-01", to="1997-09-30")
    assert "30 September 1997" in "\n".join(text.value for text in app.markdown)


LINE = Followed("ordered", ["0", "1"], [1.0, 2.0], "2", ["a", "b"])


def test_names_at_the_ends_of_lines_stay_apart_and_inside() -> None:
    figure = charts_value.followed([LINE, Followed("forecast", ["0", "1"], [1.0, 2.0], "2", ["a", "b"], compared=True)])
    shifts = sorted(note.yshift for note in figure.layout.annotations)
    assert shifts[1] - shifts[0] >= charts_value.LABEL_APART - 1e-9


@pytest.mark.parametrize("most", [0.0, 0.3, 9.0, 7_200.0, 1e6])
def test_ticks_of_money_are_few_and_reach_the_end(most: float) -> None:
    ticks = axes.money_ticks(most)
    assert ticks[0] == 0
    assert len(ticks) <= 5
    assert ticks[-1] <= most * 1.02
    assert most == 0 or ticks[-1] > most / 2


@pytest.mark.parametrize(
    ("most", "currency", "named"),
    [
        (0.0, "CNY", ["0"]),
        (9.0, "EUR", ["0", "€2.50", "€5.00", "€7.50"]),
        (90.0, "EUR", ["0", "€25", "€50", "€75"]),
        (7_200.0, "CNY", ["0", "¥2,000", "¥4,000", "¥6,000"]),
        (7_200.0, None, ["0", "2,000", "4,000", "6,000"]),
    ],
)
def test_an_axis_of_money_names_the_currency(most: float, currency: str | None, named: list[str]) -> None:
    ticks = axes.money_axis(most, currency)
    assert list(ticks.values()) == named
    axis = charts_value.followed([LINE], ticks=ticks).layout.yaxis
    assert (list(axis.tickvals), list(axis.ticktext)) == (list(ticks), named)


def test_names_from_data_are_no_markup() -> None:
    figure = charts_value.bars([Bar("<b>x</b>", 1.0, "1", "one")])
    assert figure.data[0].y[0] == "&lt;b&gt;x&lt;/b&gt;"


def seen(last: str, first: str) -> View:
    day = dt.date.fromisoformat(last)
    return View(dt.date.fromisoformat(first), day, day, "before", Segment())


def test_the_reading_of_the_overview_is_the_number_of_the_page_and_tells_no_change(open_app, cdnow: Path) -> None:
    app = open_app(cdnow, "value")
    reading = readings.clv(seen("1998-06-30", "1998-04-01"))
    shown = card(reading, compared=True)
    assert (shown["value"], shown["range"]) == (cards(app)[1]["value"], cards(app)[1]["range"])
    assert "change" not in shown
    assert reading.verdict == "too_few"


def test_the_reading_is_withheld_where_a_forecast_would_be_a_guess(open_app, tmp_path: Path) -> None:
    open_app(bought(tmp_path, seed=13, customers=1500, leaving=False), "value")
    shown = card(readings.clv(seen("2026-06-30", "2026-04-01")), compared=True)
    assert (shown["few"], shown["detail"]) == ("No forecast", "These orders do not show who has left.")


def test_the_reading_of_few_says_how_many_there_are(open_app, tmp_path: Path) -> None:
    open_app(bought(tmp_path, seed=3, customers=300), "value")
    shown = card(readings.clv(seen("2026-06-30", "2026-04-01")), compared=True)
    assert shown["few"] == "Too few to show: 300 of 1,000"
    assert shown["detail"] == "Widen the filters, or upload more orders."  # the period limits nothing here
