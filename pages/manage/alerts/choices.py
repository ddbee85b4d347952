"""The fields that say what is watched: a number of a segment with its condition, or a page."""

from collections.abc import Callable

import streamlit as st

from data.alerts.rules import Asked, Condition, Rule, Subscription, Value
from data.alerts.words.wording import column_name, row_name
from data.comments.lexicon import themes
from data.comments.names import THEMES, TONES, TRADES
from data.questions.ask import find
from data.segment import Segment
from data.text.labels import label
from metrics.catalogue import WATCHED
from metrics.dimension import TIER
from metrics.metric import Kind
from metrics.texts import N_
from pages.shared.screen.definition import ALERT_ABOUT
from pages.shared.session import cached, site, view
from pages.shared.words import markup
from pages.shared.words.texts import _

Key = Callable[[str], str]
CONDITIONS = {"below": N_("Falls below"), "above": N_("Rises above"), "changed": N_("Changes by more than chance")}
KEY_NAMES = {
    "move": N_("Move"),
    "kind": N_("Kind of answer"),
    "tier": N_("Tier"),
    "from_tier": N_("From"),
    "to_tier": N_("To"),
    "period": N_("Periods after the first order"),
    "elapsed": N_("After so many days or periods"),
    "scale_low": N_("Scale from"),
    "scale_high": N_("Scale to"),
}
ROW_CODES = {
    "move": ("upgrade", "downgrade", "retain", "lapse"),
    "kind": ("promoter", "passive", "detractor"),
}
ROW_NUMBERS = {"period": 3, "elapsed": 30, "scale_low": 1, "scale_high": 5}
MOST_AFTER = 3650
SIDE_BY_SIDE = 4  # choices of whom it is about
START: dict[Kind, float] = {"points": 30.0, "share": 50.0}  # a limit to begin with
LONGER = ("row", "cohort", "cohorts")


def number_choices(every: str, key: Key) -> Rule | None:
    """A number of a segment and when it is told; None where the data hold none of its rows."""
    number, which = st.columns([1, 2], gap="small")
    with number:
        offered, about = _metrics(every), st.session_state.get(ALERT_ABOUT)
        begin = offered.index(about) if about in offered else 0
        metric = st.selectbox(
            _("Number"), offered, begin, format_func=metric_name, key=key(f"metric.{every}.{about or ''}")
        )
    keys = find(metric).keys
    column, row = find(metric).watched_columns[0], dict[str, Value]()
    fields = ["column", *keys]
    with which:
        for field, place in zip(fields, st.columns(len(fields), gap="small"), strict=True):
            with place:
                if field == "column":
                    column = _column(metric, key)
                elif (chosen := _row_choice(metric, field, key)) is not None:
                    row[field] = chosen
    if len(row) < len(keys):
        st.markdown(":orange[" + _("The data hold no tiers.") + "]")
        return None
    arguments = theme_choices(metric, key)
    asked = Asked(metric, column, arguments=arguments, row=row, segment=segment_choices(key))
    return Rule(asked, _condition(metric, column, key))


def _column(metric: str, key: Key) -> str:
    return st.selectbox(
        _("Which of its numbers"),
        find(metric).watched_columns,
        format_func=lambda name: column_name(metric, name),
        key=key(f"column.{metric}"),
    )


def metric_name(metric: str) -> str:
    """What a metric is called in the list."""
    return _(find(metric).called)


def _metrics(every: str) -> list[str]:
    """The usual ones first; for single days, those that can be counted by day."""
    offered = [name for name in WATCHED if every != "day" or find(name).watching.reads not in LONGER]
    return sorted(offered, key=lambda name: not find(name).watching.usual)


def _row_choice(metric: str, field: str, key: Key) -> Value | None:
    name, place = _(KEY_NAMES[field]), key(f"row.{metric}.{field}")
    if field in ROW_NUMBERS:
        typed = st.number_input(name, 0, MOST_AFTER, ROW_NUMBERS[field], step=1, key=place)
        return float(typed) if field.startswith("scale") else typed
    codes = ROW_CODES.get(field) or tuple(cached.values(TIER.column))
    return st.selectbox(name, codes, format_func=lambda code: row_name(field, code), key=place) if codes else None


def theme_choices(metric: str, key: Key) -> dict[str, Value]:
    """Of a number of comments: the trade, the theme and the tone; of others nothing."""
    if "theme" not in find(metric).options:
        return {}
    trade_place, theme_place, tone_place = st.columns(3, gap="small")
    with trade_place:
        trade = st.selectbox(_("Trade"), TRADES, format_func=lambda code: _(TRADES[code]), key=key(f"{metric}.trade"))
    with theme_place:
        theme = st.selectbox(
            _("Theme"), themes(trade), format_func=lambda code: _(THEMES[code]), key=key(f"{metric}.theme.{trade}")
        )
    with tone_place:
        tone = st.selectbox(_("Tone"), TONES, format_func=lambda code: _(TONES[code]), key=key(f"{metric}.tone"))
    return {"trade": trade, "theme": theme, "tone": tone}


def segment_choices(key: Key) -> Segment:
    """Whom it is about; nothing chosen is everybody. Only what the data hold is offered."""
    offered = {each: codes for each in cached.filters() if (codes := cached.values(each.column))}
    chosen: dict[str, tuple[str, ...]] = {}
    beside = min(len(offered), SIDE_BY_SIDE)
    rows = range(0, len(offered), SIDE_BY_SIDE)
    places = [place for _row in rows for place in st.columns(beside, gap="small")]
    for (dimension, codes), place in zip(offered.items(), places, strict=False):
        with place:
            picked = st.multiselect(
                markup.plain(_(dimension.label)),
                codes,
                default=_of_the_view(dimension.column, codes, key(f"segment.{dimension.column}")),
                format_func=label,
                placeholder=_("All"),
                key=key(f"segment.{dimension.column}"),
            )
            chosen[dimension.column] = tuple(picked)
    return Segment(**chosen)


def _of_the_view(column: str, codes: list[str], key: str) -> list[str] | None:
    """What the pages were last limited to, so that an alert begins with whom was looked at; None once something was chosen here."""
    if key in st.session_state:
        return None
    return [code for code in view.last_segment()[column] if code in codes]


def _condition(metric: str, column: str, key: Key) -> Condition:
    codes = [code for code in CONDITIONS if code != "changed" or find(metric).compares(column)]
    place = f"{metric}.{column}"
    kind = st.segmented_control(
        _("Notify me when it"), codes, format_func=lambda code: _(CONDITIONS[code]), default="below", required=True,
        key=key(f"condition.{place}"),
    )  # fmt: skip
    if kind == "changed":
        return Condition("changed")
    of = find(metric).columns[column].kind
    limit, clear = st.columns([1, 3], gap="small", vertical_alignment="bottom")
    with limit:
        name = _("Limit, in %") if of == "share" else _("Limit")
        typed = st.number_input(name, value=START.get(of, 100.0), step=1.0, key=key(f"limit.{place}"), format="%g")
    clearly = True
    if column == find(metric).value and find(metric).bounded:
        with clear:
            clearly = st.checkbox(
                _("Only when its whole 95% interval lies beyond the limit"), value=True, key=key(f"clearly.{place}")
            )
    return Condition(kind, typed / 100 if of == "share" else typed, clearly)


def page_choices(key: Key) -> Subscription:
    """A page of numbers and whom it is about."""
    codes = [
        entry.code for entry in site.entries() if entry.data and entry.allowed and not entry.needs
    ]  # a message names nobody
    page = st.selectbox(_("Page"), codes, format_func=site.title, key=key("page"))
    return Subscription(page, segment_choices(key).params)
