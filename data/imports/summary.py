"""What an import comes to: rows per table for the store, lines accounted for, and the receipt."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

import duckdb

from data.errors import Refused
from data.imports.cells.answers import EMPTY
from data.imports.files.raw import RawFile
from data.imports.outcome import rules
from data.imports.outcome.receipt import CannotAnswer, Doubt, FileRead, LeftOut, Receipt, TableCounts
from data.imports.outcome.result import Result
from data.imports.profile import Profile
from data.imports.sql import quote
from data.store.imported import Counts
from metrics.engine.schemas import DATES, TABLES, people
from metrics.texts import N_

PLACEHOLDER_ORDERS, PLACEHOLDER_SHARE = 20, 0.05  # a customer with more of all orders is no person


def receipt(connection: duckdb.DuckDBPyConnection, profile: Profile, raw: list[RawFile], result: Result) -> Receipt:
    """The receipt of what was read; new, changed and same are filled in by `with_counts`."""
    files = tuple(
        FileRead(
            file.name, file.source.bytes, file.decoded.encoding, _sign(file.layout.delimiter), file.rows + file.ragged
        )
        for file in raw
    )
    lines_in = sum(file.lines for file in files)
    left_out = _left_out(connection, profile, raw, result)
    counts = {kind: _one(connection, f"select count(*) from out_{kind}")[0] for kind in result.kinds}
    base = Receipt(
        profile=profile.name,
        profile_title=profile.title,
        files=files,
        lines_in=lines_in,
        lines_taken=lines_in - sum(entry.lines for entry in left_out),
        left_out=left_out,
        customers=_customers(connection, result),
        **{kind: counts.get(kind, 0) for kind in TABLES if kind != "orders"},
        tables=tuple(TableCounts(kind, counts[kind], None, None, None) for kind in result.kinds if counts[kind]),
        conventions=tuple(result.conventions),
    )
    if not any(counts.values()):
        raise _nothing_taken(left_out, raw)
    first, last = _dates(connection, result)
    base = replace(base, first_date=first, last_date=last)
    if "orders" in result.kinds:
        base = _with_orders(connection, base, result)
    doubts = tuple(_doubts(connection, base)) if "orders" in result.kinds else ()
    return replace(base, cannot_answer=tuple(_cannot_answer(connection, base, result)), doubts=doubts)


def _nothing_taken(left_out: tuple[LeftOut, ...], raw: list[RawFile]) -> Refused:
    if not left_out:
        return Refused(N_("{file} holds no row that could be imported."), file=raw[0].name)
    worst = left_out[0]
    if not worst.example_column:
        return Refused(
            N_(
                "{file}: no line could be imported. {lines} lines, the first of them line {line}: {reason} Export again."
            ),
            file=worst.example_file,
            lines=worst.lines,
            line=worst.example_line,
            reason=worst.reason,
        )
    return Refused(
        N_(
            "{file}: no line could be imported. {lines} lines, the first of them line {line}, column “{column}”, value “{value}”: "
            "{reason} Check which column is which, or export again."
        ),
        file=worst.example_file,
        lines=worst.lines,
        line=worst.example_line,
        column=worst.example_column,
        value=worst.example_value[:80],
        reason=worst.reason,
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    return connection.execute(query).fetchall()[0]


def _sign(delimiter: str) -> str:
    return {"\t": "tab", " ": "space"}.get(delimiter, delimiter)


def _left_out(
    connection: duckdb.DuckDBPyConnection, profile: Profile, raw: list[RawFile], result: Result
) -> tuple[LeftOut, ...]:
    reasons = dict(rules.REASONS)
    for output in profile.outputs:
        reasons |= {rule.rule: rule.reason for rule in output.leave_out}
    low, high = (result.scale or "-").split("-")
    connection.execute("create table reasons (rule varchar, reason varchar)")
    found = []
    for rule, lines, amount in connection.execute(
        "select rule, count(*), round(sum(amount::decimal(38, 8)), 2)::double from fates group by rule order by 2 desc, 1"
    ).fetchall():
        file_no, line, column, value = _one(
            connection,
            f"""select file_no, line, coalesce(bad_column, ''), coalesce(bad_value, '') from fates
            where rule = {quote(rule)} order by file_no, line limit 1""",
        )
        values: dict[str, str] = {"low": low, "high": high, "rule_name": rule}
        reason = reasons[rule].format(**values)
        connection.execute("insert into reasons values ($rule, $reason)", {"rule": rule, "reason": reason})
        found.append(
            LeftOut(rule, reason, lines, raw[file_no].name, line, column, value, amount, reasons[rule], values)
        )
    connection.execute("create table file_names (file_no integer, name varchar)")
    for file in raw:
        connection.execute("insert into file_names values ($n, $name)", {"n": file.number, "name": file.name})
    return tuple(found)


def _customers(connection: duckdb.DuckDBPyConnection, result: Result) -> int:
    named = [(kind, name) for kind in result.kinds for name in people(kind)]
    parts = " union ".join(
        f"select {name} as customer_id from out_{kind} where {name} is not null" for kind, name in named
    )
    return _one(connection, f"select count(distinct customer_id) from ({parts})")[0] if named else 0


def _dates(connection: duckdb.DuckDBPyConnection, result: Result) -> tuple[dt.date | None, dt.date | None]:
    parts = " union all ".join(
        f"select min({DATES[kind]})::date as a, max({DATES[kind]})::date as b from out_{kind}"
        for kind in result.kinds
        if kind in DATES
    )
    first, last = _one(connection, f"select min(a), max(b) from ({parts})")
    return first, last


def _with_orders(connection: duckdb.DuckDBPyConnection, base: Receipt, result: Result) -> Receipt:
    top = connection.execute(
        "select currency, count(*) from out_orders where currency is not null group by 1 order by 2 desc, 1 limit 1"
    ).fetchall()
    currency = top[0][0] if top else None
    orders, refunds, revenue, refunded = connection.execute(
        """
        select count(*) filter (where kind = 'order'), count(*) filter (where kind = 'refund'),
            coalesce(sum(amount) filter (where currency is not distinct from $currency), 0)::double,
            coalesce(sum(case when kind = 'refund' then -amount else coalesce(refund, 0) end)
                filter (where currency is not distinct from $currency), 0)::double
        from (select * replace (amount::decimal(38, 4) as amount, refund::decimal(38, 4) as refund) from out_orders)
        """,
        {"currency": currency},
    ).fetchall()[0]
    refund_lines = refund_lines_left_out = 0
    for folding in result.foldings:
        if folding.output.kind == "orders":
            taken, left = _one(
                connection,
                f"""select coalesce(sum(lines) filter (where rule is null), 0), coalesce(sum(lines) filter (where rule is not null), 0)
                from {folding.docs} where kind = 'refund'""",
            )
            refund_lines, refund_lines_left_out = refund_lines + int(taken), refund_lines_left_out + int(left)
    return replace(
        base,
        orders=orders,
        refunds=refunds,
        refund_lines=refund_lines,
        refund_lines_left_out=refund_lines_left_out,
        revenue=round(revenue, 2),
        refunded=round(refunded, 2),
        currency=currency,
    )


def _cannot_answer(connection: duckdb.DuckDBPyConnection, base: Receipt, result: Result) -> Iterator[CannotAnswer]:
    given = {name for folding in result.foldings if folding.output.kind == "orders" for name in folding.fields}
    if "orders" in result.kinds:
        buyers = {"customer_id", "phone"} & given
        missing = _one(connection, "select count(*) from out_orders where kind = 'order' and customer_id is null")[0]
        if not buyers:
            yield CannotAnswer("no_buyer", rules.NO_BUYER, {})
        elif missing and missing == base.orders:
            yield CannotAnswer("no_buyer", rules.MASKED_BUYERS, {})
        elif missing:
            yield CannotAnswer("orders_without_buyer", rules.WITHOUT_BUYER, {"n": missing})
        if not {"discount", "gross", "coupon"} & given:
            yield CannotAnswer("no_discount", rules.NO_DISCOUNT, {})
        if "refund" in given and base.refunded:
            yield CannotAnswer("no_refund_date", rules.NO_REFUND_DATE, {})
        if base.orders and base.currency is None:
            yield CannotAnswer("no_currency", rules.NO_CURRENCY, {})
        other = connection.execute(
            "select count(*) from out_orders where kind = 'order' and currency is distinct from $c",
            {"c": base.currency},
        ).fetchall()[0][0]
        if other and base.currency:
            yield CannotAnswer("other_currency", rules.OTHER_CURRENCY, {"n": other, "currency": base.currency})
    if "feedback" in result.kinds:
        nameless = _one(connection, "select count(*) from out_feedback where customer_id is null")[0]
        if nameless:
            yield CannotAnswer("feedback_without_customer", rules.FEEDBACK_WITHOUT_CUSTOMER, {"n": nameless})


def _doubts(connection: duckdb.DuckDBPyConnection, base: Receipt) -> Iterator[Doubt]:
    """Customers with so many of the orders that they are likely nobody: a till's "cash customer", an account for tests."""
    least = max(PLACEHOLDER_ORDERS, int(PLACEHOLDER_SHARE * base.orders) + 1)
    for customer, orders in connection.execute(
        "select customer_id, count(*) from out_orders where kind = 'order' and customer_id is not null "
        "group by 1 having count(*) >= $least order by 2 desc, 1 limit 5",
        {"least": least},
    ).fetchall():
        values = {"customer": customer, "orders": orders, "share": round(100 * orders / base.orders, 1)}
        yield Doubt("placeholder", rules.PLACEHOLDER, values, f"customer_id:{customer}", EMPTY)


def with_counts(
    receipt: Receipt, counts: Mapping[str, Counts], customers_new: int | None, import_id: int | None
) -> Receipt:
    """The receipt beside what the store holds, before (compare) or after (merge) the rows are imported."""
    tables = tuple(
        TableCounts(kind, found.rows, found.new, found.changed, found.same) for kind, found in counts.items()
    )
    orders = counts.get("orders")
    return replace(
        receipt,
        tables=tables,
        orders_new=orders.new if orders else None,
        orders_changed=orders.changed if orders else None,
        orders_same=orders.same if orders else None,
        customers_new=customers_new,
        import_id=import_id,
    )
