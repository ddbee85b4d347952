"""The parts of the page Promotions: the cards, codes, new customers by first code, and dependence."""

from dataclasses import dataclass

import polars as pl

from data.questions.ask import find
from data.text.labels import customers
from metrics.texts import N_
from pages.shared.model import blocks, charts
from pages.shared.model.cards import Card
from pages.shared.model.charts import ForestRow
from pages.shared.readings import readings
from pages.shared.readings.measures import at_end
from pages.shared.readings.readings import Reading
from pages.shared.screen import groups, states
from pages.shared.screen.display import card, how_to_read
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, dates, money, ngettext, number, percent, sentences, span
from pages.shared.words.whom import whom

SHARE, CODES, FIRST, BANDS = "discounted_share", "discount_by_coupon", "first_coupon", "discount_dependence"
WITHIN = {"180": N_("180 days"), "90": N_("90 days"), "30": N_("30 days")}
NAMES = {
    "none": N_("No order with a discount"),
    "up_to_third": N_("Up to a third"),
    "up_to_two_thirds": N_("Up to two thirds"),
    "more": N_("More than two thirds"),
}
MOST_CODES, FEWEST = 10, 2


@dataclass(frozen=True)
class Look:
    """What the page rests on: the share of orders with a discount as a reading, its row, and what each code takes off."""

    reading: Reading
    row: dict
    codes: pl.DataFrame

    @property
    def orders(self) -> int:
        return int(self.row["orders"] or 0)

    @property
    def discounts(self) -> int:
        """Orders with one."""
        return int(self.row["discounted"] or 0)

    @property
    def rate(self) -> float | None:
        """What orders with a discount have off, all together."""
        discount, gross = (float(self.codes[name].sum()) for name in ("discount", "gross"))
        return discount / gross if gross else None


def look(view: View) -> Look:
    """The discounts of the period."""
    reading = readings.of_metric(view, SHARE)
    return Look(reading, cached.answer(SHARE, view.question).row(0, named=True), cached.answer(CODES, view.question))


def finding(seen: Look) -> str:
    """The title of the page: the change of the share where there is one, else how much discounts took off."""
    if not seen.discounts or seen.reading.value is None:
        return _("No discount in this period")
    return _("{share} of the orders had a discount, which took {amount} off").format(
        share=percent(seen.reading.value / 100), amount=_money(seen.row["discount"])
    )


def shown(view: View, seen: Look) -> str:
    """Which orders."""
    counted = ngettext("{n} order that names a customer", "{n} orders that name a customer", seen.orders)
    text = _("**{counted}**, {who}, **{dates}**.")
    return text.format(
        counted=counted.format(n=number(seen.orders)), who=whom(view.whom), dates=dates(view.start, view.last)
    )


def no_discounts() -> None:
    """The orders bear none, or the file did not say."""
    blocks.empty(
        _("No discount is known"),
        _("Upload orders with a column for the discount or the coupon, or choose another period."),
        icon=":material/sell:",
    )


def cards(view: View, seen: Look) -> None:
    """How many orders, what was given, and what those orders have off."""
    row, rate = seen.row, seen.rate
    of_goods = row["discount"] / (row["revenue"] + row["discount"]) if row["revenue"] + row["discount"] > 0 else None
    given: Card = {
        "id": f"{SHARE}:discount", "name": _("Discounts given"), "define": _("Definition"), "value": _money(row["discount"]),
        "size": _("{share} of sales before them").format(share=percent(of_goods)) if of_goods is not None else "",
    }  # fmt: skip
    drawn = [card(seen.reading, compared=view.before is not None), given]
    if rate is not None:
        drawn.append(
            {
                "id": CODES, "name": _("Off orders with a discount"), "define": _("Definition"), "value": number(100 * rate, 1),
                "unit": "%", "size": _orders(seen.discounts),
            }
        )  # fmt: skip
    blocks.cards(drawn, key="promotions", view=view)
    blocks.quiet(how_to_read(drawn[:1]))


def codes_section(seen: Look) -> None:
    """What each code takes off, beside its nominal rate."""
    rows = seen.codes.sort("discount", "coupon", descending=[True, False])
    how = _(
        "Effective: discount over what the orders would have cost, with 95% interval; nominal: what most of its orders have off."
    )
    blocks.section(_codes_title(rows), how, table=seen.codes, file=CODES, metric=CODES)
    shown_rows = rows.head(MOST_CODES)
    columns = {
        _("Code"): [_code(code) for code in shown_rows["coupon"]],
        _("Orders"): [number(n) for n in shown_rows["orders"]],
        _("Nominal"): [_percent(share) for share in shown_rows["nominal"]],
        _("Effective"): [_effective(row) for row in shown_rows.iter_rows(named=True)],
        _("Discounts given"): [_money(amount) for amount in shown_rows["discount"]],
    }
    blocks.lines(pl.DataFrame(columns))
    if rows.height > MOST_CODES:
        blocks.quiet(
            _("The {shown} of {known} codes that cost most; the file holds all.").format(
                shown=MOST_CODES, known=rows.height
            )
        )


def _codes_title(rows: pl.DataFrame) -> str:
    known = rows.filter(pl.col("coupon") != "").drop_nulls("effective")
    if not known.height:
        return _("What codes take off")
    top = known.row(0, named=True)
    return _("{code} costs most: {amount}, {share} off its orders").format(
        code=top["coupon"], amount=_money(top["discount"]), share=percent(top["effective"])
    )


def _effective(row: dict) -> str:
    if row["effective"] is None:
        return states.few_text(row["orders"], find(CODES).minimum)
    return f"{percent(row['effective'])} ({span(100 * row['low'], 100 * row['high'])})"


def first_section(view: View) -> None:
    """Who orders again, by the code of the first order."""
    days = int(view.options["within"])
    rows = cached.answer(FIRST, view.asked(cached.extent().orders_first or view.start, view.end), horizon_days=days)
    how = _(
        "% of new customers who order again within {days} days of the first order, by its code, with 95% interval; all whose days are over."
    ).format(days=days)
    known = rows.drop_nulls("returned_share").filter(pl.col("customers").rank("ordinal", descending=True) <= MOST_CODES)
    ranked = known.sort("returned_share", "coupon", descending=[True, False])
    named = {row["coupon"]: _code(row["coupon"]) for row in ranked.iter_rows(named=True)}
    title = _title(
        ranked,
        "coupon",
        named,
        _("Most customers won with {one} order again, fewest with {other}"),
        _("No clear difference between first codes in who orders again"),
    )
    _forest(title, how, rows, ranked, "coupon", named, FIRST)


def dependence_section(view: View) -> None:
    """Who orders again, by how many orders had a discount."""
    days = int(view.options["within"])
    rows = cached.answer(BANDS, at_end(view.question), horizon_days=days)
    how = sentences(
        _(
            "% who order within {days} days after a year with three orders or more, by the share of these that had a discount, "
            "with 95% interval."
        ).format(days=days),
        _("The bands are of different customers."),
    )
    known = rows.drop_nulls("returned_share")
    ranked = known.sort("returned_share", "band", descending=[True, False])
    named = {band: _(text) for band, text in NAMES.items()}
    title = _title(
        ranked,
        "band",
        named,
        _("Orders again most: {one}; least: {other}"),
        _("No clear difference by dependence on discounts in who orders again"),
    )
    _forest(title, how, rows, known, "band", named, BANDS)


def _title(ranked: pl.DataFrame, column: str, named: dict[str, str], clear: str, unclear: str) -> str:
    """The first against the last where their intervals lie apart."""
    if ranked.height < FEWEST:
        return _("Too few customers to compare")
    top, bottom = ranked.row(0, named=True), ranked.row(-1, named=True)
    if top["low"] <= bottom["high"]:
        return unclear
    return clear.format(one=named[top[column]], other=named[bottom[column]])


def _forest(
    title: str, how: str, rows: pl.DataFrame, drawn: pl.DataFrame, column: str, named: dict[str, str], metric: str
) -> None:
    blocks.section(title, how, table=rows, file=metric, metric=metric)
    lines = [
        ForestRow(
            named[row[column]], 100 * row["returned_share"], 100 * row["low"], 100 * row["high"], "none", percent(row["returned_share"]),
            f"· {_money(row['spend'])} · {customers(row['customers'])}", row[column] or "-",
        )
        for row in drawn.iter_rows(named=True)
    ]  # fmt: skip
    if lines:
        blocks.chart(charts.forest(lines, change=False, unit="%"), key=metric, alt=groups.alt(lines))
        blocks.quiet(
            _("Beside each share the mean net revenue per customer in those days; its interval is in the file.")
        )
    minimum = find(metric).minimum
    for row in rows.filter(pl.col("returned_share").is_null()).head(MOST_CODES).iter_rows(named=True):
        name = named.get(row[column]) or _code(row[column])
        blocks.quiet(f"{markup.plain(name)} · {markup.attention(states.few_text(row['customers'], minimum), '')}")


def no_cannibalisation() -> str:
    """What these numbers cannot say."""
    return _(
        "How many of these orders would have come at the full price cannot be measured without a comparison group: customers who, by "
        "chance, got no offer."
    )


def _code(code: str) -> str:
    return code or _("Without a code")


def _orders(n: int) -> str:
    return ngettext("{n} order", "{n} orders", n).format(n=number(n))


def _percent(share: float | None) -> str:
    return "—" if share is None else percent(share, 0)


def _money(amount: float) -> str:
    return money(amount, cached.extent().currency)
