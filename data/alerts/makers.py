"""Whether whoever created an alert may still have it: a message must not tell what its maker could no longer look up."""

import logging

from data.alerts.rules import Alert
from data.errors import RapportError
from data.people import policy
from data.settings import Settings
from metrics.texts import N_

log = logging.getLogger("rapport.alerts")
NO_LONGER = N_(
    "Who created this alert may not have it any more, or sees other customers now. Stop it, or create it again."
)
UNREADABLE = N_("The access file is not understood, so nothing is sent. The log says what is wrong with it.")


def check(alert: Alert) -> None:
    """Raise RapportError when the access file gives its maker no right to alerts any more, or fewer customers than the alert sees.

    Nothing can be told, and nothing is raised, where there is no access file, of a maker without an address, and where roles come from a
    claim, which only a sign-in shows.
    """
    path = Settings.read().access
    if not path.exists() or "@" not in alert.maker:
        return
    try:
        rules = policy.read(path)
    except RapportError as error:
        log.error("The access file is not understood: %(reason)s", {"reason": str(error)})
        raise RapportError(UNREADABLE) from error
    if rules.claim:
        return
    maker = rules.person({"email": alert.maker})
    if maker is None or not maker.may("alerts") or alert.scope.within(maker.scope) != alert.scope:
        raise RapportError(NO_LONGER)
