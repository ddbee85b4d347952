"""One theme in detail: its share and score, its months and groups, quotes, and who wrote."""

from dataclasses import replace
from typing import Any

from data.questions.comments.quotes import comment_count, comments_on, quotes
from data.text.labels import label
from metrics.statistics.verdict import Verdict
from pages.feedback.comments import findings, parts
from pages.shared.behind import lists
from pages.shared.behind.lists import Who
from pages.shared.model import blocks, choices
from pages.shared.model.cards import Card
from pages.shared.readings import measures, readings
from pages.shared.screen import groups, trends
from pages.shared.screen.display import card, changed, how_to_read
from pages.shared.session import auth, cached
from pages.shared.session.view import View
from pages.shared.words.texts import WORDS, _, date, sentences, spaced

QUOTES = 6


def sections(view: View, theme: str) -> None:
    """All that is shown of one theme."""
    tone = view.options["tone"]
    arguments: dict[str, Any] = {"trade": view.options["trade"], "theme": theme, "tone": tone}
    name = findings.of_theme(theme, tone)
    share = readings.of_metric(view, "theme_share", **arguments)
    score = readings.of_metric(view, "theme_nps", **arguments)
    blocks.section(spaced(_("{theme} in detail").format(theme=findings.theme_name(theme))))
    _picker(view, theme)
    compared = view.before is not None
    of_share, of_score = card(share, compared=compared), card(score, compared=compared)
    of_share["name"], of_score["name"] = name, _("NPS of those answers")
    drawn = [_judged(of_share, tone), of_score]
    blocks.cards(drawn, key="theme-cards")
    for line in (changed(share, view) if tone in parts.BETTER else "", how_to_read(drawn)):
        blocks.quiet(line)
    measure = replace(measures.of_metric("theme_share", **arguments), name=name)
    left, right = blocks.columns(1, 1)
    with left:
        trends.section(view, measure)
    with right:
        groups.section(view, measure, title=findings.groups)
    if auth.may("comments"):
        _quotes(view, theme, arguments)
    if auth.may("customers") and auth.may("comments"):
        _who(view, arguments)


def _picker(view: View, theme: str) -> None:
    choices.listed(
        "theme", parts.themes_of(view.options["trade"]), _("Theme"), called=findings.theme_name, chosen=theme
    )


def _judged(shown: Card, tone: str) -> Card:
    """More praise is better, fewer complaints are; of all mentions a change is neither."""
    verdict = shown.get("verdict")
    if tone == "blame" or (verdict != "better" and verdict != "worse"):
        return shown
    judged = shown.copy()
    amount = shown["change"].removesuffix(_(WORDS[verdict])).rstrip()
    if tone == "any":
        judged["verdict"], judged["change"] = "changed", amount
        return judged
    other: Verdict = "worse" if verdict == "better" else "better"
    judged["verdict"], judged["change"] = other, f"{amount} {_(WORDS[other])}"
    return judged


def _quotes(view: View, theme: str, arguments: dict[str, Any]) -> None:
    """What stands for the theme, word for word."""
    search = view.options["find"].strip()
    found = cached.table(quotes, view.question, **arguments, search=search, limit=QUOTES)
    how = _(
        "Comments whose words are typical of the theme, word for word; not the newest ones. The list below holds all."
    )
    blocks.section(spaced(_("In customers’ words: {theme}").format(theme=findings.theme_name(theme))), how)
    choices.words("find", _("Search these comments"))
    if not found.height:
        blocks.empty(
            _("No such comment"),
            _("Search for other words, or choose another theme, tone or period."),
            icon=":material/chat_bubble:",
        )
        return
    places = blocks.columns(1, 1)
    for number, row in enumerate(found.iter_rows(named=True)):
        about = [
            date(row["responded_at"].date()),
            *(label(row[name]) for name in ("touchpoint", "region") if row[name]),
        ]
        with places[number % 2]:
            blocks.quote(f"{row['score']:g}", row["comment"], " · ".join(about))


def _who(view: View, arguments: dict[str, Any]) -> None:
    """Every comment on the theme, with who wrote it."""
    given = {**arguments, "search": view.options["find"].strip()}
    n = int(cached.table(comment_count, view.question, **given)["n"][0])
    lists.section(
        findings.listed(n),
        sentences(_("One row per comment, the newest first.")),
        Who(comments_on, view.question, given, n),
        file="comments",
        options=lambda: choices.definition("theme_share"),
        nobody=(_("No such comment"), _("Search for other words, or choose another theme, tone or period.")),
        shown=_("Shown: {shown} of {all} comments. The file holds all."),
    )
