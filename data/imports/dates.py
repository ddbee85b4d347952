"""Dates and times as exports write them, read as the wall clock of the place. Day before month is decided per column."""

from dataclasses import dataclass

import polars as pl

TIME = r"(?:[ T,]+(?:(上午|下午|AM|PM|am|pm) ?)?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?: ?(AM|PM|am|pm))?)?"
YEAR_FIRST = rf"^(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){TIME}$"
YEAR_LAST = rf"^(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}|\d{{2}}){TIME}$"
DAY_NAMED = rf"^(\d{{1,2}})[- ]([A-Za-z]{{3}})[a-z]*[-, ]+(\d{{4}}){TIME}$"
MONTH_NAMED = rf"^([A-Za-z]{{3}})[a-z]*\.? (\d{{1,2}}),? (\d{{4}}){TIME}$"
PACKED = r"^((?:19|20)\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?$"
SERIAL = r"^\d{5}(?:\.\d+)?$"
ZONE = r" ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})(?: ?\([^)]*\))?$"
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True)
class Order:
    """What the cells of one column say of day and month: "dmy", "mdy", "mixed", "unknown", or "none" when no cell needs it."""

    value: str


def fold_date(value: pl.Expr) -> pl.Expr:
    """One spelling: width folded, 年月日 as separators, a zone or offset after the time dropped (the wall clock stays)."""
    return (
        value.str.normalize("NFKC")
        .str.strip_chars("'\" \t\r\n")
        .str.replace_all(r"\s*[年月]\s*", "-")
        .str.replace_all(r"\s*日\s*", " ")
        .str.replace_all(r"\s+", " ")
        .str.replace(r"(:\d{2}(?:[.,]\d+)?(?: ?[AaPp][Mm])?)" + ZONE, "$1")
        .str.strip_chars()
    )


def day_and_month(value: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """First and second number of cells with the year last, as integers; null for all others."""
    folded = fold_date(value)
    return (
        folded.str.extract(YEAR_LAST, 1).cast(pl.Int32, strict=False),
        folded.str.extract(YEAR_LAST, 2).cast(pl.Int32, strict=False),
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


def parse_date(value: pl.Expr, *, order: str = "none") -> pl.Expr:
    """The time in a cell (Datetime, microseconds, no zone); null when empty or unreadable. `order`: "dmy" or "mdy"."""
    text = fold_date(value)
    first, second = ("day", "month") if order == "dmy" else ("month", "day")
    readings = [
        _built(text, YEAR_FIRST, {"year": 1, "month": 2, "day": 3}, clock_from=4),
        _packed(text),
        _serial(text),
        _built(text, DAY_NAMED, {"day": 1, "month": 2, "year": 3}, clock_from=4),
        _built(text, MONTH_NAMED, {"month": 1, "day": 2, "year": 3}, clock_from=4),
    ]
    if order in ("dmy", "mdy"):
        readings.append(_built(text, YEAR_LAST, {first: 1, second: 2, "year": 3}, clock_from=4))
    return pl.coalesce(readings)


def parse_iso(value: pl.Expr) -> pl.Expr:
    """The fast reading of `2026-09-03 12:00:00` and `2026-09-03`, null for every other spelling."""
    return pl.coalesce(
        value.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False),
        value.str.to_datetime("%Y-%m-%d", time_unit="us", strict=False),
    )


def _built(text: pl.Expr, pattern: str, groups: dict[str, int], *, clock_from: int) -> pl.Expr:
    part = {name: text.str.extract(pattern, number) for name, number in groups.items()}
    year = (
        pl.when(part["year"].str.len_chars() == 2)
        .then(pl.when(part["year"] >= "90").then("19" + part["year"]).otherwise("20" + part["year"]))
        .otherwise(part["year"])
    )
    named = part["month"].str.to_lowercase().replace({name: str(n) for n, name in enumerate(MONTHS, start=1)})
    before, hour, minute, second, after = (text.str.extract(pattern, clock_from + n) for n in range(5))
    half = pl.coalesce(before, after).str.to_uppercase().replace({"上午": "AM", "下午": "PM"})
    hours = hour.cast(pl.Int32, strict=False)
    hours = (
        pl.when((half == "PM") & (hours < 12))
        .then(hours + 12)
        .when((half == "AM") & (hours == 12))
        .then(0)
        .otherwise(hours)
    )
    return pl.concat_str(
        [
            year,
            pl.lit("-"),
            named.str.zfill(2),
            pl.lit("-"),
            part["day"].str.zfill(2),
            pl.lit(" "),
            hours.cast(pl.String).fill_null("00").str.zfill(2),
            pl.lit(":"),
            minute.fill_null("00"),
            pl.lit(":"),
            second.fill_null("00"),
        ]
    ).str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)


def _packed(text: pl.Expr) -> pl.Expr:
    digits = text.str.extract(PACKED, 0)
    return digits.str.pad_end(14, "0").str.to_datetime("%Y%m%d%H%M%S", time_unit="us", strict=False)


def _serial(text: pl.Expr) -> pl.Expr:
    """Days since 1899-12-30, the count of Excel, between 1990 and 2100; seconds rounded, since days are binary fractions."""
    days = text.str.extract(SERIAL, 0).cast(pl.Float64, strict=False)
    days = pl.when(days.is_between(32874, 73050)).then(days)
    seconds = (days * 86400).round().cast(pl.Int64)
    return pl.datetime(1899, 12, 30, time_unit="us") + pl.duration(seconds=seconds)
