"""Sending once: a claim before, the outcome after.

"sending" is in the file before a message leaves, and "sent" after it was taken. If the process ends between the two, the row stays
"sending"; ten minutes later it becomes "unsure", and nothing is sent again unless somebody asks for it: rather once too little, and
said so, than twice in silence.
"""

import datetime as dt
import logging
from collections.abc import Callable

from data.alerts import book, channels
from data.alerts.book import Delivery
from data.alerts.channels import Message, NotSent, Setup, Unsure
from data.alerts.rules import Alert
from data.errors import RapportError
from data.store.store import Store
from metrics.texts import N_

log = logging.getLogger("rapport.alerts")
UNEXPECTED = N_("Something unexpected went wrong; the log of the app says what.")
HANDLED = "An alert was handled: alert %(alert)s, period %(period)s, %(status)s"
NOT_SENT = "An alert met a fault while it was sent: alert %(alert)s, %(error)s"
Send = Callable[[str, Message, str, Setup], None]


def deliver(
    store: Store,
    alert: Alert,
    period: str,
    message: Message,
    setup: Setup,
    now: dt.datetime,
    *,
    send: Send | None = None,
) -> Delivery | None:
    """Send the message of a period and keep what became of it; None when another worker has it, or it was sent before."""
    attempt = book.claim(store, alert.id, period, now)
    if attempt is None:
        return None
    tried = Delivery(alert.id, period, "sent", attempt, _kept(alert, message), None, now)
    outcome = _tried(alert, tried, message, setup, send or channels.send)
    book.settle(store, outcome)
    log.info(HANDLED, {"alert": alert.id, "period": period, "status": outcome.status})
    return outcome


def test(store: Store, alert: Alert, message: Message, setup: Setup, now: dt.datetime) -> Delivery:
    """Send a test message now, once, and keep what became of it under a name of its own."""
    period = f"{book.TEST} {now:%Y-%m-%d %H:%M:%S}"
    if book.claim(store, alert.id, period, now) is None:
        raise RapportError(N_("A test message was sent just now."))
    tried = Delivery(alert.id, period, "sent", 1, _kept(alert, message), None, now)
    outcome = _tried(alert, tried, message, setup, channels.send)
    if outcome.status == "failed":
        outcome = Delivery(alert.id, period, "gave up", 1, message.title, outcome.error, now)
    book.settle(store, outcome)
    return outcome


def failed(store: Store, alert: Alert, period: str, error: RapportError, now: dt.datetime) -> Delivery | None:
    """Keep that a message could not even be written, as an attempt; it is tried again like one that was not sent."""
    attempt = book.claim(store, alert.id, period, now)
    if attempt is None:
        return None
    outcome = _not_sent(Delivery(alert.id, period, "failed", attempt, "", error, now), again=True)
    book.settle(store, outcome)
    return outcome


def _kept(alert: Alert, message: Message) -> str:
    """What is kept of a message: its title, and for the inbox all of its lines, since nothing else holds them."""
    return "\n".join([message.title, *(message.lines if alert.channel == channels.INBOX else ())])


def _tried(alert: Alert, tried: Delivery, message: Message, setup: Setup, send: Send) -> Delivery:
    try:
        send(alert.channel, message, alert.target, setup)
    except NotSent as error:
        return _not_sent(_with(tried, error), again=error.again)
    except Unsure as error:
        return _with(tried, error, "unsure")
    except RapportError as error:  # the settings do not allow it, or nothing is set up: that may change
        return _not_sent(_with(tried, error), again=True)
    except Exception as error:  # only its kind is logged: what it says may hold an address
        log.error(NOT_SENT, {"alert": alert.id, "error": type(error).__name__})
        return _with(tried, RapportError(UNEXPECTED), "unsure")
    return tried


def _not_sent(tried: Delivery, *, again: bool) -> Delivery:
    return _with(tried, tried.error, "failed" if again and tried.attempts < book.MOST_ATTEMPTS else "gave up")


def _with(tried: Delivery, error: RapportError | None, status: str = "failed") -> Delivery:
    return Delivery(tried.alert_id, tried.period, status, tried.attempts, tried.message, error, tried.tried_at)
