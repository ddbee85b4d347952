"""Laws of satisfaction and effort that hold for every input."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from metrics.feedback.satisfaction import ces, csat
from tests.metrics.frames import answer_rows, lazy
from tests.metrics.test_laws import REGIONS, confidences, holds, law

SCALES = ((1, 5), (1, 7), (1, 10), (0, 10), (0, 1), (0, 100))


@st.composite
def ratings(draw: st.DrawFn) -> pl.DataFrame:
    """Up to 40 answers to both questions on any scale."""
    asked = st.tuples(st.sampled_from(["csat", "ces"]), st.sampled_from(SCALES), st.sampled_from(REGIONS))
    rows = []
    for survey, (low, high), region in draw(st.lists(asked, max_size=40)):
        score = float(draw(st.integers(low, high)))
        scale = {"scale_low": float(low), "scale_high": float(high)}
        rows.append({"survey": survey, "score": score, "region": region, **scale})
    return answer_rows(rows)


@law
@given(ratings(), ratings(), confidences)
def test_shares_lie_in_their_interval_and_means_on_the_scale(
    now: pl.DataFrame, before: pl.DataFrame, confidence: float
) -> None:
    results = [csat(lazy(rows), confidence=confidence, minimum=0) for rows in (now, before)]
    for result in results:
        holds(result, "csat", 0, 1)
        assert result.filter(~pl.col("mean").is_between(0, 100)).is_empty()
    effort = ces(lazy(now), confidence=confidence, minimum=0)
    holds(effort, "easy_share", 0, 1)
    assert effort.filter(~pl.col("mean").is_between(1, 7)).is_empty()


@law
@given(ratings(), st.randoms(use_true_random=False))
def test_row_order_changes_nothing_and_groups_add_up(rows: pl.DataFrame, random) -> None:
    places = list(range(rows.height))
    random.shuffle(places)
    for metric, counts in ((csat, ["n", "satisfied"]), (ces, ["n", "easy"])):
        assert_frame_equal(metric(lazy(rows[places]), by=["region"]), metric(lazy(rows), by=["region"]))
        parts = metric(lazy(rows), by=["region"]).select(pl.col(counts).sum())
        assert_frame_equal(parts, metric(lazy(rows)).select(counts))


@law
@given(ratings())
def test_the_mean_is_there_exactly_when_all_answers_share_one_scale(rows: pl.DataFrame) -> None:
    asked = rows.filter(pl.col("survey") == "csat")
    mean = csat(lazy(rows), minimum=0)["mean"].item()
    if asked.select("scale_low", "scale_high").n_unique() == 1:
        assert mean == pytest.approx(asked["score"].mean())
    else:
        assert mean is None
