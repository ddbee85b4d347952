"""The page Comments, and its choices in the address."""

from data.comments.names import THEMES
from metrics.comments.themes import TRADES
from metrics.texts import N_
from pages.feedback.split import SPLIT
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

OPTIONS = (
    Option("trade", TRADES),
    Option("tone", ("blame", "praise", "any")),
    Option("theme", ("most", *THEMES)),
    Option("find"),
    SPLIT,
)

COMMENTS = Entry("pages.feedback.comments.page", "comments", N_("Comments"), N_("Feedback"), options=OPTIONS)
