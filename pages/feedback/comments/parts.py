"""The parts of the page Comments about all themes: their shares, changes, scores, and the words that no theme covers."""

import datetime as dt

import polars as pl

from data.comments.lexicon import themes as themes_of
from data.comments.names import TONES, TRADES
from data.questions.ask import Question
from data.questions.comments.quotes import KINDS, further_words, theme_by_score, theme_table
from data.text.labels import comments as comments_text
from metrics.engine.reduce import most
from metrics.statistics.verdict import Verdict, verdict
from metrics.texts import N_
from pages.feedback.comments import findings
from pages.shared.model import blocks, charts, choices
from pages.shared.model.charts import ForestRow
from pages.shared.model.parts import Mark, Place
from pages.shared.screen import states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words.texts import WORDS, _, listed, number, percent, period, sentences, signed, span

SCORES = {"promoter": N_("Promoters"), "passive": N_("Passives"), "detractor": N_("Detractors")}
HOW = {
    "blame": N_("Share of comments that blame the theme, with 95% interval. A comment can name several themes."),
    "praise": N_("Share of comments that praise the theme, with 95% interval. A comment can name several themes."),
    "any": N_("Share of comments that name the theme, with 95% interval. A comment can name several themes."),
}
MINIMUM = 30
BETTER = {"blame": False, "praise": True}  # whether more of it is better; of all mentions it is neither


def asked(view: View) -> dict[str, object]:
    """What the tables of the page are asked: the trade and the tone."""
    return {"trade": view.options["trade"], "tone": view.options["tone"]}


def themes(view: View) -> pl.DataFrame:
    """All themes of the trade, with their changes where there is a period to compare with."""
    before = _dates(view.before) if view.before else None
    return cached.table(theme_table, view.question, **asked(view), before=before)


def _dates(question: Question) -> tuple[dt.date, dt.date]:
    return question.start, question.end


def comments(rows: pl.DataFrame) -> str:
    """How many comments there are."""
    return comments_text(most(rows["n"]))


def chosen(view: View, rows: pl.DataFrame) -> str:
    """The theme of the address, where the trade has it; else the most frequent one."""
    wanted = view.options["theme"]
    if wanted in themes_of(view.options["trade"]):
        return wanted
    first: str = rows.sort("theme_share", "named", descending=True, nulls_last=True, maintain_order=True)["theme"][0]
    return first


def options() -> None:
    """The trade whose words are looked for, and complaints or praise."""
    with choices.row():
        choices.one("tone", TONES, _("Tone"))
        choices.one("trade", TRADES, _("Trade"))


def themes_section(view: View, rows: pl.DataFrame) -> None:
    """The themes from the most frequent down; a click shows one below."""
    known = rows.drop_nulls("theme_share").sort("theme_share", descending=True, maintain_order=True)
    blocks.section(_("Themes by share of comments"), _(HOW[view.options["tone"]]))
    if not known.height:
        states.too_few(most(rows["n"]), MINIMUM, states.few_remedy())
        return
    lines = [
        ForestRow(
            findings.theme_name(row["theme"]), 100 * row["theme_share"], 100 * row["low"], 100 * row["high"], "none",
            percent(row["theme_share"]), "", row["theme"],
        )
        for row in known.iter_rows(named=True)
    ]  # fmt: skip
    marks = [Mark(line.id, f"{line.name}: {line.shown}", Place(codes={"theme": line.id})) for line in lines]
    alt = listed([f"{line.name}: {line.shown}" for line in lines])
    blocks.chart(charts.forest(lines, change=False, unit="%"), key="themes", alt=alt, marks=marks)
    blocks.quiet("", hint=_("Click a theme to see it in detail below."))


def changes_section(view: View, rows: pl.DataFrame) -> None:
    """How the share of each theme changed against the period compared with."""
    known = rows.drop_nulls("change").sort("change", descending=True, maintain_order=True)
    if view.before is None:
        blocks.section(_("How the themes changed"), _("No period to compare with is chosen."))
        return
    how = sentences(
        _("Change of the share in percentage points; intervals so wide that all of them hold together in 95%."),
        _("Against {dates}.").format(dates=_period(view.before)),
    )
    blocks.section(_changed(known), how)
    if not known.height:
        blocks.empty(_("Too few comments to tell changes"), states.few_remedy(), icon=":material/hourglass_empty:")
        return
    lines = [_change(row, view.options["tone"]) for row in known.iter_rows(named=True)]
    alt = listed([f"{line.name}: {line.shown} {line.word}" for line in lines])
    blocks.chart(charts.forest(lines), key="theme-changes", alt=alt)


def _period(question: Question) -> str:
    return period(question.start, question.end)


def _changed(known: pl.DataFrame) -> str:
    moved = known.filter((pl.col("change_low") > 0) | (pl.col("change_high") < 0)).height
    if not known.height:
        return _("How the themes changed")
    if not moved:
        return _("No theme clearly changed")
    return _("{n} of {all} themes clearly changed").format(n=moved, all=known.height)


def _change(row: dict, tone: str) -> ForestRow:
    kind: Verdict = verdict(row["change_low"], row["change_high"], BETTER.get(tone, False))
    word = _(WORDS[kind]) if tone in BETTER or kind == "none" else ""
    value, low, high = (100 * row[name] for name in ("change", "change_low", "change_high"))
    return ForestRow(
        findings.theme_name(row["theme"]), value, low, high, kind if tone in BETTER else "none", signed(value), word, row["theme"]
    )  # fmt: skip


def table_section(rows: pl.DataFrame) -> None:
    """All themes as a table: comments, share, NPS of those who name them, change."""
    how = _(
        "NPS is that of the answers whose comment is counted here. Who writes is not everybody, so it says what goes along with a theme."
    )
    blocks.section(_("All themes"), how, table=rows, file="all_themes", metric="theme_share")
    ranked = rows.sort("theme_share", descending=True, nulls_last=True, maintain_order=True)
    blocks.lines(
        pl.DataFrame(
            {
                _("Theme"): [findings.theme_name(theme) for theme in ranked["theme"]],
                _("Named"): [number(n) for n in ranked["named"]],
                _("Praised"): [number(n) for n in ranked["praised"]],
                _("Blamed"): [number(n) for n in ranked["blamed"]],
                _("Share of comments"): [
                    _ended(row, "theme_share", "low", "high") for row in ranked.iter_rows(named=True)
                ],
                _("NPS"): [_score(row) for row in ranked.iter_rows(named=True)],
                _("Change, pts"): [_moved(row) for row in ranked.iter_rows(named=True)],
            }
        )
    )


def _ended(row: dict, value: str, low: str, high: str) -> str:
    if row[value] is None:
        return "—"
    return _("{value} ({interval})").format(
        value=percent(row[value]), interval=span(100 * row[low], 100 * row[high])
    )  # fmt: skip


def _score(row: dict) -> str:
    if row["nps"] is None:
        return _("— (n {n})").format(n=number(row["nps_n"]))
    value = _("{value} ({interval})").format(
        value=number(row["nps"], 1), interval=span(row["nps_low"], row["nps_high"])
    )
    return _("{value}, n {n}").format(value=value, n=number(row["nps_n"]))


def _moved(row: dict) -> str:
    if row["change"] is None:
        return "—"
    return _("{value} ({interval})").format(
        value=signed(100 * row["change"]), interval=span(100 * row["change_low"], 100 * row["change_high"], sign=True)
    )


def score_section(view: View) -> None:
    """How often promoters, passives and detractors name each theme."""
    rows = cached.table(theme_by_score, view.question, **asked(view))
    how = _("Share of the comments of promoters (9–10), passives (7–8) and detractors (0–6), with 95% interval.")
    blocks.section(findings.by_score(rows), how, table=rows, file="themes_by_score", metric="theme_share")
    cells = {(row["theme"], row["kind"]): row for row in rows.iter_rows(named=True)}
    shown = themes_of(view.options["trade"])
    nothing = dict.fromkeys(("theme_share", "low", "high"))
    columns = {
        _(SCORES[kind]): [_ended(cells.get((theme, kind), nothing), "theme_share", "low", "high") for theme in shown]
        for kind in KINDS
    }
    blocks.lines(pl.DataFrame({_("Theme"): [findings.theme_name(theme) for theme in shown], **columns}))


def words_section(view: View) -> None:
    """Words that stand out among detractors and that no theme covers."""
    rows = cached.table(further_words, view.question, trade=view.options["trade"])
    how = _(
        "Words that no theme covers and that come clearly more often in comments of detractors than in others; in five comments at least."
    )
    blocks.section(_("Further words of detractors"), how, table=rows if rows.height else None, file="further_words")
    if not rows.height:
        blocks.quiet(_("No such word in this period."))
        return
    blocks.lines(
        pl.DataFrame(
            {
                _("Word"): rows["word"],
                _("Comments"): [number(n) for n in rows["comments"]],
                _("Of these from detractors"): [number(n) for n in rows["among_detractors"]],
            }
        )
    )
