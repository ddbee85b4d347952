"""One definition, three engines: DuckDB and Spark give what Polars gives, to 1e-9, with the same types and in the same order."""

import datetime as dt
from collections.abc import Callable

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.churn.hiatus import gap_curve, hiatus, inactive_share
from metrics.churn.lifecycle import inactive_share_trend, lifecycle
from metrics.clv.fitted import MODELS
from metrics.clv.historical import historical_clv
from metrics.clv.holdout import grouped, holdout_split, tracking
from metrics.clv.judgement import judged
from metrics.clv.keeping import worth_keeping
from metrics.clv.lifetime import clv, clv_model
from metrics.clv.past import forecast_accuracy
from metrics.clv.summary import clv_summary
from metrics.engine.periods import EVERY
from metrics.engine.rollups import customer_periods, customers, order_days, with_neighbour_months
from metrics.feedback.nps import nps, nps_trend
from metrics.feedback.promoter_value import promoter_value
from metrics.feedback.reach import SURVEYS, answered_share, match_rate, score_mean
from metrics.feedback.satisfaction import ces, ces_trend, csat, csat_trend
from metrics.retention.cohort_orders import cohort_orders
from metrics.retention.repeat_rate import repeat_rate, repeat_rate_trend
from metrics.retention.retention import KINDS, retention
from metrics.retention.revenue_retention import revenue_retention
from metrics.retention.rolling import rolling_retention
from metrics.statistics.survival import repeat_curve
from metrics.tiers.moves import tier_migration, tier_rates, tier_rates_trend
from metrics.tiers.outlook import tier_outlook, tier_stationarity, time_in_tier
from metrics.tiers.replay import tier_replay
from metrics.tiers.rules import suggested_thresholds
from metrics.tiers.tiers import parse_rule, tiers_by_rule
from metrics.tiers.value import tier_value
from metrics.variants import clv_variants, csat_variants, nps_variants, repeat_rate_variants, retention_variants
from tests.engines.conftest import Engine
from tests.engines.generated import feedback_rows, order_rows, regions, said_by_many, tier_change_rows
from tests.metrics.buying import LAST, buying, customer_rows
from tests.metrics.frames import day, lazy

AS_OF = day("2026-03-20")
SPLITS: tuple[tuple[str, ...], ...] = ((), ("region",))

COHORTS = {"cohorts_from": day("2025-02-01"), "cohorts_to": day("2025-09-30")}

ORDERS, REFUNDS = order_rows(seed=1), order_rows(seed=2, customers=140, orders=60, sign=-1)
FEEDBACK = feedback_rows(seed=3)
NOTHING = {"orders": ORDERS.clear(), "refunds": REFUNDS.clear(), "feedback": FEEDBACK.clear()}


def same(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    assert_frame_equal(found, expected, rel_tol=1e-9, abs_tol=1e-9)


def rollup(orders: pl.DataFrame, refunds: pl.DataFrame, period: str = "month") -> pl.DataFrame:
    made = customer_periods(lazy(orders), lazy(refunds), period=period).collect("polars").to_native()
    return made.with_columns(regions(made["customer_key"])).sort("customer_key", period)


PERIODS, WEEKS = rollup(ORDERS, REFUNDS), rollup(ORDERS, REFUNDS, "week")
VISITS = order_days(lazy(ORDERS)).collect("polars").to_native()
TIERS = tier_change_rows(seed=4)
VISITS = VISITS.with_columns(regions(VISITS["customer_key"])).sort("customer_key", "day")

BOUGHT = buying(seed=4, customers=1200)
DAYS_BOUGHT = order_days(lazy(BOUGHT)).collect("polars").to_native()
BUYERS = customer_rows(BOUGHT).with_columns(regions(pl.Series("customer_key", range(1200))))

ASKED: dict[str, tuple[pl.DataFrame, Callable[[nw.LazyFrame], pl.DataFrame]]] = {
    f"{name}({', '.join(f'{key}={value}' for key, value in options.items())})": (
        rows,
        lambda frame, function=function, options=options: function(frame, **options),  # type: ignore[misc]
    )
    for name, function, rows, options in [
        *[("nps", nps, FEEDBACK, {"by": by, "weighted": w}) for by in SPLITS for w in (False, True)],
        *[
            (
                "nps_trend",
                nps_trend,
                FEEDBACK,
                {
                    "by": by,
                    "period": period,
                    "weighted": bool(by),
                    "as_of": AS_OF,
                    "start": day("2025-01-15"),
                    "end": AS_OF,
                },
            )
            for by in SPLITS
            for period in EVERY
        ],
        *[(name, function, FEEDBACK, {"by": by}) for by in SPLITS for name, function in (("csat", csat), ("ces", ces))],
        *[("score_mean", score_mean, FEEDBACK, {"by": by, "survey": survey}) for by in SPLITS for survey in SURVEYS],
        *[
            (
                name,
                function,
                FEEDBACK,
                {"by": by, "period": period, "as_of": AS_OF, "start": day("2025-01-15"), "end": AS_OF},
            )
            for by in SPLITS
            for period in ("week", "month")
            for name, function in (("csat_trend", csat_trend), ("ces_trend", ces_trend))
        ],
        *[
            (
                "retention",
                retention,
                WEEKS if period == "week" else PERIODS,
                {"by": by, "period": period, "kind": kind, "as_of": AS_OF},
            )
            for by in SPLITS
            for period in EVERY
            for kind in KINDS
        ],
        (
            "retention",
            retention,
            PERIODS,
            {
                "as_of": AS_OF,
                "cohorts_from": day("2025-02"),
                "cohorts_to": day("2025-06-15"),
                "minimum": 5,
                "confidence": 0.9,
            },
        ),
        *[("clv_model", clv_model, BUYERS, {"as_of": LAST, "model": model}) for model in MODELS],
        *[(f.__name__, f, BUYERS, {"as_of": LAST, "by": by}) for f in (clv, clv_model, worth_keeping) for by in SPLITS],
        ("forecast_accuracy", forecast_accuracy, DAYS_BOUGHT, {"as_of": LAST}),
        *[("historical_clv", historical_clv, BUYERS, {"by": by, "margin": 0.4}) for by in SPLITS],
        *[
            (
                "repeat_curve",
                repeat_curve,
                VISITS,
                {"by": by, "as_of": AS_OF, "cohorts_to": day("2025-12-01"), "minimum": 1},
            )
            for by in SPLITS
        ],
        *[
            (name, function, VISITS, {"by": by, "as_of": AS_OF, "minimum": 5})
            for by in SPLITS
            for name, function in (("gap_curve", gap_curve), ("hiatus", hiatus), ("inactive_share", inactive_share))
        ],
        *[
            (
                name,
                function,
                VISITS,
                {
                    "by": by,
                    "period": period,
                    "as_of": AS_OF,
                    "start": day("2025-01-15"),
                    "end": AS_OF,
                    "hiatus_days": days,
                },
            )
            for by in SPLITS
            for period, days in (("week", 0), ("month", 31), ("quarter", 0))
            for name, function in (("lifecycle", lifecycle), ("inactive_share_trend", inactive_share_trend))
        ],
        *[
            (
                name,
                function,
                TIERS,
                {"by": by, "as_of": AS_OF, "start": day("2025-03-01"), "end": AS_OF, **options},
            )
            for by in SPLITS
            for name, function, options in (
                ("tier_migration", tier_migration, {}),
                ("tier_rates", tier_rates, {"minimum": 5}),
                ("tier_rates_trend", tier_rates_trend, {"minimum": 5, "period": "quarter"}),
                ("time_in_tier", time_in_tier, {"minimum": 5}),
                ("tier_outlook", tier_outlook, {"minimum": 5, "lapse_days": 0}),
                ("tier_stationarity", tier_stationarity, {"lapse_days": 0}),
                ("tier_replay", tier_replay, {}),
            )
        ],
        *[
            ("rolling_retention", rolling_retention, VISITS, {"by": by, "kind": kind, "as_of": AS_OF})
            for by in SPLITS
            for kind in KINDS
        ],
        *[
            (name, function, WEEKS if period == "week" else PERIODS, {"by": by, "period": period, "as_of": AS_OF})
            for by in SPLITS
            for period in ("week", "month", "quarter")
            for name, function in (("cohort_orders", cohort_orders), ("revenue_retention", revenue_retention))
        ],
        *[("repeat_rate", repeat_rate, PERIODS, {"by": by}) for by in SPLITS],
        ("nps_variants", nps_variants, FEEDBACK, {"minimum": 5}),
        ("csat_variants", csat_variants, FEEDBACK, {"minimum": 5}),
        ("retention_variants", retention_variants, VISITS, {"as_of": AS_OF, **COHORTS, "minimum": 5}),
        (
            "repeat_rate_variants",
            repeat_rate_variants,
            ORDERS,
            {"as_of": AS_OF, "start": day("2025-02-10"), "end": AS_OF},
        ),
        ("clv_variants", clv_variants, BUYERS, {"as_of": LAST}),
        *[
            ("repeat_rate_trend", repeat_rate_trend, PERIODS, {"by": by, "as_of": AS_OF, "window_months": 3})
            for by in SPLITS
        ],
    ]
}


SAID = said_by_many(seed=9)
# everybody joined on another day, some before the data and some never
JOINED = pl.DataFrame({"customer_key": range(150)}).with_columns(
    joined_on=pl.when(pl.col("customer_key") % 7 > 0).then(
        pl.date(2024, 11, 1) + pl.duration(days=pl.col("customer_key"))
    )
)
HORIZON = {"as_of": AS_OF, "start": day("2024-12-01"), "end": AS_OF, "horizon_days": 150, "minimum": 5}

# Metrics that look at several frames of one engine: metric → its own rows, the others by name, its arguments.
BESIDE: dict[str, tuple[Callable[..., pl.DataFrame], pl.DataFrame, dict[str, pl.DataFrame], dict[str, object]]] = {
    "promoter_value": (promoter_value, SAID, {"orders": ORDERS, "refunds": REFUNDS}, HORIZON),
    "match_rate": (
        match_rate,
        SAID,
        {"customers": pl.DataFrame({"customer_key": range(100), "orders": [0, 1, 2, 3] * 25})},
        {},
    ),
    **{
        name: (function, rows, {"members": JOINED}, {"as_of": AS_OF, "data_from": day("2025-02-10")})
        for name, function, rows in (
            ("retention", retention, PERIODS),
            ("rolling_retention", rolling_retention, VISITS),
            ("cohort_orders", cohort_orders, PERIODS),
            ("revenue_retention", revenue_retention, PERIODS),
        )
    },
    "answered_share": (answered_share, PERIODS, {"answers": SAID}, {"minimum": 5}),
}


@pytest.mark.parametrize("by", SPLITS)
@pytest.mark.parametrize("name", BESIDE)
def test_metric_that_looks_at_several_frames(engine: Engine, name: str, by: tuple[str, ...]) -> None:
    metric, rows, others, options = BESIDE[name]
    for own, beside in ((rows, others), (rows.clear(), {key: frame.clear() for key, frame in others.items()})):
        found, expected = (
            metric(make(own), **{key: make(frame) for key, frame in beside.items()}, by=by, **options)
            for make in (engine, lazy)
        )
        assert expected.height > 0 or not own.height
        same(found, expected)


@pytest.mark.parametrize("question", ASKED)
def test_metric(engine: Engine, question: str) -> None:
    rows, ask = ASKED[question]
    expected = ask(lazy(rows))
    assert expected.height > 0
    same(ask(engine(rows)), expected)


@pytest.mark.parametrize("question", ASKED)
def test_metric_of_nothing(engine: Engine, question: str) -> None:
    rows, ask = ASKED[question]
    same(ask(engine(rows.clear())), ask(lazy(rows.clear())))


@pytest.mark.parametrize("by", SPLITS)
def test_lapsed_members_by_their_orders(engine: Engine, by: tuple[str, ...]) -> None:
    options = {"as_of": AS_OF, "start": day("2025-03-01"), "end": AS_OF, "lapse_days": 90, "by": by}
    for metric in (tier_migration, tier_outlook):
        found, expected = (
            metric(make(TIERS), order_days=make(VISITS.drop("region")), **options) for make in (engine, lazy)
        )
        assert "lapsed" in expected.get_column("to_tier", default=pl.Series(["lapsed"])).to_list()
        same(found, expected)


@pytest.mark.parametrize("by", SPLITS)
@pytest.mark.parametrize("metric", [tier_replay, tier_value])
def test_spend_of_tiers(engine: Engine, metric: Callable[..., pl.DataFrame], by: tuple[str, ...]) -> None:
    options = {"as_of": AS_OF, "start": day("2025-03-01"), "end": AS_OF, "lapse_days": 90, "by": by}
    for periods in (PERIODS, PERIODS.clear()):
        found, expected = (
            metric(make(TIERS), order_days=make(VISITS.drop("region")), customer_periods=make(periods), **options)
            for make in (engine, lazy)
        )
        assert expected.height > 0
        same(found, expected)


@pytest.mark.parametrize("measure", ["spend", "orders"])
def test_suggested_thresholds(engine: Engine, measure: str) -> None:
    asked = {"as_of": AS_OF, "measure": measure, "months": 6}
    found, expected = (suggested_thresholds(make(PERIODS), **asked) for make in (engine, lazy))
    assert expected.height > 1
    same(found, expected)


@pytest.mark.parametrize("measure", ["spend", "orders"])
def test_tiers_by_rule(engine: Engine, measure: str) -> None:
    rule = {"as_of": AS_OF, "measure": measure, "months": 3, "thresholds": parse_rule("silver=2, gold=400")}
    found, expected = (tiers_by_rule(make(PERIODS), **rule).collect("polars").to_native() for make in (engine, lazy))
    keys = ["customer_key", "effective_on"]
    assert expected.height > 0
    same(found.sort(keys).select(expected.columns), expected.sort(keys))


@pytest.mark.parametrize("period", EVERY)
def test_customer_periods(engine: Engine, period: str) -> None:
    for orders, refunds in ((ORDERS, REFUNDS), (ORDERS, NOTHING["refunds"]), (NOTHING["orders"], REFUNDS)):
        found, expected = (
            customer_periods(make(orders), make(refunds), period=period).collect("polars").to_native()
            for make in (engine, lazy)
        )
        keys = ["customer_key", period]
        same(found.sort(keys).select(expected.columns), expected.sort(keys))


def test_neighbour_months(engine: Engine) -> None:
    keys = ["customer_key", "month"]
    found, expected = (with_neighbour_months(make(PERIODS)).collect("polars").to_native() for make in (engine, lazy))
    same(found.sort(keys).select(expected.columns), expected.sort(keys))
    for kind in KINDS:
        asked = retention(with_neighbour_months(engine(PERIODS)), as_of=AS_OF, kind=kind, by=["region"])
        same(asked, retention(lazy(PERIODS), as_of=AS_OF, kind=kind, by=["region"]))


def test_order_days(engine: Engine) -> None:
    found, expected = (order_days(make(ORDERS)).collect("polars").to_native() for make in (engine, lazy))
    same(found.sort("customer_key", "day").select(expected.columns), expected.sort("customer_key", "day"))


def test_customers(engine: Engine) -> None:
    found, expected = (customers(make(ORDERS), make(REFUNDS)).collect("polars").to_native() for make in (engine, lazy))
    same(found.sort("customer_key").select(expected.columns), expected.sort("customer_key"))


def test_holdout(engine: Engine) -> None:
    end = LAST - dt.timedelta(weeks=13)
    split = holdout_split(order_days(lazy(BOUGHT)), calibration_end=end, holdout_weeks=13)
    assert split["holdout_purchases"].sum() > 0
    same(holdout_split(order_days(engine(BOUGHT)), calibration_end=end, holdout_weeks=13), split)
    model = MODELS["mbg_nbd"]
    options = {"model": model, "fit": model.fit(grouped(split)), "calibration_end": end, "holdout_weeks": 13}
    same(tracking(order_days(engine(BOUGHT)), **options), tracking(order_days(lazy(BOUGHT)), **options))


def test_what_a_page_is_made_of(engine: Engine) -> None:
    options = {"as_of": LAST, "dimensions": ["region"]}
    same(clv_summary(engine(BUYERS), **options), clv_summary(lazy(BUYERS), **options))
    same(judged(order_days(engine(BOUGHT)), as_of=LAST), judged(order_days(lazy(BOUGHT)), as_of=LAST))
