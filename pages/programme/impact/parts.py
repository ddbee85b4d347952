"""The parts of the page Impact: which event, the effect, what speaks against it, and month by month."""

from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl

from data.questions.impact import FEWEST_MONTHS, LEAST_WEIGHT, events, impact
from metrics.engine.reduce import unfolded
from metrics.statistics.verdict import Verdict
from metrics.texts import N_
from pages.programme.impact import findings
from pages.shared.model import blocks, charts, choices
from pages.shared.model.charts import ForestRow, Line
from pages.shared.model.parts import Button, Place
from pages.shared.readings.findings import first_up
from pages.shared.session import auth, cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, date, listed, money, month, number, sentences, signed, span
from pages.shared.words.whom import whom

NUMBERS = {"nps": N_("NPS"), "csat": N_("CSAT"), "order_value": N_("order value")}
NEWEST = "newest"


@dataclass(frozen=True)
class Look:
    """The event, the number, and what is known of it."""

    event: dict
    number: str
    stores: tuple[str, ...]
    answer: pl.DataFrame

    @property
    def row(self) -> dict:
        return self.answer.drop("study").row(0, named=True)


def known_events(view: View) -> pl.DataFrame:
    """What has happened up to the view's day, the newest first."""
    return cached.table(events, view.question)


def look(view: View, known: pl.DataFrame) -> Look:
    """The event of the view, else the newest that some of the stores alone had, else the newest."""
    rows = known.to_dicts()
    asked = [row for row in rows if row["code"] == view.options["event"]]
    event = next(iter([*asked, *(row for row in rows if row["stores"]), *rows]))
    stores = tuple(name.strip() for name in (event["stores"] or "").split(";") if name.strip())
    chosen = view.options["effect_on"]
    question = view.asked(view.as_of, view.as_of)
    answer = cached.table(impact, question, number=chosen, begins_on=event["starts_on"], stores=stores)
    return Look(event, chosen, stores, answer)


def no_events() -> None:
    """What to upload."""
    leads = [Button(_("Upload an export"), "upload-events", ":material/upload:", leads=Place("upload"))]
    blocks.empty(
        _("No events yet"),
        _("Upload trainings, campaigns and changes with their date and, where they were not everywhere, their stores."),
        icon=":material/event:",
        buttons=leads if auth.may("change") else [],
    )


def options(seen: Look, known: pl.DataFrame) -> None:
    """Which event, and which number."""
    names = {row["code"]: f"{row['name']} · {date(row['starts_on'])}" for row in known.to_dicts()}
    with choices.row():
        choices.listed("event", list(names), _("Event"), called=names.__getitem__, chosen=seen.event["code"])
        choices.one("effect_on", {code: first_up(_(name)) for code, name in NUMBERS.items()}, _("Number"))


def finding(seen: Look) -> str:
    """The title of the page."""
    row = seen.row
    value = _amount(seen, abs(row["value"])) if row["value"] is not None else ""
    return findings.impact(row, seen.event["name"], _(NUMBERS[seen.number]), value)


def shown(view: View, seen: Look) -> str:
    """Who, since when, against whom."""
    row = seen.row
    if row["first"] is None or not seen.stores:
        return first_up(
            _("{who}, event of **{date}**.").format(who=whom(view.whom), date=date(seen.event["starts_on"]))
        )
    text = _("{who}: **{treated} stores** against {others} others, {first} to {last}, event of **{date}**.")
    told = text.format(
        who=whom(view.whom), treated=row["treated"], others=row["others"], first=month(row["first"]),
        last=month(row["last"]), date=date(seen.event["starts_on"]),
    )  # fmt: skip
    return first_up(told)


def compares(seen: Look) -> bool:
    """Whether there is an effect to show."""
    return bool(seen.row["state"] == "ok")


def no_comparison(seen: Look) -> None:
    """Why nothing can be said, and which design would let it be."""
    row = seen.row
    if row["state"] == "too_short":
        why = _("It takes {least} whole months on either side; there are {before} before and {after} after.")
        told = why.format(least=FEWEST_MONTHS, before=row["months_before"], after=row["months_after"])
        blocks.empty(_("Not observable yet"), told, icon=":material/hourglass_empty:")
        return
    if row["state"] == "too_few":
        told = _("It takes {least} on either side before and after: choose another number, or reset the filters.")
        blocks.empty(
            _("Too few to compare"), told.format(least=number(LEAST_WEIGHT)), icon=":material/hourglass_empty:"
        )
        return
    half = (row["treated"] + row["others"]) // 2
    advice = _("Next time begin in {half} of {all} stores, drawn by lot, and let the others follow later.")
    least = _("So many would show an effect of {least} in four of five cases.")
    told = sentences(
        _("Every store was affected at once, so that nobody can tell the event from the time.")
        if row["state"] == "everywhere"
        else _("The names of its stores are not those of the answers or orders."),
        advice.format(half=half, all=row["treated"] + row["others"]),
        least.format(least=_amount(seen, row["design"])) if row["design"] is not None else "",
    )
    blocks.empty(_("No comparison"), markup.plain(told), icon=":material/compare_arrows:")


def effect_section(seen: Look) -> None:
    """The effect with its interval, and how sure it is."""
    row = seen.row
    p = _("Of {n} ways to choose as many stores, {share} show an effect as large (p = {p}).")
    least = _("The smallest effect that would have been seen in four of five cases: {least}.")
    how = sentences(
        _("Change at its stores less change at the others, with 95% interval."),
        p.format(n=number(row["assignments"]), share=number(row["p"] * row["assignments"]), p=number(row["p"], 3)),
        least.format(least=_amount(seen, row["least"])),
    )
    blocks.section(_("Effect at its stores"), how, table=seen.answer.drop("study"), file="impact")
    if row["low"] is None or row["high"] is None:
        blocks.quiet(_("So few stores leave the size of the effect open."))
        return
    lines = [("effect", _("Effect"), row["value"], row["low"], row["high"])]
    blocks.chart(_forest(seen, lines), key="impact", alt=finding(seen))
    blocks.quiet(_("Other causes that struck these stores alone, and at that time, would look the same."))


def doubts_section(seen: Look) -> None:
    """What the months before say: a drift apart, and a date at which nothing happened."""
    row = seen.row
    how = _("From the months before the event alone; both should lie around 0.")
    blocks.section(findings.doubts(row), how)
    lines = [
        ("trend", _("Drift apart, per month"), row["trend"], row["trend_low"], row["trend_high"]),
        ("placebo", _("Effect of a date at which nothing happened"), row["placebo"], row["placebo_low"], row["placebo_high"]),
    ]  # fmt: skip
    alt = listed([f"{name}: {_amount(seen, value, sign=True)}" for _code, name, value, _low, _high in lines])
    blocks.chart(_forest(seen, lines), key="impact-doubts", alt=alt)


def study_section(seen: Look) -> None:
    """Month by month, against the last one before the event."""
    table = unfolded(seen.answer, "study")
    how = _(
        "Its stores minus the others in each month, less what that was in the last month before; with 95% interval."
    )
    blocks.section(_("Month by month"), how, table=table, file="impact_months")
    months = [month(day) for day in table["month"]]
    line = Line(
        _("Difference"), months, table["value"].to_list(), table["low"].to_list(), table["high"].to_list(),
        shown=[_amount(seen, value, sign=True) for value in table["value"]],
    )  # fmt: skip
    last = f"{months[-1]}: {_amount(seen, table['value'][-1], sign=True)}" if months else ""
    blocks.chart(charts.trend(line, None), key="impact-months", alt=f"{_('Month by month')}. {last}")


def _forest(seen: Look, lines: list[tuple[str, str, float, float, float]]) -> go.Figure:
    rows = [
        ForestRow(name, value, low, high, _verdict(low, high), _amount(seen, value, sign=True), f"({span(low, high, sign=True)})", code)
        for code, name, value, low, high in lines
    ]  # fmt: skip
    return charts.forest(rows)


def _verdict(low: float, high: float) -> Verdict:
    return "better" if low > 0 else "worse" if high < 0 else "none"


def _amount(seen: Look, value: float, *, sign: bool = False) -> str:
    if seen.number == "order_value":
        return money(value, cached.extent().currency)
    return signed(value) if sign else number(value, 1)
