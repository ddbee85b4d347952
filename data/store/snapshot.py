"""Lazy frames of one data version, already limited to who and when. All frames of a snapshot can be joined with each other."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partialmethod
from typing import Any

import duckdb
import narwhals.stable.v2 as nw

from data.errors import StoreError
from data.segment import EVERYBODY, Segment
from data.sql import Parameters, first_row, only_value, quoted
from data.store import attributes as attributes_of
from data.store import classes, member_columns, rollups
from data.store.extent import Extent
from data.store.member_columns import MemberColumn
from data.store.schema import content, says_nothing
from data.text import bands
from metrics.dimension import TIER, is_attribute, is_member_column
from metrics.engine import rollups as definitions
from metrics.engine.schemas import DATES, MONEY
from metrics.texts import N_
from metrics.tiers.order import fold_tier
from metrics.tiers.tiers import LAPSED

DAYS = ("customer_key", "day", "previous_day", "next_day", "first_day", "age", "previous_age", "next_age")
PERIODS = ("customer_key", "month", "previous_month", "next_month", "first_month", "orders", "revenue", "discount")
KNOWN = ("customer_key", "customer_id", "joined_on", "acquisition_channel", "region")
OF_ORDER = ("customer_key", "ordered_at", "kind", "channel", "store", "region", "currency")  # what a line takes from it
TOTALS = ("first_order_at", "last_order_at", "orders", "revenue", "order_days", "repeat_spend", "repeat_spend_days")


class Snapshot:
    """The data as of one version, of the customers in `scope` alone. Made by Store.snapshot; its frames are valid until that block
    ends. Without `rollups` every frame is made from the rows themselves, as those of a past version are."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version: int | None,
        scope: Segment = EVERYBODY,
        *,
        rollups: bool = True,
    ) -> None:
        self.cursor = cursor
        self.scope = scope
        self._rollups = rollups
        self.newest: int = only_value(cursor, "select coalesce(max(id), 0) from imports")
        self.version = self.newest if version is None else version
        if not 0 <= self.version <= self.newest:
            raise StoreError(
                N_("There is no data version {version}; the newest is {newest}."), version=version, newest=self.newest
            )
        self._extent: Extent | None = None
        self._classified: dict[tuple[str, dt.date, str, int], str] = {}

    @property
    def current(self) -> bool:
        """Whether this is the newest version."""
        return self.version == self.newest

    @property
    def _saved(self) -> bool:
        """Whether rollups are read: those that are kept are of the newest version."""
        return self.current and self._rollups

    def extent(self) -> Extent:
        """How far the data reach. The dates are those of all data, which say what could be observed; the counts are of the scope."""
        if self._extent is None:
            found = first_row(self.cursor, "select extent from imports where id = $id", {"id": self.version})
            whole = self._extent = Extent.from_json(found[0]) if found else Extent()
            if self.scope.chosen:
                self._extent = self._counted(whole)
        return self._extent

    def _counted(self, whole: Extent) -> Extent:
        other = (nw.col("currency") != whole.currency).fill_null(value=False)
        return replace(
            whole,
            orders=_count(self.orders()),
            customers=_count(self.customers()),
            feedback=_count(self.feedback()),
            other_currency_orders=_count(self.orders().filter(other)),
        )

    def orders(
        self,
        segment: Segment = EVERYBODY,
        *,
        as_of: dt.date | None = None,
        start: dt.date | None = None,
        end: dt.date | None = None,
        attributes: Sequence[str] = (),
    ) -> nw.LazyFrame:
        """One row per order, from `start` to the earlier of `end` and `as_of`, both included.

        Money in another currency than the extent's is null. With `attributes`, the customer's; region falls back to the row's own.
        """
        return self._dated("orders", "ordered_at", segment, as_of, start, end, attributes, "r.kind = 'order'")

    def refunds(
        self,
        segment: Segment = EVERYBODY,
        *,
        as_of: dt.date | None = None,
        start: dt.date | None = None,
        end: dt.date | None = None,
        attributes: Sequence[str] = (),
    ) -> nw.LazyFrame:
        """One row per refund document that names no order; amounts are negative. Otherwise as `orders`."""
        return self._dated("orders", "ordered_at", segment, as_of, start, end, attributes, "r.kind = 'refund'")

    def _rows(
        self,
        table: str,
        segment: Segment = EVERYBODY,
        *,
        as_of: dt.date | None = None,
        start: dt.date | None = None,
        end: dt.date | None = None,
        attributes: Sequence[str] = (),
    ) -> nw.LazyFrame:
        """One row per row of the world of a table; the period as for `orders`."""
        return self._dated(table, DATES[table], segment, as_of, start, end, attributes)

    feedback = partialmethod(_rows, "feedback")  # one row per answer to a score question
    answers = partialmethod(_rows, "answers")  # per respondent and questionnaire item
    points = partialmethod(_rows, "points")  # per movement of points
    referrals = partialmethod(_rows, "referrals")  # per customer who was brought, of the segment those
    benefits = partialmethod(_rows, "benefits")  # per use of a benefit

    def tier_changes(self, segment: Segment = EVERYBODY, *, as_of: dt.date | None = None) -> nw.LazyFrame:
        """One row per customer and day of a change of tier, up to `as_of`."""
        return self._dated("tier_changes", "effective_on", segment, as_of, None, None, ())

    def events(self, *, as_of: dt.date | None = None) -> nw.LazyFrame:
        """One row per event that has begun by `as_of` (without it, also those that are planned). Events name no customer: everybody sees
        all of them."""
        params = Parameters()
        limits = [self._visible("r."), *self._between(f"r.{DATES['events']}", None, as_of, params)]
        listed, where = ", ".join(f"r.{name}" for name in content("events")), " and ".join(limits)
        return nw.from_native(
            self.cursor.sql(f"select {listed} from events r where {where}", params=dict(params) or None)
        )

    def order_lines(
        self,
        segment: Segment = EVERYBODY,
        *,
        as_of: dt.date | None = None,
        start: dt.date | None = None,
        end: dt.date | None = None,
        attributes: Sequence[str] = (),
    ) -> nw.LazyFrame:
        """One row per line of an order or refund document: line, product, product_group, quantity, amount, and of its order customer_key,
        ordered_at, kind, channel, store, region, currency; who, when and money as for `orders`."""
        params = Parameters()
        last = min((date for date in (as_of, end) if date), default=None)
        money = {"amount": rollups.in_home_currency("amount", params.add(self.extent().currency))}
        rows = f"""(
            select l.* exclude (row_id, origin, added_by, replaced_by), {", ".join(f"o.{name}" for name in OF_ORDER)}
            from order_lines l join orders o using (source, order_id)
            where {self._visible("l.")} and {self._visible("o.")} and not ({says_nothing("order_lines", "l.")})
        )"""
        limits = self._between("r.ordered_at", start, last, params)
        columns = (*content("order_lines"), *OF_ORDER)
        return self._frame(rows, columns, limits, params, segment, attributes, as_of, money, kind="orders")

    def customer_periods(
        self,
        segment: Segment = EVERYBODY,
        *,
        as_of: dt.date | None = None,
        start: dt.date | None = None,
        end: dt.date | None = None,
        attributes: Sequence[str] = (),
    ) -> nw.LazyFrame:
        """One row per customer and month: customer_key, month, orders, revenue, discount; the period as for `orders`.

        Whole months come from the saved rollup; a period that cuts a month, or a past version, from the orders. Same numbers.
        The rollup also gives first_month, previous_month and next_month, which spare cohorts and windows a pass.
        """
        last = min((date for date in (as_of, end) if date), default=None)
        if self._saved and self._whole_months(start, last):
            params = Parameters()
            conditions = self._between("r.month", start, last, params)
            return self._frame("customer_periods", PERIODS, conditions, params, segment, attributes, as_of)
        window: dict[str, Any] = {"as_of": as_of, "start": start, "end": end}
        rows = [
            frame.filter(~nw.col("customer_key").is_null())
            for frame in (self.orders(segment, **window), self.refunds(segment, **window))
        ]
        return self._beside(definitions.customer_periods(*rows), attributes, as_of)

    def purchases(
        self,
        segment: Segment = EVERYBODY,
        *,
        as_of: dt.date | None = None,
        start: dt.date | None = None,
        end: dt.date | None = None,
        attributes: Sequence[str] = (),
    ) -> nw.LazyFrame:
        """One row per order and per refund document that names none: customer_key (null where it names nobody), day, orders (1, of a refund
        0), revenue; the period as for `orders`."""
        window: dict[str, Any] = {"as_of": as_of, "start": start, "end": end, "attributes": attributes}
        rows = self.orders(segment, **window), self.refunds(segment, **window)
        return definitions.purchases(*rows, attributes)

    def sales(
        self,
        segment: Segment = EVERYBODY,
        *,
        as_of: dt.date | None = None,
        start: dt.date | None = None,
        end: dt.date | None = None,
        attributes: Sequence[str] = (),
        weekly: bool = False,
    ) -> nw.LazyFrame:
        """What `purchases` holds, with those of a known customer and month (if `weekly`, week) in one row, whose day is its first."""
        window: dict[str, Any] = {"as_of": as_of, "start": start, "end": end, "attributes": attributes}
        if weekly:
            return definitions.by_week(self.purchases(segment, **window), attributes)
        known = self.customer_periods(segment, **window).rename({"month": "day"})
        nobody = self.purchases(segment, **window).filter(nw.col("customer_key").is_null())
        return definitions.together(known, nobody, attributes)

    def customers(
        self, segment: Segment = EVERYBODY, *, as_of: dt.date | None = None, attributes: Sequence[str] = ()
    ) -> nw.LazyFrame:
        """One row per customer: customer_id, joined_on, acquisition_channel, region; up to `as_of` also first_order_at, last_order_at,
        orders, revenue, order_days, repeat_spend and repeat_spend_days."""
        if self._saved and self._is_data_end(as_of):
            return self._frame("customers", (*KNOWN, *TOTALS), [], Parameters(), segment, attributes, as_of)
        known = self._frame(f"({self._known()})", KNOWN, [], Parameters(), segment, attributes, as_of)
        rows = [
            frame.filter(~nw.col("customer_key").is_null())
            for frame in (self.orders(segment, as_of=as_of), self.refunds(segment, as_of=as_of))
        ]
        counted = known.join(definitions.customers(*rows), on="customer_key", how="left")
        return counted.with_columns(
            nw.col("orders", "revenue", "order_days", "repeat_spend", "repeat_spend_days").fill_null(0)
        )

    def members(
        self, segment: Segment = EVERYBODY, *, as_of: dt.date | None = None, attributes: Sequence[str] = ()
    ) -> nw.LazyFrame:
        """One row per customer: customer_key, customer_id, joined_on (null where no members file says it); attributes as of `as_of`."""
        columns = ("customer_key", "customer_id", "joined_on")
        return self._frame(f"({self._known()})", columns, [], Parameters(), segment, attributes, as_of)

    def classes(self, scheme: str, *, as_of: dt.date, table: str = "", hiatus_days: int = 0) -> nw.LazyFrame:
        """One row per customer with a class: customer_key, segment. As `metrics.segments.numbers.classified` says; looked for among
        everybody, whatever the scope, since scores tell how many of all a customer is ahead of."""
        name = self._classes(scheme, as_of, table, hiatus_days)
        found = nw.from_native(self.cursor.sql(f"select customer_key, segment from {name}"))
        if not self.scope.chosen:
            return found
        seen = self._frame(f"({self._known()})", ("customer_key",), [], Parameters(), EVERYBODY, (), None)
        return seen.join(found, on="customer_key")

    def _classes(self, scheme: str, as_of: dt.date, table: str = "", hiatus_days: int = 0) -> str:
        """The table of this cursor that holds the classes of everybody; made when it is first asked for."""
        key = (scheme, as_of, table, hiatus_days)
        if key not in self._classified:
            self._classified[key] = classes.made(
                Snapshot(self.cursor, self.version, rollups=self._rollups), scheme, as_of, table, hiatus_days
            )
        return self._classified[key]

    def further(self, segment: Segment = EVERYBODY) -> nw.LazyFrame:
        """One row per member: customer_key, attributes (the further columns of the members file, as a JSON object; null without any)."""
        columns = ("customer_key", "attributes")
        return self._frame("members", columns, [self._visible("r.")], Parameters(), segment, (), None)

    def order_days(
        self, segment: Segment = EVERYBODY, *, as_of: dt.date | None = None, attributes: Sequence[str] = ()
    ) -> nw.LazyFrame:
        """One row per customer and day with an order, up to `as_of`: customer_key, day, first_day, previous_day, next_day
        (which may lie after it), and the days since the first one: age, previous_age, next_age."""
        if self._saved:
            params = Parameters()
            until = self._between("r.day", None, as_of, params)
            return self._frame("order_days", DAYS, until, params, segment, attributes, as_of)
        orders = self.orders(segment, as_of=as_of).filter(~nw.col("customer_key").is_null())
        days = definitions.with_neighbours(definitions.order_days(orders))
        return self._beside(days, attributes, as_of)

    def values(self, column: str) -> list[str]:
        """The codes that rows of this version hold for an attribute or a column of orders and feedback, in alphabetical order."""
        if classes.of_column(column):
            return self._values_of_classes(column)
        if self.scope.chosen:
            return self._values_in_scope(column)
        sources = attributes_of.sources(column)
        query = " union ".join(
            f"select {column} as code from ({self._known()})"
            if source == "customers"
            else f"select {column} as code from {source} where {self._visible()}"
            for source in sources
        )
        if is_member_column(column):
            query = f"select code from ({self._member(column)})"
        found = self.cursor.execute(
            f"select distinct code from ({query}) where code is not null order by code"
        ).fetchall()
        codes = [code for (code,) in found]
        return bands.in_order(codes) if is_member_column(column) else codes

    def _values_of_classes(self, column: str) -> list[str]:
        """The classes of a scheme in their order, once there are customers to be in one."""
        extent, allowed = self.extent(), self.scope[column]
        codes = classes.codes(column) if extent.orders_last else []
        return [code for code in codes if not allowed or code in allowed]

    def member_columns(self) -> list[str]:
        """The further columns of members files by which the customers of this version can be distinguished."""
        if self._saved:
            found = self.cursor.execute("select distinct name from customer_attributes order by name").fetchall()
            return [name for (name,) in found]
        return list(self._found)

    @cached_property
    def _found(self) -> dict[str, MemberColumn]:
        ids = "select customer_id from customer_keys"
        found = member_columns.find(self.cursor, f"select * from members where {self._visible()}", ids)
        return {each.column: each for each in found.columns}

    def _member(self, column: str) -> str:
        """A query of customer_key and code of a column of members; of nobody where this version has no such column, so that who is
        limited by it sees nobody."""
        if self._saved:
            return f"select customer_key, value as code from customer_attributes where name = {quoted(column)}"
        if column not in self._found:
            return "select null::bigint as customer_key, null::varchar as code where false"
        return member_columns.values(self._found[column], f"select * from members where {self._visible()}")

    def ladder(self) -> str:
        """The tiers from lowest to highest as they were answered at the newest import of this version that says so and knows all of
        them, as an argument of metrics; empty when there is none."""
        found = first_row(
            self.cursor,
            """
            select json_extract_string(mapping, '$.values.ladder') from imports
            where kind = 'import' and id <= $version and mapping like '%"ladder"%'
                and id not in (select undoes from imports where undoes is not null and id <= $version)
            order by id desc limit 1
            """,
            {"version": self.version},
        )
        named = {fold_tier(name): place for place, name in enumerate(found[0].split(","))} if found and found[0] else {}
        tiers = self.values(TIER.column)
        if not named or not {fold_tier(tier) for tier in tiers} <= {*named, LAPSED}:
            return ""
        return ", ".join(sorted((tier for tier in tiers if tier != LAPSED), key=lambda tier: named[fold_tier(tier)]))

    def _values_in_scope(self, column: str) -> list[str]:
        frames: dict[str, Callable[[], nw.LazyFrame]] = {
            "customers": self.customers,
            "tier_changes": self.tier_changes,
            "orders": self.orders,
            "feedback": self.feedback,
        }
        if is_attribute(column):
            frames["customers"] = lambda: self.customers(attributes=(column,))
        found: set[str] = set()
        for source in attributes_of.sources(column):
            rows = frames[source]().select(column).unique().collect("polars")
            found |= set(rows.get_column(column).drop_nulls().to_list())
        allowed = self.scope[column]
        codes = sorted(found & set(allowed) if allowed else found)
        return bands.in_order(codes) if is_member_column(column) else codes

    def _beside(self, frame: nw.LazyFrame, attributes: Sequence[str], as_of: dt.date | None) -> nw.LazyFrame:
        """The frame with the customer's value of each attribute."""
        if not attributes:
            return frame
        known = self._frame(f"({self._known()})", ("customer_key",), [], Parameters(), EVERYBODY, attributes, as_of)
        return frame.join(known, on="customer_key", how="left")

    # How a frame is put together ------------------------------------------------------------------------------------

    def _visible(self, alias: str = "") -> str:
        if self.current:
            return f"{alias}replaced_by is null"
        v = int(self.version)
        return f"{alias}added_by <= {v} and ({alias}replaced_by is null or {alias}replaced_by > {v})"

    def _known(self) -> str:
        """The query for every customer of this version with what it is chosen by."""
        return "select * from customers" if self._saved else rollups.attributes_query(self._visible())

    def _dated(
        self,
        table: str,
        time: str,
        segment: Segment,
        as_of: dt.date | None,
        start: dt.date | None,
        end: dt.date | None,
        attributes: Sequence[str],
        *conditions: str,
    ) -> nw.LazyFrame:
        params = Parameters()
        last = min((date for date in (as_of, end) if date), default=None)
        limits = [self._visible("r."), *conditions, *self._between(f"r.{time}", start, last, params)]
        money = {}
        if table == "orders":
            currency = params.add(self.extent().currency)
            money = {name: rollups.in_home_currency(name, currency) for name in MONEY}
        return self._frame(table, content(table), limits, params, segment, attributes, as_of, money)

    @staticmethod
    def _between(time: str, start: dt.date | None, last: dt.date | None, params: Parameters) -> list[str]:
        limits = []
        if start:
            limits.append(f"{time} >= {params.add(start)}")
        if last:
            limits.append(f"{time} < {params.add(last + dt.timedelta(days=1))}")
        return limits

    def _frame(
        self,
        rows: str,
        columns: Sequence[str],
        conditions: list[str],
        params: Parameters,
        segment: Segment,
        attributes: Sequence[str],
        as_of: dt.date | None,
        computed: dict[str, str] | None = None,
        *,
        kind: str = "",
    ) -> nw.LazyFrame:
        """Columns of `rows` (as r), where conditions and segment hold. An attribute asked for is the customer's value.

        `kind` names the table whose rows they are like, where they are a query.
        """
        limits = [*self.scope.codes, *segment.codes]
        values = attributes_of.Values(
            kind or rows, self._known(), self._visible(), as_of, self.extent().orders_last, self._member, self._classes
        )
        value, joins = values.of([*attributes, *(column for column, _codes in limits)], params)
        for column, codes in limits:
            conditions = [*conditions, f"{value[column]} in ({', '.join(map(params.add, codes))})"]
        select = {name: f"r.{name}" for name in columns} | (computed or {}) | {name: value[name] for name in attributes}
        listed = ", ".join(f"{expression} as {name}" for name, expression in select.items())
        where = f" where {' and '.join(conditions)}" if conditions else ""
        return nw.from_native(
            self.cursor.sql(f"select {listed} from {rows} r{joins}{where}", params=dict(params) or None)
        )

    def _is_data_end(self, date: dt.date | None) -> bool:
        last = self.extent().orders_last
        return date is None or last is None or date >= last

    def _whole_months(self, start: dt.date | None, last: dt.date | None) -> bool:
        starts = start is None or start.day == 1
        ends = self._is_data_end(last) or (last is not None and (last + dt.timedelta(days=1)).day == 1)
        return starts and ends


def _count(frame: nw.LazyFrame) -> int:
    return int(frame.select(nw.len()).collect("polars").item())
