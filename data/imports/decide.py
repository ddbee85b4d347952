"""Look at a whole column before it is read, and decide its convention, or ask for it."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from data.errors import Refused
from data.imports.answers import EMPTY, LEAVE_OUT, cell_answers
from data.imports.date_column import decide_date
from data.imports.keys import SPOILT
from data.imports.numbers import decimal_sign, number_shape
from data.imports.reading import Reading, read
from data.imports.receipt import Convention
from data.imports.undecided import Undecided
from data.imports.wanted import Wanted
from metrics.texts import N_

TIDY_KEY = r"[0-9A-Za-z_#-]+"
PLAIN_NUMBER = r"-?(0[0-9]*|[1-9][0-9]{3,})(\.[0-9]+)?|-?[0-9]+(\.([0-9]{1,2}|[0-9]{4,}))?"  # no `1.234`
PLAIN_OR_OPEN = r"-?[0-9]+(\.[0-9]+)?"


def decide(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    """Look at the whole column and decide its convention. Raises Refused for a spoilt key, Undecided for dates and numbers."""
    answers = cell_answers({**wanted.kept, **wanted.values}, wanted.name)
    reading, found = DECIDED.get(wanted.column.type, _as_it_is)(wanted)
    if answers:
        reading = replace(reading, answers=answers, tidy=False)
        _refuse_answers(reading)
    return reading, found


def _as_it_is(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    return Reading(wanted.column, wanted.header, wanted.file), []


def _refuse_answers(reading: Reading) -> None:
    """An answer must itself be readable as what the column holds."""
    given = {cell: answer for cell, answer in reading.answers.items() if answer not in (EMPTY, LEAVE_OUT)}
    frame = pl.DataFrame({reading.column.name: list(given.values())}, schema={reading.column.name: pl.String})
    value, problems = read(replace(reading, answers={}))
    bad = pl.any_horizontal(value.is_null(), *(condition.fill_null(False) for _, condition in problems))
    for cell, unread in zip(given, frame.select(bad.alias("bad"))["bad"], strict=True):
        if unread:
            raise Refused(
                N_(
                    "“{answer}” for “{cell}” in column “{column}” cannot be read itself. Give a value as the column holds it."
                ),
                answer=given[cell],
                cell=cell,
                column=reading.header,
            )


def _key(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    _refuse_spoilt(wanted)
    tidy = wanted.column.type == "key" and not wanted.others(TIDY_KEY)
    return Reading(wanted.column, wanted.header, wanted.file, tidy=tidy), []


def _refuse_spoilt(wanted: Wanted) -> None:
    spoilt = f"regexp_matches(trim({wanted.name}), '{SPOILT}')"
    found = wanted.connection.execute(f"select {wanted.name} from {wanted.source} where {spoilt} limit 1").fetchall()
    if found:
        raise Refused(
            N_(
                "{file}, line {line}, column “{column}”: “{value}” is a number rounded by a spreadsheet, so different keys "
                "became one. Export again and load the file without opening it in Excel."
            ),
            file=wanted.file,
            line=wanted.line_of(spoilt),
            column=wanted.header,
            value=found[0][0],
        )


def _number(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    """What the column itself shows goes before an answer, which may have been meant for another column of the file."""
    name = wanted.name
    plain = Reading(wanted.column, wanted.header, wanted.file)
    given = wanted.values.get("decimal")
    if given not in (None, "", ".", ","):
        raise Refused(N_("decimal is “{value}”; it must be . or a comma."), value=given)
    if not wanted.others(PLAIN_NUMBER):
        return replace(plain, tidy=True), [Convention(wanted.file, wanted.header, "decimal sign", ".")]
    cells = wanted.connection.sql(
        f"select distinct regexp_replace({name}, '[1-9]', '9', 'g') as c from {wanted.source}"
    ).pl()
    shapes = cells.select(number_shape(pl.col("c")).alias("s"))["s"].drop_nulls().unique().to_list()
    decimal, other = decimal_sign(shapes), ""
    if decimal == "mixed":
        if not given:
            raise Undecided(
                N_(
                    "{file}, column “{column}”: some cells write a decimal point and others a decimal comma. "
                    "Cells of the kind that is not meant are left out."
                ),
                option="decimal",
                answers=(".", ","),
                file=wanted.file,
                column=wanted.header,
            )
        decimal, other = given, "," if given == "." else "."
    elif decimal == "unknown":
        known = given or wanted.kept.get("decimal")
        if not known:
            raise Undecided(
                N_(
                    "{file}, column “{column}”: “{value}” can be a thousand and more or a number with three decimals, and the "
                    "column does not decide it."
                ),
                option="decimal",
                answers=(".", ","),
                file=wanted.file,
                column=wanted.header,
                value=_example(wanted, "[.,]"),
            )
        decimal = known
    tidy = decimal == "." and not wanted.others(PLAIN_OR_OPEN)
    return replace(plain, decimal=decimal, tidy=tidy, other=other), [
        Convention(wanted.file, wanted.header, "decimal sign", decimal)
    ]


def _example(wanted: Wanted, pattern: str) -> str:
    """The first cell of a column in which a pattern is found, short enough for a sentence."""
    found = wanted.connection.execute(
        f"select {wanted.name} from {wanted.source} where regexp_matches({wanted.name}, $p) order by file_no, row_no limit 1",
        {"p": pattern},
    ).fetchall()
    return str(found[0][0])[:80]


def _score(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    scale = wanted.values.get("scale") or wanted.kept.get("scale") or _guess_scale(wanted)
    return Reading(wanted.column, wanted.header, wanted.file, scale=scale), [
        Convention(wanted.file, wanted.header, "scale", scale)
    ]


def _guess_scale(wanted: Wanted) -> str:
    high = wanted.connection.execute(
        f"select max(try_cast(regexp_extract({wanted.name}, '^\\s*(\\d+)', 1) as double)) from {wanted.source}"
    ).fetchall()[0][0]
    return "1-5" if high is None or high <= 5 else "1-7" if high <= 7 else "1-10"


DECIDED: dict[str, Callable[[Wanted], tuple[Reading, list[Convention]]]] = {
    "key": _key,
    "phone": _key,
    "number": _number,
    "date": decide_date,
    "score": _score,
}
