"""The outputs of an import as rows for the store, and the fate of every line that gave none."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from data.errors import Refused
from data.imports.files.raw import RawFile, number_lines
from data.imports.fold import Folding
from data.imports.outcome import rules
from data.imports.outcome.receipt import Convention, Unused
from data.imports.sql import quote
from metrics.engine.schemas import TABLES
from metrics.texts import N_

READ_ROWS = 100_000


@dataclass
class Result:
    """The outputs of an import, read and folded; `used` are the places of the columns that are read, by the number of their file."""

    foldings: list[Folding] = field(default_factory=list)
    conventions: list[Convention] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    scale: str | None = None
    used: dict[int, set[int]] = field(default_factory=dict)
    parts: list[Unused] = field(default_factory=list)
    kinds: tuple[str, ...] = ()
    lines: list[str] = field(default_factory=list)

    def add(self, folding: Folding, conventions: list[Convention], headers: dict[str, str], scale: str | None) -> None:
        self.foldings.append(folding)
        self.conventions = list(dict.fromkeys(self.conventions + conventions))
        self.headers.append(headers)
        if query := folding.order_lines():
            self.lines.append(query)
        self.scale = self.scale or scale

    def use(self, used: Mapping[int, Collection[int]]) -> None:
        for number, places in used.items():
            self.used.setdefault(number, set()).update(places)

    def finish(self, connection: duckdb.DuckDBPyConnection, raw: list[RawFile]) -> None:
        """Make `out_{kind}`, the rows for the store, and `fates`, one row per line left out."""
        if not self.foldings:
            raise Refused(
                N_("{file}: no column with scores was found. Map one: --profile nps --map score=COLUMN."),
                file=raw[0].name,
            )
        self.kinds = tuple(kind for kind in TABLES if any(folding.output.kind == kind for folding in self.foldings))
        for kind in self.kinds:
            columns = ", ".join(TABLES[kind].column_names())
            parts = [
                f"select {columns} from {folding.docs} where rule is null"
                for folding in self.foldings
                if folding.output.kind == kind
            ]
            connection.execute(f"create view out_{kind} as {' union all '.join(parts)}")
        if self.lines:  # of orders that are taken: no row of the files is in them that the orders have not
            connection.execute(f"create table out_order_lines as {' union all '.join(self.lines)}")
            self.kinds = (*self.kinds, "order_lines")
        self._make_fates(connection, raw)

    def _make_fates(self, connection: duckdb.DuckDBPyConnection, raw: list[RawFile]) -> None:
        """A line is left out when no output took it; the first output that refused it says why."""
        connection.execute(
            "create table refused (file_no integer, row_no bigint, rule varchar, bad_column varchar, bad_value varchar, amount double)"
        )
        for folding, headers in zip(self.foldings, self.headers, strict=True):
            names = " ".join(f"when bad_column = {quote(name)} then {quote(title)}" for name, title in headers.items())
            connection.execute(
                f"""
                insert into refused select file_no, row_no, rule, case {names} else bad_column end, bad_value, amount
                from ({folding.left_out()})
                """
            )
        taken = ""
        if self._several_per_file():
            parts = [
                f"""select r.file_no, r.row_no from {folding.rows} r join {folding.docs} d
                on r.file_no = d.file_no and r.row_no::varchar = d.doc where r.rule is null and d.rule is null"""
                for folding in self.foldings
                if not folding.folded
            ]
            taken = f"where (file_no, row_no) not in ({' union '.join(parts)})"
        connection.execute(
            "create table fates (file_no integer, line bigint, rule varchar, bad_column varchar, bad_value varchar, amount double)"
        )
        for file in raw:
            connection.execute(
                f"""insert into refused select file_no, row_no, rule, bad_column, bad_value, null from aside
                where file_no = {file.number}"""
            )
            some = connection.execute("select 1 from refused where file_no = $n limit 1", {"n": file.number}).fetchall()
            if not some:
                continue
            connection.execute(
                f"""
                insert into fates
                select {file.number}, {number_lines(connection, file)}, rule, bad_column, bad_value, amount
                from (
                    select row_no, any_value(rule) as rule, any_value(bad_column) as bad_column, any_value(bad_value) as bad_value,
                        sum(amount) as amount
                    from (select * from refused where file_no = {file.number}) {taken} group by row_no
                ) r
                """
            )
        ragged = " ".join(f"when why = {quote(why)} then {quote(rule)}" for why, rule in rules.RAGGED.items())
        connection.execute(
            f"insert into fates select file_no, line, case {ragged} else 'broken_quote' end, '', value, null from ragged"
        )

    def _several_per_file(self) -> bool:
        files = [folding.output.file for folding in self.foldings]
        return len(set(files)) < len(files) or any(folding.output.each_column for folding in self.foldings)


def reader(connection: duckdb.DuckDBPyConnection, kind: str) -> pa.RecordBatchReader:
    """The rows of one table in batches, with exactly the schema's columns, one per natural key."""
    columns = ", ".join(TABLES[kind].column_names())
    return connection.sql(f"select {columns} from out_{kind}").to_arrow_reader(READ_ROWS)
