"""The records of points: `metrics.catalogue` lists them."""

from metrics.metric import CONFIDENCE, HIGH, LOW, PERIOD, WILSON_SOURCE, Argument, Column, Metric, Watch
from metrics.programme.points import (
    BEYOND,
    points,
    points_balances,
    points_by_age,
    points_liability,
    points_trend,
)
from metrics.texts import N_

LEDGER = N_(
    "Every movement is replayed as it was booked: points that go name their award or take the oldest ones first; an award whose last "
    "day is "
    "over loses what is left, whether or not the file books that; what is taken beyond all awards is overdrawn, and the next points "
    "make it "
    "good."
)
COUNTED = N_("None: it is the total of all that was booked.")
STEERING = N_("For steering, not for the balance sheet under IFRS 15.")
NOTHING = N_("Without movements of points there is none to count: zeros, or no row.")
FLOWS = {
    "members": Column(N_("members with points at the end"), "count"),
    "opening": Column(N_("points that were out before the first day"), "count"),
    "earned": Column(N_("points earned"), "count", N_("Earned")),
    "adjusted": Column(N_("points added by adjustments, less those taken"), "count", N_("Adjusted")),
    "spent": Column(N_("points spent"), "count", N_("Spent")),
    "expired": Column(N_("points expired"), "count", N_("Expired")),
    "cancelled": Column(N_("points of cancelled awards"), "count", N_("Cancelled")),
    "outstanding": Column(N_("points that are out at the end, less overdrawn ones"), "count", N_("Outstanding")),
}
MINIMUM = Argument(30, N_("Below this number of members the share is withheld; the counts are shown."))
AALEN = N_(
    "Aalen & Johansen 1978, Scandinavian Journal of Statistics 5:141–150; interval: Efron & Stein 1981, The Annals of Statistics 9:586–596."
)

METRICS = (
    Metric(
        name="points",
        version=1,
        label=N_("Points"),
        in_sentence=N_("points outstanding"),
        unit=N_("points"),
        higher_is_better=False,
        grain=N_("one row, or one per group"),
        definition=LEDGER,
        no_data=NOTHING,
        interval=COUNTED,
        source=N_("First in, first out, as loyalty programmes book it."),
        function=points,
        frame="points",
        columns=FLOWS,
        arguments={},
        dates="dates",
        value="outstanding",
        n="members",
        trend="points_trend",
        short=N_("Points outstanding"),
        watch="its dates are those of a period that is chosen; a rule on points_liability watches what is out",
    ),
    Metric(
        name="points_trend",
        version=1,
        label=N_("Points over time"),
        unit=N_("points"),
        higher_is_better=False,
        grain=N_("one row per calendar period, or per group and period"),
        definition=LEDGER,
        no_data=N_("A period that ended before the first movement, or has not begun, is no row."),
        interval=COUNTED,
        source=N_("First in, first out, as loyalty programmes book it."),
        function=points_trend,
        frame="points",
        columns={
            "period": Column(N_("first day of the period")),
            "complete": Column(N_("whether the period has ended")),
            **FLOWS,
        },
        arguments={"period": PERIOD},
        dates="dates",
        value="outstanding",
        n="members",
        watch="a rule on points_liability watches what is out",
    ),
    Metric(
        name="points_liability",
        version=1,
        label=N_("Breakage and liability of points"),
        unit=N_("share, 0 to 1"),
        higher_is_better=False,
        grain=N_("one row, or one per group"),
        definition=N_(
            "Breakage is the share of the points that are out now which will never be spent. What became of earlier points is followed "
            "by the "
            "age of their award in days: being spent, expiring and being taken back compete. Each point that is out has its award’s "
            "age, and "
            "from there on the fate of earlier ones. The liability is what the others cost: outstanding × (1 − breakage) × value of a "
            "point. "
            "Awards older than any that was seen to its end are counted as spent, or as expired if so chosen; beyond_share says how many. "
            "For steering, not for the balance sheet under IFRS 15."
        ),
        no_data=N_(
            "Without points that are out, or with fewer members than the minimum, the share and the liability are empty."
        ),
        interval=N_(
            "Of what will come of these points: the variance of the curves by leaving out each of 64 groups of customers in turn, and "
            "that of "
            "the outcomes themselves, where the points of one customer hang together as much as they did so far; Student’s t on 63."
        ),
        source=AALEN,
        function=points_liability,
        frame="points",
        columns={
            "members": Column(N_("members with points to spend"), "count"),
            "outstanding": Column(N_("points that can be spent"), "count", N_("Outstanding")),
            "breakage": Column(N_("share of them that is never spent, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
            "beyond_share": Column(N_("share of them that outlives every award seen so far"), "share"),
            "liability": Column(N_("what the others cost"), "money", N_("Liability")),
            "liability_low": Column(N_("lower end of its interval")),
            "liability_high": Column(N_("upper end of its interval")),
        },
        arguments={
            "point_value": Argument(0.01, N_("What a point costs when it is spent, in currency units.")),
            "beyond": Argument("spent", N_("What becomes of points that outlive every award seen so far."), BEYOND),
            "confidence": CONFIDENCE,
            "minimum": MINIMUM,
        },
        dates="day",
        value="breakage",
        n="members",
        short=N_("Breakage"),
        watch=Watch("day"),
    ),
    Metric(
        name="points_by_age",
        version=1,
        label=N_("Use of points by the age of their award"),
        unit=N_("share, 0 to 1"),
        higher_is_better=True,
        grain=N_("one row per 30 days since the award, or per group and 30 days"),
        definition=N_(
            "The share of points that was spent within so many days of being given, estimated from all awards, also those that are too "
            "young to "
            "be seen to their end; expiring and being taken back compete with it."
        ),
        no_data=N_("Without awards there is no row; below the minimum the counts stand and the shares are withheld."),
        interval=N_("Each of 64 groups of customers is left out in turn; Student’s t on 63."),
        source=AALEN,
        function=points_by_age,
        frame="points",
        columns={
            "age_days": Column(N_("days since the award")),
            "members": Column(N_("members with an award followed for so long"), "count"),
            "earned": Column(N_("points of such awards"), "count"),
            "spent": Column(N_("share of points spent by then, from 0 to 1"), "share", N_("Spent")),
            "low": LOW,
            "high": HIGH,
            "expired": Column(N_("share expired by then"), "share", N_("Expired")),
            "taken_back": Column(N_("share cancelled or taken by adjustments by then"), "share", N_("Taken back")),
            "left": Column(N_("share still out then"), "share", N_("Still out")),
        },
        arguments={"confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="day",
        value="spent",
        n="members",
        keys=("age_days",),
        watch="it describes all awards so far; a rule on points_liability watches what is out",
    ),
    Metric(
        name="points_balances",
        version=1,
        label=N_("Members by points"),
        unit=N_("share, 0 to 1"),
        higher_is_better=True,
        grain=N_("one row per band of balances, or per group and band"),
        definition=N_(
            "Members who ever had points, by how many they have now. Whoever has overdrawn counts in the band without points."
        ),
        no_data=N_(
            "Without movements of points there is no row; below the minimum the counts stand and the shares are withheld."
        ),
        interval=N_("Wilson score."),
        source=WILSON_SOURCE,
        function=points_balances,
        frame="points",
        columns={
            "band": Column(N_("points from and to")),
            "members": Column(N_("members who ever had points"), "count"),
            "holding": Column(N_("members with so many points"), "count"),
            "points": Column(N_("points that these have together"), "count"),
            "share": Column(N_("holding / members, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
        },
        arguments={"confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="day",
        value="share",
        n="members",
        keys=("band",),
        watch="it tells how points are spread; a rule on points_liability watches what is out",
    ),
)
