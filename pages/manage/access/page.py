"""Access: who has which role, whose numbers people see, and what was done by whom."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from data.errors import RapportError
from data.people import audit, policy
from data.people.access import Role
from data.people.policy import Policy
from data.settings import Settings
from data.text.labels import label
from metrics.texts import N_
from pages.shared.bar.door import ROLE_NAMES
from pages.shared.model import blocks
from pages.shared.screen.tables import sortable_table
from pages.shared.session import auth, cached
from pages.shared.session.auth import Mode
from pages.shared.words import markup
from pages.shared.words.texts import _, joined, moment, ngettext, number, told

ROWS = 200
CHOSEN = "access.action"
# What the audit says was done, in the reader's words.
ACTIONS = {
    "upload": N_("uploaded"),
    "undo": N_("undid an import"),
    "make link": N_("created a link"),
    "use link": N_("opened a link"),
    "revoke link": N_("withdrew a link"),
    "export": N_("downloaded customers"),
    "export person": N_("downloaded a person’s data"),
    "erase": N_("erased a person"),
    "alert made": N_("created an alert"),
    "alert stopped": N_("stopped an alert"),
}


def page() -> None:
    if auth.mode() is Mode.SIGN_IN:
        _people()
    else:
        blocks.heading(
            _("Nobody signs in here"),
            _("Whoever sits at this machine may do everything. With a sign-in provider, people get roles."),
        )
    _done()


def _people() -> None:
    path = Settings.read().access
    try:
        found = policy.read(path)
    except RapportError as error:
        blocks.heading(_("The access file has a mistake, and nobody new is let in"), markup.plain(told(error)))
        return
    named = sum(map(len, (*found.roles.values(), *found.claimed.values())))
    shown = _("From the access file {path}. A change in it counts from the next click on.").format(path=f"`{path}`")
    title = ngettext(
        "{n} entry of the access file gives a role", "{n} entries of the access file give a role", named
    ).format(n=number(named))
    blocks.heading(title, shown)
    left, right = st.columns(2, gap="medium")
    with left:
        blocks.section(_("Roles"), _("Addresses, domains and groups; of several roles the highest counts."))
        sortable_table(_roles(found))
    with right:
        blocks.section(_("Whose numbers they see"), _("Everybody else sees all customers."))
        if found.scopes:
            sortable_table(_scopes(found))
        else:
            blocks.quiet(_("Nobody is limited to some customers."))


def _roles(found: Policy) -> pl.DataFrame:
    rows = [(_(ROLE_NAMES[role]), name) for role in reversed(Role) for name in found.roles.get(role, ())]
    claimed = [
        (_(ROLE_NAMES[role]), f"{found.claim} = {name}")
        for role in reversed(Role)
        for name in found.claimed.get(role, ())
    ]
    return _table((_("Role"), _("Who")), rows + claimed)


def _scopes(found: Policy) -> pl.DataFrame:
    rows = [
        (", ".join(scope.who), joined([label(code) for codes in scope.segment.chosen.values() for code in codes]))
        for scope in found.scopes
    ]
    return _table((_("Who"), _("Sees")), rows)


def _done() -> None:
    store = cached.access().beside("administer")
    chosen = st.session_state.get(CHOSEN)
    rows = audit.entries(store, limit=ROWS, action=chosen)
    if rows.is_empty() and chosen is None:
        blocks.section(
            _("Nothing has been noted yet"), _("Uploads, undos, links and downloads of customers appear here.")
        )
        return
    limited = _("the newest {n}").format(n=ROWS) if rows.height == ROWS else ""
    how = _("Uploads, undos, links, alerts and downloads of customers. Nothing here can be changed.")
    blocks.section(_("What was done"), " ".join(filter(None, (how, limited))), table=rows, file="audit")
    st.selectbox(
        _("What was done"),
        ACTIONS,
        index=None,
        format_func=lambda action: _(ACTIONS[action]),
        placeholder=_("all"),
        key=CHOSEN,
        label_visibility="collapsed",
        width=280,
    )
    said = [
        (
            moment(row["at"]),
            row["who"] or _("at this machine"),
            _(ACTIONS[row["action"]]) if row["action"] in ACTIONS else row["action"],
            " · ".join(filter(None, (row["subject"], row["detail"]))),
        )
        for row in rows.iter_rows(named=True)
    ]
    sortable_table(_table((_("When"), _("Who"), _("What"), _("Which")), said))


def _table(names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
