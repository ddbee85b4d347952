"""Discounts: what codes take off, how much of the sales they touch, who depends on them, and what becomes of customers they brought."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.exact import money, part_names, parts, plain, whole
from metrics.engine.periods import at_least
from metrics.engine.reduce import in_order, kinds, one_if, totals
from metrics.statistics.intervals import skewed_mean
from metrics.statistics.ratios import added, per_customer, with_ratio
from metrics.statistics.shares import with_share
from metrics.trend import OverTime

CUSTOMER, NO_CODE = "customer_key", ""
YEAR_DAYS = 365
BANDS = ("none", "up_to_third", "up_to_two_thirds", "more")
BOUNDS: dict[str, pl.DataType] = dict.fromkeys(("low", "high"), pl.Float64())
COUPON_TYPES: dict[str, pl.DataType] = {
    "coupon": pl.String(),
    "orders": pl.Int64(),
    **dict.fromkeys(("gross", "discount", "nominal", "effective"), pl.Float64()),
    **BOUNDS,
}
SHARE_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("orders", "discounted"), pl.Int64()),
    "discounted_share": pl.Float64(),
    **BOUNDS,
    **dict.fromkeys(("revenue", "discounted_revenue", "discount"), pl.Float64()),
}
LATER_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("customers", "returned"), pl.Int64()),
    "returned_share": pl.Float64(),
    **BOUNDS,
    **dict.fromkeys(("spend", "spend_low", "spend_high"), pl.Float64()),
}


def discount_by_coupon(
    orders: nw.LazyFrame, *, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """What each code takes off: one row per combination of `by` and coupon (“” for discounts without a code): orders, gross (before the
    discount), discount, nominal (the share that most of its orders have off, in whole percent), effective (discount / gross), low, high.

    `orders` are those of the period, with a customer. Below `minimum` orders the counts and sums stand and the shares are null. Without a
    discount there is no row.
    """
    reduced = _discounts(orders).filter(nw.col("discount") > 0).with_columns(coupon=nw.col("coupon").fill_null(NO_CODE))
    keys = [*by, "coupon"]
    sums = added(per_customer(reduced, keys, n=nw.lit(1), top=nw.col("discount"), bottom=nw.col("gross")), keys)
    found = with_ratio(sums, "effective", confidence=confidence, minimum=minimum, limits=(0, None))
    rates = kinds(reduced.with_columns(rate=(100 * plain("discount") / plain("gross") + 0.5).floor()), [*keys, "rate"])
    usual = rates.sort("n", "rate", descending=[True, False]).group_by(keys, maintain_order=True).first()
    found = found.join(usual.select(*keys, nominal=pl.col("rate") / 100), on=keys, how="left", nulls_equal=True)
    enough = pl.col("effective").is_not_null()
    shown = found.with_columns(orders="n", gross="bottom", discount="top", nominal=pl.when(enough).then("nominal"))
    return in_order(shown, by, COUPON_TYPES, ["coupon"])


def discounted_share(
    orders: nw.LazyFrame, *, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """The share of orders with a discount: one row, or one per combination of `by`: orders, discounted, discounted_share, low, high,
    revenue (net), discounted_revenue (net, of orders with a discount), discount (what was taken off).

    `orders` are those of the period, with a customer. The share is null below `minimum` orders.
    """
    sums = added(discount_sums(orders, by=by), by)
    found = with_ratio(sums, "discounted_share", confidence=confidence, minimum=minimum, limits=(0, 1))
    cut = _discounts(orders).with_columns(revenue=money("amount"))
    cut = cut.with_columns(discounted_revenue=nw.when(nw.col("discount") > 0).then(nw.col("revenue")))
    spent = totals(cut, by, ("revenue", "discounted_revenue", "discount"))
    both = found.join(spent, on=list(by), how="left", nulls_equal=True) if by else found.hstack(spent)
    return in_order(both.with_columns(orders="n", discounted="top"), by, SHARE_TYPES)


def discount_sums(orders: nw.LazyFrame, *, by: Sequence[str] = ()) -> nw.LazyFrame:
    """What each customer adds to `discounted_share`. Stays lazy."""
    rows = _discounts(orders).with_columns(discounted=one_if(nw.col("discount") > 0))
    return per_customer(rows, by, n=nw.lit(1), top=nw.col("discounted"), bottom=nw.lit(1))


def discounted_share_trend(
    orders: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    period: str = "month",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """As `discounted_share`, period by period (`metrics.trend.OverTime`)."""
    dated = orders.with_columns(day=nw.col("ordered_at").cast(nw.Date))
    return OVER_TIME(
        dated, as_of=as_of, start=start, end=end, period=period, by=by, confidence=confidence, minimum=minimum
    )


OVER_TIME = OverTime(discounted_share, ("orders", "discounted", "revenue", "discounted_revenue", "discount"))


def discount_dependence(
    orders: nw.LazyFrame,
    *,
    as_of: dt.date,
    horizon_days: int = 180,
    least_orders: int = 3,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """What becomes of customers by how many of their orders had a discount, in the year up to `horizon_days` before `as_of`: one row per
    combination of `by` and band (none, up to a third, up to two thirds, more): customers (with `least_orders` in that year, so that each
    can be in any band), returned (with an order in the days after), returned_share, low, high (Wilson), spend (net, per customer in those
    days), spend_low, spend_high. Below `minimum` customers the counts stand and the rest is null."""
    cut = as_of - dt.timedelta(days=at_least("horizon_days", horizon_days, 1))
    day = nw.col("ordered_at").cast(nw.Date)
    rows = _discounts(orders).filter(day > nw.lit(cut - dt.timedelta(days=YEAR_DAYS)), day <= nw.lit(as_of))
    before = day <= nw.lit(cut)
    each = _each(rows, by, before=before, discounted=before & (nw.col("discount") > 0), after=day > nw.lit(cut)).filter(
        nw.col("before") >= at_least("least_orders", least_orders, 1)
    )
    third, two = nw.col("discounted") * 3 <= nw.col("before"), nw.col("discounted") * 3 <= nw.col("before") * 2
    place = (
        nw.when(nw.col("discounted") == 0)
        .then(nw.lit(0))
        .otherwise(nw.when(third).then(nw.lit(1)).otherwise(nw.when(two).then(nw.lit(2)).otherwise(nw.lit(3))))
    )
    found = _later(each.with_columns(place=place), [*by, "place"], confidence=confidence, minimum=minimum)
    named = found.with_columns(
        band=pl.col("place").cast(pl.Int64).replace_strict(range(len(BANDS)), BANDS, return_dtype=pl.String)
    )
    return in_order(
        named.sort(*by, "place", nulls_last=True), (), {**_types(named, by), "band": pl.String(), **LATER_TYPES}
    )


def first_coupon(
    orders: nw.LazyFrame,
    *,
    as_of: dt.date,
    cohorts_from: dt.date,
    cohorts_to: dt.date,
    horizon_days: int = 180,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """What becomes of new customers by the code of their first order: one row per combination of `by` and coupon (“” without a code), of
    those whose first order lies between two dates and at least `horizon_days` before `as_of`: customers, returned (with another order in
    that time), returned_share, low, high (Wilson), spend (net of those further orders, per customer), spend_low, spend_high. Of several
    orders on the first day the one with the first code in the alphabet counts, after those without; all of that day are the first one.
    Below `minimum` customers the counts stand and the rest is null."""
    horizon = at_least("horizon_days", horizon_days, 1)
    rows = _discounts(orders).with_columns(day=nw.col("ordered_at").cast(nw.Date))
    first = rows.group_by(CUSTOMER).agg(first_day=nw.col("day").min())
    last = min(cohorts_to, as_of - dt.timedelta(days=horizon))
    inside = first.filter(nw.col("first_day") >= nw.lit(cohorts_from), nw.col("first_day") <= nw.lit(last))
    dated = rows.join(inside, on=CUSTOMER, how="inner").with_columns(first=nw.col("day") == nw.col("first_day"))
    until = nw.col("first_day").dt.offset_by(f"{horizon}d").cast(nw.Date)
    codes = dated.filter(nw.col("first")).group_by(CUSTOMER).agg(coupon=nw.col("coupon").min())
    codes = codes.with_columns(coupon=nw.col("coupon").fill_null(NO_CODE))
    after = ~nw.col("first") & (nw.col("day") <= until)
    each = _each(dated, by, before=nw.col("first"), discounted=nw.col("first"), after=after).join(
        codes, on=CUSTOMER, how="left"
    )
    found = _later(each, [*by, "coupon"], confidence=confidence, minimum=minimum)
    return in_order(found, by, {"coupon": pl.String(), **LATER_TYPES}, ["coupon"])


def _discounts(orders: nw.LazyFrame) -> nw.LazyFrame:
    """Orders with discount and gross, both exact: what a file leaves open is what the others make it. Stays lazy."""
    discount = money("discount").fill_null(0)
    worth = money("amount") + discount + money("refund").fill_null(0)
    rows = orders.with_columns(discount=discount, gross=nw.coalesce(money("gross"), worth))
    return rows.filter(~nw.col("gross").is_null()).with_columns(gross=money("gross"), discount=money("discount"))


def _each(
    rows: nw.LazyFrame, by: Sequence[str], *, before: nw.Expr, discounted: nw.Expr, after: nw.Expr
) -> nw.LazyFrame:
    """One row per customer and combination of `by`: orders before, those of them with a discount, orders after, and what these brought."""
    counted = rows.with_columns(
        before=one_if(before), discounted=one_if(discounted), after=one_if(after),
        spend=nw.when(after).then(money("amount")).otherwise(nw.lit(0).cast(nw.Decimal(38, 4))),
    )  # fmt: skip
    return counted.group_by(CUSTOMER, *by).agg(nw.col("before", "discounted", "after", "spend").sum())


def _later(each: nw.LazyFrame, keys: Sequence[str], *, confidence: float, minimum: int) -> pl.DataFrame:
    """How many came back and what they brought, by the keys."""
    spend = plain("spend")
    powers = {**parts("squares", spend * spend), **parts("cubes", spend * spend * spend)}
    rows = each.with_columns(customers=nw.lit(1), returned=one_if(nw.col("after") > 0), **powers)
    columns = ("customers", "returned", "spend", *part_names("squares", "cubes"))
    found = totals(rows, keys, columns).with_columns(whole("squares"), whole("cubes"))
    n, total = pl.col("customers"), pl.col("spend")
    low, high = skewed_mean(n, total, pl.col("squares"), pl.col("cubes"), confidence=confidence)
    enough = n >= max(minimum, 2)
    shown = found.with_columns(
        pl.when(enough).then(total / n).alias("spend"),
        spend_low=pl.when(enough).then(low),
        spend_high=pl.when(enough).then(high),
    )
    return with_share(
        shown, successes="returned", n="customers", name="returned_share", confidence=confidence, minimum=minimum
    )


def _types(frame: pl.DataFrame, by: Sequence[str]) -> dict[str, pl.DataType]:
    return {name: frame.schema[name] for name in by}
