"""What became of every line of an import: the record that people read before and after it is imported."""

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class FileRead:
    """One file as it was read; `lines` counts its rows of data, without title, header and empty lines."""

    name: str
    bytes: int
    encoding: str
    delimiter: str
    lines: int


@dataclass(frozen=True)
class LeftOut:
    """One rule by which lines were left out. `reason` is in English, `template` and `values` are what a page translates and fills;
    `amount` is the money of the lines, if they have any.
    """

    rule: str
    reason: str
    lines: int
    example_file: str
    example_line: int
    example_column: str
    example_value: str
    amount: float | None = None
    template: str = ""
    values: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class TableCounts:
    """Rows for one table beside what the store holds; None where there was no store to compare with."""

    kind: str
    rows: int
    new: int | None
    changed: int | None
    same: int | None


@dataclass(frozen=True)
class Convention:
    """How one column was read: `what` is "decimal sign", "date order", "scale" …, `value` the choice."""

    file: str
    column: str
    what: str
    value: str


@dataclass(frozen=True)
class Unused:
    """What was read and became no data: `what` is "column", "sheet", "hidden sheet" or "part" of the cells of a column that is read;
    `cells` counts those that hold something."""

    file: str
    what: str
    name: str
    cells: int
    example: str


@dataclass(frozen=True)
class CannotAnswer:
    """A question that these files cannot answer: `sentence` is an English template, filled with `values`."""

    code: str
    sentence: str
    values: dict[str, int | str]

    def __str__(self) -> str:
        return self.sentence.format(**self.values)


@dataclass(frozen=True)
class Doubt:
    """What was read as it stands and is likely meant otherwise: `option` and `answer` say so, as `--value option=answer`."""

    code: str
    sentence: str
    values: dict[str, int | float | str]
    option: str
    answer: str

    def __str__(self) -> str:
        return self.sentence.format(**self.values)


@dataclass(frozen=True)
class Receipt:
    """Every line accounted for: lines_in == lines_taken + the lines of all `left_out`; every cell that holds something too: cells_in ==
    cells_used + the cells of all `unused`."""

    profile: str
    profile_title: str
    files: tuple[FileRead, ...]
    lines_in: int
    lines_taken: int
    left_out: tuple[LeftOut, ...] = ()
    orders: int = 0
    orders_new: int | None = None
    orders_changed: int | None = None
    orders_same: int | None = None
    refunds: int = 0
    refund_lines: int = 0
    refund_lines_left_out: int = 0
    customers: int = 0
    customers_new: int | None = None
    revenue: float = 0.0
    refunded: float = 0.0
    currency: str | None = None
    first_date: dt.date | None = None
    last_date: dt.date | None = None
    members: int = 0
    feedback: int = 0
    answers: int = 0
    tier_changes: int = 0
    order_lines: int = 0
    points: int = 0
    referrals: int = 0
    benefits: int = 0
    events: int = 0
    tables: tuple[TableCounts, ...] = ()
    conventions: tuple[Convention, ...] = ()
    cannot_answer: tuple[CannotAnswer, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    unused: tuple[Unused, ...] = ()
    cells_in: int = 0
    cells_used: int = 0
    import_id: int | None = None
    already_loaded: int | None = None

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), default=dt.date.isoformat, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Receipt":
        """The receipt that `to_json` wrote."""
        values = json.loads(text)
        for name in ("first_date", "last_date"):
            values[name] = dt.date.fromisoformat(values[name]) if values[name] else None
        nested = {
            "files": FileRead,
            "left_out": LeftOut,
            "tables": TableCounts,
            "conventions": Convention,
            "cannot_answer": CannotAnswer,
            "doubts": Doubt,
            "unused": Unused,
        }
        for name, kind in nested.items():
            values[name] = tuple(kind(**row) for row in values.get(name, ()))
        return cls(**values)
