"""No metric is left out: each of the catalogue is compared between engines by one of the tables here."""

from metrics.catalogue import CATALOGUE
from metrics.programme import record_discounts, record_points
from tests.engines import test_feedback, test_same_numbers
from tests.metrics.sales.asked import FAMILY

FAMILIES = {  # whose own test of engines goes over their records
    *(name for metric in FAMILY for name in (metric.name, metric.trend)),
    *(name for name, metric in CATALOGUE.items() if metric.family == "segments"),
    *(metric.name for metric in (*record_points.METRICS, *record_discounts.METRICS)),
}


def test_every_metric_of_the_catalogue_is_compared() -> None:
    asked = {question.partition("(")[0] for question in test_same_numbers.ASKED}
    by_name = asked | set(test_same_numbers.BESIDE) | set(test_feedback.ASKED) | {"tier_value"}
    assert by_name | FAMILIES == set(CATALOGUE)
