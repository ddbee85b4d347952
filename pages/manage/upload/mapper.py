"""Which column is which, said by a person: for files that nobody recognises, and for those that were recognised wrongly."""

import datetime as dt

import polars as pl
import streamlit as st

from data.imports import Field, NeedsMapping, fields_of
from data.imports.mapper import KINDS
from metrics.texts import N_
from pages.manage.upload.desk import Desk, Told
from pages.manage.upload.questions import ANSWERS, QUESTIONS, zone
from pages.shared.model import blocks
from pages.shared.screen.tables import sortable_table
from pages.shared.words import markup
from pages.shared.words.texts import _, listed

RECOGNISED = "recognised"
KIND_NAMES = {
    RECOGNISED: N_("As recognised"),
    "orders": N_("Orders"),
    "members": N_("Members"),
    "nps": N_("NPS answers"),
    "csat": N_("CSAT answers"),
    "ces": N_("CES answers"),
    "tier_changes": N_("Tier changes"),
    "points": N_("Points"),
    "referrals": N_("Referrals"),
    "benefits": N_("Benefits used"),
    "events": N_("Events"),
}
SAMPLES = 3
FILE_ROWS = 6
DATES = ("ordered_at", "responded_at", "joined_on", "effective_on", "moved_at", "referred_on", "used_at", "starts_on")
FIXED_TEXTS = (
    "currency",
    "channel",
    "store",
    "region",
    "touchpoint",
    "acquisition_channel",
    "tier",
    "benefit",
    "stores",
)
SCALES = {"csat": ("1-5", "1-7", "1-10", "0-10"), "ces": ("1-7", "1-5", "1-10", "0-10")}
FOUND_OUT = ""


def screen(current: Desk) -> Told | None:
    """The whole screen; what a person said, in the run after the button."""
    needs = current.needs
    assert needs is not None
    recognised = current.recognised
    blocks.heading(*_title(needs, recognised))
    line = _header_line(current, needs)
    if line:
        return Told(None, {}, _of_this_file(current) | {"header_row": str(line)})
    kinds = ([RECOGNISED] if recognised else []) + list(KINDS)
    kind = st.segmented_control(
        _("What are the rows?"),
        kinds,
        default=RECOGNISED if recognised else needs.guesses.kind,
        format_func=lambda code: _(KIND_NAMES[code]),
        required=True,
        key=f"map.{current.round}.kind",
    )
    columns, values, missing = _fields(current, needs, kind) if kind != RECOGNISED else ({}, {}, [])
    values |= _of_this_file(current) | _conventions(current, kind)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        go = st.button(
            _("Continue with this file"), type="primary", icon=":material/check:", disabled=bool(missing), key="map.go"
        )
        if recognised:
            st.button(_("Back"), type="tertiary", key="map.back", on_click=current.read)
        else:
            st.button(_("Cancel"), type="tertiary", key="map.cancel", on_click=current.clear)
    if missing:
        names = listed([_(field.label) for field in missing])
        blocks.quiet("]:orange[" + _("Still missing: {fields}.").format(fields=markup.plain(names)) + "]:gray[")
    _first_rows(needs)
    if not go:
        return None
    if kind == RECOGNISED:
        return Told(current.told.profile, current.told.mapping, values)
    return Told(kind, columns, values)


def _of_this_file(current: Desk) -> dict[str, str]:
    """What was said of where the table stands."""
    return {name: current.told.values[name] for name in ("sheet", "header_row") if name in current.told.values}


def _header_line(current: Desk, needs: NeedsMapping) -> int | None:
    """The line of the headers, where a person names another one than was found."""
    rows = {line: row for line, row in needs.layout.top if any(cell.strip() for cell in row)}
    found = max((line for line in rows if line <= needs.layout.skip), default=None)
    if len(rows) < 2 or found is None:
        return None
    chosen: int = st.selectbox(
        _("The headers stand in"),
        list(rows),
        index=list(rows).index(found),
        format_func=lambda line: _("Line {line}: {cells}").format(
            line=line, cells=" · ".join(filter(None, rows[line]))[:80]
        ),
        key=f"map.{current.round}.header.{found}",
    )
    return chosen if chosen != found else None


def _first_rows(needs: NeedsMapping) -> None:
    """The file as it is, to look things up in."""
    if not needs.headers:
        return
    blocks.section(_("The first rows of the file"))
    rows = {
        header: [row[place] if place < len(row) else "" for row in needs.samples]
        for place, header in enumerate(needs.headers)
    }
    sortable_table(pl.DataFrame(rows).head(FILE_ROWS), key="map.rows", height="content")


def _title(needs: NeedsMapping, recognised: bool) -> tuple[str, str]:
    name = markup.plain(needs.file)
    if recognised:
        return (
            _("How is {file} to be read?").format(file=name),
            _("What you choose is remembered for the next file with the same headers."),
        )
    return (
        _("Which column of {file} is which?").format(file=name),
        _(
            "No export that Rapport knows has these headers. What you choose is remembered for the next file with the same ones."
        ),
    )


def _fields(current: Desk, needs: NeedsMapping, kind: str) -> tuple[dict[str, str], dict[str, str], list[Field]]:
    """One row per field: its column, and samples of it or a value for all rows. Gives columns, values and what is missing."""
    columns: dict[str, str] = {}
    values: dict[str, str] = {}
    missing = []
    guessed = {**needs.guesses.columns.get(kind, {}), **(current.told.mapping if current.told.profile == kind else {})}
    for field in fields_of(kind):
        with st.container(key=f"map-{kind}-{field.name}"):
            name, choice, beside = st.columns([3, 4, 5], gap="small", vertical_alignment="center")
            with name:
                _name(field)
            with choice:
                column = _column(
                    needs.headers, field, guessed.get(field.name), key=f"map.{current.round}.{kind}.{field.name}"
                )
            with beside:
                value = _fixed(field, key=f"fix.{current.round}.{kind}.{field.name}") if column is None else None
                if column is not None:
                    columns[field.name] = column
                    blocks.quiet(_samples(needs, column))
                elif value:
                    values[field.name] = value
        if field.required and column is None and not value:
            missing.append(field)
    return columns, values, missing


def _name(field: Field) -> None:
    mark = " :small[:orange[" + _("needed") + "]]" if field.required else ""
    about = "  \n" + markup.quietly(markup.plain(_(field.help))) if field.help else ""
    st.markdown(f"**{markup.plain(_(field.label))}**{mark}{about}")


def _column(headers: tuple[str, ...], field: Field, guessed: str | None, *, key: str) -> str | None:
    """The header that the field stands under, or None."""
    places = [None, *range(len(headers))]
    chosen: int | None = st.selectbox(
        _(field.label),
        places,
        index=headers.index(guessed) + 1 if guessed in headers else 0,
        format_func=lambda place: _("not in this file") if place is None else headers[place],
        label_visibility="collapsed",
        key=key,
    )
    return None if chosen is None else headers[chosen]


def _samples(needs: NeedsMapping, column: str) -> str:
    """The first different values of a column. Markdown."""
    place = needs.headers.index(column)
    cells = [row[place].strip() for row in needs.samples if place < len(row)]
    seen = list(dict.fromkeys(cell for cell in cells if cell))[:SAMPLES]
    return " · ".join(markup.plain(markup.shortened(cell)) for cell in seen) or _("empty in the first rows")


def _fixed(field: Field, *, key: str) -> str | None:
    """A value for all rows, for a field that the file does not have."""
    about = _("The same for all rows")
    if field.name in DATES:
        day: dt.date | None = st.date_input(
            about, value=None, format="YYYY-MM-DD", label_visibility="collapsed", key=key
        )
        return day.isoformat() if day else None
    if field.name in FIXED_TEXTS:
        text: str = st.text_input(about, placeholder=about, label_visibility="collapsed", max_chars=80, key=key)
        return text.strip() or None
    return None


def _conventions(current: Desk, kind: str) -> dict[str, str]:
    """What is detected from the values unless a person says otherwise."""
    chosen: dict[str, str] = {}
    with st.container(horizontal=True, gap="medium"):
        for name in ANSWERS:
            code = _convention(
                QUESTIONS[name],
                list(ANSWERS[name]),
                ANSWERS[name],
                current.told.values.get(name),
                key=f"say.{current.round}.{name}",
            )
            chosen |= {name: code} if code else {}
        if kind in SCALES:
            code = _convention(
                N_("Which scale?"),
                list(SCALES[kind]),
                {},
                current.told.values.get("scale"),
                key=f"say.{current.round}.{kind}.scale",
            )
            chosen |= {"scale": code} if code else {}
        place = zone(
            _("Time zone of which place?"), current.told.values.get("timezone"), key=f"say.{current.round}.timezone"
        )
        chosen |= {"timezone": place} if place else {}
        source = st.text_input(
            _("Shop or survey"),
            value=current.told.values.get("source", ""),
            placeholder=_("optional"),
            max_chars=80,
            width=260,
            key=f"say.{current.round}.source",
            help=_("Keeps the numbers of two shops apart: order 1001 of one is not order 1001 of the other."),
        )
        chosen |= {"source": source.strip()} if source.strip() else {}
    return chosen


def _convention(question: str, codes: list[str], names: dict[str, str], said: str | None, *, key: str) -> str:
    options = [FOUND_OUT, *codes]
    chosen: str = st.selectbox(
        _(question),
        options,
        index=options.index(said) if said in options else 0,
        format_func=lambda code: _(names.get(code) or code) if code else _("detected from the values"),
        key=key,
        width=260,
    )
    return chosen
