"""Published intervals, through the metric that shows them."""

import pytest

from metrics.feedback.satisfaction import csat
from tests.metrics.frames import scores


@pytest.mark.parametrize(
    ("satisfied", "n", "interval"),
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (0, 20, (0.0, 0.1611))],
)
def test_csat_interval_is_method_3_of_newcombe_1998_table_1(
    satisfied: int, n: int, interval: tuple[float, float]
) -> None:
    """Newcombe 1998, Statistics in Medicine 17:857–872, Table I."""
    answers = scores(*[5] * satisfied, *[2] * (n - satisfied), survey="csat", scale_low=1.0, scale_high=5.0)
    row = csat(answers, minimum=1).row(0, named=True)
    assert (row["n"], row["satisfied"]) == (n, satisfied)
    assert (row["low"], row["high"]) == pytest.approx(interval, abs=0.00005)
