"""Orders whose lines stand on several sheets of one workbook: parts to be added up, or states of which the last one counts."""

from collections.abc import Mapping, Sequence

import duckdb

from data.errors import Refused
from data.imports.files.raw import RawFile
from data.imports.fold import Folding
from data.imports.orders.lines import LAST, SUM
from data.imports.outcome.receipt import Convention
from data.imports.outcome.undecided import Undecided
from metrics.texts import N_

OPTION = "over_sheets"


def decide_over_sheets(
    connection: duckdb.DuckDBPyConnection, folding: Folding, raw: Sequence[RawFile], given: str, kept: str
) -> tuple[Mapping[int, int], list[Convention]]:
    """The sheets whose lines make orders together, each with the number of the first; none where each order has a sheet of its own, or
    the same amount on all of its sheets, as a copy has. Raises Undecided where nobody said which it is."""
    books = _books(raw)
    if not books or not {"order_id", "amount"} <= set(folding.fields):
        return {}, []
    if given and given not in (SUM, LAST):
        raise Refused(N_("over_sheets is “{value}”; it must be sum or last."), value=given)
    cases = " ".join(f"when {number} then {first}" for number, first in books.items())
    orders, first = connection.execute(
        f"""
        select count(*), min(book) from (
            select book, order_id from (
                select case file_no {cases} else file_no end as book, file_no, order_id, sum(amount::decimal(38, 4)) as total
                from {folding.rows} where rule is null and order_id is not null group by all
            ) group by all having count(*) > 1 and count(distinct total) > 1
        )
        """
    ).fetchall()[0]
    if not orders:
        return {}, []
    file = next(file for file in raw if file.number == first)
    way = given or kept
    if not way:
        raise Undecided(
            N_(
                "{file}: {n} orders stand on several sheets, with other amounts on each. Their lines can be parts to be added up (sum), or "
                "states of which the last sheet counts (last)."
            ),
            option=OPTION,
            answers=(SUM, LAST),
            file=file.book,
            n=orders,
        )
    return books if way == SUM else {}, [Convention(file.book, file.book, OPTION, way)]


def _books(raw: Sequence[RawFile]) -> Mapping[int, int]:
    """The number of each sheet → that of the first one of its workbook, for workbooks of several."""
    sheets: dict[object, list[int]] = {}
    for file in raw:
        if file.book:
            sheets.setdefault(file.source.path, []).append(file.number)
    return {number: numbers[0] for numbers in sheets.values() if len(numbers) > 1 for number in numbers}
