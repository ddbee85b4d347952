"""What a status says of an order: whether it counts. The words of shops in many languages stand in words.toml."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from data.imports.cells.blank import WORDS, words

COUNTS, NOT_PAID, CANCELLED, REFUNDED, REFUND = "counts", "not_paid", "cancelled", "refunded", "refund"
NOT_COUNTED = "not_counted"  # as a person answered
MISSING = "(empty)"  # the cell of rows that have none
SAYABLE = ("counts", "does not count", "refund")  # what a person can answer
CHOICES = {**dict(zip(SAYABLE, (COUNTS, NOT_COUNTED, REFUND), strict=True)), "leave out": NOT_COUNTED}
NO = ("no", "n", "false", "f", "nein", "non", "否", "未取消", "订单未关闭", "未关闭")
STATUS_TYPES = ("status", "event", "after_sale", "flag", "paid")


def fold_status(text: str) -> str:
    """A status for comparing: width and case folded, hyphens and underscores as blanks, WooCommerce's `wc-` and outer signs off."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"^wc-", "", plain.strip())
    return " ".join(re.sub(r"[-_–—]", " ", plain).split()).strip(" .!()[]")


@cache
def standings() -> Mapping[str, str]:
    """Every known word → what it says."""
    return {
        fold_status(word): standing
        for standing in (COUNTS, NOT_PAID, CANCELLED, REFUNDED, REFUND)
        for word in WORDS["status"][standing]
    }


def standing_of(cell: str, kind: str, more: Mapping[str, str]) -> str | None:
    """What one cell says; None when nobody can tell. `more` are a vendor's own words.

    `kind`: "status" and "event" are words, "after_sale" is what became of the order later, "flag" whether or when it was cancelled,
    "paid" when it was paid.
    """
    word = fold_status(cell)
    if word in more:
        return more[word]
    filled = word not in (*NO, *words("blank")) and re.search(r"[^\W0]", word) is not None
    if kind == "flag":
        return CANCELLED if filled else COUNTS
    if kind == "paid":
        return COUNTS if filled else NOT_PAID
    if kind == "after_sale":
        found = standings().get(word) if filled else COUNTS
        return REFUNDED if found == REFUND else found
    return standings().get(word)
