"""Alerts in the hands of a person: who may make, see and stop which is decided here, not in pages."""

import datetime as dt
import json
from dataclasses import replace

import polars as pl

from data.alerts import book, making, run
from data.alerts.book import Delivery
from data.alerts.channels import INBOX, Setup
from data.alerts.judge import TOLD
from data.alerts.measured import past
from data.alerts.periods import Period
from data.alerts.rules import Alert, Rule, read_what
from data.errors import RapportError
from data.people import audit
from data.people.access import Access, Forbidden
from data.questions.ask import Question
from data.store.snapshot import Snapshot
from metrics.texts import N_

RIGHT = "alerts"
LOOKED = "inbox looked at"  # in the audit
PAST_SCHEMA = {"period": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64,
               "finding": pl.String, "told": pl.Boolean}  # fmt: skip


class Office:
    """The alerts that a person may see: those of the same customers as the person's, and all for who sees everybody."""

    def __init__(self, access: Access) -> None:
        self.person = access.person
        self._access = access
        self._store = access.beside(RIGHT)

    def alerts(self) -> list[Alert]:
        """The newest first, those that were stopped too."""
        return [alert for alert in book.alerts(self._store) if self._sees(alert)]

    def deliveries(self) -> list[Delivery]:
        """What became of them, the newest first."""
        seen = {alert.id for alert in self.alerts()}
        return [one for one in book.deliveries(self._store) if one.alert_id in seen]

    def inbox(self) -> list[tuple[Alert, Delivery]]:
        """What was told in the inbox, the newest first, each with its alert."""
        inside = {alert.id: alert for alert in self.alerts() if alert.channel == INBOX}
        return [
            (inside[one.alert_id], one) for one in self.deliveries() if one.alert_id in inside and one.status == "sent"
        ]

    def unread(self) -> int:
        """How many messages of the inbox have come since the person last looked at it."""
        seen = self._looked_at()
        return sum(1 for _alert, one in self.inbox() if one.tried_at and (seen is None or one.tried_at > seen))

    def look(self) -> None:
        """The person has seen the inbox; written down where there was something new."""
        if self.unread():
            self._access.note(LOOKED, self.person.who)

    def _looked_at(self) -> dt.datetime | None:
        return audit.last(self._store, LOOKED, self.person.who)

    def next_periods(self) -> dict[int, Period]:
        """The period after the last complete one, by alert; the first that will be judged when nothing is complete yet is not known."""
        with self._store.snapshot() as snap:
            extent = snap.extent()
        found = {alert.id: run.period_of(alert, extent) for alert in self.alerts()}
        return {number: period.moved(1) for number, period in found.items() if period}

    def make(self, alert: Alert, setup: Setup, now: dt.datetime) -> Alert:
        """Keep a new alert in the person's name and limited to the person's customers; RapportError when it is about none of them."""
        if alert.segment.within(self.person.scope) is None:
            raise RapportError(N_("You may see none of these customers; choose others."))
        made = making.make(self._store, replace(alert, maker=self.person.who, scope=self.person.scope), setup, now)
        self._access.note("alert made", str(made.id), made.name)
        return made

    def may_change(self, alert: Alert) -> bool:
        """Whether the person may stop or test it: who made it, and an administrator."""
        return self._sees(alert) and (alert.maker == self.person.who or self.person.may("administer"))

    def stop(self, number: int, now: dt.datetime) -> None:
        """Tell nothing more."""
        book.stop(self._store, self._own(number).id, now)
        self._access.note("alert stopped", str(number))

    def test(self, number: int, now: dt.datetime) -> Delivery:
        """Send a test message."""
        return run.test(self._store, self._own(number).id, now)

    def again(self, number: int, period: str) -> None:
        """Have what failed tried once more."""
        book.again(self._store, self._own(number).id, period)

    def _own(self, number: int) -> Alert:
        alert = book.alert(self._store, number)
        if not self.may_change(alert):
            raise Forbidden(N_("Only who created an alert, or an administrator, can change it."))
        return alert

    def _sees(self, alert: Alert) -> bool:
        return not self.person.scope.chosen or alert.scope == self.person.scope


def past_periods(snap: Snapshot, question: Question, *, asked: str, condition: str, count: int) -> pl.DataFrame:  # noqa: ARG001
    """How a rule would have judged the last complete periods, oldest first: period (its code), value, low, high, n, finding, told.

    `asked` and `condition` are the rule as it is kept. The question plays no part: it makes this a table that pages can keep.
    """
    what = read_what("rule", asked, condition)
    assert isinstance(what, Rule)
    found = past(snap, what, json.loads(asked)["unit"], count)
    rows = [{"period": one.period.code, **vars(one.now), "finding": one.why, "told": one.why in TOLD} for one in found]
    return pl.DataFrame(rows, schema=PAST_SCHEMA)
