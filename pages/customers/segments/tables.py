"""Classes as tables: what each holds and does, what it means, by which rule it is told, and who moved from which to which."""

import polars as pl

from data.questions.ask import find
from metrics.segments.moves import NEW
from metrics.segments.rules import Range
from metrics.segments.schemes import LADDER
from pages.customers.segments import meanings
from pages.customers.segments.readings import Sorting, named
from pages.shared.model.cards import Cell, HeatTable, Row
from pages.shared.screen import states
from pages.shared.session import cached
from pages.shared.words.texts import _, coins, money, number, percent, span

NO_VALUE = "—"
LEVELS, DEEPEST = 10, 0.5  # the share of a row from which a cell has the deepest colour


def classes(sizes: pl.DataFrame, returns: pl.DataFrame, scores: pl.DataFrame | None) -> pl.DataFrame:
    """One line per class: how many, which share, what they spent, how many came back, and what they say."""
    names = sizes["segment"].to_list()
    came = {row["segment"]: row for row in returns.iter_rows(named=True)}
    columns = {
        _("Class"): [named(code) for code in names],
        _("Customers"): [number(n) for n in sizes["customers"]],
        _("Share of customers"): [_rate(row, "share") for row in sizes.iter_rows(named=True)],
        _("Share of revenue"): [percent(value) if value is not None else NO_VALUE for value in sizes["revenue_share"]],
        _("Net revenue each"): [_each(row) for row in sizes.iter_rows(named=True)],
        _("Ordered in the period"): [_rate(came[code], "return_rate") for code in names],
    }
    if scores is not None:
        said = {row["segment"]: row for row in scores.iter_rows(named=True)}
        columns[_("NPS")] = [_score(said.get(code)) for code in names]
    return pl.DataFrame(columns)


def _rate(row: dict, name: str) -> str:
    if row[name] is None:
        return NO_VALUE
    return f"{percent(row[name])} ({span(100 * row['low'], 100 * row['high'])})"


def _each(row: dict) -> str:
    if row["customers"] < find("segment_sizes").minimum:
        return NO_VALUE
    value = row["revenue"] / row["customers"]
    return money(value, cached.extent().currency, coins(value))


def _score(row: dict | None) -> str:
    if row is None or row["nps"] is None:
        return NO_VALUE
    return f"{number(row['nps'], 1)} ({span(row['low'], row['high'])})"


def meaning(how: Sorting) -> pl.DataFrame:
    """What each class means and what to do, with its rule; of a table of one's own the rule alone."""
    known = {**meanings.OF, **(meanings.OF_LADDER if how.scheme == LADDER.name else {})}
    said = [known.get(code, ("", "")) if not how.text else ("", "") for code in how.table.codes]
    columns = {_("Class"): [named(code) for code in how.table.codes], _("Rule"): rules(how)}
    if not how.text:
        columns[_("What it means")] = [_(means) for means, _do in said]
        columns[_("What to do")] = [_(do) for _means, do in said]
    return pl.DataFrame(columns)


def rules(how: Sorting) -> list[str]:
    """The rule of each class in words."""
    return [
        _("; or ").join(_(", ").join(_range(part) for part in way) for way in each.ways) for each in how.table.classes
    ]


def _range(part: Range) -> str:
    name = _(meanings.NUMBERS[part.number])
    if part.high == part.low:
        if text := meanings.YES_NO.get((part.number, part.low)):
            return _(text)
        return _("{name} {value}").format(name=name, value=number(part.low))
    if part.high is None:
        return _("{name} from {low}").format(name=name, low=number(part.low))
    return _("{name} {low} to {high}").format(name=name, low=number(part.low), high=number(part.high))


def matrix(moves: pl.DataFrame, how: Sorting, dates: tuple[str, str]) -> HeatTable:
    """Who moved: shares of each row, customers below."""
    cells = {(row["from_segment"], row["to_segment"]): row for row in moves.iter_rows(named=True)}
    codes = how.table.codes
    rows: list[Row] = []
    for source in (*codes, NEW):
        n = cells[source, codes[0]]["before"]
        if n:
            shown = [_cell(cells[source, target]) for target in codes]
            rows.append({"name": named(source), "sizes": [number(n)], "cells": shown})
    return {
        "label": _("Moves between classes"),
        "tall": True,
        "sizes": 1,
        "rows": rows,
        "head": [dates[0], _("Customers"), *map(named, codes)],
        "hint": _("Point at a cell for its count and interval. Columns: the classes on {date}.").format(date=dates[1]),
    }


def _cell(row: dict) -> Cell:
    where = f"{named(row['from_segment'])} → {named(row['to_segment'])}"
    if row["share"] is None:
        read = f"{where}: {states.few_text(row['before'], find('segment_moves').minimum)}"
        return {"text": NO_VALUE, "sub": number(row["members"]), "state": "few", "read": read}
    read = _("{where}: {members} of {n}, {share} ({interval})").format(
        where=where,
        members=number(row["members"]),
        n=number(row["before"]),
        share=percent(row["share"]),
        interval=span(100 * row["low"], 100 * row["high"]),
    )
    if not row["members"]:
        return {"text": "", "read": read}
    level = min(LEVELS - 1, int(row["share"] / DEEPEST * LEVELS))
    shown: Cell = {"text": number(100 * row["share"], 1), "sub": number(row["members"]), "read": read}
    return {**shown, "state": "stayed"} if row["from_segment"] == row["to_segment"] else {**shown, "level": level}


def grid(cells: pl.DataFrame) -> HeatTable:
    """Customers by recency (rows) and frequency (columns), with what they brought below."""
    counts = {row["segment"]: row for row in cells.iter_rows(named=True)}
    most = max((row["customers"] for row in counts.values()), default=0) or 1
    rows: list[Row] = []
    for recency in range(5, 0, -1):
        own = [counts[grid_code(recency, frequency)] for frequency in range(1, 6)]
        total = sum(row["customers"] for row in own)
        shown = [_grid_cell(row, recency, place, most) for place, row in enumerate(own, start=1)]
        rows.append({"name": _("Recency {score}").format(score=recency), "sizes": [number(total)], "cells": shown})
    return {
        "label": _("Customers by recency and frequency"),
        "tall": True,
        "sizes": 1,
        "rows": rows,
        "head": ["", _("Customers"), *(_("Frequency {score}").format(score=score) for score in range(1, 6))],
        "hint": _("Point at a cell for its counts. 5 is the latest and the most often."),
    }


def _grid_cell(row: dict, recency: int, frequency: int, most: int) -> Cell:
    if not row["customers"]:
        return {}
    share = percent(row["revenue_share"]) if row["revenue_share"] is not None else NO_VALUE
    read = _("recency {recency}, frequency {frequency}: {n} customers, {share} of revenue").format(
        recency=recency, frequency=frequency, n=number(row["customers"]), share=share
    )
    level = min(LEVELS - 1, int(row["customers"] / most * LEVELS))
    return {"text": number(row["customers"]), "sub": share, "level": level, "read": read}


def grid_code(recency: int, frequency: int) -> str:
    """The class of a cell of the grid."""
    return f"r{recency}f{frequency}"


def grid_table() -> str:
    """The table whose classes are the cells of the grid."""
    scores = range(1, 6)
    return "; ".join(f"{grid_code(r, f)}: recency {r}, frequency {f}" for r in scores for f in scores)
