"""Published Kaplan–Meier curves."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from metrics.statistics.survival import kaplan_meier, repeat_curve
from tests.metrics.frames import lazy

# Freireich et al. 1963, Blood 21:699–716: weeks in remission on 6-MP, 21 patients
ENDED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STILL_IN_REMISSION = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def test_6_mp_curve_has_the_survival_and_greenwood_errors_of_freireich_1963() -> None:
    waits = pl.DataFrame(
        [(week, 1, 0) for week in ENDED] + [(week, 0, 1) for week in STILL_IN_REMISSION],
        schema=["time", "events", "censored"],
        orient="row",
    )
    steps = kaplan_meier(waits).filter(pl.col("events") > 0)
    assert steps["time"].to_list() == [6, 7, 10, 13, 16, 22, 23]
    assert steps["at_risk"].to_list() == [21, 17, 15, 12, 11, 7, 6]
    assert steps["survival"].round(4).to_list() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert steps["se"].round(4).to_list() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]


@pytest.mark.parametrize(("weeks", "share"), [(13, 0.292), (26, 0.378), (52, 0.455)])
def test_cdnow_customers_buy_again_within_weeks(shared: Path, weeks: int, share: float) -> None:
    """Fader & Hardie's CDNOW sample: 2,357 customers whose first purchase was in the first quarter of 1997, followed to June 1998."""
    text = (shared / "data" / "cdnow" / "CDNOW_sample.txt").read_text(encoding="ascii")
    lines = [line.split() for line in text.splitlines()]
    days = pl.DataFrame(
        {
            "customer_key": [int(customer) for _, customer, *_ in lines],
            "day": [dt.datetime.strptime(date, "%Y%m%d").date() for _, _, date, *_ in lines],
        }
    ).unique()
    curve = repeat_curve(lazy(days), as_of=dt.date(1998, 6, 30))
    assert curve["customers"].unique().to_list() == [2357]
    assert round(curve.filter(pl.col("elapsed") == weeks)["repeat_share"].item(), 3) == share
