"""Exports in, checked rows out: decode → recognise → parse → check → receipt → merge."""

from data.imports.mapper import Field, NeedsMapping, fields_of, signature
from data.imports.receipt import CannotAnswer, Convention, Doubt, FileRead, LeftOut, Receipt, TableCounts
from data.imports.staged import JOBS, Staged, stage
from data.imports.undecided import Undecided, Unread, UnreadCell
from data.imports.unpack import NamedBytes

__all__ = [
    "JOBS",
    "CannotAnswer",
    "Convention",
    "Doubt",
    "Field",
    "FileRead",
    "LeftOut",
    "NamedBytes",
    "NeedsMapping",
    "Receipt",
    "Staged",
    "TableCounts",
    "Undecided",
    "Unread",
    "UnreadCell",
    "fields_of",
    "signature",
    "stage",
]
