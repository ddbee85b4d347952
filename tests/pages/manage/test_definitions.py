"""The page of definitions: one entry per metric, found by a word, drawn when it is opened."""

from pathlib import Path

import pytest

from metrics.catalogue import CATALOGUE
from pages.manage.definitions.page import entries, matches
from pages.shared.words.texts import speaking
from tests.pages.conftest import words


def test_every_metric_is_one_entry_or_part_of_one() -> None:
    names = [metric.name for metric in entries()]
    assert len(names) == len(set(names))
    assert {*names, *(f"{name}_trend" for name in names)} >= set(CATALOGUE)
    assert not any(name.endswith("_trend") and name.removesuffix("_trend") in names for name in names)


@pytest.mark.parametrize(
    ("wanted", "language", "found", "not_found"),
    [
        ("", "en", "nps", None),
        ("recommend", "en", "nps", "hiatus"),
        ("NPS", "en", "nps", "hiatus"),
        ("净推荐值", "zh", "nps", "hiatus"),
        ("detractors promoters", "en", "nps", "csat"),  # all words, in any order
        ("nothing has this", "en", None, "nps"),
    ],
)
def test_a_word_finds_it(wanted: str, language: str, found: str | None, not_found: str | None) -> None:
    with speaking(language):
        if found:
            assert matches(CATALOGUE[found], wanted)
        if not_found:
            assert not matches(CATALOGUE[not_found], wanted)


def test_the_search(open_app, demo_path: Path) -> None:
    app = open_app(demo_path, "definitions", lang="en")
    assert f"{len(entries())} definitions" in words(app)
    assert "Kaplan and Meier" not in words(app), "nothing is drawn before it is opened"
    app.text_input[0].set_value("churn threshold").run()
    assert not app.exception
    assert "Kaplan and Meier" in words(app)
    app.text_input[0].set_value("*no* such").run()
    assert "No definition has" in words(app)
