"""What happened in the made-up chain, as somebody there would have noted it. All of it is in the numbers."""

import datetime as dt

import polars as pl

from data.demo.world import (
    COURIER_CHANGED_ON,
    FIRST_DAY,
    LAST_DAY,
    POINTS_SINCE,
    SOURCE,
    SPRING_CAMPAIGN,
    SUPPORT_QUEUE_SINCE,
    TRAINED_STORES,
    TRAINING_ON,
)
from metrics.engine.schemas import TABLES

TRAINING_DAYS = 3
YEARLY = (
    ("Double 11", "DOUBLE11", (11, 1), (11, 12)),
    ("618", "618", (6, 1), (6, 18)),
)  # campaigns: coupon, first and last day


def event_rows() -> pl.DataFrame:
    """One row per event (metrics.engine.schemas.Event), by its first day."""
    trained = TRAINING_ON + dt.timedelta(days=TRAINING_DAYS - 1)
    rows = [
        ("Service training", "training", TRAINING_ON, trained, "; ".join(TRAINED_STORES), None, None),
        ("New courier", "delivery", COURIER_CHANGED_ON, None, None, "online orders", None),
        ("Support moved to one queue", "support", SUPPORT_QUEUE_SINCE, None, None, None, None),
        ("Spring campaign", "campaign", *SPRING_CAMPAIGN, None, "new customers", "Coupon SPRING30"),
        ("Points begin", "programme", POINTS_SINCE, None, None, "members", None),
        *(
            (f"{name} {year}", "campaign", dt.date(year, *first), dt.date(year, *last), None, None, f"Coupon {coupon}")
            for name, coupon, first, last in YEARLY
            for year in range(FIRST_DAY.year, LAST_DAY.year + 1)
            if FIRST_DAY <= dt.date(year, *first) <= LAST_DAY
        ),
    ]
    rows.sort(key=lambda row: (row[2], row[0]))
    schema = {name: column.dtype for name, column in TABLES["events"].columns().items()}
    named = [(SOURCE, f"E{place:03d}", *row) for place, row in enumerate(rows, start=1)]
    return pl.DataFrame(named, schema=schema, orient="row")
