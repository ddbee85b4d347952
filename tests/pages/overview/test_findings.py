"""Titles claim no more than the intervals support, in both languages."""

import datetime as dt
from dataclasses import replace
from functools import partial

import pytest

from data.segment import Segment
from metrics.statistics.verdict import Verdict
from pages.overview import cards, moved
from pages.overview.cards import Number
from pages.shared.model.parts import Place
from pages.shared.readings import findings, moves, readings
from pages.shared.readings.moves import Move
from pages.shared.readings.readings import Reading
from pages.shared.session.view import View
from pages.shared.words.texts import speaking

NPS = Reading(
    metric="nps", name=readings.NPS, noun="answers", percent=False, value=41.2, low=38.1, high=44.3, n=2746, minimum=30,
    change=4.6, change_low=0.3, change_high=8.9, before=36.6, verdict="better", months=([], [], []),
)  # fmt: skip
RETENTION = replace(
    NPS, metric="retention", name=readings.RETENTION, percent=True, value=24.8, before=27.1, verdict="worse"
)
REPEAT = replace(NPS, metric="repeat_rate", name=readings.REPEAT, percent=True, value=46.1, before=45.7, verdict="none")
FEW = replace(
    NPS,
    value=None,
    low=None,
    high=None,
    n=18,
    change=None,
    change_low=None,
    change_high=None,
    before=None,
    verdict="too_few",
)


def with_verdicts(*verdicts: Verdict) -> list[Reading]:
    return [replace(reading, verdict=kind) for reading, kind in zip((NPS, RETENTION, REPEAT), verdicts, strict=True)]


@pytest.mark.parametrize(
    ("shown", "compared", "english", "chinese"),
    [
        ([], True, "Too few answers and orders to tell", "答卷与订单过少，无法判断"),
        ([FEW, FEW], True, "Too few answers and orders to tell", "答卷与订单过少，无法判断"),
        (with_verdicts("none", "none", "none"), True, "No clear change in NPS, month-3 retention and repeat rate",
         "净推荐值、第 3 月留存率与复购率无明显变化"),
        (with_verdicts("better", "worse", "none"), True, "NPS got better; month-3 retention got worse", "净推荐值改善，第 3 月留存率恶化"),
        (with_verdicts("better", "none", "better"), True, "NPS and repeat rate got better", "净推荐值与复购率改善"),
        (with_verdicts("none", "worse", "worse"), True, "Month-3 retention and repeat rate got worse", "第 3 月留存率与复购率恶化"),
        (with_verdicts("too_few", "too_few", "too_few"), True, "Too few answers and orders before to compare",
         "对比期的答卷与订单过少，无法比较"),
        ([FEW, *with_verdicts("none", "none", "none")[2:]], True, "No clear change in repeat rate", "复购率无明显变化"),
        ([replace(NPS, compares=False), *with_verdicts("better", "none", "none")[1:]], True,
         "No clear change in month-3 retention and repeat rate", "第 3 月留存率与复购率无明显变化"),
        ([replace(NPS, compares=False)], True, "The key numbers, without a comparison", "关键指标，不作对比"),
        (with_verdicts("better", "worse", "none"), False, "The key numbers, without a comparison", "关键指标，不作对比"),
    ],
)  # fmt: skip
def test_overview(shown: list[Reading], compared: bool, english: str, chinese: str) -> None:
    for language, title in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert findings.overview(shown, compared=compared) == title


@pytest.mark.parametrize(
    ("compared", "level"),
    [
        ([], None),
        ([NPS], None),
        ([NPS, FEW], None),
        ([NPS, REPEAT, replace(NPS, compares=False)], 0.95**0.5),
        ([NPS] * 5, 0.95**0.2),
    ],
)
def test_changes_that_share_the_title_are_judged_together(
    monkeypatch: pytest.MonkeyPatch, compared: list[Reading], level: float | None
) -> None:
    """A surer interval may hold 0: the title and the card then both say that there is no clear change."""
    asked: list[float] = []

    def read(_view: View, one: Reading = NPS, confidence: float = 0.95) -> Reading:
        asked.append(confidence)
        return one if confidence == 0.95 else replace(one, verdict="none")

    known = {str(n): Number(partial(read, one=one), "answers", "NPS", Place("nps")) for n, one in enumerate(compared)}
    monkeypatch.setattr(cards, "NUMBERS", known)
    monkeypatch.setattr(cards, "chosen", lambda view: {code: number.read(view) for code, number in known.items()})
    last = dt.date(2026, 6, 30)
    found, k = cards.together(View(dt.date(2026, 4, 1), last, last, "year", Segment()))
    judged = [one for one in compared if one.compares and one.change is not None]
    assert k == len(judged)
    assert asked[len(compared) :] == pytest.approx([level] * k if level else [])
    verdicts = [one.verdict for one in found.values()]
    assert verdicts == ["none" if level and one in judged else one.verdict for one in compared]


@pytest.mark.parametrize(
    ("reading", "compared", "title"),
    [
        (FEW, True, "Too few answers to show NPS"),
        (NPS, True, "NPS rose from 36.6 to 41.2"),
        (replace(NPS, verdict="worse"), True, "NPS fell from 36.6 to 41.2"),
        (replace(NPS, verdict="none"), True, "No clear change in NPS: 41.2, 36.6 before"),
        (replace(NPS, before=None, verdict="too_few"), True, "NPS is 41.2"),
        (NPS, False, "NPS is 41.2"),
    ],
)
def test_nps(reading: Reading, compared: bool, title: str) -> None:
    assert findings.nps(reading, compared=compared) == title


@pytest.mark.parametrize(
    ("reading", "title"),
    [
        (replace(RETENTION, value=None), "Too few new customers to show month-3 retention"),
        (RETENTION, "Fewer new customers order again in month 3: 24.8% after 27.1%"),
        (replace(RETENTION, verdict="none"), "No clear change in month-3 retention: 24.8%, 27.1% before"),
    ],
)
def test_retention(reading: Reading, title: str) -> None:
    assert findings.retention(reading, compared=True) == title


def move(
    code: str, change: float, half: float, kind: Verdict, dimension: str = "region", sure: Verdict = "none"
) -> Move:
    return Move(readings.NPS, "nps", dimension, code, change, change - half, change + half, kind, sure)


def test_changes_stand_in_the_order_that_the_title_picks_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest change is not the clearest: its interval is as wide."""
    clear, large, unclear = (
        move("store", 7.2, 2, "worse"),
        move("referral", 9.0, 8, "worse"),
        move("search", -1, 5, "none"),
    )
    monkeypatch.setattr(
        moves, "_compared", lambda _view: iter([moves.Compared("nps", "NPS", ("acquisition_channel",))])
    )
    monkeypatch.setattr(moves, "_moves", lambda *_given: iter([unclear, large, clear]))
    last = dt.date(2026, 6, 30)
    found, compared = moves.moves(View(dt.date(2026, 4, 1), last, last, "year", Segment()), 2)
    assert ([each.code for each in found], compared) == (["store", "referral"], 3)


@pytest.mark.parametrize(
    ("shown", "compared", "english", "chinese"),
    [
        (1, 1, "One change compared.", "共比较 1 项。"),
        (3, 3, "All 3 changes compared, the clearest first.", "共比较 3 项，最明显的在前。"),
        (7, 40, "The 7 clearest of 40 compared, the clearest first.", "40 项比较中最明显的 7 项，最明显的在前。"),
    ],
)
def test_how_many_changes_stand_there(shown: int, compared: int, english: str, chinese: str) -> None:
    for language, said in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert moved.counted(shown, compared) == said


@pytest.mark.parametrize(
    ("kind", "chinese"),
    [
        ("better", "净推荐值由 36.6 升至 41.2"),
        ("worse", "净推荐值由 36.6 降至 41.2"),
        ("none", "净推荐值无明显变化：41.2，此前 36.6"),
    ],
)
def test_the_score_has_one_name_in_chinese(kind: Verdict, chinese: str) -> None:
    with speaking("zh"):
        assert findings.nps(replace(NPS, verdict=kind), compared=True) == chinese


def test_a_latin_name_stands_apart_in_a_chinese_title() -> None:
    with speaking("zh"):
        assert "App 的" in findings.moved([move("app", -9, 3, "worse", "acquisition_channel", "worse")])


@pytest.mark.parametrize(
    ("found", "title"),
    [
        ([], "Too few answers and orders to compare groups"),
        ([move("East China", 2, 5, "none")], "No group changed clearly"),
        ([move("East China", 6, 5, "better")], "Some groups look changed, none more than chance explains"),
        ([move("gold", 20, 15, "better", "tier"), move("East China", 10, 2, "better", sure="better")],
         "NPS got better in East China"),
        ([move("gold", 9, 3, "better", "tier", "better"), move("search", -9, 3, "worse", "acquisition_channel", "worse")],
         "NPS got better among Gold members; NPS got worse among customers acquired through Search"),
    ],
)  # fmt: skip
def test_moved_names_the_clearest(found: list[Move], title: str) -> None:
    assert findings.moved(found) == title


@pytest.mark.parametrize(
    ("row", "english", "chinese"),
    [
        ({"n": 0, "promoter_share": None, "detractor_share": None}, "No answers in this period", "本期没有答卷"),
        ({"n": 9, "promoter_share": None, "detractor_share": None}, "Too few answers to show shares", "答卷过少，无法显示占比"),
        ({"n": 40, "promoter_share": 0.5, "detractor_share": 0.25}, "50% promoters, 25% detractors", "推荐者 50%，贬损者 25%"),
    ],
)  # fmt: skip
def test_scores(row: dict, english: str, chinese: str) -> None:
    for language, title in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert findings.scores(row) == title
