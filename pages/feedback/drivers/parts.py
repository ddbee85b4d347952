"""What the page Drivers asks: its choices, the rows that they give, and how missing answers were treated."""

from dataclasses import replace

import polars as pl

from data.questions.ask import Question
from data.questions.questionnaires import items_asked, outcomes_beside
from data.text.labels import label
from metrics.texts import N_
from pages.feedback.drivers import findings
from pages.feedback.questionnaire import without_questionnaire
from pages.shared.model import choices
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, ngettext, number, sentences

OUTCOMES = {"nps": N_("Recommending (NPS)"), "csat": N_("Satisfaction (CSAT)")}
MISSING = {"pairwise": N_("Pairwise"), "listwise": N_("Complete answers only")}
IMPORTANCE = {"derived": N_("Derived"), "stated": N_("As stated")}
WEIGHTED = {"no": N_("Unweighted"), "yes": N_("With survey weights")}
LEFT_OUT = {
    "constant": N_("everybody answered it alike"),
    "pairs": N_("too few answered it together with the others"),
}


def asked_ever(view: View) -> bool:
    """Whether the data hold a questionnaire at all, whatever the period."""
    return bool(cached.table(items_asked, _everything(view)).height)


def no_questionnaire() -> None:
    """What to upload."""
    without_questionnaire(
        _("No questionnaires yet"),
        _(
            "Upload a survey that asks for a recommendation or satisfaction, and rates several items such as service and price."
        ),
    )


def outcome(view: View) -> str:
    """What is to be explained: the view’s choice, or the only question that was asked."""
    beside = cached.table(outcomes_beside, _everything(view)).row(0, named=True)
    known = [name for name in OUTCOMES if beside[name]]
    chosen = view.options["outcome"]
    return chosen if chosen in known or not known else known[0]


def drivers(view: View, by: tuple[str, ...] = ()) -> pl.DataFrame:
    """The rows of the metric, as the page’s choices have it."""
    return cached.answer("drivers", replace(view.question, by=by), **_arguments(view))


def _arguments(view: View) -> dict[str, object]:
    return {
        "outcome": outcome(view),
        "missing": view.options["missing"],
        "importance": view.options["importance"],
        "weighted": view.options["weighted"] == "yes",
        "use": view.options["items"],
    }


def options(view: View) -> None:
    """The choices that the data leave."""
    beside = cached.table(outcomes_beside, _everything(view)).row(0, named=True)
    rows = drivers(view)
    with choices.row():
        if all(beside[name] for name in OUTCOMES):
            choices.one("outcome", OUTCOMES, _("Question"), chosen=outcome(view))
        choices.one("missing", MISSING, _("Missing answers"))
        if rows["stated"].count():
            choices.one("importance", IMPORTANCE, _("Importance"))
        if beside["weighted"]:
            choices.one("weighted", WEIGHTED, _("Weights"))
        choices.definition("drivers")


def counted(rows: pl.DataFrame) -> str:
    """How many respondents the drivers rest on."""
    n = rows["n"][0] if rows.height else 0
    return ngettext("{n} respondent", "{n} respondents", n).format(n=number(n))


def treatment(rows: pl.DataFrame, view: View) -> str:
    """n of both kinds, and what was done about missing answers."""
    n, complete = rows.row(0, named=True)["n"], rows["complete"][0]
    told = {
        "pairwise": _(
            "{complete} of {n} respondents answered every item. Each correlation takes all who answered both items."
        ),
        "listwise": _("Only the {complete} of {n} respondents who answered every item count."),
    }[view.options["missing"]]
    left_out = rows.filter(pl.col("reason").is_in(findings.ITEM_REASONS))
    return sentences(
        told.format(n=number(n), complete=number(complete)),
        _("Correlations of different respondents did not fit together and were adjusted as little as possible.")
        if rows["mended"].any()
        else "",
        *(
            _("Left out: {item}, since {why}.").format(
                item=markup.plain(label(row["item"])), why=_(LEFT_OUT[row["reason"]])
            )
            for row in left_out.iter_rows(named=True)
        ),
        _("All of this is association: who rates an item higher may differ in other ways too."),
    )


def _everything(view: View) -> Question:
    """The question about all that the data hold up to the view’s day."""
    extent = cached.extent()
    return Question(extent.first or view.start, extent.last or view.end, view.as_of)
