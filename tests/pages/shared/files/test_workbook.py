"""XLSX read back: types, formats, what spreadsheets must not run, and the sheet that says what the tables are."""

import datetime as dt
import io
import re
import zipfile

import fastexcel
import polars as pl
import pytest

from data.people.access import LOCAL, Access
from data.segment import Segment
from data.store.extent import Extent
from metrics.catalogue import CATALOGUE
from pages.shared.files.exports import csv_bytes
from pages.shared.files.workbook import EXACT_TO, LONGEST_TEXT, workbook
from pages.shared.model.parts import Cards, Heading, Section, Table
from pages.shared.model.report import Report
from pages.shared.session.view import View

MADE = dt.datetime(2026, 7, 20, 9, 30)
HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://evil.example","x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "{=1+1}",
    "http://evil.example/",
    "mailto:x@y.de",
    "internal:Sheet1!A1",
    "![x](http://evil.example/p.png)",
    "<script>alert(1)</script>",
    "a\x00b\x01c\x08d\x0be\x1ff",
    "\ufffe\uffff",
    "_x0041_",
    "0012",
    "1e5",
    "TRUE",
    "2026-01-01",
    "'quoted",
    "x" * 40_000,
    "好评 🎉",
    "",
]


def report(*tables: Table, language: str = "en") -> Report:
    view = View(
        dt.date(2026, 4, 1), dt.date(2026, 6, 30), dt.date(2026, 7, 18), "before", Segment(region=("East China",))
    )
    extent = Extent(orders_first=dt.date(2023, 7, 19), orders_last=dt.date(2026, 7, 18), currency="CNY", demo=True)
    made = Report(
        code="nps", page="NPS", language=language, version=7, extent=extent, access=Access(None, LOCAL), view=view,
        link="http://rapport.example/nps?lang=en",
    )  # fmt: skip
    made.note(Heading("NPS rose to **41.2**", "**12 answers**, in East China", ""))
    for table in tables:
        made.note(Section(table.title, "", table))
    return made


def sheets(*tables: Table, language: str = "en") -> dict[str, pl.DataFrame]:
    """Every sheet of the workbook, read back."""
    book = fastexcel.read_excel(workbook(report(*tables, language=language), list(tables), made=MADE))
    return {name: pl.DataFrame(book.load_sheet(name)) for name in book.sheet_names}


def about(*tables: Table, language: str = "en") -> str:
    """All that the last sheet says."""
    book = fastexcel.read_excel(workbook(report(*tables, language=language), list(tables), made=MADE))
    last = pl.DataFrame(book.load_sheet(book.sheet_names[-1], header_row=None))
    return "\n".join(" | ".join(str(value) for value in row if value is not None) for row in last.iter_rows())


def parts(*tables: Table) -> dict[str, str]:
    """The XML files of the workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook(report(*tables), list(tables), made=MADE))) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml")}


def test_an_empty_table_keeps_its_head() -> None:
    frame = pl.DataFrame(schema={"n": pl.Int64, "nps": pl.Float64})
    assert sheets(Table("nps", "NPS", frame))["nps"].columns == ["n", "nps"]


def test_values_keep_their_types() -> None:
    frame = pl.DataFrame(
        {
            "period": [dt.date(2026, 4, 1), dt.date(2026, 5, 1)],
            "at": [dt.datetime(2026, 4, 1, 12, 30), None],
            "complete": [True, False],
            "n": [1200, 0],
            "value": [41.25, None],
            "code": ["gold", None],
        }
    )
    read = sheets(Table("things", "Things", frame))["things"]
    assert (
        read["period"].to_list() == [dt.datetime(2026, 4, 1), dt.datetime(2026, 5, 1)]
        or read["period"].dtype == pl.Date
    )
    assert read["at"].to_list()[0] == dt.datetime(2026, 4, 1, 12, 30)
    assert read["complete"].to_list() == [True, False]
    assert read["n"].to_list() == [1200, 0]
    assert read["value"].to_list() == [41.25, None]
    assert read["code"].to_list() == ["gold", None]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (float("nan"), None),
        (float("inf"), "inf"),
        (EXACT_TO * 10, str(EXACT_TO * 10)),
        (dt.date(1890, 1, 1), "1890-01-01"),
    ],
)
def test_what_a_spreadsheet_has_no_type_for_is_text(value: object, read: object) -> None:
    frame = pl.DataFrame({"n": [1, 2], "value": [value, value]}, strict=False)
    assert sheets(Table("t", "T", frame))["t"].get_column("value", default=pl.Series([None, None])).to_list() == [
        read,
        read,
    ]


def test_shares_are_percentages() -> None:
    frame = pl.DataFrame({"n": [40], "csat": [0.834], "mean": [4.2], "low": [0.7], "high": [0.9]})
    xml = parts(Table("csat_by_month", "CSAT", frame, "csat_trend"))
    formats = re.findall(r'formatCode="([^"]+)"', xml["xl/styles.xml"])
    assert "0.0%" in formats
    styles = re.findall(r'<c r="([A-E])2" s="(\d+)"', xml["xl/worksheets/sheet1.xml"])
    of = dict(styles)
    assert of["B"] == of["D"] == of["E"] != of["C"]


@pytest.mark.parametrize("hostile", HOSTILE, ids=[repr(text[:20]) for text in HOSTILE])
def test_text_is_text(hostile: str) -> None:
    frame = pl.DataFrame({"name": [hostile, "end"], hostile[:50] or "empty": ["a", "b"]})
    xml = parts(Table("t", hostile, frame))
    sheet = xml["xl/worksheets/sheet1.xml"]
    assert not re.search(r"<f[ >]|<hyperlink|<drawing", sheet)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "".join(xml.values()))
    read = sheets(Table("t", hostile, frame))["t"]["name"].to_list()
    clean = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", hostile)
    expected = clean if len(clean) <= LONGEST_TEXT else clean[: LONGEST_TEXT - 1] + "…"
    assert (read[0] or "").replace("\r\n", "\n").replace("\r", "\n") == expected.replace("\r", "\n")
    assert read[1] == "end"


@pytest.mark.parametrize("hostile", HOSTILE, ids=[repr(text[:20]) for text in HOSTILE])
def test_csv_cells_are_never_run(hostile: str) -> None:
    cell = pl.read_csv(csv_bytes(pl.DataFrame({"name": [hostile]})), infer_schema=False)["name"][0]
    assert not (cell or "").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (cell or "").replace("'", "") == hostile.replace("'", "")


def test_names_of_sheets_are_allowed_and_differ() -> None:
    frame = pl.DataFrame({"n": [1]})
    names = ["a" * 40, "A" * 40, "x[1]:*?/\\", "x_1______", "'q'", "", "About"]
    found = list(sheets(*(Table(name, "T", frame) for name in names)))
    assert found[-1] == "About"
    assert len({name.casefold() for name in found}) == len(names) + 1
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in found)


def test_about_says_filters_versions_and_definitions() -> None:
    frame = pl.DataFrame({"region": ["East China"], "n": [12], "nps": [41.2], "low": [1.0], "high": [80.0]})
    table = Table("nps_by_region", "**East** leads", frame, "nps")
    said = about(table)
    for part in (
        "Finding | NPS rose to 41.2", "What is shown | 12 answers, in East China", "Period | 1 Apr 2026 to 30 Jun 2026",
        "Filters | in East China", "Compared with | 1 Jan 2026 to 31 Mar 2026", "As of | 18 Jul 2026", "Currency | CNY", "demo data",
        "Data version | 7", "Rapport version | 0.1.0", "Link | http://rapport.example/nps?lang=en", "Made | 20 Jul 2026 09:30",
        "Table | nps_by_region | East leads", "Column | region | region", "Column | nps | 100·(promoters − detractors)/n",
        "Column | low | lower end of the interval", "How likely are you to",
        f"Definition | nps, version {CATALOGUE['nps'].version} | Net Promoter Score",
        "Source | Reichheld 2003",
    ):  # fmt: skip
        assert part in said


def test_about_speaks_chinese() -> None:
    frame = pl.DataFrame({"n": [12], "nps": [41.2]})
    said = about(Table("nps", "净推荐值", frame, "nps"), language="zh")
    for part in ("筛选条件 | 华东", "数据版本 | 7", "列 | n | ", f"定义 | nps, 版本 {CATALOGUE['nps'].version}"):
        assert part in said


def test_a_workbook_of_all_tables_defines_all_metrics_of_the_page() -> None:
    frame = pl.DataFrame({"n": [12]})
    tables = [Table("a", "A", frame, "nps"), Table("b", "B", frame)]
    made = report(*tables)
    made.note(Cards([{"id": "csat"}, {"id": "clv:active"}, {"id": "none"}]))
    book = fastexcel.read_excel(workbook(made, tables, made=MADE))
    last = pl.DataFrame(book.load_sheet("About", header_row=None))
    said = [f"{name}, version {CATALOGUE[name].version}" for name in ("nps", "csat", "clv")]
    assert [each for each in said if each in str(last.rows())] == said
