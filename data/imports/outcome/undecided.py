"""What a file leaves open and a person can answer: how its dates, numbers or letters are written, what its cells mean."""

import shlex
from dataclasses import dataclass

from data.errors import Refused
from data.imports.cells.answers import ALL, EMPTY, LEAVE_OUT


class Undecided(Refused):
    """The file can be read once a person answers `option` ("date_order", "decimal", "encoding"); nothing was written.

    The sentence asks; `remedy` says how the answer is given on the command line, which a page has no use for.
    """

    def __init__(
        self,
        template: str,
        /,
        *,
        option: str,
        answers: tuple[str, ...],
        previews: tuple[str, ...] = (),
        **values: object,
    ) -> None:
        super().__init__(template, **values)
        self.option = option
        self.answers = answers
        self.previews = previews  # what the file would say by each answer

    @property
    def remedy(self) -> str:
        return "Say " + " or ".join(f"--value {shlex.quote(f'{self.option}={one}')}" for one in self.answers) + "."


@dataclass(frozen=True)
class UnreadCell:
    """A cell that was not understood, in how many lines it stands, and what is likely meant ("" when nobody can tell)."""

    value: str
    lines: int
    proposal: str = ""


class Unread(Undecided):
    """Some cells of a column were understood and these were not: each is answered as `field:cell`, or all at once as `field:*`.

    `kind` is the type of the field, `cells` are the most frequent ones and `others` counts different ones beyond them;
    `choices` are the answers to choose from, where not any value can be given.
    """

    SHOWN = 20

    def __init__(
        self,
        template: str,
        /,
        *,
        field: str,
        kind: str,
        cells: tuple[UnreadCell, ...],
        others: int = 0,
        choices: tuple[str, ...] = (),
        **values: object,
    ) -> None:
        for_all = choices if kind == "status" else (LEAVE_OUT, EMPTY)
        super().__init__(template, option=f"{field}:{ALL}", answers=for_all, previews=(), cells=_named(cells), **values)
        self.field, self.kind, self.cells, self.others, self.choices = field, kind, cells, others, choices

    @property
    def remedy(self) -> str:
        """One answer for each cell, or one for all of them."""
        first = next((cell for cell in self.cells if not cell.proposal), self.cells[0])
        known = [f"--value {shlex.quote(f'{self.field}:{c.value}={c.proposal}')}" for c in self.cells if c.proposal]
        each = f"--value {shlex.quote(f'{self.field}:{first.value}=ANSWER')}"
        proposed = f" Likely: {' '.join(known)}." if known else ""
        can = [*(self.choices or ("a value",)), *(() if self.kind == "status" else (EMPTY, LEAVE_OUT))]
        ways = f"{', '.join(can[:-1])} or {can[-1]}"
        return f"Say {each} for each of them ({ways}).{proposed} For all of them: {super().remedy[4:]}"


LISTED = 8  # cells in a sentence


def _named(cells: tuple[UnreadCell, ...]) -> str:
    shown = ", ".join(f"“{_short(cell.value)}” ({cell.lines:,})" for cell in cells[:LISTED])
    return shown if len(cells) <= LISTED else f"{shown} …"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
