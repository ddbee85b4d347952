"""The report of a page that begins: what it is of, and the address of the view."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import streamlit as st

from data.segment import EVERYBODY
from pages.shared.model.report import Report
from pages.shared.session import cached, visit
from pages.shared.session.site import Entry
from pages.shared.session.view import View, url_params
from pages.shared.words.texts import _, language


def begun(entry: Entry, view: View | None) -> Report:
    """An empty report of the page. The URL has been settled, so its parameters are those of the view."""
    params = url_params() if view else {"lang": [language()]}
    return Report(
        code=entry.code, page=_(entry.title), language=language(), version=cached.version(), extent=cached.extent(), access=cached.access(),
        view=view, params=params, link=_link(entry.code, _whole(params, view)),
    )  # fmt: skip


def _whole(params: Mapping[str, list[str]], view: View | None) -> Mapping[str, list[str]]:
    """The parameters with whom the numbers are of, where the address does not say it yet: who sees everybody finds the same ones."""
    link = visit.link()
    said = view.segment.seen_within(link.scope if link else EVERYBODY) if view else EVERYBODY
    return params if view is None or visit.locked() or said == view.whom else {**params, **view.whom.params}


def _link(code: str, params: Mapping[str, list[str]]) -> str:
    """The address of the view, as far as the browser has told it; else without the machine's name."""
    here = urlsplit(st.context.url or "")
    machine = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    query = urlencode(params, doseq=True)
    return f"{machine}/{code}" + (f"?{query}" if query else "")
