"""How good the forecasts are on four logs: python -m tests.benchmarks.forecasts > docs/forecast.md"""

import datetime as dt
import sys
import tempfile
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl

from data.demo.load import load
from data.store.store import Store
from metrics.clv.origins import Log, judged_origin, of_log, order_log, origin
from metrics.clv.past import records
from tests.benchmarks.logs import logs

COLUMNS = ("forecast", "model", "actual", "expected", "bias", "deviance", "mae", "rmse", "brier", "auc", "level")
HEAD = """# How good the forecasts are

Made by `python -m tests.benchmarks.forecasts > docs/forecast.md` from the logs in `../shared/data` and the demo.

Every model is fitted to what was known at the end of a split, and forecasts each customer's order-days in the weeks after it. `model`
is what was used: NBD, in which nobody leaves, where the orders do not show that anybody does. Deviance is Poisson's (the proper score
of a mean of counts; lower is better), MAE and RMSE are per customer, bias is of the total, Brier score and AUC are of the chance to
order at all. The last row is the model that `forecast_accuracy` puts first by past forecasts within the split alone, at the level that
they ask for.
"""


def main() -> None:
    """The table of each log."""
    print(HEAD)
    for name, orders, end, weeks in [*logs(), demo()]:
        print(f"## {name}: {weeks} weeks after {end}\n")
        _print(split_table(orders, end, weeks))
        sys.stdout.flush()


def demo() -> tuple[str, pl.DataFrame, dt.date, int]:
    """The orders of the demo, split a year before their end."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "demo.duckdb") as store:
        load(store)
        with store.snapshot() as snap:
            rows = snap.orders().filter(~nw.col("customer_key").is_null())
            chosen = rows.select("customer_key", "ordered_at", nw.col("amount").cast(nw.Float64))
            found = chosen.collect("polars").to_native()
    orders = found.select("customer_key", pl.col("ordered_at").dt.date().alias("day"), "amount")
    return "Demo", orders.sort("customer_key", "day", "amount"), _last(orders) - dt.timedelta(weeks=52), 52


def split_table(orders: pl.DataFrame, end: dt.date, weeks: int) -> pl.DataFrame:
    """One row per forecast, and one for the best so far."""
    last = _last(orders)
    made = origin(_log(orders, last), (end - last).days, weeks)
    past = records(of_log(_log(orders.filter(pl.col("day") <= end), end))).drop_nulls("level")
    best, level = past.select("forecast", "level").row(0)
    leveled = [row for row in judged_origin(made, [best], level=level) if row["forecast"] == best]
    rows = [{**row, "level": 1.0} for row in judged_origin(made)]
    rows += [{**row, "forecast": "best so far", "level": level} for row in leveled]
    return pl.DataFrame(rows).select(COLUMNS)


def _last(orders: pl.DataFrame) -> dt.date:
    return orders["day"].max()  # type: ignore[return-value]


def _log(orders: pl.DataFrame, last: dt.date) -> Log:
    return order_log(nw.from_native(orders.select("customer_key", "day").unique().lazy()), as_of=last)


def _print(table: pl.DataFrame) -> None:
    print("| " + " | ".join(table.columns) + " |\n|" + "---|" * table.width)
    for row in table.iter_rows():
        print("| " + " | ".join(_text(value) for value in row) + " |")
    print()


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
