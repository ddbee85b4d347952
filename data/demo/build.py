"""The demo data as incoming rows: the same frames for the same seed, whatever the machine."""

import numpy as np
import polars as pl

from data.demo.effort import effort_rows
from data.demo.feedback import feedback_rows, item_rows, said
from data.demo.people import members, people
from data.demo.process import orders
from data.demo.programme.benefits import benefit_rows
from data.demo.programme.events import event_rows
from data.demo.programme.lines import line_rows
from data.demo.programme.points import point_rows
from data.demo.programme.referrals import referral_rows
from data.demo.seasons import seasons
from data.demo.spend import order_rows, seconds
from data.demo.tiers import tier_of_orders, tier_rows, tiers_by_month
from data.demo.wishes import wish_rows
from data.demo.world import CUSTOMERS, SEED, Pace

PART_SIZE = 10_000_000  # members of one part have numbers of their own


def build(*, customers: int = CUSTOMERS, seed: int = SEED) -> dict[str, pl.DataFrame]:
    """One frame per table of metrics.engine.schemas.TABLES, with its columns in order; no customers give frames without rows.

    Every customer is a member; about one in fourteen never orders. Orders stand in the order of their times.
    """
    return build_part(customers, seed=seed)


def build_part(customers: int, *, seed: int, part: int = 0, pace: Pace | None = None) -> dict[str, pl.DataFrame]:
    """The same for one of several independent parts of a larger chain: ids of different parts never meet. Events are of the whole
    chain, and stand in the first."""
    pace = pace or Pace()
    # One stream per stage: a change in one leaves the draws of the others as they are.
    streams = [np.random.default_rng([seed, part, stage]) for stage in range(13)]
    first = part * PART_SIZE + 1
    days = seasons()
    who = people(customers, days, pace, streams[0])
    placed = orders(who, days, pace, streams[1])
    second = seconds(placed, streams[2])
    by_time = np.argsort(second, kind="stable")
    placed, second = placed.taken(by_time), second[by_time]
    rows = order_rows(who, placed, second, days, streams[3], first_order_number=first, first_member_number=first)
    answers = said(placed, second, pace, streams[4])
    firsts = dict.fromkeys(("first_order_number", "first_feedback_number", "first_member_number"), first)
    said_rows = feedback_rows(who, placed, rows, answers, streams[5], **firsts)
    eased_rows = effort_rows(placed, second, rows, pace, streams[7], **firsts)
    tier = tiers_by_month(who, placed, np.rint(rows["amount"].to_numpy() * 100))
    held = tier_of_orders(placed, tier)
    number = {"first_member_number": first}
    rated = item_rows(placed, rows, answers, streams[6], first_feedback_number=first, first_member_number=first)
    wished = wish_rows(placed, streams[12], first_number=first, **number)
    return {
        "orders": rows,
        "members": members(who, first),
        "feedback": pl.concat([said_rows, eased_rows]).sort("responded_at", maintain_order=True),
        "answers": pl.concat([rated, wished]),
        "tier_changes": tier_rows(who, tier, **number),
        "order_lines": line_rows(placed, rows, customers, streams[8]),
        "points": point_rows(placed, second, rows, held, streams[9], **number),
        "referrals": referral_rows(who, streams[10], **number),
        "benefits": benefit_rows(who, placed, second, held, tier, streams[11], **number),
        "events": event_rows() if customers and not part else event_rows().clear(),
    }
