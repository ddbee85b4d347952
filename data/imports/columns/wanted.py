"""A column that is to be decided, with what is known and was answered about it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import duckdb

from data.imports.columns.reading import Reading
from data.imports.profile import Column


@dataclass(frozen=True)
class Wanted:
    """The column to decide: `source` is a table of texts, `line_of` gives the physical line of the first row that meets a condition.

    `values` were given for this file or are fixed by the profile, `given` are the former alone; `kept` are the answers to earlier
    files with the same headers. `is_item`: the column holds the items of a questionnaire, which say little about their scale one by one.
    `by_cell`: no column of the file names the currency. `fields` are all columns of the source; `words` are a vendor's own words for a
    status.
    """

    connection: duckdb.DuckDBPyConnection
    source: str
    column: Column
    header: str
    file: str
    line_of: Callable[[str], int]
    values: Mapping[str, str]
    kept: Mapping[str, str]
    given: Mapping[str, str]
    is_item: bool = False
    by_cell: bool = False
    fields: Collection[str] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.column.name

    def others(self, pattern: str) -> bool:
        """Whether any cell does not have the pattern."""
        return bool(
            self.connection.execute(
                f"select 1 from {self.source} where {self.name} is not null and not regexp_full_match({self.name}, $p) limit 1",
                {"p": pattern},
            ).fetchall()
        )

    def count(self, where: str) -> int:
        """How many rows meet a condition."""
        return int(self.connection.execute(f"select count(*) from {self.source} where {where}").fetchall()[0][0])

    def plain(self) -> Reading:
        """The reading of a column of which nothing else is known."""
        return Reading(self.column, self.header, self.file)
