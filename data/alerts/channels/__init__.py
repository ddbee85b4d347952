"""Where messages go: the inbox in Rapport, which needs nothing else, e-mail, and webhooks in five formats."""

import time

from data.alerts.channels import email, webhook
from data.alerts.channels.formats import FORMATS
from data.alerts.channels.message import Message, NotSent, Unsure
from data.alerts.channels.setup import Setup
from data.errors import RapportError
from metrics.texts import N_

INBOX = "inbox"
CHANNELS = {INBOX: N_("Inbox in Rapport"), "email": N_("E-mail"), **{code: form.name for code, form in FORMATS.items()}}

__all__ = [
    "CHANNELS",
    "FORMATS",
    "INBOX",
    "Message",
    "NotSent",
    "Setup",
    "Unsure",
    "check",
    "masked",
    "receiver",
    "send",
]


def check(channel: str, target: str, setup: Setup) -> None:
    """RapportError for a target that the channel cannot or may not send to."""
    if channel not in CHANNELS:
        raise RapportError(
            N_("There is no channel “{channel}”; there are: {known}."), channel=channel, known=", ".join(CHANNELS)
        )
    if channel == "email":
        email.recipients(target, setup)
    elif channel != INBOX:
        webhook.place_of(webhook.read_target(target)[0], setup)


def send(channel: str, message: Message, target: str, setup: Setup) -> None:
    """Send it once; NotSent, Unsure or RapportError when it was not, or perhaps not, taken."""
    if channel == "email":
        email.send(message, target, setup)
    elif channel != INBOX:  # what is told there is kept with the delivery
        webhook.send(channel, message, target, setup, time=time.time())


def masked(channel: str, target: str) -> str:
    """Who gets it, without what would let a reader send there."""
    return target if channel in ("email", INBOX) else webhook.masked(target)


def receiver(channel: str, target: str) -> str:
    """The server that takes it, by a name: one that is slow is slow for all that goes there."""
    return channel if channel in ("email", INBOX) else webhook.host(target)
