"""Scores: label lists as wholes, scales by their ends and by earlier files, and a scale that the answers contradict."""

from pathlib import Path

import pytest

from data import load, metric
from data.imports import NamedBytes, Undecided, Unread, stage
from data.imports.cells.labels import fitting, label_lists, nearest
from data.store.store import Store
from tests.data.imports.exports import receipt_of, staged_rows


def answers(*cells: str, header: str = "CSAT", month: int = 1, first: int = 1) -> NamedBytes:
    rows = [f"R{first + n}\t2026-{month:02}-02\t{cell}" for n, cell in enumerate(cells)]
    return NamedBytes("a.csv", "\n".join([f"Response ID\tDate\t{header}", *rows, ""]).encode())


def scores(file: NamedBytes, **arguments: object) -> list[tuple[float, float]]:
    return [(row["score"], row["scale_high"]) for row in staged_rows([file], "feedback", **arguments)]


def asked(file: NamedBytes, **arguments: object) -> Undecided:
    with pytest.raises(Undecided) as caught:
        stage([file], store=None, **arguments)
    return caught.value


def test_each_word_of_a_list_means_one_score() -> None:
    for one in label_lists():
        low, high = (float(end) for end in one.scale.split("-"))
        assert {min(one.words.values()), max(one.words.values())} == {low, high}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("very satisfied|satisfied|neutral|dissatisfied|very dissatisfied", [5, 4, 3, 2, 1]),
        (
            "extremely satisfied|somewhat satisfied|neither satisfied nor dissatisfied|extremely dissatisfied",
            [5, 4, 3, 1],
        ),  # Qualtrics
        (
            "extremely satisfied|very satisfied|somewhat satisfied|not so satisfied|not at all satisfied",
            [5, 4, 3, 2, 1],
        ),  # SurveyMonkey
        ("very satisfied|not so satisfied", [4, 2]),
        ("very satisfied|somewhat satisfied|somewhat dissatisfied|very dissatisfied", [5, 4, 2, 1]),
        ("excellent|very good|good|fair|poor", [5, 4, 3, 2, 1]),
        ("excellent|good|average|poor|terrible", [5, 4, 3, 2, 1]),
        ("good|bad", [2, 1]),  # Zendesk
        ("👍|👎", [2, 1]),
        ("very happy|happy|unhappy", [5, 4, 2]),
        ("very satisfied|satisfied|somewhat satisfied|neutral|very dissatisfied", [7, 6, 5, 4, 1]),
        ("strongly agree|agree|somewhat agree", [7, 6, 5]),
        ("strongly agree|agree|disagree", [5, 4, 2]),
        ("很满意|满意|一般|不满意|很不满意", [5, 4, 3, 2, 1]),  # 问卷星
        ("非常满意|满意|一般|不满意|非常不满意", [5, 4, 3, 2, 1]),  # 腾讯问卷
        ("非常满意|比较满意|一般|不太满意|非常不满意", [5, 4, 3, 2, 1]),
        ("非常满意|满意|有点满意|一般|有点不满意", [7, 6, 5, 4, 3]),
        ("好评|差评", [3, 1]),
    ],
)
def test_a_list_is_known_by_all_of_its_words(words: str, found: list[int]) -> None:
    (labels,) = fitting(words.split("|"), None)
    assert [labels.words[word] for word in words.split("|")] == found


@pytest.mark.parametrize(
    "words", ["very satisfied", "extremely satisfied|somewhat satisfied", "very satisfied|somewhat satisfied", "good"]
)
def test_words_that_two_lists_explain_are_not_decided(words: str) -> None:
    assert len(fitting(words.split("|"), None)) > 1


@pytest.mark.parametrize("words", ["great", "very satisfied|superb", "extremely satisfied|not so satisfied|happy"])
def test_words_that_no_list_holds_together_are_not_decided(words: str) -> None:
    assert fitting(words.split("|"), None) == []


def test_a_list_is_proposed_for_what_it_holds() -> None:
    near = nearest(["extremely satisfied", "not so satisfied", "meh"], None)
    assert near is not None
    assert near.words["not so satisfied"] == 2
    assert nearest(["meh"], None) is None


QUALTRICS = [
    "Extremely satisfied",
    "Somewhat satisfied",
    "Somewhat satisfied",
    "Neither satisfied nor dissatisfied",
    "Extremely dissatisfied",
]


def test_words_are_read_and_shown() -> None:
    file = answers(*QUALTRICS)
    assert [score for score, _ in scores(file)] == [5, 4, 4, 3, 1]
    (shown,) = [one.value for one in receipt_of(file).conventions if one.what == "words"]
    assert shown.startswith(
        "extremely dissatisfied = 1, neither satisfied nor dissatisfied = 3, somewhat satisfied = 4"
    )


def test_all_words_are_asked_for_when_one_is_unknown() -> None:
    question = asked(answers("Extremely satisfied", "Somewhat satisfied", "Rather bad", "Rather bad"))
    assert isinstance(question, Unread)
    assert {cell.value: (cell.lines, cell.proposal) for cell in question.cells} == {
        "Extremely satisfied": (1, "5"),
        "Somewhat satisfied": (1, "4"),
        "Rather bad": (2, ""),
    }
    given = {"score:Extremely satisfied": "5", "score:Somewhat satisfied": "4", "score:rather bad": "1", "scale": "1-5"}
    file = answers("Extremely satisfied", "Somewhat satisfied", "Rather bad", "Rather bad")
    assert scores(file, values=given) == [(5, 5), (4, 5), (1, 5), (1, 5)]


@pytest.mark.parametrize(
    ("cells", "scale"),
    [
        (["1", "5"], (1, 5)),
        (["1", "7", "4"], (1, 7)),
        (["1", "10"], (1, 10)),
        (["0", "10"], (0, 10)),
        (["0", "8"], (0, 10)),
        (["1", "5", "99", ""], (1, 5)),
    ],
)
def test_a_scale_is_known_by_its_ends(cells: list[str], scale: tuple[int, int]) -> None:
    rows = staged_rows([answers(*cells)], "feedback")
    assert {(row["scale_low"], row["scale_high"]) for row in rows} == {scale}


@pytest.mark.parametrize(
    ("cells", "answers_"),
    [
        (["5", "5", "4", "4"], ("1-5", "1-7", "1-10", "0-10")),
        (["7", "5", "5", "4"], ("1-7", "1-10", "0-10")),
        (["2", "10"], ("1-10", "0-10")),
        (["1", "4"], ("1-5", "1-7", "1-10", "0-10")),
        (["20", "100"], ("1-100", "0-100")),
    ],
)
def test_a_scale_is_asked_for_while_no_answer_reaches_its_ends(cells: list[str], answers_: tuple[str, ...]) -> None:
    question = asked(answers(*cells))
    assert (question.option, question.answers) == ("scale", answers_)


@pytest.mark.parametrize(
    ("header", "cells", "is_asked"),
    [
        ("NPS", ["5"], False),
        ("NPS", ["5", "5", "4"], True),
        ("NPS", ["5", "5", "4", "0"], False),
        ("NPS", ["5", "5", "6"], False),
        ("NPS", ["5"] * 70 + ["4"] * 20 + ["2"] * 10, True),
        ("NPS", ["7", "6", "5"] * 10, True),
        ("NPS", ["7", "6", "5"] * 9, False),
        ("NPS", ["9", "1"] * 20, False),
        ("CES", ["5", "4", "1"], True),
        ("CES", ["5", "4", "6"], False),
    ],
)
def test_a_fixed_scale_whose_upper_part_nobody_uses_is_asked_for(header: str, cells: list[str], is_asked: bool) -> None:
    file = answers(*cells, header=header)
    fixed = {"NPS": "0-10", "CES": "1-7"}[header]
    if is_asked:
        assert fixed in asked(file).answers
    assert len(scores(file, values={"scale": fixed})) == len(cells)
    if not is_asked:
        assert len(scores(file)) == len(cells)


def share(db: Path, capsys: pytest.CaptureFixture[str], month: int) -> str:
    capsys.readouterr()
    dates = ["--from", f"2026-{month:02}-01", "--to", f"2026-{month:02}-28"]
    assert metric.main(["csat", *dates, "--set", "minimum=1", "--csv", "--db", str(db)]) == 0
    header, row = capsys.readouterr().out.strip().splitlines()
    return dict(zip(header.split(","), row.split(","), strict=True))["csat"]


def test_the_scale_of_an_earlier_file_holds_for_the_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    db = tmp_path / "x.duckdb"
    june, july = tmp_path / "june.csv", tmp_path / "july.csv"
    june.write_bytes(answers("7", "5", "5", "4", month=6).data)
    july.write_bytes(answers("5", "5", "4", "4", month=7, first=9).data)
    assert load.main([str(june), "--db", str(db)]) == 2
    assert "--value scale=1-7" in capsys.readouterr().err
    assert load.main([str(june), "--db", str(db), "--value", "scale=1-7"]) == 0
    assert load.main([str(july), "--db", str(db)]) == 0
    assert (float(share(db, capsys, 6)), float(share(db, capsys, 7))) == (0.25, 0.0)


def test_answers_beyond_the_scale_of_earlier_files_are_asked_for(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        with stage([answers("1", "5")], store=store) as staged:
            staged.take_in()
        with pytest.raises(Undecided) as caught:
            stage([answers("1", "7", first=9)], store=store)
        assert (caught.value.option, caught.value.answers) == ("scale", ("1-7", "1-10", "0-10", "1-5"))
        with stage([answers("1", "5")], store=store) as staged:
            assert staged.receipt.already_loaded == 1


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        (["1 - Very satisfied", "2 - Satisfied", "5 - Very dissatisfied"], [5, 4, 1]),
        (["1=非常满意", "5=非常不满意"], [5, 1]),
        (["1 (Strongly agree)", "2 (Agree)", "5 (Strongly disagree)"], [5, 4, 1]),
    ],
    ids=["satisfied", "in Chinese", "agree"],
)
def test_numbers_against_their_words_are_asked_for(cells: list[str], meant: list[float]) -> None:
    file = answers(*cells)
    with pytest.raises(Unread) as caught:
        stage([file], store=None, profile="csat")
    assert {one.value: one.proposal for one in caught.value.cells} == dict(zip(cells, map(str, meant), strict=True))
    given = {f"score:{one.value}": one.proposal for one in caught.value.cells}
    assert [row["score"] for row in staged_rows([file], "feedback", profile="csat", values=given)] == meant


@pytest.mark.parametrize(
    "cells", [["5 - Very satisfied", "1 - Very dissatisfied"], ["1 - Blue", "5 - Red"], ["5 - Very satisfied"]]
)
def test_numbers_with_their_words_are_read(cells: list[str]) -> None:
    rows = staged_rows([answers(*cells)], "feedback", profile="csat", values={"scale": "1-5"})
    assert [row["score"] for row in rows] == [float(cell[0]) for cell in cells]


@pytest.mark.parametrize(
    ("given", "scales"), [((0, 2, 5), ("0-5", "0-10")), ((0, 7), ("0-7", "0-10")), ((0, 3), ("0-5", "0-10"))]
)
def test_a_scale_from_0_whose_end_nobody_reached(given: tuple[int, ...], scales: tuple[str, ...]) -> None:
    file = answers(*map(str, given))
    question = asked(file, profile="csat")
    assert (question.option, question.answers) == ("scale", scales)
    high = float(scales[0][2:])
    assert scores(file, profile="csat", values={"scale": scales[0]}) == [(float(score), high) for score in given]
