"""An HTML file as PDF, printed by a Chromium without network that keeps nothing. The file itself forbids scripts, as reports do."""

import logging
import os
import signal
import subprocess
import threading
from pathlib import Path

from data.errors import RapportError
from data.file.workspace import open_folder
from metrics.texts import N_
from pages.shared.files import chromium

PRINT_SECONDS, WAIT_SECONDS = 40, 90
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    f"--proxy-server={chromium.NOWHERE}",
)

_log = logging.getLogger(__name__)
_printing = threading.Lock()  # each takes a Chromium of its own: one at a time


def pdf(html: str) -> bytes:
    """The pages of the file; RapportError in one sentence where there is no Chromium, or it does not print in time."""
    where = chromium.path()
    if where is None:
        raise RapportError(N_("There is no Chromium to print a PDF with. Install one, or name it in RAPPORT_CHROMIUM."))
    if not _printing.acquire(timeout=WAIT_SECONDS):
        raise RapportError(N_("Other files are being printed. Try again in a minute."))
    try:
        return _printed(where, html)
    except (subprocess.SubprocessError, OSError) as error:
        _log.exception("No PDF was printed")
        raise RapportError(N_("The PDF could not be printed. Try again; the log of the server says more.")) from error
    finally:
        _printing.release()


def _printed(where: str, html: str) -> bytes:
    with open_folder() as folder:
        page, printed = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, "utf-8")
        command = [where, *FLAGS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={printed}"]
        if not chromium.sandboxed():
            command.append("--no-sandbox")
        _run([*command, page.as_uri()])
        return printed.read_bytes()


def _run(command: list[str]) -> None:
    """In a session of its own, so that what takes too long is ended with all its helpers."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as running:
        try:
            code = running.wait(PRINT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            raise
    if code:
        raise subprocess.CalledProcessError(code, command[0])
