"""The models against what they say they are: gradients against differences, closed forms against integrals, at the edges too."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta

from metrics.clv.fitted import MODELS
from metrics.clv.models import gamma_gamma
from metrics.clv.models import model as models
from metrics.clv.models.erlang_nbd import NBD, ErlangNBD
from metrics.clv.models.fitting import maximise
from metrics.clv.models.mean import MBG_MEAN, MeanOfModels
from metrics.clv.models.model import PurchaseModel
from metrics.clv.models.pareto_nbd import PARETO_NBD
from metrics.clv.models.statistics import Purchases, Spends, as_purchases, purchase_statistics
from tests.examples import examples
from tests.metrics.buying import LAST, buying, customer_rows
from tests.metrics.frames import lazy

law = examples(40)
each_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
beta_models = pytest.mark.parametrize("model", [MODELS["bg_nbd"], MODELS["mbg_nbd"]], ids=["bg_nbd", "mbg_nbd"])

PARAMETERS = np.array([0.55, 6.2, 0.9, 1.6])
A_IS_ONE = np.array([0.55, 6.2, 1.0, 1.6])
HISTORIES = [(0, 0.0, 0.0), (0, 0.0, 30.0), (1, 1.7, 38.9), (2, 30.4, 38.9), (7, 35.0, 35.0), (40, 100.0, 120.0)]

parameters = st.lists(st.floats(-3, 3), min_size=4, max_size=4).map(np.exp)
histories = st.lists(
    st.tuples(st.integers(0, 2000), st.floats(0, 1), st.floats(0, 500), st.integers(1, 50)), min_size=1, max_size=20
)


def own(model: PurchaseModel, at: np.ndarray) -> np.ndarray:
    """As many parameters as the model has: the first of these, or for each of several parts all of them."""
    return np.tile(at, len(model.parts)) if isinstance(model, MeanOfModels) else at[: len(model.letters)]


def purchases(drawn: list[tuple[int, float, float, int]]) -> Purchases:
    """From (x, t_x as a share of T, T, n); without a repeat purchase t_x is 0."""
    x, share, T, n = (np.array(values, dtype=float) for values in zip(*drawn, strict=True))
    return Purchases(x, np.where(x > 0, share * T, 0.0), T, n)


def arrays(*values: float) -> tuple[np.ndarray, ...]:
    return tuple(np.array([value], dtype=float) for value in values)


def differences(likelihood, at: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """Of the value, by the logarithm of each parameter."""
    moves = np.eye(len(at)) * step
    return np.array([likelihood(at * np.exp(m))[0] - likelihood(at * np.exp(-m))[0] for m in moves]) / (2 * step)


@each_model
def test_nobody_has_a_likelihood_of_one(model: PurchaseModel) -> None:
    nobody = Purchases(*[np.array([])] * 4)
    value, gradient = model.log_likelihood(own(model, PARAMETERS), nobody)
    assert value == 0
    assert gradient == pytest.approx(np.zeros(len(own(model, PARAMETERS))))


@law
@given(parameters, histories)
def test_gradient_is_that_of_finite_differences(at: np.ndarray, drawn: list) -> None:
    rows = purchases(drawn)
    for model in MODELS.values():
        value, gradient = model.log_likelihood(own(model, at), rows)
        expected = differences(lambda p, model=model: model.log_likelihood(p, rows), own(model, at))
        np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-7 * (1 + abs(value)))


@law
@given(st.lists(st.floats(-2, 2), min_size=3, max_size=3).map(np.exp), histories)
def test_gradient_of_spend_is_that_of_finite_differences(at: np.ndarray, drawn: list) -> None:
    x, m = np.array([1.0 + d[0] for d in drawn]), np.array([0.01 + d[2] for d in drawn])
    rows = Spends(x, m, np.log(m), np.array([float(d[3]) for d in drawn]))
    value, gradient = gamma_gamma.log_likelihood(at, rows)
    expected = differences(lambda p: gamma_gamma.log_likelihood(p, rows), at)
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-7 * (1 + abs(value)))


@law
@given(parameters, histories)
def test_grouping_and_the_order_of_rows_change_nothing(at: np.ndarray, drawn: list) -> None:
    rows = purchases(drawn)
    each = Purchases(
        *(np.repeat(v, rows.n.astype(int))[::-1] for v in (rows.x, rows.t_x, rows.T, np.ones_like(rows.n)))
    )
    for model in MODELS.values():
        told = model.log_likelihood(own(model, at), rows)
        for found, expected in zip(model.log_likelihood(own(model, at), each), told, strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-8 * (1 + abs(told[0])))


@law
@given(parameters, histories, st.floats(0.1, 500))
def test_probabilities_are_between_0_and_1_and_expectations_not_below_the_chance(
    at: np.ndarray, drawn: list, weeks: float
) -> None:
    """Of at least one purchase: E[N] ≥ P(N ≥ 1)."""
    rows = purchases(drawn)
    for model in MODELS.values():
        parameters, histories = own(model, at), (rows.x, rows.t_x, rows.T)
        alive = model.p_alive(parameters, *histories)
        active = model.p_active(parameters, weeks, *histories)
        expected = model.expected_purchases(parameters, weeks, *histories)
        for chance in (alive, active):
            assert ((chance >= 0) & (chance <= 1)).all()
        assert np.isfinite(expected).all()
        assert (active <= alive + 1e-9).all()
        assert (expected >= active * (1 - 1e-3) - 1e-9).all()


@each_model
@pytest.mark.parametrize("b", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("x", [0, 1, 97, 98, 1000])
def test_whole_numbers_among_the_parameters_are_no_poles(model: PurchaseModel, b: float, x: int) -> None:
    """SciPy's ₂F₁ is infinite at r = a = e, b = 1, x = 97; a hair beside it is not."""
    at, beside = np.array([np.e, 1.0, np.e, b]), np.array([np.e * (1 + 1e-7), 1.0, np.e, b])
    found, near = (model.expected_purchases(own(model, p), 10.0, *arrays(x, 0.0, 0.0))[0] for p in (at, beside))
    assert found == pytest.approx(near, rel=1e-5)


@beta_models
@pytest.mark.parametrize("at", [PARAMETERS, A_IS_ONE], ids=["a=.9", "a=1"])
@pytest.mark.parametrize("history", HISTORIES)
def test_bg_expectation_is_the_integral_over_p(model, at: np.ndarray, history: tuple) -> None:
    """Alive at T, λ is Gamma(r + x, α + T), p Beta(a, b + the chances survived); given both, purchases in t are (1 − e^(−λpt))/p."""
    r, alpha, a, b = at
    x, _, T = history
    weight = beta(a, b + x + model.dies_at_once)
    for weeks in (1.0, 52.0, 500.0):
        expected, _ = quad(
            lambda p, weeks=weeks: weight.pdf(p) * -np.expm1(-(r + x) * np.log1p(p * weeks / (alpha + T))) / p, 0, 1
        )
        found = model.purchases_if_alive(at, weeks, *arrays(x, T))
        assert found[0] == pytest.approx(expected, rel=3e-5)


@beta_models
@pytest.mark.parametrize("history", HISTORIES)
def test_bg_p_active_is_alive_and_not_silent(model, history: tuple) -> None:
    """One who lives dies only with a purchase, so silence has chance ((α + T)/(α + T + t))^(r + x)."""
    r, alpha, *_ = PARAMETERS
    x, t_x, T = history
    silent = ((alpha + T) / (alpha + T + 26)) ** (r + x)
    expected = model.p_alive(PARAMETERS, *arrays(x, t_x, T)) * (1 - silent)
    assert model.p_active(PARAMETERS, 26.0, *arrays(x, t_x, T)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("history", HISTORIES)
def test_pareto_against_its_integrals(history: tuple) -> None:
    r, alpha, s, b = PARAMETERS
    x, t_x, T = history
    alive = (alpha + T) ** -(r + x) * (b + T) ** -s
    dead, _ = quad(lambda t: s * (alpha + t) ** -(r + x) * (b + t) ** -(s + 1), t_x, T, epsabs=0)
    found = PARETO_NBD.p_alive(PARAMETERS, *arrays(x, t_x, T))
    assert found[0] == pytest.approx(alive / (alive + dead), rel=1e-8)
    bought, _ = quad(lambda u: (r + x) / (alpha + T) * ((b + T) / (b + T + u)) ** s, 0, 52)
    assert PARETO_NBD.purchases_if_alive(PARAMETERS, 52.0, *arrays(x, T))[0] == pytest.approx(bought, rel=1e-8)
    longer_dead, _ = quad(lambda t: s * (alpha + t) ** -(r + x) * (b + t) ** -(s + 1), t_x, T + 26, epsabs=0)
    silent = (alpha + T + 26) ** -(r + x) * (b + T + 26) ** -s + longer_dead
    active = PARETO_NBD.p_active(PARAMETERS, 26.0, *arrays(x, t_x, T))
    assert active[0] == pytest.approx(1 - silent / (alive + dead), rel=1e-7)


@each_model
def test_unconditional_expectation_begins_at_nothing_and_grows(model: PurchaseModel) -> None:
    values = model.unconditional_purchases(own(model, PARAMETERS), np.array([0.0, 1e-3, 1.0, 10.0, 100.0, 1000.0]))
    assert values[0] == pytest.approx(0, abs=1e-12)
    assert (np.diff(values) > 0).all()


@each_model
def test_new_customer_in_the_conditional_is_that_of_the_unconditional_expectation(model: PurchaseModel) -> None:
    parameters = own(model, PARAMETERS)
    conditional = model.expected_purchases(parameters, 52.0, *arrays(0, 0, 0))
    assert conditional[0] == pytest.approx(model.unconditional_purchases(parameters, 52.0), rel=1e-6)


@each_model
@pytest.mark.parametrize("T", [100.0, 2000.0])
def test_stable_at_two_thousand_purchases_up_to_the_last_day(model: PurchaseModel, T: float) -> None:
    history, parameters = arrays(2000, T, T), own(model, PARAMETERS)
    rows = Purchases(*history, np.ones(1))
    assert np.isfinite(model.log_likelihood(parameters, rows)[0])
    assert np.isfinite(model.log_likelihood(parameters, rows)[1]).all()
    assert model.p_alive(parameters, *history)[0] > 0.99
    assert model.p_active(parameters, 12.0, *history)[0] == pytest.approx(1, abs=0.01)
    expected = model.expected_purchases(parameters, 12.0, *history)[0]
    assert expected == pytest.approx(12 * 2000 / T, rel=0.15)
    if model is not NBD:  # in which nobody goes
        long_gone = arrays(2000, 50, T)
        assert model.p_active(parameters, 52.0, *long_gone)[0] == pytest.approx(0, abs=1e-6)


@each_model
def test_fit_is_a_maximum_and_scales_with_the_unit_of_time(model: PurchaseModel) -> None:
    buyers = customer_rows(buying(seed=7, customers=1500))
    rows = as_purchases(purchase_statistics(lazy(buyers), as_of=LAST))
    fit, in_days = model.fit(rows), model.fit(replace(rows, t_x=7 * rows.t_x, T=7 * rows.T))
    assert fit.found
    value, gradient = model.log_likelihood(fit.parameters, rows)
    assert np.abs(gradient).max() / 1500 < 1e-6
    assert value == pytest.approx(fit.log_likelihood, rel=1e-12)
    factors = own(model, np.array([1.0, 7.0, 1.0, 7.0 if "beta" in model.letters else 1.0]))
    np.testing.assert_allclose(in_days.parameters, fit.parameters * factors, rtol=1e-5)
    if model not in (NBD, MBG_MEAN):
        staying = ErlangNBD("staying", stages=model.stages, dropout=False)
        assert fit.log_likelihood > staying.fit(rows).log_likelihood


@each_model
def test_a_fit_that_begins_near_ends_where_others_end(model: PurchaseModel, monkeypatch: pytest.MonkeyPatch) -> None:
    buyers = customer_rows(buying(seed=8, customers=4000))
    rows = as_purchases(purchase_statistics(lazy(buyers), as_of=LAST))
    expected = model.fit(rows)
    begun: list[int] = []

    def counted(*arguments, **options):
        begun.append(options["near"] is not None)
        return maximise(*arguments, **options)

    monkeypatch.setattr(models, "maximise", counted)
    monkeypatch.setattr(models, "MANY_ROWS", 100)
    monkeypatch.setattr(models, "SAMPLE_STEP", 3)
    found = model.fit(rows)
    assert begun == [False, True] * len(getattr(model, "parts", [model]))
    np.testing.assert_allclose(found.parameters, expected.parameters, rtol=1e-7)
    np.testing.assert_allclose(found.standard_errors, expected.standard_errors, rtol=1e-3)
    assert found.log_likelihood == pytest.approx(expected.log_likelihood, rel=1e-12)


def test_a_fit_to_all_does_without_one_to_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """One customer in a thousand shows nothing."""
    buyers = customer_rows(buying(seed=8, customers=1500))
    rows = as_purchases(purchase_statistics(lazy(buyers), as_of=LAST))
    expected = MODELS["mbg_nbd"].fit(rows)
    monkeypatch.setattr(models, "MANY_ROWS", 100)
    monkeypatch.setattr(models, "SAMPLE_STEP", 1000)
    np.testing.assert_allclose(MODELS["mbg_nbd"].fit(rows).parameters, expected.parameters, rtol=1e-6)


@law
@given(histories, st.integers(1, 20))
def test_one_customer_in_so_many(drawn: list, step: int) -> None:
    rows = purchases(drawn)
    some = rows.one_in(step)
    assert some.n.sum() == rows.n.sum() // step
    shown = dict.fromkeys(zip(rows.x, rows.t_x, rows.T, strict=True), 0)
    for x, t_x, T, n in zip(rows.x, rows.t_x, rows.T, rows.n, strict=True):
        shown[x, t_x, T] += n
    assert all(n <= shown[x, t_x, T] for x, t_x, T, n in zip(some.x, some.t_x, some.T, some.n, strict=True))


@law
@given(parameters, histories, st.floats(0.1, 500), st.booleans())
def test_rows_have_the_chances_of_their_histories(at: np.ndarray, drawn: list, weeks: float, whole: bool) -> None:
    rows = purchases(drawn)
    if whole:
        rows = replace(rows, t_x=np.rint(rows.t_x), T=np.rint(rows.T))
    for model in MODELS.values():
        histories, p = (rows.x, rows.t_x, rows.T), own(model, at)
        np.testing.assert_allclose(model.are_alive(p, rows), model.p_alive(p, *histories), rtol=1e-9, atol=1e-12)
        active = model.p_active(p, weeks, *histories)
        np.testing.assert_allclose(model.are_active(p, weeks, rows), active, rtol=1e-8, atol=1e-10)


def test_expected_spend_lies_between_the_customers_mean_and_everyones() -> None:
    at = np.array([6.25, 3.74, 15.44])
    everyone = 6.25 * 15.44 / 2.74
    for m in (5.0, 100.0):
        spend = gamma_gamma.expected_spend(at, np.array([0.0, 1.0, 5.0, 1000.0]), np.full(4, m))
        assert spend[0] == pytest.approx(everyone)
        assert (np.diff(np.abs(spend - m)) < 0).all()
        assert spend[3] == pytest.approx(m, rel=0.01)


def test_log_spend_slopes_are_those_of_finite_differences() -> None:
    at, x, m = np.array([6.25, 3.74, 15.44]), np.array([0.0, 2.0]), np.array([0.0, 40.0])
    for index, slope in enumerate(gamma_gamma.log_spend_slopes(at, x, m)):
        move = np.exp(np.eye(3)[index] * 1e-6)
        up, down = (np.log(gamma_gamma.expected_spend(p, x, m)) for p in (at * move, at / move))
        np.testing.assert_allclose(slope, (up - down) / 2e-6, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("beta", [0.0125, 0.5, 5.0, 20.0, 5000.0])
@pytest.mark.parametrize(("x", "t_x", "T"), [(0, 0.0, 20.0), (0, 0.0, 600.0), (2, 30.4, 38.9), (200, 100.0, 500.0)])
def test_time_of_death_is_integrated_for_any_ratio_of_alpha_and_beta(beta: float, x: int, t_x: float, T: float) -> None:
    """Against scipy's adaptive quadrature of the plain integrand, in logarithmic time."""
    r, alpha, s = 0.5, 5.0, 0.8
    base = min(alpha, beta)

    def integrand(u: float) -> float:
        t = np.exp(u) - base
        return float(np.exp((r + x) * np.log((alpha + t_x) / (alpha + t)) - (s + 1) * np.log(beta + t) + u))

    bounds = np.log(base + t_x), np.log(base + T)
    area, _ = quad(integrand, *bounds, epsabs=0, epsrel=1e-11, limit=500, points=np.linspace(*bounds, 50)[1:-1])
    found = PARETO_NBD.log_history(np.array([r, alpha, s, beta]), *arrays(x, t_x, T))[0]
    alive = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    dead = np.log(s) + np.log(area) - (r + x) * np.log(alpha + t_x)
    assert found == pytest.approx(np.logaddexp(alive, dead), rel=1e-8)
