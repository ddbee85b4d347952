"""What may be said about a change."""

import pytest

from metrics.statistics.verdict import confidence_of_each, confidence_of_each_pair, verdict


@pytest.mark.parametrize(
    ("low", "high", "higher_is_better", "said"),
    [
        (None, None, True, "too_few"),
        (None, 1.0, True, "too_few"),
        (1.0, 2.0, True, "better"),
        (1.0, 2.0, False, "worse"),
        (-2.0, -1.0, True, "worse"),
        (-2.0, -1.0, False, "better"),
        (-1.0, 1.0, True, "none"),
        (0.0, 1.0, True, "none"),
        (-1.0, 0.0, False, "none"),
    ],
)
def test_verdict(low: float | None, high: float | None, higher_is_better: bool, said: str) -> None:
    assert verdict(low, high, higher_is_better) == said


@pytest.mark.parametrize(
    ("groups", "confidence"), [(0, 0.95), (1, 0.95), (2, 0.95), (3, 0.95 ** (1 / 3)), (5, 0.95**0.1)]
)
def test_the_more_pairs_the_surer_each_interval_must_be(groups: int, confidence: float) -> None:
    assert confidence_of_each_pair(groups) == pytest.approx(confidence)


@pytest.mark.parametrize(("groups", "confidence"), [(0, 0.95), (1, 0.95), (2, 0.95**0.5), (5, 0.95**0.2)])
def test_the_more_groups_the_surer_each_interval_must_be(groups: int, confidence: float) -> None:
    assert confidence_of_each(groups) == pytest.approx(confidence)
