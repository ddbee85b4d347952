"""A model of purchases and one of spend, fitted to the same customers, and whether what follows from them can be believed."""

from dataclasses import dataclass

import numpy as np

from metrics.clv.models import gamma_gamma
from metrics.clv.models.bg_nbd import BG_NBD, MBG_NBD
from metrics.clv.models.erlang_nbd import MBG_CNBD_2, MBG_CNBD_3, NBD, ErlangNBD
from metrics.clv.models.fitting import Fit
from metrics.clv.models.mean import MBG_MEAN, MeanOfModels
from metrics.clv.models.model import PurchaseModel
from metrics.clv.models.pareto_nbd import PARETO_NBD
from metrics.clv.models.statistics import Purchases, Spends, total
from metrics.engine.periods import checked

MODELS: dict[str, PurchaseModel] = {
    model.name: model for model in (MBG_NBD, BG_NBD, PARETO_NBD, MBG_CNBD_2, MBG_CNBD_3, MBG_MEAN, NBD)
}
DEFAULT_MODEL = MBG_NBD.name

OK, TOO_FEW, WEAK, DEPENDENT = "ok", "too_few_customers", "weakly_identified", "spend_depends_on_frequency"
STATES = (OK, TOO_FEW, WEAK, DEPENDENT)
BELIEVED = (OK, DEPENDENT)

LEAST_BUYERS = 1000
MOST_STANDARD_ERROR = 3.0  # of the logarithm of a parameter: it may as well be twenty times larger or smaller
# Dropout adds two parameters to a model in which nobody leaves. Where it does not raise the log-likelihood by half the 95 % point of χ²
# with two degrees of freedom, the data do not say whether anybody has left.
LEAST_GAIN_FROM_DROPOUT = 3.0
MOST_CORRELATION = 0.3  # of frequency and mean spend, which Gamma-Gamma takes for independent; CDNOW has .11


@dataclass(frozen=True)
class Fitted:
    """What was found for `buyers` customers. A fit is None where there was nothing to fit; `correlation` is that of frequency and mean
    spend among those who bought again, None where either does not vary."""

    model: PurchaseModel
    buyers: int
    purchases: Fit | None
    spend: Fit | None
    correlation: float | None
    state: str

    @property
    def predicts(self) -> bool:
        """Whether predictions rest on the models; else they fall back to history."""
        return self.state in BELIEVED


def fit_models(purchases: Purchases, spends: Spends, *, model: str = DEFAULT_MODEL) -> Fitted:
    """Both fits and the state, one of STATES: too few buyers; data that do not determine the parameters, of which the most frequent
    case is that nobody can be seen to leave; spend that depends on frequency, for which the predictions still stand; or ok."""
    checked("model", model, MODELS)
    chosen = MODELS[model]
    fits = Fits(purchases)
    found = fits.of(chosen) if purchases.x.any() else None
    spend = gamma_gamma.fit(spends) if len(spends.x) > 1 else None
    related = correlation(spends)
    buyers = int(purchases.customers)
    return Fitted(chosen, buyers, found, spend, related, _state(chosen, fits, spend, related))


def correlation(spends: Spends) -> float | None:
    """Of frequency and mean spend over customers (Pearson), which Fader & Hardie report before they use Gamma-Gamma."""
    if not len(spends.x):
        return None
    x, m = (values - np.average(values, weights=spends.n) for values in (spends.x, spends.m))
    spread = np.sqrt(total(spends.n, x**2) * total(spends.n, m**2))
    return float(total(spends.n * x, m) / spread) if spread > 0 else None


class Fits:
    """The fits of models to the same purchases, each made once however many models rest on it."""

    def __init__(self, rows: Purchases) -> None:
        self.rows = rows
        self._known: dict[str, Fit] = {}

    def of(self, model: PurchaseModel) -> Fit:
        if model.name not in self._known:
            self._known[model.name] = (
                model.together([self.of(part) for part in model.parts])
                if isinstance(model, MeanOfModels)
                else model.fit(self.rows)
            )
        return self._known[model.name]

    def or_stand_in(self, model: PurchaseModel) -> tuple[PurchaseModel, Fit | None]:
        """The model and its fit, or, where the data do not determine that, the NBD, in which nobody leaves, and its own; None where they do
        not determine that either, or hold no repeat purchase. Whatever the number of customers."""
        if not self.rows.x.any():
            return model, None
        for each in (model, NBD):
            found = self.of(each)
            if found.found and self.show_dropout(each) and found.standard_errors.max() <= MOST_STANDARD_ERROR:
                return each, found
        return model, None

    def show_dropout(self, model: PurchaseModel) -> bool:
        """Whether purchases are enough likelier by the model than by the same one in which nobody leaves; of a mean of models, by each."""
        if model is NBD:
            return True
        if isinstance(model, MeanOfModels):
            return all(map(self.show_dropout, model.parts))
        staying = NBD if model.stages == 1 else ErlangNBD(f"staying_{model.stages}", stages=model.stages, dropout=False)
        return self.of(model).log_likelihood - self.of(staying).log_likelihood >= LEAST_GAIN_FROM_DROPOUT


def purchase_state(model: PurchaseModel, fits: Fits) -> str:
    """What `fit_models` says of the model of purchases alone: OK, TOO_FEW or WEAK."""
    if fits.rows.customers < LEAST_BUYERS or not fits.rows.x.any():
        return TOO_FEW
    found = fits.of(model)
    if not found.found or not fits.show_dropout(model):
        return WEAK
    return TOO_FEW if found.standard_errors.max() > MOST_STANDARD_ERROR else OK


def _state(model: PurchaseModel, fits: Fits, spend: Fit | None, related: float | None) -> str:
    if fits.rows.customers < LEAST_BUYERS or not fits.rows.x.any() or spend is None:
        return TOO_FEW
    if not spend.found or _is_unbounded(spend):
        return WEAK
    if (state := purchase_state(model, fits)) != OK:
        return state
    if spend.standard_errors.max() > MOST_STANDARD_ERROR:
        return TOO_FEW
    return DEPENDENT if related is not None and abs(related) > MOST_CORRELATION else OK


def _is_unbounded(spend: Fit) -> bool:
    """Whether q may be 1 or less (three standard errors below), at which the mean spend over customers is infinite."""
    _, q, _ = spend.parameters
    return bool(np.log(q) - 3 * spend.standard_errors[1] <= 0)
