"""Titles about coming back and staying away claim no more than the intervals support, in both languages."""

import polars as pl
import pytest

from metrics.dimension import TIER, Dimension, dimensions_of
from metrics.statistics.verdict import Verdict
from pages.customers import findings
from pages.shared.words.texts import speaking

NOTHING = pl.DataFrame(schema={"period": pl.Int64, "value": pl.Float64})


def average(**values: float | None) -> pl.DataFrame:
    """An average row: p1=26.2 is 26.2 in period 1."""
    rows = {"period": [int(name[1:]) for name in values], "value": list(values.values())}
    return pl.DataFrame(rows, schema=NOTHING.schema)


@pytest.mark.parametrize(
    ("rows", "measure", "unit", "kind", "english", "chinese"),
    [
        (NOTHING, "customers", "month", "on", "No cohort has completed a period yet", "尚无批次走完一个周期"),
        (average(p0=100.0), "customers", "month", "on", "No cohort has completed a period yet", "尚无批次走完一个周期"),
        (average(p1=None), "customers", "month", "on", "Too few new customers to show retention", "新客过少，不显示留存率"),
        (average(p1=26.0), "customers", "month", "on", "X of new customers order in the month after", "X 的新客在首单次月下单"),
        (average(p1=26.0), "customers", "year", "on_or_after", "X of new customers order in the year after or later",
         "X 的新客在首单次年及以后下单"),
        (average(p1=26.0), "customers", "rolling", "on", "X of new customers order 30 to 59 days after their first order",
         "X 的新客在首单后 30 至 59 天内下单"),
        (average(p1=0.4), "orders", "week", "on", "New customers place X orders each in the week after", "新客在首单次周人均下单 X 次"),
        (average(p1=None, p2=40.0), "revenue", "month", "on", "Too few new customers to show retention", "新客过少，不显示留存率"),
        (average(p1=40.0), "revenue", "quarter", "on", "A cohort brings X of its first revenue in the quarter after",
         "批次在首单次季的销售额为首期的 X"),
        (average(p0=9.0, p1=12.0, p2=15.0, p3=None), "value", "month", "on", "A new customer has brought X by the end of month 2",
         "截至第 2 月末，每位新客平均带来 X"),
    ],
)  # fmt: skip
def test_triangle(rows: pl.DataFrame, measure: str, unit: str, kind: str, english: str, chinese: str) -> None:
    for language, title in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert findings.triangle(rows, measure, unit, kind, "X") == title


def of_code(code: str) -> Dimension:
    return next(each for each in dimensions_of("customer") if each.code == code)


@pytest.mark.parametrize(
    ("against", "kind", "english", "chinese"),
    [
        ("region", "better", "Customers in X come back more than those in Y in month 3", "第 3 月 X 的客户的回购高于 Y 的客户"),
        ("region", "worse", "Customers in X come back less than those in Y in month 3", "第 3 月 X 的客户的回购低于 Y 的客户"),
        ("channel", "better", "Customers acquired through X come back more than those acquired through Y in month 3",
         "第 3 月来自 X 的客户的回购高于来自 Y 的客户"),
        ("channel", "worse", "Customers acquired through X come back less than those acquired through Y in month 3",
         "第 3 月来自 X 的客户的回购低于来自 Y 的客户"),
        ("tier", "better", "X members come back more than Y members in month 3", "第 3 月 X 会员的回购高于 Y 会员"),
        ("tier", "worse", "X members come back less than Y members in month 3", "第 3 月 X 会员的回购低于 Y 会员"),
        ("region", "none", "No clear difference between X and Y in month 3", "第 3 月X与Y无明显差异"),
        ("tier", "too_few", "Too few customers to compare X and Y", "客户过少，无法比较X与Y"),
    ],
)  # fmt: skip
def test_segments(against: str, kind: Verdict, english: str, chinese: str) -> None:
    for language, title in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert findings.segments(of_code(against), kind, "X", "Y", findings.period("month", 3)) == title


@pytest.mark.parametrize(
    ("kind", "english", "chinese"),
    [
        ("better", "Customers who first ordered in 2026-01 come back more than the others in month 2",
         "2026-01 首单的客户在第 2 月的回购高于其他客户"),
        ("worse", "Customers who first ordered in 2026-01 come back less than the others in month 2",
         "2026-01 首单的客户在第 2 月的回购低于其他客户"),
        ("none", "Customers who first ordered in 2026-01 do not clearly differ from the others in month 2",
         "2026-01 首单的客户在第 2 月与其他客户无明显差异"),
        ("too_few", "Too few customers who first ordered in 2026-01 to compare with the others",
         "2026-01 首单的客户过少，无法与其他客户比较"),
    ],
)  # fmt: skip
def test_cohort(kind: Verdict, english: str, chinese: str) -> None:
    for language, title in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert findings.cohort(kind, "2026-01", findings.period("month", 2)) == title


@pytest.mark.parametrize(
    ("value", "before", "kind", "known", "english", "chinese"),
    [
        (None, None, "too_few", False, "Nobody has ordered twice yet, so nobody counts as inactive",
         "尚无客户下过第二单，无法判断谁不活跃"),
        (None, None, "too_few", True, "Too few customers to show how many are inactive", "客户过少，不显示不活跃占比"),
        (54.0, None, "too_few", True, "54.0% of customers are inactive", "54.0% 的客户不活跃"),
        (54.0, 51.0, "too_few", True, "54.0% of customers are inactive", "54.0% 的客户不活跃"),
        (54.0, 51.0, "none", True, "No clear change in the inactive share: 54.0%, 51.0% before", "不活跃占比无明显变化：54.0%，此前 51.0%"),
        (54.0, 51.0, "worse", True, "More customers are inactive: 54.0% after 51.0%", "不活跃客户增多：54.0%，此前 51.0%"),
        (51.0, 54.0, "better", True, "Fewer customers are inactive: 51.0% after 54.0%", "不活跃客户减少：51.0%，此前 54.0%"),
    ],
)  # fmt: skip
def test_inactive(value: float | None, before: float | None, kind: Verdict, known: bool, english: str, chinese: str):
    for language, title in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert findings.inactive(value, before, kind, known=known) == title


@pytest.mark.parametrize(
    ("net", "english", "chinese"),
    [
        (None, "Nobody has ordered twice yet, so nobody counts as inactive", "尚无客户下过第二单，无法判断谁不活跃"),
        (0, "As many customers came as lapsed", "新来与唤回的客户恰与转为沉睡的客户相抵"),
        (1, "1 more customer came or came back than lapsed", "新来与唤回的客户比转为沉睡的多 1 位"),
        (1220, "1,220 more customers came or came back than lapsed", "新来与唤回的客户比转为沉睡的多 1,220 位"),
        (-2, "2 more customers lapsed than came or came back", "转为沉睡的客户比新来与唤回的多 2 位"),
    ],
)
def test_balance(net: int | None, english: str, chinese: str) -> None:
    for language, title in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert findings.balance(net) == title


@pytest.mark.parametrize(
    ("dimension", "low", "title"),
    [
        ("region", None, "Too few customers to compare groups"),
        ("region", -0.01, "No clear difference between regions"),
        ("channel", 0.0, "No clear difference between acquisition channels"),
        ("channel", 0.01, "Customers acquired through Search are inactive more often than those acquired through Gold"),
        ("tier", 0.01, "search members are inactive more often than Gold members"),
    ],
)
def test_groups(dimension: str, low: float | None, title: str) -> None:
    found = findings.groups(of_code(dimension), "search", "gold", low)
    assert found == title.replace("search", "Search")


def test_one_group_alone_is_not_compared() -> None:
    assert findings.groups(TIER, None, None, None) == "Too few customers to compare groups"


@pytest.mark.parametrize(
    ("share", "title"),
    [
        (None, "Too few new customers to say how soon they order again"),
        (0.438, "44% of new customers order again within 90 days"),
    ],
)
def test_second_order(share: float | None, title: str) -> None:
    assert findings.second_order(share, 90) == title


@pytest.mark.parametrize(
    ("days", "title"),
    [
        (None, "Nobody has ordered twice, so there is no threshold yet"),
        (1, "After 1 day without an order a customer counts as inactive"),
        (147, "After 147 days without an order a customer counts as inactive"),
    ],
)
def test_threshold(days: int | None, title: str) -> None:
    assert findings.threshold(days) == title
