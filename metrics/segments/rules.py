"""Tables of rules that sort customers into classes, as data: each class is a set of ranges of a few numbers of a customer.

A table is checked before it is used: every customer must fall into exactly one class, and every class must be one that a customer can be
in. The numbers are whole, so that a table cuts them into finitely many cells; each cell is looked at.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw

from metrics.errors import RuleError
from metrics.texts import N_

MOST_CELLS = 100_000
LONGEST = 4_000  # characters of a table
CODE = re.compile(r"[^\W\d]\w{0,39}")
RANGE = re.compile(r"(\w+)\s+(\d{1,9})(?:\s*\.\.\s*(\d{1,9})?)?")
ENDLESS = re.compile(r"\.\.\s*$")


@dataclass(frozen=True)
class Number:
    """A whole number of a customer, from `least` to `most` (None: without end); never above the number named by `up_to`."""

    least: int
    most: int | None
    up_to: str = ""


@dataclass(frozen=True)
class Range:
    """From `low` to `high` of a number, both included; a `high` of None has no end."""

    number: str
    low: int
    high: int | None

    def holds(self, low: int) -> bool:
        """Whether it holds the value."""
        return self.low <= low and (self.high is None or low <= self.high)

    @property
    def text(self) -> str:
        """As a table writes it: “orders 2..3”, “orders 4..”, “orders 1”."""
        end = "" if self.high == self.low else ".." if self.high is None else f"..{self.high}"
        return f"{self.number} {self.low}{end}"


@dataclass(frozen=True)
class Class:
    """A class: who fits one of its `ways`, each of which is ranges that must all hold."""

    code: str
    ways: tuple[tuple[Range, ...], ...]

    @property
    def text(self) -> str:
        """As a table writes it: “loyal: orders 4.. or orders 2..3, quarters 3..4”."""
        return f"{self.code}: {' or '.join(', '.join(each.text for each in way) for way in self.ways)}"


@dataclass(frozen=True)
class Table:
    """Classes in the order in which they are shown, the best first."""

    classes: tuple[Class, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The names of its classes, in their order."""
        return tuple(each.code for each in self.classes)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that it looks at."""
        named = (part.number for each in self.classes for way in each.ways for part in way)
        return tuple(dict.fromkeys(named))

    @property
    def text(self) -> str:
        """The table as `parse` reads it."""
        return "; ".join(each.text for each in self.classes)


def parse(text: str, numbers: Mapping[str, Number]) -> Table:
    """The table that a text says, with classes between semicolons or lines: “first: orders 1; repeat: orders 2..3; loyal: orders 4..”.

    RuleError names what cannot be read, and, as `check`, a gap, an overlap, or a class that nobody can be in.
    """
    if len(text) > LONGEST:
        raise RuleError(N_("The table is longer than {most} characters."), most=LONGEST)
    lines = [line.strip() for line in re.split(r"[;\n]", text) if line.strip()]
    table = Table(tuple(_class(line, numbers) for line in lines))
    check(table, numbers)
    return table


def check(table: Table, numbers: Mapping[str, Number]) -> None:
    """RuleError where two classes share a name, a customer falls into none or two, or a class holds nobody. Each cell that the ranges cut
    the numbers into is looked at; cells that no customer can be in, such as three quarters with one order, are passed over."""
    if not table.classes:
        raise RuleError(N_("The table has no class. Write one as: name: number 1..3."))
    for code in table.codes:
        if table.codes.count(code) > 1:
            raise RuleError(N_("There are two classes called “{name}”."), name=code)
    reached: set[str] = set()
    for cell in cells(table, numbers):
        found = [each.code for each in table.classes if _fits(each, cell)]
        reached |= set(found)
        if not found:
            raise RuleError(N_("No class holds customers with {cell}. Widen one."), cell=_named(cell))
        if len(found) > 1:
            raise RuleError(
                N_("“{one}” and “{other}” both hold customers with {cell}. Narrow one."),
                one=found[0], other=found[1], cell=_named(cell),
            )  # fmt: skip
    for code in table.codes:
        if code not in reached:
            raise RuleError(N_("No customer can be in “{name}”."), name=code)


def cells(table: Table, numbers: Mapping[str, Number]) -> Iterator[dict[str, int]]:
    """The least value of each number in each cell, of those that a customer can be in. RuleError where they are too many to look at."""
    named = table.numbers
    starts = [sorted(_starts(table, name, numbers[name])) for name in named]
    count = 1
    for each in starts:
        count *= len(each)
    if count > MOST_CELLS:
        raise RuleError(N_("The table has more than {most} cases to look at. Use fewer ranges."), most=MOST_CELLS)
    ends = [dict(itertools.zip_longest(each, [start - 1 for start in each[1:]])) for each in starts]
    largest = {name: ends[place] for place, name in enumerate(named)}
    for values in itertools.product(*starts):
        cell = dict(zip(named, values, strict=True))
        if _possible(cell, largest, numbers):
            yield cell


def class_of(table: Table) -> nw.Expr:
    """The code of the class of each row of a frame with the numbers that the table looks at; null where one of them is null."""
    known = nw.all_horizontal(*(~nw.col(name).is_null() for name in table.numbers), ignore_nulls=False)
    found = nw.lit(None, nw.String)
    for each in table.classes:
        fits = nw.any_horizontal(*(_way(way) for way in each.ways), ignore_nulls=False)
        found = nw.when(fits & known).then(nw.lit(each.code)).otherwise(found)
    return found


def _way(ranges: Sequence[Range]) -> nw.Expr:
    bounds = [nw.col(each.number) >= each.low for each in ranges]
    bounds += [nw.col(each.number) <= each.high for each in ranges if each.high is not None]
    return nw.all_horizontal(*bounds, ignore_nulls=False)


def _class(line: str, numbers: Mapping[str, Number]) -> Class:
    name, colon, rule = (part.strip() for part in line.partition(":"))
    if not colon or not CODE.fullmatch(name):
        raise RuleError(N_("“{line}” is no class. Write it as: name: number 1..3."), line=line)
    ways = [
        tuple(_range(part.strip(), numbers) for part in re.split("[,，]", way)) for way in re.split(r"\bor\b", rule)
    ]
    return Class(name, tuple(ways))


def _range(text: str, numbers: Mapping[str, Number]) -> Range:
    found = RANGE.fullmatch(text)
    if found is None:
        raise RuleError(N_("“{part}” is no range. Write it as: number 1..3, number 4.. or number 2."), part=text)
    name, low, high = found.groups()
    if name not in numbers:
        raise RuleError(N_("There is no number “{name}”; there are: {known}."), name=name, known=", ".join(numbers))
    end = int(high) if high else None if ENDLESS.search(text) else int(low)
    if end is not None and end < int(low):
        raise RuleError(N_("“{part}” ends before it begins."), part=text)
    return Range(name, int(low), end)


def _starts(table: Table, name: str, number: Number) -> set[int]:
    """Where the cells of a number begin: its least value, and wherever a range begins or has ended."""
    found = {number.least}
    for part in (part for each in table.classes for way in each.ways for part in way if part.number == name):
        found |= {part.low} | ({part.high + 1} if part.high is not None else set())
    return {value for value in found if value >= number.least and (number.most is None or value <= number.most)}


def _possible(
    cell: Mapping[str, int], largest: Mapping[str, Mapping[int, int | None]], numbers: Mapping[str, Number]
) -> bool:
    """Whether a customer can be in the cell: no number in it is above the one that bounds it."""
    for name, value in cell.items():
        bound = numbers[name].up_to
        most = largest[bound][cell[bound]] if bound in cell else None
        if most is not None and value > most:
            return False
    return True


def _fits(each: Class, cell: Mapping[str, int]) -> bool:
    return any(all(part.holds(cell[part.number]) for part in way) for way in each.ways)


def _named(cell: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {value}" for name, value in cell.items())
