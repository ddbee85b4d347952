"""Titles of the page Drivers: what leads, what to fix first, what a point goes with; never more than the draws support."""

import polars as pl

from data.text.labels import label
from metrics.texts import N_
from pages.shared.words.texts import _, listed, number, spaced

SURE = 0.95  # of the draws
MOST_NAMED = 3
ITEM_REASONS = ("constant", "pairs")  # of single items, which the others do without
REASONS = {
    "few": N_("Too few respondents to tell drivers: {n} of {needed}"),
    "single": N_("One item alone has no weight among others"),
    "constant": N_("Everybody gave the same answer, so nothing can drive it"),
    "collinear": N_("Two items are answered nearly alike, so that their weights cannot be told apart"),
}
LEADS = {
    "nps": N_("{item} has most to do with recommending"),
    "csat": N_("{item} has most to do with satisfaction"),
}
AMONG = {
    "nps": N_("{items} have most to do with recommending; which of them leads is not clear"),
    "csat": N_("{items} have most to do with satisfaction; which of them leads is not clear"),
}
NO_LEADER = {
    "nps": N_("No single item stands out as a driver of recommending"),
    "csat": N_("No single item stands out as a driver of satisfaction"),
}
NOTHING = {
    "nps": N_("No questionnaires with an answer about recommending"),
    "csat": N_("No questionnaires with an answer about satisfaction"),
}
WORTH = {
    "nps": N_("One point more on {item} goes with {points} more points of NPS"),
    "csat": N_("One point more on {item} goes with {points} points more satisfied customers, in percent"),
}


def reason(rows: pl.DataFrame) -> str:
    """Why nothing can be said of the rows of `drivers` as a whole; empty where something can."""
    if not rows.height or rows["importance"].count():
        return ""
    whole = rows["reason"].drop_nulls().unique().sort().to_list()
    return next((one for one in whole if one not in ITEM_REASONS), whole[0] if whole else "")


def leading(rows: pl.DataFrame, outcome: str) -> str:
    """The title of the page."""
    if not rows.height:
        return _(NOTHING[outcome])
    if why := reason(rows):
        return _(REASONS.get(why, REASONS["few"])).format(n=number(rows["n"][0]), needed=number(needed(rows)))
    ranked = rows.drop_nulls("first").sort("first", "item", descending=[True, False])
    enough = ranked.with_columns(reached=pl.col("first").cum_sum().shift(1, fill_value=0.0)).filter(
        pl.col("reached") < SURE
    )
    names = [label(item) for item in enough["item"]]
    if len(names) == 1:
        return spaced(_(LEADS[outcome]).format(item=names[0]))
    if len(names) <= MOST_NAMED:
        return spaced(_(AMONG[outcome]).format(items=listed(names)))
    return _(NO_LEADER[outcome])


def needed(rows: pl.DataFrame) -> int:
    """How many respondents drivers ask for."""
    return max(100, 10 * rows.height)


def to_fix(rows: pl.DataFrame) -> str:
    """What is important and rated low, most surely first."""
    known = rows.drop_nulls("quadrant")
    if not known.height:
        return _("Importance and performance cannot be compared here")
    weak = known.filter(pl.col("quadrant") == "concentrate").sort("quadrant_share", descending=True)
    sure = weak.filter(pl.col("quadrant_share") >= SURE)
    if sure.height:
        items = listed([label(item) for item in sure["item"].head(MOST_NAMED)])
        return spaced(_("Fix first: {items}, important and rated below the others").format(items=items))
    if weak.height:
        return spaced(_("{item} may be the one to fix first, but that is not sure").format(item=label(weak["item"][0])))
    return _("Nothing that is important is rated below the others")


def worth(rows: pl.DataFrame, outcome: str) -> str:
    """The item of which a point more goes with most."""
    clear = rows.filter(pl.col("one_more_low") > 0).sort("one_more", descending=True)
    if not rows["one_more"].count():
        return _("What a point more goes with cannot be told")
    if not clear.height:
        return _("Of no item alone does a point more clearly go with a better score")
    return spaced(_(WORTH[outcome]).format(item=label(clear["item"][0]), points=number(clear["one_more"][0], 1)))
