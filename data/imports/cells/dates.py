"""Dates and times as exports write them. Day before month, and what is done with offsets, is decided per column."""

import re
from collections.abc import Collection

import polars as pl

from data.imports.cells.months import months, weekdays
from data.imports.cells.zones import BEHIND, ZONE

TIME = (
    r"(?:[ t,:]+(?:(am|pm) ?)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,:]\d+)?)?(?: ?(am|pm))?"
    r"|[ t,:]+(\d{1,2}) ?(am|pm))?"
)
BETWEEN = r"[-/., ]*"  # a month's name and its neighbours
DATES = {  # the groups by their first letters: year, month, day; months with a name stand in <>
    "year_first": (r"(\d{4}) ?[-/.] ?(\d{1,2}) ?[-/.] ?(\d{1,2})\.?", "ymd"),
    "packed": (r"((?:19|20)\d{2})(\d{2})(\d{2})", "ymd"),
    "day_named": (rf"(\d{{1,2}}){BETWEEN}<(\d\d)>{BETWEEN}(\d{{4}}|'?\d{{2}})", "dmy"),
    "month_named": (rf"<(\d\d)>{BETWEEN}(\d{{1,2}})[-/., ]+(\d{{4}}|'?\d{{2}})", "mdy"),
    "year_named": (rf"(\d{{4}}){BETWEEN}<(\d\d)>{BETWEEN}(\d{{1,2}})", "ymd"),
    "year_month": (r"(\d{4}) ?[-/.] ?(\d{1,2})", "ym"),
    "month_year": (r"(\d{1,2}) ?[-/.] ?(\d{4})", "my"),
    "packed_month": (r"(20(?:1[3-9]|[2-9]\d))(0[1-9]|1[0-2])", "ym"),  # of 2020, 200103 is a day
    "named_month": (rf"<(\d\d)>{BETWEEN}(\d{{4}})", "my"),
    "named_month_short": (r"<(\d\d)>[-/']{1,2}(\d{2})", "my"),  # Jan-26, as Excel writes a month
    "named_month_last": (rf"(\d{{4}}){BETWEEN}<(\d\d)>", "ym"),
}
YEAR_LAST = r"(\d{1,2}) ?[-/.] ?(\d{1,2}) ?[-/.] ?(\d{4}|\d{2})\.?"
WITHOUT_DAY = ("year_month", "month_year", "packed_month", "named_month", "named_month_short", "named_month_last")
COUNTED = {"serial": r"^\d{5}(?:\.\d+)?$", "epoch": r"^1\d{9}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,6})?$"}
HALVES = {
    **dict.fromkeys(("上午", "午前", "오전", "凌晨", "早上", "öö"), "am"),
    **dict.fromkeys(("下午", "午後", "오후", "晚上", "ös"), "pm"),
}
CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,:]\d+)?)?(?: ?[ap]m)?|\d ?[ap]m|\d{8}t\d{4}(?:\d{2}(?:\.\d+)?)?"
CJK_DAY = (
    "(?:星期|礼拜|禮拜|周|週)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일"
    "|[(][月火水木金土日一二三四五六월화수목금토일][)]"
)


def fold_date(value: pl.Expr) -> pl.Expr:
    """One spelling in small letters: months with names as <01> to <12>, no weekday, 年月日 as separators, 上午 as am."""
    names = months()
    longest = sorted(names, key=lambda name: -len(name))
    days = "|".join(map(re.escape, weekdays()))
    halves = list(HALVES)
    return (
        value.str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all("[−–]", "-")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars("'\" ")
        .str.replace(rf" ?(?:{CJK_DAY}),? ?", " ")
        .str.replace(rf"(^|[ ,(]+)(?:{days})[.),]*( |$)", "$2")
        .str.replace(
            r"^mar[.,]* (\d{1,2}[. ]+(?:de )?\p{L}+.*)$", "$1"
        )  # a Tuesday in three languages, March in others
        .str.strip_chars()
        .str.replace_many(halves, [f" {HALVES[half]} " for half in halves])
        .str.replace_many(longest, [f"<{names[name]:02}>" for name in longest], leftmost=True)
        .str.replace_all(r"\b([ap])\. ?m\b\.?", "${1}m")
        .str.replace_all(r"(\d)(?:st|nd|rd|th|er|o|ª)\b", "$1")
        .str.replace_all(r" (?:de|del|of) ", " ")
        .str.replace(r"(\d),? (?:at|um|à|a las|alle|om|kl\.?|о|в) (\d)", "$1 $2")
        .str.replace(r"(\d{4}) ?(?:г|r)\.?( |,|$)", "$1$2")
        .str.replace_all(r" ?[年년] ?", "-")
        .str.replace_all(r" ?[月월] ?", "-")
        .str.replace_all(r" ?[日号號일] ?", " ")
        .str.replace(r"(\d) ?[时時點点시h] ?(\d)", "$1:$2")
        .str.replace(r"(\d) ?[时時點点시](?: ?[整]|$)", "$1:00")
        .str.replace(r"(\d) ?[分분] ?(\d)", "$1:$2")
        .str.replace_all("[分분秒초]| uhr$", "")
        .str.replace(
            rf"^(\S+ \d{{1,2}}) (\d\d:\d\d:\d\d)(?: ({ZONE}))? (\d{{4}})$", "$1 $4 $2 $3"
        )  # Fri Jan 2 10:00:00 2026
        .str.replace(r"^(\d{4})(\d{2})(\d{2})[ t](\d{1,2}:)", "$1-$2-$3 $4")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars(" -,")
    )


def zone_of(folded: pl.Expr) -> pl.Expr:
    """The zone or offset that a folded cell writes after its time; null when there is none."""
    return folded.str.extract(rf"(?:{CLOCK}){BEHIND}$", 1).str.replace_all(" ", "")


def zone_or_epoch(folded: pl.Expr) -> pl.Expr:
    """As `zone_of`; seconds since 1970 are a time in UTC."""
    return pl.when(folded.str.contains(COUNTED["epoch"])).then(pl.lit("utc")).otherwise(zone_of(folded))


def without_zone(folded: pl.Expr) -> pl.Expr:
    return folded.str.replace(rf"({CLOCK}){BEHIND}$", "$1").str.replace(r"^(\d{4}-\d\d-\d\d)(?:z|[+-]\d\d:\d\d)$", "$1")


def forms(text: pl.Expr) -> pl.Expr:
    """The name of the form that a folded cell without its zone has; null for none that is known."""
    patterns = {name: _whole(name) for name in DATES} | {"year_last": f"^{YEAR_LAST}{TIME}$"} | COUNTED
    return pl.coalesce(pl.when(text.str.contains(pattern)).then(pl.lit(name)) for name, pattern in patterns.items())


def day_and_month(text: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """The three numbers of folded cells with the year last: two integers, null for all others, and the year as it is written."""
    pattern = f"^{YEAR_LAST}{TIME}$"
    return (
        text.str.extract(pattern, 1).cast(pl.Int32, strict=False),
        text.str.extract(pattern, 2).cast(pl.Int32, strict=False),
        text.str.extract(pattern, 3),
    )


def date_order(highest_first: int | None, highest_second: int | None) -> str:
    """Decide a column from the highest first and second number of its cells (None: no cell has the year last)."""
    if highest_first is None or highest_second is None:
        return "none"
    if highest_first > 12 and highest_second > 12:
        return "mixed"
    if highest_first > 12:
        return "dmy"
    return "mdy" if highest_second > 12 else "unknown"


def parse_date(value: pl.Expr, *, order: str = "none", known: Collection[str] = ()) -> pl.Expr:
    """The time in a cell (Datetime, microseconds) as the cell's own clock has it; null when empty or unreadable.

    `order`: "dmy", "mdy" or "ymd" where the year is not written first in full. `known`: the `forms` that occur (none: any).
    A month without a day is its first day; seconds since 1970 are the clock of UTC.
    """
    text = without_zone(fold_date(value))
    readings = [_built(text, _whole(name), DATES[name][1]) for name in DATES if not known or name in known]
    if order != "none" and (not known or "year_last" in known):
        readings.append(_built(text, f"^{YEAR_LAST}{TIME}$", order))
    if not known or "serial" in known:
        readings.append(_serial(text))
    if not known or "epoch" in known:
        readings.append(_epoch(text))
    return pl.coalesce(readings) if readings else pl.lit(None, dtype=pl.Datetime("us"))


def parse_iso(value: pl.Expr) -> pl.Expr:
    """The fast reading of `2026-09-03 12:00:00` and `2026-09-03`, null for every other spelling."""
    full = pl.when(value.str.contains(r"^\d{4}-")).then(value)  # `17-5-25` is none of the year 17
    return pl.coalesce(
        full.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False),
        full.str.to_datetime("%Y-%m-%d", time_unit="us", strict=False),
    )


def _whole(name: str) -> str:
    """The pattern of a cell that has nothing but a date of this form, and a time where it names a day."""
    pattern, _ = DATES[name]
    if name in WITHOUT_DAY:
        return f"^{pattern}$"
    if name == "packed":
        return rf"^{pattern}(?:[ t]?()(\d{{2}})(\d{{2}})(\d{{2}})?(?:\.\d+)?()()())?$"
    return f"^{pattern}{TIME}$"


def _built(text: pl.Expr, pattern: str, letters: str) -> pl.Expr:
    part = {letter: text.str.extract(pattern, place) for place, letter in enumerate(letters, start=1)}
    year = part["y"].str.strip_chars("'")
    year = (
        pl.when(year.str.len_chars() == 2)
        .then(pl.when(year >= "90").then("19" + year).otherwise("20" + year))
        .otherwise(year)
    )
    day = part["d"].str.zfill(2) if "d" in part else pl.lit("01")
    date = pl.concat_str([year, part["m"].str.zfill(2), day])
    if "d" not in part:
        return date.str.to_datetime("%Y%m%d", time_unit="us", strict=False)
    clock = len(letters) + 1
    before, hour, minute, second, after, bare, half = (text.str.extract(pattern, clock + n) for n in range(7))
    half = pl.coalesce(after, half, before)
    hours = pl.coalesce(hour, bare).cast(pl.Int32, strict=False)
    hours = (
        pl.when((half == "pm") & (hours < 12))
        .then(hours + 12)
        .when((half == "am") & (hours == 12))
        .then(0)
        .otherwise(hours)
    )
    time = [hours.cast(pl.String).fill_null("00").str.zfill(2), minute.fill_null("00"), second.fill_null("00")]
    return pl.concat_str([date, *time]).str.to_datetime("%Y%m%d%H%M%S", time_unit="us", strict=False)


def _serial(text: pl.Expr) -> pl.Expr:
    """Days since 1899-12-30, the count of Excel, between 1990 and 2100; seconds rounded, since days are binary fractions."""
    days = text.str.extract(COUNTED["serial"], 0).cast(pl.Float64, strict=False)
    days = pl.when(days.is_between(32874, 73050)).then(days)
    seconds = (days * 86400).round().cast(pl.Int64)
    return pl.datetime(1899, 12, 30, time_unit="us") + pl.duration(seconds=seconds)


def _epoch(text: pl.Expr) -> pl.Expr:
    """Seconds since 1970 from 2001 to 2033, or thousandths, millionths and so on of them, by how many digits there are."""
    digits = text.str.extract(COUNTED["epoch"], 0).str.extract(r"^(\d+)", 1)
    return pl.from_epoch(digits.str.head(10).cast(pl.Int64, strict=False), time_unit="s").cast(pl.Datetime("us"))
