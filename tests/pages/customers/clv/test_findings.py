"""Titles about lifetime value claim no more than the models and their last forecast support, in both languages."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from data.text.labels import alike
from metrics.clv.fitted import DEPENDENT, OK, TOO_FEW, WEAK
from metrics.clv.historical import historical_clv
from metrics.clv.holdout import FREQUENCY_TYPES
from metrics.clv.judgement import TOO_SHORT
from metrics.clv.summary import clv_summary, group_intervals
from metrics.dimension import REGION, TIER, Dimension, known
from metrics.engine.reduce import unfolded
from metrics.statistics.verdict import confidence_of_each
from pages.customers.clv import findings
from pages.shared.words.texts import speaking
from tests.metrics.buying import LAST, buying, customer_rows
from tests.metrics.frames import lazy

ROW = {"customers": 18_615, "state": OK, "predicts": True, "correlation": 0.01, "clv": 563.8, "p_active": 0.416}
FALLEN_BACK = {**ROW, "predicts": False, "p_active": None}


def both(english: str, chinese: str, say) -> None:
    for language, expected in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert say() == expected


@pytest.mark.parametrize(
    ("row", "to_date", "english", "chinese"),
    [
        (ROW, 1433.1, "A customer is expected to bring ¥564 in the next 52 weeks", "预计未来 52 周每位客户带来 ¥564"),
        ({**ROW, "clv": 28.818}, 103.0, "A customer is expected to bring ¥28.82 in the next 52 weeks", "预计未来 52 周每位客户带来 ¥28.82"),
        ({**FALLEN_BACK, "state": WEAK}, 1915.3,
         "No forecast, because it cannot be seen who has left; so far a customer has brought ¥1,915",
         "看不出谁已流失，因此不作预测；迄今每位客户带来 ¥1,915"),
        ({**FALLEN_BACK, "state": TOO_FEW}, 50.0, "Too few customers for a forecast; so far a customer has brought ¥50.00",
         "客户过少，无法预测；迄今每位客户带来 ¥50.00"),
        ({**FALLEN_BACK, "state": TOO_FEW}, None, "Too few customers to show their value", "客户过少，无法显示价值"),
    ],
)  # fmt: skip
def test_title(row: dict, to_date: float | None, english: str, chinese: str) -> None:
    both(english, chinese, lambda: findings.title(row, to_date, weeks=52, currency="CNY", margin=1.0))


@pytest.mark.parametrize(
    ("row", "to_date", "margin", "english", "chinese"),
    [
        ({**FALLEN_BACK, "state": TOO_FEW}, None, 0.01, "Too few customers to show their value", "客户过少，无法显示价值"),
        (ROW, 1433.1, 0.4, "A customer is expected to bring ¥564 in the next 52 weeks, at a margin of 40%",
         "预计未来 52 周每位客户带来 ¥564（毛利率 40%）"),
        ({**FALLEN_BACK, "state": WEAK}, 19.153, 0.01,
         "No forecast, because it cannot be seen who has left; so far a customer has brought ¥19.15, at a margin of 1%",
         "看不出谁已流失，因此不作预测；迄今每位客户带来 ¥19.15（毛利率 1%）"),
        ({**FALLEN_BACK, "state": TOO_FEW}, 50.0, 0.125,
         "Too few customers for a forecast; so far a customer has brought ¥50.00, at a margin of 12.5%",
         "客户过少，无法预测；迄今每位客户带来 ¥50.00（毛利率 12.5%）"),
    ],
)  # fmt: skip
def test_a_margin_is_named(row: dict, to_date: float | None, margin: float, english: str, chinese: str) -> None:
    both(english, chinese, lambda: findings.title(row, to_date, weeks=52, currency="CNY", margin=margin))


@pytest.mark.parametrize(
    ("predicts", "english"),
    [
        (False, "Half of the customers have brought less than ¥6.55, at a margin of 1%"),
        (True, "Half of the customers are expected to bring less than ¥6.55, at a margin of 1%"),
    ],
)
def test_the_middle_names_the_margin(predicts: bool, english: str) -> None:
    assert findings.middle(6.55, 19.15, "CNY", predicts=predicts, margin=0.01) == english
    assert findings.middle(6.55, 19.15, "CNY", predicts=predicts, margin=1.0) == english.partition(", at")[0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROW, ""),
        ({**ROW, "state": DEPENDENT, "correlation": 0.41}, "also spend more per order (correlation 0.41)"),
        ({**ROW, "state": DEPENDENT, "correlation": -0.41}, "spend less per order (correlation −0.41)"),
        ({**FALLEN_BACK, "state": WEAK}, "any forecast would be a guess"),
        ({**FALLEN_BACK, "state": TOO_FEW, "customers": 999}, "A forecast needs 1,000 customers with an order; there are 999."),
        ({**FALLEN_BACK, "state": TOO_FEW, "customers": 5000}, "Too few customers have ordered again"),
    ],
)  # fmt: skip
def test_a_state_is_a_sentence(row: dict, said: str) -> None:
    assert said in findings.notice(row)
    assert bool(findings.notice(row)) == bool(said)


REPORT = {"state": OK, "forecast": "mbg_nbd", "holdout_weeks": 39, "actual": 1882, "bias": -0.1604}


@pytest.mark.parametrize(
    ("report", "english", "chinese"),
    [
        (REPORT, "For the last 39 weeks this forecast was 16% low", "过去 39 周，这一预测偏低 16%"),
        ({**REPORT, "bias": 0.022}, "For the last 39 weeks this forecast was 2% high", "过去 39 周，这一预测偏高 2%"),
        ({**REPORT, "bias": 0.0}, "For the last 39 weeks this forecast was right to within 1%", "过去 39 周，这一预测与实际相差不到 1%"),
        ({**REPORT, "bias": -0.004}, "For the last 39 weeks this forecast was right to within 1%", "过去 39 周，这一预测与实际相差不到 1%"),
        ({**REPORT, "bias": -0.006}, "For the last 39 weeks this forecast was 1% low", "过去 39 周，这一预测偏低 1%"),
        ({**REPORT, "bias": None}, "Nobody ordered again in the last 39 weeks, so no forecast can be judged",
         "过去 39 周无人再次下单，无法检验预测"),
        ({**REPORT, "state": WEAK, "forecast": "past_rate", "bias": -0.17},
         "For the last 39 weeks, repeating the past would have been 17% too low", "过去 39 周，若照以往重复，会偏低 17%"),
        ({**REPORT, "actual": 29}, "29 repeat orders in the last 39 weeks are too few to judge a forecast",
         "过去 39 周只有 29 个复购订单，不足以检验预测"),
        ({**REPORT, "actual": 1, "forecast": "past_rate"}, "1 repeat order in the last 39 weeks is too few to judge a forecast",
         "过去 39 周只有 1 个复购订单，不足以检验预测"),
        ({**REPORT, "actual": 30}, "For the last 39 weeks this forecast was 16% low", "过去 39 周，这一预测偏低 16%"),
        ({**REPORT, "state": TOO_SHORT, "bias": None}, "The data are too short to judge a forecast", "数据时间太短，无法检验预测"),
    ],
)  # fmt: skip
def test_the_plain_sentence(report: dict, english: str, chinese: str) -> None:
    both(english, chinese, lambda: findings.judged(report, predicts=True))


@pytest.mark.parametrize(
    ("bias", "english", "chinese"),
    [
        (-0.2, "For the last 39 weeks, a forecast would have been 20% too low", "过去 39 周，若作预测，会偏低 20%"),
        (0.011, "For the last 39 weeks, a forecast would have been 1% too high", "过去 39 周，若作预测，会偏高 1%"),
        (0.0, "For the last 39 weeks, a forecast would have been right to within 1%", "过去 39 周，若作预测，与实际会相差不到 1%"),
    ],
)  # fmt: skip
def test_where_no_forecast_is_shown_none_is_judged_as_this_one(bias: float, english: str, chinese: str) -> None:
    both(english, chinese, lambda: findings.judged({**REPORT, "bias": bias}, predicts=False))


def off(*rmse: float | None) -> pl.DataFrame:
    return pl.DataFrame({"rmse": rmse}, schema={"rmse": pl.Float64})


@pytest.mark.parametrize(
    ("rows", "english", "chinese"),
    [
        (off(), "How far simple rules were off", "简单规则的偏差"),
        (off(1.0, 2.0), "How far simple rules were off", "简单规则的偏差"),
        (off(None, None, None), "How far simple rules were off", "简单规则的偏差"),
        (off(1.0, 1.06, 3.0), "The model was closer to customers’ orders than both simple rules in these 26 weeks",
         "在这 26 周里，模型比两条简单规则更接近客户的实际订单"),
        (off(1.0, 1.04, 3.0), "The model was closer to customers’ orders than one of two simple rules in these 26 weeks",
         "在这 26 周里，模型只比两条简单规则之一更接近客户的实际订单"),
        (off(2.5, 2.0, 3.0), "The model was closer to customers’ orders than one of two simple rules in these 26 weeks",
         "在这 26 周里，模型只比两条简单规则之一更接近客户的实际订单"),
        (off(1.0, 1.04, 0.97), "The model was about as close to customers’ orders as simple rules in these 26 weeks",
         "在这 26 周里，模型与简单规则同样接近客户的实际订单"),
        (off(0.0, 0.0, 0.0), "The model was about as close to customers’ orders as simple rules in these 26 weeks",
         "在这 26 周里，模型与简单规则同样接近客户的实际订单"),
        (off(3.0, 2.0, 3.0), "A simple rule was closer to customers’ orders than the model in these 26 weeks",
         "在这 26 周里，有简单规则比模型更接近客户的实际订单"),
    ],
)  # fmt: skip
def test_against_simple_rules(rows: pl.DataFrame, english: str, chinese: str) -> None:
    both(english, chinese, lambda: findings.against_simple(rows, 26))


def group_rows(*rows: tuple) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["code", "value", "low", "high"], orient="row")


@pytest.mark.parametrize(
    ("rows", "predicts", "english", "chinese"),
    [
        (group_rows(), True, "Too few customers to compare groups", "客户过少，无法比较各组"),
        (group_rows(("gold", 9.0, 8.0, 10.0)), True, "Too few customers to compare groups", "客户过少，无法比较各组"),
        (group_rows(("gold", 9.0, 8.0, 10.0), ("silver", 8.5, 7.0, 9.5)), True,
         "No clear difference between tiers", "各等级之间无明显差异"),
        (group_rows(("gold", 9.0, 8.0, 10.0), ("silver", 5.0, 4.0, 6.0)), True, "Gold members are expected to bring the most",
         "预计金卡会员带来的价值最高"),
        (group_rows(("gold", 9.0, 8.0, 10.0), ("silver", 8.5, 7.0, 9.5), ("bronze", 1.0, 0.5, 2.0)), True,
         "More is expected of Gold members than of Bronze members", "金卡会员的预期价值高于铜卡会员"),
        (group_rows(("gold", 9.0, 8.0, 10.0), ("silver", 8.5, 7.0, 9.5), ("bronze", 1.0, 0.5, 2.0)), False,
         "Gold members have brought more so far than Bronze members", "金卡会员迄今带来的价值高于铜卡会员"),
        (group_rows(("gold", 9.0, 8.0, 10.0), ("silver", 5.0, 4.0, 6.0)), False, "Gold members have brought the most so far",
         "金卡会员迄今带来的价值最高"),
        (group_rows(("gold", 9.0, None, None), ("silver", 5.0, 4.0, 6.0)), False,
         "No clear difference between tiers", "各等级之间无明显差异"),
    ],
)  # fmt: skip
def test_groups(rows: pl.DataFrame, predicts: bool, english: str, chinese: str) -> None:
    both(english, chinese, lambda: findings.groups(TIER, rows, predicts=predicts))


APART = group_rows(("2026-06", 9.0, 8.0, 10.0), ("2025-01", 8.5, 7.0, 9.5), ("2023-08", 1.0, 0.5, 2.0))


@pytest.mark.parametrize(
    ("dimension", "predicts", "english", "chinese"),
    [
        ("cohort", True, "More is expected of customers who first ordered in 2026-06 than of those who first ordered in 2023-08",
         "2026-06首单的客户的预期价值高于2023-08首单的客户"),
        # how long they have been customers says most of it
        ("cohort", False, "What each cohort has brought so far: older ones had more time", "各批次客户迄今带来的价值：较早的批次时间更长"),
        ("acquisition_channel", True, "More is expected of customers acquired through 2026-06 than of those acquired through 2023-08",
         "来自2026-06的客户的预期价值高于来自2023-08的客户"),
        ("acquisition_channel", False, "Customers acquired through 2026-06 have brought more so far than those acquired through 2023-08",
         "来自2026-06的客户迄今带来的价值高于来自2023-08的客户"),
        ("region", True, "More is expected of customers in 2026-06 than of those in 2023-08", "2026-06的客户的预期价值高于2023-08的客户"),
        ("region", False, "Customers in 2026-06 have brought more so far than those in 2023-08",
         "2026-06的客户迄今带来的价值高于2023-08的客户"),
    ],
)  # fmt: skip
def test_the_highest_against_the_lowest(dimension: str, predicts: bool, english: str, chinese: str) -> None:
    both(english, chinese, lambda: findings.groups(known(dimension), APART, predicts=predicts))


REPEATS = 200
MOST_FALSE = 0.05 + 2 * (0.05 * 0.95 / REPEATS) ** 0.5  # what 5 % may look like in so many repeats


def told(dimension: Dimension, rows: pl.DataFrame, *, predicts: bool) -> bool:
    """Whether the title names a group."""
    ranked = rows.sort("value", descending=True)
    return findings.groups(dimension, ranked, predicts=predicts) != alike(dimension)


@pytest.mark.parametrize("groups", [2, 4, 8, 24, 40])
def test_of_groups_that_differ_by_chance_alone_few_titles_name_one(groups: int) -> None:
    """Value to date of customers of one kind, who happen to be in so many groups of thirty; its tail is long, as that of spend."""
    random, each = np.random.default_rng(groups), 30
    found = 0
    for _ in range(REPEATS):
        spent = pl.Series(random.lognormal(0, 1.2, groups * each))
        customers = pl.DataFrame(
            {"code": np.repeat(np.arange(groups), each).astype(str), "order_days": 1, "revenue": spent}
        ).with_columns(first_order_at=dt.datetime(2026, 1, 1), last_order_at=dt.datetime(2026, 1, 1))
        rows = historical_clv(lazy(customers), by=["code"], confidence=confidence_of_each(groups))
        found += told(REGION, rows.rename({"historical_clv": "value"}), predicts=False)
    assert found / REPEATS <= MOST_FALSE


def test_of_a_forecast_for_groups_that_differ_by_chance_alone_few_titles_name_one() -> None:
    """The customers of one forecast, put into eight groups by lot again and again."""
    orders = buying(seed=11, customers=1500)
    random = np.random.default_rng(1)
    lots = pl.DataFrame({f"lot{place}": random.integers(0, 8, 1500).astype(str) for place in range(REPEATS)})
    customers = customer_rows(orders).hstack(lots)
    summary = clv_summary(lazy(customers), as_of=LAST, dimensions=lots.columns)
    groups = unfolded(summary, "groups")
    surely = group_intervals(groups, confidence=confidence_of_each(8)).rename({"clv": "value"})
    found = sum(told(REGION, rows, predicts=True) for _, rows in surely.group_by("dimension"))
    assert found / REPEATS <= MOST_FALSE
    usual = [told(REGION, rows.rename({"clv": "value"}), predicts=True) for _, rows in groups.group_by("dimension")]
    assert sum(usual) / REPEATS > 0.5, "the interval of the model alone says nothing of who is in a group"


FURTHEST = "The forecast is furthest off, too {way}, for customers with 7 or more repeat orders"


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "Forecast and orders, by orders before"),
        ([(0, 1000, 1.0, 1.0, 0.01), (7, 100, 1.0, 1.5, 0.1)], FURTHEST.format(way="high")),
        ([(0, 1000, 1.0, 1.01, 0.01), (7, 100, 2.0, 1.0, 0.1)], FURTHEST.format(way="low")),
        # 2.24 standard errors are what the choice between two asks for
        ([(0, 1000, 1.0, 1.0, 0.01), (7, 100, 1.0, 1.22, 0.1)], "For no number of orders before is the forecast clearly off"),
        ([(0, 1000, 1.0, 1.0, 0.01), (7, 1, 1.0, 9.0, None)], "For no number of orders before is the forecast clearly off"),
        # the larger miss may be chance, the smaller is not
        ([(0, 9000, 1.0, 1.01, 0.01), (7, 100, 1.0, 1.5, 0.1)], FURTHEST.format(way="high")),
    ],
)  # fmt: skip
def test_by_frequency(rows: list[tuple], title: str) -> None:
    assert findings.by_frequency(pl.DataFrame(rows, schema=FREQUENCY_TYPES, orient="row")) == title


def test_of_a_forecast_that_is_right_few_titles_name_customers() -> None:
    """Orders drawn around what was expected, of eight groups of customers."""
    random, expected, n = np.random.default_rng(5), 0.2 + 0.4 * np.arange(8), 200
    found = 0
    for _ in range(REPEATS):
        orders = random.poisson(expected, (n, 8))
        rows = pl.DataFrame(
            {"x": range(8), "customers": n, "actual": orders.mean(axis=0), "expected": expected, "se": orders.std(axis=0, ddof=1) / n**0.5}
        )  # fmt: skip
        found += findings.by_frequency(rows).startswith("The forecast is furthest off")
    assert found / REPEATS <= MOST_FALSE


def test_spread_of_nobody_and_of_all() -> None:
    rows = pl.DataFrame({"share": [0.5605]})
    for predicts, margin, said in (
        (True, 1.0, "The top tenth of customers holds 56% of the expected value"),
        (False, 1.0, "The top tenth of customers brought 56% of the revenue"),
        (False, 0.4, "The top tenth of customers brought 56% of the value to date"),
    ):
        assert findings.spread(rows, predicts=predicts, margin=margin) == said
    for nothing in (rows.clear(), pl.DataFrame({"share": [None]}, schema={"share": pl.Float64})):
        assert findings.spread(nothing, predicts=True, margin=1.0) == "Too few customers to divide into tenths"


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [
        (0, "No valuable customer has become unlikely to order again", "没有高价值客户变得不太可能再下单"),
        (1, "1 valuable customer has become unlikely to order again", "1 位高价值客户已不太可能再下单"),
        (1305, "1,305 valuable customers have become unlikely to order again", "1,305 位高价值客户已不太可能再下单"),
    ],
)
def test_keeping(count: int, english: str, chinese: str) -> None:
    both(english, chinese, lambda: findings.keeping(count))


def test_active() -> None:
    row = {**ROW, "active_customers": 7_743.8}
    assert findings.active(row, 52) == "7,744 of 18,615 customers are expected to order again within 52 weeks"
