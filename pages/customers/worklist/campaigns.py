"""The parts of the page Worklist about campaigns: the files, who is held out of them, and what contacting the others has changed."""

from functools import partial

import polars as pl

from data.people import campaigns
from data.people.access import Access
from data.questions.worklist.contacts import contacts
from data.questions.worklist.held_out import lift
from data.questions.worklist.listed import worklist
from data.text.labels import customers
from metrics.texts import N_
from pages.customers.worklist.formats import FORMATS, Format
from pages.customers.worklist.parts import Look
from pages.customers.worklist.wording import readable
from pages.shared.model import blocks, choices
from pages.shared.model.parts import Button, File
from pages.shared.screen import states
from pages.shared.session import cached, visit
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, date, money, number, percent, sentences, signed, spaced, span

MINIMUM = 30  # people in either arm
SHARES = {
    "10": N_("one in ten held out"),
    "5": N_("one in twenty held out"),
    "20": N_("one in five held out"),
    "0": N_("nobody held out"),
}
LASTING = {"30": N_("for 30 days"), "90": N_("for 90 days"), "180": N_("for 180 days")}
LIFTS = {
    "more": N_("Contacted customers ordered more than those held out: {lift} orders each"),
    "less": N_("Contacted customers ordered less than those held out: {lift} orders each"),
    "none": N_("No clear difference between contacted customers and those held out"),
}
NUMBERS = {"orders": N_("Orders per customer"), "revenue": N_("Net revenue per customer")}


def files(seen: Look) -> None:
    """The list as files; each draws who is held out of it."""
    if not seen.n or visit.locked():
        return
    version = cached.version()
    blocks.files(
        [
            File(_(form.name), f"worklist_{code}", form.kind, partial(export, seen, version, code), first=code == "excel")
            for code, form in FORMATS.items()
        ]
    )  # fmt: skip
    running = seen.campaign
    if running is None:
        with choices.row():
            choices.one("hold", SHARES, _("Held out"))
            choices.one("lasting", LASTING, _("How long"))
        blocks.quiet(
            sentences(
                _("A file leaves out a random part of the list, who are then held out of every list for that time."),
                _("Only so can it be told what contacting the others changes."),
            )
        )
        return
    text = _("A campaign runs from {begin} to {end}: {share} are held out of every list.")
    blocks.quiet(text.format(begin=date(running.begins_on), end=date(running.ends_on), share=percent(running.share, 0)))
    end = partial(campaigns.end, cached.access().beside("customers"), running.id, cached.access().person.who)
    blocks.button(Button(_("End the campaign"), "end-campaign", ":material/stop_circle:", "tertiary", sets=end))


def export(seen: Look, version: int, code: str, access: Access) -> bytes:
    """The bytes of a file, once the lot is drawn and written down."""
    form: Format = FORMATS[code]
    found = access.table(version, worklist, seen.question, **seen.arguments)
    store = access.beside("customers")
    ways = access.table(version, contacts, seen.question, customers=tuple(found["customer_id"]))
    reached = found.join(ways, on="customer_id", how="left", maintain_order="left")
    if form.reaches:  # who cannot be reached is in no arm
        reached = reached.filter(pl.col(form.reaches).is_not_null())
    taken = campaigns.take(
        store, reached["customer_id"].to_list(), on=seen.as_of, share=seen.share, days=seen.lasting,
        what=f"worklist_{code}", who=access.person.who,
    )  # fmt: skip
    kept = reached.filter(pl.col("customer_id").is_in(list(taken.customers)))
    currency = cached.extent().currency
    rows = readable(kept, currency).with_columns(
        email=kept["email"], phone=kept["phone"], code=kept["reason"], tier_code=kept["tier"]
    )
    return form.write(rows, currency)


def lift_section(view: View) -> None:
    """What the newest campaign has changed so far."""
    known = campaigns.listing(cached.access().beside("customers"))
    if not known.height:
        blocks.section(_("What contacting customers changes is not known yet"))
        blocks.quiet(_("Take a list away with a part of it held out; later orders tell the difference."))
        return
    newest = known.row(0, named=True)
    listed = newest["contacted"] + newest["held_out"]
    question = view.asked(view.as_of, view.as_of)
    rows = cached.table(lift, question, campaign=newest["id"], listed=listed)
    first = rows.row(0, named=True)
    blocks.section(_lift_title(first), _lift_how(newest, first), table=rows, file="worklist_lift")
    if min(first["contacted"], first["held_out"]) < MINIMUM:
        few = states.few_text(min(first["contacted"], first["held_out"]), MINIMUM)
        blocks.quiet(sentences(markup.attention(few, ""), _("Either arm needs so many customers.")))
        return
    blocks.lines(pl.DataFrame([_line(row) for row in rows.iter_rows(named=True)]))


def _lift_title(row: dict) -> str:
    if row["low"] is None:
        return _("Too few customers to tell what contacting them changes")
    kind = "more" if row["low"] > 0 else "less" if row["high"] < 0 else "none"
    return spaced(_(LIFTS[kind]).format(lift=signed(row["lift"], 2)))


def _lift_how(campaign: dict, row: dict) -> str:
    since = _("Since the list of {begin}, up to 90 days; less what both differed in during the year before.")
    arms = _("{contacted} contacted, {held} held out by lot.")
    return sentences(
        since.format(begin=date(campaign["begins_on"])),
        arms.format(contacted=customers(row["contacted"]), held=number(row["held_out"])),
    )


def _line(row: dict) -> dict[str, str]:
    currency = cached.extent().currency

    def shown(value: float | None, *, sign: bool = False) -> str:
        if value is None:
            return "—"
        if row["number"] == "revenue":
            return money(value, currency)
        return signed(value, 2) if sign else number(value, 2)

    digits = 0 if row["number"] == "revenue" else 2
    reach = "—" if row["low"] is None else span(row["low"], row["high"], digits, sign=True)
    return {
        _("Number"): _(NUMBERS[row["number"]]),
        _("Contacted"): shown(row["mean_contacted"]),
        _("Held out"): shown(row["mean_held_out"]),
        _("Difference"): shown(row["lift"], sign=True),
        _("95% interval"): reach,
        _("Smallest that would have been seen"): shown(row["least"]),
    }
