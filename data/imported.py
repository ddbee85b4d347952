"""What is known of an import besides its rows."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ImportMeta:
    """Where the rows came from, for the history: file name, hash of its bytes, profile and mapping used, who.

    `receipt` writes the receipt as JSON once it is known what became of the rows, which another import may have changed meanwhile.
    """

    file_name: str
    sha256: str
    profile: str
    mapping: str = ""
    who: str = ""
    receipt: Callable[["Merged"], str] | None = None


@dataclass(frozen=True)
class Counts:
    """Rows of one table in an import, by what became of them: rows = new + changed + same."""

    rows: int
    new: int
    changed: int
    same: int


@dataclass(frozen=True)
class Merged:
    """The import as stored; its id is the new data version. `already_loaded`: an older one of the same bytes; nothing was done."""

    import_id: int
    counts: dict[str, Counts]
    customers_new: int
    already_loaded: bool = False
