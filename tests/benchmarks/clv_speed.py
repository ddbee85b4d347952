"""Customer lifetime value: a million customers, and BG/NBD on CDNOW beside the library `lifetimes`."""

import datetime as dt
import os
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from data.questions.ask import ask, whole
from data.store.snapshot import Snapshot
from metrics.clv.holdout import grouped, holdout_split
from metrics.clv.models.bg_nbd import BG_NBD
from metrics.engine.rollups import order_days
from tests.benchmarks.measure import ROOT, Line, median_ms, medians_ms
from tests.metrics.frames import lazy

FIT_LIMIT_MS = 1_000
TIMES_FASTER = 10
CDNOW = ROOT.parent / "shared" / "data" / "cdnow" / "CDNOW_sample.txt"
CALIBRATION_END = dt.date(1997, 9, 30)
HOLDOUT_WEEKS = 39


def lines(snap: Snapshot) -> Iterator[Line]:
    """Fit and predictions for all customers of the set, then the race on CDNOW where its log is at hand."""
    question = whole(snap)
    assert question
    for what, horizon_weeks in (("one year", 52), ("three years", 156)):
        took_ms = median_ms(partial(ask, snap, "clv", question, horizon_weeks=horizon_weeks), runs=3)
        yield Line(
            f"clv, {what}, {snap.extent().customers:,} customers",
            f"{took_ms:,.0f} ms",
            f"≤ {FIT_LIMIT_MS:,} ms",
            took_ms <= FIT_LIMIT_MS,
        )
    yield _race(Path(os.environ.get("CDNOW", CDNOW)))


def _race(log: Path) -> Line:
    what, target = "BG/NBD on CDNOW, beside lifetimes", f"≥ {TIMES_FASTER}×, same log-likelihood"
    if not log.exists():
        return Line(what, f"not run: {log} is not here", target)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its syntax and pandas warnings are its own
        from lifetimes import BetaGeoFitter
    split = holdout_split(order_days(lazy(_orders(log))), calibration_end=CALIBRATION_END, holdout_weeks=HOLDOUT_WEEKS)
    purchases, table = grouped(split), split.select("x", "t_x", "T").to_pandas()

    def theirs() -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = BetaGeoFitter(penalizer_coef=0.0).fit(table["x"], table["t_x"], table["T"])
        return fitted.params_.to_numpy()

    ours_ms, theirs_ms = medians_ms(lambda: BG_NBD.fit(purchases), theirs)
    ours = BG_NBD.fit(purchases).log_likelihood
    same, _ = BG_NBD.log_likelihood(theirs(), purchases)
    figures = (
        f"{ours_ms:,.1f} ms · lifetimes {theirs_ms:,.0f} ms ({theirs_ms / ours_ms:.1f}×) · LL {ours:.2f} and {same:.2f}"
    )
    return Line(what, figures, target, theirs_ms >= TIMES_FASTER * ours_ms and ours >= same - 0.01)


def _orders(log: Path) -> pl.DataFrame:
    """Customer, day and dollars of each line: id, id in the sample, yyyymmdd, units, dollars."""
    rows = [line.split() for line in log.read_text().splitlines()]
    records = [(int(row[0]), dt.datetime.strptime(row[2], "%Y%m%d"), float(row[4])) for row in rows]
    return pl.DataFrame(records, schema=["customer_key", "ordered_at", "amount"], orient="row")
