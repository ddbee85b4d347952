"""Which further columns of members files customers can be distinguished by, and what each customer's value is.

A column is one of them when few values are shared by many customers: texts, up to MOST_VALUES of them, or numbers, which are put into
bands. Never one that names or reaches a person, by its header or by what stands in it. All follows from the visible members alone, so a
past version is read as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from data.sql import only_value, quoted
from data.text import bands, personal
from metrics.dimension import member_column

MOST_VALUES, MOST_LETTERS = 50, 40
FEW_NUMBERS = 10  # up to so many different ones are values like any other
LEAST_EACH = 2  # customers per value, on average: fewer make a list of people
LONG_NUMBER = 1e6  # whole numbers from here on, of which most are different, are numbers of people
QUANTILES = (0.2, 0.4, 0.6, 0.8)
NUMBER = "try_cast(replace({0}, ',', '') as double)"
PERSON, MANY = "names or reaches a person", "too many values, or hardly two customers share one"


@dataclass(frozen=True)
class MemberColumn:
    """A column that customers can be told apart by, under all headers that are spelt alike. `edges`: of bands, where it holds numbers."""

    column: str
    headers: tuple[str, ...]
    values: int
    edges: tuple[float, ...] = ()
    whole: bool = True

    @property
    def value(self) -> str:
        """SQL: its code, from the `attributes` of a member."""
        text = _cell(self.headers)
        if not self.edges:
            return text
        number = NUMBER.format(text)
        starts = (None, *self.edges)
        tests = " ".join(
            f"when {number} < {edge!r} then {quoted(bands.code(low, edge, whole=self.whole))}"
            for low, edge in zip(starts, self.edges, strict=False)
        )
        last = quoted(bands.code(self.edges[-1], None, whole=self.whole))
        return f"case {tests} when {number} is not null then {last} end"


@dataclass(frozen=True)
class Found:
    """The columns that customers can be distinguished by, and of the others why they cannot: header and PERSON or MANY."""

    columns: tuple[MemberColumn, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


def find(cursor: duckdb.DuckDBPyConnection, members: str, ids: str) -> Found:
    """The columns among the `attributes` of a query of members; `ids` is a query of what customers are known by."""
    named = f"""select distinct unnest(keys)
        from (select distinct json_keys(attributes) as keys from ({members}) where attributes is not null)"""
    headers: dict[str, list[str]] = {}
    for (header,) in cursor.execute(named).fetchall():
        headers.setdefault(member_column(header), []).append(header)
    open_to = {
        column: tuple(sorted(spelt))
        for column, spelt in sorted(headers.items())
        if column and not any(map(personal.header_is_personal, spelt))
    }
    refused = [(header, PERSON) for column, spelt in headers.items() if column not in open_to for header in spelt]
    columns = []
    for column, spelt in open_to.items():
        found = _judged(cursor, members, ids, column, spelt)
        if isinstance(found, MemberColumn):
            columns.append(found)
        elif found:
            refused += [(header, found) for header in spelt]
    return Found(tuple(columns), tuple(sorted(refused)))


def _judged(
    cursor: duckdb.DuckDBPyConnection, members: str, ids: str, column: str, headers: tuple[str, ...]
) -> MemberColumn | str:
    """The column, or why it is none; "" for one without a value."""
    cells = f"select {_cell(headers)} as cell from ({members})"
    number = NUMBER.format("cell")
    filled, different, numbers, whole, low, high, longest = cursor.execute(
        f"""
        select count(cell), approx_count_distinct(cell), count({number}), coalesce(bool_and({number} = floor({number})), true),
            min({number}), max({number}), coalesce(max(length(cell)), 0) from ({cells})
        """
    ).fetchall()[0]
    if not filled:
        return ""
    if numbers == filled:
        different = only_value(cursor, f"select count(distinct cell) from ({cells})")
        if different > FEW_NUMBERS:
            running = whole and different == filled and high - low + 1 == filled
            if running or (whole and high >= LONG_NUMBER and different * LEAST_EACH > filled):
                return PERSON
            ends = only_value(
                cursor, f"select quantile_disc({number}, {list(QUANTILES)}) from ({cells}) where cell is not null"
            )
            edges = bands.edges(ends, low, high)
            return MemberColumn(column, headers, len(edges) + 1, edges, whole) if edges else MANY
    if different > 2 * MOST_VALUES or longest > MOST_LETTERS:
        return MANY
    values = [
        cell for (cell,) in cursor.execute(f"select distinct cell from ({cells}) where cell is not null").fetchall()
    ]
    if personal.any_is_personal(values) or _names_customers(cursor, ids, values):
        return PERSON
    if len(values) > MOST_VALUES or len(values) * LEAST_EACH > filled:
        return MANY
    return MemberColumn(column, headers, len(values))


def _names_customers(cursor: duckdb.DuckDBPyConnection, ids: str, values: Sequence[str]) -> bool:
    """Whether one of the values is what a customer is known by; short numbers are so by chance."""
    words = [value.casefold() for value in values if not (value.isdecimal() and len(value) < personal.FEWEST_DIALLED)]
    found = f"select exists (select 1 from ({ids}) where lower(customer_id) in (select unnest($words)))"
    return bool(words and only_value(cursor, found, {"words": words}))


def _cell(headers: Sequence[str]) -> str:
    """SQL: what stands in the first of the columns that is filled."""
    places = (header.replace("~", "~0").replace("/", "~1") for header in headers)
    cells = [f"nullif(trim(json_extract_string(attributes, {quoted('/' + place)})), '')" for place in places]
    return cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"


def refresh(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the saved values of all members anew."""
    members = "select * from members where replaced_by is null"
    cursor.execute("delete from customer_attributes")
    for each in find(cursor, members, "select customer_id from customer_keys").columns:
        cursor.execute(
            f"insert into customer_attributes select customer_key, {quoted(each.column)}, code from ({values(each, members)})"
        )


def values(column: MemberColumn, members: str) -> str:
    """A query of customer_key and code, of those members who have a value."""
    return f"select customer_key, code from (select customer_key, {column.value} as code from ({members})) where code is not null"
