"""Difference in differences over units and periods: what changed where something was done, less what changed elsewhere.

A panel has one row per unit (a store) and period: unit and period (whole numbers), weight (answers, orders), total (the sum of their
values). y = total / weight follows a_unit + b_period + τ · (treated unit, period from the event on), weighted; as those terms are the same
within a cell, that is the regression over single answers. What one unit's answers share is left in: the variance is clustered where the
treatment is assigned (Liang & Zeger 1986, Biometrika 73:13–22; Bertrand, Duflo & Mullainathan 2004, Quarterly Journal of Economics
119:249–275), with the factor G/(G − 1) · (N − 1)/(N − K) and Student's t on G − 1; of the units, which are nested in the clusters, K counts
one.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import stdtr, stdtrit

from metrics.statistics.adjusted import least_effect

Array = np.ndarray
FEWEST_UNITS = 2  # treated, and others: one alone shows nothing about others
COLUMNS = {"unit": pl.Int64, "period": pl.Int64, "weight": pl.Float64, "total": pl.Float64}


@dataclass(frozen=True)
class Effect:
    """An effect with its clustered standard error, interval and p, and the smallest effect that would have been seen in four of five such
    cases."""

    value: float
    se: float
    low: float
    high: float
    p: float
    least: float


@dataclass(frozen=True)
class Panel:
    """Rows in the order of unit and period; `treated` are the units where something was done, from period `begin` on."""

    unit: Array
    period: Array
    weight: Array
    y: Array
    treated: frozenset[int]
    begin: int

    @classmethod
    def of(cls, rows: pl.DataFrame, treated: frozenset[int], begin: int) -> "Panel":
        """From rows of COLUMNS; cells without weight say nothing and are left out."""
        shown = rows.filter(pl.col("weight") > 0).sort("unit", "period")
        unit, period, weight, total = (shown[name].cast(kind).to_numpy() for name, kind in COLUMNS.items())
        return cls(unit, period, weight, total / weight, treated, begin)

    @property
    def units(self) -> list[int]:
        return [int(unit) for unit in np.unique(self.unit)]

    @property
    def is_after(self) -> Array:
        return self.period >= self.begin

    @property
    def dose(self) -> Array:
        """1 for treated units from the event on."""
        return np.isin(self.unit, list(self.treated)) * self.is_after * 1.0

    @property
    def compares(self) -> bool:
        """Whether both groups have units that are seen before and after."""
        whole = [unit for unit in self.units if len({bool(after) for after in self.is_after[self.unit == unit]}) == 2]
        inside = sum(unit in self.treated for unit in whole)
        return min(inside, len(whole) - inside) >= 1

    def before(self) -> "Panel":
        """What was before the event alone."""
        keep = ~self.is_after
        return Panel(self.unit[keep], self.period[keep], self.weight[keep], self.y[keep], self.treated, self.begin)

    def at(self, begin: int) -> "Panel":
        """As if it had begun in another period."""
        return Panel(self.unit, self.period, self.weight, self.y, self.treated, begin)


def effect(panel: Panel, *, confidence: float = 0.95) -> Effect:
    """τ over all periods from the event on."""
    value, se = _coefficients(panel, panel.dose[:, None], confidence)[:2]
    return _told(value[0], se[0], len(panel.units), confidence)


def trend_before(panel: Panel, *, confidence: float = 0.95) -> Effect:
    """How much faster than the others the treated units rose per period before the event; a difference speaks against the comparison."""
    past = panel.before()
    slope = np.isin(past.unit, list(past.treated)) * (past.period - past.begin) * 1.0
    value, se = _coefficients(past, slope[:, None], confidence)[:2]
    return _told(value[0], se[0], len(past.units), confidence)


def event_study(panel: Panel, *, confidence: float = 0.95) -> pl.DataFrame:
    """Treated minus others in each period, against the last one before the event: period, value, low, high (0 in that one)."""
    periods = np.unique(panel.period)
    base = int(periods[periods < panel.begin].max())
    is_treated = np.isin(panel.unit, list(panel.treated))
    others = [int(period) for period in periods if period != base]
    doses = np.stack([is_treated * (panel.period == period) * 1.0 for period in others], axis=1)
    values, ses, reach = _coefficients(panel, doses, confidence)
    rows = [(p, v, v - reach * s, v + reach * s) for p, v, s in zip(others, values, ses, strict=True)]
    schema = {"period": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame([*rows, (base, 0.0, 0.0, 0.0)], schema=schema, orient="row").sort("period")


def _told(value: float, se: float, units: int, confidence: float) -> Effect:
    reach = float(stdtrit(units - 1, (1 + confidence) / 2))
    p = float(2 * stdtr(units - 1, -abs(value) / se)) if se > 0 else 1.0
    return Effect(
        float(value), float(se), float(value - reach * se), float(value + reach * se), p, least_effect(se, reach)
    )


def residuals(panel: Panel, columns: Array) -> Array:
    """The columns less what units and periods explain of them, by weighted least squares."""
    units, periods = np.unique(panel.unit), np.unique(panel.period)
    fixed = np.concatenate(
        [panel.unit[:, None] == units, (panel.period[:, None] == periods)[:, 1:]], axis=1
    ).astype(float)  # fmt: skip
    root = np.sqrt(panel.weight)[:, None]
    found, *_ = np.linalg.lstsq(fixed * root, columns * root, rcond=None)
    left: Array = columns - fixed @ found
    return left


def _coefficients(panel: Panel, doses: Array, confidence: float) -> tuple[Array, Array, float]:
    """Coefficients of the doses beside units and periods, their clustered standard errors, and Student's quantile."""
    left = residuals(panel, np.column_stack([doses, panel.y]))
    x, y = left[:, :-1], left[:, -1]
    weighted = x * panel.weight[:, None]
    bread = np.linalg.pinv(weighted.T @ x)
    values = bread @ (weighted.T @ y)
    scores = weighted * (y - x @ values)[:, None]
    sums = np.stack([scores[panel.unit == unit].sum(axis=0) for unit in panel.units])
    G, N = len(panel.units), float(panel.weight.sum())
    K = doses.shape[1] + len(np.unique(panel.period))
    factor = G / (G - 1) * (N - 1) / max(N - K, 1)
    variance = factor * bread @ (sums.T @ sums) @ bread
    return values, np.sqrt(np.maximum(np.diag(variance), 0)), float(stdtrit(G - 1, (1 + confidence) / 2))
