"""Statuses as SQL: which rows they leave out of the orders, and which they make refunds."""

from collections.abc import Mapping

import duckdb

from data.imports.cells.status import CANCELLED, COUNTS, NOT_COUNTED, NOT_PAID, REFUND, REFUNDED
from data.imports.sql import listed, safe_name

RULES = (CANCELLED, NOT_PAID, REFUNDED, NOT_COUNTED)  # the rules bear the names of what the statuses say
STATED = "coalesce(trim({0}), '')"


class Statuses:
    """Per field of status what each of its cells says ("" for rows without one)."""

    def __init__(self, known: Mapping[str, Mapping[str, str]]) -> None:
        self.known = {safe_name(name): says for name, says in known.items()}

    def tests(self, standing: str) -> list[str]:
        """SQL conditions, each true for rows of which one field says so."""
        found = []
        for name, says in self.known.items():
            cells = [cell for cell, what in says.items() if what == standing]
            if cells:
                found.append(f"{STATED.format(name)} in ({listed(cells)})")
        return found

    def rules(self, with_refunds: bool) -> list[tuple[str, str, str]]:
        """Condition, rule and field for documents that do not count; one given back in part still does."""
        found = []
        for rule in RULES:
            for name, says in self.known.items():
                cells = [cell for cell, what in says.items() if what == rule]
                if cells:
                    test = f"{STATED.format(name)} in ({listed(cells)}) and coalesce(amount, 0) >= 0"
                    if rule == REFUNDED and with_refunds:
                        test += " and (coalesce(refund, 0) = 0 or amount <= 0)"
                    found.append((test, rule, name))
        return found

    def folded(self, name: str, position: str) -> str:
        """The status of an order of several lines: its first by which it counts, else its first."""
        cells = [cell for cell, what in self.known[name].items() if what == COUNTS and cell]
        first = f"arg_min({name}, {position})"
        return f"coalesce({first} filter (trim({name}) in ({listed(cells)})), {first})" if cells else first

    def leave_out_lines(self, connection: duckdb.DuckDBPyConnection, rows: str) -> None:
        """Lines that are added up are judged one by one, where every line of the order has a status of its own."""
        for name, says in self.known.items():
            whole = f"order_id not in (select order_id from {rows} where {name} is null and order_id is not null)"
            for rule in RULES:
                cells = [cell for cell, what in says.items() if what == rule and cell]
                if cells:
                    connection.execute(
                        f"""update {rows} set rule = $rule, bad_column = $name, bad_value = {name}
                        where rule is null and coalesce(amount, 0) >= 0 and trim({name}) in ({listed(cells)}) and {whole}""",
                        {"rule": rule, "name": name},
                    )
            back = [cell for cell, what in says.items() if what == REFUND and cell]
            if back:
                connection.execute(
                    f"update {rows} set amount = -abs(amount) where rule is null and trim({name}) in ({listed(back)})"
                )
