"""The mean of what several models expect: where one is too sure that quiet customers have left and another not sure enough, it errs less
than either (Bates & Granger 1969, Operational Research Quarterly 20(4):451–468)."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.linalg import block_diag

from metrics.clv.models.bg_nbd import MBG_NBD
from metrics.clv.models.erlang_nbd import MBG_CNBD_3
from metrics.clv.models.fitting import Fit
from metrics.clv.models.model import PurchaseModel
from metrics.clv.models.statistics import Array, Purchases


class MeanOfModels(PurchaseModel):
    """Equal weights. Parameters are those of the parts, one after the other, so none has a letter of its own; each part is fitted by
    itself."""

    has_closed_form = False

    def __init__(self, name: str, parts: Sequence[PurchaseModel]) -> None:
        self.name = name
        self.parts = tuple(parts)
        self.letters = ()
        self.times = ()
        ends = np.cumsum([len(part.letters) for part in parts]).tolist()
        self._places = [slice(end - len(part.letters), end) for part, end in zip(parts, ends, strict=True)]

    def log_likelihood(self, parameters: Array, rows: Purchases) -> tuple[float, Array]:
        """Those of the parts, added: its maximum is where each has its own."""
        found = [part.log_likelihood(parameters[place], rows) for part, place in self._each()]
        return sum(value for value, _ in found), np.concatenate([gradient for _, gradient in found])

    def fit(self, rows: Purchases) -> Fit:
        return self.together([part.fit(rows) for part in self.parts])

    def together(self, fits: Sequence[Fit]) -> Fit:
        """The fits of the parts as one; what is not known about one says nothing about the others."""
        covariances = [fit.covariance for fit in fits]
        known = [covariance for covariance in covariances if covariance is not None]
        return Fit(
            parameters=np.concatenate([fit.parameters for fit in fits]),
            log_likelihood=sum(fit.log_likelihood for fit in fits),
            customers=fits[0].customers,
            covariance=block_diag(*known) if len(known) == len(fits) else None,
            gradient=max(fit.gradient for fit in fits),
            at_bound=any(fit.at_bound for fit in fits),
        )

    def p_alive(self, parameters: Array, x: Array, t_x: Array, T: Array) -> Array:
        return self._mean(parameters, lambda part, own: part.p_alive(own, x, t_x, T))

    def p_active(self, parameters: Array, t: float | Array, x: Array, t_x: Array, T: Array) -> Array:
        return self._mean(parameters, lambda part, own: part.p_active(own, t, x, t_x, T))

    def purchases_if_alive(self, parameters: Array, t: float | Array, x: Array, T: Array) -> Array:
        """Near the expectation; `expected_purchases` is exact."""
        return self._mean(parameters, lambda part, own: part.purchases_if_alive(own, t, x, T))

    def expected_purchases(self, parameters: Array, t: float | Array, x: Array, t_x: Array, T: Array) -> Array:
        return self._mean(parameters, lambda part, own: part.expected_purchases(own, t, x, t_x, T))

    def expected_each(self, parameters: Array, t: float, rows: Purchases) -> Array:
        return self._mean(parameters, lambda part, own: part.expected_each(own, t, rows))

    def unconditional_purchases(self, parameters: Array, t: float | Array) -> Array:
        return self._mean(parameters, lambda part, own: part.unconditional_purchases(own, t))

    def _mean(self, parameters: Array, tell: Callable[[PurchaseModel, Array], Array]) -> Array:
        return np.asarray(sum(tell(part, parameters[place]) for part, place in self._each()) / len(self.parts))

    def _each(self) -> list[tuple[PurchaseModel, slice]]:
        return list(zip(self.parts, self._places, strict=True))


MBG_MEAN = MeanOfModels("mbg_mean", (MBG_NBD, MBG_CNBD_3))
