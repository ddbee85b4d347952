"""Who draws what a page emits: the screen of the app, or, where nobody looks, a report that keeps it."""

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Protocol

from pages.shared.model.parts import Control, Frame, Part
from pages.shared.session.view import View

Places = Sequence[AbstractContextManager[object]]


class Renderer(Protocol):
    """What draws a page, part by part, in the order in which they are emitted."""

    def part(self, part: Part) -> None:
        """Something that the page says."""

    def control(self, control: Control) -> None:
        """Something to press or to fill in."""

    def frame(self, frame: Frame) -> Places:
        """The places that the parts emitted within them stand in: as many as there are columns, else one."""

    def shows(self, view: View) -> None:
        """What is emitted is of this view, and not of all that the bar says."""


_of_block: ContextVar[Renderer | None] = ContextVar("renderer", default=None)
_usual: Renderer | None = None


def usually(renderer: Renderer) -> None:
    """What draws where no block `by` says otherwise, also in parts of a page that run alone: dialogs and fragments."""
    global _usual  # one process has one screen
    _usual = renderer


@contextlib.contextmanager
def by(renderer: Renderer) -> Iterator[None]:
    """Within the block, on its thread, this one draws."""
    token = _of_block.set(renderer)
    try:
        yield
    finally:
        _of_block.reset(token)


def renderer() -> Renderer:
    """The one in force."""
    found = _of_block.get() or _usual
    assert found is not None, "a page is drawn where rendering.usually() or by() has said what draws"
    return found
