"""Orders in random dialects, written from a known truth: `python -m tests.data.imports.dialects COUNT` (or FROM TO) tries many."""

import csv
import datetime as dt
import gzip
import io
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import xlsxwriter

from data.errors import Refused
from data.imports import NamedBytes, Undecided, Unread, stage

Row = tuple[str, str | None, dt.date, float]  # order, customer, day, amount

HEADERS: tuple[dict[str, tuple[str, ...]], ...] = (
    {
        "order": ("Order ID", "order_id", "OrderId", "ORDER NUMBER", "Order No."),
        "customer": ("Customer ID", "customer_id", "CustomerId", "Email", "Member No"),
        "date": ("Order Date", "order_date", "OrderDate", "DATE", "Created at"),
        "amount": ("Amount", "Total", "amount_paid", "Order Total", "Net Sales"),
        "status": ("Status", "order_status", "Order State"),
        "note": ("Remarks", "Warehouse", "Colour"),
    },
    {
        "order": ("Bestellnummer", "Auftragsnummer"),
        "customer": ("Kundennummer", "Kunde", "E-Mail-Adresse"),
        "date": ("Bestelldatum", "Datum"),
        "amount": ("Betrag", "Gesamtbetrag"),
        "status": ("Bestellstatus", "Auftragsstatus"),
        "note": ("Lager", "Farbe"),
    },
    {
        "order": ("订单编号", "订单号", "單號".translate(str.maketrans("單號", "单号"))),
        "customer": ("会员号", "客户编号", "用户ID"),
        "date": ("下单时间", "日期"),
        "amount": ("实付金额", "订单金额"),
        "status": ("订单状态", "交易状态"),
        "note": ("仓库", "颜色"),
    },
)
STATUSES = (
    (("Completed", "Paid", "Shipped"), ("Cancelled", "Pending", "Refunded")),
    (("Abgeschlossen", "Bezahlt", "Versendet"), ("Storniert", "Ausstehend")),
    (("交易成功", "已完成", "已发货"), ("交易关闭", "等待买家付款", "已取消")),
)
NAMES = (
    ("ann", "bob", "José", "Zoë", "Müller", "renée"),
    ("Jürgen", "Anna", "Groß", "Bärbel", "Uwe"),
    ("王芳", "李娜", "张伟", "刘洋", "陈静"),
)
NOBODY = ("", "NULL", "n/a", "Guest", "-", "nan")
TOTALS = (("Total", "Grand Total", "Total:"), ("Summe", "Gesamt"), ("合计", "总计"))
MONTHS = ("Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez")
ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DATES: tuple[tuple[str, Callable[[dt.date], str]], ...] = (
    ("", lambda day: day.isoformat()),
    ("", lambda day: f"{day.isoformat()} 13:05:00"),
    ("", lambda day: f"{day.isoformat()}T08:30:00Z"),
    ("", lambda day: f"{day.year}/{day.month}/{day.day}"),
    ("", lambda day: f"{day.year}年{day.month}月{day.day}日"),
    ("", lambda day: f"{day:%Y%m%d}"),
    ("dmy", lambda day: f"{day:%d/%m/%Y}"),
    ("dmy", lambda day: f"{day:%d.%m.%Y}"),
    ("dmy", lambda day: f"{day.day}-{day.month}-{day:%y}"),
    ("mdy", lambda day: f"{day:%m/%d/%Y}"),
    ("mdy", lambda day: f"{day.month}/{day.day}/{day:%y} 9:05 AM"),
    ("", lambda day: f"{day.day:02d}-{ENGLISH[day.month - 1]}-{day:%y}"),
    ("", lambda day: f"{day.day}. {MONTHS[day.month - 1]} {day.year}"),
)
CURRENCIES = ("{}", "{}", "{}", "{} €", "${}", "EUR {}", "{} 元")


@dataclass
class Dialect:
    """How one file is written, and what was written: `truth` are the orders that count."""

    seed: int
    language: int
    encoding: str
    form: str
    order: str
    decimal: str
    truth: list[Row] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)

    def answer(self, asked: Undecided) -> dict[str, str]:
        """What a person who knows the file says."""
        option = asked.option
        if isinstance(asked, Unread) and asked.kind == "status":
            return {
                f"{asked.field}:{cell.value}": self.statuses.get(cell.value, "does not count") for cell in asked.cells
            }
        known = {
            "date_order": self.order or "dmy",
            "decimal": self.decimal,
            "encoding": self.encoding,
            "sheet": "/".join(self.sheets),
            "timezone": "as written",
        }
        return {option: known[option]} if option in known else {option: asked.answers[-1]}


def number(value: float, decimal: str, grouping: bool) -> str:
    text = f"{value:,.2f}" if grouping else f"{value:.2f}"
    return text if decimal == "." else text.translate(str.maketrans(".,", ",."))


def make(seed: int) -> tuple[NamedBytes, Dialect]:
    """A file and what it says."""
    draw = random.Random(seed)
    language = draw.randrange(3)
    encodings = (
        ("utf-8", "utf-8", "utf-8-sig", "utf-16", "windows-1252"),
        ("utf-8", "utf-8-sig", "windows-1252", "latin-1"),
        ("utf-8", "gb18030", "gb18030", "utf-16"),
    )[language]
    form = draw.choice(("csv", "csv", "csv", "xlsx", "gz"))
    order, written = draw.choice(DATES)
    while language != 2 and "年" in written(dt.date(2026, 1, 1)):
        order, written = draw.choice(DATES)
    decimal = draw.choice(".,") if language != 2 else "."
    dialect = Dialect(seed, language, draw.choice(encodings) if form != "xlsx" else "utf-8", form, order, decimal)
    names = {key: draw.choice(choices) for key, choices in HEADERS[language].items()}
    columns = ["order", "customer", "date", "amount"]
    with_status, with_note = draw.random() < 0.5, draw.random() < 0.4
    columns += ["status"] * with_status + ["note"] * with_note
    if draw.random() < 0.5:
        draw.shuffle(columns)
    rows = _rows(draw, dialect, written, columns, with_status)
    header = [names[column] for column in columns]
    tables = [[header, *rows]]
    if form == "xlsx" and draw.random() < 0.5 and len(rows) > 4:
        middle = len(rows) // 2
        tables = [[header, *rows[:middle]], [header, *rows[middle:]]]
    above, below = _around(draw, dialect, written, columns, header)
    tables = [[*above, *table] for table in tables]
    tables[-1] += below
    return _file(draw, dialect, tables), dialect


def _rows(
    draw: random.Random, dialect: Dialect, written: Callable[[dt.date], str], columns: list[str], with_status: bool
) -> list[list[str]]:
    grouping, money = draw.random() < 0.3, draw.choice(CURRENCIES)
    if dialect.encoding in ("latin-1", "gb18030") and "€" in money:
        money = "{}"
    if "元" in money and dialect.language != 2:
        money = "{}"
    good, bad = STATUSES[dialect.language]
    if draw.random() < 0.15:
        bad = (*bad, "Parked" if dialect.language != 2 else "挂起")
    dialect.statuses |= dict.fromkeys(good, "counts")
    zeros, wrap = draw.random() < 0.3, draw.choice(("{}", "{}", '="{}"', "'{}"))
    people = [*(f"C{n}" for n in range(6)), *NAMES[dialect.language]]
    rows = []
    for n in range(draw.randrange(6, 24)):
        key = f"{n + 1:06d}" if zeros else f"{1000 + n}"
        person = draw.choice(people) if draw.random() < 0.9 else draw.choice(NOBODY)
        day = dt.date(2024, 1, 1) + dt.timedelta(days=draw.randrange(700))
        amount = draw.choice((draw.randrange(100, 9999) / 100, draw.randrange(100_000, 999_999) / 100))
        status = draw.choice(good) if draw.random() < 0.7 else draw.choice(bad)
        cells = {
            "order": wrap.format(key),
            "customer": person,
            "date": written(day),
            "amount": money.format(number(amount, dialect.decimal, grouping)),
            "status": status,
            "note": draw.choice(("", "A", "B 2", "x, y")),
        }
        rows.append([cells[column] for column in columns])
        if not with_status or status in good:
            dialect.truth.append((key, person if person not in NOBODY else None, day, amount))
    return rows


def _around(
    draw: random.Random, dialect: Dialect, written: Callable[[dt.date], str], columns: list[str], header: list[str]
) -> tuple[list[list[str]], list[list[str]]]:
    """What stands above the headers and below the rows."""
    width = len(columns)
    title = ("Report", "Bericht", "报表")[dialect.language]
    above = draw.choice(
        ([], [], [], [[title]], [[title, "x"], ["2024", "2026"], []], [[title] + [""] * (width - 1), [""] * width])
    )
    if draw.random() < 0.5:
        return above, []
    word, total = draw.choice(TOTALS[dialect.language]), sum(row[3] for row in dialect.truth)
    cells = dict.fromkeys(columns, "") | {"amount": number(total, dialect.decimal, False)}
    first = columns[0] if columns[0] != "amount" else columns[1]
    cells[first] = word
    if draw.random() < 0.4 and first != "date":
        cells["date"] = written(dt.date(2026, 1, 31))
    below = draw.choice(
        ([[cells[column] for column in columns]], [header], [["Exported by Mara"] + [""] * (width - 1)])
    )
    if columns[0] == "amount" and below[0] != header:
        return above, []
    return above, below


def _file(draw: random.Random, dialect: Dialect, tables: list[list[list[str]]]) -> NamedBytes:
    if dialect.form == "xlsx":
        return NamedBytes("orders.xlsx", _workbook(draw, dialect, tables))
    out = io.StringIO(newline="")
    delimiter = draw.choice(",;\t|")
    csv.writer(
        out, delimiter=delimiter, lineterminator=draw.choice(("\n", "\r\n")), quoting=draw.choice((0, 0, 1))
    ).writerows(tables[0])
    codec = {"windows-1252": "cp1252"}.get(dialect.encoding, dialect.encoding)
    data = out.getvalue().encode(codec, "replace")
    return NamedBytes("orders.csv", gzip.compress(data) if dialect.form == "gz" else data)


def _workbook(draw: random.Random, dialect: Dialect, tables: list[list[list[str]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        if draw.random() < 0.3:
            notes = book.add_worksheet("Notes")
            notes.write_row(0, 0, ["About this file"])
        hidden = book.add_worksheet("Old") if draw.random() < 0.3 else None
        for place, table in enumerate(tables):
            sheet = book.add_worksheet(f"Data {place}")
            dialect.sheets.append(f"Data {place}")
            for line, row in enumerate(table):
                sheet.write_row(line, 0, row)
            sheet.activate()
        if hidden:
            hidden.write_row(0, 0, tables[0][-2])
            hidden.write_row(1, 0, tables[0][-1])
            hidden.hide()
    return out.getvalue()


def read_back(file: NamedBytes, values: Mapping[str, str]) -> list[Row]:
    """The orders that an import would hand to the store."""
    with stage([file], store=None, profile="orders", values=values) as staged:
        rows = staged.tables()["orders"]().read_all().to_pylist()
    return [(row["order_id"], row["customer_id"], row["ordered_at"].date(), row["amount"]) for row in rows]


def outcome(seed: int) -> str:
    """What becomes of one file: "read", "asked" (and what), or how it differs."""
    file, dialect = make(seed)
    values: dict[str, str] = {}
    asked: list[str] = []
    truth = _sorted(dialect.truth)
    for _ in range(8):
        try:
            found = read_back(file, values)
        except Undecided as question:
            asked.append(question.option)
            values |= dialect.answer(question)
            continue
        except Refused as refused:
            return "asked refused" if not truth else f"refused: {refused}"
        if _sorted(found) != truth:
            return f"differs after {asked}: {set(_sorted(found)) ^ set(truth)}"
        return " ".join(["asked", *asked]) if asked else "read"
    return f"asked for ever: {asked}"


def _sorted(rows: list[Row]) -> list[tuple[str, str, dt.date, float]]:
    return sorted((key, (person or "").casefold(), day, round(amount, 2)) for key, person, day, amount in rows)


def is_right(said: str) -> bool:
    return said == "read" or (said.startswith("asked") and not said.startswith("asked for ever"))


if __name__ == "__main__":
    from data import sandbox
    from tests.data.imports.same_process import run

    sandbox.run = run  # type: ignore[assignment]
    numbers = [int(text) for text in sys.argv[1:]]
    first, last = numbers if len(numbers) == 2 else (0, numbers[0])
    wrong = 0
    kinds: dict[str, int] = {}
    for number_of in range(first, last):
        said = outcome(number_of)
        kinds[said.split(":")[0][:40]] = kinds.get(said.split(":")[0][:40], 0) + 1
        if not is_right(said):
            wrong += 1
            sys.stdout.write(f"{number_of} {said[:400]}\n")
    sys.stdout.write(f"{kinds}\n")
    sys.exit(1 if wrong else 0)
