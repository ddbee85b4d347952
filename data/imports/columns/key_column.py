"""A column of keys as a whole: keys that a spreadsheet rounded refuse the file, words that name nobody are counted."""

from dataclasses import replace

import polars as pl

from data.errors import Refused
from data.imports.cells.blank import is_blank, is_nobody
from data.imports.cells.keys import LONG, SPOILT, is_rounded
from data.imports.columns.reading import CUSTOMERS, Reading
from data.imports.columns.wanted import Wanted
from data.imports.outcome.receipt import Convention
from metrics.texts import N_

TIDY_KEY = r"[0-9A-Za-z_#-]+"
SHOWN = 6


def decide_key(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    """How the keys of a column are read. Raises Refused for keys that are rounded numbers."""
    tidy = not wanted.others(TIDY_KEY)
    if not tidy:  # a dot or a plus is in every number with an exponent
        _refuse_spoilt(wanted)
    _refuse_rounded(wanted)
    nobody = _nobody(wanted)
    tidy = tidy and wanted.column.type == "key" and not nobody.height
    found = []
    if nobody.height:
        shown = ", ".join(f"{value.strip()} ({lines:,})" for value, lines in nobody.head(SHOWN).iter_rows())
        shown += " …" if nobody.height > SHOWN else ""
        found.append(Convention(wanted.file, wanted.header, "nobody", shown))
    return replace(wanted.plain(), tidy=tidy), found


def _nobody(wanted: Wanted) -> pl.DataFrame:
    """The words that name nobody, with their counts, the most frequent first; they are short and have no digit but 0."""
    cells = wanted.connection.sql(
        f"""select {wanted.name} as value, count(*) as lines from {wanted.source}
        where length({wanted.name}) <= 40 and not regexp_matches({wanted.name}, '[1-9]') and trim({wanted.name}) <> '' group by 1"""
    ).pl()
    test = is_nobody if wanted.name in CUSTOMERS else is_blank
    return cells.filter(test(pl.col("value"))).sort(["lines", "value"], descending=[True, False])


def _refuse_spoilt(wanted: Wanted) -> None:
    spoilt = f"regexp_matches(trim({wanted.name}), '{SPOILT}')"
    found = wanted.connection.execute(f"select {wanted.name} from {wanted.source} where {spoilt} limit 1").fetchall()
    if found:
        raise _rounded(wanted, spoilt, found[0][0])


def _refuse_rounded(wanted: Wanted) -> None:
    """A number keeps fifteen digits in a spreadsheet: the others become zeros, or what a binary number makes of them."""
    rows = wanted.connection.execute(
        f"""
        select length(key), count(*), count(*) filter (rounded), any_value(key) filter (rounded)
        from (
            select key, regexp_matches(key, '^\\d{{1,15}}0+$') or (key::double::hugeint::varchar = key
                and printf('%.14e', key::double)::double = key::double) as rounded
            from (
                select distinct regexp_extract(trim({wanted.name}), '{LONG}', 1) as key from {wanted.source}
                where length({wanted.name}) >= 16
            ) where key <> ''
        ) group by 1
        """
    ).fetchall()
    for digits, keys, rounded, example in rows:
        if is_rounded(digits, rounded, keys):
            raise _rounded(wanted, f"trim({wanted.name}) in ('{example}', '{example}.0')", example)


def _rounded(wanted: Wanted, where: str, value: str) -> Refused:
    return Refused(
        N_(
            "{file}, line {line}, column “{column}”: “{value}” is a number rounded by a spreadsheet, so different keys "
            "became one. Export again and load the file without opening it in Excel."
        ),
        file=wanted.file,
        line=wanted.line_of(where),
        column=wanted.header,
        value=value,
    )
