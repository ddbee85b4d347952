"""What a reader of the demo should be able to find is in it, and is not where it should not be."""

import datetime as dt
import math

import polars as pl

from data.demo.world import SPRING_CAMPAIGN, TRAINED_STORES, TRAINING_ON

Frames = dict[str, pl.DataFrame]
PROMOTER, DETRACTOR = pl.col("score") >= 9, pl.col("score") <= 6


def nps(feedback: pl.DataFrame) -> tuple[float, float]:
    """NPS and its standard error (plain Wald: thousands of answers)."""
    answers = feedback.filter(pl.col("survey") == "nps")
    p, d = answers.select(p=PROMOTER.mean(), d=DETRACTOR.mean()).row(0)
    return 100 * (p - d), 100 * math.sqrt((p + d - (p - d) ** 2) / answers.height)


def csat(feedback: pl.DataFrame) -> tuple[float, float]:
    """Share of 4 and 5 in percent, and its standard error."""
    answers = feedback.filter(pl.col("survey") == "csat")
    share = answers.select((pl.col("score") >= 4).mean()).item()
    return 100 * share, 100 * math.sqrt(share * (1 - share) / answers.height)


def z(now: tuple[float, float], before: tuple[float, float]) -> float:
    """The change in standard errors: clear above 2 or below −2."""
    return (now[0] - before[0]) / math.hypot(now[1], before[1])


def quarter(feedback: pl.DataFrame, year: int, number: int) -> pl.DataFrame:
    return feedback.filter(
        pl.col("responded_at").dt.year() == year, pl.col("responded_at").dt.quarter() == number
    )  # fmt: skip


def orders_per_customer(demo: Frames) -> pl.DataFrame:
    counted = (
        demo["orders"]
        .group_by("customer_id")
        .agg(pl.len().alias("orders"), pl.col("ordered_at").min().dt.date().alias("first"))
    )
    return demo["members"].join(counted, on="customer_id", how="inner")


def active_in_month_after(demo: Frames, first_months: list[str], months: int) -> float:
    """Share of those who first ordered in these months and ordered again in the calendar month so many later."""
    orders = (
        demo["orders"]
        .filter(pl.col("customer_id").is_not_null())
        .with_columns(month=pl.col("ordered_at").dt.truncate("1mo"))
    )
    cohort = orders.group_by("customer_id").agg(pl.col("month").min().alias("cohort"))
    cohort = cohort.filter(pl.col("cohort").dt.strftime("%Y-%m").is_in(first_months))
    later = orders.join(cohort, on="customer_id").filter(
        pl.col("month") == pl.col("cohort").dt.offset_by(f"{months}mo")
    )
    return later["customer_id"].n_unique() / cohort.height


def test_the_business_looks_like_one(demo: Frames) -> None:
    customers = orders_per_customer(demo)
    assert 0.5 < (customers["orders"] >= 2).mean() < 0.7
    assert 0.18 < active_in_month_after(demo, ["2024-09", "2025-03", "2025-05"], 3) < 0.30
    assert 0.10 < active_in_month_after(demo, ["2024-03", "2024-09", "2025-03"], 12) < 0.20
    assert 30 < nps(demo["feedback"])[0] < 45
    assert 78 < csat(demo["feedback"])[0] < 88
    assert 150 < demo["orders"]["amount"].mean() < 350


def test_demand_peaks_at_double_11_and_grows_over_the_years(demo: Frames) -> None:
    days = demo["orders"].group_by(pl.col("ordered_at").dt.date().alias("day")).len()
    for year in (2023, 2024, 2025):
        november = days.filter(pl.col("day").dt.year() == year, pl.col("day").dt.month() == 11)
        assert november.sort("len", descending=True)["day"][0] in (dt.date(year, 11, 10), dt.date(year, 11, 11))
    may = [
        days.filter(pl.col("day").is_between(dt.date(y, 5, 1), dt.date(y, 5, 31)))["len"].sum()
        for y in (2024, 2025, 2026)
    ]
    assert may[0] * 1.2 < may[1] and may[1] * 1.1 < may[2]
    weekday = demo["orders"].group_by(pl.col("ordered_at").dt.weekday().alias("weekday")).len().sort("len")["weekday"]
    assert set(weekday.tail(2)) == {6, 7}


def test_customers_won_by_coupons_come_back_less(demo: Frames) -> None:
    # Only those with a year to come back in, so that the campaign of the last spring does not decide it.
    customers = orders_per_customer(demo).filter(pl.col("first") <= dt.date(2025, 7, 18))
    won = pl.col("acquisition_channel") == "coupon campaign"
    repeat = [(customers.filter(group)["orders"] >= 2).mean() for group in (won, ~won)]
    assert repeat[0] < repeat[1] - 0.15


def test_training_helps_the_trained_stores_and_no_other(demo: Frames) -> None:
    visits = demo["feedback"].filter(pl.col("touchpoint") == "store visit")
    # Answers given within three days of the training still speak of visits before it.
    before, after = pl.col("responded_at") < TRAINING_ON, pl.col("responded_at") >= TRAINING_ON + dt.timedelta(days=3)
    trained = pl.col("store").is_in(TRAINED_STORES)
    for measure in (nps, csat):
        assert z(measure(visits.filter(after, trained)), measure(visits.filter(before, trained))) > 4
        assert abs(z(measure(visits.filter(after, ~trained)), measure(visits.filter(before, ~trained)))) < 2.5
        assert abs(z(measure(visits.filter(before, trained)), measure(visits.filter(before, ~trained)))) < 2.5


def test_detractors_buy_less_in_the_next_half_year(demo: Frames) -> None:
    answers = demo["feedback"].filter(
        pl.col("survey") == "nps",
        pl.col("customer_id").is_not_null(),
        pl.col("responded_at") < dt.datetime(2026, 1, 15),
    )
    later = (
        answers.select("feedback_id", "customer_id", "responded_at")
        .join(demo["orders"].select("customer_id", "ordered_at"), on="customer_id")
        .filter(pl.col("ordered_at").is_between(pl.col("responded_at"), pl.col("responded_at") + pl.duration(days=180)))
        .group_by("feedback_id")
        .len("later")
    )
    answers = answers.join(later, on="feedback_id", how="left").with_columns(pl.col("later").fill_null(0))
    again = [
        answers.filter(group).select(share=(pl.col("later") > 0).mean(), mean=pl.col("later").mean()).row(0)
        for group in (DETRACTOR, PROMOTER)
    ]
    assert again[0][0] < again[1][0] - 0.05
    assert again[0][1] < again[1][1] * 0.9


def test_items_fall_with_what_went_wrong(demo: Frames) -> None:
    """Delivery tells detractors and promoters further apart than price does."""
    answers = demo["answers"].join(
        demo["feedback"].select("feedback_id", nps="score"), left_on="response_id", right_on="feedback_id"
    )
    gap = {
        item: part.filter(pl.col("nps") >= 9)["score"].mean() - part.filter(pl.col("nps") <= 6)["score"].mean()
        for (item,), part in answers.group_by("item")
    }
    assert min(gap.values()) > 0.3
    assert gap["delivery"] > gap["price"] + 0.3


def test_the_last_quarter_has_clear_and_unclear_changes(demo: Frames) -> None:
    """The courier changes with the quarter (COURIER_CHANGED_ON): delivery gains, support loses, stores stay, CSAT is a draw."""
    now, before = quarter(demo["feedback"], 2026, 2), quarter(demo["feedback"], 2026, 1)
    delivery, store, support = (pl.col("touchpoint") == name for name in ("delivery", "store visit", "support"))
    assert z(nps(now), nps(before)) > 2.5
    assert z(nps(now.filter(delivery)), nps(before.filter(delivery))) > 3
    assert abs(z(nps(now.filter(store)), nps(before.filter(store)))) < 2
    assert abs(z(csat(now), csat(before))) < 2
    assert z(csat(now.filter(support)), csat(before.filter(support))) < -3


def test_cohorts_of_the_coupon_spring_stay_less(demo: Frames) -> None:
    assert (SPRING_CAMPAIGN[0].month, SPRING_CAMPAIGN[1].month) == (1, 3)
    this_year = active_in_month_after(demo, ["2026-01", "2026-02", "2026-03"], 3)
    last_year = active_in_month_after(demo, ["2025-01", "2025-02", "2025-03"], 3)
    assert this_year < last_year - 0.03
