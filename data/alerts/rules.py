"""What somebody wants to be told: a rule on a number, or a page for each finished period; and how it is kept as text."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from data.alerts.periods import UNITS
from data.errors import RapportError
from data.questions.ask import check_arguments, check_segments, find
from data.segment import EVERYBODY, Segment, of_params
from data.text.words import LANGUAGES
from metrics.texts import N_

KINDS = ("below", "above", "changed")
LONGEST_NAME = 80
Value = str | int | float | bool


@dataclass(frozen=True)
class Asked:
    """One number: a column of a metric, in the row that `row` names (by its key columns), of a segment."""

    metric: str
    column: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    row: Mapping[str, Value] = field(default_factory=dict)
    segment: Segment = EVERYBODY


@dataclass(frozen=True)
class Condition:
    """When it is told: the number lies below or above `value`, with `clearly` only when its whole interval does; or it changed against
    the period before by more than the interval of the change allows for chance."""

    kind: str
    value: float | None = None
    clearly: bool = True


@dataclass(frozen=True)
class Rule:
    """A number and the condition under which it is told."""

    asked: Asked
    condition: Condition


@dataclass(frozen=True)
class Subscription:
    """A page with the parameters of its address, dates left out: each finished period is put in."""

    page: str
    params: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Alert:
    """A rule or a subscription with its period, its way out and its reader. `target` may hold a secret and is never shown whole."""

    id: int
    name: str
    what: Rule | Subscription
    every: str
    channel: str
    target: str = field(repr=False)
    language: str = "en"
    scope: Segment = EVERYBODY
    maker: str = ""
    made_at: dt.datetime | None = None
    stopped_at: dt.datetime | None = None

    def __post_init__(self) -> None:
        """What is watched is said with whom its maker may see, everywhere and whatever was chosen: the numbers are of no one else."""
        object.__setattr__(self, "what", limited(self.what, self.scope))

    @property
    def segment(self) -> Segment:
        """Whose numbers it tells."""
        return self.what.asked.segment if isinstance(self.what, Rule) else of_params(self.what.params)

    @property
    def kind(self) -> str:
        return "rule" if isinstance(self.what, Rule) else "page"


def limited(what: Rule | Subscription, scope: Segment) -> Rule | Subscription:
    """The same of the customers whom somebody limited to `scope` may see."""
    if isinstance(what, Rule):
        return replace(what, asked=replace(what.asked, segment=what.asked.segment.seen_within(scope)))
    return replace(what, params={**what.params, **of_params(what.params).seen_within(scope).params})


def check(name: str, what: Rule | Subscription, every: str, language: str) -> None:
    """RapportError for what cannot be judged or told; the target is checked by its channel."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise RapportError(N_("An alert needs a name on one line, of {most} characters at most."), most=LONGEST_NAME)
    if every not in UNITS:
        raise RapportError(N_("“{unit}” is no period; there are: {known}."), unit=every, known=", ".join(UNITS))
    if language not in LANGUAGES:
        raise RapportError(
            N_("There is no language “{language}”; there are: {known}."), language=language, known=", ".join(LANGUAGES)
        )
    if isinstance(what, Rule):
        _check_rule(what, every)
    elif not re.fullmatch(r"[a-z_]{1,40}", what.page):
        raise RapportError(N_("There is no page “{page}”."), page=" ".join(what.page.split())[:40])


def _check_rule(rule: Rule, every: str) -> None:
    asked, condition = rule.asked, rule.condition
    metric = find(asked.metric)
    if isinstance(metric.watch, str):
        raise RapportError(N_("“{metric}” cannot be watched: it is not one number per period."), metric=asked.metric)
    if asked.column not in metric.watched_columns:
        known = ", ".join(metric.watched_columns)
        raise RapportError(
            N_("“{metric}” has no number “{column}” to watch; it has: {known}."),
            metric=asked.metric,
            column=asked.column,
            known=known,
        )
    if set(asked.row) != set(metric.keys):
        keys = ", ".join(metric.keys)
        raise RapportError(N_("A rule on “{metric}” must name one row by: {keys}."), metric=asked.metric, keys=keys)
    if every == "day" and metric.watch.reads in ("row", "cohort", "cohorts"):
        raise RapportError(N_("“{metric}” is counted by week or longer; choose another period."), metric=asked.metric)
    check_arguments(metric, dict(asked.arguments))
    check_segments(metric, asked.segment)
    if condition.kind not in KINDS:
        raise RapportError(
            N_("“{kind}” is no condition; there are: {known}."), kind=condition.kind, known=", ".join(KINDS)
        )
    if condition.kind == "changed" and not metric.compares(asked.column):
        raise RapportError(
            N_(
                "A change of “{column}” has no interval, so it cannot be distinguished from chance; give a limit instead."
            ),
            column=asked.column,
        )
    if condition.kind != "changed" and condition.value is None:
        raise RapportError(N_("The rule needs a limit."))


def asked_text(what: Rule | Subscription, every: str) -> str:
    """What is asked, as kept in the file."""
    if isinstance(what, Subscription):
        return json.dumps({"page": what.page, "params": what.params, "unit": every}, ensure_ascii=False)
    asked = what.asked
    told = {
        "metric": asked.metric,
        "column": asked.column,
        "arguments": dict(asked.arguments),
        "row": dict(asked.row),
        "segment": segment_of(asked.segment),
        "unit": every,
    }
    return json.dumps(told, ensure_ascii=False)


def condition_text(what: Rule | Subscription) -> str:
    """The condition, as kept in the file; {} of a subscription."""
    if isinstance(what, Subscription):
        return "{}"
    condition = what.condition
    return json.dumps({"kind": condition.kind, "value": condition.value, "clearly": condition.clearly})


def read_what(kind: str, asked: str, condition: str) -> Rule | Subscription:
    """The rule or subscription that was kept as text."""
    told: dict[str, Any] = json.loads(asked)
    if kind == "page":
        return Subscription(told["page"], told["params"])
    number = Asked(
        told["metric"], told["column"], told["arguments"], told["row"], read_segment(told["segment"])
    )  # fmt: skip
    return Rule(number, Condition(**json.loads(condition)))


def segment_of(segment: Segment) -> dict[str, list[str]]:
    """A segment as JSON takes it."""
    return {name: list(codes) for name, codes in segment.chosen.items()}


def read_segment(told: Mapping[str, list[str]] | None) -> Segment:
    """The segment that was kept as JSON; nothing is everybody."""
    return Segment(**{name: tuple(codes) for name, codes in (told or {}).items()})
