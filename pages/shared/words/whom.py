"""Whose numbers these are, in words."""

from data.segment import Segment
from data.text.labels import segment_words
from pages.shared.words import markup
from pages.shared.words.texts import _


def whom(segment: Segment) -> str:
    """In a sentence: "in East China, Gold members, acquired through Search"; "all regions and tiers" where nothing limits. Markdown."""
    return markup.plain(segment_words(segment)) or _("all regions and tiers")
