"""What an event changed at its stores: the number by store and month, and what difference in differences says of it."""

import datetime as dt
from collections.abc import Callable

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from data.questions.ask import Question
from data.store.snapshot import Snapshot
from metrics.engine.exact import money
from metrics.engine.periods import months_before, start_of
from metrics.engine.reduce import collected, folded, kinds, period_start
from metrics.feedback.nps import DETRACTOR_TO, PROMOTER_FROM, asked
from metrics.feedback.satisfaction import TOP_BOX, with_box
from metrics.impact.panel import Effect, Panel, effect, event_study, trend_before
from metrics.impact.permutation import placebos
from metrics.statistics.adjusted import least_effect
from metrics.statistics.intervals import z_value

MOST_MONTHS = 12  # to either side of the event
FEWEST_MONTHS = 3
LEAST_WEIGHT = 30.0  # answers or orders of either group before, and after
CELLS = {"store": pl.String, "month": pl.Date, "weight": pl.Float64, "total": pl.Float64}
TYPES: dict[str, pl.DataType] = {
    "state": pl.String(),  # ok; no_store, everywhere, too_short, too_few
    **dict.fromkeys(("treated", "others", "months_before", "months_after", "assignments"), pl.Int64()),
    **dict.fromkeys(("first", "last"), pl.Date()),
    **dict.fromkeys(("value", "low", "high", "p", "least", "se", "design"), pl.Float64()),
    **dict.fromkeys(("trend", "trend_low", "trend_high"), pl.Float64()),
    **dict.fromkeys(("placebo", "placebo_low", "placebo_high"), pl.Float64()),
}


def events(snap: Snapshot, question: Question) -> pl.DataFrame:
    """What has happened by the question's day, the newest first: code, name, kind, starts_on, ends_on, stores."""
    rows = collected(snap.events(as_of=question.as_of))
    columns = ("name", "kind", "starts_on", "ends_on", "stores")
    coded = rows.select(pl.concat_str("source", "event_id", separator=":").alias("code"), *columns)
    return coded.sort("starts_on", "code", descending=[True, False])


def impact(
    snap: Snapshot, question: Question, *, number: str, begins_on: dt.date, stores: tuple[str, ...]
) -> pl.DataFrame:
    """One row with TYPES and study (see `event_study`; its month is that of the period): the number (nps, csat: points; order_value: money)
    at the `stores` against all other stores, up to twelve whole months before and after. The month in which the event begins is left out,
    unless it begins on its first day; so is one that the data do not cover. With few stores p and interval are those of the permutation.

    design: without a comparison, the smallest effect that half of the stores, drawn by lot, would have shown. Null where nothing is known.
    """
    month = start_of(begins_on, "month")
    begin = month if begins_on == month else months_before(month, -1)
    first = months_before(month, MOST_MONTHS)
    end = min(months_before(begin, -MOST_MONTHS), start_of(question.as_of + dt.timedelta(days=1), "month"))
    cells = NUMBERS[number](snap, question, first, end - dt.timedelta(days=1))
    shown = cells.filter((pl.col("month") < month) | (pl.col("month") >= begin))
    names = shown["store"].unique().sort().to_list()
    place = {name: number_of for number_of, name in enumerate(names)}
    treated = frozenset(place[name] for name in stores if name in place)
    at = pl.col("month").dt.year().cast(pl.Int64) * 12 + pl.col("month").dt.month().cast(pl.Int64)
    rows = shown.select(
        pl.col("store").replace_strict(place, return_dtype=pl.Int64).alias("unit"),
        at.alias("period"),
        "weight",
        "total",
    )
    panel = Panel.of(rows, treated, begin.year * 12 + begin.month)
    found = _found(panel, whole=not stores)
    months = shown["month"]
    counted = {
        "treated": len(treated), "others": len(names) - len(treated), "first": months.min(), "last": months.max(),
        "months_before": months.filter(months < month).n_unique(), "months_after": months.filter(months >= begin).n_unique(),
    }  # fmt: skip
    study = found.pop("study", None)
    row = pl.DataFrame([{**dict.fromkeys(TYPES), **counted, **found}], schema=TYPES)
    period = pl.col("period") - 1
    empty = pl.DataFrame(schema={"period": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64})
    dated = (study if isinstance(study, pl.DataFrame) else empty).with_columns(
        month=pl.date(period // 12, period % 12 + 1, 1)
    )
    return row.with_columns(study=folded(dated.select("month", "value", "low", "high")))


def _found(panel: Panel, *, whole: bool) -> dict[str, object]:
    """What can be said, by its column."""
    before = len({int(period) for period in panel.period[~panel.is_after]})
    after = len({int(period) for period in panel.period[panel.is_after]})
    if min(before, after) < FEWEST_MONTHS:
        return {"state": "too_short"}
    if whole or not set(panel.units) - panel.treated:
        return {"state": "everywhere", "design": _design(panel)}
    if not panel.compares:
        return {"state": "no_store"}
    is_treated = np.isin(panel.unit, list(panel.treated))
    blocks = [panel.weight[(is_treated == one) & (panel.is_after == other)].sum() for one in (0, 1) for other in (0, 1)]
    if min(blocks) < LEAST_WEIGHT:
        return {"state": "too_few"}
    told, placed = effect(panel), placebos(panel)
    past = panel.before()
    middle = int(sorted({int(period) for period in past.period})[before // 2])
    return {
        "state": "ok", "value": told.value, "low": placed.low, "high": placed.high, "p": placed.p, "se": told.se,
        "least": told.least, "assignments": placed.assignments, "study": event_study(panel),
        **_named("trend", trend_before(panel)), **_named("placebo", effect(past.at(middle))),
    }  # fmt: skip


def _named(name: str, found: Effect) -> dict[str, object]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _design(panel: Panel) -> float | None:
    """The smallest effect that half of the units would have shown, by how all such halves differ around the middle of the months before."""
    past = panel.before()
    units, periods = past.units, sorted({int(period) for period in past.period})
    half = Panel(
        past.unit, past.period, past.weight, past.y, frozenset(units[: len(units) // 2]), periods[len(periods) // 2]
    )
    if len(units) < 4 or not half.compares:
        return None
    return least_effect(float(placebos(half).effects.std()), z_value(0.95))


def _nps(snap: Snapshot, question: Question, first: dt.date, last: dt.date) -> pl.DataFrame:
    rows = asked(snap.feedback(question.segment, as_of=question.as_of, start=first, end=last))
    points = pl.when(pl.col("score") >= PROMOTER_FROM).then(100.0).when(pl.col("score") <= DETRACTOR_TO).then(-100.0)
    return _of_answers(rows, "score", points.otherwise(0.0))


def _csat(snap: Snapshot, question: Question, first: dt.date, last: dt.date) -> pl.DataFrame:
    rows = with_box(snap.feedback(question.segment, as_of=question.as_of, start=first, end=last), survey="csat")
    return _of_answers(rows, "box", pl.when(pl.col("box") == TOP_BOX).then(100.0).otherwise(0.0))


def _of_answers(rows: nw.LazyFrame, kind: str, points: pl.Expr) -> pl.DataFrame:
    known = rows.filter(~nw.col("store").is_null()).with_columns(month=period_start(nw.col("responded_at"), "month"))
    counted = kinds(known, ("store", "month", kind))
    n = pl.col("n").cast(pl.Float64)
    return _cells(counted.group_by("store", "month").agg(weight=n.sum(), total=(n * points).sum()))


def _order_value(snap: Snapshot, question: Question, first: dt.date, last: dt.date) -> pl.DataFrame:
    rows = snap.orders(question.segment, as_of=question.as_of, start=first, end=last)
    known = rows.filter(~nw.col("store").is_null(), ~nw.col("amount").is_null())
    dated = known.select("store", month=period_start(nw.col("ordered_at"), "month"), amount=money("amount"))
    return _cells(collected(dated.group_by("store", "month").agg(weight=nw.len(), total=nw.col("amount").sum())))


def _cells(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(kind) for name, kind in CELLS.items()).sort("store", "month")


NUMBERS: dict[str, Callable[[Snapshot, Question, dt.date, dt.date], pl.DataFrame]] = {
    "nps": _nps,
    "csat": _csat,
    "order_value": _order_value,
}
