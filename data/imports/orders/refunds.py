"""A column of refunds beside one of amounts: whether the amounts are before the refund or what is left after it."""

from collections import Counter

import duckdb

from data.errors import Refused
from data.imports.files.raw import RawFile
from data.imports.outcome.receipt import Convention
from data.imports.outcome.undecided import Undecided
from data.imports.source import Built
from metrics.texts import N_

BEFORE, AFTER = "to take off", "taken off"
CENT = 0.005


def decide_refunds(
    connection: duckdb.DuckDBPyConnection, rows: str, built: Built, raw: list[RawFile], given: str, kept: str
) -> tuple[str, list[Convention]]:
    """Whether refunds are still to be taken off the amounts of parsed `rows`, "" where there are none.

    Raises Undecided where the cells do not tell.
    """
    found = {column.name: (header, file) for column, header, file in built.columns}
    refunded = connection.execute(f"select count(*) from {rows} where rule is null and refund <> 0").fetchall()[0][0]
    if not refunded:
        return "", []
    if given and given not in (BEFORE, AFTER):
        raise Refused(N_("refunds is “{value}”; it must be “to take off” or “taken off”."), value=given)
    header, file = found["refund"]
    way = given or _way(connection, rows, built, raw) or kept
    if not way:
        raise Undecided(
            N_(
                "{file}: “{amount}” can be before or after the refunds of “{column}”, and the cells do not decide it. Are they still to "
                "be taken off?"
            ),
            option="refunds",
            answers=(BEFORE, AFTER),
            file=file,
            column=header,
            amount=found["amount"][0],
        )
    return way, [Convention(file, header, "refunds", way)]


def _way(connection: duckdb.DuckDBPyConnection, rows: str, built: Built, raw: list[RawFile]) -> str:
    """What the rows with a refund show: an amount below the refund is what was left, one equal to it was given back in full."""
    size = "abs(refund)"
    below, equal, nothing, all_rows = connection.execute(
        f"""select count(*) filter (amount > 0 and amount < {size} - {CENT}), count(*) filter (abs(amount - {size}) <= {CENT}),
            count(*) filter (amount = 0), count(*) from {rows} where rule is null and refund <> 0 and amount is not null"""
    ).fetchall()[0]
    before, after = _explained(connection, rows, built, raw, all_rows)
    if before != after:
        return BEFORE if before else AFTER
    if below or nothing:
        return "" if equal else AFTER
    return BEFORE if equal else ""


def _explained(
    connection: duckdb.DuckDBPyConnection, rows: str, built: Built, raw: list[RawFile], all_rows: int
) -> tuple[bool, bool]:
    """Whether some other column is amount − refund (the refund is still to be taken off) or amount + refund (it was) in every such row."""
    less: Counter[str] = Counter()
    more: Counter[str] = Counter()
    for file in raw:
        own = built.places.get(file.number)
        if own is None:
            continue
        others = [n for n in range(file.layout.width) if n not in {*own.get("amount", ()), *own.get("refund", ())}]
        cells = {
            n: f"try_cast(replace(regexp_replace(r.c{n}, '[^0-9.,-]', '', 'g'), ',', '') as double)" for n in others
        }
        counted = [
            f"count(*) filter (abs({cell} - amount {sign} abs(refund)) <= {CENT})"
            for cell in cells.values()
            for sign in "+-"
        ]
        if not counted:
            continue
        found = connection.execute(
            f"""select {", ".join(counted)} from {rows} x join {file.table} r on r.row_no = x.row_no
            where x.file_no = {file.number} and x.rule is null and refund <> 0 and amount is not null"""
        ).fetchall()[0]
        for place, n in enumerate(others):
            less[file.layout.headers[n]] += found[2 * place]
            more[file.layout.headers[n]] += found[2 * place + 1]
    return any(n == all_rows for n in less.values()), any(n == all_rows for n in more.values())
