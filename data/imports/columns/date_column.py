"""A column of dates as a whole: which forms occur, what goes first, day or month, and which clock the times follow."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

import polars as pl

from data.errors import Refused
from data.imports.cells.blank import is_blank
from data.imports.cells.dates import (
    WITHOUT_DAY,
    date_order,
    day_and_month,
    fold_date,
    forms,
    parse_date,
    parse_iso,
    without_zone,
    zone_or_epoch,
)
from data.imports.cells.zones import AS_WRITTEN, check_zone, is_summer_time, offset_minutes, offset_name
from data.imports.columns.parse import batches
from data.imports.columns.reading import Reading
from data.imports.columns.wanted import Wanted
from data.imports.files.layout import fold_header
from data.imports.outcome.receipt import Convention
from data.imports.outcome.undecided import Undecided
from metrics.texts import N_

ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?"
ORDERS = ("dmy", "mdy", "ymd")
UTC_HEADER = re.compile(r"\b(utc|gmt)\b")


@dataclass
class Seen:
    """What the cells of a column show, gathered batch by batch."""

    forms: set[str] = field(default_factory=set)
    zones: Counter[str] = field(default_factory=Counter)
    local: int = 0
    first: int = 0
    second: int = 0
    lowest_first: int = 99
    highest_year: int = 0  # of years in two digits; 99 when a year is written in full
    example: str = ""
    day_first: str = ""
    month_first: str = ""

    def add(self, frame: pl.DataFrame) -> None:
        rest = frame.filter(~pl.col("c").str.contains(f"^{ISO}$"))
        self.local += frame.height - rest.height
        cells = rest.filter(~is_blank(pl.col("c"))).with_columns(folded=fold_date(pl.col("c")))
        cells = cells.with_columns(text=without_zone(pl.col("folded")), zone=zone_or_epoch(pl.col("folded")))
        cells = cells.with_columns(form=forms(pl.col("text"))).filter(pl.col("form").is_not_null())
        self.forms |= set(cells["form"].unique())
        for zone, count in cells["zone"].value_counts().iter_rows():
            if zone is None:
                self.local += count
            else:
                self.zones[zone] += count
        one, two, year = day_and_month(pl.col("text"))
        high = cells.filter(pl.col("form") == "year_last").select("c", one=one, two=two, year=year)
        if high.height:
            self.example = self.example or high["c"][0]
            self.day_first = self.day_first or next(iter(high.filter(pl.col("one") > 12)["c"].head(1)), "")
            self.month_first = self.month_first or next(iter(high.filter(pl.col("two") > 12)["c"].head(1)), "")
            years = high.select(
                pl.when(pl.col("year").str.len_chars() == 2)
                .then(pl.col("year").cast(pl.Int32, strict=False))
                .otherwise(99)
            ).to_series()
            self.first = max(self.first, int(high["one"].to_numpy().max()))
            self.second = max(self.second, int(high["two"].to_numpy().max()))
            self.lowest_first = min(self.lowest_first, int(high["one"].to_numpy().min()))
            self.highest_year = max(self.highest_year, int(years.to_numpy().max()))


def decide_date(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    """How the dates of a column are read. Raises Undecided for day or month first, and for clocks of several places in one column."""
    is_utc = UTC_HEADER.search(fold_header(wanted.header)) is not None
    zone = wanted.values.get("timezone") or wanted.kept.get("timezone") or ""
    if zone:
        check_zone(zone)
    plain = replace(wanted.plain(), zone=zone, is_utc=is_utc)
    if not wanted.others(ISO):
        return replace(plain, tidy=True), _clock(wanted, zone, ["UTC"] if is_utc else [])
    seen = Seen()
    query = f"select {wanted.name} as c from {wanted.source} where {wanted.name} is not null"
    for frame in batches(wanted.connection, query):
        seen.add(frame)
    order, other = _order(wanted, seen)
    reading = replace(plain, order=order, other=other, forms=tuple(sorted(seen.forms)))
    reading = replace(reading, offsets={name: offset_minutes(name) for name in seen.zones})
    found = [Convention(wanted.file, wanted.header, "date order", order)] if order != "none" else []
    if seen.forms.intersection(WITHOUT_DAY):
        found.append(Convention(wanted.file, wanted.header, "month", "first day"))
    return reading, [*found, *_clock(wanted, zone, _offsets(wanted, seen, reading))]


def _clock(wanted: Wanted, zone: str, offsets: list[str]) -> list[Convention]:
    """What the receipt says of offsets: that times were put on the clock of a place, or that they stay as they are written."""
    if not offsets:
        return []
    if zone and zone != AS_WRITTEN:
        return [Convention(wanted.file, wanted.header, "time zone", zone)]
    return [Convention(wanted.file, wanted.header, "offset", ", ".join(offsets))]


def _order(wanted: Wanted, seen: Seen) -> tuple[str, str]:
    """What comes first, and the order that a person decided against."""
    order = date_order(seen.first or None, seen.second or None)
    given = wanted.values.get("date_order")
    if given not in (None, "", *ORDERS):
        raise Refused(N_("date_order is “{value}”; it must be dmy, mdy or ymd."), value=given)
    if order == "none":
        return order, ""
    if order == "mixed":
        if not given:
            raise Undecided(
                N_(
                    "{file}, column “{column}”: “{day_first}” puts the day before the month and “{month_first}” the month before "
                    "the day. Dates of the kind that is not meant are left out."
                ),
                option="date_order",
                answers=("dmy", "mdy"),
                file=wanted.file,
                column=wanted.header,
                day_first=seen.day_first[:80],
                month_first=seen.month_first[:80],
            )
        return given, "mdy" if given == "dmy" else "dmy"
    year_first = order == "dmy" and seen.lowest_first > 12 and seen.highest_year <= 31
    known = given or (wanted.kept.get("date_order") if order == "unknown" or year_first else "")
    if known:
        return known, ""
    if order == "unknown" or year_first:
        raise Undecided(
            N_(
                "{file}, column “{column}”: “{value}” can begin with the year or end with it, and the column does not decide it."
            )
            if year_first
            else N_(
                "{file}, column “{column}”: “{value}” can be day before month or month before day, and the column does not "
                "decide it."
            ),
            option="date_order",
            answers=("dmy", "ymd") if year_first else ("dmy", "mdy"),
            file=wanted.file,
            column=wanted.header,
            value=seen.example[:80],
        )
    return order, ""


def _offsets(wanted: Wanted, seen: Seen, reading: Reading) -> list[str]:
    """The offsets that the cells name. Raises Undecided when they are not those of one place, unless a zone is given."""
    counts: Counter[int] = Counter()
    local = seen.local
    for name, count in seen.zones.items():
        minutes = reading.offsets[name]
        if minutes is None:
            local += count
        else:
            counts[minutes] += count
    names = [offset_name(minutes) for minutes in sorted(counts)]
    one_place = not counts or (not local and (len(counts) == 1 or _summer_time(wanted, reading)))
    if one_place or reading.zone:
        return names
    shown = [f"{offset_name(minutes)} ({count:,})" for minutes, count in counts.most_common()]
    if local:
        shown.append(f"– ({local:,})")
    raise Undecided(
        N_(
            "{file}, column “{column}”: the times are in different time zones: {offsets} (– without an offset). To keep what is "
            "written, or to convert them to one time zone, gives other days and months."
        ),
        option="timezone",
        answers=(AS_WRITTEN, *([name for name in names if name != "UTC"][:4]), "UTC"),
        file=wanted.file,
        column=wanted.header,
        offsets=", ".join(shown[:8]),
    )


def _summer_time(wanted: Wanted, reading: Reading) -> bool:
    days = set()
    query = f"select distinct {wanted.name} as c from {wanted.source} where {wanted.name} is not null"
    for frame in batches(wanted.connection, query):
        time = pl.coalesce(parse_iso(pl.col("c")), parse_date(pl.col("c"), order=reading.order, known=reading.forms))
        found = frame.select(day=time.dt.date(), zone=zone_or_epoch(fold_date(pl.col("c")))).drop_nulls().unique()
        days |= {
            (day, minutes) for day, zone in found.iter_rows() if (minutes := reading.offsets.get(zone)) is not None
        }
    return is_summer_time(days)
