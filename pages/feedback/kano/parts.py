"""The parts of the page Kano: the map of Better and Worse, the counts, and the categories in each group."""

from dataclasses import replace

import polars as pl

from data.questions.ask import Question, find
from data.questions.questionnaires import items_asked
from data.text.labels import label, named
from metrics.engine.reduce import most
from metrics.survey.item_names import kano_pairs
from metrics.survey.responses import DRAWS
from metrics.texts import N_
from pages.feedback.kano import charts, findings
from pages.feedback.kano.charts import Feature
from pages.feedback.kano.findings import NAMES
from pages.feedback.questionnaire import without_questionnaire
from pages.shared.model import blocks, choices
from pages.shared.screen import groups, states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words.texts import _, listed, ngettext, number, percent, sentences, spaced

VARIANTS = {"usual": N_("Usual table"), "equal_questionable": N_("Equal answers questionable")}
COUNTED = ("attractive", "performance", "must_be", "indifferent", "reverse", "questionable")
GROUPS_SHOWN = 6


def asked_ever(view: View) -> bool:
    """Whether the data hold a pair at all, whatever the period."""
    extent = cached.extent()
    everything = Question(extent.first or view.start, extent.last or view.end, view.as_of)
    return bool(kano_pairs(cached.table(items_asked, everything)["item"].to_list()))


def no_pairs() -> None:
    """What to upload."""
    without_questionnaire(
        _("No pairs of questions yet"),
        _(
            "Upload a questionnaire that asks of each feature how people feel with it and without it, in columns that end in functional "
            "and "
            "dysfunctional, with answers from 1 (like) to 5 (dislike)."
        ),
    )


def features(view: View, by: tuple[str, ...] = ()) -> pl.DataFrame:
    """The rows of the metric, as the page’s choices have it."""
    return cached.answer("kano", replace(view.question, by=by), variant=view.options["variant"])


def counted(rows: pl.DataFrame) -> str:
    """How many respondents the features rest on."""
    n = most(rows["n"])
    return ngettext("{n} respondent", "{n} respondents", n).format(n=number(n))


def options() -> None:
    """Which table makes categories of answers."""
    with choices.row():
        choices.one("variant", VARIANTS, _("Table"))
        choices.definition("kano")


def treatment(rows: pl.DataFrame) -> str:
    """What was done about missing and contradicting answers."""
    missing, odd, n = (int(rows[name].sum()) for name in ("missing", "questionable", "n"))
    return _(
        "Who answered one question of a pair only is left out there ({missing} of {all} pairs); {odd} pairs contradict each other."
    ).format(missing=number(missing), all=number(n + missing), odd=number(odd))


def map_section(rows: pl.DataFrame) -> None:
    """Better against Worse, with ellipses."""
    known = rows.drop_nulls("better")
    note = _(
        "Across: whom its lack would annoy (−Worse). Up: whom its presence would please (Better). Ellipses hold 95% of {draws} draws of "
        "customers."
    )
    blocks.section(
        findings.map_title(rows), note.format(draws=number(DRAWS)), table=rows, file="kano_features", metric="kano"
    )  # fmt: skip
    if not known.height:
        states.too_few(most(rows["n"]), find("kano").minimum, states.few_remedy())
        return
    spots = [_spot(row) for row in known.iter_rows(named=True)]
    names = [_(NAMES[code]) for code in ("attractive", "performance", "indifferent", "must_be")]
    blocks.chart(charts.feature_map(spots, names=names), key="kano-map", alt=listed([spot.read for spot in spots]))


def _spot(row: dict) -> Feature:
    read = _("{feature}: {category}, better {better}, worse {worse}").format(
        feature=label(row["feature"]), category=_(NAMES[row["category"]]), better=percent(row["better"], 0),
        worse=percent(row["worse"], 0),
    )  # fmt: skip
    return Feature(
        label(row["feature"]), -row["worse"], row["better"], row["category"], read, row["worse_se"] or 0.0, row["better_se"] or 0.0,
        -(row["correlation"] or 0.0),
    )  # fmt: skip


def counts_section(rows: pl.DataFrame) -> None:
    """The categories as a table of shares."""
    blocks.section(
        _("How the answers divide"),
        _(
            "Share of each category, in percent of the pairs; a feature is mixed where no category is "
            "ahead by more than chance (Fong’s test)."
        ),
        table=rows.select("feature", "n", "missing", *COUNTED, "category", "leads_by", "needed"),
        file="kano_counts",
        metric="kano",
    )
    known = rows.filter(pl.col("n") > 0)
    table: dict[str, list[str]] = {
        _("Feature"): [label(name) for name in known["feature"]],
        _("Category"): [_(NAMES[name]) if name else "—" for name in known["category"]],
    }
    for name in COUNTED:
        table[_(NAMES[name])] = [percent(count / n, 0) for count, n in known.select(name, "n").iter_rows()]
    table["n"] = [number(n) for n in known["n"]]
    blocks.lines(pl.DataFrame(table))


def groups_section(view: View) -> None:
    """The category of each feature in each group, with Better and Worse."""
    dimensions = [each for each in cached.dimensions_of("customer") if each.source != "first_order"]
    dimension = groups.chosen(view, dimensions, "by")
    rows = features(view, (dimension.column,)).drop_nulls(dimension.column)
    told = rows.drop_nulls("category")
    blocks.section(
        spaced(_("Categories {by}").format(by=named(dimension.by, dimension))),
        sentences(
            _("Category, then Better and Worse; the largest groups. Groups without enough respondents are not shown.")
        ),
        table=rows,
        file=f"kano_by_{dimension.code}",
        metric="kano",
    )
    known = {each.code: each.label for each in dimensions if groups.held(each)}
    if known:
        choices.one("by", known, _("Split by"), chosen=dimension.code, side_by_side=choices.IN_A_COLUMN)
    if not told.height:
        blocks.quiet(_("Too few respondents to compare groups"))
        return
    largest = (
        told.group_by(dimension.column).agg(pl.col("n").max()).sort("n", dimension.column, descending=[True, False])
    )
    listed_features = rows["feature"].unique().sort().to_list()
    table: dict[str, list[str]] = {_("Feature"): [label(name) for name in listed_features]}
    for group, n in largest.head(GROUPS_SHOWN).iter_rows():
        own = {row["feature"]: row for row in told.filter(pl.col(dimension.column) == group).iter_rows(named=True)}
        name = _("{group} (n {n})").format(group=label(group), n=number(n))
        table[name] = [_cell(own.get(feature)) for feature in listed_features]
    blocks.lines(pl.DataFrame(table))


def _cell(row: dict | None) -> str:
    if row is None:
        return "—"
    if row["better"] is None:
        return _(NAMES[row["category"]])
    return f"{_(NAMES[row['category']])} ({percent(row['better'], 0)}, {percent(row['worse'], 0)})"
