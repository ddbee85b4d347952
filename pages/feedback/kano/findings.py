"""Titles of the page Kano: what delights and what must be there, as far as the leading categories are clear."""

import polars as pl

from data.text.labels import label
from metrics.texts import N_
from pages.shared.words.texts import _, listed, spaced

NAMES = {
    "attractive": N_("Attractive"),
    "performance": N_("Performance"),
    "must_be": N_("Must-be"),
    "indifferent": N_("Indifferent"),
    "reverse": N_("Reverse"),
    "questionable": N_("Questionable"),
    "mixed": N_("Mixed"),
}
MOST_NAMED = 3


def features(rows: pl.DataFrame) -> str:
    """The title of the page."""
    if not rows.height:
        return _("No Kano questionnaire in this period")
    known = rows.drop_nulls("category")
    if not known.height:
        return _("Too few respondents to tell Kano categories")
    delight, must = (_named(known, name) for name in ("attractive", "must_be"))
    if delight and must:
        return spaced(_("{delight} would delight; {must} must be there").format(delight=delight, must=must))
    if delight:
        return spaced(_("{delight} would delight").format(delight=delight))
    if must:
        return spaced(_("{must} must be there; nothing clearly delights").format(must=must))
    return _("No feature clearly delights or must be there")


def _named(rows: pl.DataFrame, category: str) -> str:
    own = rows.filter(pl.col("category") == category)["feature"].head(MOST_NAMED)
    return listed([label(feature) for feature in own])


def map_title(rows: pl.DataFrame) -> str:
    """The feature whose presence pleases most, where that is clear."""
    known = rows.drop_nulls("better").sort("better", "feature", descending=[True, False])
    if known.height < 2:
        return _("What its presence and its lack would change")
    first, others = known.row(0, named=True), known.slice(1)
    if (others["high"] < first["low"]).all():
        return spaced(_("{feature} would please most").format(feature=label(first["feature"])))
    return _("Which feature would please most is not clear")
