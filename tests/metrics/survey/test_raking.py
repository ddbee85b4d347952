"""Weights to known margins."""

import numpy as np
import pytest

from metrics.errors import RuleError
from metrics.survey.raking import design_effect, parsed, raked

ROWS = {"region": ["N"] * 6 + ["S"] * 4, "tier": ["gold", "silver"] * 5}


def shares(weights: np.ndarray, margin: str) -> dict[str, float]:
    groups = np.array(ROWS[margin])
    return {str(group): float(weights[groups == group].sum() / weights.sum()) for group in np.unique(groups)}


def test_nobody_has_no_weights() -> None:
    assert raked({}, {}).tolist() == []


def test_margins_are_met() -> None:
    weights = raked(ROWS, {"region": {"N": 50, "S": 50}, "tier": {"gold": 30, "silver": 70}})
    assert shares(weights, "region") == pytest.approx({"N": 0.5, "S": 0.5}, abs=1e-6)
    assert shares(weights, "tier") == pytest.approx({"gold": 0.3, "silver": 0.7}, abs=1e-6)
    assert weights.mean() == pytest.approx(1)
    assert design_effect(weights) > 1
    assert design_effect(np.ones(9)) == 1


def test_a_group_of_nobody_and_a_text_that_is_no_margin_are_named() -> None:
    with pytest.raises(RuleError, match="“W” of “region”"):
        raked(ROWS, {"region": {"N": 50, "W": 50}})
    with pytest.raises(RuleError, match="“region” is no margin"):
        parsed("region")
    assert parsed("region: N=60, S=40; tier: gold=1") == {"region": {"N": 60, "S": 40}, "tier": {"gold": 1}}
    assert parsed("") == {}


def test_contradicting_margins_are_named() -> None:
    same = {"one": ["a", "a", "b"], "other": ["x", "x", "y"]}
    with pytest.raises(RuleError, match=r"margin “(one|other)”"):
        raked(same, {"one": {"a": 50, "b": 50}, "other": {"x": 80, "y": 20}})


def test_large_weights_are_cut() -> None:
    rare = {"region": ["N"] * 99 + ["S"]}
    weights = raked(rare, {"region": {"N": 50, "S": 50}}, trimmed=0)
    assert weights.max() / np.median(weights) == pytest.approx(99)
