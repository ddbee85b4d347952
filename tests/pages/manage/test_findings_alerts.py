"""What the page of alerts says it found, in both languages."""

import datetime as dt

import pytest

from data.alerts.book import Delivery
from pages.manage.alerts import findings
from pages.shared.words.texts import speaking
from tests.data.alerts.conftest import alert

AT = dt.datetime(2026, 4, 2, 8, 5)


def delivery(number: int, status: str, period: str = "2026-03") -> Delivery:
    return Delivery(number, period, status, 1, "m", None, AT)


NONE = ("No alert watches your numbers", "还没有提醒在关注您的指标")
ONE = ("1 alert watches your numbers", "1 条提醒正在关注您的指标")
QUIET = ("2 alerts watch your numbers: nothing to report", "2 条提醒正在关注您的指标：暂无需要通知的内容")
TOLD = ("1 of 2 alerts had something to report in their last period", "2 条提醒中有 1 条在最近一个周期发出了通知")
ONE_TOLD = ("1 of 1 alert had something to report in its last period", "1 条提醒中有 1 条在最近一个周期发出了通知")
WRONG = ("1 of 3 alerts have a message that did not go out for sure", "3 条提醒中有 1 条的消息未能确认发出")
ONE_WRONG = ("1 of 1 alert has a message that did not go out for sure", "1 条提醒中有 1 条的消息未能确认发出")


@pytest.mark.parametrize(
    ("count", "deliveries", "said"),
    [
        (0, [], NONE),
        (0, [delivery(9, "sent")], NONE),
        (1, [], ONE),
        (2, [delivery(1, "quiet")], QUIET),
        (2, [delivery(1, "sent"), delivery(2, "quiet")], TOLD),
        (2, [delivery(1, "quiet"), delivery(1, "sent", "2026-02")], QUIET),
        (1, [delivery(1, "gave up", "test 2026")], ONE),
        (3, [delivery(1, "sent"), delivery(2, "unsure")], WRONG),
        (1, [delivery(1, "failed")], ONE_WRONG),
        (1, [delivery(1, "sent"), delivery(7, "gave up")], ONE_TOLD),
    ],
)
def test_title(count: int, deliveries: list[Delivery], said: tuple[str, str]) -> None:
    active = [alert(id=number) for number in range(1, count + 1)]
    for language, title in zip(("en", "zh"), said, strict=True):
        with speaking(language):
            assert findings.title(active, deliveries) == title


@pytest.mark.parametrize(
    ("told", "judged", "english", "chinese"),
    [
        (
            0,
            0,
            "No period is complete yet: the rule will be checked from the first one on.",
            "还没有完整的周期：规则将自首个完整周期起判断。",
        ),
        (
            0,
            12,
            "With this rule you would not have been notified in any of the last 12 periods.",
            "按此规则，最近 12 个周期中您不会收到通知。",
        ),
        (
            0,
            1,
            "With this rule you would not have been notified in the last 1 period.",
            "按此规则，最近 1 个周期中您不会收到通知。",
        ),
        (
            1,
            12,
            "With this rule you would have been notified 1 time in the last 12 periods.",
            "按此规则，最近 12 个周期中您会收到 1 次通知。",
        ),
        (
            3,
            12,
            "With this rule you would have been notified 3 times in the last 12 periods.",
            "按此规则，最近 12 个周期中您会收到 3 次通知。",
        ),
    ],
)  # fmt: skip
def test_preview(told: int, judged: int, english: str, chinese: str) -> None:
    for language, said in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert findings.preview(told, judged) == said


def test_the_last_message_is_none_of_a_test() -> None:
    with speaking("en"):
        assert findings.latest([]) == "No notification has been sent yet."
        assert findings.latest([delivery(1, "sent", "test 2026")]) == "No notification has been sent yet."
        assert findings.latest([delivery(1, "sent")]) == "The last message went out 2 Apr 2026 08:05."
