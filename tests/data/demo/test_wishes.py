"""What was planted in the Kano questionnaire of the demo is found again."""

import polars as pl
import pytest

from data.demo.build import build
from data.demo.wishes import WISHES
from metrics.survey.kano import CATEGORIES, kano
from tests.metrics.frames import lazy

PLANTED = {
    "gift wrapping": "attractive",
    "free returns": "performance",
    "on-time delivery": "must_be",
    "live shopping": "indifferent",
    "member day": "mixed",
}


@pytest.fixture(scope="module")
def found() -> dict[str, dict]:
    answers = build(customers=6_000)["answers"].with_columns(customer_key=pl.lit(None, pl.Int64))
    return {row["feature"]: row for row in kano(lazy(answers)).iter_rows(named=True)}


def test_each_feature_has_its_category(found: dict[str, dict]) -> None:
    assert {feature: row["category"] for feature, row in found.items()} == PLANTED
    assert all(row["n"] > 500 and 0 < row["missing"] < 0.1 * row["n"] for row in found.values())


def test_shares_and_coefficients_are_those_of_the_plan(found: dict[str, dict]) -> None:
    for feature, shares in WISHES.items():
        row = found[feature]
        for name, share in zip(list(CATEGORIES.values())[:5], (*shares,), strict=True):
            assert row[name] / row["n"] == pytest.approx(share / sum(shares), abs=0.06), (feature, name)
        a, o, m, i, _reverse = shares
        assert row["low"] - 0.03 < (a + o) / (a + o + m + i) < row["high"] + 0.03
        assert row["worse_low"] - 0.03 < -(o + m) / (a + o + m + i) < row["worse_high"] + 0.03
