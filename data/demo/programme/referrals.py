"""Who brought whom: most of those won by a referral name somebody who had joined before them and orders often."""

import numpy as np
import polars as pl

from data.demo.columns import dates
from data.demo.people import People, member_ids
from data.demo.world import ACQUISITION, SOURCE

NAMED_SHARE = 0.85


def referral_rows(who: People, rng: np.random.Generator, *, first_member_number: int) -> pl.DataFrame:
    """One row per referral (metrics.engine.schemas.Referral), by the day of joining."""
    referred = who.acquisition == ACQUISITION.index("referral")
    named = np.flatnonzero(referred & (rng.random(len(who)) < NAMED_SHARE))
    earlier = np.searchsorted(who.joined, who.joined[named], side="left")  # customers stand in the order of joining
    named, earlier = named[earlier > 0], earlier[earlier > 0]
    weight = np.concatenate([[0.0], np.cumsum(who.rate)])
    drawn = rng.random(len(named)) * weight[earlier]
    referrer = np.minimum(np.searchsorted(weight, drawn, side="right") - 1, earlier - 1)
    return pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, len(named), dtype=pl.String, eager=True),
            "customer_id": member_ids(named, first_member_number),
            "referrer_id": member_ids(referrer, first_member_number),
            "referred_on": dates(who.joined[named]),
        }
    )
