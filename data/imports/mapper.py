"""Files that nobody recognises: what can be mapped by hand, and the first guess at it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from data.errors import Refused
from data.imports.layout import Layout, fold_header, listed
from data.imports.profile import by_name, find_column
from metrics.texts import N_

KINDS = ("orders", "members", "nps", "csat", "ces", "tier_changes")


@dataclass(frozen=True)
class Field:
    """A field that the mapper offers; `label` and `help` are English templates."""

    name: str
    label: str
    required: bool
    help: str


@dataclass(frozen=True)
class Guesses:
    """The likeliest kind of a file, and per kind the header that each field seems to stand under."""

    kind: str
    columns: dict[str, dict[str, str]]


class NeedsMapping(Refused):
    """Nobody recognised the file: the user says which column is which. Nothing was written."""

    def __init__(self, file: str, layout: Layout) -> None:
        super().__init__(
            N_(
                "{file} is no export that Rapport knows. Say what it holds and which column is which: "
                "--profile nps --map score=COLUMN, for example. Its columns are: {columns}."
            ),
            file=file,
            columns=listed(layout.headers),
        )
        self.file = file
        self.headers = layout.headers
        self.samples = layout.samples
        self.guesses = guess(layout.headers)
        self.signature = signature(layout.headers)


def fields_of(kind: str) -> list[Field]:
    """What can be mapped for one of KINDS. Another kind raises Refused."""
    if kind not in KINDS:
        raise Refused(N_("There is no kind “{kind}”. Known are: {known}."), kind=kind, known=", ".join(KINDS))
    return [
        Field(column.name, column.label or column.name, column.required, column.help)
        for column in by_name(kind).outputs[0].columns
    ]


def guess(headers: Sequence[str]) -> Guesses:
    """Per kind the columns whose headers are synonyms of its fields; the kind with most required fields, then most fields, first."""
    columns: dict[str, dict[str, str]] = {}
    ranks: dict[str, tuple[bool, int]] = {}
    for kind in KINDS:
        fields = by_name(kind).outputs[0].columns
        found: dict[str, str] = {}
        for field in fields:
            place = find_column(field, headers)
            if place is not None and headers[place] not in found.values():
                found[field.name] = headers[place]
        columns[kind] = found
        ranks[kind] = (all(field.name in found for field in fields if field.required), len(found))
    return Guesses(max(KINDS, key=lambda kind: ranks[kind]), columns)


def signature(headers: Sequence[str]) -> str:
    """What files with the same headers, in any order, have in common."""
    return hashlib.sha256("\n".join(sorted(map(fold_header, headers))).encode()).hexdigest()[:16]
