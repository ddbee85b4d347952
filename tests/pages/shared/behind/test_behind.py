"""Who is behind a number, on its page: as many as the number says, by link as chosen, and neither list nor choice for viewers."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data.people import audit
from data.people.access import Person, Role
from data.questions.ask import Question, ask
from data.segment import Segment
from data.store.store import Store
from pages.shared.files.columns import readable
from pages.shared.model.report import Report
from pages.shared.session import cached
from tests.data.rows import nps, order, take
from tests.pages.conftest import words
from tests.pages.linking import public, signed_in, token_of

Open = Callable[..., AppTest]
CODES = ("nps", "retention", "tiers")
FILES = {"nps": "nps_detractors", "retention": "retention_customers", "tiers": "tier_movers"}
CHOICES = {"nps": "option.answered.en", "retention": "option.returned.en", "tiers": "option.moved_from.en"}
NOBODY = pl.DataFrame()
ANALYST, VIEWER = Person("bo@example.com", Role.ANALYST), Person("vic@example.com", Role.VIEWER)


def report(app: AppTest) -> Report:
    assert not app.exception
    drawn: Report = app.session_state["report.current"]
    return drawn


def listed(app: AppTest, code: str) -> pl.DataFrame:
    """The whole list, as it is taken away."""
    return report(app).tables[FILES[code]]


def keys(app: AppTest) -> set[str]:
    return {str(part.key) for part in (*app.selectbox, *app.get("button_group"))}


def asked(app: AppTest, code: str, metric: str, **arguments: object) -> pl.DataFrame:
    """What the metric says of the question that the list is of."""
    view = report(app).view
    assert view
    with cached.access().snapshot() as snap:
        return ask(snap, metric, view.question, **arguments)


@pytest.mark.parametrize("code", CODES)
def test_the_list_is_for_analysts(open_app: Open, demo_path: Path, monkeypatch, code: str) -> None:
    signed_in(monkeypatch, ANALYST)
    app = open_app(demo_path, code, lang="en")
    assert listed(app, code).height > 0
    assert CHOICES[code] in keys(app)
    assert "Customer" in app.dataframe[-1].value.columns
    signed_in(monkeypatch, VIEWER)
    app = open_app(demo_path, code, lang="en", returned="yes", answered="promoters", moved_from="gold")
    assert FILES[code] not in report(app).sections
    assert not any("Customer" in frame.value.columns for frame in app.dataframe)
    assert CHOICES[code] not in keys(app)


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("code", CODES)
def test_a_public_link_names_customers_when_its_maker_allows_it(
    open_app: Open, demo_path: Path, monkeypatch, code: str, allowed: bool
) -> None:
    signed_in(monkeypatch, None)
    with Store.open(demo_path) as store:
        token = token_of(store, public(page=code, pages=(code,), customers=allowed))
    app = open_app(demo_path, code, link=token, lang="en")
    assert (FILES[code] in report(app).sections) == allowed
    if allowed and code == "nps":
        assert "comment" not in listed(app, code).columns, "comments were not allowed"
        assert not any("Comment" in frame.value.columns for frame in app.dataframe)


@pytest.mark.parametrize(
    ("kind", "title"),
    [("detractors", "Who answered 0 to 6: "), ("passives", "Who answered 7 or 8: "), ("promoters", "Who answered 9 or 10: ")],
)  # fmt: skip
def test_answers(open_app: Open, demo_path: Path, kind: str, title: str) -> None:
    app = open_app(demo_path, "nps", answered=kind, region="East China", lang="en")
    n = asked(app, "nps", "nps")[kind][0]
    assert f"{title}{n} {kind}" in words(app)
    assert f"Shown: {min(n, 20)} of {n} answers. The file holds all." in words(app)
    found = report(app).tables[f"nps_{kind}"]
    assert found.height == n
    assert set(found["region"]) == {"East China"}
    assert app.query_params["answered"] == kind


def test_weights_change_the_score_and_not_the_list(open_app: Open, tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, feedback=[nps(str(place), f"c{place}", "2026-05-01", 3, weight=2.5) for place in range(40)])
    app = open_app(tmp_path / "s.duckdb", "nps", weight="yes", from_="2026-04-01", to="2026-06-30", lang="en")
    assert "Who answered 0 to 6: 40 detractors" in words(app)
    assert not {"Orders", "Net revenue"} & set(app.dataframe[-1].value.columns), "no order was uploaded"
    assert not {"Region", "Tier"} & set(app.dataframe[-1].value.columns), "the data hold neither"
    none = open_app(tmp_path / "s.duckdb", "nps", answered="promoters", from_="2026-04-01", to="2026-06-30", lang="zh")
    assert "本期没有这类答卷" in words(none)
    assert "nps_promoters" not in report(none).sections


@pytest.mark.parametrize("language", ["en", "zh"])
def test_codes_are_named_in_the_language_of_the_page(open_app: Open, demo_path: Path, language: str) -> None:
    shown = open_app(demo_path, "retention", lang=language).dataframe[-1].value
    name, region = {"en": ("Region", "East China"), "zh": ("地区", "华东")}[language]
    assert region in set(shown[name])


@pytest.mark.parametrize(
    ("params", "metric", "arguments", "cohort", "period", "said"),
    [
        ({}, "retention", {}, "2026-03-01", 3, "{n} of {all} customers who first ordered in 2026-03 {did} in month 3"),
        ({"listed_cohort": "2025-11-01", "listed_period": "2"}, "retention", {}, "2025-11-01", 2,
         "{n} of {all} customers who first ordered in 2025-11 {did} in month 2"),
        ({"unit": "quarter", "kind": "on_or_after", "listed_cohort": "2025-11-01"}, "retention",
         {"period": "quarter", "kind": "on_or_after"}, "2025-10-01", 2,  # no quarter begins in November
         "{n} of {all} customers who first ordered in 2025-Q4 {did} in quarter 2 or later"),
        ({"unit": "week", "listed_cohort": "2026-06-01", "listed_period": "1"}, "retention", {"period": "week"},
         "2026-06-01", 1, "{n} of {all} customers who first ordered in the week of 1 Jun 2026 {did} in week 1"),
        ({"unit": "rolling", "listed_cohort": "2026-02-01"}, "rolling_retention", {}, "2026-02-01", 3,
         "{n} of {all} customers who first ordered in 2026-02 {did} in window 3"),
        ({"measure": "revenue", "unit": "rolling", "kind": "on_or_after", "listed_period": "1"}, "retention", {},
         "2026-05-01", 1, "{n} of {all} customers who first ordered in 2026-05 {did} in month 1"),
    ],
)  # fmt: skip
def test_a_cohort(open_app: Open, demo_path: Path, params, metric, arguments, cohort: str, period: int, said) -> None:
    for returned, did in (("missed", "did not come back"), ("yes", "came back")):
        app = open_app(demo_path, "retention", **params, returned=returned, lang="en")
        view = report(app).view
        assert view
        day = pl.Series([cohort]).str.to_date()[0]
        with cached.access().snapshot() as snap:
            cell = ask(snap, metric, Question(day, day, view.as_of), **arguments).row(
                by_predicate=pl.col("period") == period, named=True
            )
        n = cell["active"] if returned == "yes" else cell["customers"] - cell["active"]
        assert report(app).tables.get("retention_customers", NOBODY).height == n
        assert said.format(n=n, all=cell["customers"], did=did) in words(app).replace("\\", "")


def test_all_cohorts_are_those_of_the_average_row(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "retention", listed_cohort="all", listed_period="4", returned="yes", lang="en")
    average = report(app).tables["retention_average"].row(by_predicate=pl.col("period") == 4, named=True)
    assert listed(app, "retention").height == average["active"]
    assert f"{average['active']} of {average['customers']} customers of all cohorts came back in month 4" in words(app)


def test_a_group_of_the_comparison(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "retention", against="region", listed_group="East China", lang="en")
    assert set(listed(app, "retention")["region"]) == {"East China"}
    assert "Group: East China." in words(app)
    everybody = open_app(demo_path, "retention", against="region", listed_group="Nowhere", lang="en")
    assert len(set(listed(everybody, "retention")["region"])) > 1
    assert "option.listed_group.en" in keys(everybody)


@pytest.mark.parametrize(("cohort", "period"), [("2026-06-01", "2"), ("2025-11-01", "12"), ("all", "12")])
def test_a_cell_that_cannot_be_known_yet_says_so(open_app: Open, demo_path: Path, cohort: str, period: str) -> None:
    for returned in ("no", "yes"):
        app = open_app(demo_path, "retention", listed_cohort=cohort, listed_period=period, returned=returned, lang="en")
        assert "Not yet observable" in words(app)
        assert f"Orders are known to 18 Jul 2026, and month {period} of these customers lies after that." in words(app)
        assert "retention_customers" not in report(app).sections
        assert not any("Customer" in frame.value.columns for frame in app.dataframe)


def test_an_unfinished_period_is_said(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "retention", listed_cohort="2026-06-01", listed_period="1", lang="en")
    assert "The period is unfinished: some may still come back in it." in words(app)


def test_nobody_is_a_state_of_its_own(open_app: Open, tmp_path: Path) -> None:
    rows = [order(f"{who}{month}", f"c{who}", f"2026-0{month}-10", 10.0) for who in range(40) for month in (1, 2, 4)]
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=rows)
    for period, returned, why in (("1", "no", "All of them came back."), ("2", "yes", "None of them came back.")):
        app = open_app(tmp_path / "s.duckdb", "retention", listed_period=period, returned=returned, lang="en")
        assert "Nobody here" in words(app)
        assert why in words(app)


def test_a_small_cohort_can_be_listed_where_its_share_is_withheld(open_app: Open, tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=[order(f"{who}", f"c{who}", f"2026-0{1 + who % 2}-10", 10.0) for who in range(8)])
    app = open_app(tmp_path / "s.duckdb", "retention", listed_period="1", lang="en")
    assert "Every cohort is too small to show" in words(app)
    assert listed(app, "retention").height == 4


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("silver", "silver", "members stayed in Silver"),
        ("bronze", "lapsed", "Bronze members lapsed"),
        ("new", "bronze", "new members are in Bronze"),
        ("bronze", "silver", "members moved from Bronze to Silver"),
    ],
)
@pytest.mark.parametrize("rule", ["auto", "bronze=10, silver=500"])
def test_a_cell_of_the_migration(open_app: Open, demo_path: Path, one: str, other: str, said: str, rule: str) -> None:
    app = open_app(demo_path, "tiers", rule=rule, moved_from=one, moved_to=other, moved_who="all", lang="en")
    matrix = report(app).tables["tier_migration"]
    members = matrix.row(by_predicate=(pl.col("from_tier") == one) & (pl.col("to_tier") == other), named=True)[
        "members"
    ]
    assert members > 0
    assert f"{members} {said}" in words(app).replace("\\", "")
    assert listed(app, "tiers").height == members
    assert (app.query_params["moved_from"], app.query_params["moved_to"]) == (one, other)
    held = "A tier holds from the day after the month’s end at which it is reached."
    assert (held in words(app)) == (rule != "auto")


def test_who_has_ordered_since_is_left_out_and_the_rule_is_said(open_app: Open, demo_path: Path) -> None:
    drawn = report(app := open_app(demo_path, "tiers", moved_from="bronze", moved_to="lapsed", lang="zh"))
    taken = readable(drawn.sections["tier_movers"], drawn.tables["tier_movers"])
    assert {"客户", "等级", "地区", "门店", "列入原因"} <= set(taken.columns)
    assert set(taken["列入原因"]) == {"2026年3月31日为铜卡，2026年6月30日为已流失，此后至2026年7月18日无订单"}
    assert max(taken["末次下单"].drop_nulls()) <= dt.date(2026, 6, 30)
    assert "名单规则" in words(app)


def test_a_move_that_nobody_made_and_one_that_is_none(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "tiers", moved_from="platinum", moved_to="bronze", lang="en")
    assert "0 members moved from Platinum to Bronze" in words(app)
    assert "Nobody here" in words(app)
    assert "tier_movers" not in report(app).sections
    usual = listed(open_app(demo_path, "tiers", lang="en"), "tiers").height
    assert listed(open_app(demo_path, "tiers", moved_from="wood", moved_to="iron", lang="en"), "tiers").height == usual


def test_a_choice_is_in_the_address(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "retention", lang="en")
    app.selectbox(key="option.listed_cohort.en").select("2025-12-01").run()
    app.selectbox(key="option.listed_period.en").select("5").run()
    assert (app.query_params["listed_cohort"], app.query_params["listed_period"]) == ("2025-12-01", "5")
    assert "who first ordered in 2025-12 did not come back in month 5 or later" in words(app)


@pytest.mark.parametrize("code", CODES)
def test_a_person_limited_to_a_region_lists_its_customers(open_app: Open, demo_path: Path, monkeypatch, code) -> None:
    scope = Segment(region=("East China",))
    signed_in(monkeypatch, Person("eva@example.com", Role.ANALYST, scope=scope))
    found = listed(open_app(demo_path, code, lang="en"), code)
    assert set(found["region"]) == {"East China"}


@pytest.mark.parametrize("code", CODES)
def test_what_is_taken_away_is_written_down(open_app: Open, demo_path: Path, code: str) -> None:
    from pages.shared.screen.takeaway import _taken

    drawn = report(open_app(demo_path, code, lang="en"))
    assert "customer_id" in drawn.named, "of the page as a file"
    assert _taken(drawn, drawn.sections[FILES[code]]).frame.height > 0
    entries = audit.entries(cached.store(), limit=9).select("action", "subject", "detail").rows()
    assert entries == [("export", FILES[code], code)]
