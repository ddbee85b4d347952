"""What is known of an import besides its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import polars as pl
import pyarrow as pa

Tables = Mapping[str, Callable[[], pa.RecordBatchReader]]


@dataclass(frozen=True)
class ImportMeta:
    """Where the rows came from, for the history: file name, hash of its bytes, profile and mapping used, who.

    `receipt` writes the receipt as JSON once it is known what became of the rows, which another import may have changed meanwhile.
    `remember`: mappings made by hand and answers, by the headers that they are for.
    """

    file_name: str
    sha256: str
    profile: str
    mapping: str = ""
    who: str = ""
    receipt: Callable[["Merged"], str] | None = None
    remember: Mapping[str, str] = field(default_factory=dict)


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


class Destination(Protocol):
    """Where imports go: the store, or the store in the hands of a person (data.people.access)."""

    @property
    def path(self) -> Path: ...

    def imports(self) -> pl.DataFrame: ...

    def tiers(self) -> list[str]: ...

    def compare(self, tables: Tables) -> dict[str, Counts]: ...

    def merge(
        self,
        tables: Tables,
        meta: ImportMeta,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        *,
        replacing: Sequence[int] = (),
    ) -> Merged: ...

    def undo(self, import_id: int) -> int: ...

    def loaded_as(self, sha256: str, mapping: str = "") -> int | None: ...

    def remembered_mappings(self) -> dict[str, str]: ...
