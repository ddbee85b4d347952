"""What customers say: NPS, CSAT and questionnaire items, from how their orders went."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.demo.columns import DAY_SECONDS, ids, pick, times
from data.demo.comments import ANSWER_TOPICS, comments
from data.demo.people import People, member_ids
from data.demo.process import Orders
from data.demo.seasons import day_of
from data.demo.spend import order_ids
from data.demo.world import (
    APP,
    CHANNELS,
    COMMENT_SHARE,
    CSAT_ANSWER_SHARE,
    DAYS,
    DELIVERY,
    FELT_SUPPORT_QUEUE,
    IN_APP,
    ITEMS,
    QUESTIONNAIRE_SHARE,
    SOURCE,
    STORE,
    STORE_VISIT,
    STORES,
    SUPPORT,
    SUPPORT_QUEUE_SINCE,
    TOUCHPOINTS,
    WALK_IN_ANSWERS,
    Pace,
)

APP_SURVEY_SHARE = 0.35  # of app orders that are asked in the app, not after delivery
SUPPORT_SHARE, SUPPORT_SHARE_AFTER_TROUBLE = 0.03, 0.35  # of CSAT answers that are about support
DAYS_TO_ANSWER = {DELIVERY: (2, 7), STORE_VISIT: (0, 3), IN_APP: (0, 2), SUPPORT: (1, 5)}
SCALES = {"nps": (0.0, 10.0), "csat": (1.0, 5.0)}

# Item score = base + what happened + share of the satisfaction + noise, rounded to 1–5.
ITEM_BASE = {"quality": 4.25, "price": 3.75, "service": 4.2, "delivery": 4.25, "assortment": 4.0}
ITEM_PER_SATISFACTION = {"quality": 0.55, "price": 0.35, "service": 0.4, "delivery": 0.25, "assortment": 0.3}
ITEM_NOISE_SD = 0.55


@dataclass(frozen=True)
class Said:
    """One value per answer in each array, in the order of the answers' times."""

    order: np.ndarray  # place among the orders
    second: np.ndarray
    survey: np.ndarray  # 0 = NPS, 1 = CSAT
    score: np.ndarray
    touchpoint: np.ndarray  # place in TOUCHPOINTS


def said(placed: Orders, second: np.ndarray, pace: Pace, rng: np.random.Generator) -> Said:
    """The answers given until the last day."""
    count = len(placed)
    touchpoint = np.where(placed.channel == STORE, STORE_VISIT, DELIVERY)
    touchpoint = np.where((placed.channel == APP) & (rng.random(count) < APP_SURVEY_SHARE), IN_APP, touchpoint)
    nps = np.flatnonzero(placed.answers)
    share = CSAT_ANSWER_SHARE * pace.answers * np.where(placed.customer < 0, WALK_IN_ANSWERS, 1)
    csat = np.flatnonzero(rng.random(count) < share)
    trouble = (placed.late | placed.stock_out | (placed.staff < 0))[csat] & (placed.customer[csat] >= 0)
    support = rng.random(len(csat)) < np.where(trouble, SUPPORT_SHARE_AFTER_TROUBLE, SUPPORT_SHARE)
    satisfaction = placed.satisfaction[csat] + rng.normal(0, 0.3, len(csat))
    queued = support & (placed.day[csat] >= day_of(SUPPORT_QUEUE_SINCE))
    satisfaction += np.where(support, 0.5, 0) + np.where(queued, FELT_SUPPORT_QUEUE, 0)

    order = np.concatenate([nps, csat])
    touch = np.concatenate([touchpoint[nps], np.where(support, SUPPORT, touchpoint[csat])])
    soonest, latest = (
        np.array([DAYS_TO_ANSWER[place][end] for place in range(len(TOUCHPOINTS))])[touch] for end in (0, 1)
    )
    wait = rng.integers(2 * 3600, DAY_SECONDS, len(order)) + DAY_SECONDS * rng.integers(soonest, latest)
    at = second[order] + wait
    score = np.concatenate([placed.nps[nps], np.clip(np.rint(4.25 + 0.75 * satisfaction), 1, 5).astype(np.int64)])
    survey = np.repeat([0, 1], [len(nps), len(csat)])
    keep = np.flatnonzero(at < DAYS * DAY_SECONDS)
    keep = keep[np.lexsort((survey[keep], order[keep], at[keep]))]
    return Said(order[keep], at[keep], survey[keep], score[keep], touch[keep])


def feedback_rows(
    who: People,
    placed: Orders,
    orders: pl.DataFrame,
    answers: Said,
    rng: np.random.Generator,
    *,
    first_order_number: int,
    first_feedback_number: int,
    first_member_number: int,
) -> pl.DataFrame:
    """One row per answer (metrics.engine.schemas.Feedback)."""
    size, order = len(answers.order), answers.order
    low, high = (np.array([SCALES[name][end] for name in ("nps", "csat")]) for end in (0, 1))
    return pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, size, dtype=pl.String, eager=True),
            "feedback_id": feedback_ids(np.arange(size), first_feedback_number),
            "customer_id": member_ids(placed.customer[order], first_member_number),
            "responded_at": times(answers.second),
            "survey": pick(list(SCALES), answers.survey),
            "score": answers.score.astype(float),
            "scale_low": low[answers.survey],
            "scale_high": high[answers.survey],
            "touchpoint": pick(TOUCHPOINTS, answers.touchpoint),
            "channel": pick(CHANNELS, placed.channel[order]),
            "store": pick([store.name for store in STORES], placed.store[order]),
            "region": orders["region"].gather(order),
            "order_id": order_ids(order, first_order_number),
            "comment": _comments(who, placed, answers, rng),
            "weight": pl.repeat(None, size, dtype=pl.Float64, eager=True),
        }
    )


def feedback_ids(place: np.ndarray, first_number: int) -> pl.Series:
    return ids("F", place + first_number, 9)


def _comments(who: People, placed: Orders, answers: Said, rng: np.random.Generator) -> pl.Series:
    """A comment on about a quarter of the answers, null on the others."""
    speaks = rng.random(len(answers.order)) < COMMENT_SHARE
    order, score = answers.order[speaks], answers.score[speaks]
    nps = answers.survey[speaks] == 0
    tone = np.where(np.where(nps, score >= 9, score >= 5), 2, np.where(np.where(nps, score >= 7, score >= 4), 1, 0))
    happened = [
        answers.touchpoint[speaks] == SUPPORT,
        placed.staff[order] < 0,
        placed.late[order],
        placed.stock_out[order],
        (placed.staff[order] > 0),
        answers.touchpoint[speaks] == IN_APP,
        (placed.channel[order] != STORE) & (rng.random(len(order)) < 0.5),
    ]
    names = ("support", "poor_staff", "late", "stock_out", "good_staff", "app", "delivered")
    topic = np.select(happened, [ANSWER_TOPICS.index(name) for name in names], ANSWER_TOPICS.index("goods"))
    language = np.append(who.language, 0)[placed.customer[order]]
    stores = np.array([*(store.name for store in STORES), ""], dtype=object)[placed.store[order]]
    text = np.full(len(answers.order), None, dtype=object)
    text[speaks] = comments(topic, tone, language, stores, rng)
    return pl.Series(text.tolist(), dtype=pl.String)


def item_rows(
    placed: Orders,
    orders: pl.DataFrame,
    answers: Said,
    rng: np.random.Generator,
    *,
    first_feedback_number: int,
    first_member_number: int,
) -> pl.DataFrame:
    """One row per questionnaire and item (metrics.engine.schemas.Answer), for some of the NPS answers; in stores nobody rates delivery."""
    filled = np.flatnonzero((answers.survey == 0) & (rng.random(len(answers.order)) < QUESTIONNAIRE_SHARE))
    respondent = np.repeat(filled, len(ITEMS))
    item = np.tile(np.arange(len(ITEMS)), len(filled))
    order = answers.order[respondent]
    discounted = (orders["discount"].to_numpy() > 0)[order] if len(order) else np.zeros(0, bool)
    felt = np.select(
        [item == ITEMS.index(name) for name in ("price", "service", "delivery", "assortment")],
        [0.35 * discounted, 0.9 * np.maximum(placed.staff[order], -1) - 0.3 * (placed.staff[order] > 0),
         -1.9 * placed.late[order], -1.6 * placed.stock_out[order]],
        0.0,
    )  # fmt: skip
    base, slope = (np.array([table[name] for name in ITEMS])[item] for table in (ITEM_BASE, ITEM_PER_SATISFACTION))
    raw = base + felt + slope * placed.satisfaction[order] + rng.normal(0, ITEM_NOISE_SD, len(item))
    given = (item != ITEMS.index("delivery")) | (placed.channel[order] != STORE)
    respondent, item, order, score = respondent[given], item[given], order[given], np.clip(np.rint(raw[given]), 1, 5)
    size = len(item)
    return pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, size, dtype=pl.String, eager=True),
            "response_id": feedback_ids(respondent, first_feedback_number),
            "item": pick(ITEMS, item),
            "customer_id": member_ids(placed.customer[order], first_member_number),
            "responded_at": times(answers.second[respondent]),
            "score": score,
            "scale_low": np.full(size, 1.0),
            "scale_high": np.full(size, 5.0),
        }
    )
