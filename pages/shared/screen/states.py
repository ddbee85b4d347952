"""The states of a page as a whole: no data yet, none in this period, and how fresh the data are."""

import datetime as dt

import streamlit as st

from data.demo.load import load
from data.errors import RapportError
from data.questions.ask import Question
from metrics.texts import N_
from pages.shared.model import blocks
from pages.shared.model.parts import Button, Place
from pages.shared.session import auth, cached, view, visit
from pages.shared.session.job import Job
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, date, dates, moment, number, told

POLL_SECONDS = 0.15
LATE_DAYS = 7  # a source that ends so much before the other one is called late
SOURCES = {
    "orders": N_("orders end {date}, {days} days before the answers"),
    "feedback": N_("answers end {date}, {days} days before the orders"),
}
QUESTIONS = {"answers": "nps", "csat": "csat", "ces": "ces"}  # noun → the metric that counts such answers
# What is missing from the data altogether, by what a number counts, and what to upload for it.
MISSING = {
    "answers": (N_("No answers yet"), N_("Upload the export of a survey that asks for a recommendation from 0 to 10.")),
    "csat": (
        N_("No satisfaction answers yet"),
        N_("Upload the export of a survey that asks how satisfied customers are, on a scale such as 1 to 5."),
    ),
    "ces": (N_("No effort answers yet"), N_("Upload the export of a survey that asks from 1 to 7 how easy it was.")),
    "customers": (N_("No orders yet"), N_("Upload the orders of a shop or a till.")),
    "points": (
        N_("No points yet"),
        N_("Upload the movements of points: who earned, spent or lost how many, and when."),
    ),
    "members": (
        N_("No tiers yet"),
        N_("Upload tier changes, or have a rule make tiers from orders on the page Tiers and migration."),
    ),
}


def no_data() -> None:
    """The store is empty: upload an export, or look at the demo."""
    blocks.heading(_("Nothing to show yet"), _("Rapport computes its numbers from your own exports."))
    blocks.empty(
        _("Upload your first export, or look at the demo"),
        _(
            "Orders, members and survey answers, as the shop or the survey tool exports them. The demo shows a made-up chain."
        ),
        icon=":material/upload_file:",
        buttons=_first_steps(),
    )
    if not auth.may("change"):
        blocks.quiet(_("Whoever may upload can begin; you will see the numbers here."))


def not_begun(current: View) -> None:
    """The period lies after the last day that the view sees: no number is known, and none is 0."""
    blocks.heading(_("This period has not begun"), dates(current.start, current.end) + ".", freshness())
    nothing_here(_("The period begins after the last day of the data"))


def nothing_here(what: str) -> None:
    """The data hold something, but not for this period and these filters."""
    extent = cached.extent()
    first, last = extent.first or dt.date.min, extent.last or dt.date.min
    reach = _("The data reach from {first} to {last}. Choose another period, or reset the filters.")
    blocks.empty(
        what,
        reach.format(first=date(first), last=date(last)),
        icon=":material/search_off:",
        buttons=_back_to_data(),
    )


def missing(noun: str) -> bool:
    """Whether the data hold no answer to a question ("answers": the one about recommending), no order or no tier, whatever the period."""
    extent = cached.extent()
    if noun == "members":
        return not cached.values("tier")
    if noun == "points":
        return extent.points_last is None
    if noun == "customers" or not extent.feedback or extent.first is None or extent.last is None:
        return not (extent.orders if noun == "customers" else extent.feedback)
    return not cached.answer(QUESTIONS[noun], Question(extent.first, extent.last, extent.last))["n"][0]


def no_source(noun: str, remedy: str = "") -> None:
    """A kind of data that nobody has uploaded yet: what it is, and the way to the upload. `remedy`, where a page has its own one."""
    title, usual = MISSING[noun]
    blocks.empty(_(title), remedy or _(usual), icon=":material/upload_file:", buttons=_to_upload(noun))


def _to_upload(noun: str) -> list[Button]:
    if not auth.may("change"):
        return []
    return [Button(_("Upload an export"), f"upload-{noun}", ":material/upload:", leads=Place("upload"))]


def freshness() -> str:
    """The quiet line under a heading: how far the data reach, the last import, sources that are late, and that it is a demo."""
    extent, last = cached.extent(), cached.last_import()
    parts = [_("Data through {date}").format(date=date(extent.last))] if extent.last else []
    if last:
        parts.append(_("last import {at}").format(at=moment(last["at"])))
    line = " · ".join(parts)
    behind = late(extent.orders_last, extent.feedback_last)
    return line + (f" ·\u00a0{markup.attention(behind)}" if behind else "")


def late(orders: dt.date | None, feedback: dt.date | None) -> str:
    """Which of the two last days lies far behind the other; nothing when neither does."""
    if not orders or not feedback or abs((orders - feedback).days) < LATE_DAYS:
        return ""
    name, day = ("orders", orders) if orders < feedback else ("feedback", feedback)
    return _(SOURCES[name]).format(date=date(day), days=abs((orders - feedback).days))


def _first_steps() -> list[Button]:
    if not auth.may("change"):
        return []
    return [
        Button(_("Upload an export"), "first-upload", ":material/upload:", "primary", leads=Place("upload")),
        Button(_("Build the demo"), "first-demo", ":material/science:", does=_build_demo),
    ]


def _build_demo() -> None:
    bar = st.progress(0.0)
    opened = cached.access()
    job = Job(lambda progress, _stop: load(opened, progress=progress))
    while not job.ended(POLL_SECONDS):
        bar.progress(job.share, _("Building the demo data"))
    job.result()
    st.rerun()


def _back_to_data() -> list[Button]:
    if visit.locked():
        return []
    return [Button(_("Reset the filters"), "nothing-reset", ":material/restart_alt:", sets=view.reset)]


def few_text(n: int, minimum: int) -> str:
    """Why a number is withheld."""
    return _("Too few to show: {n} of {minimum}").format(n=number(n), minimum=number(minimum))


def too_few(n: int, minimum: int, why: str) -> None:
    """In the place of a chart or a table: how many there are of how many, and what to do."""
    blocks.empty(f":orange[{few_text(n, minimum)}]", why, icon=":material/hourglass_empty:")


def few_remedy() -> str:
    """What to do about too few."""
    return _("Widen the period or the filters.")


def failure(error: RapportError) -> None:
    """An error as its one sentence, in the reader's language."""
    st.error(markup.plain(told(error)), icon=":material/error:")
