"""Titles and sentences of the feedback pages claim no more than the intervals support, in both languages."""

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest

from data.segment import Segment
from metrics.dimension import dimensions_of
from pages.feedback import findings
from pages.shared.readings import readings
from pages.shared.readings.readings import Reading
from pages.shared.screen import display
from pages.shared.session.view import View
from pages.shared.words.texts import speaking

CSAT = Reading(
    metric="csat", name=readings.CSAT, noun="answers", percent=True, value=83.4, low=81.9, high=84.8, n=2598, minimum=30,
    change=3.1, change_low=0.4, change_high=5.9, before=80.3, verdict="better", months=([], [], []), source="csat",
)  # fmt: skip
CES = replace(CSAT, metric="ces", name=readings.CES, source="ces")
FEW = replace(
    CSAT, value=None, low=None, high=None, n=18, change=None, change_low=None, change_high=None, before=None, verdict="too_few"
)  # fmt: skip
QUARTER = View(dt.date(2026, 4, 1), dt.date(2026, 6, 30), dt.date(2026, 7, 18), "before", Segment())


def in_both(title, english: str, chinese: str) -> None:
    for language, expected in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert title() == expected


@pytest.mark.parametrize(
    ("title", "reading", "compared", "english", "chinese"),
    [
        (findings.csat, FEW, True, "Too few answers to show CSAT", "答卷过少，无法显示满意度"),
        (findings.csat, CSAT, True, "Satisfaction rose from 80.3% to 83.4%", "满意度由 80.3% 升至 83.4%"),
        (findings.csat, replace(CSAT, verdict="worse"), True, "Satisfaction fell from 80.3% to 83.4%",
         "满意度由 80.3% 降至 83.4%"),
        (findings.csat, replace(CSAT, verdict="none"), True, "No clear change in satisfaction: 83.4%, 80.3% before",
         "满意度无明显变化：83.4%，此前为 80.3%"),
        (findings.csat, replace(CSAT, before=None, verdict="too_few"), True,
         "Satisfaction is 83.4%", "满意度为 83.4%"),
        (findings.csat, CSAT, False, "Satisfaction is 83.4%", "满意度为 83.4%"),
        (findings.ces, FEW, True, "Too few answers to show CES", "答卷过少，无法显示费力度"),
        (findings.ces, CES, True, "More answers say it was easy: 83.4% after 80.3%", "表示轻松的答卷增多：由 80.3% 升至 83.4%"),
        (findings.ces, replace(CES, verdict="worse"), True, "Fewer answers say it was easy: 83.4% after 80.3%",
         "表示轻松的答卷减少：由 80.3% 降至 83.4%"),
        (findings.ces, replace(CES, verdict="none"), True,
         "No clear change in effort: 83.4% of answers say it was easy, 80.3% before",
         "费力度无明显变化：83.4% 的答卷表示轻松，此前为 80.3%"),
        (findings.ces, CES, False, "83.4% of answers say it was easy", "83.4% 的答卷表示轻松"),
    ],
)  # fmt: skip
def test_satisfaction_and_effort(title, reading: Reading, compared: bool, english: str, chinese: str) -> None:
    in_both(lambda: title(reading, compared=compared), english, chinese)


@pytest.mark.parametrize(
    ("kind", "english", "chinese"),
    [
        ("better", "CES is higher in 2026-06 than in 2025-07", "2026-06 的 CES 高于 2025-07"),
        ("worse", "CES is lower in 2026-06 than in 2025-07", "2026-06 的 CES 低于 2025-07"),
        ("none", "CES: no clear difference between 2025-07 and 2026-06", "2025-07 与 2026-06 的 CES 无明显差异"),
        ("too_few", "Too few answers to compare months", "答卷过少，无法比较各月"),
    ],
)
def test_trend(kind, english: str, chinese: str) -> None:
    in_both(lambda: findings.trend(kind, "CES", "2025-07", "2026-06"), english, chinese)


def test_a_chinese_name_needs_no_space() -> None:
    with speaking("zh"):
        assert findings.trend("worse", "满意度", "2025-07", "2026-06") == "2026-06 的满意度低于 2025-07"


def ranked(*names: str) -> pl.DataFrame:
    return pl.DataFrame({"group": list(names), "nps": range(len(names), 0, -1)})


@pytest.mark.parametrize(
    ("code", "rows", "low", "english", "chinese"),
    [
        ("region", ranked(), None, "Too few answers to compare groups", "答卷过少，无法比较各群体"),
        ("region", ranked("North China"), None, "Too few answers to compare groups", "答卷过少，无法比较各群体"),
        ("region", ranked("North China", "East China"), -1.0, "No clear difference between regions", "各地区之间无明显差异"),
        ("region", ranked("North China", "East China"), 0.0, "No clear difference between regions", "各地区之间无明显差异"),
        ("region", ranked("North China", "East China"), 1.0, "Customers in North China score higher than those in East China",
         "华北的客户的得分高于华东的客户"),
        ("channel", ranked("app", "Kiosk"), 1.0, "Answers through App score higher than those through Kiosk",
         "App 的答卷的得分高于 Kiosk 的答卷"),
        ("channel", ranked("a", "b", "c"), None, "No clear difference between channels", "各渠道之间无明显差异"),
        ("tier", ranked("gold", "silver"), 0.1, "Gold members score higher than Silver members", "金卡会员的得分高于银卡会员"),
        ("cohort", ranked("2025-Q1", "2026-Q2"), 0.1,
         "Customers who first ordered in 2025-Q1 score higher than those who first ordered in 2026-Q2",
         "2025-Q1首单的客户的得分高于2026-Q2首单的客户"),
        ("cohort", ranked("2025-Q1", "2026-Q2"), -0.1, "No clear difference between cohorts", "各新客批次之间无明显差异"),
    ],
)  # fmt: skip
def test_groups(code: str, rows: pl.DataFrame, low: float | None, english: str, chinese: str) -> None:
    dimension = next(each for each in dimensions_of("answer") if each.code == code)
    in_both(lambda: findings.groups(dimension, rows, low), english, chinese)


def spent(*customers: int) -> pl.DataFrame:
    return pl.DataFrame({"kind": ["promoter", "passive", "detractor"][: len(customers)], "answers": customers})


@pytest.mark.parametrize(
    ("values", "low", "high", "english", "chinese"),
    [
        (spent(0, 0, 0), None, None, "No answer is a year old yet", "还没有满一年的答卷"),
        (spent(40, 9, 9), None, None, "Too few customers to compare later spend", "客户过少，无法比较后续消费"),
        (spent(40, 40, 40), 1.0, 9.0, "Promoters spend more in the year after than detractors", "推荐者此后一年的消费高于贬损者"),
        (spent(40, 40, 40), -9.0, -1.0, "Promoters spend less in the year after than detractors", "推荐者此后一年的消费低于贬损者"),
        (spent(40, 40, 40), -1.0, 9.0,
         "No clear difference in what promoters and detractors spend later", "推荐者与贬损者的后续消费无明显差异"),
        (spent(40, 40, 40), 0.0, 0.0,
         "No clear difference in what promoters and detractors spend later", "推荐者与贬损者的后续消费无明显差异"),
    ],
)  # fmt: skip
def test_later_spend(values: pl.DataFrame, low: float | None, high: float | None, english: str, chinese: str) -> None:
    in_both(lambda: findings.later_spend(values, {"low": low, "high": high}), english, chinese)


def test_boxes_items_known_and_low_scores() -> None:
    empty = {"n": 0, "good_share": None, "low_share": None}
    few = empty | {"n": 9}
    counted = {"n": 100, "good_share": 0.7, "low_share": 0.1}
    for survey in ("csat", "ces"):
        in_both(lambda s=survey: findings.boxes(few, s), "Too few answers to show shares", "答卷过少，无法显示占比")
    in_both(lambda: findings.boxes(empty, "csat"), "No answers in this period", "本期没有答卷")
    in_both(lambda: findings.boxes(counted, "csat"), "70% satisfied, 10% dissatisfied", "70% 满意，10% 不满意")
    in_both(
        lambda: findings.boxes(counted, "ces"),
        "70% found it easy, 10% found it hard",
        "70% 觉得轻松，10% 觉得费力",
    )
    pair = pl.DataFrame({"item": ["quality", "price"]})
    in_both(
        lambda: findings.items(pair.head(1), None),
        "Too few answers to compare items",
        "答卷过少，无法比较各题目",
    )
    in_both(lambda: findings.items(pair, -0.1), "No clear difference between items", "各题目之间无明显差异")
    in_both(lambda: findings.items(pair, 0.1), "Quality is rated higher than Price", "质量的评分高于价格")
    in_both(
        lambda: findings.known({"match_rate": None}, orders=True),
        "Too few answers to tell whose they are",
        "答卷过少，无法判断来自哪些客户",
    )
    in_both(lambda: findings.known({"match_rate": 0.5}, orders=True), "50% of answers belong to a customer with orders",
            "50% 的答卷来自有订单的客户")  # fmt: skip
    in_both(lambda: findings.low_scores(0, 0), "No low scores in this period", "本期没有低分")
    in_both(lambda: findings.low_scores(1, 0), "1 low score, 0 with a comment", "1 个低分，其中 0 个有评论")
    in_both(
        lambda: findings.low_scores(1200, 30),
        "1,200 low scores, 30 with a comment",
        "1,200 个低分，其中 30 个有评论",
    )


@pytest.mark.parametrize(
    ("reading", "vs", "english", "chinese"),
    [
        (CSAT, "none", "", ""),
        (FEW, "before", "", ""),
        (replace(CSAT, change=None), "before", "Too few answers in Jan–Mar 2026 to compare with.", "2026年1–3月 的答卷过少，无法比较。"),
        # the further end is 2.8 away, the nearer one 2.7
        (CSAT, "before", "Up 3.1 ± 2.8 pts against Jan–Mar 2026, 95% interval +0.4 to +5.9 pts.",
         "较 2026年1–3月 上升 3.1 ± 2.8 个百分点，95% 区间 +0.4 至 +5.9 个百分点。"),
        (replace(CSAT, percent=False, change=-6.1, change_low=-10.1, change_high=-2.1, verdict="worse"), "before",
         "Down 6.1 ± 4.0 against Jan–Mar 2026, 95% interval −10.1 to −2.1.", "较 2026年1–3月 下降 6.1 ± 4.0，95% 区间 −10.1 至 −2.1。"),
        (replace(CSAT, change_low=-0.4, verdict="none"), "before",
         "No clear change against Jan–Mar 2026: 95% interval −0.4 to +5.9 pts.",
         "较 2026年1–3月 无明显变化：变化的 95% 区间为 −0.4 至 +5.9 个百分点。"),
    ],
)  # fmt: skip
def test_change_in_words(reading: Reading, vs: str, english: str, chinese: str) -> None:
    in_both(lambda: display.changed(reading, replace(QUARTER, vs=vs)), english, chinese)
