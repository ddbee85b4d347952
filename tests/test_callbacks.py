"""No Python that the pool of Polars calls back, and no frame that goes to the screen by pandas: what the source may not say."""

from pathlib import Path

import pytest

from tests.callbacks import PANDAS, PATCHED, WHY, findings, forbid

ROOT = Path(__file__).parents[1]
SOURCES = [ROOT / "app.py", ROOT / "asgi.py"]
SOURCES += sorted(path for folder in ("data", "metrics", "pages") for path in (ROOT / folder).rglob("*.py"))
PLACE_OF_TABLES = ROOT / "pages" / "shared" / "screen" / "tables.py"
IMPORTS = "import duckdb, numpy as np, polars as pl, scipy.special, streamlit as st\nimport narwhals.stable.v2 as nw\n"

CALLBACKS = (
    'frame.with_columns(pl.col("x").map_batches(f))',
    'frame.with_columns(nw.col("x").map_batches(f))',
    'frame.with_columns(pl.col("x").map_elements(f))',
    "frame.with_columns(cs.string().map_elements(f, return_dtype=pl.String))",
    'frame.group_by("x").map_groups(f)',
    "frame.map_rows(f)",
    'frame.select(pl.col("x").rolling_map(f, 3))',
    "frame.lazy().pipe_with_schema(f)",
    'pl.col("x").pipe_with_dtype(f)',
    "frame.lazy().map_batches(f)",
    "frame.lazy().inspect(f)",
    "frame.lazy().sink_batches(f)",
    "list(frame.lazy().collect_batches())",
    'pl.map_batches(["x", "y"], f)',
    'pl.map_groups(["x", "y"], f)',
    "pl.fold(pl.lit(0), f, [pl.all()])",
    "pl.reduce(f, [pl.all()])",
    "pl.cum_fold(pl.lit(0), f, [pl.all()])",
    "pl.cum_reduce(f, [pl.all()])",
    "pl.defer(f, schema={})",
    "pl.scan_csv(path, with_column_names=f)",
    "frame.lazy().sink_csv(pl.PartitionBy(path, file_path_provider=f))",
    "pl.scan_pyarrow_dataset(dataset)",
    "from polars.io.plugins import register_io_source",
    "pl.io.plugins.register_io_source(f, schema={})",
    "from polars import map_batches as over",
    'frame.select(pl.col("x").name.map(f))',
    'frame.select(pl.col("x").name.map_fields(f))',
    'getattr(pl.col("x"), "map_batches")(f)',
    'np.log(pl.col("x"))',
    'scipy.special.stdtrit(pl.col("x"), 0.975)',
    "relation.pl(lazy=True)",
    'nw.col("x").cat.get_categories()',
)
THROUGH_PANDAS = (
    "st.dataframe(frame)",
    "st.dataframe(frame.to_arrow())",
    "column.dataframe(frame)",
    "st.table({})",
    "st.data_editor(frame)",
    "st.line_chart(frame)",
    "place.bar_chart(frame)",
    "st.write(frame)",
    "st.map(frame)",
    "frame.to_pandas()",
    'frame["x"].to_pandas()',
)
ALLOWED = (
    "",
    "functools.reduce(f, [1, 2])",
    "blocks.table(frame)",
    "list(map(f, names))",
    'np.log(frame["x"].to_numpy())',
    "scipy.special.stdtrit(freedom.to_numpy(), (1 + confidence) / 2)",
    'pl.Series(name, [f(cell) for cell in frame["x"]])',
    "frame.pipe(f)",
    'frame.rename({"x": "y"})',
    'pl.col("x").replace_strict({1: 2})',
    "relation.pl()",
    "relation.pl(lazy=False)",
    "st.plotly_chart(figure)",
    "inspect.signature(f)",
    'pl.col("x").name.keep()',
    'pl.col("x").str.contains("fold")',
)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_product_asks_for_none(path: Path) -> None:
    found = findings(path.read_text("utf-8"))
    if path == PLACE_OF_TABLES:
        found = [text for text in found if PANDAS not in text]
    assert found == []


def test_tables_give_streamlit_arrow() -> None:
    calls = [line.strip() for line in PLACE_OF_TABLES.read_text("utf-8").splitlines() if line.strip().startswith("st.")]
    assert [call.partition("(")[2].partition(",")[0] for call in calls] == ["frame.to_arrow()"] * 2


@pytest.mark.parametrize("line", CALLBACKS)
def test_a_callback_is_found_and_told_why(line: str) -> None:
    assert any(WHY in text for text in findings(IMPORTS + line))


@pytest.mark.parametrize("line", THROUGH_PANDAS)
def test_a_way_to_pandas_is_found_and_told_why(line: str) -> None:
    assert any(PANDAS in text for text in findings(IMPORTS + line))


@pytest.mark.parametrize("line", ALLOWED)
def test_what_calls_nothing_back_is_allowed(line: str) -> None:
    assert findings(IMPORTS + line) == []


@pytest.mark.parametrize(("owner", "name"), PATCHED, ids=lambda one: one if isinstance(one, str) else "")
def test_pages_are_opened_where_each_of_them_raises(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:  # by the fixture of tests/pages/conftest.py
    forbid(monkeypatch)
    with pytest.raises(AssertionError, match=f"{name} was called"):
        getattr(owner, name)()
