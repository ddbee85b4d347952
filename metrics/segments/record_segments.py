"""The metrics about classes of customers as records."""

from metrics.metric import CONFIDENCE, HIGH, LOW, MINIMUM, WILSON_SOURCE, Argument, Column, Metric, Watch
from metrics.segments.moves import return_sums, segment_moves, segment_returns
from metrics.segments.schemes import NAMES, RFM, SCHEMES
from metrics.segments.sizes import segment_sizes, segment_sums
from metrics.statistics.paired import Pairing
from metrics.texts import N_

CLASSES = N_(
    "Customers are sorted by a table of rules into classes, each into exactly one, as of the last of the dates. “rfm”: recency (the last "
    "order), frequency (orders) and monetary value (net revenue) are scored from 1 to 5 among all who have ordered: 1 + ⌊5 · share "
    "strictly below⌋, so that equal values share a score. “ladder”: prospects have joined and not ordered, then first-time, repeat (2 or 3 "
    "orders), loyal (4 or more, or an order in 3 of the last 4 times 91 days), and advocates: loyal, and 9 or 10 in the last answer to the "
    "recommendation question. “stages”: awareness (no order), exploration (1), formation (2 or 3), maintenance (4 or more), and decline: "
    "the last order is older than the hiatus (see “hiatus”). “age”: potential (no order), newcomer (first order less than 90 days ago), "
    "established. Who has not ordered is counted from the day of joining; scores and hiatus are those of everybody, whatever the filters."
)
SHARE = N_("share, 0 to 1")
TOO_FEW = N_(
    "A class without a customer is a true 0. Below the minimum of customers the counts stand and the shares are withheld."
)
INTERVAL = N_(
    "Wilson score. A change: Newcombe’s hybrid score, with the correlation over the customers who are in both."
)
WHICH = {
    "scheme": Argument(RFM.name, N_("How customers are sorted."), tuple(SCHEMES)),
    "table": Argument(
        "", N_("Another table of classes, such as “few: orders 0..3; many: orders 4..”. Empty: the usual one.")
    ),
}
HIATUS = {
    "hiatus_days": Argument(
        0, N_("Days without an order after which a customer is in decline; 0: as the data say (see “hiatus”).")
    )
}
LIMITS = {"confidence": CONFIDENCE, "minimum": MINIMUM}
SEGMENT = Column(N_("class"))
METRICS = (
    Metric(
        name="segment_sizes",
        version=1,
        label=N_("Customers by class"),
        unit=N_("customers; share, 0 to 1"),
        higher_is_better=True,
        grain=N_("one row per class, or per group and class"),
        definition=CLASSES,
        no_data=TOO_FEW,
        interval=INTERVAL,
        source=WILSON_SOURCE,
        function=segment_sizes,
        change=Pairing(segment_sums),
        frame="classes",
        frame_arguments=HIATUS,
        columns={
            "segment": SEGMENT,
            "customers": Column(N_("customers of the class"), "count"),
            "sorted_customers": Column(N_("customers of any class"), "count"),
            "share": Column(N_("customers / sorted_customers, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
            "orders": Column(N_("their orders to date"), "count"),
            "revenue": Column(N_("their net revenue to date"), "money"),
            "revenue_share": Column(N_("revenue / that of all classes, from 0 to 1"), "share"),
        },
        arguments={**WHICH, **LIMITS},
        value="share",
        n="sorted_customers",
        keys=("segment",),
        row_names={code: NAMES[code] for code in RFM.table.codes},
        watch=Watch(),
    ),
    Metric(
        name="segment_moves",
        version=1,
        label=N_("Moves between classes"),
        unit=N_("customers; share, 0 to 1"),
        higher_is_better=True,
        grain=N_("one row per class before and class after, or per group and both"),
        definition=N_(
            "Customers by their class (see “segment_sizes”) on the day before the first date and on the last. “new_here” are those who "
            "were in no class before. The rows of a class before add up to all who were in it, those of a class after to all who are in it "
            "now."
        ),
        no_data=N_(
            "When the first date lies after the last day that is seen, there is no row. A pair of classes without a customer is a true 0; "
            "below the minimum of customers of the class before its shares are withheld."
        ),
        interval=N_("Wilson score."),
        source=WILSON_SOURCE,
        function=segment_moves,
        frame="classes",
        frame_arguments=HIATUS,
        columns={
            "from_segment": Column(N_("class before, or “new_here”")),
            "to_segment": Column(N_("class after")),
            "members": Column(N_("customers who went from the one to the other"), "count"),
            "before": Column(N_("customers of from_segment"), "count"),
            "share": Column(N_("members / before, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
        },
        arguments={**WHICH, **LIMITS},
        dates="dates",
        value="share",
        n="before",
        keys=("from_segment", "to_segment"),
        watch=Watch(),
    ),
    Metric(
        name="segment_returns",
        version=1,
        label=N_("Return rate by class"),
        unit=SHARE,
        higher_is_better=True,
        grain=N_("one row per class, or per group and class"),
        definition=N_(
            "Of the customers who were in a class (see “segment_sizes”) on the day before the first date, the share who ordered between "
            "the two dates. The longer the period, the larger it is."
        ),
        no_data=TOO_FEW,
        interval=INTERVAL,
        source=WILSON_SOURCE,
        function=segment_returns,
        change=Pairing(return_sums),
        grows=True,
        frame="classes",
        frame_arguments=HIATUS,
        columns={
            "segment": SEGMENT,
            "customers": Column(N_("customers of the class on the day before"), "count"),
            "returned": Column(N_("of these, with an order between the dates"), "count"),
            "return_rate": Column(N_("returned / customers, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
        },
        arguments={**WHICH, **LIMITS},
        dates="dates",
        value="return_rate",
        n="customers",
        keys=("segment",),
        row_names={code: NAMES[code] for code in RFM.table.codes},
        watch=Watch(),
    ),
)
