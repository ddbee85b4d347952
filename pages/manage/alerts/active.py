"""The alerts that are active: what each watches, who gets it, what was told last and what comes next; stop, test, send again."""

import datetime as dt

import streamlit as st

from data.alerts import channels
from data.alerts.book import Delivery
from data.alerts.office import Office
from data.alerts.periods import Period
from data.alerts.rules import Alert, Rule
from data.alerts.words.wording import EVERY, period_name, rule_text, segment_names
from data.errors import RapportError
from pages.manage.alerts import findings
from pages.manage.alerts.findings import STATES, WRONG
from pages.shared.model import blocks
from pages.shared.session import cached, site
from pages.shared.words import markup
from pages.shared.words.texts import LANGUAGES, _, listed, moment, spaced, told

NOTE_KEY = "alerts.note"


def office() -> Office:
    """The alerts in the hands of the person of this session."""
    return Office(cached.access())


def now() -> dt.datetime:
    return dt.datetime.now().replace(microsecond=0)


def note() -> None:
    """What the last click did."""
    if said := st.session_state.pop(NOTE_KEY, None):
        text, good = said
        if good:
            st.success(markup.plain(text), icon=":material/check:")
        else:
            st.error(markup.plain(text), icon=":material/error:")


def section(opened: Office, active: list[Alert], deliveries: list[Delivery]) -> None:
    """One row per alert; nothing while there is none."""
    if not active:
        return
    last, coming = findings.last_of_each(deliveries), opened.next_periods()
    blocks.section(
        _("What is watched"), _("What and when, who gets it, what was sent last, and which period comes next.")
    )
    for alert in active:
        _row(opened, alert, last.get(alert.id), coming.get(alert.id))


def what_text(alert: Alert) -> str:
    """The rule, or the page, with whose numbers they are, and how often. Not escaped."""
    every = _("every {unit}").format(unit=_(EVERY[alert.every]))
    if isinstance(alert.what, Rule):
        said = spaced(rule_text(alert.what, alert.every, cached.extent().currency))
    else:
        said = _("Page {title}").format(title=site.title(alert.what.page))
        whose = listed(segment_names(alert.segment))
        said = _("{name} ({who})").format(name=said, who=whose) if whose else said
    return f"{said} · {every}"


def _row(opened: Office, alert: Alert, last: Delivery | None, coming: Period | None) -> None:
    with st.container(border=True, key=f"alert-{alert.id}", gap="xsmall"):
        what, who, state, does = st.columns([9, 6, 8, 4], gap="small", vertical_alignment="center")
        with what:
            st.markdown(_two_lines(f"**{markup.plain(alert.name)}**", markup.plain(what_text(alert))))
        with who:
            target = markup.plain(channels.masked(alert.channel, alert.target))
            said = " · ".join(part for part in (target, LANGUAGES[alert.language]) if part)
            st.markdown(_two_lines(_(channels.CHANNELS[alert.channel]), said))
        with state:
            st.markdown(_two_lines(_last(last), _next(coming)))
        if opened.may_change(alert):
            with does, st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
                _buttons(opened, alert, last)


def _two_lines(first: str, second: str) -> str:
    """The second line quiet. Markdown."""
    return f"{first}  \n{markup.quietly(second)}" if second else first


def _last(last: Delivery | None) -> str:
    """What became of the last period. Markdown."""
    if last is None:
        return _("Not checked yet")
    state = _(STATES[last.status])
    said = _("{period}: {state}").format(period=markup.plain(period_name(Period.of_code(last.period))), state=state)
    return f":orange[:material/error:\u00a0{said}]" if last.status in WRONG else said


def _next(coming: Period | None) -> str:
    if coming is None:
        return _("Checked from the first complete period on")
    return markup.plain(_("Next: {period}").format(period=period_name(coming)))


def _buttons(opened: Office, alert: Alert, last: Delivery | None) -> None:
    if (
        last
        and last.status in WRONG
        and st.button(_("Send again"), icon=":material/refresh:", type="tertiary", key=f"alert.again.{alert.id}")
    ):
        _do(lambda: opened.again(alert.id, last.period), _("It is tried again within a few minutes."))
    if st.button(_("Test"), icon=":material/send:", type="tertiary", key=f"alert.test.{alert.id}"):
        _test(opened, alert)
    if st.button(_("Stop"), icon=":material/notifications_off:", type="tertiary", key=f"alert.stop.{alert.id}"):
        _do(lambda: opened.stop(alert.id, now()), _("“{name}” is stopped.").format(name=alert.name))


def _test(opened: Office, alert: Alert) -> None:
    with st.spinner(_("Sending")):
        try:
            outcome = opened.test(alert.id, now())
            said = told(outcome.error) if outcome.error else _("The test message of “{name}” went out.")
            remember(said.format(name=alert.name) if not outcome.error else said, good=outcome.error is None)
        except RapportError as error:
            remember(told(error), good=False)
    st.rerun()


def _do(act, done: str) -> None:
    try:
        act()
        remember(done)
    except RapportError as error:
        remember(told(error), good=False)
    st.rerun()


def remember(said: str, *, good: bool = True) -> None:
    """Keep a sentence for the next run of the page. Not escaped."""
    st.session_state[NOTE_KEY] = said, good


def tried_at(one: Delivery) -> str:
    """When it was tried last."""
    return moment(one.tried_at) if one.tried_at else ""
