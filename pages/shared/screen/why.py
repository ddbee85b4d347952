"""Why is my number different? The view's number under the definitions that other tools use, with the gap of each in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import streamlit as st

from data.questions.ask import Question
from data.text.labels import answers, customers
from metrics.texts import N_
from pages.customers.clv import findings, readings
from pages.shared.model import blocks
from pages.shared.model.parts import Table
from pages.shared.readings.readings import RETENTION_MONTH
from pages.shared.screen import takeaway
from pages.shared.screen.current_report import paused
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup, periods
from pages.shared.words.texts import _, money, ngettext, number, percent, sentences

STANDARD = "standard"
# What n counts where it is neither answers nor customers
COUNTED = {
    "months": (N_("{n} month"), N_("{n} months")),
    "cohorts": (N_("{n} cohort"), N_("{n} cohorts")),
    "orders": (N_("{n} order"), N_("{n} orders")),
    "buyers": (N_("{n} buyer, counted in each month"), N_("{n} buyers, counted in each month")),
}
Shown = Callable[[float], str]
Wording = tuple[str, str]  # what the definition is called, and what it does


@dataclass(frozen=True)
class Comparison:
    """The definitions of one number: the metric that counts them, its unit, what n counts, and the words of each.

    `counts` are the definitions whose n counts something else; `unknown` is said of a definition without a number.
    """

    metric: str
    unit: str  # "points", "percent" or "money"
    counted: str
    wordings: dict[str, Wording]
    counts: Mapping[str, str] = field(default_factory=dict)
    unknown: str = N_("Too little data for this one.")


NPS = Comparison(
    "nps_variants",
    "points",
    "answers",
    {
        STANDARD: (
            N_("Rapport: all answers of the period"),
            N_("Promoters give 9 or 10, detractors 0 to 6; every answer counts."),
        ),
        "alone": (
            N_("Every answer as another person"),
            N_(
                "The number is the same, its interval narrower: most tools take several answers of one customer for answers of several."
            ),
        ),
        "weighted": (
            N_("With survey weights"),
            N_("Groups that answer rarely count for more, so that the answers stand for all customers."),
        ),
        "last_answer": (
            N_("Last answer of each customer"),
            N_("Somebody who answered several times counts once, with what they said last."),
        ),
        "mean_of_months": (
            N_("Mean of the months"),
            N_("Each month counts alike, however few answered in it; months with too few answers are left out."),
        ),
        "lenient": (
            N_("8 promotes, 6 does not detract"),
            N_("A milder cut that some firms in Europe use; it is never lower."),
        ),
    },
    {"mean_of_months": "months"},
)
CSAT = Comparison(
    "csat_variants",
    "percent",
    "answers",
    {
        STANDARD: (N_("Rapport: top two boxes"), N_("The two best points of the scale count as satisfied.")),
        "alone": (
            N_("Every answer as another person"),
            N_(
                "The number is the same, its interval narrower: most tools take several answers of one customer for answers of several."
            ),
        ),
        "top_box": (N_("Top box only"), N_("Only the best point counts; it is never higher.")),
        "last_answer": (
            N_("Last answer of each customer"),
            N_("Somebody who answered several times counts once, with what they said last."),
        ),
        "mean_of_months": (
            N_("Mean of the months"),
            N_("Each month counts alike, however few answered in it; months with too few answers are left out."),
        ),
        "index": (
            N_("Satisfaction index"),
            N_(
                "The mean score, from 0% at the worst point of the scale to 100% at the best: a middling answer counts for half."
            ),
        ),
    },
    {"mean_of_months": "months"},
)
RETENTION = Comparison(
    "retention_variants",
    "percent",
    "customers",
    {
        STANDARD: (
            N_("Rapport: ordered in month 3"),
            N_("Of the new customers, those with an order in the third calendar month after that of their first."),
        ),
        "on_or_after": (
            N_("Ordered in month 3 or later"),
            N_("Who skips month 3 and comes back later counts; it is never lower, and still rises with time."),
        ),
        "by_then": (
            N_("Ordered again by month 3"),
            N_(
                "One more month with an order is enough, also the first after: it asks for a second purchase, not for staying."
            ),
        ),
        "rolling": (
            N_("90 to 119 days after the first order"),
            N_(
                "Counted from each customer’s own first day, so a month is always 30 days and never cut by the calendar."
            ),
        ),
        "mean_of_cohorts": (
            N_("Plain mean of the cohorts"),
            N_("A small cohort counts as much as a large one; cohorts that are too small are left out."),
        ),
        "all_buyers": (
            N_("All buyers, not only new ones"),
            N_(
                "Everybody who bought in a month, and bought three months later. Loyal customers are in it every month, which lifts it."
            ),
        ),
    },
    {"mean_of_cohorts": "cohorts", "all_buyers": "buyers"},
)
REPEAT = Comparison(
    "repeat_rate_variants",
    "percent",
    "customers",
    {
        STANDARD: (
            N_("Rapport: two orders in the period"),
            N_("Of those who ordered in the period, who did so twice or more within it."),
        ),
        "order_days": (
            N_("Two days with an order"),
            N_("Several orders on one day are one purchase, so that a split basket is no loyalty. It is never higher."),
        ),
        "returning": (
            N_("Returning customers"),
            N_(
                "Of those who ordered in the period, who has ever ordered twice by its end. Shops’ own reports often count so."
            ),
        ),
        "returning_orders": (
            N_("Share of orders, not customers"),
            N_(
                "Of the orders in the period, those that are not their customer’s first. Frequent customers weigh more."
            ),
        ),
        "ever": (
            N_("All customers since the beginning"),
            N_(
                "Of everybody who ever ordered, who did so twice. It grows with the age of the data, whatever the period."
            ),
        ),
    },
    {"returning_orders": "orders"},
)
CLV = Comparison(
    "clv_variants",
    "money",
    "customers",
    {
        STANDARD: (
            N_("Rapport: forecast of the model"),
            N_("Expected purchases and spend within the horizon, discounted to today."),
        ),
        "undiscounted": (
            N_("Without discount"),
            N_("Money next year counts as much as money today. It is never lower."),
        ),
        "three_years": (N_("Within three years"), N_("A longer horizon: the same customers, more time.")),
        "other_model": (
            N_("By the other model"),
            N_("Another view of when customers leave, fitted to the same orders."),
        ),
        "past_rate": (
            N_("The past goes on"),
            N_("What customers spent per week so far, first orders included, as if nobody ever left."),
        ),
        "historical": (
            N_("Spent to date"),
            N_("Net revenue so far per customer: no forecast, and older customers had more time."),
        ),
    },
    unknown=N_("No forecast by this one: its model cannot be believed on these orders."),
)

OF = {"nps": NPS, "csat": CSAT, "retention": RETENTION, "repeat_rate": REPEAT, "clv": CLV}


def button(comparison: Comparison, view: View, **arguments: object) -> None:
    """The button under a number that opens the comparison; nothing is counted before."""
    if st.button(
        _("Why is my number different?"), icon=":material/balance:", type="tertiary", key=f"why-{comparison.metric}"
    ):
        opened = st.dialog(_("Why is my number different?"), width="large")(compare)
        opened(comparison, view, **arguments)


def compare(comparison: Comparison, view: View, **arguments: object) -> None:
    """One box per definition: its number, how far it is from ours and why. It stands in a dialog, which is not part of the page."""
    with paused():
        _compare(comparison, view, **arguments)


def _compare(comparison: Comparison, view: View, **arguments: object) -> None:
    rows = cached.answer(comparison.metric, _asked(comparison, view), **arguments)
    show = _unit(comparison.unit)
    ours = rows["value"][0] if rows.height else None
    shown = rows
    if comparison is CLV and ours is None:
        # an empty box per definition would say four times what is said here once
        st.markdown(readings.no_forecast(rows["state"][0], rows["n"][0]))
        shown = rows.drop_nulls("value")
    if shown.height:
        same = _(
            "The same data and filters, counted as other tools count. None is wrong: each answers a different question."
        )
        margin = arguments.get("margin", 1.0)
        st.markdown(sentences(same, findings.margin_note(float(margin))))  # type: ignore[arg-type]
    for row in shown.iter_rows(named=True):
        name, does = comparison.wordings[row["variant"]]
        with st.container(border=True, gap="xxsmall"):
            with st.container(horizontal=True, wrap=False, gap="small", vertical_alignment="center"):
                st.markdown(f"**{_(name)}**")
                st.space("stretch")
                st.markdown(
                    f"**{markup.plain(show(row['value']))}**" if row["value"] is not None else "—", width="content"
                )
            apart = gap(row["value"], ours, comparison.unit, row["variant"] == STANDARD, unknown=comparison.unknown)
            st.markdown(sentences(apart, _(does)))
            blocks.quiet(_basis(row, show, comparison))
    takeaway.table_only(Table(comparison.metric, _("Why is my number different?"), rows, comparison.metric))


def gap(
    value: float | None, ours: float | None, unit: str, standard: bool, *, unknown: str = Comparison.unknown
) -> str:
    """How far a definition is from ours, in words; nothing for ours itself."""
    if standard:
        return ""
    if value is None:
        return _(unknown)
    if ours is None:
        return ""
    show = _unit(unit)
    difference = value - ours
    amount = (
        show(abs(difference))
        if unit != "percent"
        else _("{amount} pts").format(amount=number(100 * abs(difference), 1))
    )
    if show(value) == show(ours):
        return _("No difference here.")
    higher = difference > 0
    return (_("{amount} higher.") if higher else _("{amount} lower.")).format(amount=markup.plain(amount))


def _asked(comparison: Comparison, view: View) -> Question:
    """Retention of month 3 asks for the cohorts that are in it in the period, value for the customers of its own day; the others ask for
    the period itself."""
    if comparison is CLV:
        return readings.terms(view).question
    if comparison is not RETENTION:
        return view.question
    start, end = periods.earlier(view.start, view.end, RETENTION_MONTH)
    return replace(view.question, start=start, end=end)


def _unit(unit: str) -> Shown:
    if unit == "percent":
        return percent
    if unit == "money":
        return lambda value: money(value, cached.extent().currency)
    return lambda value: number(value, 1)


def _basis(row: dict, show: Shown, comparison: Comparison) -> str:
    basis = counted(row["n"], comparison, row["variant"])
    if row.get("left_out"):
        out = ngettext("{n} with too few left out", "{n} with too few left out", row["left_out"])
        basis = _("{basis}, {out}").format(basis=basis, out=out.format(n=number(row["left_out"])))
    if row["low"] is None:
        return basis
    return f"{markup.plain(_('{low} to {high}').format(low=show(row['low']), high=show(row['high'])))} · {basis}"


def counted(n: int, comparison: Comparison, variant: str) -> str:
    """What a definition rests on, in words."""
    what = comparison.counts.get(variant, comparison.counted)
    if what == "answers":
        return answers(n)
    if what == "customers":
        return customers(n)
    one, many = COUNTED[what]
    return ngettext(one, many, n).format(n=number(n))
