"""Comments are read for their themes and tones: single cases, the set of the project's own, comments labelled by others, and speed."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl
import pytest

from data.comments.lexicon import check_theme, lexicon, themes
from data.comments.names import THEMES, TRADES
from data.comments.reading import Reader
from data.errors import RapportError
from metrics.comments import themes as metrics_of_themes

HERE = Path(__file__).parent
SIGNS = {"+": 1, "-": -1, "0": 0}
LABELS = {"positive": 1, "negative": -1, "neutral": 0}
Themes = Mapping[str, int]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("", {}),
        ("   \n", {}),
        ("12345 !!! 😀", {}),
        ("The staff were friendly.", {"service": 1}),
        ("The staff were not friendly.", {"service": -1}),
        ("The staff weren’t friendly", {"service": -1}),
        ("No complaints about the service.", {"service": 1}),
        ("Service could be better.", {"service": -1}),
        ("Not expensive at all.", {"price": 1}),
        ("Too expensive!", {"price": -1}),
        ("THE QUEUE WAS ENDLESS and the staff RUDE", {"service": -1}),
        ("Friendly staff but overpriced.", {"service": 1, "price": -1}),
        ("服务员不友好。", {"service": -1}),
        ("服务员很友好。", {"service": 1}),
        ("一点也不贵", {"price": 1}),
        ("太贵了", {"price": -1}),
        ("服务态度好，就是太贵。", {"service": 1, "price": -1}),
        ("服务一般", {"service": 0}),
        ("服务没得说", {"service": 1}),
        ("ＡＰＰ老是闪退", {"app": -1}),
        ("<script>alert('service')</script> rude", {"service": -1}),
    ],
)
def test_single_comments(comment: str, expected: Themes) -> None:
    found = dict(Reader("retail").read(comment))
    assert {theme: found.get(theme) for theme in expected} == expected
    assert bool(found) == bool(expected)


@pytest.mark.parametrize("trade", TRADES)
def test_every_trade_has_words_of_each_theme_in_both_languages(trade: str) -> None:
    assert set(themes(trade)) <= set(THEMES)
    for theme in themes(trade):
        words = [word for word, sense in lexicon(trade).senses.items() if theme in sense.themes]
        assert sum(word.isascii() for word in words) > 15, theme
        assert sum(not word.isascii() for word in words) > 15, theme
    with pytest.raises(RapportError, match="no theme “weather”"):
        check_theme(trade, "weather")


def test_trades_are_those_of_the_metrics() -> None:
    assert tuple(TRADES) == metrics_of_themes.TRADES


def scored(read: Iterable[Themes], labels: Iterable[Themes], names: Iterable[str]) -> tuple[float, float, float]:
    """Macro-F1 over themes; of the labels with a tone for what was named (praise or blame), and of all tones, the share read alike."""
    hits, false, missed = Counter[str](), Counter[str](), Counter[str]()
    tones: list[tuple[int, int]] = []
    for found, label in zip(read, labels, strict=True):
        hits.update(found.keys() & label.keys())
        false.update(found.keys() - label.keys())
        missed.update(label.keys() - found.keys())
        tones += [
            (label[theme], found[theme]) for theme in found.keys() & label.keys() if label[theme] in SIGNS.values()
        ]
    f1 = [2 * hits[name] / max(2 * hits[name] + false[name] + missed[name], 1) for name in names]
    clear = [pair for pair in tones if pair[0]]
    return sum(f1) / len(f1), *(sum(one == other for one, other in pairs) / len(pairs) for pairs in (clear, tones))


@pytest.mark.parametrize(("language", "least"), [("en", (0.90, 0.90, 0.90)), ("zh", (0.90, 0.90, 0.90))])
def test_the_set_of_the_project(language: str, least: tuple[float, ...]) -> None:
    """151 comments of shops (see README.md). The words were extended after these were read: the figures say that the tables keep what they
    hold, not how they do on comments that nobody has seen."""
    lines = [line.split("|", 1) for line in (HERE / f"shop_{language}.txt").read_text(encoding="utf-8").splitlines()]
    labels = [{word[:-1]: SIGNS[word[-1]] for word in marks.split()} for marks, _text in lines]
    reader = Reader("retail")
    found = [dict(reader.read(text)) for _marks, text in lines]
    assert len(lines) >= 150
    figures = scored(found, labels, themes("retail"))
    assert all(figure >= bound for figure, bound in zip(figures, least, strict=True)), figures


@pytest.mark.parametrize(
    ("file", "names", "least"),
    [
        ("en_restaurants", ("food", "service", "price", "environment"), (0.80, 0.75, 0.75)),
        ("zh_restaurants", ("food", "service", "price", "environment", "location"), (0.87, 0.80, 0.68)),
    ],
)
def test_comments_labelled_by_others(shared: Path, file: str, names: tuple[str, ...], least: tuple[float, ...]) -> None:
    """Sentences of SemEval-2014 task 4 and reviews of ASAP (Bu et al. 2021). No word was taken from them."""
    rows = pl.read_csv(shared / "data" / "comments" / f"{file}.csv.gz")
    labels = [
        {name: LABELS.get(row[name], 2) for name in names if row[name] is not None}
        for row in rows.iter_rows(named=True)
    ]
    reader = Reader("restaurants")
    found = [{theme: tone for theme, tone in reader.read(text) if theme in names} for text in rows["comment"]]
    figures = scored(found, labels, names)
    assert all(figure >= bound for figure, bound in zip(figures, least, strict=True)), figures


def test_a_hundred_thousand_comments_take_ten_seconds() -> None:
    """Of a processor, measured on a fiftieth: comments of the project's set, each made different by a word that says nothing."""
    texts = [
        line.split("|", 1)[1] for language in ("en", "zh") for line in (HERE / f"shop_{language}.txt").read_text("utf-8").splitlines()
    ]  # fmt: skip
    many = [f"{texts[number % len(texts)]} x{number}" for number in range(2_000)]
    reader = Reader("retail")
    begun = time.process_time()
    for text in many:
        reader.read(text)
    assert 50 * (time.process_time() - begun) < 10
