"""What an upload has come to, kept in the session: the files, the work that is running, and what it gave."""

import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl
import pyarrow as pa
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile

from data.errors import Cancelled, RapportError
from data.imports import NamedBytes, NeedsMapping, Receipt, Staged, stage
from data.people.access import Access
from pages.shared.session import cached
from pages.shared.session.job import Cancelled as Stopped
from pages.shared.session.job import Job, Progress

Phase = Literal["choose", "reading", "mapping", "refused", "receipt", "taking", "taken"]
KEY = "upload.desk"
PREVIEW_ROWS = 8


@dataclass(frozen=True)
class Told:
    """What a person said about the files beyond what they say themselves."""

    profile: str | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """Files that were read: what can be imported, and the first rows per table."""

    staged: Staged
    previews: dict[str, pl.DataFrame]


@dataclass
class Desk:
    """One upload of one session."""

    phase: Phase = "choose"
    round: int = 0  # the uploader of each round is a new widget, so that it is empty
    files: tuple[NamedBytes, ...] = ()
    told: Told = field(default_factory=Told)
    job: Job | None = None
    held: list[Staged] = field(default_factory=list)  # one at most
    previews: dict[str, pl.DataFrame] = field(default_factory=dict)
    needs: NeedsMapping | None = None
    recognised: bool = False  # the columns can be mapped, but need not be
    error: RapportError | None = None
    taken: Receipt | None = None
    note: RapportError | None = None
    fetching: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        weakref.finalize(self, _close, self.held)  # a session that ends takes its working files along

    @property
    def staged(self) -> Staged | None:
        """What was read and can be imported."""
        return self.held[0] if self.held else None

    @property
    def names(self) -> list[str]:
        return [file.name for file in self.files]

    def read(self, told: Told | None = None) -> None:
        """Start reading the files, with what a person said about them."""
        self.told = told or self.told
        self._put_away()
        files, store, said = self.files, cached.access(), self.told
        self.phase, self.job = "reading", Job(lambda progress, stop: _stage(files, store, said, progress, stop))

    def take_in(self, *, replace_demo: bool) -> None:
        """Start merging what was read; with `replace_demo` the demo imports are undone in the same step."""
        staged = self.staged
        assert staged is not None
        demo = _demo_imports(cached.access()) if replace_demo else []
        self.phase, self.job = "taking", Job(lambda progress, stop: _take(staged, demo, progress, stop))

    def settle(self, *, within_seconds: float) -> None:
        """When the work has ended, take over what it gave. An error that is none of ours is raised, and the desk is cleared."""
        if self.job is None or not self.job.ended(within_seconds):
            return
        job, self.job = self.job, None
        try:
            self._arrive(job.result())
        except Cancelled as stopped:
            if self.phase == "taking":
                self.phase = "receipt"
            else:
                self.clear()
            self.note = stopped
        except NeedsMapping as needs:
            self.phase, self.needs, self.recognised = "mapping", needs, False
        except RapportError as error:
            self.phase, self.error = "refused", error
        except BaseException:
            self.clear()
            raise

    def clear(self) -> None:
        """Back to an empty desk. Work that still runs is stopped; what it read is closed by whoever held it."""
        if self.job:
            self.job.cancel()
        self._put_away()
        self.phase, self.files, self.told, self.job, self.taken = "choose", (), Told(), None, None
        self.round += 1

    def leave_what_was_undone(self) -> None:
        """An import that was undone meanwhile, here or by somebody else, is no longer what was taken in: back to an empty desk."""
        if self.phase != "taken" or self.taken is None:
            return
        rows = cached.access().imports().rows(named=True)
        if not any(row["id"] == self.taken.import_id and row["status"] == "current" for row in rows):
            self.clear()

    def map_again(self) -> None:
        """Choose the columns of files that were read, the first of them shown as a sample."""
        assert self.staged is not None
        needs = self.staged.first
        self._put_away()
        self.phase, self.needs, self.recognised = "mapping", needs, True

    def left_out_csv(self, rule: str) -> bytes:
        """The rows left out by a rule. Downloads are fetched on threads of their own, and the engine serves one at a time."""
        staged = self.staged
        if staged is None:
            return b""
        with self.fetching:
            return staged.left_out_csv(rule)

    def _arrive(self, outcome: Read | Receipt) -> None:
        if isinstance(outcome, Receipt):
            self._put_away()  # what is stored needs no second copy
            self.phase, self.taken, self.files = "taken", outcome, ()
            cached.renew()
        else:
            self.phase, self.previews = "receipt", outcome.previews
            self.held.append(outcome.staged)

    def _put_away(self) -> None:
        _close(self.held)
        self.previews, self.needs, self.error, self.note = {}, None, None, None


def _close(held: list[Staged]) -> None:
    while held:
        held.pop().close()


def desk() -> Desk:
    """The session's desk."""
    found: Desk = st.session_state.setdefault(KEY, Desk())
    return found


def accept(uploaded: Sequence[UploadedFile | DeletedFile]) -> None:
    """Read what the browser handed over. The bytes are shared, not copied, and live as long as this upload."""
    here = [file for file in uploaded if isinstance(file, UploadedFile)]  # the browser names forgotten ones once more
    if not here:
        return
    current = desk()
    current.clear()
    current.files = tuple(NamedBytes(file.name, file.getvalue()) for file in here)
    _forget(here)
    current.read()


def _forget(uploaded: Sequence[UploadedFile]) -> None:
    """Streamlit keeps uploads until the session ends; a day of uploads would fill the memory."""
    context = get_script_run_ctx()
    remove = getattr(context.uploaded_file_mgr, "remove_file", None) if context else None
    if context and remove:
        for file in uploaded:
            remove(context.session_id, file.file_id)


def _stage(files: tuple[NamedBytes, ...], store: Access, told: Told, progress: Progress, stop: Stopped) -> Read:
    staged = stage(
        files,
        store=store,
        profile=told.profile,
        mapping=told.mapping or None,
        values=told.values or None,
        progress=progress,
        cancelled=stop,
    )
    return Read(staged, {table: _first_rows(rows) for table, rows in staged.tables().items()})


def _first_rows(rows: Callable[[], pa.RecordBatchReader]) -> pl.DataFrame:
    batch = next(iter(rows()), None)
    frame = pl.from_arrow(batch.slice(0, PREVIEW_ROWS)) if batch is not None else pl.DataFrame()
    assert isinstance(frame, pl.DataFrame)
    return frame


def _take(staged: Staged, demo: Sequence[int], progress: Progress, stop: Stopped) -> Receipt:
    return staged.take_in(progress=progress, cancelled=stop, replacing=demo)


def _demo_imports(store: Access) -> list[int]:
    rows = store.imports().rows(named=True)
    return [row["id"] for row in rows if (row["kind"], row["profile"], row["status"]) == ("import", "demo", "current")]
