"""Catalogue entries of customer lifetime value and the models behind it."""

from metrics.clv.fitted import MODELS
from metrics.clv.historical import historical_clv
from metrics.clv.keeping import worth_keeping
from metrics.clv.lifetime import clv, clv_model
from metrics.clv.past import forecast_accuracy
from metrics.metric import CONFIDENCE, HIGH, LOW, MINIMUM, Argument, Column, Metric, Watch
from metrics.texts import N_

MODEL = Argument("mbg_nbd", N_("How customers are taken to buy and leave."), tuple(MODELS))
HOLDOUT_WEEKS = Argument(
    0, N_("Weeks at the end of the data that the model does not see, so that its forecast can be judged by them.")
)
HORIZON = Argument(52, N_("How many weeks ahead."))
DISCOUNT = Argument(0.1, N_("What money a year later is worth less, per year."))
MARGIN = Argument(1.0, N_("The share of revenue that counts as value."))
STATE = Column(N_("ok, too_few_customers, weakly_identified or spend_depends_on_frequency"))
CLV, CLV_LOW_HIGH = Column(N_("expected value within the horizon, discounted"), "money"), {"low": LOW, "high": HIGH}

SOURCE = N_(
    "MBG/CNBD-k: Reutterer, Platzer & Schröder 2021, International Journal of Research in Marketing 38(1):194–215. NBD: Ehrenberg "
    "1959, Applied Statistics 8(1):26–41. BG/NBD: Fader, Hardie & Lee 2005, Marketing Science 24(2):275–284. MBG/NBD: Batislam, "
    "Denizel & Filiztekin 2007, International "
    "Journal of Research in Marketing 24(3):201–209. Pareto/NBD: Schmittlein, Morrison & Colombo 1987, Management Science 33(1):1–24; "
    "Fader & Hardie, note 009. Gamma-Gamma: Fader & Hardie 2013, note 025."
)

METRICS = (
    Metric(
        name="clv_model",
        version=2,
        label=N_("Models behind customer lifetime value"),
        unit=N_("parameters; weeks and money"),
        higher_is_better=True,
        grain=N_("one row, or one per group, each fitted on its own customers"),
        definition=N_(
            "A model of when customers buy and leave (MBG/NBD, BG/NBD, Pareto/NBD, the more regular MBG/CNBD-2 and -3, the mean of "
            "MBG/NBD and "
            "MBG/CNBD-3, or NBD, in which nobody leaves) and one of what they spend (Gamma-Gamma), fitted by "
            "maximum likelihood to each customer’s repeat purchases x, time of the last one t_x and time observed T, in weeks (whole weeks "
            "above 20,000 buyers). Orders of one day are one purchase. The log-likelihood is that of the purchases."
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
            "model": Column(N_("the model that was fitted")),
            "r": Column(N_("shape of the purchase rates")),
            "alpha": Column(N_("scale of the purchase rates, in weeks")),
            "a": Column(N_("first parameter of the chance to leave after a purchase (BG/NBD, MBG/NBD)")),
            "b": Column(N_("second parameter of it")),
            "s": Column(N_("shape of the rates of leaving (Pareto/NBD)")),
            "beta": Column(N_("scale of the rates of leaving, in weeks (Pareto/NBD)")),
            "p": Column(N_("shape of the spends of one customer")),
            "q": Column(N_("shape of the scales over customers")),
            "v": Column(N_("scale of the scales over customers, in money")),
            "log_likelihood": Column(N_("of the purchases, at its maximum")),
            "customers": Column(N_("customers with an order"), "count"),
            "state": STATE,
            "spend_log_likelihood": Column(N_("of the mean spends, at its maximum")),
            "correlation": Column(N_("of frequency and mean spend among those who bought again")),
        },
        arguments={"model": MODEL, "holdout_weeks": HOLDOUT_WEEKS},
        dates="day",
        watch="the parameters of a model",
    ),
    Metric(
        name="clv",
        version=3,
        label=N_("Customer lifetime value"),
        unit=N_("money within the horizon"),
        higher_is_better=True,
        grain=N_("one row per customer with an order, or the mean of each group"),
        definition=N_(
            "Expected purchases within the horizon, each discounted to the as-of date, × expected spend per purchase × margin. "
            "Spend is net of refunds: a refund that names no order lowers its customer’s latest order before it. The models (see "
            "clv_model) are fitted to all customers asked for. The chance to be active is that of at least one purchase within the "
            "horizon: 1 − L(x, t_x, T + H)/L(x, t_x, T)."
        ),
        no_data=N_(
            "A customer without an order is no row. Where the models cannot be believed (too_few_customers, weakly_identified), history "
            "stands in: own repeat purchases per week since the first order (over 52 weeks, where it was later than that), in each week "
            "of the horizon and discounted like it, × own net revenue per purchase × margin, without interval or chance to be active."
        ),
        interval=N_(
            "Of the expectation, from parameters drawn around the estimate (Laplace, fixed seed). What one customer does varies far more."
        ),
        source=SOURCE,
        function=clv,
        frame="customers",
        columns={
            "customer_id": Column(N_("the customer; not when split into groups")),
            "purchases": Column(N_("expected order-days within the horizon"), "mean"),
            "spend": Column(N_("expected spend per purchase"), "money"),
            "clv": CLV,
            **CLV_LOW_HIGH,
            "p_active": Column(N_("chance of at least one purchase within the horizon, from 0 to 1"), "share"),
        },
        arguments={
            "model": MODEL,
            "horizon_weeks": HORIZON,
            "discount_rate": DISCOUNT,
            "margin": MARGIN,
            "holdout_weeks": HOLDOUT_WEEKS,
            "confidence": CONFIDENCE,
        },
        dates="day",
        value="clv",
        watch="a forecast; its interval does not hold how far the model is off, so a limit on it would be told by chance",
    ),
    Metric(
        name="forecast_accuracy",
        version=1,
        label=N_("How good past forecasts were"),
        unit=N_("orders per customer"),
        higher_is_better=False,
        grain=N_("one row per model and simple rule, the best first"),
        definition=N_(
            "On four days of the past each model was fitted to what was known then and forecast each customer’s purchases in the "
            "weeks after "
            "it (half of the data, or a year); so did the simple rules. Deviance is Poisson’s: 2 (y ln y/ŷ − y + ŷ), averaged over "
            "customers "
            "and days, the proper score of a mean of counts; a forecast of none counts as 0.001. The level is what a model’s "
            "forecasts are to "
            "be multiplied by, where they were clearly and usefully too high or too low; expected, bias and deviance are with the level "
            "of the other days. Of more than 10,000 customers every so-manieth is looked at. Orders of one day are one purchase."
        ),
        no_data=N_(
            "No row where the orders reach back less than 12 weeks, or a model could not be fitted on each of the days. Where the "
            "orders of a "
            "time do not show that anybody leaves, NBD, in which nobody does, stands in for a model."
        ),
        interval=N_("None: the days overlap, and four of them are too few for one."),
        source=N_("Tashman 2000, International Journal of Forecasting 16(4):437–450."),
        function=forecast_accuracy,
        frame="order_days",
        columns={
            "forecast": Column(
                N_(
                    "the model, or past_rate, last_26_weeks or last_13_weeks: the rate of all the past, of the last "
                    "26 weeks, or of all the past for those alone who ordered in the last 13 weeks"
                )
            ),
            "origins": Column(N_("days of the past on which forecasts were made"), "count"),
            "actual": Column(N_("purchases that happened, over all of these days"), "count"),
            "expected": Column(N_("purchases that were forecast"), "mean"),
            "bias": Column(N_("forecast / happened − 1; 0 is best")),
            "deviance": Column(N_("Poisson deviance per customer; lower is better")),
            "mae": Column(N_("mean absolute miss per customer, without the level"), "mean"),
            "rmse": Column(N_("root mean square miss per customer, without the level"), "mean"),
            "brier": Column(N_("mean square miss of the chance of a purchase; lower is better, empty for rules")),
            "auc": Column(N_("how often, of two customers, the one who ordered had the higher chance; 0.5 is a coin")),
            "level": Column(N_("what the model’s forecasts are to be multiplied by; empty for rules")),
        },
        arguments={},
        dates="day",
        splits=False,
        keys=("forecast",),
        watch="how good a forecast was",
    ),
    Metric(
        name="historical_clv",
        version=1,
        label=N_("Value per customer to date"),
        unit=N_("money per customer"),
        higher_is_better=True,
        grain=N_("one row, or one per group"),
        definition=N_(
            "Net revenue to the as-of date × margin, over the customers with an order. Revenue is after discounts and refunds, in the "
            "currency of most orders; refunds that name no order lower it too."
        ),
        no_data=N_(
            "Without customers the value is empty; below the minimum the counts and the revenue stand and the value is withheld."
        ),
        interval=N_(
            "Of the mean, by Hall’s transformation of Student’s t: spend has a long tail, so it reaches further up than down. Where a few "
            "customers bring most of the revenue it is still too narrow."
        ),
        source=N_("Hall 1992, Journal of the Royal Statistical Society B 54(1):221–228."),
        function=historical_clv,
        frame="customers",
        columns={
            "customers": Column(N_("customers with an order"), "count"),
            "revenue": Column(N_("their net revenue to date"), "money"),
            "historical_clv": Column(N_("revenue × margin / customers"), "money"),
            **CLV_LOW_HIGH,
        },
        arguments={"margin": MARGIN, "confidence": CONFIDENCE, "minimum": MINIMUM},
        value="historical_clv",
        n="customers",
        watch=Watch("day"),
    ),
    Metric(
        name="worth_keeping",
        version=2,
        label=N_("Customers worth keeping"),
        unit=N_("customers; money and chances"),
        higher_is_better=False,
        grain=N_("one row per customer, highest predicted value first"),
        definition=N_(
            "Customers whose value to date is among the highest fifth (or another share) of the customers asked for, and whose chance of "
            "an order within the horizon has fallen below the cut: on the day of their last order it was not below. The chance is that of "
            "clv."
        ),
        no_data=N_(
            "No row where nobody meets the rule, and none where the models cannot be believed: there is no chance then."
        ),
        interval=N_(
            "Of the expectation, from parameters drawn around the estimate (Laplace, fixed seed). What one customer does varies far more."
        ),
        source=SOURCE,
        function=worth_keeping,
        frame="customers",
        columns={
            "customer_id": Column(N_("the customer")),
            "last_order_on": Column(N_("day of the last order")),
            "orders": Column(N_("orders to date"), "count"),
            "historical_value": Column(N_("net revenue to date × margin"), "money"),
            "clv": CLV,
            **CLV_LOW_HIGH,
            "p_active": Column(N_("chance of at least one purchase within the horizon, from 0 to 1"), "share"),
            "p_active_then": Column(N_("the same chance, on the day of the last order"), "share"),
        },
        arguments={
            "model": MODEL,
            "horizon_weeks": HORIZON,
            "discount_rate": DISCOUNT,
            "margin": MARGIN,
            "top_share": Argument(0.2, N_("Which share of customers, by value to date, is looked at.")),
            "below": Argument(0.5, N_("The cut: the chance below which a customer is named.")),
        },
        dates="day",
        value="clv",
        watch="a list of customers",
    ),
)
