"""Above a pinned view: of when its numbers are, what came since, and the way to today's."""

import streamlit as st

from data import links
from data.links import Link
from metrics.catalogue import CATALOGUE
from pages.shared import blocks, view, visit
from pages.shared.opened import store
from pages.shared.texts import _, joined, moment, ngettext, number, sentences


def show() -> None:
    """One quiet line, and a button for those who may see more than the link. Nothing outside of pinned links."""
    link = visit.link()
    if link is None or link.version is None:
        return
    said = sentences(_of_when(link), since(link), definitions(link))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="pinned"):
        st.markdown(f":small[:orange[:material/keep: {blocks.plain(said)}]]")
        if not link.public:
            st.button(_("Show today’s numbers"), type="tertiary", key="leave-link", on_click=view.leave_link)


def _of_when(link: Link) -> str:
    return _("These are the numbers of {moment} (data version {version}).").format(
        moment=moment(link.made_at), version=link.version
    )


def since(link: Link) -> str:
    """The imports and undos after the link's data version, as a sentence."""
    counts = links.came_since(store(), link.version or 0)
    kinds = {
        "import": ngettext("{n} import", "{n} imports", counts["import"]),
        "undo": ngettext("{n} undo", "{n} undos", counts["undo"]),
    }
    came = [text.format(n=number(counts[kind])) for kind, text in kinds.items() if counts[kind]]
    return _("Since then: {what}.").format(what=joined(came)) if came else _("Nothing came since.")


def definitions(link: Link) -> str:
    """Which metrics of the page are defined otherwise today; empty when none is."""
    known = {name: CATALOGUE[name] for name in link.metric_versions if name in CATALOGUE}
    changed = [_(metric.label) for name, metric in known.items() if metric.version != link.metric_versions[name]]
    if not changed:
        return ""
    names = joined(list(dict.fromkeys(changed)))
    return _("Defined otherwise since, and shown as it was: {metrics}.").format(metrics=names)
