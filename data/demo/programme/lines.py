"""What each order is made of: lines whose amounts add up to the order's, in groups that follow the customer's taste."""

import numpy as np
import polars as pl

from data.demo.columns import pick
from data.demo.process import Orders
from data.demo.world import SOURCE

GROUPS: dict[str, tuple[str, ...]] = {
    "Tea": ("Jasmine tea", "Oolong tea", "Green tea", "Black tea", "Fruit tea"),
    "Kitchen": ("Mug", "Teapot", "Wok", "Chopsticks", "Bowl set"),
    "Home textiles": ("Towel", "Bed linen", "Cushion", "Blanket"),
    "Skin care": ("Hand cream", "Face mask", "Lotion", "Cleanser"),
    "Stationery": ("Notebook", "Pen set", "Gift card", "Calendar"),
    "Snacks": ("Nut mix", "Rice crackers", "Dried mango", "Biscuits"),
}
TASTE = (0.9, 0.7, 0.6, 0.7, 0.4, 0.7)  # a customer's shares of the groups ~ Dirichlet
SECOND_LINE, THIRD_LINE = 0.55, 0.35  # of orders with pieces enough


def line_rows(placed: Orders, orders: pl.DataFrame, customers: int, rng: np.random.Generator) -> pl.DataFrame:
    """One row per line (metrics.engine.schemas.OrderLine), by order and line; `orders` are the rows of `placed`, in their order."""
    items = orders["items"].to_numpy().astype(np.int64)
    lines = 1 + ((items > 1) & (rng.random(len(items)) < SECOND_LINE))
    lines += (lines == 2) & (items > 2) & (rng.random(len(items)) < THIRD_LINE)
    order = np.repeat(np.arange(len(items)), lines)
    first = np.cumsum(lines) - lines
    line = np.arange(len(order)) - first[order]
    last = line == lines[order] - 1
    weight = rng.random(len(order)) + 0.25
    amount = _parts(np.rint(orders["amount"].to_numpy() * 100).astype(np.int64), weight, order, last)
    quantity = 1 + _parts(items - lines, weight, order, last)
    group = _groups(placed.customer[order], customers, rng)
    sizes = np.array([len(products) for products in GROUPS.values()])
    product = np.cumsum(sizes)[group] - sizes[group] + (rng.random(len(order)) ** 2 * sizes[group]).astype(np.int64)
    return pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, len(order), dtype=pl.String, eager=True),
            "order_id": orders["order_id"].gather(order),
            "line": line.astype(np.int64) + 1,
            "product": pick([name for products in GROUPS.values() for name in products], product),
            "product_group": pick(list(GROUPS), group),
            "quantity": quantity.astype(float),
            "amount": amount / 100,
        }
    )


def _parts(total: np.ndarray, weight: np.ndarray, order: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Whole parts of each order's total, about in proportion to the weights; the last line takes what is left."""
    together = np.bincount(order, weight, minlength=len(total))
    part = np.where(last, 0, np.floor(total[order] * weight / together[order])).astype(np.int64)
    rest = total - np.bincount(order, part, minlength=len(total)).astype(np.int64)
    return np.where(last, rest[order], part)


def _groups(customer: np.ndarray, customers: int, rng: np.random.Generator) -> np.ndarray:
    """The place of each line's group; people without a number take what is liked on average."""
    taste = rng.standard_gamma(TASTE, (customers, len(GROUPS)))
    everybody = np.array(TASTE) / sum(TASTE)
    shares = np.vstack([taste / np.maximum(taste.sum(axis=1, keepdims=True), 1e-12), everybody]).cumsum(axis=1)
    chosen = (rng.random(len(customer))[:, None] >= shares[customer]).sum(axis=1)
    return np.minimum(chosen, len(GROUPS) - 1)
