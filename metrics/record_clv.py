"""Catalogue entries of customer lifetime value and the models behind it."""

from metrics.clv.fitted import MODELS
from metrics.clv.lifetime import clv, clv_model
from metrics.record import CONFIDENCE, HIGH, LOW, Argument, Metric
from metrics.texts import N_

MODEL = Argument("mbg_nbd", N_("How customers are taken to buy and leave."), tuple(MODELS))
HOLDOUT_WEEKS = Argument(
    0, N_("Weeks at the end of the data that the model does not see, so that its forecast can be judged by them.")
)

SOURCE = N_(
    "BG/NBD: Fader, Hardie & Lee 2005, Marketing Science 24(2):275–284. MBG/NBD: Batislam, Denizel & Filiztekin 2007, International "
    "Journal of Research in Marketing 24(3):201–209. Pareto/NBD: Schmittlein, Morrison & Colombo 1987, Management Science 33(1):1–24; "
    "Fader & Hardie, note 009. Gamma-Gamma: Fader & Hardie 2013, note 025."
)

METRICS = (
    Metric(
        name="clv_model",
        version=1,
        label=N_("Models behind customer lifetime value"),
        unit=N_("parameters; weeks and money"),
        higher_is_better=True,
        grain=N_("one row, or one per group, each fitted on its own customers"),
        definition=N_(
            "A model of when customers buy and leave (MBG/NBD, BG/NBD or Pareto/NBD) and one of what they spend (Gamma-Gamma), fitted by "
            "maximum likelihood to each customer’s repeat purchases x, time of the last one t_x and time observed T, in weeks. Orders of "
            "one day are one purchase. The log-likelihood is that of the purchases."
        ),
        no_data=N_(
            "State too_few_customers below 1,000 buyers, or when a parameter is known to no better than a factor of e³; "
            "weakly_identified when the likelihood has no maximum or the data do not show that anybody leaves; "
            "spend_depends_on_frequency when their correlation exceeds 0.3. A parameter without a maximum is empty."
        ),
        interval=N_("None here; that of the value follows from the curvature of the likelihood (Laplace)."),
        source=SOURCE,
        function=clv_model,
        frame="customers",
        columns={
            "model": N_("bg_nbd, mbg_nbd or pareto_nbd"),
            "r": N_("shape of the purchase rates"),
            "alpha": N_("scale of the purchase rates, in weeks"),
            "a": N_("first parameter of the chance to leave after a purchase (BG/NBD, MBG/NBD)"),
            "b": N_("second parameter of it"),
            "s": N_("shape of the rates of leaving (Pareto/NBD)"),
            "beta": N_("scale of the rates of leaving, in weeks (Pareto/NBD)"),
            "p": N_("shape of the spends of one customer"),
            "q": N_("shape of the scales over customers"),
            "v": N_("scale of the scales over customers, in money"),
            "log_likelihood": N_("of the purchases, at its maximum"),
            "customers": N_("customers with an order"),
            "state": N_("ok, too_few_customers, weakly_identified or spend_depends_on_frequency"),
            "spend_log_likelihood": N_("of the mean spends, at its maximum"),
            "correlation": N_("of frequency and mean spend among those who bought again"),
        },
        arguments={"model": MODEL, "holdout_weeks": HOLDOUT_WEEKS},
    ),
    Metric(
        name="clv",
        version=1,
        label=N_("Customer lifetime value"),
        unit=N_("money within the horizon"),
        higher_is_better=True,
        grain=N_("one row per customer with an order, or the mean of each group"),
        definition=N_(
            "Expected purchases within the horizon, each discounted to the as-of date, × expected spend per purchase × margin. The models "
            "(see clv_model) are fitted to all customers asked for. The chance to be active is that of at least one purchase within the "
            "horizon: 1 − L(x, t_x, T + H)/L(x, t_x, T)."
        ),
        no_data=N_(
            "A customer without an order is no row. Where the models cannot be believed (too_few_customers, weakly_identified), history "
            "stands in: past purchases per horizon × own net revenue per purchase, without interval or chance to be active."
        ),
        interval=N_(
            "Of the expectation, from parameters drawn around the estimate (Laplace, fixed seed). What one customer does varies far more."
        ),
        source=SOURCE,
        function=clv,
        frame="customers",
        columns={
            "customer_id": N_("the customer; not when split into groups"),
            "purchases": N_("expected order-days within the horizon"),
            "spend": N_("expected spend per purchase"),
            "clv": N_("expected value within the horizon, discounted"),
            "low": LOW,
            "high": HIGH,
            "p_active": N_("chance of at least one purchase within the horizon, from 0 to 1"),
        },
        arguments={
            "model": MODEL,
            "horizon_weeks": Argument(52, N_("How many weeks ahead.")),
            "discount_rate": Argument(0.1, N_("What money a year later is worth less, per year.")),
            "margin": Argument(1.0, N_("The share of revenue that counts as value.")),
            "holdout_weeks": HOLDOUT_WEEKS,
            "confidence": CONFIDENCE,
        },
    ),
)
