"""From a question to the frame that answers it: the one way in which pages and the command line call a metric."""

import datetime as dt
import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import narwhals.stable.v2 as nw
import polars as pl

from data.errors import RapportError
from data.questions.classed import classed
from data.questions.comments.themed import themed
from data.segment import EVERYBODY, Segment
from data.store.extent import Extent
from data.store.snapshot import Snapshot
from metrics.catalogue import CATALOGUE
from metrics.clv.lifetime import calibration_end
from metrics.dimension import ATTRIBUTES, CLASSES, DIMENSIONS, TIER, is_attribute, is_member_column
from metrics.engine import rollups
from metrics.metric import OF_ANSWERS, ROWS_OF_CUSTOMERS, Beside, Metric
from metrics.texts import N_
from metrics.tiers.rules import known_from
from metrics.tiers.tiers import parse_rule, tiers_by_rule


@dataclass(frozen=True)
class Question:
    """Who, when and split by what. Dates are included; nothing after `as_of` is seen. Hashable: part of a cache key."""

    start: dt.date
    end: dt.date
    as_of: dt.date
    segment: Segment = EVERYBODY
    by: tuple[str, ...] = ()


def whole(snap: Snapshot) -> Question | None:
    """The question about everybody over all that the data hold, or None when they hold nothing."""
    first, last = snap.extent().first, snap.extent().last
    return Question(first, last, last) if first and last else None


def ask(snap: Snapshot, name: str, question: Question, **arguments: object) -> pl.DataFrame:
    """The frame of a metric, with the columns that the catalogue states (after those of `question.by`).

    What `start` and `end` mean is up to the metric: where its function takes cohorts, they choose cohorts and the rows reach back
    to the beginning; where it takes dates (a trend), it gets them; where it looks at customers, each is seen whole up to `as_of`,
    less the weeks held out to judge it by; elsewhere they limit the rows. The metric sees no day after the last one that its own kind
    of data covers, so that what was not yet observed is not taken for zero; one that lays buyers beside answers sees the days that both
    cover.

    Raises RapportError naming what is allowed for an unknown metric, argument, value or column.
    """
    frame, given = asked_with(snap, name, question, **arguments)
    return find(name).function(frame, **given)


def asked_with(
    snap: Snapshot, name: str, question: Question, **arguments: object
) -> tuple[nw.LazyFrame, dict[str, object]]:
    """The frame and the arguments that the function of a metric is called with; who is behind a number is looked for in the same ones."""
    metric = find(name)
    check_arguments(metric, arguments)
    check_columns(metric, question.by, snap.member_columns() if any(map(is_member_column, question.by)) else ())
    check_segments(metric, question.segment, snap.scope)
    if "answers" in metric.beside:
        survey = str(arguments.get("survey", metric.arguments["survey"].default))
        question = _where_both_reach(snap, question, survey)
    making = {key: arguments.pop(key, argument.default) for key, argument in metric.frame_arguments.items()}
    if "ladder" in metric.arguments and not arguments.get("ladder"):
        arguments["ladder"] = ", ".join(parse_rule(str(making["rule"]))) if making.get("rule") else snap.ladder()
    lapse_days = metric.arguments.get("lapse_days")
    lapses = lapse_days is not None and bool(arguments.get("lapse_days", lapse_days.default))
    spends = metric.frame == "tier_changes" and "customer_periods" in metric.beside
    needs_orders = spends or _needs_orders(metric, making, lapses)
    as_of = observed(snap.extent(), metric, question.as_of) if needs_orders else question.as_of
    given = _dates(metric, question, as_of)
    if lapses:
        given |= {"order_days": snap.order_days(question.segment, as_of=as_of)}
    if "members" in metric.beside:
        given["data_from"] = snap.extent().orders_first
    if spends:
        given["known_from"] = _known_from(snap, making)
    if metric.frame == "customers":
        seen = calibration_end(as_of, arguments.get("holdout_weeks", 0))  # type: ignore[arg-type]
        frame = snap.customers(question.segment, as_of=seen, attributes=_attributes(question))
    elif metric.frame == "classes":
        frame = _classes(snap, metric, question, as_of, {**making, **arguments})
    elif metric.frame == "tier_changes":
        frame = _with_attributes(snap, _tier_changes(snap, question, as_of, making), question, as_of)
    else:
        frame = _frame(snap, metric, question, as_of, weekly=arguments.get("period") == "week", making=making)
    beside: dict[str, object] = {name: _beside(snap, name, question, as_of) for name in metric.beside}
    groups = {"by": question.by} if metric.splits else {}
    return frame, {**groups, **given, **beside, **arguments}


def find(name: str) -> Metric:
    """The metric of that name; RapportError tells the names there are."""
    if name not in CATALOGUE:
        raise RapportError(
            N_("There is no metric “{name}”.{hint} There are: {known}."),
            name=name,
            hint=_hint(name, CATALOGUE),
            known=", ".join(CATALOGUE),
        )
    return CATALOGUE[name]


def check_arguments(metric: Metric, arguments: dict[str, object]) -> None:
    """RapportError for an argument that the metric does not have, or a value that it does not allow."""
    for name, value in arguments.items():
        if name not in metric.options:
            raise RapportError(
                N_("The metric “{metric}” has no argument “{name}”.{hint} It has: {known}."),
                metric=metric.name,
                name=name,
                hint=_hint(name, metric.options),
                known=", ".join(metric.options) or "none",
            )
        allowed = metric.options[name].allowed
        if allowed and value not in allowed:
            raise RapportError(
                N_("“{value}” is not allowed for {name} of “{metric}”.{hint} Allowed: {known}."),
                value=value,
                name=name,
                metric=metric.name,
                hint=_hint(str(value), map(str, allowed)),
                known=", ".join(map(str, allowed)),
            )


def columns_to_split_by(metric: Metric, members: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns that the metric's rows can be split by, with the further columns of `members`: not those that it has itself, nor
    the tier where that is what changes."""
    if not metric.splits:
        return ()
    own = {*metric.columns, *({TIER.column} if metric.frame == "tier_changes" else ())}
    own |= set(CLASSES) if metric.frame == "classes" else set()
    frame = "feedback" if metric.frame == "comments" else metric.frame
    of_rows = [dimension.column for dimension in DIMENSIONS if frame in dimension.own]
    return tuple(column for column in dict.fromkeys((*ATTRIBUTES, *of_rows, *members)) if column not in own)


def check_columns(metric: Metric, by: tuple[str, ...], members: Sequence[str] = ()) -> None:
    """RapportError for a column that the metric cannot be split by; `members` are the further columns of members that there are."""
    known = columns_to_split_by(metric, members)
    for name in by:
        if name not in known:
            if not known:
                raise RapportError(N_("“{metric}” cannot be split into groups."), metric=metric.name)
            raise RapportError(
                N_("“{metric}” cannot be split by “{name}”.{hint} It can be split by: {known}."),
                metric=metric.name,
                name=name,
                hint=_hint(name, known),
                known=", ".join(known),
            )


def check_segments(metric: Metric, *segments: Segment) -> None:
    """RapportError where members are chosen by their tier, or customers by their class, and the metric is about how they came to it."""
    if metric.frame == "classes" and any(segment[column] for segment in segments for column in CLASSES):
        raise RapportError(
            N_(
                "“{metric}” cannot be computed for customers chosen by their class: those who have left it would be missing. "
                "Leave the class out."
            ),
            metric=metric.name,
        )
    if metric.frame == "tier_changes" and any(segment[TIER.column] for segment in segments):
        raise RapportError(
            N_(
                "“{metric}” cannot be computed for members chosen by their tier: those who have left it would be missing. "
                "Leave the tier out."
            ),
            metric=metric.name,
        )


def observed(extent: Extent, metric: Metric, as_of: dt.date) -> dt.date:
    """The date, or the last day that the metric's kind of data covers when that is earlier."""
    # what customers do after an answer is known as far as their orders are
    of_answers = metric.frame in OF_ANSWERS and "orders" not in metric.beside
    last = extent.feedback_last if of_answers else extent.orders_last
    if metric.frame in ("points", "benefits"):  # programmes may be told of to another day than orders
        last = getattr(extent, f"{metric.frame}_last")
    return min(as_of, last) if last else as_of


def shared_days(snap: Snapshot, question: Question, *, survey: str) -> pl.DataFrame:
    """The days of the question that orders and answers to a survey question both cover: one row with start and end, null when none is.

    Answers cover the days from the first to the last one that names a customer, whatever the segment.
    """
    everybody = Snapshot(snap.cursor, snap.version)  # how far the data reach is the same for who sees a part of them
    asked = everybody.feedback(as_of=question.as_of).filter(
        nw.col("survey") == survey, ~nw.col("customer_key").is_null()
    )  # fmt: skip
    day = nw.col("responded_at").cast(nw.Date)
    said_first, said_last = asked.select(first=day.min(), last=day.max()).collect("polars").row(0)
    extent = snap.extent()
    start = max((d for d in (question.start, extent.orders_first, said_first) if d), default=None)
    end = min((d for d in (question.end, extent.orders_last, said_last) if d), default=None)
    shared = extent.orders_first and said_first and start and end and start <= end
    days = {"start": start if shared else None, "end": end if shared else None}
    return pl.DataFrame([days], schema={"start": pl.Date, "end": pl.Date})


def _where_both_reach(snap: Snapshot, question: Question, survey: str) -> Question:
    """The question for the days that orders and answers both cover; where there is none, it ends the day before it begins."""
    start, end = shared_days(snap, question, survey=survey).row(0)
    return replace(question, start=start or question.start, end=end or question.start - dt.timedelta(days=1))


def _dates(metric: Metric, question: Question, as_of: dt.date) -> dict[str, object]:
    """The dates that the function of the metric gets."""
    if metric.dates == "rows":
        return {}
    if metric.dates == "within":
        return {"within": (question.start, min(question.end, as_of))}
    if metric.dates == "cohorts":
        return {"as_of": as_of, "cohorts_from": question.start, "cohorts_to": question.end}
    given: dict[str, object] = {"as_of": as_of}
    return given | {"start": question.start, "end": question.end} if metric.dates == "dates" else given


def _frame(
    snap: Snapshot, metric: Metric, question: Question, as_of: dt.date, *, weekly: bool, making: dict[str, object]
) -> nw.LazyFrame:
    """The rows that the metric is counted over, of the dates of the question where those limit them."""
    cut = metric.dates in ("rows", "within")
    window = {"start": question.start, "end": question.end} if cut else {"start": None, "end": None}
    attributes = _attributes(question)
    if metric.frame == "feedback":
        rows = snap.feedback(question.segment, as_of=as_of, **window, attributes=attributes)
        return rows.filter(nw.col("survey") == metric.survey) if metric.survey else rows
    if metric.frame == "comments":
        rows = snap.feedback(question.segment, as_of=as_of, **window, attributes=attributes)
        return themed(rows, trade=str(making["trade"]), theme=str(making["theme"]), by=question.by)
    if metric.frame == "items":
        return snap.answers(question.segment, as_of=as_of, **window, attributes=attributes)
    if metric.frame == "customer_periods" and not weekly:
        return snap.customer_periods(question.segment, as_of=as_of, **window, attributes=attributes)
    if metric.frame == "order_days":
        if cut:  # the saved days know of the ones beside them, also of those outside the window
            raise NotImplementedError(f"{metric.name} must take as_of: days with an order are not cut to a window.")
        return snap.order_days(question.segment, as_of=as_of, attributes=attributes)
    if metric.frame in ROWS_OF_CUSTOMERS:
        rows_of: Callable[..., nw.LazyFrame] = getattr(snap, metric.frame)
        return rows_of(question.segment, as_of=as_of, **window, attributes=attributes)
    if metric.frame == "sales":
        return snap.sales(question.segment, as_of=as_of, **window, attributes=attributes, weekly=weekly)
    if metric.frame == "purchases":
        return snap.purchases(question.segment, as_of=as_of, **window, attributes=attributes)
    if metric.frame == "orders":
        known = ~nw.col("customer_key").is_null()
        return snap.orders(question.segment, as_of=as_of, **window, attributes=attributes).filter(known)
    orders = _of_customers(snap.orders, question, as_of, **window)
    refunds = _of_customers(snap.refunds, question, as_of, **window)
    return _with_attributes(snap, rollups.customer_periods(orders, refunds, period="week"), question, as_of)


def _beside(snap: Snapshot, frame: Beside, question: Question, as_of: dt.date) -> nw.LazyFrame:
    """Another frame that a metric looks at besides its own. All but spend and scores are everybody's: who is looked at, its own frame
    says."""
    if frame == "customer_periods":
        return snap.customer_periods(question.segment, as_of=as_of, attributes=_attributes(question))
    if frame == "customers":
        return snap.customers(as_of=question.as_of)
    if frame == "tier_changes":
        return snap.tier_changes(as_of=question.as_of)
    if frame == "members":
        return snap.members()
    if frame in ROWS_OF_CUSTOMERS:
        rows_of: Callable[..., nw.LazyFrame] = getattr(snap, frame)
        return rows_of(as_of=as_of)
    if frame == "scores":
        return snap.feedback(question.segment, as_of=question.as_of, start=question.start, end=question.end)
    if frame == "answers":
        return snap.feedback(as_of=question.as_of, start=question.start, end=question.end)
    rows = snap.orders if frame == "orders" else snap.refunds
    return _of_customers(rows, replace(question, segment=EVERYBODY), as_of)


def _tier_changes(snap: Snapshot, question: Question, as_of: dt.date, making: dict[str, object]) -> nw.LazyFrame:
    """The uploaded changes, or those that a rule on trailing spend or orders gives."""
    if not making["rule"]:
        return snap.tier_changes(question.segment, as_of=as_of)
    return tiers_by_rule(
        snap.customer_periods(question.segment, as_of=as_of),
        as_of=as_of,
        thresholds=parse_rule(str(making["rule"])),
        measure=str(making["measure"]),
        months=int(str(making["months"])),
    )


def _classes(
    snap: Snapshot, metric: Metric, question: Question, as_of: dt.date, given: dict[str, object]
) -> nw.LazyFrame:
    """Customers with their classes at the end of the dates, and, where the metric takes these, on the day before they begin."""
    making = {name: argument.default for name, argument in metric.options.items()} | given
    last = min(question.end, as_of)
    start = question.start if metric.dates == "dates" and question.start <= last else None
    return classed(snap, question.segment, as_of=last, start=start, making=making, attributes=_attributes(question))


def _of_customers(
    rows: Callable[..., nw.LazyFrame], question: Question, as_of: dt.date, **window: dt.date | None
) -> nw.LazyFrame:
    return rows(question.segment, as_of=as_of, **window).filter(~nw.col("customer_key").is_null())


def _with_attributes(snap: Snapshot, frame: nw.LazyFrame, question: Question, as_of: dt.date) -> nw.LazyFrame:
    """The frame with the customer's value of each attribute that the question splits by."""
    attributes = _attributes(question)
    known = snap.customers(as_of=as_of, attributes=attributes).select("customer_key", *attributes)
    return frame.join(known, on="customer_key", how="left") if attributes else frame


def _attributes(question: Question) -> tuple[str, ...]:
    return tuple(filter(is_attribute, question.by))


def _known_from(snap: Snapshot, making: dict[str, object]) -> dt.date | None:
    """From when on a rule's trailing window lies in the data as a whole; uploaded tiers say themselves from when on they hold."""
    first = snap.extent().orders_first
    return known_from(first, int(str(making["months"]))) if making["rule"] and first else None


def _needs_orders(metric: Metric, making: dict[str, object], lapses: bool) -> bool:
    """Whether days after the last order are not observed: uploaded tiers alone may change after it."""
    return metric.frame != "tier_changes" or lapses or bool(making["rule"])


def _hint(name: str, known: object) -> str:
    (*close,) = difflib.get_close_matches(name, list(known), n=1)  # type: ignore[call-overload]
    return f" Did you mean “{close[0]}”?" if close else ""
