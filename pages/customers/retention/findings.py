"""The title of the list of customers behind a cohort: how many came back, as they were counted."""

from metrics.texts import N_
from pages.customers import findings
from pages.shared.words.texts import _, number

# Whether they came back, and by which count
COHORT = {
    (True, "on"): N_("{n} of {all} customers who first ordered in {cohort} came back in {period}"),
    (True, "on_or_after"): N_("{n} of {all} customers who first ordered in {cohort} came back in {period} or later"),
    (False, "on"): N_("{n} of {all} customers who first ordered in {cohort} did not come back in {period}"),
    (False, "on_or_after"): N_(
        "{n} of {all} customers who first ordered in {cohort} did not come back in {period} or later"
    ),
}
ALL_COHORTS = {
    (True, "on"): N_("{n} of {all} customers of all cohorts came back in {period}"),
    (True, "on_or_after"): N_("{n} of {all} customers of all cohorts came back in {period} or later"),
    (False, "on"): N_("{n} of {all} customers of all cohorts did not come back in {period}"),
    (False, "on_or_after"): N_("{n} of {all} customers of all cohorts did not come back in {period} or later"),
}


def cohort(name: str | None, unit: str, k: int, *, kind: str, came_back: bool, n: int, all_of_them: int) -> str:
    """So many of a cohort, or of all cohorts (no name), came back in a period or did not."""
    template = (COHORT if name else ALL_COHORTS)[came_back, kind]
    period = findings.period(unit, k)
    return _(template).format(n=number(n), all=number(all_of_them), cohort=name, period=period)
