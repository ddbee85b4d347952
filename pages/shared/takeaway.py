"""The popovers to take things away with: a section's table and picture, and the whole page. A file is made when its button is pressed."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import streamlit as st

from data.errors import RapportError
from pages.shared import pdf, pictures
from pages.shared.exports import csv_bytes
from pages.shared.report import Chart, Table, of_run
from pages.shared.texts import _, period, speaking, told
from pages.shared.workbook import workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MIMES = {
    "csv": "text/csv",
    "xlsx": XLSX,
    "png": "image/png",
    "svg": "image/svg+xml",
    "html": "text/html",
    "pdf": "application/pdf",
}
ICONS = {
    "csv": ":material/csv:",
    "xlsx": ":material/table:",
    "png": ":material/image:",
    "svg": ":material/shapes:",
    "html": ":material/html:",
    "pdf": ":material/picture_as_pdf:",
}


class Downloads:
    """The popover of one section. It comes into being with the first thing to take away: a table at once, a chart when it is drawn."""

    def __init__(self, place: Any) -> None:
        self.place = place
        self.opened: Any = None

    def table(self, table: Table) -> None:
        """Offer a table."""
        with self._popover(table.name):
            _button(_("CSV"), "csv", table.name, lambda: csv_bytes(table.frame))
            _button(_("XLSX"), "xlsx", table.name, _workbook([table]))

    def chart(self, chart: Chart) -> None:
        """Offer a picture, where one can be drawn."""
        with self._popover(chart.key):
            if not pictures.available():
                _no_chromium(_("Pictures need Chromium on the server."))
                return
            for kind, name in (("png", _("PNG")), ("svg", _("SVG"))):
                _button(name, kind, chart.key.replace("-", "_"), _picture(chart, kind))

    def _popover(self, name: str) -> Any:
        if self.opened is None:
            with self.place:
                self.opened = st.popover(
                    _("Download"), icon=":material/download:", type="tertiary", key=f"download-{name}"
                )
        return self.opened


def table_only(table: Table) -> None:
    """The popover of a table that stands by itself, below what it belongs to."""
    Downloads(st.container(width="content")).table(table)


def whole_page() -> None:
    """The popover of the page: as HTML, as PDF, and all of its tables. What is not drawn yet is in the files all the same."""
    report = of_run()
    if report is None:
        return
    with st.popover(_("Take away"), icon=":material/ios_share:", type="tertiary", key="take-away"):
        if report.failed:
            st.error(report.failed, icon=":material/error:")
        _button(_("This page as HTML"), "html", report.code, lambda: report.html.encode())
        if pictures.available():
            _button(_("This page as PDF"), "pdf", report.code, lambda: pdf.pdf(report.html))
        _button(_("All tables as XLSX"), "xlsx", f"{report.code}_tables", _workbook(None))
        if not pictures.available():
            _no_chromium(_("PDF and pictures of charts need Chromium on the server."))


def _no_chromium(text: str) -> None:
    st.markdown(f":small[:gray[{text}]]")


def _workbook(tables: list[Table] | None) -> Callable[[], bytes]:
    """The tables, or without any all those of the page, with the report of this run."""
    report = of_run()
    assert report is not None, "a popover is drawn where a report was begun"
    return lambda: workbook(report, tables or list(report.sections.values()), made=dt.datetime.now())


def _picture(chart: Chart, kind: Any) -> Callable[[], bytes]:
    report = of_run()
    note = f"{report.page} · {period(report.view.start, report.view.last)}" if report and report.view else ""
    return lambda: pictures.picture(chart, kind, note=note)


def _button(label: str, kind: str, name: str, made: Callable[[], bytes]) -> None:
    """A button for one file. It is made outside the run of the page, so it carries its language; an error is kept for the popover."""
    report = of_run()

    def safely() -> bytes:
        with speaking(report.language if report else "en"):
            try:
                data = made()
            except RapportError as error:
                if report:
                    report.failed = told(error)
                raise
        if report:
            report.failed = ""
        return data

    st.download_button(
        label,
        safely,
        f"{name}.{kind}",
        MIMES[kind],
        icon=ICONS[kind],
        type="tertiary",
        key=f"{kind}-{name}",
        on_click="ignore",
        width="stretch",
    )
