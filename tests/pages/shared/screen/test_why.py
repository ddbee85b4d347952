"""Why is my number different: every definition has its words, each gap is said, and the numbers are those of the metric."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data.questions.ask import ask, whole
from data.segment import Segment
from data.store.store import Store
from metrics.retention.retention import retention_at
from pages.shared.screen import why
from pages.shared.session.view import View
from pages.shared.words.texts import speaking
from tests.pages.conftest import bought, words

Open = Callable[..., AppTest]


@pytest.mark.parametrize("comparison", why.OF.values(), ids=why.OF)
def test_every_definition_that_the_metric_gives_has_words(demo_path: Path, comparison: why.Comparison) -> None:
    with Store.open(demo_path) as store, store.snapshot() as snap:
        question = whole(snap)
        assert question
        found = ask(snap, comparison.metric, question)["variant"].to_list()
    assert found[0] == why.STANDARD
    assert set(found) <= set(comparison.wordings)
    assert set(comparison.wordings) - set(found) <= {"weighted"}, "the demo has no survey weights"


def test_our_own_definition_gives_our_own_number(demo_path: Path) -> None:
    months = {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 3, 31)}
    with Store.open(demo_path) as store, store.snapshot() as snap:
        asked = whole(snap)
        assert asked
        year = replace(asked, start=dt.date(2025, 7, 1), end=dt.date(2026, 6, 30))
        first, last = months.values()
        at = {"cohorts_from": first, "cohorts_to": last, "minimum": 30}
        expected = {
            "nps": (year, ask(snap, "nps", year)["nps"][0]),
            "csat": (year, ask(snap, "csat", year)["csat"][0]),
            "repeat_rate": (year, ask(snap, "repeat_rate", year)["repeat_rate"][0]),
            "retention": (
                replace(asked, **months),
                retention_at(ask(snap, "retention", asked), period=3, **at)["retention"][0],
            ),
        }
        assert set(expected) == set(why.OF) - {"clv"}, "the demo here is too small for a forecast"
        for name, (question, number) in expected.items():
            assert number is not None
            found = ask(snap, why.OF[name].metric, question)
            assert found.filter(pl.col("variant") == why.STANDARD)["value"][0] == pytest.approx(number), name


@pytest.mark.parametrize(
    ("value", "ours", "unit", "english", "chinese"),
    [
        (None, 41.2, "points", "Too little data for this one.", "数据太少，无法计算这一口径。"),
        (None, None, "points", "Too little data for this one.", "数据太少，无法计算这一口径。"),
        (41.2, None, "points", "", ""),
        (41.2, 41.21, "points", "No difference here.", "此处没有差别。"),
        (44.3, 41.2, "points", r"3\.1 higher.", r"高 3\.1。"),
        (0.25, 0.30, "percent", r"5\.0 pts lower.", r"低 5\.0 个百分点。"),
    ],
)
def test_the_gap_in_words(value: float | None, ours: float | None, unit: str, english: str, chinese: str) -> None:
    for language, said in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert why.gap(value, ours, unit, standard=False) == said


@pytest.mark.parametrize(("code", "comparison"), [("nps", why.NPS), ("csat", why.CSAT), ("retention", why.RETENTION)])
def test_the_dialog_shows_each_definition(
    open_app: Open, demo_path: Path, code: str, comparison: why.Comparison
) -> None:
    app = open_app(demo_path, code)
    assert comparison.wordings["standard"][0] not in words(app)
    app.button(key=f"why-{comparison.metric}").click().run()
    assert not app.exception
    for name, does in [pair for variant, pair in comparison.wordings.items() if variant != "weighted"]:
        assert f"**{name}**" in words(app)
        assert does in words(app)


def test_nine_answers_are_too_few_for_any_definition(open_app: Open, few_path: Path) -> None:
    app = open_app(few_path, "nps", from_="2026-04-01", to="2026-06-30")
    app.button(key="why-nps_variants").click().run()
    assert not app.exception
    assert "Too little data for this one." in words(app)


@pytest.mark.parametrize(
    ("options", "said", "left"),
    [
        ({"customers": 15}, "No forecast: it needs 1,000 customers with an order, and there are 15.", []),
        ({"customers": 300}, "No forecast: it needs 1,000 customers with an order, and there are 300.", ["past_rate", "historical"]),
        ({"customers": 1500, "leaving": False}, "No forecast. These orders do not show who has left.", ["past_rate", "historical"]),
    ],
)  # fmt: skip
def test_no_definition_shows_a_forecast_that_the_card_withholds(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: dict, said: str, left: list[str]
) -> None:
    """Over the overview's card: the definition of its number, and on demand the others."""
    path = bought(tmp_path, seed=13, **options)
    open_app(path, "value")  # the store that the dialog asks
    seen = dt.date(2026, 6, 30)
    view = View(dt.date(2026, 4, 1), seen, seen, "before", Segment())

    def dialog() -> None:
        import streamlit as st

        from pages.shared.screen import why

        why.compare(why.CLV, st.session_state["seen"])

    monkeypatch.setattr(why.takeaway, "table_only", lambda _table: None)  # takes a page around it
    app = AppTest.from_function(dialog, default_timeout=60)
    app.session_state["seen"] = view
    app.run()
    assert not app.exception
    assert said in words(app)
    assert [variant for variant, (name, _) in why.CLV.wordings.items() if f"**{name}**" in words(app)] == left


@pytest.mark.parametrize(
    ("comparison", "variant", "n", "english", "chinese"),
    [
        (why.NPS, "standard", 1, "1 answer", "1 份答卷"),
        (why.NPS, "mean_of_months", 3, "3 months", "3 个月"),
        (why.CSAT, "mean_of_months", 1, "1 month", "1 个月"),
        (why.CSAT, "index", 0, "0 answers", "0 份答卷"),
        (why.RETENTION, "rolling", 1204, "1,204 customers", "1,204 位客户"),
        (why.RETENTION, "mean_of_cohorts", 3, "3 cohorts", "3 个批次"),
        (why.RETENTION, "all_buyers", 9, "9 buyers, counted in each month", "9 位买家（按月计）"),
        (why.REPEAT, "returning_orders", 2, "2 orders", "2 个订单"),
        (why.CLV, "historical", 5, "5 customers", "5 位客户"),
    ],
)
def test_what_is_counted_has_a_noun(
    comparison: why.Comparison, variant: str, n: int, english: str, chinese: str
) -> None:
    for language, said in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert why.counted(n, comparison, variant) == said


def test_what_counts_something_else_is_a_known_definition() -> None:
    for comparison in why.OF.values():
        assert set(comparison.counts) <= set(comparison.wordings)
        assert set(comparison.counts.values()) <= set(why.COUNTED)
        assert comparison.counted in {"answers", "customers"}
