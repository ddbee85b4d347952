"""What a campaign changed: orders and revenue of those who were contacted, against those whom the lot held out of it."""

import datetime as dt
import hashlib

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.exact import money
from metrics.engine.periods import at_least
from metrics.engine.reduce import collected, day_number, one_if
from metrics.statistics.adjusted import adjusted_difference

NUMBERS = ("orders", "revenue")
CONTACTED, HELD_OUT = "contacted", "held_out"
DRAW_BYTES = 8
TYPES: dict[str, pl.DataType] = {
    "number": pl.String(),
    **dict.fromkeys(("contacted", "held_out"), pl.Int64()),
    **dict.fromkeys(("mean_contacted", "mean_held_out", "lift", "low", "high", "least", "correlation"), pl.Float64()),
}


def arm(seed: str, customer_key: int, share: float) -> str:
    """In which arm of a campaign somebody is: a lot that is always the same for its seed, and held out with the chance `share`."""
    drawn = hashlib.sha256(f"{seed}:{customer_key}".encode()).digest()[:DRAW_BYTES]
    return HELD_OUT if int.from_bytes(drawn) < share * 256**DRAW_BYTES else CONTACTED


def held_out_lift(
    members: nw.LazyFrame,
    *,
    orders: nw.LazyFrame,
    refunds: nw.LazyFrame,
    as_of: dt.date,
    horizon_days: int = 90,
    before_days: int = 365,
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Orders and net revenue per person from the day after the list on, for `horizon_days` or until `as_of`, contacted minus held out.

    Two rows: number (orders, revenue), contacted and held_out (people in each arm), mean_contacted, mean_held_out (as they are), lift, low,
    high (less what both arms differed in over the `before_days` up to the list), least (the smallest lift that would have been seen in
    four of five such campaigns), correlation (of after with before). Below `minimum` people in either arm all but the counts is null; the
    size of the result never is a reason. Who came back by themselves stays in.

    `members` has one row per person: customer_key, arm, listed_on. Interval: see `statistics.adjusted`.
    """
    days = {"after": at_least("horizon_days", horizon_days, 1), "before": at_least("before_days", before_days, 1)}
    columns = {"day": day_number(nw.col("ordered_at").cast(nw.Date)), "revenue": money("amount").fill_null(0)}
    paid = nw.concat(
        [
            rows.filter(nw.col("ordered_at").cast(nw.Date) <= nw.lit(as_of)).select(
                "customer_key", **columns, orders=nw.lit(counted)
            )
            for rows, counted in ((orders, 1), (refunds, 0))
        ]
    )
    people = members.select("customer_key", "arm", listed=day_number(nw.col("listed_on")))
    both = people.join(paid, on="customer_key", how="left")
    day, listed = nw.col("day"), nw.col("listed")
    inside = {
        "after": (day > listed) & (day <= listed + days["after"]),
        "before": (day <= listed) & (day > listed - days["before"]),
    }
    sums = {
        f"{number}_{when}": nw.when(condition).then(nw.col(number)).otherwise(nw.lit(0))
        for when, condition in inside.items()
        for number in NUMBERS
    }
    both = both.with_columns(**sums, is_contacted=one_if(nw.col("arm") == CONTACTED))
    each = collected(both.group_by("customer_key", "is_contacted").agg(nw.col(*sums).sum())).sort("customer_key")
    return pl.DataFrame(
        [_row(number, each, confidence, minimum) for number in NUMBERS], schema=TYPES, orient="row"
    )  # fmt: skip


def _row(number: str, each: pl.DataFrame, confidence: float, minimum: int) -> dict[str, object]:
    arm, after = each["is_contacted"].to_numpy(), each[f"{number}_after"].cast(pl.Float64).to_numpy()
    sizes = {CONTACTED: int((arm > 0).sum()), HELD_OUT: int((arm == 0).sum())}
    row: dict[str, object] = {"number": number, **sizes}
    if min(sizes.values()) < max(minimum, 2):
        return {**row, **dict.fromkeys(list(TYPES)[3:])}
    row |= {"mean_contacted": float(after[arm > 0].mean()), "mean_held_out": float(after[arm == 0].mean())}
    before = each[f"{number}_before"].cast(pl.Float64).to_numpy()
    found = adjusted_difference(after, before, arm, confidence=confidence)
    if found is None:  # nobody ordered anything, so that nothing is known of what would differ
        return {**row, **dict.fromkeys(list(TYPES)[5:])}
    return {
        **row, "lift": found.value, "low": found.low, "high": found.high, "least": found.least,
        "correlation": found.correlation,
    }  # fmt: skip
