"""Customers worth winning back: silent for longer than the threshold, the most valuable first."""

from data.questions.reactivation import reactivation, reactivation_size
from metrics.texts import N_
from pages.customers.churn.readings import Threshold
from pages.shared.behind import lists
from pages.shared.behind.lists import SHOWN, Who
from pages.shared.model import blocks, choices
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, date, money, ngettext, number, sentences

SILENT = {"new": N_("lapsed in this period or since"), "all": N_("all inactive customers")}


def list_section(current: View, rule: Threshold) -> None:
    """The list, how many there are in all, and what they have spent."""
    if rule.days is None:
        return
    arguments: dict[str, object] = {"hiatus_days": rule.days}
    if current.options["silent"] == "new":
        arguments["since"] = current.start
    question = current.asked(current.as_of, current.as_of)
    found = cached.table(reactivation, question, **arguments, limit=SHOWN)
    all_of_them = cached.table(reactivation_size, question, **arguments).row(0, named=True)
    who = Who(reactivation, question, arguments, all_of_them["customers"], _reason(rule))
    blocks.section(
        _title(who.n),
        _how(all_of_them, rule, current),
        table=lists.everybody(who) if who.n else None,
        file="win_back",
        headers=lists.headers(),
    )
    with choices.row():
        choices.one("silent", SILENT, _("Who is listed"))
    if not found.height:
        why = _("Nobody in this selection lapsed. Choose an earlier period, or all inactive customers.")
        blocks.empty(_("Nobody to win back here"), why, icon=":material/sentiment_satisfied:")
        return
    blocks.listing(lists.readable(found), customers=True, key="win-back", height="content")
    text = _("Shown: {shown} of {all}. The file holds all.")
    blocks.quiet(text.format(shown=number(found.height), all=number(all_of_them["customers"])))


def _reason(rule: Threshold) -> str:
    text = _("{{days}} days without an order; the threshold is {threshold}")
    return text.format(threshold=number(rule.days or 0))


def _title(customers: int) -> str:
    if not customers:
        return _("Customers to win back")
    return ngettext("{n} customer to win back", "{n} customers to win back", customers).format(n=number(customers))


def _how(all_of_them: dict, rule: Threshold, current: View) -> str:
    spent = _("Together they have brought {revenue} net.").format(
        revenue=money(all_of_them["revenue"], cached.extent().currency)
    )
    text = ngettext(
        "No order for more than {days} day as of {date}, sorted by past net revenue.",
        "No order for more than {days} days as of {date}, sorted by past net revenue.",
        rule.days or 0,
    )
    return sentences(
        text.format(
            days=number(rule.days or 0), date=date(min(current.as_of, cached.extent().orders_last or current.as_of))
        ),
        markup.plain(spent) if all_of_them["customers"] else "",
        _("Usual gap: mean days between the days with an order."),
    )
