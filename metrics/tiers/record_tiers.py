"""Catalogue entries of tiers and of the moves between them."""

from metrics.metric import CONFIDENCE, HIGH, LOW, MINIMUM, PERIOD, WILSON_SOURCE, Argument, Column, Metric, Watch
from metrics.statistics.paired import Pairing
from metrics.texts import N_
from metrics.tiers.mover_sums import tier_rates_sums
from metrics.tiers.moves import tier_migration, tier_rates, tier_rates_trend
from metrics.tiers.outlook import tier_outlook, tier_stationarity, time_in_tier
from metrics.tiers.replay import tier_replay
from metrics.tiers.tiers import MEASURES
from metrics.tiers.value import tier_value

SHARE = N_("share, 0 to 1")
PER_GROUP = N_("one row, or one per group")
LADDER = Argument(
    "",
    N_(
        "The tiers from lowest to highest, separated by commas; empty: as answered at the import, else by their numbers or usual "
        "names (bronze, silver, gold …), else in alphabetical order."
    ),
)
LAPSE_MEANING = N_(
    "Days without an order after which a member counts as lapsed, from the last order or the first tier on, whichever is later: who never "
    "ordered lapses so many days after the first tier. 0: only who has a tier called “lapsed” does."
)
RULE = {
    "rule": Argument(
        "",
        N_("Tiers by thresholds, lowest first, such as silver=1000, gold=3000; empty: the tiers that were uploaded."),
    ),
    "measure": Argument("spend", N_("What a rule looks at: net spend or orders."), tuple(MEASURES)),
    "months": Argument(12, N_("How many calendar months up to each month’s end a rule looks at.")),
}
LAPSING = {"lapse_days": 365}  # as on the page Tiers and migration
MEMBERS = {"lapse_days": Argument(0, LAPSE_MEANING), "ladder": LADDER}
MEMBERS_WHO_LAPSE = {"lapse_days": Argument(365, LAPSE_MEANING), "ladder": LADDER}
STEADINESS = {
    "least_p": Argument(
        0.05,
        N_(
            "Below this p-value of “tier_stationarity” moves were not steady, and forecasts are withheld; 0: they are shown all the same."
        ),
    )
}
STATE = Column(
    N_(
        "ok; too_few: below the minimum of members; unsteady: moves differed between periods, so that this is no forecast"
    )
)
RATE_DEFINITION = N_(
    "Of the members who had a tier on the first date, the shares that are in a higher, the same or a lower tier on the second, or have "
    "lapsed. The tier on a date is that of the last change on or before it; where a rule is given instead, at each month’s end the "
    "highest tier whose threshold the trailing months reach, from the next day on."
)
RATE_COLUMNS = {
    "move": Column(N_("upgrade, retain, downgrade or lapse")),
    "members": Column(N_("members with a tier on the first date"), "count"),
    "moved": Column(N_("of these, who made the move"), "count"),
    "rate": Column(N_("moved / members, from 0 to 1"), "share"),
    "low": LOW,
    "high": HIGH,
}
RATE_INTERVAL = N_(
    "Wilson score. A change: Newcombe’s hybrid score, with the correlation of both sides over the customers who are in "
    "both."
)
TOO_FEW = N_(
    "Without members, and when the first date lies after the last day that is seen, the rate is empty; below the minimum the counts stand "
    "and the rate is withheld."
)

METRICS = (
    Metric(
        name="tier_migration",
        version=1,
        label=N_("Tier migration"),
        unit=N_("members; share, 0 to 1"),
        higher_is_better=True,
        grain=N_("one row per tier on the first date and tier on the second, or per group and both"),
        definition=N_(
            "Members by their tier on two dates. “New” are those without a tier on the first date; “lapsed” those without one on the "
            "second, or, when days are given, without an order for longer than that; who lapsed before and came back starts from “lapsed”. "
            "The tier on a date is that of the last change on or before it; where a rule is given instead, at each month’s end the "
            "highest tier whose threshold the trailing months reach, from the next day on. Shares are of the members of the first tier."
        ),
        no_data=N_(
            "Without tiers, and when the first date lies after the last day that is seen, there is no row. A pair of tiers "
            "without a member is a true 0; a tier without members on the first date has no share."
        ),
        interval=N_("The posterior of each share under a Dirichlet distribution with ½ added to each tier (Jeffreys)."),
        source=N_("Jeffreys 1946; Brown, Cai and DasGupta 2001, Statistical Science 16:101–133."),
        function=tier_migration,
        frame="tier_changes",
        frame_arguments=RULE,
        columns={
            "from_tier": Column(N_("tier on the first date, “new” or “lapsed”")),
            "to_tier": Column(N_("tier on the second date, or “lapsed”")),
            "members": Column(N_("members who went from the one to the other"), "count"),
            "share": Column(N_("members / all members of from_tier, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
        },
        arguments={
            **MEMBERS,
            "confidence": CONFIDENCE,
            "minimum": Argument(
                1, N_("Below this number of members of a tier its shares are withheld; the counts are shown.")
            ),
        },
        dates="dates",
        value="share",
        n="members",
        keys=("from_tier", "to_tier"),
        watch=Watch("eve", LAPSING),
    ),
    Metric(
        name="tier_rates",
        version=2,
        label=N_("Upgrade, downgrade and retain rates"),
        unit=SHARE,
        higher_is_better=True,
        grain=N_("one row per move, or per group and move"),
        definition=RATE_DEFINITION,
        no_data=TOO_FEW,
        interval=RATE_INTERVAL,
        source=WILSON_SOURCE,
        function=tier_rates,
        keys=("move",),
        change=Pairing(tier_rates_sums),
        frame="tier_changes",
        frame_arguments=RULE,
        columns=RATE_COLUMNS,
        arguments={**MEMBERS, "confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="dates",
        value="rate",
        n="members",
        row_names={
            "upgrade": N_("Upgrade rate"),
            "retain": N_("Retain rate"),
            "downgrade": N_("Downgrade rate"),
            "lapse": N_("Lapse rate"),
        },
        watch=Watch("eve", LAPSING, usual=True),
    ),
    Metric(
        name="tier_rates_trend",
        version=1,
        label=N_("Upgrade, downgrade and retain rates over time"),
        unit=SHARE,
        higher_is_better=True,
        grain=N_("one row per calendar period and move, or per group, period and move"),
        definition=RATE_DEFINITION,
        no_data=TOO_FEW,
        interval=RATE_INTERVAL,
        source=WILSON_SOURCE,
        function=tier_rates_trend,
        frame="tier_changes",
        frame_arguments=RULE,
        columns={
            "period": Column(N_("first day of the period; the first date is the day before it")),
            "complete": Column(N_("whether the period has ended; the second date is its last day")),
            **RATE_COLUMNS,
        },
        arguments={"period": PERIOD, **MEMBERS, "confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="dates",
        value="rate",
        n="members",
        keys=("move",),
        watch="a rule on tier_rates is judged period by period",
    ),
    Metric(
        name="time_in_tier",
        version=1,
        label=N_("Time in tier"),
        unit=SHARE,
        higher_is_better=True,
        grain=N_("one row per tier and period since entering it, or per group, tier and period"),
        definition=N_(
            "Of the members who entered a tier, the share who are still in it so many periods later, estimated so that those who have not "
            "been in it for so long count as long as they were (Kaplan–Meier). Tiers are looked at at the ends of the complete periods "
            "between the dates; who was in the tier before the first is left out. One who enters twice counts twice."
        ),
        no_data=N_(
            "A tier that nobody entered has no row. Below the minimum still followed the counts stand and the share is withheld."
        ),
        interval=N_("Log-log, on Greenwood’s standard error; empty while nobody has left, where it is not defined."),
        source=N_("Kaplan and Meier 1958, JASA 53:457–481; Greenwood 1926."),
        function=time_in_tier,
        frame="tier_changes",
        frame_arguments=RULE,
        columns={
            "tier": Column(N_("tier")),
            "elapsed": Column(N_("periods since entering it")),
            "members": Column(N_("members who entered it"), "count"),
            "moved": Column(N_("of these, seen to move or lapse by then"), "count"),
            "at_risk": Column(N_("members still in it who were followed for longer"), "count"),
            "stay_share": Column(N_("estimated share still in it, from 0 to 1"), "share"),
            "se": Column(N_("standard error of the share")),
            "low": LOW,
            "high": HIGH,
        },
        arguments={"period": PERIOD, **MEMBERS, "confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="dates",
        value="stay_share",
        n="members",
        keys=("tier", "elapsed"),
        watch=Watch("tiers", LAPSING),
    ),
    Metric(
        name="tier_outlook",
        version=3,
        label=N_("Tier outlook"),
        unit=N_("share, 0 to 1; periods"),
        higher_is_better=True,
        grain=N_("one row per tier below the top, or per group and tier"),
        definition=N_(
            "The chance that a member of a tier reaches the top tier before lapsing, and how many periods that takes those who do, if "
            "members go on moving as they did between the ends of the complete periods of the dates asked for (a Markov chain; lapsing is "
            "final). Beside it stands a backtest: fitted to the first half of the periods, the share of the members of a tier who would "
            "reach the top in the other half before lapsing, and the share who did."
        ),
        no_data=N_(
            "With fewer than two tiers there is no row. Below the minimum of members, each counted once, and where “tier_stationarity” "
            "finds that moves were not steady, the counts and the backtest stand and the rest is withheld; the state says which. Where "
            "the top cannot be reached the time is empty. A single period has no backtest."
        ),
        interval=N_(
            "Quantiles over 1,000 draws of the moves from a Dirichlet distribution with ½ added to each cell, widened by how far the "
            "backtest was off in log-odds: squares of both distances add up. A tier with too few members held out takes the largest error "
            "of the others."
        ),
        source=N_("Kemeny and Snell 1960, Finite Markov Chains."),
        function=tier_outlook,
        frame="tier_changes",
        frame_arguments=RULE,
        columns={
            "tier": Column(N_("tier")),
            "top": Column(N_("the top tier: the highest that was seen at the end of any of the periods")),
            "members": Column(
                N_("members who were in the tier at the beginning of any of the periods, each once"), "count"
            ),
            "steps": Column(N_("members of the tier, times the periods they were followed for"), "count"),
            "moves": Column(N_("of these, moved or lapsed"), "count"),
            "reach_top": Column(N_("chance to reach the top tier before lapsing, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
            "periods_to_top": Column(N_("expected periods to the top, of those who reach it"), "mean"),
            "state": STATE,
            "held_out_periods": Column(N_("the last periods, which the backtest forecasts from those before"), "count"),
            "held_out_members": Column(N_("members of the tier when they begin"), "count"),
            "expected_share": Column(
                N_("of these, forecast to reach the top in them before lapsing, from 0 to 1"), "share"
            ),
            "reached_share": Column(N_("of these, who did, from 0 to 1"), "share"),
        },
        arguments={
            "period": PERIOD,
            **MEMBERS_WHO_LAPSE,
            **STEADINESS,
            "confidence": CONFIDENCE,
            "minimum": Argument(
                30, N_("Below this number of members of a tier its outlook is withheld; the counts are shown.")
            ),
        },
        dates="dates",
        value="reach_top",
        n="members",
        keys=("tier",),
        watch=Watch("tiers", LAPSING),
    ),
    Metric(
        name="tier_stationarity",
        version=1,
        label=N_("Steadiness of tier moves"),
        unit=N_("p-value, 0 to 1"),
        higher_is_better=True,
        grain=PER_GROUP,
        definition=N_(
            "A test of whether members have moved between tiers, or lapsed, alike in all complete periods between the dates. A small "
            "p-value says that they have not, so that an outlook from the pooled moves is no forecast. With many members small "
            "differences show too."
        ),
        no_data=N_(
            "Without a tier that was seen to change in two periods there is nothing to test, and the p-value is empty."
        ),
        interval=N_("None: it is a test."),
        source=N_("Anderson and Goodman 1957, Annals of Mathematical Statistics 28:89–110."),
        function=tier_stationarity,
        frame="tier_changes",
        frame_arguments=RULE,
        columns={
            "periods": Column(N_("complete periods")),
            "steps": Column(N_("members times periods"), "count"),
            "statistic": Column(N_("χ² statistic"), "mean"),
            "degrees_of_freedom": Column(N_("its degrees of freedom")),
            "p_value": Column(N_("chance of so large a statistic if moves were steady, from 0 to 1"), "share"),
        },
        arguments={"period": PERIOD, "lapse_days": MEMBERS_WHO_LAPSE["lapse_days"]},
        dates="dates",
        n="steps",
        watch=Watch("tiers", LAPSING),
    ),
    Metric(
        name="tier_value",
        version=3,
        label=N_("Worth of a member by tier"),
        unit=N_("money"),
        higher_is_better=True,
        grain=N_("one row per tier, or per group and tier"),
        definition=N_(
            "All net spend that a member of a tier is expected to bring from now on, later months discounted, if members go on moving "
            "between tiers and spending as in the complete months of the dates asked for: V = (I − P/(1+d))⁻¹R, with the moves P of a "
            "month, the mean spend R of a member in the month, times margin, and the monthly discount rate d. Lapsing is final and brings "
            "nothing. Beside it stands a backtest: fitted to the first half of the months, what a member of a tier would spend in the "
            "other half, and what those members spent."
        ),
        no_data=N_(
            "Without tiers or complete months there is no row. Below the minimum of members, each counted once, and where "
            "“tier_stationarity” finds that moves were not steady, the counts and the backtest stand and the rest is withheld; the state "
            "says which. A single month has no backtest."
        ),
        interval=N_(
            "Quantiles over 1,000 draws: the moves from a Dirichlet distribution with ½ added to each cell, the spend from a normal one. "
            "They take the months of one member as independent, and are widened by how far the backtest was off as a ratio: squares of "
            "both distances add up. A tier with too few members held out takes the largest error of the others."
        ),
        source=N_("Pfeifer and Carraway 2000, Journal of Interactive Marketing 14(2):43–55."),
        function=tier_value,
        frame="tier_changes",
        frame_arguments=RULE,
        columns={
            "tier": Column(N_("tier")),
            "members": Column(
                N_("members who were in the tier at the beginning of any of the months, each once"), "count"
            ),
            "steps": Column(N_("members times months"), "count"),
            "spend": Column(N_("mean net spend of a member in a month, before the margin"), "money"),
            "value": Column(N_("expected discounted spend from now on, times margin"), "money"),
            "low": LOW,
            "high": HIGH,
            "state": STATE,
            "held_out_months": Column(N_("the last months, which the backtest forecasts from those before"), "count"),
            "held_out_members": Column(N_("members of the tier when they begin"), "count"),
            "expected_spend": Column(N_("forecast spend of each of these in them, before the margin"), "money"),
            "actual_spend": Column(N_("what each of these spent in them"), "money"),
        },
        arguments={
            **MEMBERS_WHO_LAPSE,
            **STEADINESS,
            "discount_rate": Argument(0.1, N_("What money a year later is worth less, per year.")),
            "margin": Argument(1.0, N_("The share of revenue that counts as value.")),
            "confidence": CONFIDENCE,
            "minimum": Argument(
                30, N_("Below this number of members of a tier its worth is withheld; the counts are shown.")
            ),
        },
        dates="dates",
        beside=("customer_periods",),
        value="value",
        n="members",
        keys=("tier",),
        watch=Watch("tiers", LAPSING),
    ),
    Metric(
        name="tier_replay",
        version=1,
        label=N_("Threshold replay"),
        unit=N_("members; money; share, 0 to 1"),
        higher_is_better=True,
        grain=N_("one row per tier and one without tier, or per group and these"),
        definition=N_(
            "Members, moves and revenue by tier over the complete months between the dates, as they were under the uploaded tiers, or as "
            "they would have been under a rule, applied at each month’s end to what customers really bought. Members and moves compare the "
            "day before the first month with the last day of the last one. Revenue is net and goes by the tier on the first day of each "
            "month; its share is of the revenue of all customers, with or without a tier. Members would have bought differently under "
            "other thresholds; that is not in these numbers."
        ),
        no_data=N_(
            "Months whose trailing window begins before the data are left out; without a month left there is no row. A tier without "
            "members is a true 0."
        ),
        interval=N_("None: every customer is counted, nothing is estimated."),
        source=N_("Counted."),
        function=tier_replay,
        frame="tier_changes",
        frame_arguments=RULE,
        columns={
            "tier": Column(N_("tier, from lowest to highest; empty: customers without a tier")),
            "members_before": Column(N_("members in the tier on from_on"), "count"),
            "upgrades": Column(N_("of these, in a higher tier on to_on"), "count"),
            "downgrades": Column(N_("of these, in a lower tier on to_on"), "count"),
            "lapsed": Column(N_("of these, lapsed on to_on"), "count"),
            "entered": Column(N_("in the tier on to_on, without a tier on from_on"), "count"),
            "members": Column(N_("members in the tier on to_on"), "count"),
            "revenue": Column(N_("net revenue of the months, by the tier on the first day of each"), "money"),
            "revenue_share": Column(N_("revenue / revenue of all customers, from 0 to 1"), "share"),
            "from_on": Column(N_("day before the first complete month")),
            "to_on": Column(N_("last day of the last complete month")),
        },
        arguments=MEMBERS,
        dates="dates",
        beside=("customer_periods",),
        keys=("tier",),
        watch=Watch("eve", LAPSING),
    ),
)
