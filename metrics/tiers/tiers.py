"""Who is in which tier when: from uploaded changes, or from a rule on trailing spend or orders."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.exact import plain
from metrics.engine.periods import at_least, checked
from metrics.engine.reduce import collected, one_if
from metrics.engine.rollups import seen_by
from metrics.errors import RuleError
from metrics.texts import N_
from metrics.tiers.order import tier_order

NEW, LAPSED = "new", "lapsed"
MEASURES = {"spend": "revenue", "orders": "orders"}

# A date and a tier in one integer, so that the tier of the last change is found by a maximum
CODES = 1000
YEAR_DAYS = 366  # at most: year × this + day of the year puts dates in order, for less work than their distance in days
MOST_TIERS = 50
HIGHEST = 1_000_000_000  # a threshold; more is a slip, and cents of it would not fit an integer everywhere


def ranked(tiers: Sequence[str], ladder: str = "") -> list[str]:
    """The tiers from lowest to highest, without “lapsed”.

    `ladder` names them in that order, separated by commas; it may name more, and must name all. Without it: by their numbers (Level 2,
    Level 10) or their usual names (bronze, silver, gold …), and in alphabetical order where neither tells.
    """
    found = sorted({tier for tier in tiers if tier != LAPSED})
    if ladder:
        named = [name.strip() for name in ladder.split(",") if name.strip()]
        missing = [tier for tier in found if tier not in named]
        if missing:
            raise ValueError(
                f"ladder is “{ladder}”; it does not name the tier “{missing[0]}”, which the data hold. Add it."
            )
        return named
    return tier_order(found) or found


def parse_rule(rule: str) -> dict[str, float]:
    """Tiers and thresholds from “silver=1000, gold=3000”, lowest first; RuleError says what is wrong with it."""
    thresholds: dict[str, float] = {}
    if not rule.strip():
        raise RuleError(N_("The tier rule is empty; write it as silver=1000, gold=3000."))
    for part in rule.split(","):
        name, equals, number = (text.strip() for text in part.partition("="))
        try:
            threshold = float(number)
        except ValueError:
            threshold = math.nan
        if not (name and equals) or math.isnan(threshold) or name in (NEW, LAPSED, *thresholds):
            raise RuleError(
                N_("The tier rule has the part “{part}”; write it as silver=1000, gold=3000."), part=part.strip()
            )
        if not 0 <= threshold <= HIGHEST:
            raise RuleError(
                N_("The tier rule puts {name} at {number}; a threshold lies between 0 and {highest}."),
                name=name,
                number=number,
                highest=f"{HIGHEST:,}",
            )
        if thresholds and threshold <= max(thresholds.values()):
            raise RuleError(
                N_("The tier rule must go up: {name} is at {number}, which is not above the tier before it."),
                name=name,
                number=number,
            )
        thresholds[name] = threshold
    if len(thresholds) > MOST_TIERS:
        raise RuleError(
            N_("The tier rule has {n} tiers; at most {most} can be distinguished."), n=len(thresholds), most=MOST_TIERS
        )
    return thresholds


def tiers_by_rule(
    customer_periods: nw.LazyFrame,
    *,
    as_of: dt.date,
    thresholds: Mapping[str, float],
    measure: str = "spend",
    months: int = 12,
) -> nw.LazyFrame:
    """Tier changes by a rule: at each month's end, the highest tier whose threshold the trailing `months` calendar months reach.

    One row per customer and change, as uploaded tier changes: customer_key, effective_on (the first of the next month), tier
    (“lapsed” when a customer with a tier falls below the lowest threshold). `measure` is "spend" (net revenue, compared in cents) or
    "orders". Month ends before `as_of` only. The frame is by customer and month, from each customer's first on. Stays lazy.
    """
    checked("measure", measure, MEASURES)
    at_least("months", months, 1)
    scale = 100 if measure == "spend" else 1
    # A month counts at its own end and at those that follow it, and no more once it has left the window
    amount = (plain(MEASURES[measure]) * scale).round().cast(nw.Int64)
    rows = customer_periods.filter(nw.col("month") <= nw.lit(as_of)).with_columns(amount=amount)
    enters, leaves = (
        rows.select(
            "customer_key", effective_on=nw.col("month").dt.offset_by(f"{shift}mo").cast(nw.Date), amount=change
        )
        for shift, change in ((1, nw.col("amount")), (months + 1, -nw.col("amount")))
    )
    changes = (
        nw.concat([enters, leaves])
        .filter(nw.col("effective_on") <= nw.lit(as_of))
        .group_by("customer_key", "effective_on")
        .agg(amount=nw.col("amount").sum())
        .with_columns(amount=nw.col("amount").cast(nw.Int64))
        .with_columns(trailing=nw.col("amount").cum_sum().over("customer_key", order_by="effective_on"))
    )
    place = nw.lit(0)
    for number, threshold in enumerate(thresholds.values(), start=1):
        place = nw.when(nw.col("trailing") >= round(threshold * scale)).then(nw.lit(number)).otherwise(place)
    placed = changes.with_columns(place=place).with_columns(
        before=nw.col("place").shift(1).over("customer_key", order_by="effective_on").fill_null(0)
    )
    tier = nw.lit(LAPSED)
    for number, name in enumerate(thresholds, start=1):
        tier = nw.when(nw.col("place") == number).then(nw.lit(name)).otherwise(tier)
    return placed.filter(nw.col("place") != nw.col("before")).select("customer_key", "effective_on", tier=tier)


def tier_paths(
    tier_changes: nw.LazyFrame,
    *,
    dates: Sequence[dt.date],
    order_days: nw.LazyFrame | None = None,
    lapse_days: int = 0,
    by: Sequence[str] = (),
) -> pl.DataFrame:
    """How many customers went through which tiers: one row per combination of `by` and tiers at the dates.

    Columns: `by`, one per date, named "0", "1" … (the tier of the last change on or before it; “lapsed”; null before the first), and
    members. Customers without a tier by the last date are left out. “lapsed” is a tier of that name, and, with `lapse_days` above 0,
    every tier of a customer whose last order, or first tier if that is later, is more days older than the date: `order_days` is then
    needed (a row per customer and day with an order).
    """
    states, tiers = tier_states(tier_changes, dates=dates, order_days=order_days, lapse_days=lapse_days, by=by)
    columns = [str(place) for place in range(len(dates))]
    counted = collected(states.group_by(*by, *columns).agg(members=nw.len()))
    named = pl.col(*columns).cast(pl.Int64).replace_strict(tiers, return_dtype=pl.String)
    return counted.with_columns(named, pl.col("members").cast(pl.Int64))


def tier_states(
    tier_changes: nw.LazyFrame,
    *,
    dates: Sequence[dt.date],
    order_days: nw.LazyFrame | None = None,
    lapse_days: int = 0,
    by: Sequence[str] = (),
) -> tuple[nw.LazyFrame, dict[int, str]]:
    """Each customer's tiers at the dates, as codes, and what the codes stand for. One row per customer with a tier by the last date.

    Columns: customer_key, `by`, and one per date, named "0", "1" …, null before the first change. Stays lazy. See `tier_paths`.
    """
    at_least("lapse_days", lapse_days, 0)
    names = _names(tier_changes)
    columns = [str(place) for place in range(len(dates))]
    code = nw.lit(0)
    for number, name in enumerate(names, start=1):
        code = nw.when(nw.col("tier") == name).then(nw.lit(number)).otherwise(code)
    seen = tier_changes.filter(nw.col("effective_on") <= nw.lit(dates[-1]))
    day = nw.col("effective_on")
    stamp = (day.dt.year().cast(nw.Int64) * YEAR_DAYS + day.dt.ordinal_day().cast(nw.Int64)) * CODES + code
    states = (
        seen.with_columns(stamp=stamp)
        .with_columns(
            entered=day,
            **{c: nw.when(day <= nw.lit(d)).then(nw.col("stamp")) for c, d in zip(columns, dates, strict=True)},
        )
        .group_by("customer_key", *by)
        .agg(nw.col("entered").min(), *[nw.col(column).max() for column in columns])
        .with_columns(nw.col(*columns) % CODES)
    )
    if lapse_days:
        states = _lapsing(states, order_days, dates, columns, lapse_days)
    return states, dict(enumerate([LAPSED, *names]))


def _names(tier_changes: nw.LazyFrame) -> list[str]:
    found = collected(tier_changes.group_by("tier").agg(_=nw.len()))["tier"].drop_nulls().to_list()
    names = sorted(set(found) - {LAPSED})
    if len(names) >= CODES:
        raise ValueError(f"There are {len(names)} tiers; a programme has a few. Is the column “tier” the right one?")
    if NEW in names:
        raise ValueError(f"A tier is called “{NEW}”, which stands for members who had none. Give it another name.")
    return names


def _lapsing(
    states: nw.LazyFrame,
    order_days: nw.LazyFrame | None,
    dates: Sequence[dt.date],
    columns: Sequence[str],
    lapse_days: int,
) -> nw.LazyFrame:
    """The states, with 0 for a customer who at a date has not ordered for longer than `lapse_days`."""
    if order_days is None:
        raise ValueError("lapse_days needs the frame order_days, a row per customer and day with an order.")
    day, following, first = nw.col("day"), nw.col("next_day"), nw.col("first_day")
    # Of all days with an order only those that a long silence follows say who has lapsed; the first one, who had not ordered yet
    silence = following.is_null() | (nw.col("next_age") - nw.col("age") > lapse_days)
    telling = seen_by(order_days, dates[-1]).filter(silence | (nw.col("age") == 0))
    limits = [dt.date.fromordinal(max(date.toordinal() - lapse_days, 1)) for date in dates]
    quiet = {
        f"quiet_{column}": one_if((day < nw.lit(limit)) & (following.is_null() | (following > nw.lit(date))))
        for column, date, limit in zip(columns, dates, limits, strict=True)
    }
    each = (
        telling.with_columns(**quiet).group_by("customer_key").agg(first.min(), *[nw.col(name).max() for name in quiet])
    )
    both = states.join(each, on="customer_key", how="left")
    lapsed = {
        column: (nw.col("entered") < nw.lit(limit))
        & (first.is_null() | (first > nw.lit(date)) | (nw.col(f"quiet_{column}") == 1))
        for column, date, limit in zip(columns, dates, limits, strict=True)
    }
    return both.with_columns(
        **{
            column: nw.when(condition & ~nw.col(column).is_null()).then(nw.lit(0)).otherwise(nw.col(column))
            for column, condition in lapsed.items()
        }
    )
