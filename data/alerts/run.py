"""What is due, and sending it. The clock is handed in; so is what draws pages, which data do not know."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from data.alerts import book, deliver, makers
from data.alerts.book import Delivery
from data.alerts.channels import Message, Setup, receiver
from data.alerts.judge import TOLD
from data.alerts.measured import covered, judged
from data.alerts.outbox import Outbox, Outcome
from data.alerts.periods import Period, last_complete
from data.alerts.rules import Alert, Rule, Subscription
from data.alerts.words import messages
from data.alerts.words.links import dated
from data.errors import RapportError
from data.segment import Segment
from data.store.extent import Extent
from data.store.store import Store
from metrics.errors import RuleError
from metrics.texts import N_

log = logging.getLogger("rapport.alerts")
NOT_JUDGED = "An alert met a fault while it was judged: alert %(alert)s, period %(period)s, %(error)s"


class Report(Protocol):
    """A page that was drawn: its title, and all of it as one HTML file."""

    @property
    def title(self) -> str: ...
    @property
    def html(self) -> str: ...


class Render(Protocol):
    """Draws a page by its code and the parameters of its address, for somebody who may see the customers of `scope`."""

    def __call__(self, page: str, params: dict[str, list[str]], language: str, scope: Segment) -> Report: ...


@dataclass(frozen=True)
class Due:
    """An alert that is to be judged, or tried again, for a period."""

    alert: Alert
    period: Period


def due(store: Store, now: dt.datetime) -> list[Due]:
    """The last complete period of each alert that was not yet told, or was quiet on older data; and failures whose wait is over."""
    with store.snapshot() as snap:
        version, extent = snap.version, snap.extent()
    found = []
    for alert in book.active(store):
        known = {one.period: one for one in book.deliveries(store, alert.id)}
        period = period_of(alert, extent)
        wanted = [period] if period and not _is_past(period, known) else []
        wanted += [Period.of_code(code) for code, one in known.items() if one.status == "failed" and not one.is_test]
        for one in dict.fromkeys(wanted):
            if _is_due(known.get(one.code), version, now):
                found.append(Due(alert, one))
    return found


def _is_past(period: Period, known: Mapping[str, Delivery]) -> bool:
    """Whether a later period was judged already: after an undo the data end earlier, which is no news of an older period."""
    return any(Period.of_code(code).start > period.start for code, one in known.items() if not one.is_test)


def period_of(alert: Alert, extent: Extent) -> Period | None:
    """The last period that the data cover to its end; None when there is none."""
    if isinstance(alert.what, Rule):
        return covered(extent, alert.what.asked, alert.every)
    if extent.last is None or extent.first is None:
        return None
    period = last_complete(extent.last, alert.every)
    return period if period.start >= extent.first else None


def _is_due(known: Delivery | None, version: int, now: dt.datetime) -> bool:
    if known is None:
        return True
    if known.status == "quiet":
        return known.message != str(version)
    return known.status == "failed" and known.attempts < book.MOST_ATTEMPTS and not known.waits(now)


def run(store: Store, now: dt.datetime, render: Render | None = None, *, setup: Setup | None = None) -> list[Delivery]:
    """Judge and send all that is due; what became of each, those with nothing to report included. One that fails stops no other, and a
    receiver that is slow holds up nobody else's messages: what there is no time for stays due."""
    book.close_broken(store, now)
    waiting: Sequence[Due] = due(store, now)
    if not waiting:
        return []
    ready = setup or Setup.read()
    with Outbox() as outbox:
        outcomes = [_one(store, item, now, render, ready, outbox) for item in waiting]
    return [delivery for outcome in outcomes if (delivery := outcome.result())]


def _one(store: Store, item: Due, now: dt.datetime, render: Render | None, setup: Setup, outbox: Outbox) -> Outcome:
    """Judge it here and now, one after the other; a message goes into the outbox."""
    alert, code = item.alert, item.period.code
    to = receiver(alert.channel, alert.target)
    if not outbox.takes(to):
        return _known(None)
    try:
        makers.check(alert)
        message, version = compose(store, item, render, setup.address)
    except RuleError as error:
        return _known(deliver.failed(store, alert, code, RapportError(error.template, **error.values), now))
    except RapportError as error:
        return _known(deliver.failed(store, alert, code, error, now))
    except Exception as error:
        log.error(NOT_JUDGED, {"alert": alert.id, "period": code, "error": type(error).__name__}, exc_info=error)
        return _known(deliver.failed(store, alert, code, RapportError(deliver.UNEXPECTED), now))
    if message is None:
        book.quiet(store, alert.id, code, version, now)
        return _known(Delivery(alert.id, code, "quiet", 0, str(version), None, now))
    return outbox.put(to, partial(deliver.deliver, store, alert, code, message, setup, now))


def _known(delivery: Delivery | None) -> Outcome:
    outcome: Outcome = Future()
    outcome.set_result(delivery)
    return outcome


def compose(store: Store, item: Due, render: Render | None, address: str) -> tuple[Message | None, int]:
    """The message of a period, None when there is nothing to report, and the data version that it was made from."""
    alert, period = item.alert, item.period
    with store.snapshot(scope=alert.scope) as snap:
        version = snap.version
        if isinstance(alert.what, Rule):
            found = judged(snap, alert.what, period)
            return (messages.of_rule(alert, found, address) if found.why in TOLD else None), version
    return _of_page(alert, alert.what, period, render, address), version


def _of_page(alert: Alert, what: Subscription, period: Period, render: Render | None, address: str) -> Message:
    if render is None:
        raise RapportError(N_("This page cannot be drawn here; the running app sends it."))
    report = render(what.page, dated(what.params, period), alert.language, alert.scope)
    page = report.html if alert.channel == "email" else None
    return messages.of_page(alert, period, report.title, page, address)


def test(store: Store, number: int, now: dt.datetime, *, setup: Setup | None = None) -> Delivery:
    """Send a test message of an alert, whatever its numbers."""
    ready = setup or Setup.read()
    alert = book.alert(store, number)
    message = messages.of_test(alert, ready.address, f"test-{now:%Y%m%dT%H%M%S}")
    return deliver.test(store, alert, message, ready, now)
