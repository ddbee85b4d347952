"""The page Drivers, and its choices in the address."""

from metrics.survey.drivers import IMPORTANCE
from metrics.survey.responses import MISSING, OUTCOMES
from metrics.texts import N_
from pages.feedback.split import SPLIT
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

OPTIONS = (
    Option("outcome", OUTCOMES),
    Option("missing", MISSING),
    Option("importance", IMPORTANCE),
    Option("weighted", ("no", "yes")),
    Option("items"),
    SPLIT,
)

DRIVERS = Entry("pages.feedback.drivers.page", "drivers", N_("Drivers"), N_("Feedback"), options=OPTIONS)
