"""Titles of the page Comments: which themes stand out and whether they are named more often, never more than the intervals support."""

import polars as pl

from data.comments.names import THEMES
from data.questions.ask import find
from data.text.labels import apart
from metrics.dimension import Dimension
from metrics.texts import N_
from pages.shared.readings.findings import first_up
from pages.shared.words.texts import _, joined, ngettext, number, spaced

MOST_NAMED = 3
TOP = {
    "blame": N_("People complain most about {names}"),
    "praise": N_("People praise {names} most"),
    "any": N_("People write most about {names}"),
}
NO_TOP = {
    "blame": N_("No theme stands out among the complaints"),
    "praise": N_("No theme stands out in the praise"),
    "any": N_("No theme stands out in the comments"),
}
MORE = N_("{title}; more often than before: {names}")
LESS = N_("{title}; less often than before: {names}")
BOTH = N_("{title}; more often than before: {more}; less often: {less}")
SAME = N_("{title}; no clear change in how often")
OF_THEME = {
    "blame": N_("Comments that blame {theme}"),
    "praise": N_("Comments that praise {theme}"),
    "any": N_("Comments on {theme}"),
}


def theme_name(theme: str) -> str:
    """What a theme is called."""
    return _(THEMES[theme])


def names(themes: list[str]) -> str:
    """Themes within a sentence."""
    return joined([_in_sentence(theme) for theme in themes])


def of_theme(theme: str, tone: str) -> str:
    """What the share of a theme is called."""
    return spaced(_(OF_THEME[tone]).format(theme=_in_sentence(theme)))


def _in_sentence(theme: str) -> str:
    return theme_name(theme)[:1].lower() + theme_name(theme)[1:]


def top(rows: pl.DataFrame) -> list[str]:
    """The themes that may be the most frequent one: those whose interval meets that of the first, from high to low."""
    ranked = rows.drop_nulls("theme_share").sort("theme_share", "theme", descending=[True, False])
    if not ranked.height or not ranked["theme_share"][0]:
        return []
    least = ranked["low"][0]
    return ranked.filter(pl.col("high") >= least)["theme"].to_list()


def all_themes(rows: pl.DataFrame, tone: str, *, compared: bool) -> str:
    """The themes that stand out, from rows of `theme_table`, and those whose share changed by more than chance."""
    first = top(rows)
    if rows["theme_share"].drop_nulls().is_empty():
        return _("Too few comments to show themes")
    stands_out = 0 < len(first) <= MOST_NAMED
    title = _(TOP[tone]).format(names=names(first)) if stands_out else _(NO_TOP[tone])
    if not compared or rows["change"].drop_nulls().is_empty():
        return spaced(title)
    more = rows.filter(pl.col("change_low") > 0)["theme"].to_list()
    less = rows.filter(pl.col("change_high") < 0)["theme"].to_list()
    if more and less:
        return spaced(_(BOTH).format(title=title, more=names(more), less=names(less)))
    if more or less:
        return spaced(_(MORE if more else LESS).format(title=title, names=names(more or less)))
    return spaced(_(SAME).format(title=title))


def groups(dimension: Dimension, ranked: pl.DataFrame, low: float | None) -> str:
    """The group with the largest share against the one with the smallest."""
    name = _(find("theme_share").in_sentence)
    if ranked.height < 2:
        return _("Too few comments to compare groups")
    if low is None or low <= 0:
        return spaced(_("No clear difference in {name} between groups").format(name=name))
    one, other = (ranked[dimension.column][place] for place in (0, -1))
    return first_up(apart(_("{name} is highest among {one}, lowest among {other}"), dimension, one, other, name=name))


def by_score(rows: pl.DataFrame) -> str:
    """The theme by which detractors differ most from promoters, from rows of `theme_by_score`."""
    sides = {kind: rows.filter(pl.col("kind") == kind).drop_nulls("theme_share") for kind in ("detractor", "promoter")}
    both = sides["detractor"].join(sides["promoter"], on="theme", suffix="_promoter")
    apart_ = both.filter(pl.col("low") > pl.col("high_promoter"))
    if not both.height:
        return _("Too few comments to compare scores")
    if not apart_.height:
        return _("Detractors name no theme clearly more often than promoters")
    ranked = apart_.sort(pl.col("theme_share") - pl.col("theme_share_promoter"), descending=True)
    most = ranked["theme"].head(MOST_NAMED).to_list()
    return spaced(_("Detractors name more often than promoters: {names}").format(names=names(most)))


def listed(n: int) -> str:
    """How many comments name the theme."""
    return ngettext("{n} comment names it", "{n} comments name it", n).format(n=number(n))
