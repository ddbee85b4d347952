"""Who is behind the score: the promoters, passives or detractors of the period, answer by answer."""

from data.questions.behind import answers_of
from metrics.texts import N_
from pages.feedback.nps import findings
from pages.shared.behind import lists
from pages.shared.behind.lists import Who
from pages.shared.model import choices
from pages.shared.session import auth, cached
from pages.shared.session.view import View
from pages.shared.words.texts import _, date, dates, sentences

KINDS = {"detractors": N_("detractors"), "passives": N_("passives"), "promoters": N_("promoters")}

RULES = {
    "detractors": N_("a score from 0 to 6, {dates}"),
    "passives": N_("a score of 7 or 8, {dates}"),
    "promoters": N_("a score of 9 or 10, {dates}"),
}


def who_section(current: View) -> None:
    """The answers of the kind that is chosen, the newest first, with who gave them."""
    kind = current.options["answered"]
    n = int(cached.answer("nps", current.question).row(0, named=True)[kind])
    arguments = {"kind": kind, "comments": auth.may("comments")}
    how = sentences(
        _("Listed: {rule}.").format(rule=_rule(current, kind)),
        _("One row per answer, the newest first; who answered twice stands here twice."),
        _("Orders and net revenue up to {date}.").format(date=date(current.as_of))
        if cached.extent().orders_last
        else "",
    )
    lists.section(
        findings.answers(kind, n),
        how,
        Who(answers_of, current.question, arguments, n, _rule(current, kind)),
        file=f"nps_{kind}",
        options=lambda: choices.one("answered", KINDS, _("Who is listed")),
        nobody=(_("No such answer in this period"), _("Choose another kind of answer, or a longer period.")),
        shown=_("Shown: {shown} of {all} answers. The file holds all."),
    )


def _rule(current: View, kind: str) -> str:
    """Why an answer is listed, with the dates."""
    return _(RULES[kind]).format(dates=dates(current.start, current.last))
