"""Real exports read by the standard library alone, and the numbers counted from them in plain loops, to hold the metrics against."""

import csv
import datetime as dt
import gzip
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

Triangle = dict[tuple[dt.date, int], tuple[int, int]]


@dataclass(frozen=True)
class Order:
    """An order of a known customer; a refund document is one with `refund`."""

    customer: str
    day: dt.date
    amount: Decimal
    refund: bool = False


@dataclass
class Log:
    """What an export says: orders and refunds of known customers, and answers as (day, score)."""

    orders: list[Order]
    answers: list[tuple[dt.date, int]]

    @cached_property
    def last(self) -> dt.date:
        return max(order.day for order in self.orders if not order.refund)

    @cached_property
    def days(self) -> dict[str, list[dt.date]]:
        """Customer → the days with an order, in order."""
        found: dict[str, set[dt.date]] = defaultdict(set)
        for order in self.orders:
            if not order.refund:
                found[order.customer].add(order.day)
        return {customer: sorted(days) for customer, days in found.items()}

    def net(self, start: Callable[[dt.date], dt.date]) -> dict[str, Counter[dt.date]]:
        """Customer → start of the period → net amount, with what was refunded in it; for those with an order."""
        buyers = {order.customer for order in self.orders if not order.refund}
        found: dict[str, Counter[dt.date]] = defaultdict(Counter)
        for order in self.orders:
            if order.customer in buyers:
                found[order.customer][start(order.day)] += order.amount  # type: ignore[assignment]
        return found


def rows(path: Path) -> Iterable[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def online_retail(shared: Path) -> Log:
    """UCI Online Retail: an invoice is an order on the day of its first line, a C… invoice a refund."""
    invoices: dict[str, Order] = {}
    for line in rows(shared / "data/online_retail/online_retail.csv.gz"):
        if not line["CustomerID"].strip():
            continue
        number, day = line["InvoiceNo"], dt.date.fromisoformat(line["InvoiceDate"][:10])
        amount = int(line["Quantity"]) * Decimal(line["UnitPrice"])
        known = invoices.get(number, Order(line["CustomerID"], day, Decimal(0)))
        invoices[number] = Order(
            known.customer, min(day, known.day), known.amount + amount, refund=number.startswith("C")
        )
    return Log(list(invoices.values()), [])


def olist(shared: Path) -> Log:
    """Olist: an order is worth what was paid for it; cancelled and unavailable ones, and those without a payment, are left out."""
    folder = shared / "data/olist"
    person = {row["customer_id"]: row["customer_unique_id"] for row in rows(folder / "olist_customers_dataset.csv.gz")}
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(folder / "olist_order_payments_dataset.csv.gz"):
        paid[row["order_id"]] += Decimal(row["payment_value"])
    orders = [
        Order(
            person[row["customer_id"]],
            dt.date.fromisoformat(row["order_purchase_timestamp"][:10]),
            paid[row["order_id"]],
        )
        for row in rows(folder / "olist_orders_dataset.csv.gz")
        if row["order_status"] not in ("canceled", "unavailable") and row["order_id"] in paid
    ]
    reviews = rows(folder / "olist_order_reviews_dataset.csv.gz")
    answers = [
        (dt.date.fromisoformat(row["review_answer_timestamp"][:10]), int(row["review_score"])) for row in reviews
    ]
    return Log(orders, answers)


MONTHS = {"month": 1, "quarter": 3, "year": 12}


def start_of(day: dt.date, unit: str) -> dt.date:
    """First day of the week (Monday), month, quarter or year."""
    if unit == "week":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(month=(day.month - 1) // MONTHS[unit] * MONTHS[unit] + 1, day=1)


def later(start: dt.date, unit: str, steps: int) -> dt.date:
    """The period so many after the one that begins on `start`."""
    if unit == "week":
        return start + dt.timedelta(weeks=steps)
    number = start.year * 12 + start.month - 1 + steps * MONTHS[unit]
    return dt.date(number // 12, number % 12 + 1, 1)


def periods(first: dt.date, last: dt.date, unit: str) -> list[dt.date]:
    """The starts of all periods from the one that holds `first` to the one that holds `last`."""
    found = [start_of(first, unit)]
    while (following := later(found[-1], unit, 1)) <= last:
        found.append(following)
    return found


def triangle(log: Log, unit: str, kind: str) -> Triangle:
    """(cohort, k) → customers of the cohort, and those who ordered in the k-th period after it, or in that or a later one."""
    last, seen = log.last, {who: {start_of(day, unit) for day in days} for who, days in log.days.items()}
    sizes = Counter(min(starts) for starts in seen.values())
    active: Counter[tuple[dt.date, dt.date]] = Counter()
    for starts in seen.values():
        reached = starts if kind == "on" else periods(min(starts), max(starts), unit)
        active.update((min(starts), start) for start in reached)
    return {
        (cohort, k): (size, active[cohort, start])
        for cohort, size in sizes.items()
        for k, start in enumerate(periods(cohort, last, unit))
    }


def rolling(log: Log, window: int, kind: str) -> Triangle:
    """(month of the first order, k) → customers whose k-th window of days since it has ended, and those who ordered in it (or later)."""
    customers: Counter[tuple[dt.date, int]] = Counter()
    active: Counter[tuple[dt.date, int]] = Counter()
    for days in log.days.values():
        windows = {(day - days[0]).days // window for day in days}
        for k in range(((log.last - days[0]).days + 1) // window):
            cell = (days[0].replace(day=1), k)
            customers[cell] += 1
            active[cell] += k in windows if kind == "on" else max(windows) >= k
    return {cell: (customers[cell], active[cell]) for cell in customers}


def revenue(log: Log, unit: str) -> dict[tuple[dt.date, int], tuple[int, Decimal]]:
    """(cohort, k) → customers of the cohort, and their net revenue in the k-th period; of those before the cohort's own, refunded ones."""
    first = {who: start_of(days[0], unit) for who, days in log.days.items()}
    sizes = Counter(first.values())
    total: dict[tuple[dt.date, dt.date], Decimal] = defaultdict(Decimal)
    for who, net in log.net(lambda day: start_of(day, unit)).items():
        for start, amount in net.items():
            total[first[who], start] += Decimal(amount)
    early = {
        (cohort, 1 - len(periods(start, cohort, unit))): (sizes[cohort], amount)
        for (cohort, start), amount in total.items()
        if start < cohort
    }
    return early | {
        (cohort, k): (size, total[cohort, start])
        for cohort, size in sizes.items()
        for k, start in enumerate(periods(cohort, log.last, unit))
    }


def orders(log: Log, unit: str) -> dict[tuple[dt.date, int], tuple[int, int, int]]:
    """(cohort, k) → customers of the cohort, their orders in the k-th period, and the squares of each one's orders, added."""
    placed: dict[str, Counter[dt.date]] = defaultdict(Counter)
    for order in log.orders:
        if not order.refund:
            placed[order.customer][start_of(order.day, unit)] += 1
    cohorts: dict[dt.date, list[Counter[dt.date]]] = defaultdict(list)
    for counts in placed.values():
        cohorts[min(counts)].append(counts)
    return {
        (cohort, k): (len(who), sum(n[start] for n in who), sum(n[start] ** 2 for n in who))
        for cohort, who in cohorts.items()
        for k, start in enumerate(periods(cohort, log.last, unit))
    }


def repeat_rate(log: Log, start: dt.date, end: dt.date) -> tuple[int, int]:
    """Customers with an order in the window, and those with two or more."""
    counts = Counter(o.customer for o in log.orders if not o.refund and start <= o.day <= end)
    return len(counts), sum(n > 1 for n in counts.values())


def gaps(log: Log) -> tuple[list[int], list[int]]:
    """Days between two order days of one customer; days from the last one to the end of the data."""
    ended = [(b - a).days for days in log.days.values() for a, b in itertools.pairwise(days)]
    return ended, [(log.last - days[-1]).days for days in log.days.values()]


def gone_by(ended: list[int], still: list[int]) -> dict[int, float]:
    """Day → the share of waits that have ended by it, by the product-limit estimate."""
    survival, found = 1.0, {}
    length, events = Counter(ended + still), Counter(ended)
    at_risk = len(ended) + len(still)
    for day in sorted(length):
        survival *= 1 - events[day] / at_risk
        at_risk -= length[day]
        found[day] = 1 - survival
    return found


def inactive(log: Log, as_of: dt.date, hiatus_days: int) -> tuple[int, int]:
    """Customers with an order by the date, and those whose last one by then is more days older."""
    seen = [[day for day in days if day <= as_of] for days in log.days.values()]
    last = [days[-1] for days in seen if days]
    return len(last), sum((as_of - day).days > hiatus_days for day in last)


def lifecycle(log: Log, unit: str, hiatus_days: int) -> list[tuple[dt.date, int, int, int, int]]:
    """Period, new, returning, resurrected, dormant."""

    def active(days: list[dt.date], on: dt.date) -> bool:
        before = [day for day in days if day <= on]
        return bool(before) and (on - before[-1]).days <= hiatus_days

    found, customers = [], list(log.days.values())
    for start in periods(min(days[0] for days in customers), log.last, unit):
        end = min(later(start, unit, 1) - dt.timedelta(days=1), log.last)
        flows: Counter[str] = Counter()
        for days in customers:
            if days[0] > end:
                continue
            ordered, was = any(start <= day <= end for day in days), active(days, start - dt.timedelta(days=1))
            if ordered:
                flows["new" if days[0] >= start else "returning" if was else "resurrected"] += 1
            flows["dormant"] += (was or ordered) and not active(days, end)
        found.append((start, *(flows[name] for name in ("new", "returning", "resurrected", "dormant"))))
    return found


def tier_on(log: Log, thresholds: dict[str, float], measure: str, months: int) -> Callable[[dt.date], dict[str, str]]:
    """A day → customer → the highest tier whose threshold the last whole months before that day reach; none below the lowest."""
    worth: dict[str, Counter[dt.date]] = defaultdict(Counter)
    for order in log.orders:
        amount = order.amount if measure == "spend" else Decimal(not order.refund)
        worth[order.customer][order.day.replace(day=1)] += amount  # type: ignore[assignment]

    def tiers(day: dt.date) -> dict[str, str]:
        window = [later(day.replace(day=1), "month", -k) for k in range(1, months + 1)]
        found = {}
        for customer, net in worth.items():
            reached = round(sum((Decimal(net[month]) for month in window), Decimal(0)), 2)
            names = [name for name, least in thresholds.items() if reached >= Decimal(str(least))]
            if names:
                found[customer] = names[-1]
        return found

    return tiers
