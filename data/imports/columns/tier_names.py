"""Tiers of an import as a whole: one spelling for each, and which is above which."""

from collections.abc import Collection, Mapping

import duckdb
import polars as pl

from data.imports.columns.reading import Reading
from data.imports.outcome.receipt import Convention
from data.imports.outcome.undecided import Undecided
from metrics.texts import N_
from metrics.tiers.order import fold_tier, tier_order
from metrics.tiers.tiers import LAPSED

MOST = 200  # different names; a column with more holds no tiers


def settle_tiers(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    reading: Reading,
    known: Collection[str],
    values: Mapping[str, str],
) -> list[Convention]:
    """Write each tier of the parsed `rows` in one spelling, that of the store where it has the tier. Gives the order for the receipt.

    Raises Undecided for an order that the names do not tell; `values["ladder"]` is the answer.
    """
    counted = connection.execute(
        f"select tier, count(*) from {rows} where rule is null and tier is not null group by 1 order by 2 desc, 1"
    ).fetchall()
    if len(counted) > MOST:
        return []
    spelling = {fold_tier(name): name for name in known}
    for name, _ in counted:
        spelling.setdefault(fold_tier(name), name)
    changed = {name: spelling[fold_tier(name)] for name, _ in counted if spelling[fold_tier(name)] != name}
    if changed:
        connection.register(
            "arriving_tiers", pl.DataFrame({"old": list(changed), "new": list(changed.values())}).to_arrow()
        )
        connection.execute(f"update {rows} r set tier = t.new from arriving_tiers t where r.tier = t.old")
        connection.unregister("arriving_tiers")
    tiers = sorted({name for name in spelling.values() if name != LAPSED})
    found = [Convention(reading.file, reading.header, "spelling", f"{old} = {new}") for old, new in changed.items()]
    order = _given(values, tiers, spelling) or tier_order(tiers)
    if order is None:
        raise Undecided(
            N_(
                "{file}, column “{column}”: the names of the tiers do not tell which is above which: {tiers}. Name all of them from the "
                "lowest to the highest."
            ),
            option="ladder",
            answers=(", ".join(tiers),),
            file=reading.file,
            column=reading.header,
            tiers=", ".join(tiers),
        )
    if len(order) > 1:
        found.append(Convention(reading.file, reading.header, "tier order", " < ".join(order)))
    return found


def _given(values: Mapping[str, str], tiers: list[str], spelling: Mapping[str, str]) -> list[str]:
    """The order that was answered, in the spelling of the store; empty when there is none, or a kept one lacks a tier."""
    named = [name.strip() for name in values.get("ladder", "").split(",") if name.strip()]
    order = list(dict.fromkeys(spelling.get(fold_tier(name), name) for name in named))
    return [name for name in order if name in tiers] if set(tiers) <= set(order) else []
