"""The rules of the ledger of points once more, as a plain loop over one movement after the other; and movements to try them on."""

import datetime as dt
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

DAY = dt.timedelta(days=1)


def by_hand(rows: Iterable[Mapping[str, Any]], as_of: dt.date) -> dict[str, Any]:
    """Balance by customer, left by award, and what left awards by customer, award, day and kind; whole points."""
    awards: dict[Any, list[dict[str, Any]]] = {}
    debt: dict[Any, int] = {}
    ahead: dict[Any, int] = {}
    gone: list[tuple[Any, ...]] = []

    def expire(who: Any, day: dt.date) -> None:
        for award in awards.get(who, []):
            if award["last"] is not None and award["last"] < day and award["left"]:
                gone.append((who, award["id"], award["last"] + DAY, "expire", award["left"]))
                ahead[who] = ahead.get(who, 0) + award["left"]
                award["left"] = 0

    def take(who: Any, award: dict[str, Any], wanted: int, day: dt.date, kind: str) -> int:
        part = min(wanted, award["left"])
        if part:
            award["left"] -= part
            gone.append((who, award["id"], day, kind, part))
        return wanted - part

    ordered = sorted(rows, key=lambda row: (row["moved_at"], row["movement_id"], row["source"]))
    for row in (row for row in ordered if row["moved_at"].date() <= as_of):
        who, day, amount = row["customer_key"], row["moved_at"].date(), int(row["points"])
        expire(who, day)
        if amount > 0:
            repaid = min(debt.get(who, 0), amount)
            debt[who] = debt.get(who, 0) - repaid
            last = max(row["expires_on"], day) if row["expires_on"] else None
            name = (row["source"], row["movement_id"])
            awards.setdefault(who, []).append({"id": name, "left": amount - repaid, "last": last})
            continue
        wanted = -amount
        if row["kind"] == "expire":
            booked = min(wanted, ahead.get(who, 0))
            ahead[who] = ahead.get(who, 0) - booked
            wanted -= booked
        named = [award for award in awards.get(who, []) if award["id"] == (row["source"], row["award_id"])]
        for award in [*named[:1], *awards.get(who, [])]:
            wanted = take(who, award, wanted, day, row["kind"])
        if wanted:
            debt[who] = debt.get(who, 0) + wanted
            gone.append((who, None, day, row["kind"], wanted))
    for who in awards:
        expire(who, as_of)
    left = {award["id"]: award["left"] for each in awards.values() for award in each}
    people = {row["customer_key"] for row in ordered if row["moved_at"].date() <= as_of}
    balance = {who: sum(a["left"] for a in awards.get(who, [])) - debt.get(who, 0) for who in people}
    return {"balance": balance, "left": left, "gone": sorted(gone, key=repr)}


KINDS = ("earn", "spend", "expire", "adjust", "cancel")
OUT = ("spend", "expire", "cancel")


def movements(seed: int, count: int, people: int) -> list[dict[str, Any]]:
    """Movements as they really come, and worse: several in one second, awards that end before they begin, awards of others or of nobody
    named, more spent than there is."""
    random, rows = Random(seed), []
    for number in range(count):
        kind = random.choices(KINDS, (5, 3, 1, 2, 1))[0]
        points = random.randint(0, 300) * (-1 if kind in OUT else random.choice((-1, 1)) if kind == "adjust" else 1)
        moved_at = dt.datetime(2026, 1, 1) + dt.timedelta(days=random.randint(0, 60), hours=random.choice((0, 0, 10)))
        last = moved_at.date() + dt.timedelta(days=random.randint(-2, 30)) if random.random() < 0.6 else None
        row = {"customer_key": random.randint(1, people), "moved_at": moved_at, "source": random.choice("st")}
        row |= {"movement_id": f"{number}", "kind": kind, "points": float(points), "award_id": None, "expires_on": last}
        rows.append(row)
    for row in rows:
        own = [each for each in rows if each["customer_key"] == row["customer_key"] and each["points"] > 0]
        if row["points"] < 0 and random.random() < 0.5:
            award = random.choice(own if own and random.random() < 0.8 else rows)
            row |= {"award_id": award["movement_id"], "source": award["source"]}
    return rows
