"""Above a pinned view: of when its numbers are, what came since, and the way to today's."""

from collections.abc import Callable, Collection

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.people import links
from data.people.links import Link
from metrics.catalogue import CATALOGUE
from pages.shared.session import cached, view, visit
from pages.shared.session.opened import store
from pages.shared.words import markup
from pages.shared.words.texts import _, joined, moment, ngettext, number, sentences


def show() -> Callable[[], None]:
    """One quiet line, and a button for those who may see more than the link. Nothing outside of pinned links.

    To be called again, by what it gives, once the page is drawn: only then is it known which numbers are those that were kept.
    """
    link = visit.link()
    if link is None or link.version is None:
        return lambda: None
    said = sentences(_of_when(link), since(link))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="pinned"):
        line = st.empty()
        _write(line, said)
        if not link.public:
            st.button(_("Show today’s numbers"), type="tertiary", key="leave-link", on_click=view.leave_link)

    def complete() -> None:
        shown, anew = cached.metrics()
        if changed := definitions(link, shown, anew):
            _write(line, sentences(said, changed))

    return complete


def _write(line: DeltaGenerator, said: str) -> None:
    line.markdown(f":small[:orange[:material/keep: {markup.plain(said)}]]")


def _of_when(link: Link) -> str:
    erased = links.erased_since(store(), link.made_at)
    if not erased:
        return _("These are the numbers of {moment} (data version {version}).").format(
            moment=moment(link.made_at), version=link.version
        )
    text = ngettext(
        "These are the data of {moment} (data version {version}) without {n} customer who was erased since, so numbers may differ from "
        "those of then.",
        "These are the data of {moment} (data version {version}) without {n} customers who were erased since, so numbers may differ from "
        "those of then.",
        erased,
    )
    return text.format(moment=moment(link.made_at), version=link.version, n=number(erased))


def since(link: Link) -> str:
    """The imports and undos after the link's data version, as a sentence."""
    counts = links.came_since(store(), link.version or 0)
    kinds = {
        "import": ngettext("{n} import", "{n} imports", counts["import"]),
        "undo": ngettext("{n} undo", "{n} undos", counts["undo"]),
    }
    came = [text.format(n=number(counts[kind])) for kind, text in kinds.items() if counts[kind]]
    return _("Since then: {what}.").format(what=joined(came)) if came else _("Nothing came since.")


def definitions(link: Link, shown: Collection[str], anew: Collection[str]) -> str:
    """Which metrics on the page are defined otherwise today, and by which definition they are shown; empty when none is.

    `anew`: those that no answer was kept of, because other filters are chosen, somebody was erased, or the columns are others.
    """
    versions = {name: CATALOGUE[name].version for name in shown if name in link.metric_versions}
    changed = [name for name, version in versions.items() if version != link.metric_versions[name]]
    before, today = (
        joined(list(dict.fromkeys(_(CATALOGUE[name].label) for name in sorted(changed) if (name in anew) == is_anew)))
        for is_anew in (False, True)
    )
    kept = _("Defined differently since, and shown as it was: {metrics}.").format(metrics=before) if before else ""
    other = _("Defined differently since, and shown by today’s definition: {metrics}.").format(metrics=today)
    return sentences(kept, other if today else "")
