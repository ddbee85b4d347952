"""Making an alert: checked whole before it is kept."""

import datetime as dt

from data.alerts import book, channels
from data.alerts.channels import Setup
from data.alerts.rules import Alert, check
from data.errors import RapportError
from data.store.store import Store
from metrics.texts import N_

MOST_ACTIVE = 200


def make(store: Store, alert: Alert, setup: Setup, now: dt.datetime) -> Alert:
    """Check and keep an alert; RapportError, and nothing is kept, when it could not be judged or sent."""
    check(alert.name, alert.what, alert.every, alert.language)
    channels.check(alert.channel, alert.target, setup)
    if len(book.active(store)) >= MOST_ACTIVE:
        raise RapportError(N_("There are {most} alerts already; stop one first."), most=MOST_ACTIVE)
    return book.add(store, alert, now)
