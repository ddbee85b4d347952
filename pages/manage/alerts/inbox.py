"""What alerts told in Rapport itself: the newest messages, each with the way to the page of its number and period."""

import streamlit as st

from data.alerts.book import Delivery
from data.alerts.office import Office
from data.alerts.periods import Period
from data.alerts.rules import Alert, Rule
from data.alerts.words import links
from pages.manage.alerts.active import tried_at
from pages.shared.model import blocks
from pages.shared.session import site
from pages.shared.words import markup
from pages.shared.words.texts import _, ngettext, number

SHOWN = 20


def section(opened: Office) -> None:
    """The messages, nothing while there is none; having been shown, they are no longer new."""
    told = opened.inbox()
    if not told:
        return
    new = opened.unread()
    title = ngettext("{n} new message", "{n} new messages", new).format(n=number(new)) if new else _("Inbox")
    blocks.section(title, _("What alerts told here, the newest first."))
    for place, (alert, one) in enumerate(told[:SHOWN]):
        _message(alert, one, new=place < new)
    opened.look()


def _message(alert: Alert, one: Delivery, *, new: bool) -> None:
    title, *lines = one.message.split("\n")
    with st.container(border=True, key=f"inbox-{alert.id}-{one.period}", gap="xsmall"):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            mark = ":material/mark_email_unread:" if new else ":gray[:material/drafts:]"
            st.markdown(f"{mark} **{markup.plain(title)}**  \n{markup.quietly(tried_at(one))}")
            if not one.is_test and st.button(
                _("Open"), icon=":material/arrow_forward:", type="tertiary", key=f"inbox.open.{alert.id}.{one.period}"
            ):
                site.open_page(*_place(alert, one))
        if lines:
            with st.expander(_("What it says"), type="compact"):
                st.markdown("  \n".join(map(markup.plain, lines)))


def _place(alert: Alert, one: Delivery) -> tuple[str, links.Params]:
    """The page with the period and the customers of the message."""
    page, params = (
        links.page_of(alert.what.asked) if isinstance(alert.what, Rule) else (alert.what.page, alert.what.params)
    )
    return page, links.dated(params, Period.of_code(one.period))
