"""The URL is the view: what it says is shown, defaults are written out, what nobody knows is named."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.segment import Segment
from metrics.dimension import FILTERS
from pages.frame.registry import ENTRIES
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import speaking
from tests.pages.conftest import go, take_in_answers, words

Open = Callable[..., AppTest]
DEFAULTS = {
    "from": "2026-04-01",
    "to": "2026-06-30",
    "as_of": "2026-07-18",
    "vs": "before",
    **{dimension.code: "all" for dimension in FILTERS},
    "lang": "en",
}
NPS_DEFAULTS = {**DEFAULTS, "by": "touchpoint", "weight": "no", "answered": "detractors"}


def url(app: AppTest) -> dict[str, str | list[str]]:
    return dict(app.query_params)


def test_defaults_are_written_out(open_app: Open, demo_path: Path) -> None:
    assert url(open_app(demo_path)) == {**DEFAULTS, "cards": "auto"}


def test_options_of_the_page_are_written_out(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "retention")
    options = {"measure": "customers", "kind": "on", "unit": "month", "cohort": "newest"}
    compared = {"against": "cohort", "group": "auto", "beside": "auto"}
    listed = {"listed_cohort": "auto", "listed_period": "auto", "listed_group": "all", "returned": "no"}
    assert url(app) == {**DEFAULTS, **options, **compared, **listed}


@pytest.mark.parametrize(
    ("params", "kept"),
    [
        ({"from_": "2025-01-01", "to": "2025-01-31"}, {"from": "2025-01-01", "to": "2025-01-31"}),
        ({"vs": "year"}, {"vs": "year"}),
        ({"vs": "none"}, {"vs": "none"}),
        ({"region": ["East China", "South China"]}, {"region": ["East China", "South China"]}),
        ({"tier": "gold", "channel": "search"}, {"tier": "gold", "channel": "search"}),
        ({"as_of": "2025-03-31"}, {"as_of": "2025-03-31", "from": "2025-01-01", "to": "2025-03-31"}),
        ({"lang": "zh"}, {"lang": "zh"}),
    ],
)
def test_a_link_opens_its_view(open_app: Open, demo_path: Path, params: dict, kept: dict) -> None:
    app = open_app(demo_path, "nps", **params)
    assert not app.exception
    assert not app.warning
    assert url(app) == {**NPS_DEFAULTS, **kept}


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"region": "Mars"}, ["region=Mars"]),
        ({"region": ["East China", "Mars"]}, ["region=Mars"]),
        ({"vs": "sideways"}, ["vs=sideways"]),
        ({"from_": "2026-13-01", "to": "2026-06-30"}, ["from=2026-13-01", "to=2026-06-30"]),
        ({"from_": "2026-06-30", "to": "2026-04-01"}, ["from=2026-06-30", "to=2026-04-01"]),
        ({"as_of": "yesterday"}, ["as_of=yesterday"]),
        ({"as_of": "9999-12-31"}, ["as_of=9999-12-31"]),
        ({"as_of": "0001-01-01"}, ["as_of=0001-01-01"]),
        ({"as_of": "2026-07-19"}, ["as_of=2026-07-19"]),
        ({"as_of": "2001-01-01"}, ["as_of=2001-01-01"]),
        ({"from_": "0001-01-01", "to": "9999-12-31"}, ["from=0001-01-01", "to=9999-12-31"]),
        (
            {"region": "` [sign in](https://evil.example/) **now** :red[x] `"},
            ["region=` [sign in](https://evil.example/) **now** :red[x] `"],
        ),
        ({"lang": "fr"}, ["lang=fr"]),
        ({"colour": "blue"}, ["colour=blue"]),
        ({"kind": "on"}, ["kind=on"]),  # an option of another page
    ],
)
def test_what_nobody_knows_is_named(open_app: Open, demo_path: Path, params: dict, named: list[str]) -> None:
    app = open_app(demo_path, "nps", **params)
    (warning,) = app.warning
    assert all(markup.plain(name) in warning.value for name in named)
    assert warning.value.count("=") == len(named)
    app.run()
    assert app.warning, "the warning stays until the view is changed"


@pytest.mark.parametrize("code", ["", "nps", "retention"])
@pytest.mark.parametrize(
    ("first", "last"), [("1990-01-01", "2199-12-31"), ("1990-01-01", "1990-01-01"), ("2199-12-31", "2199-12-31")]
)
def test_the_outermost_dates_open(open_app: Open, demo_path: Path, code: str, first: str, last: str) -> None:
    app = open_app(demo_path, code, from_=first, to=last, as_of=last)
    assert not app.exception
    assert len(app.title) == 1


@pytest.mark.parametrize(
    ("start", "end", "vs", "before"),
    [
        ("2026-04-01", "2026-06-30", "none", None),
        ("2026-04-01", "2026-06-30", "before", ("2026-01-01", "2026-03-31")),
        ("2026-04-01", "2026-06-30", "year", ("2025-04-01", "2025-06-30")),
        # unfinished on 18 July: as many days of the other
        ("2026-07-01", "2026-09-30", "before", ("2026-04-01", "2026-04-18")),
        ("2026-07-01", "2026-07-31", "year", ("2025-07-01", "2025-07-18")),
        # two years, one of them in both
        ("2024-07-01", "2026-06-30", "year", None),
        ("2024-07-01", "2026-06-30", "before", ("2022-07-01", "2024-06-30")),
    ],
)
def test_what_a_period_is_compared_with(start: str, end: str, vs: str, before: tuple[str, str] | None) -> None:
    first, last, as_of = map(dt.date.fromisoformat, (start, end, "2026-07-18"))
    found = View(first, last, as_of, vs, Segment()).before
    assert (found and (found.start.isoformat(), found.end.isoformat())) == before


@pytest.mark.parametrize("code", [entry.code for entry in ENTRIES if entry.data])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_period_after_the_data_has_no_number(open_app: Open, demo_path: Path, code: str, language: str) -> None:
    app = open_app(demo_path, code, from_="2030-01-01", to="2030-03-31", lang=language)
    assert not app.exception
    assert app.title[0].value == {"en": "This period has not begun", "zh": "该期间尚未开始"}[language]
    assert not app.get("plotly_chart")


def test_an_unfinished_period_says_so(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps", from_="2026-07-01", to="2026-09-30")
    assert "**1 July – 18 July 2026, not finished yet** against 1 April – 18 April 2026" in words(app)


def test_a_whole_number_is_no_decimal(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "churn", threshold="own", hiatus="90.5")
    assert not app.exception
    assert markup.plain("hiatus=90.5") in app.warning[0].value


def test_a_long_value_is_cut(open_app: Open, demo_path: Path) -> None:
    (warning,) = open_app(demo_path, "nps", region="x" * 3000).warning
    assert len(warning.value) < 300


def test_an_edited_url_wins_over_the_session(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps", region="East China")
    app.query_params["region"] = "West China"  # Back, Forward, or an edit by hand
    app.run()
    assert url(app) == {**NPS_DEFAULTS, "region": "West China"}
    assert "in West China" in words(app)


def test_a_language_switch_keeps_the_view(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps", region="East China", from_="2025-01-01", to="2025-12-31")
    before = url(app)
    app.button_group(key="filter.lang.en").set_value("zh").run()
    assert url(app) == {**before, "lang": "zh"}
    assert "华东" in words(app)


def test_a_filter_goes_into_the_url_and_reset_takes_it_out(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps", lang="zh")
    with speaking("zh"):  # the test reads the options outside of a run
        app.button_group(key="filter.region.zh").set_value(["East China"]).run()
    assert url(app)["region"] == "East China"
    with speaking("zh"):
        app.button(key="reset").click().run()
    assert url(app) == {**NPS_DEFAULTS, "lang": "zh"}
    assert "重置" not in words(app)


@pytest.mark.parametrize(
    ("unit", "dates"),
    [
        ("month", ("2026-06-01", "2026-06-30")),
        ("year", ("2025-01-01", "2025-12-31")),
        ("quarter", ("2026-04-01", "2026-06-30")),
    ],
)
def test_a_unit_takes_the_newest_that_has_ended(
    open_app: Open, demo_path: Path, unit: str, dates: tuple[str, str]
) -> None:
    app = open_app(demo_path, "nps")
    app.button_group(key="filter.unit.en").set_value(unit).run()
    assert (url(app)["from"], url(app)["to"]) == dates


def test_own_dates_are_no_unit(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps", from_="2026-04-06", to="2026-05-10")
    assert not app.exception
    assert app.button_group(key="filter.unit.en").value is None
    app.date_input(key="filter.dates.en").set_value((dt.date(2026, 3, 3), dt.date(2026, 3, 9))).run()
    assert (url(app)["from"], url(app)["to"]) == ("2026-03-03", "2026-03-09")


def test_previous_and_next_period(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps")
    app.button(key="step-1").click().run()
    assert (url(app)["from"], url(app)["to"]) == ("2026-01-01", "2026-03-31")
    app.button(key="step1").click().run()
    assert (url(app)["from"], url(app)["to"]) == ("2026-04-01", "2026-06-30")


def test_an_older_date_says_that_newer_data_exist(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps", as_of="2026-03-31")
    assert "Shown as of 31 Mar 2026; the data reach to 18 Jul 2026." in words(app)
    app.button(key="newest").click().run()
    assert url(app)["as_of"] == "2026-07-18"


def test_a_page_without_filters_keeps_them_for_the_next(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps", region="East China")
    go(app, "definitions")
    assert url(app) == {"lang": "en"}
    go(app, "nps")
    assert url(app) == {**NPS_DEFAULTS, "region": "East China"}


def test_a_code_that_another_page_left_in_an_option_of_the_same_name_is_not_taken(
    open_app: Open, demo_path: Path
) -> None:
    app = open_app(demo_path, "nps", by="tier")
    app.session_state["view.state"]["by"] = ["product"]
    app.run()
    assert not app.exception
    assert url(app)["by"] == "touchpoint"


def test_an_option_survives_a_filter(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "retention", kind="on_or_after")
    app.button_group(key="filter.region.en").set_value(["East China"]).run()
    assert url(app)["kind"] == "on_or_after"
    assert url(app)["region"] == "East China"


@pytest.mark.parametrize(
    ("params", "as_of", "period"),
    [
        ({}, "2026-10-30", "2026-07-01"),  # nobody chose dates: they follow the data
        ({"as_of": "2026-04-09"}, "2026-04-09", "2026-04-01"),  # the link says which day
        ({"from_": "2026-04-01", "to": "2026-04-30"}, "2026-10-30", "2026-04-01"),
    ],
)
def test_after_an_import_only_chosen_dates_stay(
    open_app: Open, few_path: Path, tmp_path: Path, params: dict, as_of: str, period: str
) -> None:
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(few_path.read_bytes())
    app = open_app(copy, "nps", **params)
    assert url(app)["as_of"] == "2026-04-09"
    take_in_answers(cached.store(), dt.date(2026, 10, 1), [9] * 30)
    app.run()
    assert (url(app)["as_of"], url(app)["from"]) == (as_of, period)


@pytest.mark.parametrize(
    ("params", "change"),
    [
        ({}, "replaced"),
        ({}, "gone"),
        ({"as_of": "2026-06-30"}, "replaced"),
        ({"as_of": "2026-06-30"}, "undone"),
        ({"as_of": "2026-04-18", "to": "2026-04-18"}, "replaced"),
        ({"region": "East China"}, "replaced"),
        ({"region": "North China"}, "replaced"),
        ({"region": "North China"}, "gone"),
        ({"region": ["East China", "North China"]}, "undone"),
        ({"tier": ["gold", "silver"]}, "undone"),
        ({"channel": "search"}, "replaced"),
        ({"as_of": "2026-06-30", "region": "North China", "tier": "gold", "channel": "search"}, "replaced"),
    ],
)
def test_after_a_change_of_the_data_who_stays_sees_what_the_address_shows_to_who_comes(
    open_app: Open, demo_path: Path, params: dict, change: str
) -> None:
    """Of demo data and 18 answers from East China the demo data go, at once or later, or there are no data any more."""
    dates = {"from_": "2026-04-01", "to": "2026-06-30", "as_of": "2026-07-18"}
    app = open_app(demo_path, "nps", **{**dates, **params})
    address, store = url(app), cached.store()
    if change != "gone":
        take_in_answers(store, dt.date(2026, 4, 1), [10, 9, 9, 8, 7, 6, 3, 0, 10] * 2)
    if change == "undone":
        app.run()
    store.undo(1)
    app.run()
    stayed, come = words(app), open_app(demo_path, "nps", **address)
    assert not app.exception
    assert stayed == words(come)
    assert url(app) == url(come)


def test_what_was_unknown_to_data_that_are_gone_is_not_named(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps", region="Mars")
    assert app.warning
    cached.store().undo(1)
    assert not app.run().warning
