"""Which sheets of a workbook are read together: those that were named, else the visible ones with the headers of an export."""

from collections.abc import Callable, Sequence

from data.errors import Refused
from data.imports.files.layout import fold_header, listed
from data.imports.files.raw import RawFile
from data.imports.outcome.undecided import Undecided
from metrics.texts import N_

BETWEEN = "/"  # names of sheets: no sheet may hold it in its name
Fits = Callable[[Sequence[RawFile]], str | None]


def pick_sheets(found: list[RawFile], said: str | None, fits: Fits) -> tuple[list[RawFile], list[RawFile]]:
    """The files to read, numbered anew, and the sheets that are not. `fits` gives the name of the profile that reads files, None where none
    does. Raises Undecided when sheets with different headers could be meant."""
    taken: list[RawFile] = []
    for number in dict.fromkeys(file.number for file in found):
        sheets = [file for file in found if file.number == number]
        taken += sheets if len(sheets) == 1 else _of_one_book(sheets, said, fits)
    left = [file for file in found if all(file is not one for one in taken)]
    for place, file in enumerate(taken):
        file.number = place
    return taken, left


def _of_one_book(sheets: list[RawFile], said: str | None, fits: Fits) -> list[RawFile]:
    if said:
        return _named(sheets, said)
    tables = [sheet for sheet in sheets if sheet.layout.headers and not sheet.hidden]
    if not tables:
        tables = [sheet for sheet in sheets if sheet.layout.headers]
    groups: dict[frozenset[str], list[RawFile]] = {}
    for sheet in tables:
        groups.setdefault(frozenset(map(fold_header, sheet.layout.headers)), []).append(sheet)
    alike = list(groups.values())
    if len(alike) == 1 or fits([group[0] for group in alike]) == TOGETHER:
        return tables
    fitting = [(group, profile) for group in alike if (profile := fits(group)) is not None]
    if not fitting:
        wide = [group for group in alike if group[0].layout.width > 1]
        if len(wide) == 1:
            return wide[0]
        fitting = [(group, "") for group in wide or alike]
    if len(fitting) == 1:
        return fitting[0][0]
    raise _which(fitting)


TOGETHER = "together"  # what `fits` gives for files of several roles in one export


def _named(sheets: list[RawFile], said: str) -> list[RawFile]:
    wanted = [name.strip().casefold() for name in said.split(BETWEEN) if name.strip()]
    names = [sheet.sheet.strip().casefold() for sheet in sheets]
    missing = [name for name in wanted if name not in names]
    if missing:
        raise Refused(
            N_("{file} has no sheet “{sheet}”. Its sheets are: {sheets}."),
            file=sheets[0].book,
            sheet=missing[0],
            sheets=listed([sheet.sheet for sheet in sheets]),
        )
    picked = [sheet for sheet, name in zip(sheets, names, strict=True) if name in wanted]
    empty = next((sheet for sheet in picked if not sheet.layout.headers), None)
    if empty:
        raise Refused(N_("{file} holds no table."), file=empty.name)
    return picked


def _which(fitting: list[tuple[list[RawFile], str]]) -> Undecided:
    answers = [BETWEEN.join(sheet.sheet for sheet in group) for group, _ in fitting]
    if len({profile for _, profile in fitting}) == 1 and fitting[0][1]:
        answers.append(BETWEEN.join(answers))
    return Undecided(
        N_("{file} has sheets with different headers: {sheets}. Which of them is meant? The others are not read."),
        option="sheet",
        answers=tuple(answers),
        file=fitting[0][0][0].book,
        sheets=", ".join(
            f"“{sheet.sheet}” ({listed(sheet.layout.headers[:6])})" for group, _ in fitting for sheet in group[:1]
        ),
    )
