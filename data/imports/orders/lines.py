"""Several lines of one order: parts of it to be added up, its total repeated on each, or states of which the last one counts."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import duckdb

from data.errors import Refused
from data.imports.files.layout import fold_header
from data.imports.files.raw import RawFile
from data.imports.outcome.receipt import Convention
from data.imports.outcome.undecided import Undecided
from data.imports.source import Built
from data.imports.sql import safe_name
from metrics.texts import N_

SUM, TOTAL, LAST, FIRST = "sum", "total", "last", "first"
WAYS = (SUM, TOTAL, LAST, FIRST)
MONEY = ("amount", "gross", "discount", "refund")
LOOKED_AT = 4000  # orders of several lines whose columns are compared
CERTAIN = 5  # so many orders whose lines all bear one amount repeat a total
ITEM = re.compile(
    r"\b(items?|products?|sku|articles?|artikel|asin|isbn|line ?items?|lineitem|variants?|variation|quantity|qty|menge|anzahl|modifiers?|"
    r"category|title|description|barcode|ean|upc|gtin|produits?|productos?|cantidad|quantité|line|line (no|number|id)|position|pos|"
    r"unit price|"
    r"stock ?code|menu)\b|商品|宝贝|子订单|货号|规格|件数|数量|标题|品名|款|货品|单品|菜品|明细"
)
STATE = re.compile(r"status|state\b|updated|modified|changed|\blast\b|version|event|\btype\b|状态|更新|修改|变更|版本")
WHOLE = re.compile(
    r"order total|total|grand|gesamt|order amount|order value|basket|总|订单.*金额|实付|应付|实际支付|实收|合计|paid"
)
PART = re.compile(r"item|line|lineitem|unit|sub ?total|product|sku|price|商品|单价|小计|子订单|宝贝")


@dataclass(frozen=True)
class Lines:
    """How lines of one order become one: `way`, the money columns that stand for the whole order on each of its lines, and the columns
    that differ between the lines of one order."""

    way: str
    once: tuple[str, ...] = ()
    differ: frozenset[str] = frozenset()

    @property
    def fold(self) -> Mapping[str, str] | None:
        if self.way not in (SUM, TOTAL):
            return None
        return {**dict.fromkeys((*MONEY, "items"), "sum"), "ordered_at": "min"}


@dataclass(frozen=True)
class _Seen:
    """What the orders of several lines look like: how many there are, in how many each column differs, and the header of each."""

    orders: int
    copies: int
    differ: Mapping[str, int]
    money: Mapping[str, int]


def decide_lines(
    connection: duckdb.DuckDBPyConnection, built: Built, raw: list[RawFile], given: str, kept: str
) -> tuple[Lines | None, list[Convention]]:
    """How the lines of one order are read, None where each order has one line. Raises Undecided where several readings fit."""
    key = next((header for column, header, _ in built.columns if column.name == "order_id"), None)
    if key is None or not _has_several(connection, built.table):
        return None, []
    if given and given not in WAYS:
        raise Refused(N_("lines is “{value}”; it must be one of {known}."), value=given, known=", ".join(WAYS))
    seen = _look(connection, built, raw)
    way = given or _way(built, seen) or kept
    money = next((header for column, header, _ in built.columns if column.name == "amount"), "")
    file = next(file for column, _, file in built.columns if column.name == "order_id")
    if not way:
        raise Undecided(
            N_(
                "{file}, column “{column}”: {n} orders stand on several lines. What “{money}” holds on each of them can be a part to be "
                "added up (sum), the total of the order (total), or a state of which the last one counts (last)."
            ),
            option="lines",
            answers=_answers(seen),
            file=file,
            column=key,
            n=seen.orders,
            money=money,
        )
    once = tuple(name for name in MONEY if name in seen.money and not seen.money[name])
    if way == SUM:
        once = tuple(name for name in once if name != "amount")
    elif way == TOTAL:
        once = tuple(dict.fromkeys(("amount", *once)))
    lines = Lines(way, once if way in (SUM, TOTAL) else (), frozenset(name for name, n in seen.differ.items() if n))
    if seen.copies == seen.orders and way == LAST:  # rows that come twice are named by their rule
        return lines, []
    return lines, [Convention(file, key, "lines", way)]


def only_once(connection: duckdb.DuckDBPyConnection, built: Built, fields: Collection[str]) -> Built:
    """The source with these fields on the first line of an order only, so that their sum is what stands there."""
    table = f"once_{built.table}"
    first = "row_number() over (partition by file_no, order_id order by row_no) = 1 or order_id is null"
    replaced = ", ".join(f"case when {first} then {safe_name(name)} end as {safe_name(name)}" for name in fields)
    connection.execute(f"create view {table} as select * replace ({replaced}) from {built.table}")
    return replace(built, table=table)


def _answers(seen: _Seen) -> tuple[str, ...]:
    if seen.copies == seen.orders:
        return (LAST, SUM)
    return (SUM, LAST, FIRST) if seen.money.get("amount") else (SUM, TOTAL, LAST)


def _has_several(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    rows, orders = connection.execute(
        f"select count(order_id), count(distinct (file_no, order_id)) filter (order_id is not null) from {table}"
    ).fetchall()[0]
    return bool(rows > orders)


def _look(connection: duckdb.DuckDBPyConnection, built: Built, raw: list[RawFile]) -> _Seen:
    """Compare the lines of orders of several lines, column by column."""
    connection.execute(
        f"""create or replace temp table several as select file_no, order_id, count(*) as lines from {built.table}
        where order_id is not null group by all having count(*) > 1 order by file_no, order_id limit {LOOKED_AT}"""
    )
    differ: dict[str, int] = {}
    orders = copies = 0
    for file in raw:
        if file.number not in built.places:
            continue
        columns = [f"count(distinct coalesce(r.c{n}, '')) > 1 as d{n}" for n in range(file.layout.width)]
        sums = ", ".join(f"count(*) filter (d{n})" for n in range(file.layout.width))
        same = " and ".join(f"not d{n}" for n in range(file.layout.width))
        found = connection.execute(
            f"""
            with each as (
                select {", ".join(columns)} from {built.table} s join several d using (file_no, order_id)
                join {file.table} r on r.row_no = s.row_no where s.file_no = {file.number} group by s.order_id
            ) select count(*), count(*) filter ({same}), {sums} from each
            """
        ).fetchall()[0]
        orders, copies = orders + found[0], copies + found[1]
        for header, n in zip(file.layout.headers, found[2:], strict=True):
            differ[header] = differ.get(header, 0) + n
    names = [column.name for column, _, _ in built.columns if column.name in MONEY]
    money = {}
    for name in names:  # a first line alone bears the order's own: the others are empty
        money[name] = connection.execute(
            f"""select count(*) from (select 1 from {built.table} s join several d using (file_no, order_id)
            group by file_no, order_id having count(distinct {safe_name(name)}) > 1 or count({safe_name(name)}) < count(*))"""
        ).fetchall()[0][0]
    connection.execute("drop table several")
    return _Seen(orders, copies, differ, money)


def _way(built: Built, seen: _Seen) -> str:
    """What the columns that differ tell; empty where they do not."""
    header = fold_header(next((header for column, header, _ in built.columns if column.name == "amount"), ""))
    used = {header for column, header, _ in built.columns if column.name in (*MONEY, "order_id")}
    items = _most(seen, ITEM, used)
    states = _most(seen, STATE, used)
    has_items = any(ITEM.search(fold_header(name)) for name in seen.differ)
    amounts = seen.money.get("amount", 0)
    if seen.copies == seen.orders:
        return "" if has_items else LAST
    if 2 * items >= seen.orders:
        if amounts:
            return "" if WHOLE.search(header) and not PART.search(header) and 10 * amounts < seen.orders else SUM
        if PART.search(header) and not re.search("order|订单", header):
            return SUM if seen.orders < CERTAIN else ""
        return TOTAL if WHOLE.search(header) or seen.orders >= CERTAIN else ""
    if states and not amounts and not items:
        return LAST
    return ""


def _most(seen: _Seen, pattern: re.Pattern[str], used: Collection[str]) -> int:
    """In how many orders a column of this sort differs, of the column in which most do."""
    return max(
        (n for header, n in seen.differ.items() if header not in used and pattern.search(fold_header(header))),
        default=0,
    )
