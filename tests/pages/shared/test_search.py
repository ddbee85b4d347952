"""Search: nothing for no word, all words wherever they stand, and nothing that the person may not open."""

from pathlib import Path

import pytest

from data.people.access import Person, Role
from pages.shared.bar.search import Hit, hits
from pages.shared.words.texts import speaking
from tests.pages.linking import signed_in

VIEWER, ADMINISTRATOR = Person("vic@example.com", Role.VIEWER), Person("ada@example.com", Role.ADMINISTRATOR)


def names(found: list[Hit]) -> set[tuple[str, str]]:
    return {(hit.kind, hit.name) for hit in found}


@pytest.mark.parametrize(
    ("words", "filters", "person", "language", "held", "not_held"),
    [
        ("", True, ADMINISTRATOR, "en", set(), {"Page", "Definition", "Region", "Customer"}),
        ("  ", True, ADMINISTRATOR, "en", set(), {"Page", "Definition", "Region", "Customer"}),
        ("EAST china", True, ADMINISTRATOR, "en", {("Region", "East China")}, {"Customer"}),
        ("region east", True, ADMINISTRATOR, "en", {("Region", "East China")}, {"Page"}),
        ("华东", True, ADMINISTRATOR, "zh", {("地区", "华东")}, set()),
        ("east china", False, ADMINISTRATOR, "en", set(), {"Region"}),  # a page without filters
        ("churn", True, ADMINISTRATOR, "en", {("Page", "Customers · Churn and lifecycle"), ("Definition", "Churn threshold")}, set()),
        ("M0001", True, ADMINISTRATOR, "en", {("Customer", "M0001")}, {"Page"}),
        ("M0001", True, VIEWER, "en", set(), {"Customer"}),
        ("upload", True, VIEWER, "en", set(), {"Page"}),
    ],
)  # fmt: skip
def test_hits(open_app, demo_path: Path, monkeypatch, words, filters, person, language, held, not_held) -> None:
    signed_in(monkeypatch, person)
    open_app(demo_path, "definitions", lang=language)
    with speaking(language):
        found = hits(words, filters=filters)
    assert held <= names(found)
    assert not not_held & {hit.kind for hit in found}
