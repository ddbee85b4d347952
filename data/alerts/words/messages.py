"""The words of a message, in the language of its reader: the finding as title, then the number, the period before and what it means."""

from data.alerts.channels import Message
from data.alerts.judge import Why
from data.alerts.measured import Judged
from data.alerts.periods import Period
from data.alerts.rules import Alert, Rule, Subscription, segment_of
from data.alerts.words import links
from data.alerts.words.wording import (
    condition_text,
    every_text,
    kind_of,
    limit_text,
    moved,
    moved_span,
    name_of,
    period_name,
    segment_names,
    shown,
    value_text,
)
from data.questions.ask import find
from data.text.labels import segment_words
from data.text.words import _, listed, spaced, speaking
from metrics.metric import Metric


def of_rule(alert: Alert, judged: Judged, address: str) -> Message:
    """What a rule found in a period."""
    assert isinstance(alert.what, Rule)
    asked = alert.what.asked
    page, params = links.page_of(asked)
    with speaking(alert.language):
        return Message(
            key=_key(alert, judged.period),
            title=spaced(_title(alert.what, judged, alert.every)),
            lines=tuple(spaced(line) for line in _lines(alert, alert.what, judged) if line),
            link=links.link(address, page, links.dated(params, judged.period), alert.language),
            link_name=_("Open in Rapport"),
            facts=_facts(alert, alert.what, judged),
        )


def of_page(alert: Alert, period: Period, title: str, page: str | None, address: str) -> Message:
    """A page of a finished period: its title, and the page itself as attachment where the channel takes one."""
    assert isinstance(alert.what, Subscription)
    params = links.dated(alert.what.params, period)
    with speaking(alert.language):
        said, whose = period_name(period), listed(segment_names(alert.segment))
        name = _("{name} ({who})").format(name=alert.name, who=whose) if whose else alert.name
        reason = _("You get this because of the subscription “{name}” in Rapport, {every}.")
        return Message(
            key=_key(alert, period),
            title=spaced(_("{name}, {period}: {title}").format(name=name, period=said, title=title)),
            lines=tuple(spaced(line) for line in (
                *_whose(alert), reason.format(name=alert.name, every=every_text(alert)))),
            link=links.link(address, alert.what.page, params, alert.language),
            link_name=_("Open in Rapport"),
            facts={"kind": "page", "alert": alert.id, "name": alert.name, **_dates(period),
                   "segment": segment_of(alert.segment)},
            attachment=(f"{alert.what.page}-{period.code}.html", page) if page is not None else None,
        )  # fmt: skip


def of_test(alert: Alert, address: str, moment: str) -> Message:
    """A message that shows that the way works; it tells no number."""
    with speaking(alert.language):
        return Message(
            key=f"rapport-{alert.id}-{moment}",
            title=spaced(_("Test of “{name}” from Rapport").format(name=alert.name)),
            lines=(_("Messages of this alert will arrive here. There is nothing to do."),),
            link=links.link(address, "alerts", {}, alert.language),
            link_name=_("Open in Rapport"),
            facts={"kind": "test", "alert": alert.id, "name": alert.name},
        )


def _key(alert: Alert, period: Period) -> str:
    return f"rapport-{alert.id}-{period.code}"


def _title(rule: Rule, judged: Judged, every: str) -> str:
    """What was found, no stronger than the verdict: that it fell below, or is still there, only where the period before is known."""
    asked, condition = rule.asked, rule.condition
    of = kind_of(asked)
    said = _found(judged.why, judged.before.value, condition.value)
    return said.format(
        what=name_of(asked, every),
        limit=limit_text(condition.value or 0.0, of, judged.currency),
        change=moved(abs(judged.change.change or 0.0), of).lstrip("+"),
        value=value_text(judged, asked),
        period=period_name(judged.period),
    )


def _found(why: Why, before: float | None, limit: float | None) -> str:
    if why == "rose":
        return _("{what} rose by {change}: {value}, {period}")
    if why == "fell":
        return _("{what} fell by {change}: {value}, {period}")
    below = why == "below"
    if before is None or limit is None:
        return _("{what} below {limit}: {value}, {period}") if below else _("{what} above {limit}: {value}, {period}")
    if (before < limit) if below else (before > limit):
        return (
            _("{what} still below {limit}: {value}, {period}")
            if below
            else _("{what} still above {limit}: {value}, {period}")
        )
    return (
        _("{what} fell below {limit}: {value}, {period}")
        if below
        else _("{what} rose above {limit}: {value}, {period}")
    )


def _lines(alert: Alert, rule: Rule, judged: Judged) -> list[str]:
    asked, currency = rule.asked, judged.currency
    metric, of = find(asked.metric), kind_of(asked)
    lines = [_("{period}: {value}.").format(period=period_name(judged.period), value=value_text(judged, asked))]
    if judged.before.value is not None:
        before = shown(judged.before.value, of, currency)
        lines.append(
            _("Period before, {period}: {value}.").format(period=period_name(judged.period.before), value=before)
        )
    change = judged.change
    if change.change is not None and change.low is not None and change.high is not None:
        size, interval = moved(change.change, of), moved_span(change.low, change.high, of)
        clear = change.low > 0 or change.high < 0
        said = _("Change: {change} ({interval}).") if clear else _("Change: {change} ({interval}), which is not clear.")
        lines.append(said.format(change=size, interval=interval))
        lines.append(_as_many_days(metric, judged.period))
    lines += [
        *_whose(alert),
        _("Intervals are 95%.") if judged.now.low is not None else "",
        _("What it is: {definition}").format(definition=_(metric.definition)),
        _("You get this because of the alert “{name}” in Rapport: {condition}, {every}.").format(
            name=alert.name, condition=condition_text(rule.condition, asked, currency), every=every_text(alert)
        ),
    ]  # fmt: skip
    return lines


def _as_many_days(metric: Metric, period: Period) -> str:
    """Why a change is not the difference of the two numbers above it, where it is not."""
    lengths = {each.moved(1).start - each.start for each in (period, period.before)}
    if not metric.grows or len(lengths) == 1:
        return ""
    return _("The change lays as many days beside each other, since more customers do so in a longer period.")


def _whose(alert: Alert) -> list[str]:
    """Whose numbers they are, where they are not everybody's."""
    words = segment_words(alert.segment)
    return [_("Customers counted: {who}.").format(who=words)] if words else []


def _dates(period: Period) -> dict[str, object]:
    return {"period": period.code, "from": period.start.isoformat(), "to": period.end.isoformat()}


def _facts(alert: Alert, rule: Rule, judged: Judged) -> dict[str, object]:
    """The numbers for a program: shares are 0–1 here."""
    asked, now, change = rule.asked, judged.now, judged.change
    return {
        "kind": "rule",
        "alert": alert.id,
        "name": alert.name,
        **_dates(judged.period),
        "metric": asked.metric,
        "column": asked.column,
        "segment": segment_of(asked.segment),
        "finding": judged.why,
        "limit": rule.condition.value,
        "value": now.value,
        "low": now.low,
        "high": now.high,
        "n": now.n,
        "before": judged.before.value,
        "change": change.change,
        "change_low": change.low,
        "change_high": change.high,
    }
