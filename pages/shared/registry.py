"""Every page once: its section, code in the URL, title and options. A file that is not registered here is not reachable."""

from dataclasses import dataclass
from importlib import import_module

import streamlit as st

from metrics.dimension import FILTERS, FIRST_MONTH, TIER, codes, dimensions_of
from metrics.texts import N_
from pages.shared.session import auth, visit
from pages.shared.session.view import Option
from pages.shared.words.texts import _


@dataclass(frozen=True)
class Entry:
    """A page: `module` has a function page(); the code is its path in the URL; `data`: it stands under the filter bar.

    `needs`: the right (of data.people.access) without which the page is neither listed nor opened.
    """

    module: str
    code: str
    title: str
    section: str
    data: bool = True
    options: tuple[Option, ...] = ()
    needs: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the person of this session may open the page, and the link that the session is in has it."""
        return visit.opens(self.code, data=self.data) and (not self.needs or auth.may(self.needs))

    def run(self) -> None:
        """Show the page. Its module is imported when it is first opened, which keeps the start short."""
        import_module(self.module).page()


RETENTION = (
    Option("measure", ("customers", "orders", "revenue", "value")),
    Option("kind", ("on", "on_or_after")),
    Option("unit", ("month", "week", "quarter", "year", "rolling")),
    Option("against", (FIRST_MONTH.code, *codes(FILTERS))),
    Option("cohort", default="newest"),
    Option("group", default="auto"),
    Option("beside", default="auto"),
    Option("listed_cohort", default="auto"),
    Option("listed_period", ("auto", *map(str, range(1, 13)))),
    Option("listed_group", default="all"),
    Option("returned", ("no", "yes")),
)

CHURN = (
    Option("threshold", ("data", "own")),
    Option("quantile", default="80", within=(50, 95), whole=True),
    Option("hiatus", default="90", within=(1, 3650), whole=True),
    Option("split", codes(FILTERS), default=TIER.code),
    Option("silent", ("new", "all")),
)

SPLIT = Option("by", codes(dimensions_of("answer")))
NPS = (SPLIT, Option("weight", ("no", "yes")), Option("answered", ("detractors", "passives", "promoters")))
CSAT = (SPLIT, Option("about", ("csat", "ces")))
VALUE = (
    Option("model", ("mbg_nbd", "pareto_nbd", "bg_nbd")),
    Option("horizon", ("13", "26", "52", "104", "156"), default="52"),
    Option("discount", within=(0, 100), default="10"),
    Option("margin", within=(1, 100), default="100"),
    Option("value_by", codes(dimensions_of("customer")), default=TIER.code),
    Option("holdout", ("auto", "13", "26", "39", "52")),
    Option("cut", within=(5, 95), default="50"),
)
RULE = (
    Option("rule", default="auto"),
    Option("rule_measure", ("spend", "orders")),
    Option("rule_months", ("auto", *map(str, range(1, 37)))),
    Option("lapse", within=(0, 3650), default="365", whole=True),
)
TIERS = (*RULE, Option("moved_from", default="auto"), Option("moved_to", default="auto"))
REPLAY = (
    *RULE,
    Option("other", default="auto"),
    Option("other_measure", ("spend", "orders")),
    Option("other_months", ("auto", *map(str, range(1, 37)))),
)

FEEDBACK, CUSTOMERS, PROGRAMME, MANAGE = N_("Feedback"), N_("Customers"), N_("Programme"), N_("Manage")

ENTRIES = (
    Entry("pages.overview.summary", "overview", N_("Overview"), ""),
    Entry("pages.feedback.nps.page", "nps", N_("NPS"), FEEDBACK, options=NPS),
    Entry("pages.feedback.csat.page", "csat", N_("CSAT and CES"), FEEDBACK, options=CSAT),
    Entry("pages.customers.retention.page", "retention", N_("Retention"), CUSTOMERS, options=RETENTION),
    Entry("pages.customers.clv.page", "value", N_("Lifetime value"), CUSTOMERS, options=VALUE),
    Entry("pages.customers.churn.page", "churn", N_("Churn and lifecycle"), CUSTOMERS, options=CHURN),
    Entry("pages.programme.tiers.page", "tiers", N_("Tiers and migration"), PROGRAMME, options=TIERS),
    Entry("pages.programme.replay.page", "replay", N_("Threshold replay"), PROGRAMME, options=REPLAY),
    Entry("pages.manage.upload.page", "upload", N_("Upload"), MANAGE, data=False, needs="change"),
    Entry("pages.manage.history.page", "history", N_("History"), MANAGE, data=False, needs="change"),
    Entry("pages.manage.alerts.page", "alerts", N_("Alerts"), MANAGE, data=False, needs="alerts"),
    Entry("pages.manage.access", "access", N_("Access"), MANAGE, data=False, needs="administer"),
    Entry("pages.manage.links", "links", N_("Links"), MANAGE, data=False, needs="share"),
    Entry("pages.manage.people", "people", N_("People"), MANAGE, data=False, needs="erase"),
    Entry("pages.manage.definitions", "definitions", N_("Definitions"), MANAGE, data=False),
)


def pages() -> dict[str, list[st.Page]]:
    """The navigation: section title → pages, in the language in force."""
    sections: dict[str, list[st.Page]] = {}
    for entry in ENTRIES:
        listed = sections.setdefault(_(entry.section), [])
        listed.append(_page(entry))
    return sections


def entry_of(page: st.Page) -> Entry:
    """The entry that a page of the navigation was made from."""
    return next(
        entry for entry in ENTRIES if entry.code == page.url_path or (page.url_path == "" and entry is ENTRIES[0])
    )


def open_page(code: str) -> None:
    """Go to another page of this app; the view goes along."""
    st.switch_page(_page(next(entry for entry in ENTRIES if entry.code == code)))


def _page(entry: Entry) -> st.Page:
    return st.Page(
        entry.run,
        title=_(entry.title),
        url_path=entry.code,
        default=entry is ENTRIES[0],
        visibility="visible" if entry.allowed else "hidden",
    )
