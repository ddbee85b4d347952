"""How every command ends: with its own code, or with one sentence and 2. What a person cannot mend stays a traceback."""

import sys
from collections.abc import Callable
from pathlib import Path

import duckdb

from data.errors import RapportError
from data.file import owners, space


def ended(work: Callable[[], int]) -> int:
    """The exit code of `work`, with all that it printed written."""
    try:
        code = work()
        sys.stdout.flush()  # a full disk is met here, and not when nobody looks any more
    except RapportError as error:
        print(one_line(str(error)), file=sys.stderr)
    except (OSError, duckdb.Error) as error:
        print(one_line(_sentence(error)), file=sys.stderr)
    else:
        return code
    return 2


def one_line(sentence: str) -> str:
    """A sentence that quotes a cell, without what would move a terminal's cursor."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in sentence).split())


def _sentence(error: OSError | duckdb.Error) -> str:
    if space.is_full(error):
        name = getattr(error, "filename", None)
        return str(space.sentence(error, Path(name).parent if name else Path.cwd()))
    if isinstance(error, OSError):
        return owners.refused(error)
    return str(error).partition("\n")[0]
