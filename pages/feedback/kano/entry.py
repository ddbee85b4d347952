"""The page Kano, and its choices in the address."""

from metrics.survey.kano import VARIANTS
from metrics.texts import N_
from pages.feedback.split import SPLIT
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

KANO = Entry(
    "pages.feedback.kano.page", "kano", N_("Kano"), N_("Feedback"), options=(Option("variant", VARIANTS), SPLIT)
)
