"""By what the feedback pages split answers: one choice in the address, the same on each."""

from metrics.dimension import codes, dimensions_of
from pages.shared.session.view import Option

SPLIT = Option("by", codes(dimensions_of("answer")), members=True)
