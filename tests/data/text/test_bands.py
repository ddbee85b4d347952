"""Bands of numbers: where they begin, what they are called, in which order they stand."""

import pytest

from data.text.bands import code, edges, in_order
from data.text.labels import label
from data.text.words import speaking


@pytest.mark.parametrize(
    ("quantiles", "low", "high", "found"),
    [
        ([], 0, 0, ()),
        ([5, 5, 5, 5], 5, 5, ()),
        ([1, 1, 1, 9], 1, 9, (9,)),
        ([17, 23, 31, 40], 1, 80, (17, 23, 31, 40)),
        ([2512, 4187, 5790, 7421], 1000, 9000, (2500, 4200, 5800, 7400)),
        ([1234, 1267, 1290, 1302], 1000, 2000, (1230, 1270, 1290, 1300)),  # two digits would make 1267 and 1302 one
        ([-8.25, -1.5, 0.0, 3.125], -20, 20, (-8.2, -1.5, 0, 3.1)),
    ],
)
def test_bands_begin_at_round_numbers(
    quantiles: list[float], low: float, high: float, found: tuple[float, ...]
) -> None:
    assert edges(quantiles, low, high) == found


@pytest.mark.parametrize(
    ("low", "high", "whole", "expected", "english", "chinese"),
    [
        (None, 2500, True, "..2499", "up to 2,499", "不超过2,499"),
        (2500, 4200, True, "2500..4199", "2,500 to 4,199", "2,500 至 4,199"),
        (4200, None, True, "4200..", "4,200 and more", "4,200及以上"),
        (None, 1.5, False, "..<1.5", "under 1.5", "1.5以下"),
        (1.5, 2, False, "1.5..<2", "1.5 to under 2", "1.5至2以下"),
        (-3, -1, True, "-3..-2", "\u22123 to \u22122", "\u22123 至 \u22122"),
    ],
)
def test_a_band_has_a_code_and_a_name(
    low: float | None, high: float | None, whole: bool, expected: str, english: str, chinese: str
) -> None:
    assert code(low, high, whole=whole) == expected
    for language, name in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert label(expected) == name


@pytest.mark.parametrize(
    "codes",
    [
        [],
        ["..24", "25..34", "100.."],
        ["<18", "18-24", "25-34", "65+"],
        ["0", "1", "2", "10"],
        ["Lyon", "Paris", "Roubaix 3"],
    ],
)
def test_numbers_stand_in_their_order_and_words_by_the_alphabet(codes: list[str]) -> None:
    assert in_order(sorted(codes, reverse=True)) == codes


def test_a_text_that_is_no_band_stays_as_it_is() -> None:
    assert [label(text) for text in ("..", "...", "a..b", "1.2.3")] == ["..", "...", "a..b", "1.2.3"]
