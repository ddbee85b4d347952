"""Offsets and time zones behind times: how far from UTC a cell says it is, and its time on the clock of a place."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping

import polars as pl

from data.errors import Refused
from metrics.texts import N_

AS_WRITTEN = "as written"
# abbreviations that mean one offset only: CST, IST and the like mean several and are taken as the clock of the place
HOURS = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "wet": 0,
    "cet": 1,
    "met": 1,
    "cest": 2,
    "mest": 2,
    "eet": 2,
    "eest": 3,
    "msk": 3,
    "est": -5,
    "edt": -4,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "jst": 9,
    "kst": 9,
    "hkt": 8,
    "sgt": 8,
    "aest": 10,
    "aedt": 11,
    "awst": 8,
    "nzst": 12,
    "nzdt": 13,
    "west": 1,
}
PLACE = r"[a-z]+/[a-z_/+\-0-9]+"
NAMES = "|".join([*sorted(HOURS, key=len, reverse=True), "cst", "ist", "bst"])
ZONE = rf"(?:(?:utc|gmt)? ?[+-]\d{{1,2}}(?::?\d{{2}})?|{NAMES}|{PLACE})"
BEHIND = rf"(?: ?({ZONE})(?: ?[(\[][^)\]]*[)\]])?)"  # `+01:00[Europe/Berlin]`, `GMT+0100 (CET)`
FIXED = re.compile(r"([+-])(\d{1,2})(?::?(\d{2}))?")


def offset_minutes(zone: str) -> int | None:
    """How many minutes before UTC the clock of a zone is, as cells write it; None where that depends on more than the name."""
    if zone in HOURS:
        return 60 * HOURS[zone]
    found = FIXED.search(zone) if "/" not in zone else None
    if not found:
        return None
    minutes = 60 * int(found[2]) + int(found[3] or 0)
    return -minutes if found[1] == "-" else minutes


def offset_name(minutes: int) -> str:
    """+08:00, or UTC."""
    if not minutes:
        return "UTC"
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def check_zone(zone: str) -> None:
    """Refused unless times can be put on the clock of that zone."""
    if zone == AS_WRITTEN or re.fullmatch(r"[+-]\d{2}:\d{2}", zone):
        return
    try:
        pl.select(pl.lit(dt.datetime(2026, 1, 1)).dt.replace_time_zone("UTC").dt.convert_time_zone(zone))
    except pl.exceptions.PolarsError as error:
        raise Refused(
            N_("“{zone}” is no time zone. Name one such as Asia/Shanghai or +08:00, or “as written”."), zone=zone
        ) from error


def on_clock_of(zone: str, time: pl.Expr, minutes: pl.Expr) -> pl.Expr:
    """Times that stand so many `minutes` before UTC on the clock of a zone; where `minutes` is null the time is that of the place."""
    utc = time - pl.duration(minutes=minutes)
    fixed = FIXED.fullmatch(zone)
    if fixed:
        there = utc + pl.duration(minutes=offset_minutes(zone))
    else:
        there = utc.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return pl.when(minutes.is_null()).then(time).otherwise(there)


def minutes_of(zone: pl.Expr, known: Mapping[str, int | None]) -> pl.Expr:
    """The offsets of cells by the zones that they write."""
    sure = {name: minutes for name, minutes in known.items() if minutes is not None}
    if not sure:
        return pl.lit(None, dtype=pl.Int64)
    return zone.replace_strict(list(sure), list(sure.values()), default=None, return_dtype=pl.Int64)


def is_summer_time(days: Iterable[tuple[dt.date, int]]) -> bool:
    """Whether two offsets an hour apart are those of one place that puts its clocks forward: each in its part of the year."""
    seen = list(days)
    offsets = sorted({minutes for _, minutes in seen})
    if len(offsets) != 2 or offsets[1] - offsets[0] != 60:
        return False
    summer = [(day.month, day.day) for day, minutes in seen if minutes == offsets[1]]
    winter = [(day.month, day.day) for day, minutes in seen if minutes == offsets[0]]
    north = all((3, 8) <= day <= (11, 7) for day in summer) and not any((4, 2) <= day <= (10, 24) for day in winter)
    south = all((4, 1) <= day <= (10, 8) for day in winter) and not any((4, 8) <= day <= (9, 24) for day in summer)
    return north or south
