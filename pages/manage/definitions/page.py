"""Definitions: every metric of the catalogue, with grain, unit, interval, what no data means, source and version."""

import streamlit as st

from metrics.catalogue import CATALOGUE, GENERAL
from pages.shared.model import blocks
from pages.shared.screen.definition import columns, entry
from pages.shared.words.texts import _


def page() -> None:
    blocks.heading(
        _("Every number has one definition"),
        _("The pages, the command line and the exports all use these, from the same functions."),
    )
    for text in GENERAL:
        blocks.paragraph(_(text))
    for metric in CATALOGUE.values():
        with st.container(border=True):
            blocks.section(_(metric.label))
            entry(metric)
            with st.expander(_("Columns of the result")):
                columns(metric)
