"""Tiers and migration, and threshold replay: where tiers come from, what the form does, and what is said when moves cannot be seen."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from streamlit.testing.v1 import AppTest

from data.people.access import Person, Role
from data.segment import Segment
from data.store.store import ImportMeta, Store
from pages.programme import charts as charts_tiers
from pages.programme.replay import parts
from pages.shared.files import workbook
from pages.shared.model.parts import Cards, Chart
from pages.shared.screen import takeaway
from pages.shared.words.texts import speaking
from tests.data.rows import order, take
from tests.pages.conftest import words
from tests.pages.linking import signed_in

PERIOD = {"from_": "2026-04-01", "to": "2026-06-30"}


def shop(path: Path, *, first: str = "2025-01-03", customers: int = 60) -> Path:
    """Customers who order every second month through June 2026, each for an amount of their own; no tiers."""
    begin = dt.date.fromisoformat(first)
    months = [
        dt.date(begin.year + (begin.month - 1 + k) // 12, (begin.month - 1 + k) % 12 + 1, 3) for k in range(0, 30, 1)
    ]
    rows = [
        order(f"{key}-{day}", f"c{key}", str(day), 10.0 * (key + 1))
        for key in range(customers)
        for place, day in enumerate(months)
        if day <= dt.date(2026, 6, 30) and (place + key) % 2 == 0
    ]
    rows.append(order("last", "c0", "2026-06-30", 10))
    with Store.open(path) as store:
        take(store, orders=rows)
    return path


def with_tiers(path: Path, changes: list[tuple[str, str, str]]) -> Path:
    rows = pl.DataFrame(
        [{"customer_id": key, "effective_on": dt.date.fromisoformat(day), "tier": tier} for key, day, tier in changes],
        schema={"customer_id": pl.String, "effective_on": pl.Date, "tier": pl.String},
    )
    table = rows.to_arrow()
    with Store.open(path) as store:
        store.merge({"tier_changes": lambda: table.to_reader()}, ImportMeta("tiers.csv", "tiers", "tier_changes"))
    return path


def charts(app: AppTest) -> list[Chart]:
    return [part for part in app.session_state["report.current"].parts if isinstance(part, Chart)]


def cards_of(app: AppTest) -> list[dict]:
    return next(part.items for part in app.session_state["report.current"].parts if isinstance(part, Cards))


def asked_for(app: AppTest, name: str = "rule") -> str:
    """The code of an option in the address."""
    (code,) = [app.query_params[name]] if isinstance(app.query_params[name], str) else app.query_params[name]
    return code


def test_without_uploaded_tiers_a_rule_is_offered_and_labelled(open_app, tmp_path: Path) -> None:
    app = open_app(shop(tmp_path / "s.duckdb"), "tiers", **PERIOD)
    assert not app.exception
    assert "these thresholds are a suggestion from the data" in words(app)
    assert "Net spend of the 6 months up to each month’s end: Bronze from 1" in words(app).replace("\\", "")
    assert asked_for(app) == "auto"


def test_the_form_puts_the_rule_into_the_address(open_app, tmp_path: Path) -> None:
    app = open_app(shop(tmp_path / "s.duckdb"), "tiers", **PERIOD, rule="silver=100,gold=1000", rule_months="6")
    assert "suggestion" not in words(app)
    app.number_input(key="rule.silver=100,gold=1000.spend.6.tier.gold").set_value(1500.0)
    app.text_input(key="rule.silver=100,gold=1000.spend.6.name").set_value("star")
    app.number_input(key="rule.silver=100,gold=1000.spend.6.more").set_value(2000.0)
    next(button for button in app.button if button.label == "Apply").click().run()
    assert not app.exception
    chosen = [asked_for(app, name) for name in ("rule", "rule_measure", "rule_months")]
    assert chosen == ["silver=100,gold=1500,star=2000", "spend", "6"]


def test_a_form_that_makes_no_rule_says_why(open_app, tmp_path: Path) -> None:
    app = open_app(shop(tmp_path / "s.duckdb"), "tiers", **PERIOD, rule="silver=100,gold=1000")
    key = next(field.key for field in app.number_input if field.key and field.key.endswith("tier.gold"))
    app.number_input(key=key).set_value(100.0)
    next(button for button in app.button if button.label == "Apply").click().run()
    said = "The tier rule must go up: gold is at 100, which is not above the tier before it."
    assert app.error[0].value.replace("\\", "") == said
    assert asked_for(app) == "silver=100,gold=1000"


@pytest.mark.parametrize("code", ["tiers", "replay"])
@pytest.mark.parametrize(
    ("rule", "language", "said"),
    [
        ("", "en", "The tier rule is empty; write it as silver=1000, gold=3000."),
        ("silver=1,gold", "en", "The tier rule has the part “gold”; write it as"),
        ("silver=1,gold", "zh", "等级规则中的“gold”无法识别"),
    ],
)
def test_a_rule_in_the_address_that_cannot_be_read(
    open_app, tmp_path: Path, code: str, rule: str, language: str, said: str
) -> None:
    app = open_app(shop(tmp_path / "s.duckdb"), code, rule=rule, lang=language)
    assert not app.exception
    assert said in words(app).replace("\\", "")
    if language == "zh":  # the test tool cannot send a choice back whose names are translated
        return
    app.button(key="tiers-reset").click().run()
    assert asked_for(app) == "auto"
    assert not app.exception


def test_tiers_before_the_first_whole_window_are_not_known_and_not_0(open_app, tmp_path: Path) -> None:
    db = shop(tmp_path / "s.duckdb", first="2026-01-03")
    app = open_app(db, "tiers", rule="silver=100", rule_months="12", **PERIOD)
    assert app.title[0].value == "No moves between tiers to show here"
    assert "Tiers are known from 1 Jan 2027; the day before this period is 31 Mar 2026." in words(app)
    assert not app.get("plotly_chart")
    app = open_app(db, "replay", rule="silver=100", rule_months="12", **PERIOD)
    assert app.title[0].value == "The two cannot be compared in this period"
    assert "No complete month to compare" in words(app)
    assert "0 members" not in words(app)
    assert not app.get("plotly_chart")


def test_one_tier_per_member_is_no_history(open_app, tmp_path: Path) -> None:
    db = with_tiers(shop(tmp_path / "s.duckdb"), [(f"c{key}", "2025-02-01", "gold") for key in range(60)])
    app = open_app(db, "tiers", **PERIOD)
    assert not app.exception
    assert "Only one tier is known of each member" in words(app)
    app.button(key="rule-use").click().run()
    assert asked_for(app) == "suggested"
    assert not app.exception
    assert "Only one tier" not in words(app)


def test_moves_after_the_last_change_may_be_missing(open_app, tmp_path: Path) -> None:
    changes = [(f"c{key}", "2025-02-01", "silver") for key in range(60)]
    changes += [(f"c{key}", "2025-09-01", "gold") for key in range(20)]
    app = open_app(with_tiers(shop(tmp_path / "s.duckdb"), changes), "tiers", **PERIOD)
    assert not app.exception
    assert "No change of tier is known after 1 Sep 2025" in words(app)
    assert app.title[0].value == "No clear change in moves: 0.0% moved up, 0.0% moved down, 0.0% lapsed"


@pytest.mark.parametrize(
    ("language", "top", "worth"),
    [
        (
            "en",
            "% who would reach Platinum before they lapse",
            [
                "discounted by 10% each",
                "months of one member as independent",
                "last 6 months from those before, and what happened",
            ],
        ),
        (
            "zh",
            "在流失之前升至白金",
            ["每晚一年折现 10%", "区间把同一会员的各月视为相互独立", "以此前月份预测最近 6 个月"],
        ),
    ],
)
def test_the_outlook_names_a_top_that_was_reached_between_the_dates(
    open_app, tmp_path: Path, language: str, top: str, worth: list[str]
) -> None:
    months = [f"2025-{month:02}" for month in range(3, 13)] + [f"2026-{month:02}" for month in range(1, 7)]
    changes = [(f"c{key}", "2025-02-01", "silver" if key < 50 else "gold") for key in range(60)]
    # one of silver rises each month, and one of gold for a month, so that nobody is platinum on the last day
    changes += [(f"c{place}", f"{month}-10", "gold") for place, month in enumerate(months)]
    changes += [
        (f"c{50 + place // 2}", f"{month}-10", "gold" if place % 2 else "platinum")
        for place, month in enumerate(months)
    ]
    app = open_app(with_tiers(shop(tmp_path / "s.duckdb"), changes), "tiers", **PERIOD, lang=language)
    assert not app.exception
    said = words(app)
    assert top in said
    assert all(part in said for part in worth)


CHOSEN = [  # 60 members; by the end half of them are in gold, and 10 have left it
    *[(f"c{key}", "2025-02-01", "silver") for key in range(60)],
    *[(f"c{key}", "2026-05-01", "gold") for key in range(30)],
    *[(f"c{key}", "2026-06-01", "silver") for key in range(10)],
]


@pytest.mark.parametrize("code", ["tiers", "replay"])
@pytest.mark.parametrize(
    ("tiers", "line"),
    [
        ([], ""),
        (["gold"], "it takes members by their tier on 30 Jun 2026, so only those who ended there would be counted"),
        (["silver", "gold"], "The tier filter does not apply on this page"),
    ],
)
def test_members_are_not_chosen_by_the_tier_that_they_moved_to(
    open_app, tmp_path: Path, code: str, tiers: list[str], line: str
) -> None:
    """Among those who are in gold now, all would have moved up or stayed there."""
    db = with_tiers(shop(tmp_path / "s.duckdb"), CHOSEN)
    everybody = open_app(db, code, **PERIOD)
    told, tables = set(words(everybody).splitlines()), everybody.session_state["report.current"].tables
    chosen = open_app(db, code, **PERIOD, **({"tier": tiers} if tiers else {}))
    assert not chosen.exception
    said = words(chosen)
    assert line in said
    assert told <= set(said.splitlines())
    assert "all regions and tiers" in said
    report = chosen.session_state["report.current"]
    assert dict(workbook.facts(report, dt.datetime(2026, 7, 1)))["Filters"] == "all regions and tiers"
    assert "Gold" not in takeaway.picture_note(report)
    for name, rows in tables.items():
        assert_frame_equal(report.tables[name], rows)


@pytest.mark.parametrize("code", ["tiers", "replay"])
def test_who_sees_some_tiers_only_is_told_why_there_are_no_moves(
    open_app, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    db = with_tiers(shop(tmp_path / "s.duckdb"), CHOSEN)
    signed_in(monkeypatch, Person("eva@example.com", Role.ANALYST, scope=Segment(tier=("gold",))))
    app = open_app(db, code, **PERIOD)
    assert not app.exception
    assert app.title[0].value == "Moves between tiers need members of all tiers"
    assert "You see Gold members only" in words(app)
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("code", ["tiers", "replay"])
@pytest.mark.parametrize(
    ("amount", "title", "why"),
    [
        (
            -5.0,
            "No thresholds can be suggested",
            "No customer’s net spend reached 1 in the 3 complete months up to 30 Jun 2026.",
        ),
        (0.5, "No thresholds can be suggested", "Have thresholds look at orders, or upload more orders."),
    ],
)
def test_orders_that_suggest_no_thresholds(
    open_app, tmp_path: Path, code: str, amount: float, title: str, why: str
) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=[order(f"o{key}", f"c{key}", f"2026-0{key}-30", amount) for key in (4, 5, 6)])
    app = open_app(tmp_path / "s.duckdb", code, from_="2026-06-01", to="2026-06-30")
    assert not app.exception
    assert app.title[0].value == title
    said = words(app)
    assert why in said
    assert "No orders yet" not in said
    assert "No tiers yet" not in said
    app.button(key="tiers-orders").click().run()
    assert not app.exception
    assert asked_for(app, "rule_measure") == "orders"
    assert app.title[0].value != title


def test_without_members_and_orders_the_page_does_not_point_at_itself(open_app, few_path: Path) -> None:
    app = open_app(few_path, "tiers")
    assert app.title[0].value == "Tiers need members or orders"
    assert "Upload tier changes, or orders, from which thresholds can make tiers." in words(app)
    assert "on the page Tiers and migration" not in words(app)


def test_where_nobody_left_a_tier_that_is_said_of_the_months_seen(open_app, tmp_path: Path) -> None:
    """40 enter silver and stay for a year; then all lapse."""
    changes = [(f"c{key}", "2024-12-10", "bronze") for key in range(60)]
    changes += [(f"c{key}", "2025-01-10", "silver") for key in range(40)]
    changes += [(f"c{key}", "2026-04-10", "lapsed") for key in range(40)]
    app = open_app(with_tiers(shop(tmp_path / "s.duckdb"), changes), "tiers", **PERIOD, lapse="0")
    said = words(app).replace("\\", "")
    assert "Nobody left Silver in the first 12 months after entering" in said
    assert "Members who entered: Silver 40." in said
    assert "Nobody has left" not in said
    assert "Too few members were followed" not in said
    assert "time" not in [chart.key for chart in charts(app)]


def test_a_trend_says_which_month_lacks_members(open_app, tmp_path: Path) -> None:
    """60 members in June; 20 in May."""
    changes = [(f"c{key}", "2026-03-15", "silver") for key in range(20)]
    changes += [(f"c{key}", "2026-05-15", "silver") for key in range(20, 60)]
    changes += [("c0", "2026-06-10", "gold")]
    app = open_app(with_tiers(shop(tmp_path / "s.duckdb"), changes), "tiers", from_="2026-06-01", to="2026-06-30")
    said = words(app)
    assert "Too few to show: 20 of 30" in said
    assert "the second fullest begins with 20" in said


def test_with_one_tier_nothing_is_said_of_moving_up(open_app, tmp_path: Path) -> None:
    app = open_app(shop(tmp_path / "s.duckdb"), "tiers", rule="gold=1", rule_months="3", lapse="0", **PERIOD)
    said = words(app)
    assert app.title[0].value == "No clear change in who lapses: 0.0% lapsed"
    assert "With one tier nobody can move up or down" in said
    assert "100.0% of Gold members stayed" in said
    assert "An outlook needs two tiers" in said
    assert "Too few members to compare tiers" not in said
    assert "upgrades" not in said
    assert "moved up" not in said
    assert [card["name"] for card in cards_of(app)] == ["Stayed", "Lapsed"]


def test_staying_is_neither_better_nor_worse(open_app, tmp_path: Path) -> None:
    app = open_app(with_tiers(shop(tmp_path / "s.duckdb"), CHOSEN), "tiers", from_="2026-05-01", to="2026-05-31")
    cards = {card["name"]: card for card in cards_of(app)}
    assert (cards["Moved up"]["verdict"], cards["Moved up"]["change"]) == ("better", "50.0 pts better")
    assert (cards["Stayed"]["verdict"], cards["Stayed"]["direction"]) == ("changed", "down")
    assert cards["Stayed"]["change"] == "50.0 pts fewer"
    assert app.title[0].value == "More members move up: 50.0% after 0.0%; fewer stay"


def test_worth_has_its_currency_at_the_axis(open_app, demo_path: Path) -> None:
    app = open_app(demo_path, "tiers", **PERIOD)
    (worth,) = [chart for chart in charts(app) if chart.key == "worth"]
    zero, *others = worth.figure.layout.xaxis.ticktext
    assert zero == "0"
    assert all(tick.startswith("¥") for tick in others)
    assert "¥" in worth.alt.partition("(")[2]


def test_few_members_are_counted_and_not_rated(open_app, tmp_path: Path) -> None:
    app = open_app(shop(tmp_path / "s.duckdb", customers=9), "tiers", rule="silver=100", **PERIOD)
    assert not app.exception
    assert app.title[0].value == "Too few members to show moves between tiers"


def test_a_replay_is_of_the_rule_in_the_address(open_app, tmp_path: Path) -> None:
    asked = {"rule": "silver=100,gold=1000", "other": "silver=100,gold=1000", "rule_months": "6", "other_months": "6"}
    app = open_app(shop(tmp_path / "s.duckdb"), "replay", **PERIOD, **asked)
    assert not app.exception
    assert app.title[0].value == "As many members in each tier as today"
    app = open_app(tmp_path / "s.duckdb", "replay", **PERIOD, **{**asked, "other": "silver=500,gold=1000"})
    assert app.title[0].value.startswith("Members under the other thresholds: Silver \N{MINUS SIGN}")


@pytest.mark.parametrize(
    ("members", "english", "chinese"),
    [
        ([1, 0], "1 member today, 1,200 under the other thresholds", "现行 1 名会员，其他门槛下 1,200 名"),
        ([900, 500], "1,400 members today, 1,200 under the other thresholds", "现行 1,400 名会员，其他门槛下 1,200 名"),
    ],
)
def test_both_sides_of_a_replay_are_counted_in_one_sentence(members: list[int], english: str, chinese: str) -> None:
    both = pl.DataFrame({"members": members, "members_other": [700, 500]})
    for language, text in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert parts.counted(both) == text


@pytest.mark.parametrize("code", ["tiers", "replay"])
def test_unknown_tier_names_are_plain_text(open_app, tmp_path: Path, code: str) -> None:
    app = open_app(shop(tmp_path / "s.duckdb"), code, rule="*a*=100,[b](http://x)=1000", **PERIOD)
    assert not app.exception
    assert "[b](http://x)" not in "".join(element.value for element in app.markdown)


def test_colours_of_tiers_go_by_name_or_by_place() -> None:
    tokens = list(charts_tiers.TIER.values())
    assert charts_tiers.tier_colours(["silver", "Gold"]) == {"silver": tokens[1], "Gold": tokens[2]}
    assert list(charts_tiers.tier_colours(["L1", "L2"]).values()) == tokens[2:]
    six = list(charts_tiers.tier_colours([f"L{place}" for place in range(6)]).values())
    assert (six[0], six[-1]) == (tokens[0], tokens[-1])
    assert charts_tiers.tier_colours([]) == {}


@pytest.mark.parametrize(
    ("source", "target", "share", "level"),
    [
        ("gold", "gold", 0.5, None),
        ("new", "gold", 0.5, None),
        ("silver", "gold", 0.01, 5),
        ("silver", "gold", 0.02, 6),
        ("silver", "gold", 0.08, 7),
        ("gold", "silver", 0.01, 4),
        ("gold", "lapsed", 0.5, 2),
    ],
)
def test_moves_deepen_in_the_two_change_colours(source: str, target: str, share: float, level: int | None) -> None:
    assert charts_tiers.level(source, target, share, {"lapsed": -1, "silver": 0, "gold": 1}) == level


def test_flows_draw_each_move_once_with_names_outside() -> None:
    counts = {
        ("gold", "gold"): 5,
        ("silver", "gold"): 2,
        ("gold", "lapsed"): 1,
        ("silver", "silver"): 0,
        ("new", "silver"): 3,
    }
    names = {"gold": "<Gold>", "silver": "Silver", "new": "New", "lapsed": "Lapsed"}
    figure = charts_tiers.flows(counts, ["silver", "gold"], names, ("a", "b"))
    (drawn,) = figure.data
    assert sorted(drawn.link.value) == [1, 2, 3, 5]
    assert set(drawn.node.label) == {""}
    texts = [note.text for note in figure.layout.annotations]
    assert "&lt;Gold&gt;<br><b>6</b>" in texts
    assert "Lapsed<br><b>1</b>" in texts
