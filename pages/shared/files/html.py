"""A report as one HTML file: no script, nothing from elsewhere, good on paper. All text is escaped; charts are pictures inside the file."""

import base64
import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import polars as pl

from data.errors import RapportError
from data.text.labels import label
from metrics.catalogue import Metric
from pages.shared.files import pictures
from pages.shared.files.columns import meanings, shares
from pages.shared.files.html_cards import cards, heat
from pages.shared.files.workbook import facts
from pages.shared.front import LOGO, read
from pages.shared.model.parts import Box, Cards, Chart, Heading, Heat, Listing, Part, Quote, Section, Table, Text
from pages.shared.model.report import Report
from pages.shared.model.theme import palette
from pages.shared.words import markup
from pages.shared.words.texts import _, language, number, percent, period, speaking

ROWS_SHOWN = 48  # of a table behind a chart
# Nothing can be loaded or run, whatever the file holds
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"

_log = logging.getLogger(__name__)


def document(report: Report) -> str:
    """The whole file, in the language of the report; it takes a second or two when it holds charts."""
    with speaking(report.language):
        return _document(report)


def _document(report: Report) -> str:
    look = palette("light")
    tones = "".join(f"--{name}:{value};" for name, value in look.variables.items())
    return (
        f'<!doctype html><html lang="{"zh-Hans" if language() == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.title)} · Rapport</title><style>:root{{{tones}}}{read('report.css')}</style></head>"
        f"<body><main>{_head(report)}{''.join(_body(report))}{_about(report)}</main></body></html>"
    )


def _head(report: Report) -> str:
    view, heading = report.view, report.heading
    logo = LOGO.read_text("utf-8")
    when = f" · {escape(period(view.start, view.last))}" if view else ""
    lines = "".join(f"<p>{markup.html(text)}</p>" for text in (heading.shown,) if text)
    fresh = f'<p class="how">{markup.html(heading.fresh)}</p>' if heading.fresh else ""
    demo = f'<p><span class="blue-badge">{escape(_("demo data"))}</span></p>' if report.extent.demo else ""
    version = escape(_("Data version {version}").format(version=report.version))
    return (
        f'<header><div class="top">{logo}<div class="where">{escape(report.page)}{when}<br>{version}</div></div>'
        f"<h1>{markup.html(heading.finding)}</h1>{lines}{fresh}{demo}</header>"
    )


def _body(report: Report) -> Iterator[str]:
    """The parts in the order in which they were drawn, those of one section together."""
    drawable = pictures.available()
    for section, parts in _grouped(report.parts):
        inside = "".join(_part(part, drawable) for part in parts)
        if section is None:
            yield inside
            continue
        how = f'<p class="how">{markup.html(section.how)}</p>' if section.how else ""
        # what is not long stays on one page
        whole = "" if any(isinstance(part, Listing | Quote) for part in parts) else ' class="whole"'
        yield f"<section{whole}><h2>{markup.html(section.finding)}</h2>{how}{inside}</section>"


def _grouped(parts: Sequence[Part]) -> list[tuple[Section | None, list[Part]]]:
    groups: list[tuple[Section | None, list[Part]]] = [(None, [])]
    for part in parts:
        if isinstance(part, Section):
            groups.append((part, []))
        elif not isinstance(part, Heading):
            groups[-1][1].append(part)
    return groups


def _part(part: Part, drawable: bool) -> str:
    if isinstance(part, Chart):
        return _chart(part, drawable)
    if isinstance(part, Cards):
        return cards(part.items)
    if isinstance(part, Heat):
        return heat(part.table)
    if isinstance(part, Listing):
        return f'<div class="wide">{_rows(part.frame, set(), list(part.frame.columns))}</div>'
    if isinstance(part, Quote):
        about = f'<div class="small gray">{escape(part.about)}</div>'
        words = f'<div class="words">{escape(part.words)}</div>'
        return f'<div class="quote"><div class="mark">{escape(part.mark)}</div><div>{words}{about}</div></div>'
    if isinstance(part, Box):
        return f'<div class="box"><b>{markup.html(part.title)}</b><br>{markup.html(part.why)}</div>'
    assert isinstance(part, Text)
    return f"<p>{markup.html(part.markdown)}</p>"


def _chart(chart: Chart, drawable: bool) -> str:
    """The picture; without one, what it says, since its numbers are in the table further down."""
    if drawable:
        try:
            drawn = base64.b64encode(pictures.picture(chart, "svg", titled=False)).decode("ascii")
        except RapportError:
            _log.log(logging.WARNING, "The chart %s is left out of a report", chart.key)
        else:
            # as a picture, not as part of the file: what is in it can run nothing and style nothing
            return f'<img class="chart" alt="{escape(chart.alt)}" src="data:image/svg+xml;base64,{drawn}">'
    return f'<p class="alt">{escape(chart.alt)}</p>'


def _about(report: Report) -> str:
    """What is shown, the numbers behind the charts, and the definitions."""
    said = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts(report, dt.datetime.now()) if value
    )
    tables = "".join(_table(table) for table in _behind(report))
    behind = f'<h2 class="part">{escape(_("The numbers behind the charts"))}</h2>{tables}' if tables else ""
    defined = "".join(
        f'<div class="defined"><b>{escape(_(metric.label))}</b> '
        f'<span class="gray">{escape(metric.name)}, {escape(_("version {n}").format(n=metric.version))}</span><br>'
        f"{escape(_(metric.definition))}<br>"
        f'<span class="gray">{escape(_("Interval"))}: {escape(_(metric.interval))} '
        f"{escape(_('Source'))}: {escape(_(metric.source))}</span></div>"
        for metric in _once(report.metrics)
    )
    definitions = f'<h2 class="part">{escape(_("Definitions"))}</h2>{defined}' if defined else ""
    return (
        f'<footer class="about">{behind}{definitions}'
        f'<h2 class="part">{escape(_("About this report"))}</h2><dl>{said}</dl></footer>'
    )


def _once(metrics: Sequence[Metric]) -> list[Metric]:
    """Of those that are defined in the same words, a number and its months, the first."""
    return list({metric.definition: metric for metric in reversed(metrics)}.values())[::-1]


def _behind(report: Report) -> list[Table]:
    """The tables of sections that are drawn as a chart; the others show their rows, and lists of customers are not doubled."""
    return [
        section.table
        for section, parts in _grouped(report.parts)
        if section and section.table and not callable(section.table.source)
        if not any(isinstance(part, Listing | Quote | Heat) for part in parts)
    ]


def _table(table: Table) -> str:
    frame = table.frame
    shown = _thinned(frame)
    note = ""
    if shown.height < frame.height:
        text = _("{shown} of {all} rows, evenly apart; the downloads of the page hold all.")
        note = f'<p class="how">{escape(text.format(shown=number(shown.height), all=number(frame.height)))}</p>'
    told = [
        f"<code>{escape(name)}</code> {escape(text)}" for name, text in meanings(table, frame.columns).items() if text
    ]
    title = markup.html(table.title)
    return (
        f'<div class="behind" id="{escape(table.name)}"><h3>{title}</h3>{note}'
        f'<div class="wide">{_rows(shown, shares(table, frame), list(frame.columns))}</div>'
        f'<p class="small gray">{" · ".join(told)}</p></div>'
    )


def _thinned(frame: pl.DataFrame) -> pl.DataFrame:
    """As many rows as are read: of each group that text names, every second, third… one."""
    step = max(1, -(-frame.height // ROWS_SHOWN))
    groups = [name for name, kind in frame.schema.items() if kind == pl.String]
    place = pl.int_range(pl.len())
    return frame.filter((place.over(groups) if groups else place) % step == 0)


def _rows(frame: pl.DataFrame, percents: set[str], names: list[str]) -> str:
    kinds = [' class="text"' if not kind.is_numeric() else "" for kind in frame.dtypes]
    head = "".join(f"<th{kind}>{escape(name)}</th>" for name, kind in zip(names, kinds, strict=True))
    body = []
    for row in frame.iter_rows():
        cells = zip(frame.columns, row, kinds, strict=True)
        told = "".join(f"<td{kind}>{escape(_shown(value, name in percents))}</td>" for name, value, kind in cells)
        body.append(f"<tr>{told}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _shown(value: Any, share: bool) -> str:
    """A cell as people read it; what is withheld or not known is a dash."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return percent(value) if share else number(value, 0 if value.is_integer() else 2)
    if isinstance(value, int):
        return number(value)
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return label(value) if isinstance(value, str) else str(value)
