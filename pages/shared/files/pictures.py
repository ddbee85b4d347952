"""Charts as PNG and SVG, on white paper, drawn by one Chromium of the process, one picture at a time."""

import asyncio
import atexit
import contextlib
import logging
import textwrap
import threading
from collections.abc import Coroutine
from concurrent.futures import TimeoutError as TooLate
from typing import Any, Literal

import plotly.graph_objects as go

from data.errors import RapportError
from metrics.texts import N_
from pages.shared.files import chromium
from pages.shared.model.charts import escaped
from pages.shared.model.parts import Chart
from pages.shared.model.theme import QUIET, painted
from pages.shared.words import markup
from pages.shared.words.texts import language

Kind = Literal["svg", "png"]

START_SECONDS, DRAW_SECONDS, WAIT_SECONDS, CLOSE_SECONDS = 30, 20, 60, 5
IDLE_SECONDS = 300  # after which the Chromium goes, and its memory with it
WIDTH, PNG_SCALE, MARGIN = 720, 2, 20  # pixels
TITLE_LINE, NOTE_LINE = 24, 18  # pixels
# letters that fit one line of the picture, in the language's script
TITLE_LETTERS, NOTE_LETTERS = {"en": 78, "zh": 40}, {"en": 108, "zh": 54}

_log = logging.getLogger(__name__)


def available() -> bool:
    """Whether there is a Chromium to draw with."""
    return chromium.path() is not None


def picture(chart: Chart, kind: Kind, *, note: str = "", titled: bool = True) -> bytes:
    """The chart as a file of its own: the section's title and quiet line above it, and `note` (who, when) below them.

    RapportError in one sentence where there is no Chromium, or it does not answer.
    """
    figure = painted(_titled(chart, note) if titled else go.Figure(chart.figure), "light")
    options = {
        "format": kind,
        "width": WIDTH,
        "height": figure.layout.height,
        "scale": PNG_SCALE if kind == "png" else 1,
    }
    return _studio.draw(figure.to_plotly_json(), options)


def _titled(chart: Chart, note: str) -> go.Figure:
    figure = go.Figure(chart.figure)
    spoken = language()
    title = _wrapped(markup.text(chart.title), TITLE_LETTERS[spoken])
    notes = [line for text in (markup.text(chart.how), note) for line in _wrapped(text, NOTE_LETTERS[spoken])]
    above = TITLE_LINE * len(title) + NOTE_LINE * len(notes) + 2 * MARGIN
    margin = figure.layout.margin
    figure.update_layout(
        height=(figure.layout.height or 330) + above + MARGIN,
        margin={
            "t": (margin.t or 8) + above,
            "l": MARGIN,
            "r": max(margin.r or 0, MARGIN),
            "b": (margin.b or 0) + MARGIN,
        },
    )
    text = "<br>".join(
        [
            *(f"<b>{escaped(line)}</b>" for line in title),
            *(f'<span style="font-size:12px;color:{QUIET}">{escaped(line)}</span>' for line in notes),
        ]
    )
    return figure.update_layout(
        title={
            "text": text, "font": {"size": 15}, "x": 0, "y": 1, "xref": "container", "yref": "container", "xanchor": "left",
            "yanchor": "top", "pad": {"l": MARGIN, "t": MARGIN},
        }
    )  # fmt: skip


def _wrapped(text: str, letters: int) -> list[str]:
    return textwrap.wrap(text, letters) if text else []


def _spin(loop: asyncio.AbstractEventLoop) -> None:
    """Run the loop until it is stopped, then end what is left on it."""
    try:
        loop.run_forever()
        if left := asyncio.all_tasks(loop):
            for task in left:
                task.cancel()
            loop.run_until_complete(asyncio.wait(left, timeout=CLOSE_SECONDS))
    finally:
        loop.close()


class _Studio:
    """The Chromium that draws, on an event loop of its own. It starts with the first picture and goes when it is idle."""

    def __init__(self) -> None:
        self.at_work = threading.Lock()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.kaleido: Any = None
        self.thread: threading.Thread | None = None
        self.leaving: threading.Timer | None = None

    def draw(self, figure: dict, options: dict[str, Any]) -> bytes:
        where = chromium.path()
        if where is None:
            raise RapportError(
                N_("There is no Chromium to draw pictures with. Install one, or name it in RAPPORT_CHROMIUM.")
            )
        if not self.at_work.acquire(timeout=WAIT_SECONDS):
            raise RapportError(N_("Other pictures are being drawn. Try again in a minute."))
        try:
            self._stay()
            if self.kaleido is None:
                self._open(where)
            drawn: bytes = self._run(self.kaleido.calc_fig(figure, opts=options), DRAW_SECONDS)
        except Exception as error:
            _log.exception("No picture was drawn")
            self._close()
            raise RapportError(
                N_("The picture could not be drawn. Try again; the log of the server says more.")
            ) from error
        else:
            self._leave_later()
            return drawn
        finally:
            self.at_work.release()

    def close(self) -> None:
        """Let the Chromium go."""
        with self.at_work:
            self._close()

    def _open(self, where: str) -> None:
        from kaleido import Kaleido  # takes a third of a second, which only those pay who take a picture

        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=_spin, args=(self.loop,), name="pictures", daemon=True)
        self.thread.start()

        async def opened() -> Any:
            kaleido = Kaleido(
                n=1, timeout=DRAW_SECONDS, mathjax=False, path=where, enable_sandbox=chromium.sandboxed(),
                enable_extensions=False, proxy_server=chromium.NOWHERE,
            )  # fmt: skip
            self.kaleido = kaleido
            await kaleido.open()
            return kaleido

        self._run(opened(), START_SECONDS)

    def _run(self, work: Coroutine[Any, Any, Any], seconds: float) -> Any:
        assert self.loop is not None
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result(seconds)
        except TooLate:
            future.cancel()
            raise

    def _close(self) -> None:
        loop, kaleido = self.loop, self.kaleido
        self.loop = self.kaleido = None
        self._stay()
        if loop is None:
            return
        if kaleido is not None:
            with contextlib.suppress(Exception):
                asyncio.run_coroutine_threadsafe(kaleido.close(), loop).result(CLOSE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        if self.thread and self.thread is not threading.current_thread():
            self.thread.join(CLOSE_SECONDS)

    def _stay(self) -> None:
        if self.leaving:
            self.leaving.cancel()
            self.leaving = None

    def _leave_later(self) -> None:
        self.leaving = threading.Timer(IDLE_SECONDS, self.close)
        self.leaving.daemon = True
        self.leaving.start()


_studio = _Studio()
atexit.register(_studio.close)
