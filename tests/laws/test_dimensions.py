"""What holds of every dimension, whichever there are."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from metrics.dimension import DIMENSIONS

ROOT = Path(__file__).parents[2]
CODES = {name for dimension in DIMENSIONS for name in (dimension.code, dimension.column)}
# The demo makes rows of the tables, and the schema is what their columns are.
SCHEMA = ("data/demo/", "metrics/engine/schemas.py", "metrics/dimension.py")
SOURCES = [
    path
    for floor in ("metrics", "data", "pages")
    for path in sorted((ROOT / floor).rglob("*.py"))
    if not str(path.relative_to(ROOT)).startswith(SCHEMA)
]


def texts(node: ast.AST) -> set[str]:
    """The texts that stand in a tuple, list or set, or the text itself, or the first of a key of several parts."""
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def told_apart(source: str) -> Iterator[str]:
    """Where a module tells dimensions apart by itself: a dict with two of them as keys, a comparison with the code of one. How a rule
    `reads` its periods is another vocabulary, which has a word in common."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict):
            keys = set().union(*(texts(key) for key in node.keys if key is not None))
            if len(keys & CODES) > 1:
                yield f"line {node.lineno}: keys {sorted(keys & CODES)}"
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            of_rules = any(isinstance(side, ast.Attribute) and side.attr == "reads" for side in sides)
            if not of_rules and CODES & set().union(*map(texts, sides)):
                yield f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_tells_dimensions_apart_by_itself(path: Path) -> None:
    assert list(told_apart(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("", 0),
        ('X = {"region": 1}', 0),
        ('X = {"region": 1, "tier": 2}', 1),
        ('X = {("region", "better"): 1, ("tier", "better"): 2}', 1),
        ('X = {"region": {"tier": 2}}', 0),
        ('column == "tier"', 1),
        ('code in ("region", "north")', 1),
        ('"cohort" in by', 1),
        ('watch.reads == "cohort"', 0),
        ("column == TIER.column", 0),
    ],
)
def test_what_counts_as_telling_dimensions_apart(source: str, count: int) -> None:
    assert len(list(told_apart(source))) == count


def test_each_dimension_has_a_column_of_its_own_and_one_code_among_those_of_a_noun() -> None:
    columns = [dimension.column for dimension in DIMENSIONS]
    assert len(columns) == len(set(columns))
    for noun in ("customer", "answer"):
        codes = [dimension.code for dimension in DIMENSIONS if noun in dimension.of]
        assert len(codes) == len(set(codes))
