"""Titles about tiers claim no more than the intervals and counts support, in both languages."""

from dataclasses import replace

import polars as pl
import pytest

from metrics.statistics.verdict import Verdict
from pages.programme import findings
from pages.shared.readings.readings import UPGRADES, Reading
from pages.shared.words.texts import speaking

UP = Reading(
    metric="tier_rates", name=UPGRADES, noun="members", percent=True, value=11.3, low=10.6, high=12.0, n=8214, minimum=30,
    change=0.4, change_low=-0.5, change_high=1.3, before=10.9, verdict="none", months=([], [], []),
)  # fmt: skip
FEW = replace(
    UP, value=None, low=None, high=None, change=None, change_low=None, change_high=None, before=None, verdict="too_few"
)


def changed(value: float, before: float, half: float, verdict: Verdict) -> Reading:
    change = value - before
    ends = {"change_low": change - half, "change_high": change + half}
    return replace(UP, value=value, before=before, change=change, verdict=verdict, **ends)


MOVES = {
    "upgrade": UP,
    "retain": replace(UP, value=82.0, before=81.5),
    "downgrade": replace(UP, value=2.7, before=2.9),
    "lapse": replace(UP, value=4.0, before=4.1),
}
LAPSING = {"lapse": changed(24.8, 4.0, 2.0, "worse"), "retain": changed(61.2, 81.5, 3.0, "worse")}


def said(english: str, chinese: str, function, *args, **kwargs) -> None:
    for language, title in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert function(*args, **kwargs) == title


@pytest.mark.parametrize(
    ("readings", "compared", "english", "chinese"),
    [
        (dict.fromkeys(MOVES, FEW), True, "Too few members to show moves between tiers", "会员过少，无法显示等级变动"),
        (MOVES, True, "No clear change in moves: 11.3% moved up, 2.7% moved down, 4.0% lapsed",
         "等级变动无明显变化：11.3% 升级，2.7% 降级，4.0% 流失"),
        (MOVES | {"upgrade": changed(11.3, 9.4, 0.9, "better")}, True, "More members move up: 11.3% after 9.4%",
         "更多会员升级：由 9.4% 升至 11.3%"),
        (MOVES | {"upgrade": changed(11.3, 12.9, 0.9, "worse")}, True, "Fewer members move up: 11.3% after 12.9%",
         "升级的会员减少：由 12.9% 降至 11.3%"),
        (MOVES | {"downgrade": changed(2.7, 4.1, 0.9, "better")}, True, "Fewer members move down: 2.7% after 4.1%",
         "降级的会员减少：由 4.1% 降至 2.7%"),
        (MOVES | LAPSING, True, "More members lapse: 24.8% after 4.0%; fewer stay", "更多会员流失：由 4.0% 升至 24.8%；留在原等级者减少"),
        (MOVES | LAPSING | {"downgrade": changed(5.0, 2.9, 2.0, "worse")}, True,
         "More members lapse: 24.8% after 4.0%; fewer stay and more move down",
         "更多会员流失：由 4.0% 升至 24.8%；留在原等级者减少与降级增多"),
        ({move: replace(one, before=None, verdict="too_few") for move, one in MOVES.items()}, True,
         "11.3% of members moved up, 2.7% moved down, 4.0% lapsed", "11.3% 的会员升级，2.7% 降级，4.0% 流失"),
        (MOVES | LAPSING, False, "11.3% of members moved up, 2.7% moved down, 24.8% lapsed", "11.3% 的会员升级，2.7% 降级，24.8% 流失"),
        # with one tier nobody can move up or down
        ({move: MOVES[move] for move in ("retain", "lapse")}, True, "No clear change in who lapses: 4.0% lapsed", "流失率无明显变化：4.0%"),
        ({move: MOVES[move] for move in ("retain", "lapse")}, False, "4.0% of members lapsed", "4.0% 的会员流失"),
        (LAPSING, True, "More members lapse: 24.8% after 4.0%; fewer stay", "更多会员流失：由 4.0% 升至 24.8%；留在原等级者减少"),
    ],
)  # fmt: skip
def test_moves_name_what_changed_clearly_the_clearest_first(
    readings: dict[str, Reading], compared: bool, english: str, chinese: str
) -> None:
    said(english, chinese, findings.moves, readings, compared=compared)


@pytest.mark.parametrize(
    ("members", "moved", "english", "chinese"),
    [
        (0, [0, 0, 0, 0], "No member had a tier at the start", "期初没有会员拥有等级"),
        (1200, [100, 1000, 60, 40], "100 moved up, 60 moved down, 40 lapsed", "100 名升级，60 名降级，40 名流失"),
    ],
)
def test_flows(members: int, moved: list[int], english: str, chinese: str) -> None:
    rates = pl.DataFrame({"move": ["upgrade", "retain", "downgrade", "lapse"], "members": members, "moved": moved})
    said(english, chinese, findings.flows, rates)


def test_flows_of_one_tier_are_staying_and_lapsing() -> None:
    rates = pl.DataFrame(
        {"move": ["upgrade", "retain", "downgrade", "lapse"], "members": 1040, "moved": [0, 1000, 0, 40]}
    )
    said("1,000 stayed, 40 lapsed", "1,000 名留在原等级，40 名流失", findings.flows, rates, one_tier=True)


def shares(*rows: tuple[str, float | None, float | None, float | None], value: str = "share") -> pl.DataFrame:
    types = {"tier": pl.String, **dict.fromkeys((value, "low", "high"), pl.Float64)}
    return pl.DataFrame(rows, schema=types, orient="row")


@pytest.mark.parametrize(
    ("rows", "english", "chinese"),
    [
        ([], "Too few members to compare tiers", "会员过少，无法比较各等级"),
        ([("gold", None, None, None)], "Too few members to compare tiers", "会员过少，无法比较各等级"),
        ([("gold", 0.7, 0.6, 0.8)], "70.0% of Gold members stayed", "70.0% 的金卡会员留在原等级"),
        ([("gold", 0.7, 0.6, 0.8), ("silver", None, None, None)], "Too few members to compare tiers", "会员过少，无法比较各等级"),
        ([("gold", 0.7, 0.6, 0.8), ("silver", 0.55, 0.5, 0.61)], "No clear difference between tiers in who stays",
         "各等级的保级情况无明显差异"),
        ([("silver", 0.5, 0.45, 0.55), ("gold", 0.7, 0.6, 0.8)], "Gold members stay more often than Silver members",
         "金卡会员保级的比例高于银卡会员"),
    ],
)  # fmt: skip
def test_stays(rows: list[tuple], english: str, chinese: str) -> None:
    said(english, chinese, findings.stays, shares(*rows))


@pytest.mark.parametrize(
    ("members", "change", "english", "chinese"),
    [
        ([], [], "0 members, as many as at the start", "0 名会员，与期初持平"),
        ([900, 100], [-30, 10], "1,000 members, 20 fewer than at the start", "1,000 名会员，比期初少 20 名"),
        ([900, 101], [10, 10], "1,001 members, 20 more than at the start", "1,001 名会员，比期初多 20 名"),
        ([900], [0], "900 members, as many as at the start", "900 名会员，与期初持平"),
        ([1], [1], "1 member, 1 more than at the start", "1 名会员，比期初多 1 名"),
    ],
)
def test_members(members: list[int], change: list[int], english: str, chinese: str) -> None:
    counted = pl.DataFrame({"members": members, "change": change}, schema={"members": pl.Int64, "change": pl.Int64})
    said(english, chinese, findings.members, counted)


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("better", "More members move up in 2026-06 than in 2026-01"),
        ("worse", "Fewer members move up in 2026-06 than in 2026-01"),
        ("none", "Upgrades: no clear difference between 2026-01 and 2026-06"),
        ("too_few", "Too few members to compare months"),
    ],
)
def test_trend(kind, title: str) -> None:
    assert findings.trend(kind, "2026-01", "2026-06") == title


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "Too few members were followed to tell how long they stay"),
        ([("gold", None, None, None)], "Too few members were followed to tell how long they stay"),
        ([("gold", 1.0, None, None)], "Nobody left Gold in the first 12 months after entering"),
        (
            [("silver", 1.0, None, None), ("gold", 1.0, None, None), ("basic", None, None, None)],
            "Nobody left Silver and Gold in the first 12 months after entering",
        ),
        ([("gold", 0.4, 0.3, 0.5), ("silver", 1.0, None, None)], "How many are still in a tier after 12 months"),
        ([("gold", 0.4, 0.3, 0.5)], "How many are still in a tier after 12 months"),
        ([("gold", 0.4, 0.3, 0.5), ("silver", 0.3, 0.25, 0.35)], "How many are still in a tier after 12 months"),
        (
            [("gold", 0.4, 0.36, 0.5), ("silver", 0.3, 0.25, 0.35)],
            "After 12 months more are still in Gold than in Silver",
        ),
    ],
)
def test_time_in_tier(rows: list[tuple], title: str) -> None:
    assert findings.time_in_tier(shares(*rows, value="stay_share"), 12) == title


OUTLOOK = shares(("bronze", 0.1, 0.08, 0.12), ("silver", 0.3, 0.2, 0.4), value="reach_top").with_columns(
    top=pl.lit("gold"), state=pl.lit("ok")
)
UNSTEADY = OUTLOOK.with_columns(reach_top=pl.lit(None, pl.Float64), state=pl.lit("unsteady"))


@pytest.mark.parametrize(
    ("rows", "p_value", "english", "chinese"),
    [
        (OUTLOOK.clear(), 0.5, "An outlook needs two tiers", "前景需要两个等级"),
        (
            OUTLOOK.with_columns(reach_top=None, state=pl.lit("too_few")),
            0.5,
            "Too few members to look ahead",
            "会员过少，无法展望",
        ),
        (OUTLOOK, None, "Too early to say whether moves are steady", "尚无法判断变动是否稳定"),
        (UNSTEADY, 0.049, "Moves were not steady, so this is no forecast", "等级变动并不稳定，以下不能视为预测"),
        (
            OUTLOOK,
            0.3,
            "20% to 40% of Silver members would reach Gold before lapsing",
            "20% 至 40% 的银卡会员会在流失前升至金卡",
        ),
        (
            OUTLOOK.with_columns(low=pl.lit(0.2996), high=pl.lit(0.3004)),
            0.3,
            "30% of Silver members would reach Gold before lapsing",
            "30% 的银卡会员会在流失前升至金卡",
        ),
    ],
)
def test_an_outlook_is_a_forecast_only_while_moves_are_steady(
    rows: pl.DataFrame, p_value: float | None, english: str, chinese: str
) -> None:
    said(english, chinese, findings.outlook, rows, p_value)


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "Too few members to tell what they are worth"),
        ([("gold", 1200.0, 900.0, 1500.0)], "A Gold member is worth £900 to £1,500"),
        ([("silver", 1000.0, 800.0, 1100.0), ("gold", 1200.0, 900.0, 1500.0)],
         "No clear difference in worth between Silver and Gold members"),
        ([("silver", 500.0, 400.0, 600.0), ("gold", 1200.0, 900.0, 1500.0)],
         "A Gold member is worth £900 to £1,500, a Silver member £400 to £600"),
    ],
)  # fmt: skip
def test_worth(rows: list[tuple], title: str) -> None:
    assert findings.worth(shares(*rows, value="value").with_columns(state=pl.lit("ok")), "GBP") == title


def test_worth_is_told_only_while_moves_are_steady() -> None:
    rows = shares(("gold", None, None, None), value="value").with_columns(state=pl.lit("unsteady"))
    assert findings.worth(rows, "GBP") == "Moves were not steady, so this is no forecast"


def difference(*rows: tuple[str | None, int | None, float, float, int, int]) -> pl.DataFrame:
    names = ("tier", "members_change", "revenue_share", "revenue_share_other", "upgrades_change", "downgrades_change")
    types = [pl.String, pl.Int64, pl.Float64, pl.Float64, pl.Int64, pl.Int64]
    return pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")


@pytest.mark.parametrize(
    ("rows", "english", "chinese"),
    [
        ([], "The two cannot be compared in this period", "该时段无法比较两者"),
        ([("gold", 0, 0.5, 0.5, 0, 0)], "As many members in each tier as today", "各等级会员数与现行相同"),
        ([("silver", 0, 0.5, 0.5, 0, 0), ("gold", 0, 0.5, 0.5, 0, 0), (None, None, 0, 0, 0, 0)],
         "As many members in each tier as today", "各等级会员数与现行相同"),
        ([("silver", 33, 0.5, 0.5, 0, 0), ("gold", -33, 0.5, 0.5, 0, 0), (None, None, 0, 0, 0, 0)],
         "Members under the other thresholds: Gold −33, Silver +33", "采用其他门槛后的会员数：金卡 −33、银卡 +33"),
        ([("silver", -33, 0.5, 0.5, 0, 0), ("gold", 33, 0.5, 0.5, 0, 0)],
         "Members under the other thresholds: Gold +33, Silver −33", "采用其他门槛后的会员数：金卡 +33、银卡 −33"),
        ([("gold", 1, 0.5, 0.5, 0, 0)], "Members under the other thresholds: Gold +1", "采用其他门槛后的会员数：金卡 +1"),
        ([("gold", -700, 0.5, 0.5, 0, 0), ("silver", -500, 0.2, 0.1, 0, 0), (None, None, 0.3, 0.4, 0, 0)],
         "Members under the other thresholds: Silver −500, Gold −700", "采用其他门槛后的会员数：银卡 −500、金卡 −700"),
    ],
)  # fmt: skip
def test_replay(rows: list[tuple], english: str, chinese: str) -> None:
    said(english, chinese, findings.replay, difference(*rows))


def test_revenue_and_moves_of_a_replay_are_told_as_counted() -> None:
    rows = difference(("gold", 5, 0.5, 0.4, 3, 0), ("silver", 5, 0.2, 0.2, 2, 0), (None, None, 0.3, 0.4, 0, 0))
    assert findings.revenue_covered(rows) == "Members with a tier bring 60.0% of revenue instead of 70.0%"
    same = difference(("gold", 5, 0.5, 0.50004, 3, 0))
    assert findings.revenue_covered(same) == "Members with a tier bring 50.0% of revenue either way"


@pytest.mark.parametrize(
    ("up", "down", "english", "chinese"),
    [
        (0, 0, "As many upgrades and downgrades as today", "升级与降级均与现行相同"),
        (5, 0, "Upgrades +5, as many downgrades", "升级 +5，降级持平"),
        (0, -1, "As many upgrades, downgrades −1", "升级持平，降级 −1"),
        (5, -1, "Upgrades +5, downgrades −1", "升级 +5，降级 −1"),
    ],
)
def test_upgrades_and_downgrades_of_a_replay(up: int, down: int, english: str, chinese: str) -> None:
    rows = difference(("gold", 0, 0.5, 0.5, up, down), (None, None, 0.5, 0.5, 0, 0))
    said(english, chinese, findings.moved_either_way, rows)


@pytest.mark.parametrize(
    ("code", "english", "chinese"),
    [
        ("gold", "Gold", "金卡"),
        ("basic", "Basic", "基础"),
        ("diamond", "Diamond", "钻石"),
        ("lapsed", "Lapsed", "已流失"),
        ("Stars *", "Stars *", "Stars *"),
    ],
)
def test_usual_tiers_have_names_in_both_languages(code: str, english: str, chinese: str) -> None:
    said(english, chinese, findings.tier_label, code)


def test_a_rule_in_words() -> None:
    assert list(findings.rule_words({"silver": 700, "gold": 2500.5}, "spend", "GBP")) == [
        "Silver from £700",
        "Gold from £2,500.50",
    ]
    assert list(findings.rule_words({"<star>": 3}, "orders", "GBP")) == ["<star> from 3"]
