"""Look at a whole column before it is read, and decide its convention, or ask for it."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from data.errors import Refused
from data.imports.cells.answers import EMPTY, LEAVE_OUT, cell_answers
from data.imports.cells.currencies import meant as currency_codes
from data.imports.cells.currencies import tokens as spellings
from data.imports.cells.numbers import TOO_LARGE, currency_of, decimal_sign, number_parts, number_shape
from data.imports.cells.status import STATUS_TYPES
from data.imports.cells.units import header_unit
from data.imports.columns.date_column import decide_date
from data.imports.columns.key_column import decide_key
from data.imports.columns.movement_column import decide_movement
from data.imports.columns.reading import Reading, read
from data.imports.columns.score_column import decide_score
from data.imports.columns.status_column import decide_status
from data.imports.columns.wanted import Wanted
from data.imports.outcome.receipt import Convention
from data.imports.outcome.undecided import Undecided
from metrics.texts import N_

PLAIN_NUMBER = r"-?(0[0-9]*|[1-9][0-9]{3,})(\.[0-9]+)?|-?[0-9]+(\.([0-9]{1,2}|[0-9]{4,}))?"  # no `1.234`
MONEY = ("amount", "total", "gross", "unit_price")
PLAIN_OR_OPEN = r"-?[0-9]+(\.[0-9]+)?"


def decide(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    """Look at the whole column and decide its convention. Raises Refused for a spoilt key, Undecided for dates and numbers."""
    answers = cell_answers({**wanted.kept, **wanted.values}, wanted.name)
    reading, found = DECIDED.get(wanted.column.type, _as_it_is)(wanted)
    if answers and wanted.column.type not in STATUS_TYPES:  # a status has words of its own
        reading = replace(reading, answers={**reading.answers, **answers}, tidy=False)
        _refuse_answers(reading)
    return reading, found


def _as_it_is(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    return Reading(wanted.column, wanted.header, wanted.file), []


def _refuse_answers(reading: Reading) -> None:
    """An answer must itself be readable as what the column holds."""
    given = {cell: answer for cell, answer in reading.answers.items() if answer not in (EMPTY, LEAVE_OUT)}
    frame = pl.DataFrame({reading.column.name: list(given.values())}, schema={reading.column.name: pl.String})
    value, problems = read(replace(reading, answers={}), pl.col(reading.column.name))
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


def _number(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    """What the column itself shows goes before an answer, which may have been meant for another column of the file."""
    name = wanted.name
    plain = Reading(wanted.column, wanted.header, wanted.file)
    given = wanted.values.get("decimal")
    if given not in (None, "", ".", ","):
        raise Refused(N_("decimal is “{value}”; it must be . or a comma."), value=given)
    plain, noted = _with_unit(wanted, plain)
    if not wanted.others(PLAIN_NUMBER):
        return replace(plain, tidy=True), [Convention(wanted.file, wanted.header, "decimal sign", "."), *noted]
    cells = wanted.connection.sql(
        f"select distinct regexp_replace({name}, '[1-9]', '9', 'g') as c from {wanted.source}"
    ).pl()
    shapes = cells.select(number_shape(pl.col("c")).alias("s"))["s"].drop_nulls().unique().to_list()
    plain = replace(plain, currencies=_currencies(wanted, cells))
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
    found = [Convention(wanted.file, wanted.header, "decimal sign", decimal), *noted]
    if plain.currencies:
        signs = ", ".join(f"{sign} = {code}" for sign, code in plain.currencies.items())
        found.append(Convention(wanted.file, wanted.header, "currency", signs))
    return replace(plain, decimal=decimal, tidy=tidy, other=other), found


def _with_unit(wanted: Wanted, plain: Reading) -> tuple[Reading, list[Convention]]:
    """The unit and the currency that the header names. Raises Undecided for cents with decimals: one of the two is not so."""
    if wanted.name not in (*MONEY, "discount", "refund"):
        return plain, []
    factor, sign = header_unit(wanted.header)
    said = wanted.values.get("unit") or wanted.kept.get("unit")
    if said:
        factor = _factor(said)
    elif factor < 1 and wanted.others(r"\s*[-+]?[0-9]*\s*"):
        raise Undecided(
            N_(
                "{file}, column “{column}”: the header says that the numbers are in a small unit, and “{value}” has more than digits."
            ),
            option="unit",
            answers=(f"{factor:g}", "1"),
            file=wanted.file,
            column=wanted.header,
            value=_example(wanted, "[^0-9]"),
        )
    found = [Convention(wanted.file, wanted.header, "unit", f"{factor:,g}")] if factor != 1 else []
    if not sign or wanted.name not in MONEY or not wanted.by_cell or wanted.values.get("currency"):
        return replace(plain, factor=factor), found
    code = _meant(wanted, [sign], decimals=not wanted.others(r".*[.,][0-9][0-9]"))[sign]
    return replace(plain, factor=factor, currency=code), [
        *found,
        Convention(wanted.file, wanted.header, "currency", code),
    ]


def _factor(said: str) -> float:
    try:
        factor = float(said)
    except ValueError:
        factor = 0.0
    if not 0 < factor < TOO_LARGE:
        raise Refused(N_("unit is “{value}”; it must be a number such as 1000 or 0.01."), value=said)
    return factor


def _currencies(wanted: Wanted, cells: pl.DataFrame) -> dict[str, str]:
    """What the signs and codes beside the numbers stand for, where the file has no column of currencies. Raises Undecided for ¥ and kr."""
    if wanted.name not in MONEY or not wanted.by_cell:
        return {}
    found = cells.select(currency_of(number_parts(pl.col("c"))).alias("t"), pl.col("c")).drop_nulls()
    decimals = bool(found.filter(pl.col("t") == "¥", pl.col("c").str.contains(r"\d[.,]\d\d(?:\D|$)")).height)
    return _meant(wanted, found["t"].unique().to_list(), decimals)


def _meant(wanted: Wanted, tokens: list[str], decimals: bool) -> dict[str, str]:
    """The code of each sign. Raises Undecided for one of several currencies."""
    answers = cell_answers({**wanted.kept, **wanted.values}, "currency")
    meant = {}
    for token, code in currency_codes(tokens, answers, wanted.values.get("currency", ""), decimals).items():
        if code is None:
            raise Undecided(
                N_("{file}, column “{column}”: “{sign}” is the sign of several currencies. Which one is meant?"),
                option=f"currency:{token}",
                answers=spellings()[token],
                file=wanted.file,
                column=wanted.header,
                sign=token,
            )
        meant[token] = code
    return meant


def _example(wanted: Wanted, pattern: str) -> str:
    """The first cell of a column in which a pattern is found, short enough for a sentence."""
    found = wanted.connection.execute(
        f"select {wanted.name} from {wanted.source} where regexp_matches({wanted.name}, $p) order by file_no, row_no limit 1",
        {"p": pattern},
    ).fetchall()
    return str(found[0][0])[:80]


DECIDED: dict[str, Callable[[Wanted], tuple[Reading, list[Convention]]]] = {
    "key": decide_key,
    "phone": decide_key,
    "number": _number,
    "date": decide_date,
    "score": decide_score,
    "movement": decide_movement,
    **dict.fromkeys(STATUS_TYPES, decide_status),
}
