"""The pages in the order of the navigation, each as its own folder says of itself. What is not listed here is not reachable."""

from pages.customers.churn.entry import CHURN
from pages.customers.clv.entry import VALUE
from pages.customers.retention.entry import RETENTION
from pages.customers.sales.entry import SALES
from pages.customers.segments.entry import SEGMENTS
from pages.customers.worklist.entry import WORKLIST
from pages.feedback.comments.entry import COMMENTS
from pages.feedback.csat.entry import CSAT
from pages.feedback.drivers.entry import DRIVERS
from pages.feedback.kano.entry import KANO
from pages.feedback.nps.entry import NPS
from pages.feedback.recovery.entry import RECOVERY
from pages.feedback.teams.entry import TEAMS
from pages.manage.access.entry import ACCESS
from pages.manage.alerts.entry import ALERTS
from pages.manage.definitions.entry import DEFINITIONS
from pages.manage.history.entry import HISTORY
from pages.manage.links.entry import LINKS
from pages.manage.people.entry import PEOPLE
from pages.manage.upload.entry import UPLOAD
from pages.overview.entry import OVERVIEW
from pages.programme.impact.entry import IMPACT
from pages.programme.points.entry import POINTS
from pages.programme.promotions.entry import PROMOTIONS
from pages.programme.replay.entry import REPLAY
from pages.programme.tiers.entry import TIERS

ENTRIES = (
    OVERVIEW,
    *(NPS, CSAT, DRIVERS, KANO, COMMENTS, TEAMS, RECOVERY),
    *(SALES, RETENTION, VALUE, CHURN, SEGMENTS, WORKLIST),
    *(TIERS, REPLAY, IMPACT, POINTS, PROMOTIONS),
    *(UPLOAD, HISTORY, ALERTS, ACCESS, LINKS, PEOPLE, DEFINITIONS),
)
