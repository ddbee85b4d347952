"""The part of the page about lifetime value that judges the forecast: fitted without the last weeks, against what happened in them."""

import plotly.graph_objects as go
import polars as pl

from metrics.clv.holdout import PAST_RATE, RECENT_ONLY, RECENT_WEEKS
from metrics.clv.judgement import TOO_SHORT
from metrics.engine.reduce import unfolded
from metrics.texts import N_
from pages.customers.clv import charts, findings
from pages.customers.clv.charts import Followed
from pages.customers.clv.parts import MODELS
from pages.customers.clv.readings import Terms
from pages.shared.model import blocks, choices
from pages.shared.words.texts import _, date, listed, long_date, number, percent, sentences

HOLDOUTS = {
    "auto": N_("Usual"),
    "13": N_("13 weeks"),
    "26": N_("26 weeks"),
    "39": N_("39 weeks"),
    "52": N_("52 weeks"),
}
RULES = {
    PAST_RATE: N_("Everybody goes on at their past rate"),
    RECENT_ONLY: N_("So do those who ordered in the last {weeks} weeks; the others stop"),
}


def section(asked: Terms) -> None:
    """The plain sentence, the orders held out and those of each week, who was missed, and two simple rules beside the model."""
    report = asked.honesty
    row = report.select(name for name, kind in report.schema.items() if kind != pl.List).row(0, named=True)
    title = findings.judged(row, predicts=asked.row["predicts"])
    blocks.section(title, _how(row), table=unfolded(report, "tracking"), file="forecast_by_week")
    choices.one("holdout", HOLDOUTS, _("Weeks held out"))
    if row["state"] == TOO_SHORT or row["bias"] is None or row["actual"] < findings.LEAST_HELD_OUT:
        blocks.empty(
            _("Nothing to compare yet"),
            _("Choose fewer weeks, widen the filters, or upload older orders.")
            if row["state"] == TOO_SHORT
            else _("Choose more weeks, widen the filters, or upload more orders."),
            icon=":material/hourglass_empty:",
        )
        return
    tracked = unfolded(report, "tracking")
    if tracked.height:
        left, right = blocks.columns(1, 1)
        with left:
            _held_out(unfolded(report, "held_out"), row)
        with right:
            _by_week(tracked, row)
    left, right = blocks.columns(1, 1)
    with left:
        _accuracy(unfolded(report, "accuracy"), row)
    with right:
        _by_frequency(unfolded(report, "by_frequency"), row)


def _how(row: dict) -> str:
    if row["state"] == TOO_SHORT:
        return ""
    rule = _("Usual: 26 weeks, or half of the data when they are shorter than a year.")
    if row["forecast"] == PAST_RATE:
        told = _("What each of {n} customers had ordered per week up to {day} was continued for {weeks} weeks.")
    else:
        told = _("The model saw the orders of {n} customers up to {day} and forecast the {weeks} weeks after it.")
    orders = _("Forecast {expected} repeat orders, happened {actual}; an order is a day with one.")
    return sentences(
        told.format(n=number(row["customers"]), day=long_date(row["calibration_end"]), weeks=row["holdout_weeks"]),
        orders.format(expected=number(row["expected"]), actual=number(row["actual"]))
        if row["bias"] is not None
        else "",
        rule,
    )


def _held_out(rows: pl.DataFrame, row: dict) -> None:
    """Ends at the two numbers of the sentence: the forecast that it judges."""
    title = _("Repeat orders since {day}").format(day=date(row["calibration_end"]))
    lines = _lines(rows, {"actual": _("ordered"), "expected": _("forecast")})
    _tracked(title, lines, charts.followed(lines), key="held-out")


def _by_week(rows: pl.DataFrame, row: dict) -> None:
    """What the model makes of all weeks, from the first order on."""
    title = _("Repeat orders per week")
    lines = _lines(rows, {"actual": _("ordered"), "expected": _("model")})
    figure = charts.followed(lines, begins=row["calibration_end"], begins_name=_("held out from here"))
    _tracked(title, lines, figure, key="by-week")
    blocks.quiet(
        _("Model: what it expects of all customers together from their first orders on, whatever each has done since.")
    )


def _lines(rows: pl.DataFrame, names: dict[str, str]) -> list[Followed]:
    """What happened, and thinly what was expected; places are the last days of weeks."""
    lines = []
    for column, name in names.items():
        values = rows[column].cast(pl.Float64).to_list()
        read = [f"{date(day)}: {number(value)}" for day, value in zip(rows["ends_on"], values, strict=True)]
        lines.append(
            Followed(name, rows["ends_on"].to_list(), values, number(values[-1]), read, compared=column == "expected")
        )
    return lines


def _tracked(title: str, lines: list[Followed], figure: go.Figure, *, key: str) -> None:
    _small_title(title)
    ends = _("{title}. At the end: {ends}.")
    alt = ends.format(title=title, ends=listed([f"{line.name} {line.end}" for line in lines]))
    blocks.chart(figure, key=f"tracking-{key}", alt=alt)


def _accuracy(rows: pl.DataFrame, row: dict) -> None:
    area = (
        _(
            "Of two customers, one who ordered and one who did not, the first had the higher chance in {share} of cases (50% is a coin)."
        )
        if row["auc"] is not None
        else ""
    )
    how = _(
        "In total: forecast orders against those that happened. Per customer: the typical miss (root mean square), in orders."
    )
    blocks.section(
        findings.against_simple(rows, row["holdout_weeks"]),
        sentences(how, area.format(share=percent(row["auc"] or 0.0, 0))),
        table=rows,
        file="forecast_accuracy",
    )
    blocks.lines(
        pl.DataFrame(
            {
                _("Forecast"): [_name(name) for name in rows["forecast"]],
                _("In total"): [_off(bias) for bias in rows["bias"]],
                _("Per customer"): [number(value, 2) for value in rows["rmse"]],
            }
        )
    )


def _by_frequency(rows: pl.DataFrame, row: dict) -> None:
    if not rows.height:
        return
    title = findings.by_frequency(rows)
    how = _("Orders per customer in the {weeks} weeks held out, by repeat orders before.").format(
        weeks=row["holdout_weeks"]
    )
    blocks.section(title, how, table=rows, file="forecast_by_frequency")
    most = rows["x"].max()
    places = [f"{x}+" if x == most else str(x) for x in rows["x"]]
    lines = []
    for name, column, compared in ((_("ordered"), "actual", False), (_("forecast"), "expected", True)):
        read = [
            _("{orders} repeat orders before: {value} per customer, {n} customers").format(
                orders=place, value=number(value, 2), n=number(n)
            )
            for place, value, n in zip(places, rows[column], rows["customers"], strict=True)
        ]
        lines.append(Followed(name, places, rows[column].to_list(), number(rows[column][-1], 1), read, compared))
    blocks.chart(charts.followed(lines, height=240), key="frequency", alt=f"{title}. {how}")


def _small_title(text: str) -> None:
    blocks.paragraph(f"**{text}**")


def _name(forecast: str) -> str:
    return _(RULES[forecast]).format(weeks=RECENT_WEEKS) if forecast in RULES else _(MODELS[forecast])


def _off(bias: float | None) -> str:
    """A bias in words: 16 % low."""
    if bias is None:
        return "—"
    return (_("{share} low") if bias < 0 else _("{share} high")).format(share=percent(abs(bias), 0))
