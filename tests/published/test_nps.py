"""Published figures of the Net Promoter Score."""

import csv
import gzip
from pathlib import Path

import polars as pl
import pytest

from metrics.feedback.nps import nps
from metrics.statistics.intervals import adjusted_wald_nps
from tests.metrics.frames import scores


def test_adjusted_wald_interval_is_that_of_rocks_2016() -> None:
    """Rocks 2016, arXiv:1601.07235: 36 promoters and 5 detractors among 67 answers."""
    low, high = adjusted_wald_nps(pl.lit(36 / 67), pl.lit(5 / 67), pl.lit(67.0))
    interval = pl.select(low=low, high=high).row(0)
    assert interval == pytest.approx((29.3, 59.3), abs=0.05)


def test_the_metric_gives_the_interval_of_rocks_2016() -> None:
    result = nps(scores(*[9] * 36, *[8] * 26, *[0] * 5))
    assert result.select("n", "promoters", "passives", "detractors").row(0) == (67, 36, 26, 5)
    assert result.select("low", "high").row(0) == pytest.approx((29.3, 59.3), abs=0.05)


@pytest.mark.parametrize(
    ("year", "n", "counts", "score"),
    [
        ("2017", 2746, (1436, 968, 342), 39.84),
        ("2018", 2650, None, 30.98),
    ],
)
def test_airport_survey_has_its_known_score(
    shared: Path, year: str, n: int, counts: tuple[int, int, int] | None, score: float
) -> None:
    """San Francisco airport's passenger survey, question NETPRO: 0–10, 11 where it was left blank."""
    with gzip.open(shared / "data" / "sfo_survey" / f"{year}.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        names, *rows = csv.reader(file)
    column = [name.strip() for name in names].index("NETPRO")
    given = [float(row[column]) for row in rows if row[column].strip()]
    result = nps(scores(*[value for value in given if value <= 10])).row(0, named=True)
    assert result["n"] == n
    assert round(result["nps"], 2) == score
    if counts:
        assert (result["promoters"], result["passives"], result["detractors"]) == counts
