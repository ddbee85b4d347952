"""A new alert: what is watched, with how often it would have been told, who gets it, and the button that keeps it."""

import streamlit as st

from data.alerts import channels
from data.alerts.channels import FORMATS, INBOX, Setup
from data.alerts.channels.webhook import target_of
from data.alerts.office import Office
from data.alerts.rules import LONGEST_NAME, Alert, Rule, Subscription, limited
from data.alerts.words.wording import EVERY, rule_text
from data.errors import RapportError
from metrics.texts import N_
from pages.manage.alerts.active import now, remember
from pages.manage.alerts.choices import number_choices, page_choices
from pages.manage.alerts.preview import preview
from pages.shared.model import blocks
from pages.shared.model.parts import Button, Place
from pages.shared.screen import states
from pages.shared.screen.definition import ALERT_ABOUT
from pages.shared.session import auth, cached, site
from pages.shared.words import markup
from pages.shared.words.texts import LANGUAGES, _, language, sentences, spaced, told

KINDS = {"rule": N_("A number"), "page": N_("A page")}
UNITS = {"rule": ("month", "quarter", "week", "day"), "page": ("month", "quarter", "week")}
WHERE = {
    "json": N_("Address that takes JSON"),
    "slack": N_("Address of the incoming webhook"),
    "wecom": N_("Webhook address of the group robot"),
    "dingtalk": N_("Webhook address of the group robot"),
    "feishu": N_("Webhook address of the group robot"),
}
ORDER = (INBOX, "email", "slack", "wecom", "dingtalk", "feishu", "json")
ROUND = "alerts.round"  # counts the alerts made, so that each begins with empty fields


def section(opened: Office, *, first: bool) -> None:
    """The fields, open at once while there is no alert yet. Without data there is nothing to watch."""
    if cached.extent().last is None:
        _no_data()
        return
    with st.expander(
        _("Create an alert"),
        icon=":material/add_alert:",
        expanded=first or ALERT_ABOUT in st.session_state,
        key="alert.new",
    ):
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            kind = _one(_("What is sent"), {code: _(name) for code, name in KINDS.items()}, "kind")
            every = _one(_("For each"), {unit: _(EVERY[unit]) for unit in UNITS[kind]}, f"every.{kind}")
        what = number_choices(every, _key) if kind == "rule" else page_choices(_key)
        if isinstance(what, Rule):
            preview(what, every)
        _reader(opened, what, every)


def _no_data() -> None:
    blocks.empty(
        _("There is nothing to watch yet"),
        _("An alert is a rule on a number: upload an export of orders, members or survey answers first."),
        icon=":material/notifications:",
        buttons=[Button(_("Upload an export"), "alerts.upload", ":material/upload:", "primary", leads=Place("upload"))]
        if auth.may("change")
        else (),
    )


def _key(name: str) -> str:
    """The key of a field. The language is part of it: a widget whose options are called otherwise forgets what was chosen."""
    return f"alert.new.{name}.{st.session_state.get(ROUND, 0)}.{language()}"


def _one(title: str, names: dict[str, str], name: str) -> str:
    """One of a few codes, the first to begin with."""
    return st.segmented_control(
        title,
        list(names),
        format_func=lambda code: names[code],
        default=next(iter(names)),
        required=True,
        key=_key(name),
    )


def _reader(opened: Office, what: Rule | Subscription | None, every: str) -> None:
    """Who gets it, how and in which language."""
    try:
        setup = Setup.read()
    except RapportError as error:
        if auth.may("administer"):
            states.failure(error)
            return
        setup = Setup()  # the inbox needs none of it
    open_ways = {INBOX, *(["email"] if setup.mail else []), *(FORMATS if setup.places else [])}
    offered = [code for code in ORDER if code in open_ways]
    how, where, spoken = st.columns([4, 9, 4], gap="small", vertical_alignment="bottom")
    with how:
        channel = st.selectbox(
            _("How"), offered, format_func=lambda code: _(channels.CHANNELS[code]), key=_key("channel")
        )
    with where:
        target = "" if channel == INBOX else _target(channel)
    with spoken:
        code = st.segmented_control(
            _("Written in"), list(LANGUAGES), format_func=lambda code: LANGUAGES[code], default=language(), required=True,
            key=_key("language"),
        )  # fmt: skip
    _set_up(setup, channel)
    usual = _usual_name(limited(what, opened.person.scope) if what else None, every)
    name = st.text_input(_("Name"), placeholder=usual, max_chars=LONGEST_NAME, key=_key("name"))
    if st.button(
        _("Create the alert"), type="primary", icon=":material/add_alert:", key=_key("make"), disabled=what is None
    ):
        assert what is not None
        _make(opened, Alert(0, name.strip() or usual, what, every, channel, target, code), setup)


def _target(channel: str) -> str:
    if channel == "email":
        return st.text_input(
            _("E-mail addresses, with commas between"), key=_key("email"), placeholder="ada@example.com, li@example.com"
        )
    address, secret = st.columns([2, 1], gap="small") if FORMATS[channel].signs else (st.container(), None)
    with address:
        url = st.text_input(_(WHERE[channel]), type="password", key=_key(f"url.{channel}"))
    signed = ""
    if secret:
        with secret:
            signed = st.text_input(_("Signature secret, if it has one"), type="password", key=_key(f"secret.{channel}"))
    return target_of(url.strip(), signed.strip())


def _set_up(setup: Setup, channel: str) -> None:
    """Where a message arrives, and for an administrator what has to be set before more ways are open."""
    if channel == INBOX:
        blocks.quiet(_("It appears at the top of this page, for everybody who may see the alert."))
        return
    hosts = ", ".join(dict.fromkeys(place.host for place in setup.places))
    lines = [_("Webhooks may go to {hosts}.").format(hosts=markup.plain(hosts))] if hosts and channel != "email" else []
    if not auth.may("administer"):
        blocks.quiet(sentences(*lines))
        return
    if setup.mail is None:
        lines.append(_("For e-mail an administrator sets `RAPPORT_SMTP_URL` and `RAPPORT_MAIL_FROM`."))
    if not setup.address:
        lines.append(_("For links in messages an administrator sets `RAPPORT_ADDRESS`."))
    blocks.quiet(sentences(*lines))


def _usual_name(what: Rule | Subscription | None, every: str) -> str:
    if what is None:
        return ""
    if isinstance(what, Subscription):
        return site.title(what.page)
    return spaced(rule_text(what, every, cached.extent().currency))[:LONGEST_NAME]


def _make(opened: Office, alert: Alert, setup: Setup) -> None:
    try:
        made = opened.make(alert, setup, now())
    except RapportError as error:
        st.error(markup.plain(told(error)), icon=":material/error:")
        return
    remember(_("“{name}” is created. It is checked within a few minutes.").format(name=made.name))
    st.session_state.pop(ALERT_ABOUT, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.rerun()
