"""Tables of classes: what can be written, and that no customer falls into none or two."""

import itertools

import polars as pl
import pytest

from data.text.words import told
from metrics.errors import RuleError
from metrics.segments.rules import MOST_CELLS, Number, cells, class_of, parse
from metrics.segments.schemes import LADDER, NAMES, RFM, SCHEMES
from pages.customers.segments import meanings
from tests.metrics.frames import lazy

NUMBERS = {"orders": Number(0, None), "quarters": Number(0, 4, up_to="orders"), "score": Number(1, 5)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The table has no class. Write one as: name: number 1..3."),
        (" ; \n ", "The table has no class. Write one as: name: number 1..3."),
        ("all", "“all” is no class. Write it as: name: number 1..3."),
        ("1st: orders 0..", "“1st: orders 0..” is no class. Write it as: name: number 1..3."),
        ("all: orders", "“orders” is no range. Write it as: number 1..3, number 4.. or number 2."),
        ("all: orders -1..", "“orders -1..” is no range. Write it as: number 1..3, number 4.. or number 2."),
        ("all: age 0..", "There is no number “age”; there are: orders, quarters, score."),
        ("all: orders 3..1", "“orders 3..1” ends before it begins."),
        ("a: orders 0; a: orders 1..", "There are two classes called “a”."),
        ("few: orders 0..2; many: orders 4..", "No class holds customers with orders 3. Widen one."),
        ("few: orders 1..3", "No class holds customers with orders 0. Widen one."),
        ("few: orders 0..3; many: orders 3..", "“few” and “many” both hold customers with orders 3. Narrow one."),
        ("low: score 1..2; high: score 3..5; top: score 6..9", "No customer can be in “top”."),
        (
            "rest: orders 0..1, quarters 0..1 or orders 2..; odd: orders 0..1, quarters 2..4",
            "No customer can be in “odd”.",
        ),
        ("a: orders 0.., score 1..3; b: orders 1.., score 4..5", "No class holds customers with orders 0, score 4. Widen one."),
        ("x" * 5000, "The table is longer than 4000 characters."),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_used_is_refused_by_name(text: str, sentence: str) -> None:
    with pytest.raises(RuleError) as refused:
        parse(text, NUMBERS)
    assert told(refused.value) == str(refused.value) == sentence


def test_a_table_with_too_many_cases_is_refused() -> None:
    numbers = {name: Number(0, None) for name in "abcd"}
    text = "x: " + " or ".join(", ".join(f"{name} {place}" for name in "abcd") for place in range(0, 40, 2))
    with pytest.raises(RuleError, match=f"more than {MOST_CELLS} cases"):
        parse(text, numbers)


@pytest.mark.parametrize(
    "text", ["all: orders 0..", "few: orders 0..3; many: orders 4..", *(scheme.text for scheme in SCHEMES.values())]
)
def test_a_table_is_written_as_it_is_read(text: str) -> None:
    numbers = {**NUMBERS, **{name: number for scheme in SCHEMES.values() for name, number in scheme.numbers.items()}}
    table = parse(text, numbers)
    assert parse(table.text, numbers) == parse(table.text.replace("; ", "\n"), numbers) == table


def test_every_triple_of_scores_is_in_exactly_one_segment() -> None:
    """Told by plain comparisons, not by the check that the table passed."""
    found: dict[str, int] = dict.fromkeys(RFM.table.codes, 0)
    for triple in itertools.product(range(1, 6), repeat=3):
        values = dict(zip(("recency", "frequency", "monetary"), triple, strict=True))
        fits = [
            each.code
            for each in RFM.table.classes
            if any(all(part.low <= values[part.number] <= (part.high or 5) for part in way) for way in each.ways)
        ]
        assert len(fits) == 1, (triple, fits)
        found[fits[0]] += 1
    assert sum(found.values()) == 125
    assert min(found.values()) > 0
    assert found["champions"] == 8


@pytest.mark.parametrize(
    ("triple", "segment"),
    [((5, 5, 5), "champions"), ((1, 1, 1), "asleep"), ((1, 5, 5), "must_keep"), ((5, 1, 1), "recent"), ((5, 1, 5), "big_spenders")],
)  # fmt: skip
def test_the_corners_are_where_they_belong(triple: tuple[int, int, int], segment: str) -> None:
    rows = pl.DataFrame([triple], schema=["recency", "frequency", "monetary"], orient="row")
    assert lazy(rows).select(s=class_of(RFM.table)).collect("polars")["s"].to_list() == [segment]


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_the_class_of_each_cell_is_the_one_that_holds_it(scheme) -> None:
    rows = list(cells(scheme.table, scheme.numbers))
    found = lazy(pl.DataFrame(rows)).select(s=class_of(scheme.table)).collect("polars")["s"].to_list()
    assert None not in found
    assert set(found) == set(scheme.table.codes)


def test_who_lacks_a_number_is_in_no_class() -> None:
    rows = pl.DataFrame(
        {"orders": [1, None], "quarters": [0, 0], "recommends": [0, 0]}, schema_overrides={"orders": pl.Int64}
    )
    assert lazy(rows).select(s=class_of(LADDER.table)).collect("polars")["s"].to_list() == ["first_time", None]


def test_every_usual_class_has_a_name_a_meaning_and_something_to_do() -> None:
    codes = {code for scheme in SCHEMES.values() for code in scheme.table.codes}
    assert codes == set(NAMES) == set(meanings.OF)
    assert {name for scheme in SCHEMES.values() for name in scheme.numbers} == set(meanings.NUMBERS)
    assert set(meanings.NEEDS) == set(SCHEMES)
