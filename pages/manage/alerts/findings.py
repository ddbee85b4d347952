"""What the page of alerts finds: how many watch, and whether every message went out."""

from data.alerts.book import Delivery
from data.alerts.rules import Alert
from metrics.texts import N_
from pages.shared.words.texts import _, moment, ngettext, number

WRONG = ("failed", "gave up", "unsure")
STATES = {
    "quiet": N_("nothing to report"),
    "sending": N_("being sent"),
    "sent": N_("sent"),
    "failed": N_("not sent yet, is tried again"),
    "gave up": N_("not sent"),
    "unsure": N_("may have arrived"),
}


def last_of_each(deliveries: list[Delivery]) -> dict[int, Delivery]:
    """The newest delivery of each alert that is about a period, newest first; test messages do not count."""
    found: dict[int, Delivery] = {}
    for one in deliveries:
        if not one.is_test:
            found.setdefault(one.alert_id, one)
    return found


def title(active: list[Alert], deliveries: list[Delivery]) -> str:
    """How many of the active alerts have a message that did not go out, or had something to report."""
    if not active:
        return _("No alert watches your numbers")
    numbers = {alert.id for alert in active}
    last = last_of_each(deliveries)
    wrong = sum(1 for one in last.values() if one.alert_id in numbers and one.status in WRONG)
    if wrong:
        return ngettext(
            "{wrong} of {n} alert has a message that did not go out for sure",
            "{wrong} of {n} alerts have a message that did not go out for sure",
            len(active),
        ).format(wrong=number(wrong), n=number(len(active)))
    told = sum(1 for one in last.values() if one.alert_id in numbers and one.status == "sent")
    if told:
        return ngettext(
            "{told} of {n} alert had something to report in its last period",
            "{told} of {n} alerts had something to report in their last period",
            len(active),
        ).format(told=number(told), n=number(len(active)))
    if any(place in last for place in numbers):
        return ngettext(
            "{n} alert watches your numbers: nothing to report",
            "{n} alerts watch your numbers: nothing to report",
            len(active),
        ).format(n=number(len(active)))
    return ngettext("{n} alert watches your numbers", "{n} alerts watch your numbers", len(active)).format(
        n=number(len(active))
    )


def latest(deliveries: list[Delivery]) -> str:
    """When the last message went out."""
    sent = [one.tried_at for one in deliveries if one.status == "sent" and not one.is_test and one.tried_at]
    if not sent:
        return _("No notification has been sent yet.")
    return _("The last message went out {at}.").format(at=moment(max(sent)))


def preview(told: int, judged: int) -> str:
    """How often the rule would have been told in the past."""
    if not judged:
        return _("No period is complete yet: the rule will be checked from the first one on.")
    if not told:
        return ngettext(
            "With this rule you would not have been notified in the last {n} period.",
            "With this rule you would not have been notified in any of the last {n} periods.",
            judged,
        ).format(n=number(judged))
    times = ngettext("{n} time", "{n} times", told).format(n=number(told))
    return ngettext(
        "With this rule you would have been notified {times} in the last {n} period.",
        "With this rule you would have been notified {times} in the last {n} periods.",
        judged,
    ).format(times=times, n=number(judged))
