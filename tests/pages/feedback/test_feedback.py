"""The feedback pages on real rows: questions that nobody asked, weights, groups, low scores and their customers."""

import datetime as dt
import json
from pathlib import Path

import pytest

from data.store.store import Store
from tests.data.rows import nps, order, take
from tests.pages.conftest import words

PERIOD = {"from_": "2026-04-01", "to": "2026-06-30", "lang": "en"}


def rated(survey: str, high: float, scores: list[float], **more: object) -> list[dict]:
    low = 1.0 if survey != "nps" else 0.0
    return [
        nps(f"{survey}{place}", f"c{place}", f"2026-05-{place % 28 + 1:02}", score)
        | {"survey": survey, "scale_low": low, "scale_high": high}
        | more
        for place, score in enumerate(scores)
    ]


def shown_cards(app) -> dict[str, dict]:
    """What the cards of the page are given, by id."""
    data = [json.loads(part.proto.json or "{}") for part in app.get("bidi_component")]
    return {card["id"]: card for part in data for card in part.get("cards", [])}


@pytest.fixture
def shown(open_app, tmp_path: Path):
    def show(
        code: str,
        rows: list[dict],
        *,
        more: dict[str, list[dict]] | None = None,
        orders: list[dict] | None = None,
        **params: str,
    ):
        with Store.open(tmp_path / "s.duckdb") as store:
            take(store, feedback=rows, orders=orders or [], **(more or {}))
        app = open_app(tmp_path / "s.duckdb", code, **{**PERIOD, **params})
        assert not app.exception
        return app

    return show


def test_answers_about_recommending_alone_are_no_satisfaction(shown) -> None:
    app = shown("csat", rated("nps", 10.0, [9.0] * 40))
    assert app.title[0].value == "No answers about satisfaction or effort yet"
    said = words(app)
    assert "The answers in the data are about recommending only; the page NPS shows them." in said
    assert "No satisfaction answers yet" in said
    assert "No effort answers yet" in said
    assert not app.get("plotly_chart")


def test_orders_alone_are_neither(shown) -> None:
    app = shown("csat", [], orders=[order("1", "a", "2026-05-01", 9)])
    assert app.title[0].value == "No answers about satisfaction or effort yet"
    assert "recommending only" not in words(app)


def test_effort_alone_is_what_the_page_is_about(shown) -> None:
    app = shown("csat", rated("ces", 7.0, [7.0] * 30 + [2.0] * 10), about="csat")
    assert app.title[0].value == "75.0% of answers say it was easy"
    assert "10 low scores, 0 with a comment" in words(app)
    assert app.dataframe[0].value["Customer"].to_list()[0] == "c39"
    assert app.dataframe[0].value["Score"].to_list() == ["2 / 1–7"] * 10
    assert "Mean 5.75" in words(app)


def test_each_scale_has_its_own_distribution_and_mean(shown) -> None:
    app = shown("csat", rated("csat", 5.0, [5.0] * 30 + [1.0] * 10) + [
        row | {"feedback_id": f"x{row['feedback_id']}"} for row in rated("csat", 7.0, [7.0] * 35)
    ])  # fmt: skip
    said = words(app)
    assert "75% satisfied, 25% dissatisfied" in said
    assert "100% satisfied, 0% dissatisfied" in said
    assert "Mean 4.00" in said
    assert "on 1–5, 40 answers." in said
    assert "Mean 7.00 (7.00 to 7.00) on 1–7, 35 answers." in said


def test_low_scores_name_their_customers_and_are_plain_text(shown) -> None:
    rows = [
        *rated("csat", 5.0, [5.0] * 30),
        nps("low", "M*7*", "2026-06-01", 1)
        | {"survey": "csat", "scale_low": 1.0, "scale_high": 5.0, "comment": "<b>bad</b>"},
    ]
    app = shown("csat", rows)
    assert app.text[0].value == "<b>bad</b>"
    assert "1 low score, 1 with a comment" in words(app)
    assert "customer M\\*7\\*" in words(app)


def test_weights_are_offered_only_where_answers_carry_them(shown) -> None:
    plain = shown("nps", rated("nps", 10.0, [9.0] * 20 + [0.0] * 20), weight="yes")
    assert "Weighted" not in words(plain)
    assert plain.title[0].value == "NPS is 0.0"


def test_weights_move_the_score_and_the_words_say_so(shown) -> None:
    rows = rated("nps", 10.0, [9.0] * 20, weight=3.0) + [
        row | {"feedback_id": f"x{row['feedback_id']}"} for row in rated("nps", 10.0, [0.0] * 20, weight=1.0)
    ]
    app = shown("nps", rows, weight="yes")
    assert app.title[0].value == "NPS is 50.0"
    # (20·3 + 20)² / (20·9 + 20) = 32
    assert "The 40 answers are worth 32 of equal weight." in words(app)
    assert "Counted without weights." in words(app)


def test_groups_by_cohort_are_quarters_of_the_first_order(shown) -> None:
    orders = [order(str(place), f"c{place}", "2025-02-01" if place < 35 else "2026-04-03", 10) for place in range(70)]
    app = shown("nps", rated("nps", 10.0, [9.0] * 35 + [0.0] * 35), orders=orders, by="cohort")
    assert "Customers who first ordered in 2025-Q1 score higher than those who first ordered in 2026-Q2" in words(app)
    assert "100% of answers belong to a customer with orders" in words(app)
    assert "No answer is a year old yet" in words(app)


def test_later_spend_of_promoters_and_detractors(shown) -> None:
    """Promoters of a year ago bought for 100 or 120 since, detractors for nothing."""
    said = [nps(f"p{place}", f"c{place}", "2025-04-10", 9.0 if place < 30 else 0.0) for place in range(60)]
    orders = [order(f"a{place}", f"c{place}", "2025-04-01", 10, currency="CNY") for place in range(60)]
    orders += [
        order(f"b{place}", f"c{place}", "2025-09-01", 100 + 20 * (place % 2), currency="CNY") for place in range(30)
    ]
    orders += [order("last", "z", "2026-06-30", 1, currency="CNY")]
    app = shown("nps", [*said, *rated("nps", 10.0, [9.0] * 5)], orders=orders)
    said_here = words(app)
    assert "Promoters spend more in the year after than detractors" in said_here
    assert "Promoters minus detractors: ¥110, 95% interval +106 to +114." in said_here
    assert "100.0% of these 60 answers belong to a customer who had ordered." in said_here


@pytest.mark.parametrize(
    ("code", "survey", "high"), [("nps", "nps", 10.0), ("csat", "csat", 5.0), ("csat", "ces", 7.0)]
)
def test_nine_answers_have_no_shares_in_a_title(shown, code: str, survey: str, high: float) -> None:
    app = shown(code, rated(survey, high, [high] * 6 + [1.0] * 3))
    said = [element.value for element in app.subheader]
    assert "Too few answers to show shares" in said
    assert not [title for title in said if "%" in title]


@pytest.mark.parametrize(("more", "said"), [(1, "1 further scale has"), (2, "2 further scales have")])
def test_scales_that_are_not_drawn_are_counted(shown, more: int, said: str) -> None:
    rows = [
        row | {"feedback_id": f"{scale}{row['feedback_id']}"}
        for scale in range(5, 7 + more)
        for row in rated("csat", float(scale), [float(scale)] * 30)
    ]
    assert f"{said} fewer answers." in words(shown("csat", rows))


def test_buyers_are_not_silent_where_answers_do_not_reach(shown) -> None:
    """Sixty buyers in the second quarter; the answers end in February: nobody can tell how many answer."""
    orders = [order(str(place), f"c{place}", "2026-05-10", 10) for place in range(60)]
    early = [nps(f"early{place}", f"c{place}", "2026-02-10", 9.0) for place in range(40)]
    unnamed = [nps(f"late{place}", None, "2026-05-20", 9.0) for place in range(40)]
    card = shown_cards(shown("nps", [*early, *unnamed], orders=orders))["answered_share"]
    assert card["few"] == "Not observable here"
    assert "share no day of this period" in card["detail"]
    assert "value" not in card


def test_buyers_are_those_of_the_days_that_answers_cover(shown) -> None:
    orders = [order(str(place), f"c{place}", "2026-04-10", 10) for place in range(40)]
    orders += [order(f"late{place}", f"d{place}", "2026-06-10", 10) for place in range(40)]
    said = [nps(f"{place}", f"c{place}", f"2026-04-{5 + place:02}", 9.0) for place in range(20)]
    app = shown("nps", said, orders=orders)
    card = shown_cards(app)["answered_share"]
    assert (card["value"], card["size"]) == ("37.5", "40 customers")  # fifteen of the twenty answers lie in those days
    assert "Buyers of 10 April – 24 April 2026 only: the days that orders and answers both cover." in words(app)


def questionnaire(items: int) -> dict[str, list[dict]]:
    """Forty answers to each of so many items; of item k, 2·k are low."""
    return {
        "answers": [
            {
                "source": "survey", "response_id": str(place), "item": f"item{item:02}", "customer_id": None,
                "responded_at": dt.datetime(2026, 5, 1), "score": 1.0 if place < 2 * item else 5.0, "scale_low": 1.0, "scale_high": 5.0,
            }
            for item in range(items) for place in range(40)
        ]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("items", "drawn", "note"), [(12, 12, ""), (14, 12, "The highest and the lowest: 12 of 14 items.")]
)
def test_the_worst_item_is_the_last_of_all(shown, items: int, drawn: int, note: str) -> None:
    app = shown("csat", rated("nps", 10.0, [9.0] * 5), more=questionnaire(items))
    said = words(app)
    assert f"item00 is rated higher than item{items - 1}" in said
    assert note in said
    assert ("The highest and the lowest" in said) == bool(note)
    (chart,) = app.get("plotly_chart")
    assert chart.proto.alt.count("item") == drawn
    assert "item00" in chart.proto.alt
    assert f"item{items - 1}" in chart.proto.alt


def test_tiers_are_dated_by_the_last_day_that_answers_cover(shown) -> None:
    """Silver on that day, gold only later, when orders still come and answers no more."""
    said = [*rated("csat", 5.0, [5.0] * 40)]
    tiers = [
        {"customer_id": f"c{place}", "effective_on": dt.date.fromisoformat(day), "tier": tier}
        for place in range(40)
        for day, tier in (("2026-01-01", "silver"), ("2026-06-10", "gold"))
    ]
    orders = [order("1", "z", "2026-06-30", 10)]
    app = shown("csat", said, more={"tier_changes": tiers}, orders=orders, by="tier")
    assert "Tiers are those of 28 May 2026." in words(app)
    assert any("Silver" in chart.proto.alt for chart in app.get("plotly_chart"))
    assert not any("Gold" in chart.proto.alt for chart in app.get("plotly_chart"))
