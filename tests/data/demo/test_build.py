"""The demo rows: what every seed must hold, and that the seed alone decides them."""

import datetime as dt
import hashlib
import json
from collections import defaultdict

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from data.demo import build
from data.demo.build import build_part
from data.demo.comments import ANSWER_TOPICS, STORE_NAMES_ZH, TONES, sentences
from data.demo.world import (
    CITIES,
    FIRST_DAY,
    LANGUAGES,
    LAST_DAY,
    STORES,
    TIER_THRESHOLDS_CNY,
    TIERS,
    TRAINED_STORES,
    Pace,
)
from metrics.engine.schemas import NATURAL_KEYS, TABLES

Frames = dict[str, pl.DataFrame]


def digest(frames: Frames) -> str:
    return hashlib.sha256("".join(frame.write_csv() for frame in frames.values()).encode()).hexdigest()


@pytest.mark.parametrize("customers", [0, 1, 7])
def test_few_customers_give_valid_frames(customers: int) -> None:
    frames = build(customers=customers)
    assert list(frames) == list(TABLES)
    assert frames["members"].height == customers
    assert frames["orders"].is_empty() or customers > 0
    for table, frame in frames.items():
        TABLES[table].validate(frame)
        assert frame.columns == TABLES[table].column_names()


def test_no_customers_give_no_rows_at_all() -> None:
    assert {table: frame.height for table, frame in build(customers=0).items()} == dict.fromkeys(TABLES, 0)


@pytest.mark.parametrize("table", TABLES)
def test_rows_keep_the_schema(demo: Frames, table: str) -> None:
    TABLES[table].validate(demo[table])
    assert dict(demo[table].schema) == {name: column.dtype for name, column in TABLES[table].columns().items()}
    assert demo[table].select(NATURAL_KEYS[table]).is_unique().all()


def test_one_seed_gives_one_demo_and_another_seed_another() -> None:
    first = digest(build(customers=800, seed=5))
    assert digest(build(customers=800, seed=5)) == first
    assert digest(build(customers=800, seed=6)) != first


def test_fixed_numbers_do_not_drift(demo: Frames) -> None:
    """Pinned, so that screenshots and texts about the demo stay true; whoever changes the demo changes these with intent."""
    assert {table: frame.height for table, frame in demo.items()} == {
        "orders": 108_238,
        "members": 20_000,
        "feedback": 48_328,
        "answers": 73_876,
        "tier_changes": 30_607,
        "order_lines": 168_101,
        "points": 96_071,
        "referrals": 2_177,
        "benefits": 11_302,
        "events": 11,
    }
    assert demo["orders"]["amount"].sum() == pytest.approx(27_384_163.65, abs=0.005)


def test_three_years_from_the_first_to_the_last_day(demo: Frames) -> None:
    orders, feedback = demo["orders"]["ordered_at"].dt.date(), demo["feedback"]["responded_at"].dt.date()
    assert (orders.min(), orders.max()) == (FIRST_DAY, LAST_DAY) == (dt.date(2023, 7, 19), dt.date(2026, 7, 18))
    assert feedback.min() >= FIRST_DAY and feedback.max() <= LAST_DAY
    assert demo["members"]["joined_on"].is_between(FIRST_DAY, LAST_DAY).all()
    assert set(orders.dt.strftime("%Y-%m")) == {
        f"{month // 12}-{month % 12 + 1:02d}" for month in range(2023 * 12 + 6, 2026 * 12 + 7)
    }


def test_amount_is_gross_minus_discount_minus_refund_to_the_cent(demo: Frames) -> None:
    orders = demo["orders"].with_columns(
        *(
            (pl.col(name) * 100).round().cast(pl.Int64).alias(f"{name}_cents")
            for name in ("amount", "gross", "discount", "refund")
        )
    )
    whole = orders.filter(
        pl.col("amount_cents") != pl.col("gross_cents") - pl.col("discount_cents") - pl.col("refund_cents")
    )
    assert whole.is_empty()
    assert orders.select((pl.col("amount") * 100 - pl.col("amount_cents")).abs().max()).item() < 1e-6
    assert orders.select(pl.min_horizontal("amount", "gross", "discount", "refund").min()).item() >= 0
    refunded = orders.filter(pl.col("refund") > 0)
    assert 0.02 < refunded.height / orders.height < 0.06
    assert (refunded["amount"] < refunded["gross"] - refunded["discount"]).all()


def test_a_coupon_always_gives_a_discount(demo: Frames) -> None:
    with_coupon = demo["orders"].filter(pl.col("coupon").is_not_null())
    assert with_coupon.height > 10_000
    assert (with_coupon["discount"] > 0).all()
    assert demo["orders"].filter(pl.col("coupon").is_null(), pl.col("discount") > 0).height > 1_000


def test_nobody_orders_before_joining(demo: Frames) -> None:
    known = demo["orders"].filter(pl.col("customer_id").is_not_null())
    joined = known.join(demo["members"], on="customer_id", how="inner")
    assert joined.height == known.height
    assert (joined["ordered_at"].dt.date() >= joined["joined_on"]).all()


def test_some_members_never_order_and_some_orders_have_no_member(demo: Frames) -> None:
    idle = demo["members"].join(demo["orders"], on="customer_id", how="anti").height
    assert 0.05 < idle / demo["members"].height < 0.09
    walk_ins = demo["orders"].filter(pl.col("customer_id").is_null())
    assert 0.02 < walk_ins.height / demo["orders"].height < 0.05
    assert walk_ins["channel"].unique().to_list() == ["store"]
    assert walk_ins["coupon"].null_count() == walk_ins.height


def test_only_store_orders_name_a_store_and_take_its_region(demo: Frames) -> None:
    orders = demo["orders"]
    assert (orders["store"].is_not_null() == (orders["channel"] == "store")).all()
    regions = {(row["store"], row["region"]) for row in orders.filter(pl.col("store").is_not_null()).to_dicts()}
    assert regions == {(store.name, store.region) for store in STORES}
    hours = orders.filter(pl.col("channel") == "store")["ordered_at"].dt.hour()
    assert (hours.min(), hours.max()) == (10, 21)


def test_member_attributes_are_json(demo: Frames) -> None:
    homes = {city.name: city.region for city in CITIES}
    for row in demo["members"].head(500).to_dicts():
        attributes = json.loads(row["attributes"])
        assert list(attributes) == ["city", "birthday_month", "preferred_language"]
        assert homes[attributes["city"]] == row["region"]
        assert attributes["birthday_month"] in range(1, 13)
        assert attributes["preferred_language"] in LANGUAGES


def test_answers_follow_their_order(demo: Frames) -> None:
    feedback = demo["feedback"].join(demo["orders"], on="order_id", how="inner", suffix="_order")
    assert feedback.height == demo["feedback"].height
    assert (feedback["responded_at"] > feedback["ordered_at"]).all()
    assert feedback["customer_id"].eq_missing(feedback["customer_id_order"]).all()
    assert set(feedback["touchpoint"].unique()) == {"delivery", "store visit", "app", "support"}
    rated = demo["answers"].filter(~pl.col("item").str.contains("functional"))
    assert rated.join(demo["feedback"], left_on="response_id", right_on="feedback_id", how="anti").is_empty()
    assert set(rated["item"].unique()) == {"quality", "price", "service", "delivery", "assortment"}
    assert demo["answers"]["score"].unique().sort().to_list() == [1, 2, 3, 4, 5]


def test_every_score_of_each_survey_occurs(demo: Frames) -> None:
    scores = {survey: sorted(set(part["score"])) for (survey,), part in demo["feedback"].group_by("survey")}
    assert scores == {"nps": list(range(11)), "csat": list(range(1, 6)), "ces": list(range(1, 8))}


def test_a_quarter_of_the_answers_carry_a_comment_in_two_languages(demo: Frames) -> None:
    asked = demo["feedback"].filter(pl.col("survey") != "ces")  # the effort question has no room for words
    text = asked["comment"].drop_nulls()
    assert 0.22 < len(text) / asked.height < 0.28
    assert 0.1 < text.str.contains("[a-z]").mean() < 0.4
    assert text.n_unique() > 800
    assert not text.str.contains(r"[{}]").any()
    assert not text.str.contains(r"[^\x20-\x7E\p{Han}，。、]").any()


def test_there_are_sentences_for_every_topic_tone_and_language() -> None:
    assert set(sentences()) == {*ANSWER_TOPICS, "closing"}
    for topic, tones in sentences().items():
        assert tuple(sorted(tones)) == tuple(sorted(TONES))
        for languages in tones.values():
            assert {
                language: len(set(lines)) == len(lines) >= 2 for language, lines in languages.items()
            } == dict.fromkeys(LANGUAGES, True)
            assert all(topic.endswith("_staff") or "{" not in line for lines in languages.values() for line in lines)
    assert set(STORE_NAMES_ZH) == {store.name for store in STORES} > set(TRAINED_STORES)


def test_tiers_are_what_the_rule_gives_in_plain_python(demo: Frames) -> None:
    """Net spend of the twelve calendar months up to each month end; a sample of 400 members, the best buyers among them."""
    orders = demo["orders"].filter(pl.col("customer_id").is_not_null())
    best = (
        orders.group_by("customer_id")
        .agg(pl.col("amount").sum())
        .sort("amount", "customer_id")
        .tail(200)["customer_id"]
    )
    sample = {*best, *demo["members"]["customer_id"].gather_every(100)}
    spent: dict[str, dict[int, int]] = {member: defaultdict(int) for member in sample}
    for member, at, amount in orders.select("customer_id", "ordered_at", "amount").iter_rows():
        if member in sample:
            spent[member][at.year * 12 + at.month - 1] += round(amount * 100)
    expected = []
    for member, joined in demo["members"].select("customer_id", "joined_on").iter_rows():
        if member not in sample:
            continue
        tier = TIERS[0]
        expected.append((member, joined, tier))
        for month in range(2023 * 12 + 7, 2026 * 12 + 7):
            first = dt.date(month // 12, month % 12 + 1, 1)
            cents = sum(spent[member][past] for past in range(month - 12, month))
            reached = [
                name for name, threshold in zip(TIERS, TIER_THRESHOLDS_CNY, strict=True) if cents >= threshold * 100
            ][-1]
            if first > joined and reached != tier:
                tier = reached
                expected.append((member, first, tier))
    found = demo["tier_changes"].filter(pl.col("customer_id").is_in(list(sample))).rows()
    assert sorted(found) == sorted(expected)
    assert {tier for _, _, tier in found} == set(TIERS)


def test_parts_of_a_larger_chain_share_no_id() -> None:
    parts = [build_part(60, seed=3, part=part, pace=Pace(rate=2)) for part in (0, 1)]
    for table, key in NATURAL_KEYS.items():
        assert parts[0][table].join(parts[1][table], on=list(key), how="inner").is_empty()
    with pytest.raises(AssertionError):
        assert_frame_equal(
            parts[0]["orders"].drop("order_id", "customer_id"), parts[1]["orders"].drop("order_id", "customer_id")
        )
