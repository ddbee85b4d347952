"""Segments: customers sorted into classes by rules that everybody sees, what each class brings, and who moved between them."""

from data.text.labels import customers
from metrics.dimension import CLASSES
from metrics.errors import RuleError
from metrics.segments.schemes import RFM
from pages.customers.segments import findings, parts, readings
from pages.customers.segments.form import use_usual
from pages.customers.segments.who import who_section
from pages.shared.model import blocks
from pages.shared.model.parts import Button
from pages.shared.screen import states
from pages.shared.screen.display import shown
from pages.shared.session import auth, view
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, told


def page() -> None:
    chosen = view.current()
    if states.missing("customers"):
        blocks.heading(_("Segments need orders"), states.freshness())
        states.no_source("customers")
        return
    if any(chosen.scope[column] for column in CLASSES):
        blocks.heading(_("Segments need customers of all classes"), states.freshness())
        why = _("You see customers of some classes only. Ask an administrator to lift your limit on classes.")
        blocks.empty(_("Not shown to you"), why, icon=":material/lock:")
        return
    current = readings.of_all_classes(chosen)
    blocks.shows(current)
    try:
        how = readings.sorting(current)
    except RuleError as error:
        blocks.heading(_("The rules cannot be used"), markup.plain(told(error)), states.freshness())
        usual = Button(_("Back to the usual rules"), "segments-usual", ":material/restart_alt:", sets=use_usual)
        blocks.button(usual)
        return
    _sections(chosen, current, how)


def _sections(chosen: View, current: View, how: readings.Sorting) -> None:
    with blocks.waiting(440):
        rows = readings.sizes(current, how)
        moved, _change = readings.moved(current, how, how.first)
    n = int(rows["customers"].sum())
    title = findings.sizes(rows, how, moved, current.start - readings.DAY)
    blocks.heading(title, shown(current, customers(n)), states.freshness())
    if chosen.segment != current.segment:
        blocks.quiet(_("The filter by class does not apply on this page, which shows all classes."))
    parts.options(how)
    if not n:
        states.nothing_here(_("No customers up to this period"))
        return
    parts.notes(current, how)
    left, right = blocks.columns(1, 2)
    with left:
        parts.sizes_section(rows, current)
    with right:
        parts.classes_section(current, how, rows)
    if how.scheme == RFM.name and not how.text:
        left, right = blocks.columns(1, 1)
        with left:
            parts.grid_section(current)
        with right:
            parts.meaning_section(how)
        parts.moves_section(current, how)
    else:
        left, right = blocks.columns(3, 2)
        with left:
            parts.moves_section(current, how)
        with right:
            parts.meaning_section(how)
    if auth.may("customers"):
        who_section(current, how)
