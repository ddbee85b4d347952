"""Exports in, checked rows out: decode → recognise → parse → check → receipt → merge."""

from data.imports.files.unpack import NamedBytes
from data.imports.mapper import Field, NeedsMapping, fields_of, signature
from data.imports.outcome.receipt import CannotAnswer, Convention, Doubt, FileRead, LeftOut, Receipt, TableCounts
from data.imports.outcome.undecided import Undecided, Unread, UnreadCell
from data.imports.staged import JOBS, Staged, stage

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
