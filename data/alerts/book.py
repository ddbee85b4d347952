"""The tables of alerts and of what became of them. A delivery is one row per alert and period, so nothing can be told twice.

Its status: "quiet" (judged, nothing to report; its message is the data version), "sending" (written before a message leaves), "sent",
"failed" (tried again after a while), "gave up" (not tried again by itself), "unsure" (nobody knows whether it arrived; not tried again
by itself).
"""

import datetime as dt
import json
from dataclasses import dataclass, replace

import duckdb

from data.alerts.rules import Alert, asked_text, condition_text, read_segment, read_what, segment_of
from data.errors import RapportError
from data.sql import first_row, only_value
from data.store.store import Store
from metrics.errors import RuleError
from metrics.texts import N_

MOST_ATTEMPTS = 5
WAITS_MINUTES = (1, 5, 30, 120)  # after the first, second, … attempt
BROKEN_AFTER = dt.timedelta(minutes=10)  # no attempt takes so long: whoever began it has gone
BROKEN = N_("Rapport stopped while it was sending: the message may have arrived or not.")
TEST = "test"  # a test message is kept under this word and its time, which is no period

ALERTS = """select id, kind, name, asked, condition, every, channel, target, language, scope, maker, made_at, stopped_at from alerts"""


@dataclass(frozen=True)
class Delivery:
    """What became of one alert in one period."""

    alert_id: int
    period: str
    status: str
    attempts: int = 0
    message: str = ""
    error: RapportError | None = None
    tried_at: dt.datetime | None = None

    @property
    def title(self) -> str:
        """The first line of its message."""
        return self.message.partition("\n")[0]

    @property
    def is_test(self) -> bool:
        """Whether it was a test message, which is of no period."""
        return self.period.startswith(TEST)

    def waits(self, now: dt.datetime) -> bool:
        """Whether a failed one must wait before it is tried again."""
        wait = (
            dt.timedelta(minutes=WAITS_MINUTES[min(self.attempts, len(WAITS_MINUTES)) - 1]) if self.attempts else None
        )
        # an attempt in the future was made with a wrong clock, and says nothing of how long ago it was
        return wait is not None and self.tried_at is not None and self.tried_at <= now < self.tried_at + wait


def add(store: Store, alert: Alert, now: dt.datetime) -> Alert:
    """Keep a new alert; it gets the next number. It must have been checked."""
    with store.noting() as cursor:
        number = only_value(cursor, "select coalesce(max(id), 0) + 1 from alerts")
        made = replace(alert, id=number, made_at=now, stopped_at=None)
        cursor.execute(
            """insert into alerts values ($id, $kind, $name, $asked, $condition, $every, $channel, $target, $language, $scope,
                $maker, $made_at, null)""",
            {
                "id": number,
                "kind": made.kind,
                "name": made.name,
                "asked": asked_text(made.what, made.every),
                "condition": condition_text(made.what),
                "every": made.every,
                "channel": made.channel,
                "target": made.target,
                "language": made.language,
                "scope": json.dumps(segment_of(made.scope), ensure_ascii=False),
                "maker": made.maker,
                "made_at": now,
            },
        )
    return made


def alerts(store: Store) -> list[Alert]:
    """All alerts, the newest first, those that were stopped too."""
    with store.reading() as cursor:
        found = cursor.execute(f"{ALERTS} order by id desc").fetchall()
    return [_alert(*row) for row in found]


def active(store: Store) -> list[Alert]:
    """The alerts that are not stopped, the oldest first."""
    return [alert for alert in reversed(alerts(store)) if alert.stopped_at is None]


def alert(store: Store, number: int) -> Alert:
    """One alert; RapportError when there is none of that number."""
    with store.reading() as cursor:
        found = first_row(cursor, f"{ALERTS} where id = $id", {"id": number})
    if found is None:
        raise RapportError(N_("There is no alert {number}."), number=number)
    return _alert(*found)


def _alert(
    number: int, kind: str, name: str, asked: str, condition: str, every: str, channel: str, target: str, language: str,
    scope: str, maker: str, made_at: dt.datetime, stopped_at: dt.datetime | None,
) -> Alert:  # fmt: skip
    what, limits = read_what(kind, asked, condition), read_segment(json.loads(scope))
    return Alert(number, name, what, every, channel, target, language, limits, maker, made_at, stopped_at)


def stop(store: Store, number: int, now: dt.datetime) -> None:
    """Nothing more is told; the history stays. RapportError when there is no such alert."""
    alert(store, number)
    with store.noting() as cursor:
        cursor.execute(
            "update alerts set stopped_at = $now where id = $id and stopped_at is null", {"now": now, "id": number}
        )


def any_active(store: Store) -> bool:
    """Whether there is anything to watch at all."""
    with store.reading() as cursor:
        return bool(only_value(cursor, "select count(*) from alerts where stopped_at is null"))


def claim(store: Store, number: int, period: str, now: dt.datetime) -> int | None:
    """Take the right to send: which attempt it is, or None when it was sent, is being sent, waits, or is given up.

    The row says "sending" before anything leaves. Claims are made one after the other, so of two workers one gets None.
    """
    with store.noting() as cursor:
        found = _delivery(cursor, number, period)
        if found is None:
            cursor.execute(
                "insert into deliveries values ($id, $period, 'sending', 1, '', '', $now)",
                {"id": number, "period": period, "now": now},
            )
            return 1
        again = found.status == "failed" and found.attempts < MOST_ATTEMPTS and not found.waits(now)
        if found.status != "quiet" and not again:
            return None
        _write(cursor, replace(found, status="sending", attempts=found.attempts + 1, error=None, tried_at=now))
        return found.attempts + 1


def settle(store: Store, delivery: Delivery) -> None:
    """Say what became of an attempt that was claimed."""
    with store.noting() as cursor:
        _write(cursor, delivery)


def quiet(store: Store, number: int, period: str, version: int, now: dt.datetime) -> None:
    """Nothing to tell in a period, by a data version. What was tried or sent before stands, but a failure that has no cause any more."""
    with store.noting() as cursor:
        found = _delivery(cursor, number, period)
        if found is None:
            cursor.execute(
                "insert into deliveries values ($id, $period, 'quiet', 0, $version, '', $now)",
                {"id": number, "period": period, "version": str(version), "now": now},
            )
        elif found.status in ("quiet", "failed"):
            _write(cursor, Delivery(number, period, "quiet", 0, str(version), None, now))


def again(store: Store, number: int, period: str) -> None:
    """Have a delivery that failed, or of which nobody knows, tried once more by the next run; somebody asked for it."""
    with store.noting() as cursor:
        found = _delivery(cursor, number, period)
        if found is None or found.status not in ("failed", "gave up", "unsure"):
            raise RapportError(N_("There is nothing to send again for {period}."), period=period)
        _write(cursor, replace(found, status="failed", attempts=0))


def close_broken(store: Store, now: dt.datetime) -> None:
    """What says "sending" for longer than any attempt takes was broken off: it becomes "unsure", and is not sent again by itself. So
    was what begins in the future, by a clock that was wrong."""
    with store.noting() as cursor:
        cursor.execute(
            """update deliveries set status = 'unsure', error = $error
                where status = 'sending' and (tried_at <= $before or tried_at > $after)""",
            {"error": _error_text(RapportError(BROKEN)), "before": now - BROKEN_AFTER, "after": now + BROKEN_AFTER},
        )


def deliveries(store: Store, number: int | None = None) -> list[Delivery]:
    """What became of all alerts, or of one: the newest attempt first."""
    limit = "" if number is None else " where alert_id = $id"
    query = f"select * from deliveries{limit} order by tried_at desc, alert_id desc, period desc"
    with store.reading() as cursor:
        found = cursor.execute(query, None if number is None else {"id": number}).fetchall()
    return [_read(*row) for row in found]


def _delivery(cursor: duckdb.DuckDBPyConnection, number: int, period: str) -> Delivery | None:
    found = first_row(
        cursor,
        "select * from deliveries where alert_id = $id and period = $period",
        {"id": number, "period": period},
    )
    return _read(*found) if found else None


def _read(number: int, period: str, status: str, attempts: int, message: str, error: str, at: dt.datetime) -> Delivery:
    return Delivery(number, period, status, attempts, message, _read_error(error), at)


def _write(cursor: duckdb.DuckDBPyConnection, delivery: Delivery) -> None:
    cursor.execute(
        """update deliveries set status = $status, attempts = $attempts, message = $message, error = $error, tried_at = $at
            where alert_id = $id and period = $period""",
        {
            "status": delivery.status,
            "attempts": delivery.attempts,
            "message": delivery.message,
            "error": _error_text(delivery.error),
            "at": delivery.tried_at,
            "id": delivery.alert_id,
            "period": delivery.period,
        },
    )


def _error_text(error: RapportError | RuleError | None) -> str:
    """An error with its values apart, so that a page can show it in any language."""
    if error is None:
        return ""
    values = {name: value if isinstance(value, int) else str(value) for name, value in error.values.items()}
    return json.dumps({"template": error.template, "values": values}, ensure_ascii=False)


def _read_error(text: str) -> RapportError | None:
    if not text:
        return None
    told = json.loads(text)
    return RapportError(told["template"], **told["values"])
