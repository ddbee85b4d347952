"""Members between two dates: the flows, the matrix, and what to do when they cannot be compared."""

import datetime as dt
from collections.abc import Iterator

import polars as pl

from metrics.tiers.tiers import LAPSED, NEW
from pages.programme import basis as tier_basis
from pages.programme import charts, findings
from pages.programme.basis import Basis
from pages.programme.findings import tier_label
from pages.programme.readings import MINIMUM
from pages.shared.model import blocks, marks
from pages.shared.model.cards import Cell, HeatTable, Row
from pages.shared.model.marks import BEHIND
from pages.shared.model.parts import Mark, Place
from pages.shared.screen import states
from pages.shared.session import auth, cached
from pages.shared.session.view import View
from pages.shared.words.texts import _, date, number, percent, sentences, span

PIPS_UP_TO = 5
FULL, HOLLOW = "●", "○"


def migration(view: View, basis: Basis) -> pl.DataFrame:
    """The matrix of the view's window."""
    window = tier_basis.window(view, basis)
    assert window is not None, "asked after comparable()"
    return cached.answer("tier_migration", window.question, minimum=MINIMUM, **basis.arguments)


def ladder(matrix: pl.DataFrame) -> list[str]:
    """The tiers from lowest to highest."""
    tiers: list[str] = matrix["to_tier"].unique(maintain_order=True).to_list()
    return [tier for tier in tiers if tier != LAPSED]


def one_tier(view: View, basis: Basis) -> bool:
    """Whether there is one tier only, so that members can stay in it, lapse or come back, and nothing else."""
    uploaded = set() if basis.rule else set(cached.values("tier")) - {LAPSED}
    return len(uploaded.union(ladder(migration(view, basis)))) == 1


def comparable(view: View, basis: Basis) -> bool:
    """Whether tiers are known on both dates, and anybody has one."""
    if tier_basis.window(view, basis) is None or not tier_basis.has_history(view, basis):
        return False
    return migration(view, basis)["members"].sum() > 0


def not_comparable(view: View, basis: Basis) -> None:
    """Why the two dates cannot be compared, and what to do."""
    if not tier_basis.has_history(view, basis):
        blocks.empty(
            _("Only one tier is known of each member"),
            _(
                "Moves show when the tiers of several dates are uploaded. Until then thresholds can make tiers from orders."
            ),
            icon=":material/history:",
        )
        return
    if tier_basis.window(view, basis) is not None:
        states.nothing_here(_("No member has a tier in this period"))
        return
    if view.start - tier_basis.DAY > basis.known_to:
        states.nothing_here(_("The period begins after the data end"))
        return
    remedy = _("Choose a later period, or fewer months.") if basis.rule else _("Choose a later period.")
    known = _("Tiers are known from {date}; the day before this period is {eve}.").format(
        date=date(basis.known_from), eve=date(view.start - tier_basis.DAY)
    )
    blocks.empty(
        _("Tiers are not known yet in this period"), sentences(known, remedy), icon=":material/hourglass_empty:"
    )


def ends(view: View, basis: Basis) -> tuple[dt.date, dt.date]:
    """The two dates that members are compared on."""
    window = tier_basis.window(view, basis)
    assert window is not None, "asked after comparable()"
    return window.question.start, window.question.end


def flow_section(view: View, basis: Basis, *, one_tier: bool) -> None:
    """The flows between the two dates."""
    matrix, window = migration(view, basis), tier_basis.window(view, basis)
    assert window is not None, "asked after comparable()"
    rates = cached.answer("tier_rates", window.question, **basis.arguments)
    title = findings.flows(rates, one_tier=one_tier)
    how = sentences(
        _(":red[Orange] lapsed, grey stayed, joined or came back.")
        if one_tier
        else _(":green[Green-blue] moved up, :red[orange] moved down or lapsed, grey stayed, joined or came back."),
        "" if window.whole else _("The period is unfinished: compared are as many days of the period before."),
    )
    blocks.section(title, how, table=matrix, file="tier_migration", metric="tier_migration")
    tiers = ladder(matrix)
    counts = {(a, b): n for a, b, n in matrix.select("from_tier", "to_tier", "members").iter_rows()}
    names = {name: tier_label(name) for name in (*tiers, NEW, LAPSED)}
    start, end = ends(view, basis)
    figure = charts.flows(counts, tiers, names, (date(start), date(end)), back=_("Came back"))
    alt = _("Members by tier on {start} and {end}. {title}.").format(start=date(start), end=date(end), title=title)
    blocks.chart(figure, key="flows", alt=alt, marks=_flow_marks(matrix) if auth.may("customers") else ())


def _flow_marks(matrix: pl.DataFrame) -> list[Mark]:
    """Each flow leads to its members; the largest first."""
    made = matrix.filter(pl.col("members") > 0).sort("members", descending=True, maintain_order=True)
    return [
        marks.behind(
            charts.flow_id(one, other),
            f"{tier_label(one)} → {tier_label(other)}: {number(n)}",
            moved_from=one,
            moved_to=other,
        )
        for one, other, n in made.select("from_tier", "to_tier", "members").iter_rows()
    ]


def matrix_section(view: View, basis: Basis, *, one_tier: bool) -> None:
    """The same as a table: shares of each row, members below."""
    matrix = migration(view, basis)
    same = matrix.filter(pl.col("from_tier") == pl.col("to_tier"), pl.col("from_tier") != LAPSED)
    how = (
        _("% of each row, members below.")
        if one_tier
        else _(
            "% of each row, members below. Left of the outlined diagonal moved up, right of it moved down or lapsed; deeper colour "
            "from 2% and 8%."
        )
    )
    title = findings.stays(same.select("share", "low", "high", tier="from_tier"))
    blocks.section(title, how)
    blocks.heat(_table(matrix, *ends(view, basis)), key="matrix", leads=_leads(matrix))
    if matrix["share"].null_count():
        blocks.quiet(_("—: fewer than {minimum} members on the first date.").format(minimum=MINIMUM))


def _rows(matrix: pl.DataFrame) -> Iterator[tuple[str, list[dict], int]]:
    """The rows of the matrix that anybody is in: the tier before, its cells and how many members it had."""
    tiers = ladder(matrix)
    known = {(cell["from_tier"], cell["to_tier"]): cell for cell in matrix.iter_rows(named=True)}
    for source in (*reversed(tiers), NEW, LAPSED):
        cells = [known[source, target] for target in (*reversed(tiers), LAPSED) if (source, target) in known]
        if n := sum(cell["members"] for cell in cells):
            yield source, cells, n


def _leads(matrix: pl.DataFrame) -> dict[tuple[int, int], Place]:
    """Each cell leads to its members."""
    if not auth.may("customers"):
        return {}
    return {
        (row, place): Place(codes={"moved_from": cell["from_tier"], "moved_to": cell["to_tier"]}, anchor=BEHIND)
        for row, (_source, cells, _n) in enumerate(_rows(matrix))
        for place, cell in enumerate(cells)
    }


def _table(matrix: pl.DataFrame, start: dt.date, end: dt.date) -> HeatTable:
    tiers = ladder(matrix)
    targets = [*reversed(tiers), LAPSED]
    rank = {LAPSED: -1, NEW: -1, **{tier: place for place, tier in enumerate(tiers)}}
    rows: list[Row] = []
    for source, cells, n in _rows(matrix):
        name = _("Came back") if source == LAPSED else named(source, tiers)
        rows.append({"name": name, "sizes": [number(n)], "cells": [_cell(cell, n, rank) for cell in cells]})
    return {
        "label": _("Tier migration"),
        "tall": True,
        "ramp": "change",
        "sizes": 1,
        "rows": rows,
        "head": [date(start), _("Members"), *map(tier_label, targets)],
        "hint": _("Point at a cell for its count and interval. Columns: {date}.").format(date=date(end)),
    }


def named(tier: str, tiers: list[str]) -> str:
    """The tier with its place in dots, while they can be counted at a glance."""
    if tier not in tiers or len(tiers) > PIPS_UP_TO:
        return tier_label(tier)
    place = tiers.index(tier) + 1
    return f"{FULL * place}{HOLLOW * (len(tiers) - place)} {tier_label(tier)}"


def _cell(cell: dict, n: int, rank: dict[str, int]) -> Cell:
    source, target = cell["from_tier"], cell["to_tier"]
    if target == LAPSED and source in (NEW, LAPSED) and not cell["members"]:
        return {}
    where = f"{tier_label(source)} → {tier_label(target)}"
    if cell["share"] is None:
        read = f"{where}: {states.few_text(n, MINIMUM)}"
        return {"text": "—", "sub": number(cell["members"]), "state": "few", "read": read}
    read = _("{where}: {members} of {n}, {share} ({interval})").format(
        where=where,
        members=number(cell["members"]),
        n=number(n),
        share=percent(cell["share"]),
        interval=span(100 * cell["low"], 100 * cell["high"]),
    )
    shown: Cell = {"text": number(100 * cell["share"], 1), "sub": number(cell["members"]), "read": read}
    if source == target:
        return {**shown, "state": "stayed"}
    level = charts.level(source, target, cell["share"], rank) if source not in (NEW, LAPSED) else None
    return {**shown, "level": level} if level is not None else shown
