"""Who is looked at: a choice of customers by their dimensions, as codes. Empty means everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metrics.dimension import FILTERS, is_member_column

COLUMNS = {dimension.code: dimension.column for dimension in FILTERS}  # in an address → in the data
ALWAYS_STATED = tuple(dimension.column for dimension in FILTERS if dimension.source in ("customer", "tiers"))


@dataclass(frozen=True, init=False)
class Segment:
    """Customers whose value of each named dimension is among the given codes. Hashable, so that it can be part of a cache key."""

    codes: tuple[tuple[str, tuple[str, ...]], ...]

    def __init__(self, **codes: Sequence[str]) -> None:
        """The codes by column; a column without any does not limit the choice."""
        known = [*COLUMNS.values(), *sorted(codes.keys() - set(COLUMNS.values()))]
        chosen = tuple((column, tuple(codes[column])) for column in known if codes.get(column))
        object.__setattr__(self, "codes", chosen)

    def __getitem__(self, column: str) -> tuple[str, ...]:
        """The codes of one column; none where it does not limit the choice."""
        return self.chosen.get(column, ())

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """The columns that limit the choice, with their codes."""
        return dict(self.codes)

    @property
    def stated(self) -> dict[str, tuple[str, ...]]:
        """The choice as part of what an answer is kept under. The columns of a customer and the tier stand in it even without a code, as
        they do in what was kept before there were others."""
        return {**dict.fromkeys(ALWAYS_STATED, ()), **self.chosen}

    def choosing(self, column: str, codes: Sequence[str]) -> "Segment":
        """The same choice with other codes of one column."""
        return Segment(**{**self.chosen, column: codes})

    def within(self, other: "Segment") -> "Segment | None":
        """The customers that are in both choices; None when no code is in both, since a Segment without codes means everybody."""
        both: dict[str, tuple[str, ...]] = {}
        for column in (*self.chosen, *other.chosen):
            own, others = self[column], other[column]
            both[column] = tuple(code for code in own if code in others) if own and others else own or others
            if own and others and not both[column]:
                return None
        return Segment(**both)

    def seen_within(self, scope: "Segment") -> "Segment":
        """Whom a number is of that somebody limited to `scope` asked for of this choice: what all words and addresses say.

        A choice that has nobody of the scope is said as it was made: the number is of none of them.
        """
        return self.within(scope) or self

    @property
    def params(self) -> dict[str, list[str]]:
        """The choice as parameters of an address."""
        names = {column: code for code, column in COLUMNS.items()}
        return {names.get(column, column): list(codes) for column, codes in self.codes}


def of_params(params: Mapping[str, Sequence[str]]) -> Segment:
    """The choice that parameters of an address say; others are passed over."""
    named = {column: code for code in params if (column := column_of(code))}
    return Segment(**{column: tuple(params[code]) for column, code in named.items()})


def column_of(code: str) -> str | None:
    """The column that a parameter of an address chooses customers by; None for any other parameter."""
    return code if is_member_column(code) else COLUMNS.get(code)


EVERYBODY = Segment()
