"""The sections of the page Segments."""

import polars as pl

from metrics.segments.schemes import AGE, LADDER, RFM, SCHEMES, STAGES
from metrics.texts import N_
from pages.customers.segments import findings, readings, tables
from pages.customers.segments.form import form
from pages.customers.segments.readings import DAY, MINIMUM, Sorting, named
from pages.shared.model import blocks, charts, choices
from pages.shared.model.charts import ForestRow
from pages.shared.screen import states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words.texts import _, date, listed, number, percent, sentences

WHAT = {
    RFM.name: N_(
        "By scores of recency, frequency and amount from 1 to 5 among all who have ordered. Scores compare customers with each other: "
        "about as many are high in one period as in the next, so look at who moves and what they bring."
    ),
    LADDER.name: N_(
        "By orders, by how many of the last four times 91 days had one, and by the last answer to the recommendation question. Who has "
        "given none is no advocate."
    ),
    STAGES.name: N_("By orders, and by whether the last one is longer ago than customers usually take."),
    AGE.name: N_("By whether there is an order, and how long ago the first one was."),
}
RARE = 0.1  # of buyers with a second order: below it frequency tells nearly nobody apart


def options(how: Sorting) -> None:
    """How customers are sorted, and by which rules."""
    with choices.row():
        choices.one("sort", {name: scheme.label for name, scheme in SCHEMES.items()}, _("Sorted by"))
        form(how)
        choices.definition("segment_sizes")


def notes(current: View, how: Sorting) -> None:
    """What these data cannot tell."""
    said = [_(WHAT[how.scheme])] if not how.text else []
    blocks.quiet(sentences(*said))
    for text in _limits(current, how):
        blocks.warning(text)


def _limits(current: View, how: Sorting) -> list[str]:
    found = []
    buyers = cached.answer(
        "segment_sizes", current.question, scheme=LADDER.name, table="none: orders 0; once: orders 1; again: orders 2.."
    )
    counts = dict(buyers.select("segment", "customers").iter_rows())
    ordered = counts["once"] + counts["again"]
    if ordered and counts["again"] / ordered < RARE:
        text = _(
            "Only {share} of the customers who have ordered did so twice or more. Frequency tells nearly nobody apart here, and loyalty "
            "can hardly be seen in orders."
        )
        found.append(text.format(share=percent(counts["again"] / ordered)))
    if how.scheme == LADDER.name and not how.text and states.missing("answers"):
        found.append(_("There are no answers to the recommendation question, so nobody can be seen as an advocate."))
    if how.scheme != RFM.name and not counts["none"]:
        found.append(
            _(
                "Nobody without an order is known. Upload members with the date on which they joined to see who has not ordered yet."
            )
        )
    return found


def sizes_section(rows: pl.DataFrame, current: View) -> None:
    """The share of each class with its interval."""
    how = sentences(
        _("% of all customers in a class on {date}, with 95% interval; at the right how many.").format(
            date=date(current.last)
        ),
    )
    title = findings.largest(rows)
    blocks.section(title, how, table=rows, file="segment_sizes", metric="segment_sizes")
    known = rows.drop_nulls("share")
    if not known.height:
        states.too_few(rows["sorted_customers"][0], MINIMUM, states.few_remedy())
        return
    lines = [
        ForestRow(
            named(row["segment"]), 100 * row["share"], 100 * row["low"], 100 * row["high"], "none",
            percent(row["share"]), f"· {number(row['customers'])}", row["segment"],
        )
        for row in known.iter_rows(named=True)
    ]  # fmt: skip
    figure = charts.forest(lines, change=False, unit="%")
    blocks.chart(figure, key="segment-sizes", alt=listed([f"{line.name}: {line.shown}" for line in lines]))


def classes_section(current: View, how: Sorting, rows: pl.DataFrame) -> None:
    """What the customers of each class spent, how many came back, and what they say."""
    returns, scores = readings.returns(current, how), readings.scores(current, how)
    text = sentences(
        _("Net revenue to date. Ordered in the period: of those who were in the class on {date}.").format(
            date=date(current.start - DAY)
        ),
        _("In brackets the 95% interval; — where there are fewer than {minimum}.").format(minimum=MINIMUM),
        _("NPS: answers of the period, by the class on its last day.") if scores is not None else "",
        _("NPS is not shown by rung: advocates are told by it.") if how.scheme == LADDER.name and not how.text else "",
    )
    blocks.section(_returned(returns), text, table=returns, file="segment_returns", metric="segment_returns")
    blocks.lines(tables.classes(rows, returns, scores))


def _returned(returns: pl.DataFrame) -> str:
    """The class that came back most, where its interval lies above that of the least."""
    known = returns.drop_nulls("return_rate").sort("return_rate", descending=True)
    if known.height < 2:
        return _("Too few customers to say which class comes back")
    top, bottom = known.row(0, named=True), known.row(-1, named=True)
    if top["low"] <= bottom["high"]:
        return _("No clear difference in who comes back")
    text = _("“{one}” ordered most often in this period ({share}), “{other}” least ({least})")
    return text.format(
        one=named(top["segment"]), other=named(bottom["segment"]),
        share=percent(top["return_rate"], 0), least=percent(bottom["return_rate"], 0),
    )  # fmt: skip


def moves_section(current: View, how: Sorting) -> None:
    """Who was in which class before the period and is in which at its end."""
    rows = readings.moves(current, how)
    eve = current.start - DAY
    if not rows.height or not rows["before"].sum():
        blocks.section(_("Moves between classes"))
        blocks.empty(_("Nothing to compare with"), _("Choose a later period."), icon=":material/hourglass_empty:")
        return
    text = _(
        "% of each row, customers below: from the class on {eve} (rows) to that on {last} (columns); outlined: stayed."
    ).format(eve=date(eve), last=date(current.last))
    blocks.section(findings.moves(rows), text, table=rows, file="segment_moves", metric="segment_moves")
    blocks.heat(tables.matrix(rows, how, (date(eve), date(current.last))), key="segment-moves")


def grid_section(current: View) -> None:
    """Customers by recency and frequency."""
    cells = cached.answer("segment_sizes", current.question, scheme=RFM.name, table=tables.grid_table(), minimum=1)
    best = cells.filter(pl.col("segment") == tables.grid_code(5, 5)).row(0, named=True)
    title = _("Customers by recency and frequency")
    if best["revenue_share"] is not None:
        title = _("The latest and most frequent buyers bring {share} of all revenue").format(
            share=percent(best["revenue_share"], 0)
        )
    text = _(
        "Customers, share of net revenue below. Who ordered equally often shares a score, so a column may be empty."
    )
    blocks.section(title, text, table=cells, file="rfm_grid", metric="segment_sizes")
    blocks.heat(tables.grid(cells), key="rfm-grid")


def meaning_section(how: Sorting) -> None:
    """What each class means, what to do, and its rule."""
    with blocks.fold(_("The rules, and what to do"), opened=not how.text):
        blocks.lines(tables.meaning(how))
