"""Titles of lists of customers say how many and what they did, in both languages, from none on."""

import pytest

from pages.customers.retention import findings as of_cohorts
from pages.feedback.nps import findings as of_answers
from pages.programme.tiers import findings as of_moves
from pages.shared.words.texts import speaking


def said(english: str, chinese: str, function, *args, **kwargs) -> None:
    for language, title in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert function(*args, **kwargs) == title


@pytest.mark.parametrize(
    ("kind", "n", "english", "chinese"),
    [
        ("detractors", 0, "Who answered 0 to 6: 0 detractors", "打 0–6 分的 0 位贬损者"),
        ("detractors", 1, "Who answered 0 to 6: 1 detractor", "打 0–6 分的 1 位贬损者"),
        ("passives", 1, "Who answered 7 or 8: 1 passive", "打 7–8 分的 1 位中立者"),
        ("passives", 1200, "Who answered 7 or 8: 1,200 passives", "打 7–8 分的 1,200 位中立者"),
        ("promoters", 2, "Who answered 9 or 10: 2 promoters", "打 9–10 分的 2 位推荐者"),
    ],
)
def test_answers(kind: str, n: int, english: str, chinese: str) -> None:
    said(english, chinese, of_answers.answers, kind, n)


@pytest.mark.parametrize(
    ("name", "unit", "kind", "came_back", "n", "english", "chinese"),
    [
        ("2026-03", "month", "on", True, 0, "0 of 1,204 customers who first ordered in 2026-03 came back in month 3",
         "2026-03 首单的 1,204 位客户中，0 位在第 3 月回购"),
        ("2026-Q1", "quarter", "on", False, 1204, "1,204 of 1,204 customers who first ordered in 2026-Q1 did not come back in quarter 3",
         "2026-Q1 首单的 1,204 位客户中，1,204 位在第 3 季未回购"),
        ("2025", "year", "on_or_after", True, 7, "7 of 1,204 customers who first ordered in 2025 came back in year 3 or later",
         "2025 首单的 1,204 位客户中，7 位在第 3 年及以后回购"),
        ("2026-03-02", "week", "on_or_after", False, 7,
         "7 of 1,204 customers who first ordered in 2026-03-02 did not come back in week 3 or later",
         "2026-03-02 首单的 1,204 位客户中，7 位在第 3 周及以后均未回购"),
        (None, "rolling", "on", True, 7, "7 of 1,204 customers of all cohorts came back in window 3",
         "全部批次的 1,204 位客户中，7 位在第 3 个窗口回购"),
        (None, "month", "on", False, 7, "7 of 1,204 customers of all cohorts did not come back in month 3",
         "全部批次的 1,204 位客户中，7 位在第 3 月未回购"),
        (None, "month", "on_or_after", True, 7, "7 of 1,204 customers of all cohorts came back in month 3 or later",
         "全部批次的 1,204 位客户中，7 位在第 3 月及以后回购"),
        (None, "month", "on_or_after", False, 7, "7 of 1,204 customers of all cohorts did not come back in month 3 or later",
         "全部批次的 1,204 位客户中，7 位在第 3 月及以后均未回购"),
    ],
)  # fmt: skip
def test_cohort(name, unit: str, kind: str, came_back: bool, n: int, english: str, chinese: str) -> None:
    said(
        english, chinese, of_cohorts.cohort, name, unit, 3,
        kind=kind, came_back=came_back, n=n, all_of_them=1204,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "n", "english", "chinese"),
    [
        ("gold", "silver", 0, "0 members moved from Gold to Silver", "0 名会员由金卡变为银卡"),
        ("gold", "silver", 1, "1 member moved from Gold to Silver", "1 名会员由金卡变为银卡"),
        ("gold", "gold", 2, "2 members stayed in Gold", "2 名会员保持金卡"),
        ("gold", "lapsed", 1, "1 Gold member lapsed", "1 名金卡会员流失"),
        ("VIP", "lapsed", 1209, "1,209 VIP members lapsed", "1,209 名 VIP 会员流失"),
        ("lapsed", "gold", 1, "1 member came back to Gold", "1 名流失会员重回金卡"),
        ("new", "gold", 3, "3 new members are in Gold", "3 名新会员处于金卡"),
        ("new", "lapsed", 1, "1 new member has lapsed", "1 名新会员已流失"),
    ],
)
def test_movers(one: str, other: str, n: int, english: str, chinese: str) -> None:
    said(english, chinese, of_moves.movers, one, other, n)
