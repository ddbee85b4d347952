"""Python that the pool of Polars would call back: where the product asks for it, and how a test makes it raise.

The pool has as many threads as the machine has cores. While each of them waits for Python's lock in order to call back, a thread that
holds the lock and waits for the pool (Polars gives it up in most places, not in all) never goes on, nor does any other: the process
stands still for good, its health check too.
"""

import ast
import threading
from collections.abc import Callable, Iterator
from typing import NoReturn

import narwhals.stable.v2 as nw
import polars as pl
import polars.io.plugins
import pytest
from polars.dataframe.group_by import GroupBy
from polars.lazyframe.group_by import LazyGroupBy
from streamlit import dataframe_util

WHY = "the pool of Polars would call back to Python, and the server can stand still for good: work it out on a reduced column instead"
PANDAS = (
    "a frame reaches Streamlit as Arrow, by pages/shared/screen/tables.py: on its way to pandas it holds Python's lock"
)
# Names that mean nothing else. `get_categories` is so in Narwhals only, which calls back for it.
METHODS = frozenset(
    [
        "map_batches",
        "map_elements",
        "map_groups",
        "map_rows",
        "map_fields",
        "rolling_map",
        "pipe_with_schema",
        "pipe_with_dtype",
        "sink_batches",
        "collect_batches",
        "register_io_source",
        "scan_pyarrow_dataset",
        "get_categories",
    ]
)
OF_POLARS = METHODS | frozenset(["fold", "reduce", "cum_fold", "cum_reduce", "defer", "PartitionBy"])
COUNTING = ("numpy", "scipy")  # their functions, given an expression, become such a callback
DRAWN = frozenset(
    [
        "dataframe",
        "data_editor",
        "line_chart",
        "bar_chart",
        "area_chart",
        "scatter_chart",
        "altair_chart",
        "vega_lite_chart",
    ]
)
DRAWN_BY_STREAMLIT = DRAWN | frozenset(["table", "map", "write", "pydeck_chart", "graphviz_chart"])

PATCHED: tuple[tuple[object, str], ...] = (
    *((pl.Expr, name) for name in ("map_batches", "map_elements", "rolling_map")),
    *((pl.Series, name) for name in ("map_elements", "rolling_map", "to_pandas")),
    *((pl.DataFrame, name) for name in ("map_rows", "to_pandas")),
    *((pl.LazyFrame, name) for name in ("map_batches", "inspect", "sink_batches", "collect_batches")),
    *((group, "map_groups") for group in (GroupBy, LazyGroupBy)),
    *((pl, name) for name in ("map_batches", "map_groups", "fold", "reduce", "cum_fold", "cum_reduce", "defer")),
    (polars.io.plugins, "register_io_source"),
    (nw.Expr, "map_batches"),
    (dataframe_util, "convert_anything_to_pandas_df"),
)


def forbid(patch: pytest.MonkeyPatch) -> None:
    """From here on each of them raises, whoever calls it: the product, or a library that it uses."""
    for owner, name in PATCHED:
        patch.setattr(owner, name, _raising(name))
    patch.setattr(pl.LazyFrame, "pipe_with_schema", _on_the_same_thread(pl.LazyFrame.pipe_with_schema))


def _on_the_same_thread(pipe_with_schema: Callable[..., pl.LazyFrame]) -> Callable[..., pl.LazyFrame]:
    """Dataframely asks for this one when rows are held against a schema: a plan calls it, on the thread that asks, and not the pool."""

    def pipe(frame: pl.LazyFrame, function: Callable[..., pl.LazyFrame]) -> pl.LazyFrame:
        asked = threading.get_ident()

        def checked(*given: object) -> pl.LazyFrame:
            assert threading.get_ident() == asked, f"pipe_with_schema: {WHY}."
            return function(*given)

        return pipe_with_schema(frame, checked)

    return pipe


def _raising(name: str) -> Callable[..., NoReturn]:
    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise AssertionError(f"{name} was called: {PANDAS if 'pandas' in name else WHY}.")

    return refuse


def findings(source: str) -> list[str]:
    """What a file asks for that it must not: line, name and why, one per place."""
    tree = ast.parse(source)
    modules = dict(_modules(tree))
    found = {(node.lineno, name, why) for node in ast.walk(tree) for name, why in _of(node, modules)}
    return [f"line {line}: {name}: {why}" for line, name, why in sorted(found)]


def _modules(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Which names of a file stand for which module, or for something out of it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name.partition(".")[0], alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def _of(node: ast.AST, modules: dict[str, str]) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "polars":
        yield from ((alias.name, WHY) for alias in node.names if alias.name in OF_POLARS)
    elif isinstance(node, ast.Attribute):
        yield from _of_attribute(node, modules)
    elif isinstance(node, ast.Constant) and node.value in METHODS:  # getattr, or a name that is put together
        yield str(node.value), WHY
    elif isinstance(node, ast.keyword) and node.arg == "with_column_names":
        yield node.arg, WHY
    elif isinstance(node, ast.Call):
        yield from _of_call(node, modules)


def _of_attribute(node: ast.Attribute, modules: dict[str, str]) -> Iterator[tuple[str, str]]:
    owner = node.value
    root = modules.get(owner.id, "") if isinstance(owner, ast.Name) else ""
    if node.attr in (OF_POLARS if root == "polars" else METHODS):
        yield node.attr, WHY
    elif node.attr == "map" and isinstance(owner, ast.Attribute) and owner.attr == "name":
        yield "name.map", WHY
    elif node.attr == "to_pandas" or node.attr in (DRAWN_BY_STREAMLIT if root == "streamlit" else DRAWN):
        yield node.attr, PANDAS


def _of_call(node: ast.Call, modules: dict[str, str]) -> Iterator[tuple[str, str]]:
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    called = _root(node.func)
    if modules.get(called, "").partition(".")[0] in COUNTING and any(_is_expression(one, modules) for one in given):
        yield ast.unparse(node.func), WHY
    if isinstance(node.func, ast.Attribute) and node.func.attr == "pl":
        lazy = any(keyword.arg == "lazy" and not _is(keyword.value, False) for keyword in node.keywords)
        yield from [("pl(lazy=True)", WHY)] if lazy else []  # DuckDB makes an input source in Python of it
    if isinstance(node.func, ast.Attribute) and node.func.attr == "inspect" and _is_lazy(node.func.value):
        yield "inspect", WHY


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is(node: ast.AST, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _is_expression(node: ast.AST, modules: dict[str, str]) -> bool:
    """Whether something in it is of Polars or Narwhals, such as pl.col("x")."""
    roots = {modules.get(one.id, "").partition(".")[0] for one in ast.walk(node) if isinstance(one, ast.Name)}
    return bool(roots & {"polars", "narwhals"})


def _is_lazy(node: ast.AST) -> bool:
    """Whether a call such as frame.lazy() or pl.scan_csv() lies on the way to it; the module of this name has none."""
    return any(isinstance(one, ast.Call) for one in ast.walk(node))
