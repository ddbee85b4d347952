"""What lies behind the scores: answers per box of each scale, low scores with their customers, items, weights."""

from pathlib import Path

import pytest

from data.questions.ask import Question, whole
from data.questions.feedback import item_scores, low_scores, score_boxes, weights
from data.store.store import Store
from tests.data.rows import nps, order, take


def csat(feedback_id: str, score: float, low: float = 1.0, high: float = 5.0, **more: object) -> dict[str, object]:
    asked = {"survey": "csat", "scale_low": low, "scale_high": high, **more}
    return (
        nps(feedback_id, str(asked.pop("customer_id", "")) or None, str(asked.pop("day", "2026-01-10")), score) | asked
    )


@pytest.fixture
def made(tmp_path: Path):
    """Gives a snapshot of these rows, and the question about all of them."""
    opened = []

    def make(**tables: list[dict]):
        store = Store.open(tmp_path / f"{len(opened)}.duckdb").__enter__()
        take(store, **tables)
        reading = store.snapshot()
        snap = reading.__enter__()
        opened.append((store, reading))
        question = whole(snap)
        assert isinstance(question, Question)
        return snap, question

    yield make
    for store, reading in opened:
        reading.__exit__(None, None, None)
        store.close()


def test_every_score_of_a_scale_is_a_row_and_the_scale_with_most_answers_comes_first(made) -> None:
    answers = [csat(str(place), score) for place, score in enumerate([5, 5, 4, 3.9, 1])]
    longer = [csat("7", 7, high=7.0), csat("8", 1, high=7.0)]
    found = score_boxes(*made(feedback=answers + longer), survey="csat")
    assert found.select("scale_high", "box_from", "box_to", "box", "answers").rows() == [
        (5, 1, 1, 0, 1), (5, 2, 2, 0, 0), (5, 3, 3, 1, 1), (5, 4, 4, 2, 1), (5, 5, 5, 2, 2),
        (7, 1, 1, 0, 1), (7, 2, 2, 0, 0), (7, 3, 3, 1, 0), (7, 4, 4, 1, 0), (7, 5, 5, 1, 0), (7, 6, 6, 2, 0), (7, 7, 7, 2, 1),
    ]  # fmt: skip


def test_a_long_scale_is_cut_in_tenths_whose_ends_are_the_lowest_and_the_highest_fifth(made) -> None:
    answers = [
        csat(str(place), score, low=1.0, high=100.0) for place, score in enumerate([1, 20.7, 20.8, 80.1, 80.2, 100])
    ]
    found = score_boxes(*made(feedback=answers), survey="csat")
    assert found["answers"].to_list() == [1, 1, 1, 0, 0, 0, 0, 1, 1, 1]
    assert found["box"].to_list() == [0, 0, 1, 1, 1, 1, 1, 1, 2, 2]
    assert found.select("box_from", "box_to").row(9) == pytest.approx((90.1, 100))


def test_effort_is_low_from_1_to_3_and_other_scales_do_not_count(made) -> None:
    answers = [csat(str(score), score, high=7.0, survey="ces") for score in range(1, 8)]
    snap, question = made(feedback=[*answers, csat("9", 1, survey="ces")])
    assert score_boxes(snap, question, survey="ces")["box"].to_list() == [0, 0, 0, 1, 2, 2, 2]
    assert low_scores(snap, question, survey="ces", limit=9)["score"].sort().to_list() == [1, 2, 3]


def test_low_scores_are_the_newest_with_the_customer_as_the_file_names_it(made) -> None:
    answers = [
        csat("1", 1, customer_id="M 7", comment="late", touchpoint="delivery"),
        csat("2", 2, day="2026-01-12"),
        csat("3", 3, day="2026-01-13"),
        csat("4", 2, day="2026-01-11", customer_id="x"),
    ]
    snap, question = made(feedback=answers, orders=[order("1", "M 7", "2026-01-05", 10, region="East")])
    found = low_scores(snap, question, survey="csat", limit=9)
    assert found.select("score", "customer_id", "comment", "touchpoint", "region").rows() == [
        (2, None, None, None, None),
        (2, "x", None, None, None),
        (1, "M 7", "late", "delivery", "East"),
    ]
    assert low_scores(snap, question, survey="csat", limit=1)["customer_id"].to_list() == [None]


def test_items_are_read_like_csat_each_on_its_own_scale(made) -> None:
    rows = [
        {"source": "q", "response_id": str(place), "item": item, "responded_at": csat("1", 1)["responded_at"],
         "score": score, "scale_low": 1.0, "scale_high": high}
        for item, high in (("price", 5.0), ("service", 7.0)) for place, score in enumerate([4.0] * 20 + [2.0] * 20)
    ]  # fmt: skip
    found = item_scores(*made(answers=rows, feedback=[csat("1", 1)]))
    assert found.select("item", "n", "satisfied", "csat", "mean").rows() == [
        ("price", 40, 20, 0.5, 3.0),
        ("service", 40, 0, 0.0, 3.0),
    ]


def test_weights_are_counted_on_the_recommendation_question(made) -> None:
    answers = [nps("1", None, "2026-01-10", 9, weight=2.0), nps("2", None, "2026-01-10", 9), csat("3", 5, weight=1.0)]
    assert weights(*made(feedback=answers)).row(0) == (2, 1)


def test_without_such_answers_there_is_no_row(made) -> None:
    snap, question = made(feedback=[nps("1", None, "2026-01-10", 9)])
    assert score_boxes(snap, question, survey="csat").height == 0
    assert low_scores(snap, question, survey="ces", limit=5).height == 0
    assert item_scores(snap, question).height == 0
