"""The worklist as files: for a spreadsheet in the reader's language, and as the programmes that send messages take it."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
import xlsxwriter

from data.text.formula_safe import csv_text
from metrics.texts import N_
from pages.customers.worklist import wording
from pages.shared.files.exports import csv_bytes
from pages.shared.words.texts import _

WIDTHS = {"because": 60, "reason": 26, "also": 30}
USUAL_WIDTH = 18


@dataclass(frozen=True)
class Format:
    """How a list is written: what it is called, the ending of its file, and what makes its bytes of rows of `wording.readable` with email
    and phone. `reaches`: the column without which a row is left out."""

    name: str
    kind: str
    write: Callable[[pl.DataFrame, str | None], bytes]
    reaches: str = ""


def excel(rows: pl.DataFrame, currency: str | None) -> bytes:
    """One sheet, with names in the reader's language, days and amounts as such."""
    shown = wording.named(rows.select(list(wording.COLUMNS)), currency)
    buffer = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, safe) as book:
        sheet = book.add_worksheet(_("Worklist")[:31])
        head, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
        whole = book.add_format({"num_format": "#,##0"})
        for place, (code, name) in enumerate(zip(wording.COLUMNS, shown.columns, strict=True)):
            sheet.write_string(0, place, name, head)
            sheet.set_column(place, place, WIDTHS.get(code, USUAL_WIDTH))
            for row, value in enumerate(shown[name], start=1):
                if isinstance(value, dt.date):
                    sheet.write_datetime(row, place, dt.datetime.combine(value, dt.time()), day)
                elif isinstance(value, int | float):
                    sheet.write_number(row, place, value, whole)
                elif value is not None:
                    sheet.write_string(row, place, value)
        sheet.freeze_panes(1, 0)
        if shown.height:
            sheet.autofilter(0, 0, shown.height, shown.width - 1)
    return buffer.getvalue()


def csv(rows: pl.DataFrame, currency: str | None) -> bytes:
    """The same columns, for any other programme."""
    return csv_bytes(wording.named(rows.select(list(wording.COLUMNS)), currency))


def wecom(rows: pl.DataFrame, currency: str | None) -> bytes:  # noqa: ARG001
    """Number and remark, to add customers in WeCom, which takes no line without a number."""
    shown = rows.select(
        pl.col("phone").alias("手机号"),
        pl.col("customer_id").alias("客户编号"),
        pl.concat_str(pl.col("reason"), pl.col("because"), separator="：").alias("备注"),
    )
    return csv_bytes(shown)


def klaviyo(rows: pl.DataFrame, currency: str | None) -> bytes:  # noqa: ARG001
    """Address first, then what Klaviyo keeps as properties of a profile; in English, as its headers are."""
    shown = rows.select(
        pl.col("email").alias("Email"),
        pl.col("customer_id").alias("External ID"),
        pl.col("code").alias("Worklist Reason"),
        pl.col("stake").alias("Worklist Stake"),
        pl.col("tier_code").alias("Tier"),
        pl.col("last_order").dt.to_string("%Y-%m-%d").alias("Last Order"),
    )
    return csv_text(shown).encode()


def mailchimp(rows: pl.DataFrame, currency: str | None) -> bytes:  # noqa: ARG001
    """Address and fields of an audience; the reason is a tag."""
    shown = rows.select(
        pl.col("email").alias("Email Address"),
        pl.col("customer_id").alias("Customer ID"),
        pl.col("code").alias("Tags"),
        pl.col("tier_code").alias("Tier"),
        pl.col("stake").alias("Stake"),
    )
    return csv_text(shown).encode()


FORMATS = {
    "excel": Format(N_("Excel"), "xlsx", excel),
    "csv": Format(N_("CSV"), "csv", csv),
    "wecom": Format(N_("WeCom"), "csv", wecom, reaches="phone"),
    "klaviyo": Format(N_("Klaviyo"), "csv", klaviyo, reaches="email"),
    "mailchimp": Format(N_("Mailchimp"), "csv", mailchimp, reaches="email"),
}
