"""Tables as XLSX: numbers, dates and percentages as such, text that is never a formula, and a sheet that says what they are."""

import datetime as dt
import io
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pages.shared.files.columns import meanings, shares
from pages.shared.model.parts import Table
from pages.shared.model.report import Report
from pages.shared.words import markup
from pages.shared.words.texts import _, date, moment, number, speaking
from pages.shared.words.whom import whom

MOST_ROWS = 1_048_575  # of a sheet, below its head
LONGEST_TEXT, LONGEST_NAME = 32_767, 31  # letters of a cell, of a sheet's name
EXACT_TO = 10**15  # larger whole numbers lose digits
FIRST_DAY = dt.date(1900, 3, 1)  # before it spreadsheets disagree about days
WIDEST, NARROWEST, LOOKED_AT = 60, 8, 200  # letters of a column; rows that its width is read off
ABOUT_WIDTHS = (26, 34, 90)
# What a file of this kind may not hold; the rest of the control characters
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NO_NAME = re.compile(r"[\[\]:*?/\\]")
SHOWN = {"share": "0.0%", "whole": "#,##0", "number": "#,##0.##", "date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}

Facts = Sequence[tuple[str, str]]


def workbook(report: Report, tables: Sequence[Table], *, made: dt.datetime) -> bytes:
    """One sheet per table, each with the frame's own column names, and the sheet About."""
    with speaking(report.language):
        buffer = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with xlsxwriter.Workbook(buffer, options) as book:
            book.set_properties({"title": cell(report.title), "author": "Rapport", "created": made})
            formats = _formats(book)
            frames = [(table, table.frame) for table in tables]
            taken = {_("About").casefold()}
            for table, frame in frames:
                _table(book.add_worksheet(_sheet_name(table.name, taken)), table, frame, formats)
            _about(book.add_worksheet(_("About")), facts(report, made), report, frames, formats)
        return buffer.getvalue()


def facts(report: Report, made: dt.datetime) -> list[tuple[str, str]]:
    """What is shown, in words: name and value, also for the foot of the report."""
    said = [
        (_("Page"), report.page),
        (_("Finding"), report.title),
        (_("What is shown"), markup.text(report.heading.shown)),
    ]
    if view := report.view:
        before = view.before
        said += [
            (_("Period"), _("{low} to {high}").format(low=date(view.start), high=date(view.end))),
            (_("Filters"), markup.text(whom(view.whom))),
            (
                _("Compared with"),
                _("{low} to {high}").format(low=date(before.start), high=date(before.end)) if before else "—",
            ),
            (_("As of"), date(view.as_of)),
        ]
        if view.options:
            said.append((_("Choices of the page"), ", ".join(f"{name}={code}" for name, code in view.options.items())))
    if report.extent.first and report.extent.last:
        reach = _("{low} to {high}").format(low=date(report.extent.first), high=date(report.extent.last))
        said.append((_("Data"), reach + (" · " + _("demo data") if report.extent.demo else "")))
    if report.extent.currency:
        said.append((_("Currency"), report.extent.currency))
    return [
        *said,
        (_("Data version"), str(report.version)),
        (_("Rapport version"), app_version()),
        (_("Link"), report.link),
        (_("Made"), moment(made)),
    ]


def app_version() -> str:
    """The version of Rapport, from the project file."""
    try:
        told: str = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))["project"][
            "version"
        ]
    except FileNotFoundError:
        told = _installed()
    return told


def _installed() -> str:
    try:
        return version("rapport")
    except PackageNotFoundError:
        return "—"


def cell(text: str) -> str:
    """Text as a cell can hold it: without what the format forbids, and not longer than it allows."""
    clean = ILLEGAL.sub("", text)
    return clean if len(clean) <= LONGEST_TEXT else clean[: LONGEST_TEXT - 1] + "…"


def _formats(book: Any) -> dict[str, Any]:
    formats = {kind: book.add_format({"num_format": shown}) for kind, shown in SHOWN.items()}
    formats["head"] = book.add_format({"bold": True, "bottom": 1})
    formats["bold"] = book.add_format({"bold": True, "valign": "top"})
    formats["wrapped"] = book.add_format({"text_wrap": True, "valign": "top"})
    return formats


def _table(sheet: Worksheet, table: Table, frame: pl.DataFrame, formats: Mapping[str, Any]) -> None:
    percent = shares(table, frame)
    for place, (name, kind) in enumerate(frame.schema.items()):
        shown = _kind(kind, name in percent)
        values = frame[name].head(MOST_ROWS)
        sheet.write_string(0, place, cell(name), formats["head"])
        sheet.set_column(place, place, _width(name, values, shown), formats.get(shown))
        for row, value in enumerate(values, start=1):
            _write(sheet, row, place, value, formats.get(shown))
    sheet.freeze_panes(1, 0)
    if frame.width:
        sheet.autofilter(0, 0, min(frame.height, MOST_ROWS), frame.width - 1)


def _kind(kind: pl.DataType, share: bool) -> str:
    if share:
        return "share"
    if kind == pl.Date:
        return "date"
    if isinstance(kind, pl.Datetime):
        return "moment"
    if kind.is_integer():
        return "whole"
    return "number" if kind.is_numeric() else "text"


def _write(sheet: Worksheet, row: int, column: int, value: Any, shown: Any) -> None:
    """A value in its own type; what a spreadsheet has no type for is text, and what is not known is an empty cell."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, dt.date) and (value.date() if isinstance(value, dt.datetime) else value) >= FIRST_DAY:
        sheet.write_datetime(row, column, value, shown)
    elif isinstance(value, int | float) and abs(value) < EXACT_TO:
        sheet.write_number(row, column, value, shown)
    else:
        sheet.write_string(row, column, cell(str(value)))


def _width(name: str, values: pl.Series, shown: str) -> int:
    if shown in ("date", "moment"):
        return len(SHOWN[shown]) + 2
    longest = max((len(str(value)) for value in values.head(LOOKED_AT)), default=0) if shown == "text" else 0
    return min(WIDEST, max(NARROWEST, len(name), longest) + 3)


def _sheet_name(name: str, taken: set[str]) -> str:
    """The name, made such that no two are the same and none is the other's whatever the case."""
    base = _NO_NAME.sub("_", cell(name)).strip("'")[:LONGEST_NAME] or "table"
    found, more = base, 2
    while found.casefold() in taken:
        found = f"{base[: LONGEST_NAME - len(str(more)) - 1]}_{more}"
        more += 1
    taken.add(found.casefold())
    return found


def _about(
    sheet: Worksheet,
    said: Facts,
    report: Report,
    frames: Sequence[tuple[Table, pl.DataFrame]],
    formats: Mapping[str, Any],
) -> None:
    rows: list[tuple[str, str, str]] = [(name, "", value) for name, value in said]
    for table, frame in frames:
        rows += [("", "", ""), (_("Table"), table.name, markup.text(table.title))]
        if frame.height > MOST_ROWS:
            text = _("The first {n} of {all} rows; the CSV file holds all.")
            rows.append((_("Rows"), "", text.format(n=number(MOST_ROWS), all=number(frame.height))))
        rows += [(_("Column"), column, meaning) for column, meaning in meanings(table, frame.columns).items()]
    named = {table.metric for table, _frame in frames}
    for metric in report.metrics:
        if metric.name in named or len(frames) > 1:
            rows += [
                ("", "", ""),
                (_("Definition"), f"{metric.name}, {_('version {n}').format(n=metric.version)}", _(metric.label)),
            ]
            rows += [
                ("", _(name), _(text))
                for name, text in (
                    (_("Definition"), metric.definition), (_("Unit"), metric.unit), (_("Interval"), metric.interval),
                    (_("No data"), metric.no_data), (_("Source"), metric.source),
                )
            ]  # fmt: skip
    for place, width in enumerate(ABOUT_WIDTHS):
        sheet.set_column(place, place, width)
    for row, texts in enumerate(rows):
        for place, (text, shown) in enumerate(zip(texts, ("bold", "wrapped", "wrapped"), strict=True)):
            if text:
                sheet.write_string(row, place, cell(text), formats[shown])
