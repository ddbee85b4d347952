"""Typed rows into documents: line items folded into orders, rules of the profile applied, rows shaped for their table."""

import re
from collections.abc import Mapping

import duckdb
import polars as pl

from data.imports.cells.status import REFUND
from data.imports.columns.parse import batches
from data.imports.orders.lines import FIRST, SUM, Lines
from data.imports.orders.refunds import AFTER, BEFORE
from data.imports.orders.statuses import RULES, Statuses
from data.imports.profile import Condition, Output
from data.imports.sql import listed, quote, safe_name
from metrics.engine.schemas import DATES, EXACT, NATURAL_KEYS, TABLES

SQL_TYPES = {pl.String: "varchar", pl.Float64: "double", pl.Int64: "bigint", pl.Datetime: "timestamp", pl.Date: "date"}
POSITION = "(file_no::bigint * 1099511627776 + row_no)"
AGGREGATES = {
    "sum": "sum({0}::decimal(38, 8))::double",
    "max": "max({0})",
    "min": "min({0})",
    "first": f"arg_min({{0}}, {POSITION})",
}
REQUIRED = {
    "orders": {"order_id": "no_order_id", "ordered_at": "no_date", "amount": "no_amount"},
    "members": {"customer_id": "no_customer_id"},
    "feedback": {"responded_at": "no_date", "score": "no_score"},
    "answers": {"responded_at": "no_date", "score": "no_score"},
    "tier_changes": {"customer_id": "no_customer_id", "effective_on": "no_date", "tier": "no_tier"},
    "points": {"customer_id": "no_customer_id", "moved_at": "no_date", "points": "no_points"},
    "referrals": {"customer_id": "no_customer_id", "referrer_id": "no_referrer", "referred_on": "no_date"},
    "benefits": {"customer_id": "no_customer_id", "used_at": "no_date", "benefit": "no_benefit"},
    "events": {"name": "no_name", "starts_on": "no_date"},
}
IDS = {
    "orders": "order_id",
    "feedback": "feedback_id",
    "answers": "response_id",
    "points": "movement_id",
    "benefits": "use_id",
    "events": "event_id",
}
RANKED = {"orders": "amount", "feedback": "score", "answers": "score", "points": "points", "benefits": "benefit"}
PLANNED = ("events",)  # whose dates may lie in the future
PRODUCTS = ("product", "product_group")  # what makes a line of an order worth keeping
LINE_ALONE = (*PRODUCTS, "line_amount", "line_price", "line_discount")  # fields of lines, which the order does without


class Folding:
    """One output on its way from `rows_{n}` to `docs_{n}` to its table. `fields` are the columns that `rows_{n}` has."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        number: int,
        output: Output,
        fields: list[str],
        standings: Mapping[str, Mapping[str, str]] | None = None,
        lines: Lines | None = None,
    ) -> None:
        self.connection = connection
        self.output = output
        self.lines = lines
        self.statuses = Statuses(standings or {})
        self.refunds: str = ""  # whether refunds are to be taken off the amount, or were
        self.ways = output.fold if output.fold is not None else lines.fold if lines else None
        self.fields = [safe_name(name) for name in fields]
        self.books: Mapping[
            int, int
        ] = {}  # the sheets whose lines make orders together: the first one's number for each
        self.rows, self.docs = f"rows_{number}", f"docs_{number}"
        self.key_field = IDS.get(output.kind)

    def made(self) -> dict[str, str]:
        """Fields that are computed from others (`quantity * unit_price`) as SQL; those whose parts are missing stay away."""
        made = {}
        for name, formula in self.output.make.items():
            formula = " or ".join(part for part in formula.split(" or ") if self._has_all(part))
            if formula:
                made[safe_name(name)] = f"coalesce({', '.join(map(_formula, formula.split(' or ')))})"
        self.fields += [name for name in made if name not in self.fields]
        return made

    def _has_all(self, formula: str) -> bool:
        return all(part in self.fields for part in re.findall(r"[a-z_][a-z0-9_]*", formula))

    @property
    def folded(self) -> bool:
        """Whether several lines make one document."""
        return self.ways is not None

    def fold(self, values: Mapping[str, str], source: str, local: str, latest: str) -> None:
        """Make `docs_{n}`, one row per document, with `rule` naming why it is left out (null: taken)."""
        if self.ways is not None and self.ways.get("amount") == "sum":
            self.statuses.leave_out_lines(self.connection, self.rows)
        kept = f"from {self.rows} where rule is null"
        if self.ways is not None:
            named = [name for name in self.fields if name != self.key_field and name not in LINE_ALONE]
            parts = ", ".join(f"{self._folded(name)} as {name}" for name in named)
            row = f"arg_min(row_no, {POSITION})" if self.books else "min(row_no)"
            body = f"""select {self._book("")} as file_no, {self.key_field} as doc, {self.key_field}, {row} as row_no,
                count(*) as lines, {parts} {kept} group by {self._book("")}, {self.key_field}"""
        else:
            body = f"select file_no, row_no::varchar as doc, row_no, 1 as lines, {', '.join(self.fields)} {kept}"
        if self.refunds:
            net = "amount - coalesce(abs(refund), 0)" if self.refunds == BEFORE else "amount"
            body = f"select * replace ({net} as amount, abs(refund) as refund) from ({body})"
        shaped, names = self._shaped(values, source, local)
        rules = self._rules(names, latest)
        keys = ", ".join(NATURAL_KEYS[self.output.kind])
        newest = "file_no desc, row_no" if self.lines and self.lines.way == FIRST else "file_no desc, row_no desc"
        stands = (
            f"coalesce(rule, '') in ('', {listed(RULES)})"  # the last state of an order may be that it was cancelled
        )
        self.connection.execute(
            f"""
            create table {self.docs} as
            with folded as ({body}), shaped as (select {shaped} from folded),
            ruled as (select *, {rules} from shaped)
            select * replace (
                case when {stands} and row_number() over (partition by {keys}, {stands} order by {newest}) > 1
                    then 'repeated' else rule end as rule)
            from ruled order by file_no, row_no
            """
        )

    def join_sheets(self, books: Mapping[int, int]) -> None:
        """Have the lines of an order on several sheets of a workbook add up."""
        if books:
            self.books = books
            self.ways = self.ways or Lines(SUM).fold

    def _book(self, table: str) -> str:
        """The number of the file whose lines make an order together."""
        if not self.books:
            return f"{table}file_no"
        cases = " ".join(f"when {number} then {first}" for number, first in self.books.items())
        return f"case {table}file_no {cases} else {table}file_no end"

    def _folded(self, name: str) -> str:
        """What the lines of a document give for a field; of a status, one by which it counts."""
        assert self.ways is not None
        if name in self.statuses.known and name not in self.ways:
            return self.statuses.folded(name, POSITION)
        return AGGREGATES[self.ways.get(name, "first")].format(name)

    def _shaped(self, values: Mapping[str, str], source: str, local: str) -> tuple[str, set[str]]:
        """The select list that gives every column of the schema, beside the fields that rules may need."""
        kind = self.output.kind
        parts, done = ["file_no", "row_no", "doc", "lines"], set()
        for name, column in TABLES[kind].columns().items():
            done.add(name)
            as_type = SQL_TYPES[type(column.dtype)]
            parts.append(f"({self._column(name, values, source, local)})::{as_type} as {name}")
        parts += [name for name in self.fields if name not in done and name not in LINE_ALONE]
        return ", ".join(parts), done | set(self.fields)

    def _column(self, name: str, values: Mapping[str, str], source: str, local: str) -> str:
        have, kind_of = name in self.fields, self.output.kind
        if name == "source":
            return quote(source)
        if kind_of == "points" and name in ("kind", "points"):
            return _movement(name, said="kind" in self.fields)
        if kind_of == "orders" and name == "kind":
            tests = [" and ".join(map(_condition, self.output.refunds))] if self.output.refunds else []
            tests += self.statuses.tests(REFUND)
            return f"case when {' or '.join(tests)} then 'refund' else 'order' end" if tests else "'order'"
        if name == "customer_id" and "phone" in self.fields:
            return f"coalesce({name}, phone)" if have else "phone"
        if name == "item" and not have:
            return "item"
        if name == self.key_field and (not have or self.output.id_is_local):
            return self._made_key(
                have, local if self.output.kind != "feedback" else f"{local}:{values.get('survey', '')}"
            )
        if name == "amount" and have and (back := self.statuses.tests(REFUND)):
            return f"round(case when {' or '.join(back)} then -abs(amount) else amount end, 4)"
        if name in EXACT.get(kind_of, ()) and have:
            return f"round({name}, 4)"
        if name == "currency" and have:
            return (
                f"coalesce(upper({name}), {quote(values['currency'])})" if values.get("currency") else f"upper({name})"
            )
        if name == "attributes":
            return "attributes" if have else "null"
        if have:
            return name
        return quote(values[name]) if values.get(name) else "null"

    def _made_key(self, have: bool, local: str) -> str:
        """No id in the file: customer, time and occurrence. A running number is only unique beside the headers of its file."""
        if have:
            return f"case when {self.key_field} is null then null else {quote(local + ':')} || {self.key_field} end"
        when = DATES[self.output.kind]
        who = (
            "coalesce(customer_id, '-')"
            if "customer_id" in self.fields
            else "coalesce(phone, '-')"
            if "phone" in self.fields
            else "coalesce(name, '-')"
            if "name" in self.fields
            else "'-'"
        )
        ranked = RANKED.get(self.output.kind, "")
        rank = f"{ranked}, " if ranked else ""
        stem = f"{who} || ' ' || strftime({when}, '%Y-%m-%dT%H:%M:%S')"
        prefix = "" if self.output.kind == "orders" or who != "'-'" else f"{quote(local + ' ')} || "
        return f"{prefix}{stem} || ' ' || row_number() over (partition by {stem} order by {rank}file_no, row_no)"

    def _rules(self, names: set[str], latest: str) -> str:
        kind = self.output.kind
        cases = []
        for left in self.output.leave_out:  # a field that is not there holds none of the values
            tests = [test for test in left.when if test.field in names]
            if tests and all(test in tests or test.test == "not_in" for test in left.when):
                cases.append((" and ".join(map(_condition, tests)), left.rule, tests[0].field))
        cases += self.statuses.rules("refund" in self.fields)
        if self.refunds == AFTER:
            cases.append(("amount = 0 and refund <> 0", "refunded", "refund"))
        cases += [(f"{name} is null", rule, name) for name, rule in REQUIRED[kind].items()]
        date = DATES[kind]
        if kind not in PLANNED:
            cases.append((f"{date} >= timestamp '{latest}'", "date_in_future", date))
        cases.append((f"{date} < timestamp '1990-01-01'", "date_before_1990", date))
        rule = " ".join(f"when {test} then {quote(name)}" for test, name, _ in cases)
        column = " ".join(f"when {test} then {quote(where)}" for test, _, where in cases)
        value = " ".join(f"when {test} then {where}::varchar" for test, _, where in cases)
        return f"case {rule} end as rule, case {column} end as bad_column, case {value} end as bad_value"

    def check(self) -> None:
        """Hold the rows against the table's schema; a document that breaks a rule of it is left out by the rule's name."""
        schema = TABLES[self.output.kind]
        listed = ", ".join(schema.column_names())
        self.connection.execute(f"alter table {self.docs} add column rule_name varchar")
        for frame in batches(self.connection, f"select {listed}, file_no, doc from {self.docs} where rule is null"):
            _, failure = schema.filter(frame.select(schema.column_names()), cast=True)
            if len(failure) == 0:
                continue
            for rule_name in failure.counts():
                broken = failure.details().filter(pl.col(rule_name) == "invalid").select(NATURAL_KEYS[self.output.kind])
                self.connection.register("arriving_broken", broken.to_arrow())
                keys = " and ".join(f"d.{name} = b.{name}" for name in broken.columns)
                self.connection.execute(
                    f"update {self.docs} d set rule = 'schema', rule_name = $name from arriving_broken b where {keys} and d.rule is null",
                    {"name": rule_name},
                )
                self.connection.unregister("arriving_broken")

    def order_lines(self) -> str:
        """SQL for the lines of the orders that are taken, with the columns of their table; empty where the file names no products.

        A line has an amount of its own where those of the lines make up that of the order, or a column says it."""
        if self.output.kind != "orders" or not set(PRODUCTS) & set(self.fields):
            return ""
        key = self.key_field if self.folded else "row_no::varchar"
        quantity = next((f"r.{name}" for name in ("items", "quantity") if name in self.fields), "null")
        amount = "null"
        if "line_amount" in self.fields:
            amount = "r.line_amount"
        elif not self.folded:
            amount = "d.amount"
        elif self.ways and self.ways.get("amount") == "sum" and not (self.lines and "amount" in self.lines.once):
            amount = "r.amount - coalesce(abs(r.refund), 0)" if self.refunds == BEFORE else "r.amount"
            if self.statuses.tests(REFUND):
                amount = f"case when d.kind = 'refund' and d.amount < 0 then -abs({amount}) else {amount} end"
        product, group = (f"r.{name}" if name in self.fields else "null" for name in PRODUCTS)
        return f"""
            select d.source, d.order_id, row_number() over (partition by d.order_id order by r.file_no, r.row_no) as line,
                {product}::varchar as product, {group}::varchar as product_group, round(({quantity})::double, 4) as quantity,
                round(({amount})::double, 4) as amount
            from {self.rows} r join {self.docs} d on {self._book("r.")} = d.file_no and r.{key} = d.doc
            where r.rule is null and d.rule is null and ({product} is not null or {group} is not null or {amount} <> 0)
        """

    def left_out(self) -> str:
        """SQL for the lines that gave nothing: file_no, row_no, rule, bad_column, bad_value, amount."""
        amount = "r.amount" if "amount" in self.fields else "null::double"
        key = self.key_field if self.folded else "row_no::varchar"
        return f"""
            select r.file_no, r.row_no, r.rule, r.bad_column, r.bad_value, {amount} as amount from {self.rows} r where r.rule is not null
            union all
            select r.file_no, r.row_no, d.rule, d.bad_column, d.bad_value, {amount}
            from {self.rows} r join {self.docs} d on {self._book("r.")} = d.file_no and r.{key} is not distinct from d.doc
            where r.rule is null and d.rule is not null
        """


def _movement(name: str, *, said: bool) -> str:
    """Kind and signed points of a movement, as SQL. Without a kind the sign tells it; an award that is taken back is an adjustment."""
    if name == "points":
        out = "case when kind in ('spend', 'expire', 'cancel') then -abs(points) else points end"
        return f"round({out if said else 'points'}, 4)"
    by_sign = "case when points < 0 then 'spend' else 'earn' end"
    if not said:
        return by_sign
    return f"case when kind is null then {by_sign} when kind = 'earn' and points < 0 then 'adjust' else kind end"


def _formula(formula: str) -> str:
    """`a * b - c` as SQL; a missing part of a sum counts as 0, a missing first part or factor as unknown."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]*( [-+*] [a-z_][a-z0-9_]*)*", formula):
        raise ValueError(f"“{formula}” is not a formula of a profile")
    return re.sub(r"([-+]) ([a-z_][a-z0-9_]*)", r"\1 coalesce(\2, 0)", formula)


def _condition(test: Condition) -> str:
    name = safe_name(test.field)
    if test.test == "empty":
        return f"{name} is null"
    if test.test == "filled":
        return f"{name} is not null"
    if test.test == "zero":
        return f"coalesce({name}, 0) = 0"
    if test.test == "negative":
        return f"coalesce({name}, 0) < 0"
    if test.test == "starts":
        return f"starts_with({name}::varchar, {quote(test.values[0])})"
    if test.test in ("in", "not_in"):
        listed = ", ".join(quote(value.casefold()) for value in test.values)
        return f"coalesce(lower({name}::varchar), '') {'in' if test.test == 'in' else 'not in'} ({listed})"
    raise ValueError(f"“{test.test}” is not a test of a profile")
