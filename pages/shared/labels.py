"""What codes that come from data are called, and what is counted: those of `data.labels`."""

from data.labels import KNOWN, NONE, TIER_ORDER, answers, customers, label, segment_words

__all__ = ["KNOWN", "NONE", "TIER_ORDER", "answers", "customers", "label", "segment_words"]
