"""The parts of the NPS page: its weights, how the answers divide, what was written."""

from dataclasses import replace

import polars as pl

from data.questions.ask import Question
from data.questions.feedback import latest_comments, score_counts, weights
from data.text.labels import answers, label
from metrics.feedback.nps import DETRACTOR_TO, PROMOTER_FROM, nps_shares
from metrics.texts import N_
from pages.shared.model import blocks, charts, choices, marks
from pages.shared.model.parts import Mark
from pages.shared.readings import findings, measures
from pages.shared.readings.measures import Measure
from pages.shared.session import auth, cached
from pages.shared.session.view import View
from pages.shared.words.texts import _, date, listed, ngettext, number, sentences

COMMENTS_SHOWN = 8
WEIGHTS = {"no": N_("every answer counts alike"), "yes": N_("with survey weights")}


def carries_weights() -> bool:
    """Whether any answer in the data has a survey weight, whatever the period."""
    extent = cached.extent()
    if not extent.first or not extent.last:
        return False
    return bool(cached.table(weights, Question(extent.first, extent.last, extent.last))["weighted"][0])


def weighted(view: View) -> bool:
    """Whether the page counts answers with their weights."""
    return view.options["weight"] == "yes" and carries_weights()


def measure(view: View) -> Measure:
    """NPS as the view wants it counted."""
    return replace(measures.NPS, arguments={"weighted": True}) if weighted(view) else measures.NPS


def options() -> None:
    """The choice between plain and weighted, where the data leave one."""
    if carries_weights():
        with choices.row():
            choices.one("weight", WEIGHTS, _("How answers count"))


def weight_note(view: View) -> str:
    """That the score is weighted, and how many equal answers it is worth; nothing when it is not."""
    if not weighted(view):
        return ""
    row = cached.answer("nps", view.question, weighted=True).row(0, named=True)
    if not row["n"] or row["n_eff"] is None:
        return ""
    said = _(
        "Weighted: each answer counts with its survey weight. The {answers} are worth {effective} of equal weight."
    )
    return said.format(answers=answers(row["n"]), effective=number(row["n_eff"]))


def distribution_section(view: View) -> None:
    """How many gave each score."""
    divided = nps_shares(cached.answer("nps", view.question))
    title = findings.scores(divided.row(0, named=True))
    counts = cached.table(score_counts, view.question)
    how = sentences(
        _("Answers by score: 9–10 promoters, 7–8 passives, 0–6 detractors."),
        _("Counted without weights.") if weighted(view) else "",
    )
    blocks.section(title, how, table=counts, file="nps_scores")
    read = [
        ngettext("Score {score}: {n} answer", "Score {score}: {n} answers", n).format(score=score, n=number(n))
        for score, n in counts.iter_rows()
    ]
    blocks.chart(
        charts.distribution(counts.with_columns(read=pl.Series(read))),
        key="distribution",
        alt=f"{title}. {listed(read)}",
        marks=[_mark(score, said) for score, said in zip(counts["score"], read, strict=True)]
        if auth.may("customers")
        else (),
    )


def _mark(score: int, said: str) -> Mark:
    """A score leads to the answers of its kind."""
    kind = "promoters" if score >= PROMOTER_FROM else "passives" if score > DETRACTOR_TO else "detractors"
    return marks.behind(str(score), said, answered=kind)


def comments_section(view: View) -> None:
    """What was written last, as it was written."""
    found = cached.table(latest_comments, view.question, limit=COMMENTS_SHOWN)
    how = _("The newest answers with a comment, word for word.")
    blocks.section(_("Latest comments"), how, table=found if found.height else None, file="nps_comments")
    if not found.height:
        blocks.empty(
            _("No comments here"),
            _("The answers of this period have none. Choose another period, or import answers with a comment column."),
            icon=":material/chat_bubble:",
        )
        return
    said(found.to_dicts())


def said(rows: list[dict]) -> None:
    """Comments in two columns: the score, the words, and below them when, where and by whom."""
    left, right = blocks.columns(1, 1)
    for place, row in enumerate(rows):
        about = [
            date(row["responded_at"].date()),
            *(label(row[name]) for name in ("touchpoint", "region") if row[name]),
            *([_("customer {id}").format(id=row["customer_id"])] if row.get("customer_id") else []),
        ]
        with (left, right)[place % 2]:
            blocks.quote(f"{row['score']:g}", row["comment"], " · ".join(about))
