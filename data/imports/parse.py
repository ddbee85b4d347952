"""Text rows into typed rows in bounded batches: every cell read by its field's type, every bad cell named."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import duckdb
import polars as pl

from data.errors import Refused
from data.imports.dates import date_order, day_and_month, parse_date, parse_iso
from data.imports.keys import SPOILT, fold_key, fold_phone
from data.imports.numbers import TOO_LARGE, decimal_sign, number_shape, parse_number
from data.imports.profile import Column
from data.imports.receipt import Convention
from data.imports.scores import is_no_answer, parse_score, scale_of
from data.imports.undecided import Undecided
from metrics.texts import N_

BATCH_ROWS = 150_000
TIDY_KEY = r"[0-9A-Za-z_#-]+"
PLAIN_NUMBER = r"-?(0[0-9]*|[1-9][0-9]{3,})(\.[0-9]+)?|-?[0-9]+(\.([0-9]{1,2}|[0-9]{4,}))?"  # no `1.234`
PLAIN_OR_OPEN = r"-?[0-9]+(\.[0-9]+)?"
ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?"
TYPES = {"number": "double", "date": "timestamp", "score": "double"}


@dataclass(frozen=True)
class Reading:
    """How one field's cells are read: its header, whether no cell needs folding, and the convention of the column."""

    column: Column
    header: str
    tidy: bool = False
    decimal: str = "."
    order: str = "none"
    scale: str = ""


def decide(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    column: Column,
    header: str,
    file: str,
    line_of: Callable[[str], int],
    values: dict[str, str],
) -> tuple[Reading, list[Convention]]:
    """Look at the whole column and decide its convention. Raises Refused for a spoilt key, Undecided for dates and numbers."""
    name = column.name
    if column.type in ("key", "phone"):
        _refuse_spoilt(connection, source, name, header, file, line_of)
        return Reading(
            column, header, tidy=column.type == "key" and not _others(connection, source, name, TIDY_KEY)
        ), []
    if column.type == "number":
        return _decide_number(connection, source, column, header, file, values)
    if column.type == "date":
        return _decide_date(connection, source, column, header, file, values)
    if column.type == "score":
        scale = values.get("scale") or _guess_scale(connection, source, name)
        return Reading(column, header, scale=scale), [Convention(file, header, "scale", scale)]
    return Reading(column, header), []


def _others(connection: duckdb.DuckDBPyConnection, source: str, name: str, pattern: str) -> bool:
    found = connection.execute(
        f"select 1 from {source} where {name} is not null and not regexp_full_match({name}, $p) limit 1", {"p": pattern}
    ).fetchall()
    return bool(found)


def _refuse_spoilt(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    name: str,
    header: str,
    file: str,
    line_of: Callable[[str], int],
) -> None:
    spoilt = f"regexp_matches(trim({name}), '{SPOILT}')"
    found = connection.execute(f"select {name} from {source} where {spoilt} limit 1").fetchall()
    if found:
        raise Refused(
            N_(
                "{file}, line {line}, column “{column}”: “{value}” is a number rounded by a spreadsheet, so different keys "
                "became one. Export again and load the file without opening it in Excel."
            ),
            file=file,
            line=line_of(spoilt),
            column=header,
            value=found[0][0],
        )


def _decide_number(
    connection: duckdb.DuckDBPyConnection, source: str, column: Column, header: str, file: str, values: dict[str, str]
) -> tuple[Reading, list[Convention]]:
    name = column.name
    if values.get("decimal"):
        decimal = values["decimal"]
        if decimal not in (".", ","):
            raise Refused(N_("decimal is “{value}”; it must be . or a comma."), value=decimal)
    elif not _others(connection, source, name, PLAIN_NUMBER):
        return Reading(column, header, tidy=True), [Convention(file, header, "decimal sign", ".")]
    else:
        cells = connection.sql(f"select distinct regexp_replace({name}, '[1-9]', '9', 'g') as c from {source}").pl()
        shapes = cells.select(number_shape(pl.col("c")).alias("s"))["s"].drop_nulls().unique().to_list()
        decimal = decimal_sign(shapes)
        if decimal == "mixed":
            raise Undecided(
                N_(
                    "{file}, column “{column}”: some cells write a decimal point and others a decimal comma. "
                    "Cells of the kind that is not meant are left out."
                ),
                option="decimal",
                answers=(".", ","),
                file=file,
                column=header,
            )
        if decimal == "unknown":
            raise Undecided(
                N_(
                    "{file}, column “{column}”: “{value}” can be a thousand and more or a number with three decimals, and the "
                    "column does not decide it."
                ),
                option="decimal",
                answers=(".", ","),
                file=file,
                column=header,
                value=_example(connection, source, name, "[.,]"),
            )
        tidy = decimal == "." and not _others(connection, source, name, PLAIN_OR_OPEN)
        return Reading(column, header, decimal=decimal, tidy=tidy), [Convention(file, header, "decimal sign", decimal)]
    return Reading(column, header, decimal=decimal), [Convention(file, header, "decimal sign", decimal)]


def _example(connection: duckdb.DuckDBPyConnection, source: str, name: str, pattern: str) -> str:
    """The first cell of a column in which a pattern is found, short enough for a sentence."""
    found = connection.execute(
        f"select {name} from {source} where regexp_matches({name}, $p) order by file_no, row_no limit 1", {"p": pattern}
    ).fetchall()
    return str(found[0][0])[:80]


def _decide_date(
    connection: duckdb.DuckDBPyConnection, source: str, column: Column, header: str, file: str, values: dict[str, str]
) -> tuple[Reading, list[Convention]]:
    name = column.name
    if not _others(connection, source, name, ISO):
        return Reading(column, header, tidy=True), []
    first = second = 0
    example = day_first = month_first = ""
    for frame in batches(connection, f"select {name} as c from {source} where {name} is not null"):
        one, two = day_and_month(pl.col("c"))
        high = frame.select("c", one.alias("one"), two.alias("two")).drop_nulls()
        if high.height:
            example = example or high["c"][0]
            day_first = day_first or next(iter(high.filter(pl.col("one") > 12)["c"].head(1)), "")
            month_first = month_first or next(iter(high.filter(pl.col("two") > 12)["c"].head(1)), "")
            first, second = (
                max(first, int(high["one"].to_numpy().max())),
                max(second, int(high["two"].to_numpy().max())),
            )
    order = date_order(first or None, second or None)
    if order == "none":
        return Reading(column, header), []
    said = values.get("date_order")
    if said not in (None, "dmy", "mdy"):
        raise Refused(N_("date_order is “{value}”; it must be dmy or mdy."), value=said)
    if said is None and order == "mixed":
        raise Undecided(
            N_(
                "{file}, column “{column}”: “{day_first}” puts the day before the month and “{month_first}” the month before "
                "the day. Dates of the kind that is not meant are left out."
            ),
            option="date_order",
            answers=("dmy", "mdy"),
            file=file,
            column=header,
            day_first=day_first[:80],
            month_first=month_first[:80],
        )
    if said is None and order == "unknown":
        raise Undecided(
            N_(
                "{file}, column “{column}”: “{value}” can be day before month or month before day, and the column does not "
                "decide it."
            ),
            option="date_order",
            answers=("dmy", "mdy"),
            file=file,
            column=header,
            value=example[:80],
        )
    return Reading(column, header, order=said or order), [Convention(file, header, "date order", said or order)]


def _guess_scale(connection: duckdb.DuckDBPyConnection, source: str, name: str) -> str:
    high = connection.execute(
        f"select max(try_cast(regexp_extract({name}, '^\\s*(\\d+)', 1) as double)) from {source}"
    ).fetchall()[0][0]
    return "1-5" if high is None or high <= 5 else "1-7" if high <= 7 else "1-10"


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
    for reading in readings:
        value, bad = _read(reading)
        expressions.append(value.alias(reading.column.name))
        problems += [(rule, condition, reading) for rule, condition in bad]
    expressions += [pl.col(name) for name in extra]
    flags = [condition.fill_null(False).alias(f"bad_{n}") for n, (_, condition, _) in enumerate(problems)]
    done = 0
    for frame in batches(connection, f"select * from {source}"):
        typed = frame.select(*expressions)
        bad_cells = frame.select(flags) if flags else pl.DataFrame()
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
        column = pl.when(flag).then(pl.lit(reading.header)).otherwise(column)
        value = pl.when(flag).then(frame[reading.column.name]).otherwise(value)
    return {"rule": rule, "bad_column": column, "bad_value": value}


def _read(reading: Reading) -> tuple[pl.Expr, list[tuple[str, pl.Expr]]]:
    """The typed value of a field and, per rule, where its cell is bad."""
    text = pl.col(reading.column.name)
    filled = text.is_not_null() & (text.str.strip_chars() != "")
    kind = reading.column.type
    if kind == "key":
        return (text if reading.tidy else fold_key(text)), []
    if kind == "phone":
        return fold_phone(text), []
    if kind == "number":
        value = text.cast(pl.Float64, strict=False) if reading.tidy else parse_number(text, decimal=reading.decimal)
        large = value.abs() >= TOO_LARGE
        return pl.when(~large).then(value), [("not_a_number", filled & value.is_null()), ("number_too_large", large)]
    if kind == "date":
        value = parse_iso(text) if reading.tidy else pl.coalesce(parse_iso(text), parse_date(text, order=reading.order))
        return value, [("not_a_date", filled & value.is_null())]
    if kind == "score":
        return _read_score(text, reading.scale)
    stripped = text.str.strip_chars()
    return pl.when(stripped != "").then(stripped), []


def _read_score(text: pl.Expr, scale: str) -> tuple[pl.Expr, list[tuple[str, pl.Expr]]]:
    low, high = scale_of(scale)
    value = parse_score(text, scale=scale)
    empty = is_no_answer(text)
    return value, [
        ("no_score", empty),
        ("not_a_score", ~empty & value.is_null()),
        ("score_outside_scale", ~value.is_between(low, high)),
        ("score_not_whole", value != value.round()),
    ]


def safe_name(text: str) -> str:
    """A field or role name of a profile as an SQL name; anything else is a mistake in the profile."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", text):
        raise ValueError(f"“{text}” is not a field name of a profile")
    return text
