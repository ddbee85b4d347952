"""The parts of the page about satisfaction and effort: how answers divide on each scale, items of questionnaires, low scores."""

import polars as pl

from data.questions.feedback import item_difference, item_scores, low_scores, score_boxes
from data.text.labels import answers, label
from metrics.feedback.satisfaction import box_shares
from metrics.statistics.verdict import confidence_of_each_pair
from metrics.texts import N_
from pages.feedback import charts as charts_feedback
from pages.feedback import findings
from pages.feedback.nps.parts import said
from pages.shared.model import blocks, charts, choices
from pages.shared.model.charts import ForestRow
from pages.shared.readings import measures, readings
from pages.shared.readings.measures import Measure
from pages.shared.readings.readings import Reading
from pages.shared.screen import states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, listed, ngettext, number, sentences, span

QUESTIONS = {"csat": N_("Satisfaction (CSAT)"), "ces": N_("Effort (CES)")}
MEASURES = {"csat": measures.CSAT, "ces": measures.CES}
SCALES_SHOWN, ITEMS_SHOWN, COMMENTS_SHOWN, MOST_LOW = 2, 12, 8, 2_000
LOW = {
    "csat": N_(
        "The bottom two boxes of the scale, such as 1–2 of 1–5. The newest with a comment come first; the list below has all of them."
    ),
    "ces": N_("Answers of 1 to 3 on 1–7. The newest with a comment come first; the list below has all of them."),
}
COLOURS = {
    "csat": N_("Answers by score; coloured: the top two boxes of the scale, and the bottom two."),
    "ces": N_("Answers by score; coloured: 5–7 found it easy, 1–3 found it hard."),
}


def asked() -> list[str]:
    """Which of the two questions the data hold answers to, whatever the period."""
    return [survey for survey in QUESTIONS if not states.missing(survey)]


def chosen(view: View) -> str:
    """The question that the sections are about: the view's, or the only one there is."""
    known = asked()
    return view.options["about"] if view.options["about"] in known else known[0]


def options() -> None:
    """The choice of the question, where there are two."""
    if len(asked()) == len(QUESTIONS):
        with choices.row():
            choices.one("about", QUESTIONS, _("Question"))


def measure(view: View) -> Measure:
    """The measure of the question that is chosen."""
    return MEASURES[chosen(view)]


def numbers(view: View) -> list[Reading]:
    """Both readings, that of the chosen question first."""
    both = {"csat": readings.csat, "ces": readings.ces}
    first = chosen(view)
    return [both[survey](view) for survey in sorted(both, key=lambda survey: survey != first)]


def finding(reading: Reading, *, compared: bool) -> str:
    """The title of the page."""
    title = {"csat": findings.csat, "ces": findings.ces}
    return title[reading.metric](reading, compared=compared)


def no_question() -> None:
    """Neither question was asked: what there is instead, and what to upload."""
    only_nps = not states.missing("answers")
    blocks.heading(
        _("No answers about satisfaction or effort yet"),
        _("The answers in the data are about recommending only; the page NPS shows them.")
        if only_nps
        else states.freshness(),
        states.freshness() if only_nps else "",
    )
    for column, survey in zip(blocks.columns(1, 1), QUESTIONS, strict=True):
        with column:
            states.no_source(survey)


def distribution_section(view: View) -> None:
    """How many gave each score, on each of the scales with most answers, with the mean."""
    survey = chosen(view)
    boxes = cached.table(score_boxes, view.question, survey=survey)
    means = cached.answer("score_mean", view.question, survey=survey)
    scales = boxes.select("scale_low", "scale_high").unique(maintain_order=True)
    if not scales.height:
        blocks.section(_("No answers in this period"))
        return
    for place, scale in enumerate(scales.head(SCALES_SHOWN).iter_rows()):
        rows = boxes.filter(pl.col("scale_low") == scale[0], pl.col("scale_high") == scale[1])
        note = sentences(_mean(means, *scale), _(COLOURS[survey]))
        divided = box_shares(rows, minimum=MEASURES[survey].minimum)
        title = findings.boxes(divided.row(0, named=True), survey)
        blocks.section(title, note, table=rows, file=f"{survey}_scores_{place + 1}")
        named = rows.with_columns(name=pl.Series(_names(rows)))
        read = [f"{row['name']}: {answers(row['answers'])}" for row in named.iter_rows(named=True)]
        figure = charts_feedback.boxes(named.with_columns(read=pl.Series(read)))
        blocks.chart(figure, key=f"boxes-{place}", alt=f"{title}. {listed(read)}")
    if scales.height > SCALES_SHOWN:
        more = scales.height - SCALES_SHOWN
        blocks.quiet(
            ngettext("{n} further scale has fewer answers.", "{n} further scales have fewer answers.", more).format(
                n=more
            )
        )


def _mean(means: pl.DataFrame, low: float, high: float) -> str:
    scale = f"{low:g}–{high:g}"
    row = means.filter(pl.col("scale_low") == low, pl.col("scale_high") == high).row(0, named=True)
    if row["mean"] is None:
        return _("Scale {scale}, {answers}.").format(scale=scale, answers=answers(row["n"]))
    return _("Mean {mean} ({span}) on {scale}, {answers}.").format(
        mean=number(row["mean"], 2), span=span(row["low"], row["high"], 2), scale=scale, answers=answers(row["n"])
    )


def _names(rows: pl.DataFrame) -> list[str]:
    """What the boxes are called on the axis: the score, or both ends of a tenth."""
    return [
        f"{low:g}" if low == high else f"{low:g}–{high:g}"
        for low, high in rows.select("box_from", "box_to").iter_rows()
    ]


def items_section(view: View) -> None:
    """The items of questionnaires, each by the top two boxes of its scale; nothing where there are none."""
    rows = cached.table(item_scores, view.question)
    if not rows.height:
        return
    ranked = rows.drop_nulls("csat").sort("csat", descending=True)
    low = None
    if ranked.height > 1:
        best, worst = ranked["item"][0], ranked["item"][-1]
        confidence = confidence_of_each_pair(ranked.height)
        apart = cached.table(item_difference, view.question, one=best, other=worst, confidence=confidence)
        low = apart["low"][0]
    shown = both_ends(ranked)
    note = sentences(
        _("Questionnaire items: share of answers in the top two boxes, with 95% interval, and the mean."),
        _("The highest and the lowest: {shown} of {known} items.").format(shown=shown.height, known=ranked.height)
        if shown.height < ranked.height
        else "",
    )
    blocks.section(findings.items(ranked, low), note, table=rows, file="items", metric="csat")
    if shown.height:
        lines = [_item(row) for row in shown.iter_rows(named=True)]
        alt = listed([f"{line.name}: {line.shown}" for line in lines])
        blocks.chart(charts.forest(lines, change=False, unit="%"), key="items", alt=alt)
    _quiet_items(rows.filter(pl.col("csat").is_null()))


def both_ends(ranked: pl.DataFrame) -> pl.DataFrame:
    """The items that are drawn: all, or as many from the top as from the bottom, so that the title's two are among them."""
    if ranked.height <= ITEMS_SHOWN:
        return ranked
    return pl.concat([ranked.head(ITEMS_SHOWN // 2), ranked.tail(ITEMS_SHOWN // 2)])


def _quiet_items(few: pl.DataFrame) -> None:
    """Items with too few answers, those with most first."""
    for row in few.sort("n", descending=True, maintain_order=True).head(ITEMS_SHOWN).iter_rows(named=True):
        reason = states.few_text(row["n"], measures.CSAT.minimum)
        blocks.quiet(f"{markup.plain(label(row['item']))} · {markup.attention(reason, '')}")
    if few.height > ITEMS_SHOWN:
        more = few.height - ITEMS_SHOWN
        text = ngettext("{n} further item has too few answers.", "{n} further items have too few answers.", more)
        blocks.quiet(text.format(n=more))


def _item(row: dict) -> ForestRow:
    mean = _("mean {mean}").format(mean=number(row["mean"], 2)) if row["mean"] is not None else ""
    word = " ".join(f"· {part}" for part in (mean, answers(row["n"])) if part)
    value, low, high = (measures.CSAT.scaled(row[name]) for name in ("csat", "low", "high"))
    return ForestRow(label(row["item"]), value, low, high, "none", measures.CSAT.shown(row["csat"]), word, row["item"])


def low_section(view: View) -> None:
    """The low scores, newest first, with what was written and by whom."""
    survey = chosen(view)
    found = cached.table(low_scores, view.question, survey=survey, limit=MOST_LOW)
    commented = found.filter(pl.col("comment").str.len_chars() > 0)
    title = findings.low_scores(found.height, commented.height)
    blocks.section(title, _(LOW[survey]), table=found if found.height else None, file=f"{survey}_low_scores")
    if found.height == MOST_LOW:
        blocks.quiet(
            _("Only the newest {n} low scores are counted here. Choose a shorter period to see all.").format(
                n=number(MOST_LOW)
            )
        )
    if commented.height:
        said(commented.head(COMMENTS_SHOWN).to_dicts())
    if found.height:
        known = "customer_id" in found.columns
        name = _("All low scores, with their customers") if known else _("All low scores")
        with blocks.fold(name, opened=not commented.height):
            blocks.listing(_listed(found))


def _listed(found: pl.DataFrame) -> pl.DataFrame:
    """The low scores as people read them."""
    names = [_("Date"), _("Score"), _("Touchpoint"), _("Comment")]
    names += [_("Customer")] if "customer_id" in found.columns else []
    rows = [
        (
            row["responded_at"].date().isoformat(),
            f"{row['score']:g} / {row['scale_low']:g}–{row['scale_high']:g}",
            label(row["touchpoint"]) if row["touchpoint"] else None,
            row["comment"] or None,
            *([row["customer_id"]] if "customer_id" in row else []),
        )
        for row in found.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
