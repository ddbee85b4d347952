"""Text rows into typed rows in bounded batches: every bad cell named by its rule, its field and its value."""

from collections.abc import Callable, Iterable

import duckdb
import polars as pl

from data.imports.columns.reading import TYPES, Reading, read, text_of

BATCH_ROWS = 150_000


def batches(connection: duckdb.DuckDBPyConnection, query: str) -> Iterable[pl.DataFrame]:
    """The rows of a query as frames of bounded size."""
    with connection.cursor() as cursor:
        for batch in cursor.sql(query).to_arrow_reader(BATCH_ROWS):
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)
            yield frame


def parse(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    target: str,
    readings: list[Reading],
    extra: list[str],
    made: dict[str, str],
    step: Callable[[int], None],
) -> None:
    """Read every row of `source` (text) into `target` (typed), which adds the `made` fields, and `rule`, `bad_column`
    and `bad_value` (null: good).
    """
    columns = ", ".join(f"{reading.column.name} {TYPES.get(reading.column.type, 'varchar')}" for reading in readings)
    names = {reading.column.name for reading in readings}
    more = "".join(f", {name} varchar" for name in extra)
    new = [name for name in made if name not in names]
    bad_names = ", rule varchar, bad_column varchar, bad_value varchar" + "".join(f", {name} double" for name in new)
    replaced = ", ".join(f"{formula} as {name}" for name, formula in made.items() if name in names)
    picked = (f"* replace ({replaced})" if replaced else "*") + "".join(f", {made[name]} as {name}" for name in new)
    connection.execute(f"create table {target} (file_no integer, row_no bigint, {columns}{more}{bad_names})")
    expressions, problems = [pl.col("file_no"), pl.col("row_no")], []
    texts = {f"text_{n}": text_of(reading) for n, reading in enumerate(readings) if reading.answers}
    for n, reading in enumerate(readings):
        value, bad = read(reading, pl.col(f"text_{n}") if reading.answers else text_of(reading))
        expressions.append(value.alias(reading.column.name))
        problems += [(rule, condition, reading) for rule, condition in bad]
    expressions += [pl.col(name) for name in extra]
    flags = [condition.fill_null(False).alias(f"bad_{n}") for n, (_, condition, _) in enumerate(problems)]
    done = 0
    for frame in batches(connection, f"select * from {source}"):
        # Lazily: what several expressions share is worked out once.
        both = frame.with_columns(**texts).lazy().select(*expressions, *flags).collect()
        typed, bad_cells = both.select(pl.exclude(r"^bad_\d+$")), both.select(f"bad_{n}" for n in range(len(flags)))
        typed = typed.with_columns(**_name_problems(frame, bad_cells, problems))
        connection.register("arriving", typed.to_arrow())
        connection.execute(f"insert into {target} select {picked} from arriving")
        connection.unregister("arriving")
        done += frame.height
        step(done)


def _name_problems(frame: pl.DataFrame, bad: pl.DataFrame, problems: list) -> dict[str, pl.Series | pl.Expr]:
    nothing = pl.lit(None, dtype=pl.String)
    present = [n for n in range(len(problems)) if bad[f"bad_{n}"].any()]
    rule, column, value = nothing, nothing, nothing
    for n in reversed(present):
        name, _, reading = problems[n]
        flag = bad[f"bad_{n}"]
        rule = pl.when(flag).then(pl.lit(name)).otherwise(rule)
        column = pl.when(flag).then(pl.lit(reading.column.name)).otherwise(column)
        value = pl.when(flag).then(frame[reading.column.name]).otherwise(value)
    return {"rule": rule, "bad_column": column, "bad_value": value}
