"""Files that nobody recognises: what can be mapped by hand, and the first guess at it."""

import hashlib
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from data.errors import Refused
from data.imports.files.layout import Layout, fold_header, listed
from data.imports.profile import by_name, find_columns
from metrics.texts import N_

KINDS = ("orders", "members", "nps", "csat", "ces", "tier_changes", "points", "referrals", "benefits", "events")

RECOMMEND = re.compile("recommend|推荐")
SCORE = re.compile(r"\d|10")


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
        self.guesses = guess(layout.headers, layout.samples)
        super().__init__(
            N_(
                "{file} is no export that Rapport knows. Say what it holds and which column is which, for example {options}. "
                "Its columns are: {columns}."
            ),
            file=file,
            options=_options(self.guesses, layout.headers),
            columns=listed(layout.headers),
        )
        self.file = file
        self.layout = layout
        self.headers = layout.headers
        self.samples = layout.samples
        self.signature = signature(layout.headers)


def fields_of(kind: str) -> list[Field]:
    """What can be mapped for one of KINDS. Another kind raises Refused."""
    if kind not in KINDS:
        raise Refused(N_("There is no kind “{kind}”. Known are: {known}."), kind=kind, known=", ".join(KINDS))
    return [
        Field(column.name, column.label or column.name, column.required, column.help)
        for column in by_name(kind).outputs[0].columns
    ]


def guess(headers: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> Guesses:
    """Per kind the columns whose headers are synonyms of its fields; the kind with most required fields, then most fields, first.

    The question whether one would recommend is asked in many words: its column is known by one word and answers from 0 to 10.
    """
    columns: dict[str, dict[str, str]] = {}
    ranks: dict[str, tuple[bool, int]] = {}
    for kind in KINDS:
        fields = by_name(kind).outputs[0].columns
        found: dict[str, str] = {}
        for field in fields:
            header = "+".join(headers[place] for place in find_columns(field, headers))
            if header and header not in found.values():
                found[field.name] = header
        if kind == "nps" and "score" not in found and (asked := _recommending(headers, samples)):
            found["score"] = asked
        columns[kind] = found
        ranks[kind] = (all(field.name in found for field in fields if field.required), len(found))
    return Guesses(max(KINDS, key=lambda kind: ranks[kind]), columns)


def _recommending(headers: Sequence[str], samples: Sequence[Sequence[str]]) -> str | None:
    for place, header in enumerate(headers):
        cells = [row[place].strip() for row in samples if place < len(row) and row[place].strip()]
        if RECOMMEND.search(fold_header(header)) and cells and all(SCORE.fullmatch(cell) for cell in cells):
            return header
    return None


def _options(guesses: Guesses, headers: Sequence[str]) -> str:
    """The likeliest kind for the command line, with every column that it needs and would not find by itself."""
    found = guesses.columns[guesses.kind]
    said = [f"--profile {guesses.kind}"]
    for column in by_name(guesses.kind).outputs[0].columns:
        if column.required and not find_columns(column, headers):
            said.append(f"--map {column.name}={shlex.quote(found.get(column.name, 'COLUMN'))}")
    return " ".join(said)


def signature(headers: Sequence[str]) -> str:
    """What files with the same headers, in any order, have in common."""
    return hashlib.sha256("\n".join(sorted(map(fold_header, headers))).encode()).hexdigest()[:16]
