"""Columns that no field takes though they look as if they should: statuses, refunds and customers are asked for, never passed over."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import duckdb
import polars as pl

from data.errors import Refused
from data.imports.cells.blank import is_blank
from data.imports.cells.status import COUNTS, fold_status, standing_of, standings
from data.imports.files.layout import fold_header, squash
from data.imports.files.raw import RawFile
from data.imports.outcome.undecided import Undecided
from data.imports.profile import Output
from data.imports.source import Built
from data.imports.sql import listed
from metrics.texts import N_

OPTION, NOT_USED = "column", "not used"
SAMPLE_ROWS, MOST_WORDS, SHOWN = 20_000, 60, 4
STATUS = re.compile(r"status|statut\b|\bstato\b|estado|cancel|void|storn|annul|取消|作废|关闭|状态|狀態|状況|상태")
ELSEWHERE = re.compile(  # statuses of something that is no order
    r"ship|deliver|fulfil|tracking|versand|liefer|customer|member|account|marketing|mail|subscri|marital|employ|tax|物流|发货|配送|会员|账户|客户"
)
REFUND = re.compile(
    r"refund|returned|chargeback|reimburs|erstatt|gutschrift|rembours|reembols|rimbors|退款|退货|退貨|返金|환불"
)
CUSTOMER = re.compile(
    r"customer|client|buyer|shopper|\bmember|\busers?\b|account|e-?mail|phone|mobile|kunde|käufer|acheteur|comprador|会员|顾客|客户|買家|买家|用户|手机|"
    r"電話|电话|顧客|会員|고객"
)
DESCRIBES = re.compile(  # a customer, without naming one
    r"type|group|segment|note|comment|remark|country|city|region|state\b|address|zip|agent|since|date|count|tier|level|status|service|language|"
    r"consent|accepts|opt|device|software|model|备注|等级|类型|地址|级别|留言|客服|note|manager"
)
FLAG = re.compile(r"\btest\b|\bis test|\bdraft\b|\bdeleted\b|测试订单|是否测试|是否删除")
NO_RIVAL = frozenset(  # names of amounts that are parts of an order, or what it would cost
    map(
        squash,
        ("price", "line total", "sales", "revenue", "sales value", "sales amount", "total sales", "net sales", "paid"),
    )
)
PAID = re.compile(
    r"\bpaid\b|\bnet\b|collected|bezahlt|netto|实付|实际支付|实收|支付金额"
)  # says itself that it is the one
NAUGHT = ("0", "0.0", "0.00", "no", "n", "false", "f", "nein", "non", "否", "无", "无退款", "无退款申请", "none")


def ask_left_over(
    connection: duckdb.DuckDBPyConnection,
    output: Output,
    built: Built,
    raw: Sequence[RawFile],
    values: Mapping[str, str],
) -> None:
    """Raise Undecided for the first such column of the files of a source, unless `column:HEADER` says what it is."""
    closed = {column.name for column in output.columns if not column.headers}  # as was said
    present = {column.name for column, _, _ in built.columns} | closed
    for file in raw:
        if file.number not in built.used:
            continue
        for place in range(file.layout.width):
            header = file.layout.headers[place]
            if place in built.used[file.number] or f"{OPTION}:{header}" in values:
                continue
            cells = _cells(connection, file, place)
            if _said_elsewhere(connection, file, place, built.places.get(file.number, {}).get("status", ()), cells):
                continue
            for field in _meant(output.kind, fold_header(header), cells, present):
                raise _question(file, header, field, cells)
            if cells and output.kind in ("orders", "feedback"):
                _ask_rival(connection, output, built, file, place, cells, values)


def _ask_rival(
    connection: duckdb.DuckDBPyConnection,
    output: Output,
    built: Built,
    file: RawFile,
    place: int,
    cells: Sequence[str],
    values: Mapping[str, str],
) -> None:
    """Raise Undecided for a column that could as well be the amount, and says another; or that names customers where theirs does not."""
    said = {field for name, field in values.items() if name.startswith(f"{OPTION}:")}
    header, places = file.layout.headers[place], built.places.get(file.number, {})
    for column in output.columns:
        chosen = places.get(column.name, ())
        if column.name in said or len(column.headers) < 2 or len(chosen) != 1:  # one header: a person named it
            continue
        of = file.layout.headers[chosen[0]]
        if column.name == "amount" and not PAID.search(fold_header(of)) and _could_be(header, column.headers):
            n = _count(connection, file, f"trim(c{place}) <> trim(c{chosen[0]})")
            if n:
                raise _rival(AMOUNTS, file, header, column.name, cells, of=of, n=n)
        if column.name == "customer_id" and CUSTOMER.search(fold_header(header)) and not _describes(header):
            empty = f"coalesce(trim(c{chosen[0]}), '') = '' and trim(c{place}) <> ''"
            n = _count(connection, file, empty)
            if n:
                raise _rival(CUSTOMERS, file, header, column.name, cells, of=of, n=n)


def _could_be(header: str, names: Sequence[str]) -> bool:
    """Whether a header is one of those under which amounts stand."""
    plain = squash(header)
    return plain not in NO_RIVAL and plain in map(squash, names)


def _describes(header: str) -> bool:
    return DESCRIBES.search(fold_header(header)) is not None


def _count(connection: duckdb.DuckDBPyConnection, file: RawFile, where: str) -> int:
    return int(connection.execute(f"select count(*) from {file.table} where {where}").fetchall()[0][0])


def said(values: Mapping[str, str], fields: Collection[str]) -> dict[str, str]:
    """The columns that were named in answer, by field. Raises Refused for a field that there is not."""
    found = {}
    for name, field in values.items():
        option, _, header = name.partition(":")
        if option == OPTION and header and field.strip() != NOT_USED:
            if field.strip() not in fields:
                known = ", ".join([*sorted(fields), NOT_USED])
                raise Refused(
                    N_("“{name}” cannot be a column of “{field}”. Known are: {known}."),
                    name=header,
                    field=field,
                    known=known,
                )
            found[field.strip()] = header
    return found


def _meant(kind: str, header: str, cells: Sequence[str], present: Collection[str]) -> Iterator[str]:
    """What a column that is not used could be."""
    if not cells:
        return
    if kind == "orders":
        if _is_status(header, cells):
            yield "payment_status" if "status" in present else "status"
        if REFUND.search(header) and any(fold_status(cell) not in NAUGHT for cell in cells):
            numeric = all(re.fullmatch(r"\W*\d[\d.,\s]*\W*", cell) for cell in cells)
            yield "refund" if numeric and "refund" not in present else "cancelled"
    flagged = any(fold_status(cell) not in NAUGHT for cell in cells)
    if kind == "orders" and FLAG.search(header) and "cancelled" not in present and flagged:
        yield "cancelled"
    named = CUSTOMER.search(header) and not DESCRIBES.search(header)
    if kind in ("orders", "feedback") and not {"customer_id", "phone"} & set(present) and named and len(cells) > 1:
        yield "customer_id"


def _is_status(header: str, cells: Sequence[str]) -> bool:
    found = [standing_of(cell, "status", {}) for cell in cells]
    bad = any(one not in (None, COUNTS) for one in found)
    if STATUS.search(header) and len(cells) <= MOST_WORDS:
        return bad or (not ELSEWHERE.search(header) and any(one is None for one in found))
    return bad and len(cells) <= SHOWN * 3 and all(fold_status(cell) in standings() for cell in cells)


def _said_elsewhere(
    connection: duckdb.DuckDBPyConnection, file: RawFile, place: int, status: Sequence[int], cells: Sequence[str]
) -> bool:
    """Whether each row that does not count by this column does not count by the status that is read either: the column says nothing new."""
    bad = [cell for cell in cells if standing_of(cell, "status", {}) not in (None, COUNTS)]
    if not bad or len(status) != 1 or any(standing_of(cell, "status", {}) is None for cell in cells):
        return False
    rows = f"trim(c{place}) in ({listed(bad)})"
    others = (
        connection.sql(f"select distinct trim(c{status[0]}) as cell from {file.table} where {rows}")
        .pl()["cell"]
        .to_list()
    )
    return all(standing_of(cell or "", "status", {}) not in (None, COUNTS) for cell in others)


def _cells(connection: duckdb.DuckDBPyConnection, file: RawFile, place: int) -> list[str]:
    """The different cells of a column that hold something, the most frequent first; of a long file those of its first rows."""
    frame = connection.sql(
        f"select trim(c{place}) as cell from (select c{place} from {file.table} order by row_no limit {SAMPLE_ROWS}) "
        f"where trim(c{place}) <> '' group by 1 order by count(*) desc, 1 limit {MOST_WORDS + 1}"
    ).pl()
    return frame.filter(~is_blank(pl.col("cell")))["cell"].to_list() if frame.height else []


AMOUNTS = N_(
    "{file}: the amount is read from “{of}”, and “{column}” ({cells}) says another in {n} rows. Which one is what was paid?"
)
CUSTOMERS = N_(
    "{file}: the customer is read from “{of}”, which is empty in {n} rows where “{column}” is filled ({cells}). "
    "Which one names the customer?"
)


def _rival(
    sentence: str, file: RawFile, header: str, field: str, cells: Sequence[str], *, of: str, n: int
) -> Undecided:
    return Undecided(
        sentence,
        option=f"{OPTION}:{header}",
        answers=(field, NOT_USED),
        file=file.name,
        column=header,
        cells=_shown(cells),
        of=of,
        n=n,
    )


def _shown(cells: Sequence[str]) -> str:
    more = " …" if len(cells) > SHOWN else ""
    return ", ".join(f"“{' '.join(cell.split())[:30]}”" for cell in cells[:SHOWN]) + more


def _question(file: RawFile, header: str, field: str, cells: Sequence[str]) -> Undecided:
    return Undecided(
        N_(
            "{file}: column “{column}” is not used, and its cells ({cells}) may change what counts or for whom. What does it hold?"
        ),
        option=f"{OPTION}:{header}",
        answers=(field, NOT_USED),
        file=file.name,
        column=header,
        cells=_shown(cells),
    )
