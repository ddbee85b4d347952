"""The parts of the page Worklist: what is asked, the list itself, and how many stand on it for which reason."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from data.people import campaigns
from data.people.campaigns import Campaign
from data.questions.ask import Question
from data.questions.worklist.listed import worklist_summary
from data.text.labels import customers, label
from metrics.engine.reduce import unfolded
from pages.customers.worklist import wording
from pages.customers.worklist.entry import EVERY
from pages.shared.model import blocks, charts, choices
from pages.shared.model.charts import ForestRow
from pages.shared.readings.findings import first_up
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.axes import money_axis
from pages.shared.words.texts import _, date, listed, money, ngettext, number, percent, sentences
from pages.shared.words.whom import whom

SHOWN = 20
USUAL_DAYS = 90  # of silence, where the data do not tell when a customer is gone
SIZES = ("20", "100", "500", "2000")


@dataclass(frozen=True)
class Look:
    """What the page rests on: the question, its arguments, the answer, and the campaign that runs."""

    question: Question
    hiatus_days: int
    reason: str
    size: int
    share: float
    lasting: int
    campaign: Campaign | None
    summary: pl.DataFrame

    @property
    def as_of(self) -> dt.date:
        found: dt.date = self.summary["as_of"][0]
        return found

    @property
    def rows(self) -> pl.DataFrame:
        return unfolded(self.summary, "rows")

    @property
    def counts(self) -> dict[str, dict]:
        """Per reason: customers, stake."""
        return {row["reason"]: row for row in unfolded(self.summary, "counts").iter_rows(named=True)}

    @property
    def n(self) -> int:
        """Customers on the list that is chosen."""
        return int(self.counts[self.reason]["customers"] if self.reason else self.summary["customers"][0])

    @property
    def arguments(self) -> dict[str, object]:
        """Those of `data.questions.worklist.listed.worklist`."""
        return {"hiatus_days": self.hiatus_days, "reason": self.reason, "limit": self.size}


def look(view: View) -> Look:
    """The list as of the view's day."""
    question = view.asked(view.as_of, view.as_of)
    everybody = Question(view.as_of, view.as_of, view.as_of)
    days = cached.answer("hiatus", everybody)["hiatus_days"].item() or USUAL_DAYS
    reason = "" if view.options["reason"] == EVERY else view.options["reason"]
    running = campaigns.running(cached.access().beside("customers"), view.as_of)
    number_of = running.id if running else 0
    size = int(view.options["size"])
    summary = cached.table(
        worklist_summary, question, hiatus_days=days, reason=reason, limit=SHOWN, campaign=number_of
    )  # fmt: skip
    share, lasting = int(view.options["hold"]) / 100, int(view.options["lasting"])
    return Look(question, days, reason, size, share, lasting, running, summary)


def finding(seen: Look) -> str:
    """The title of the page."""
    if not seen.n:
        return _("Nobody to contact this week")
    return ngettext("{n} customer to contact this week", "{n} customers to contact this week", seen.n).format(
        n=number(seen.n)
    )


def shown(view: View, seen: Look) -> str:
    """Who, and on which day."""
    text = _("{who}, as of **{date}**. Whoever comes back drops out of the list.")
    return first_up(text.format(who=whom(view.whom), date=date(seen.as_of)))


def options(seen: Look) -> None:
    """Which reason, and how many a file holds."""
    with choices.row():
        codes = {EVERY: _("All reasons"), **{code: _(name) for code, name in wording.REASONS.items()}}
        choices.listed("reason", list(codes), _("Reason"), called=codes.__getitem__, chosen=seen.reason or EVERY)
        sizes = {size: _("The first {n}").format(n=number(int(size))) for size in SIZES}
        choices.listed("size", SIZES, _("How many"), called=sizes.__getitem__, chosen=str(seen.size))


def list_section(seen: Look) -> None:
    """The first of the list."""
    how = sentences(
        _("One row per customer, from what is most at stake on."),
        _("At stake: how much likelier an order within a year becomes by one today, times what is then expected."),
        _reading(seen),
    )  # fmt: skip
    blocks.section(_title(seen), how)
    if not seen.n:
        blocks.empty(
            _("Nobody meets this rule here"),
            _("Choose another reason, or reset the filters."),
            icon=":material/sentiment_satisfied:",
        )
        return
    currency = cached.extent().currency
    rows = wording.readable(seen.rows, currency).drop("orders", "revenue", "also")
    absent = [name for name in wording.OF_DATA if not cached.values(name)]
    blocks.listing(wording.named(rows.drop(absent), currency), customers=True, key="worklist", height="content")
    text = _("Shown: {shown} of {all}. A file holds the first {size}.")
    blocks.quiet(text.format(shown=number(rows.height), all=number(seen.n), size=number(min(seen.size, seen.n))))


def _title(seen: Look) -> str:
    if not seen.reason:
        return _("Who is first to be contacted")
    return _("{reason}: who is first to be contacted").format(reason=_(wording.REASONS[seen.reason]))


def _reading(seen: Look) -> str:
    """By which thresholds tiers are about to be lost or reached."""
    steps = unfolded(seen.summary, "steps").filter(pl.col("threshold") > 0)
    agreement = seen.summary["agreement"][0]
    if not steps.height or agreement is None:
        return ""
    names = [f"{label(tier)} {money(least, cached.extent().currency)}" for tier, least in steps.iter_rows()]
    text = _("Tiers by net spend of twelve calendar months, as {share} of members stand: {steps}.")
    return markup.plain(text.format(share=percent(agreement, 0), steps=listed(names)))


def reasons_section(seen: Look) -> None:
    """How many customers meet each rule, and what is at stake with them."""
    table = unfolded(seen.summary, "counts")
    known = [row for row in table.iter_rows(named=True) if row["customers"]]
    currency = cached.extent().currency
    how = sentences(
        _("What is at stake in total, by reason; who has several reasons counts in each.")
        if any(row["stake"] is not None for row in known)
        else _(
            "Customers by reason; who has several reasons counts in each. What is at stake is not known without a forecast."
        ),
        _("Nobody who is held out of the running campaign is among them.") if seen.campaign else "",
    )
    blocks.section(_("Customers on the list, by reason"), how, table=table, file="worklist_reasons")
    if not known:
        blocks.quiet(_("Nobody meets a rule."))
        return
    at_stake = any(row["stake"] is not None for row in known)
    of = "stake" if at_stake else "customers"
    known.sort(key=lambda row: -(row[of] or 0))
    lines = [
        ForestRow(
            _(wording.REASONS[row["reason"]]), row[of] or 0, 0.0, row[of] or 0, "none",
            "" if not at_stake else "—" if row["stake"] is None else money(row["stake"], currency),
            f"· {customers(row['customers'])}" if at_stake else customers(row["customers"]), row["reason"],
        )
        for row in known
    ]  # fmt: skip
    top = max(line.high for line in lines)
    ticks = money_axis(top, currency) if at_stake else money_axis(top, None)
    alt = listed([f"{line.name}: {line.shown}" for line in lines])
    blocks.chart(charts.forest(lines, change=False, bars=True, ticks=ticks), key="worklist-reasons", alt=alt)
    blocks.quiet(_rules(seen))


def _rules(seen: Look) -> str:
    """The rules in words, each with its numbers."""
    lapse = _("About to lapse: silent for longer than four fifths of the customer’s own gaps, up to {days} days.")
    quiet = _("Valuable and quiet: the upper fifth by revenue of twelve months, silent for more than {days} days.")
    return sentences(
        lapse.format(days=seen.hiatus_days),
        quiet.format(days=seen.hiatus_days),
        _("Low score: within 30 days."),
        _("Next tier: no further off than the customer’s usual order."),
    )
