"""Definitions: every metric of the catalogue under its name, found by a word of it, with grain, unit, interval, source and version."""

from collections.abc import Iterator

import streamlit as st

from metrics.catalogue import CATALOGUE, GENERAL, Metric
from pages.shared.model import blocks
from pages.shared.screen.definition import columns, entry
from pages.shared.words import markup
from pages.shared.words.texts import _, ngettext, number

OVER_TIME = "_trend"  # how the metric ends that says another one by month
OPEN_UP_TO = 2  # entries that a search leaves, so that they need no further click


def page() -> None:
    blocks.heading(
        _("Every number has one definition"),
        _("The pages, the command line and the exports all use these, from the same functions."),
    )
    wanted = st.text_input(
        _("Find a definition"),
        placeholder=_("A word of its name or text"),
        icon=":material/search:",
        key="definitions.find",
    )
    if not wanted.strip():
        with st.expander(_("What holds for all of them"), type="compact"):
            for text in GENERAL:
                blocks.paragraph(_(text))
    found = [metric for metric in entries() if matches(metric, wanted)]
    if not found:
        why = _("Try another word: part of a name, or what it counts.")
        blocks.empty(
            _("No definition has “{word}”").format(word=markup.plain(wanted.strip())), why, icon=":material/search_off:"
        )
        return
    blocks.quiet(ngettext("{n} definition", "{n} definitions", len(found)).format(n=number(len(found))))
    with st.container(gap="xsmall"):
        for metric in found:
            _entry(metric, opened=bool(wanted.strip()) and len(found) <= OPEN_UP_TO)


def entries() -> list[Metric]:
    """One per metric, by name: what says another one by month stands with that one."""
    alone = [
        metric
        for name, metric in CATALOGUE.items()
        if name.removesuffix(OVER_TIME) not in CATALOGUE or not name.endswith(OVER_TIME)
    ]
    return sorted(alone, key=lambda metric: _(metric.label).casefold())


def matches(metric: Metric, wanted: str) -> bool:
    """Whether all words that are looked for stand in its name, definition or columns."""
    held = " ".join(_texts(metric)).casefold()
    return all(word in held for word in wanted.casefold().split())


def _texts(metric: Metric) -> Iterator[str]:
    yield from (metric.name, _(metric.label), _(metric.definition), *metric.columns)


def _entry(metric: Metric, *, opened: bool) -> None:
    """Drawn when it is opened: all of them at once are a page of a hundred screens on a phone."""
    fold = st.expander(_(metric.label), expanded=opened, key=f"define.{metric.name}.{opened}", on_change="rerun")
    if not fold.open:
        return
    with fold:
        entry(metric)
        blocks.paragraph(f"**{_('Columns of the result')}**")
        columns(metric)
        if over_time := CATALOGUE.get(f"{metric.name}{OVER_TIME}"):
            blocks.paragraph(f"**{_(over_time.label)}**")
            columns(over_time)
