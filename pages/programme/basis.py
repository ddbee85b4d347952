"""What the tiers of a page are: the uploaded ones, or those of a rule that the URL holds or that the data suggest."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from data.questions.ask import Question
from data.questions.tiering import rule_suggestion, uploaded_tiers
from metrics.dimension import TIER
from metrics.tiers.rules import NAMES, known_from, longest_window, raised, rule_text
from metrics.tiers.tiers import parse_rule, ranked
from pages.shared.session import cached
from pages.shared.session.view import View

AUTO, SUGGESTED = "auto", "suggested"
LAPSE_DAYS = 365
DAY = dt.timedelta(days=1)
RAISED = 1.2  # by how much the thresholds are raised that today’s are first compared with


@dataclass
class SuggestionError(Exception):
    """No customer spent or ordered anything in the months that thresholds would be suggested from."""

    measure: str
    months: int


@dataclass(frozen=True)
class Basis:
    """Where tiers come from, and on which days they are known. Without a rule they are the uploaded ones."""

    rule: str
    measure: str
    months: int
    lapse_days: int
    suggested: bool
    known_from: dt.date
    known_to: dt.date

    @property
    def arguments(self) -> dict[str, object]:
        """The arguments of the tier metrics."""
        made = {"rule": self.rule, "measure": self.measure, "months": self.months} if self.rule else {}
        return {**made, "lapse_days": self.lapse_days}

    @property
    def thresholds(self) -> dict[str, float]:
        return parse_rule(self.rule) if self.rule else {}

    def knows(self, day: dt.date) -> bool:
        return self.known_from <= day <= self.known_to

    def since(self, start: dt.date) -> dt.date:
        """The start, or the first day from which a period can be counted whose eve has known tiers."""
        return max(start, self.known_from + DAY)


def of(view: View) -> Basis | None:
    """The tiers of the view; None when the data hold neither tiers nor orders.

    RuleError for a rule that cannot be read, SuggestionError where none was given and none can be suggested.
    """
    asked = view.options.get("rule", AUTO)
    if cached.values("tier") and asked == AUTO:
        return uploaded(view)
    return by_rule(view, asked, view.options.get("rule_measure", "spend"), view.options.get("rule_months", AUTO))


def by_rule(view: View, asked: str, measure: str, months: str, names: Sequence[str] = NAMES) -> Basis | None:
    """The tiers of a rule, or of the one that the data suggest; None when the data hold no orders. Raises as `of`."""
    extent = cached.extent()
    if not extent.orders_first or not extent.orders_last:
        return None
    suggested = asked in (AUTO, SUGGESTED)
    window = int(months) if months != AUTO else longest_window(extent.orders_first, _needed(view))
    rule = _suggestion(view, measure, window, tuple(names)) if suggested else asked
    if suggested and not rule:
        raise SuggestionError(measure, window)
    parse_rule(rule)
    return Basis(
        rule=rule,
        measure=measure,
        months=window,
        lapse_days=_lapse_days(view),
        suggested=suggested,
        known_from=known_from(extent.orders_first, window),
        known_to=min(view.as_of, extent.orders_last),
    )


def other(view: View, today: Basis) -> Basis | None:
    """What today's tiers are compared with: the rule that the URL holds, else one to begin with; None without orders. Raises as `of`.

    To begin with: today's thresholds raised, or for uploaded tiers thresholds of the same names from the data.
    """
    asked, measure, months = (view.options[name] for name in ("other", "other_measure", "other_months"))
    if asked == AUTO and today.rule:
        rule = rule_text(raised(today.thresholds, RAISED))
        made = by_rule(view, rule, today.measure, str(today.months))
        return replace(made, suggested=True) if made else None
    return by_rule(view, asked, measure, months, ranked(cached.values("tier")) or NAMES)


def uploaded(view: View) -> Basis:
    """The uploaded tiers; the data must hold some."""
    last = cached.extent().orders_last
    lapse_days = _lapse_days(view) if last else 0  # without any order everybody would have lapsed
    return Basis(
        rule="",
        measure="spend",
        months=0,
        lapse_days=lapse_days,
        suggested=False,
        known_from=cached.table(uploaded_tiers, view.question)["first"].item() or view.as_of,
        known_to=min(view.as_of, last) if last and lapse_days else view.as_of,
    )


def of_all_tiers(view: View) -> View:
    """The view without its choice of tiers. That takes members by the tier that they have now, which is where their moves led: among
    those chosen by it everybody stayed or came, and nobody left."""
    return replace(view, segment=view.segment.choosing(TIER.column, ()))


def has_history(view: View, basis: Basis) -> bool:
    """Whether moves can be seen at all: a rule makes them, an upload may hold just one tier per member."""
    return bool(basis.rule) or cached.table(uploaded_tiers, view.question)["moved"].item() > 0


def last_change(view: View) -> dt.date | None:
    """The day of the newest uploaded change that the view sees."""
    found: dt.date | None = cached.table(uploaded_tiers, view.question)["last"].item()
    return found


def _lapse_days(view: View) -> int:
    return int(float(view.options.get("lapse", LAPSE_DAYS)))


def _needed(view: View) -> list[dt.date]:
    """The days on which tiers are compared: the eve of the period, and that of the one before."""
    return [question.start - DAY for question in (view.question, view.before) if question]


def _suggestion(view: View, measure: str, months: int, names: tuple[str, ...]) -> str:
    """Of everybody, whatever the filters: a rule is one for all. When the window ends before any order, that of the newest month; ""
    when that holds none either."""
    for end in (view.end, view.as_of):
        question = Question(view.start, end, view.as_of)
        found = cached.table(rule_suggestion, question, measure=measure, months=months, names=names)
        if found.height:
            return rule_text(dict(found.select("tier", "threshold").iter_rows()))
    return ""


@dataclass(frozen=True)
class Window:
    """Two dates between which members are compared; `whole`: the period has ended."""

    question: Question
    whole: bool


def window(view: View, basis: Basis) -> Window | None:
    """From the eve of the period to its end, or to the last known day; None when tiers are not known on the eve."""
    eve, last = view.start - DAY, min(view.end, basis.known_to)
    if not basis.knows(eve) or last < view.start:
        return None
    return Window(replace(view.question, start=eve, end=last), last == view.end)


def window_before(view: View, basis: Basis) -> Question | None:
    """The same of the period compared with; while the period is unfinished, as many days of it."""
    now = window(view, basis)
    if view.before is None or now is None or not basis.knows(view.before.start - DAY):
        return None
    end = view.before.end
    if not now.whole:
        end = min(end, view.before.start + (now.question.end - view.start))
    return replace(view.before, start=view.before.start - DAY, end=end)


def recent(view: View, basis: Basis) -> Question:
    """The last twelve months up to the end of the period whose tiers are known."""
    last = _last(view, basis)
    first = dt.date(last.year - 1, last.month, 1)
    return _from(view, basis, _month_after(first) if (last + DAY).day == 1 else first)


def history(view: View, basis: Basis) -> Question:
    """All days up to the end of the period whose tiers are known."""
    return _from(view, basis, basis.known_from)


def _from(view: View, basis: Basis, first: dt.date) -> Question:
    start = basis.since(first)
    return replace(view.question, start=start, end=max(_last(view, basis), start))


def _last(view: View, basis: Basis) -> dt.date:
    return min(view.end, basis.known_to)


def _month_after(first: dt.date) -> dt.date:
    return dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
