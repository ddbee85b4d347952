"""What the usual classes mean, and what to do about their customers."""

from metrics.texts import N_

# class → what it means, what to do
OF = {
    "champions": (
        N_("Bought lately, often and for much."),
        N_("Thank them, give them first access, ask them to recommend; no discount is needed."),
    ),
    "loyal": (
        N_("Buy again and again, though not for the largest amounts or not quite as lately."),
        N_("Offer what goes with their purchases, and invite them to the next tier."),
    ),
    "big_spenders": (
        N_("Few orders, but among the highest spend."),
        N_("Serve them in person, and give a reason for the next order."),
    ),
    "promising": (
        N_("Bought lately, and neither seldom nor often."),
        N_("Bring the next order forward: reminder, programme, related goods."),
    ),
    "recent": (
        N_("Bought lately, but seldom."),
        N_("Welcome them, and make the second order easy in the first weeks."),
    ),
    "fading": (
        N_("Neither lately nor long ago, and not often."),
        N_("Ask what is missing, and remind them before they fall asleep."),
    ),
    "must_keep": (
        N_("Bought often and for much, but not lately."),
        N_("Call or write personally now, and find out what happened."),
    ),
    "at_risk": (
        N_("Used to buy several times, but not lately."),
        N_("Win them back with what they used to buy."),
    ),
    "asleep": (
        N_("Bought seldom, and long ago."),
        N_("Spend little on them: one try by e-mail, then leave them."),
    ),
    "advocate": (
        N_("Loyal, and would recommend you (9 or 10 in the last answer)."),
        N_("Ask them to bring others, and to write a review."),
    ),
    "repeat": (
        N_("Two or three orders."),
        N_("Turn buying into a habit: reminders at their usual interval."),
    ),
    "first_time": (
        N_("One order so far."),
        N_("Win the second order: it decides whether they stay."),
    ),
    "prospect": (
        N_("Joined, but has not ordered."),
        N_("Offer a first order without risk."),
    ),
    "maintenance": (
        N_("Four orders or more, and not silent for too long."),
        N_("Keep the relationship; do not disturb it with discounts."),
    ),
    "formation": (
        N_("Two or three orders: a habit is beginning."),
        N_("Keep every promise now, and show what else there is."),
    ),
    "exploration": (
        N_("One order: they are trying you out."),
        N_("Make the first experience good, and ask about it."),
    ),
    "awareness": (
        N_("They know you, and have not ordered."),
        N_("Give a reason to try."),
    ),
    "decline": (
        N_("Silent for longer than customers usually are."),
        N_("Find out why, and win back those who are worth it."),
    ),
    "established": (
        N_("The first order was 90 days ago or more."),
        N_("Watch how many still buy."),
    ),
    "newcomer": (
        N_("The first order was less than 90 days ago."),
        N_("Win the second order."),
    ),
    "potential": (
        N_("Known, and has not ordered."),
        N_("Give a reason to try."),
    ),
}
# Of the loyal of the ladder, who are told otherwise than those of the RFM segments
OF_LADDER = {
    "loyal": (
        N_("Four orders or more, or orders in three of the last four quarters."),
        N_("Ask whether they would recommend you, and mend what keeps them from it."),
    ),
}
NUMBERS = {
    "recency": N_("recency"),
    "frequency": N_("frequency"),
    "monetary": N_("amount"),
    "orders": N_("orders"),
    "quarters": N_("quarters with an order"),
    "recommends": N_("recommends"),
    "silent": N_("silent"),
    "days_known": N_("days since the first order"),
}
YES_NO = {("recommends", 1): N_("recommends"), ("recommends", 0): N_("does not recommend")}
YES_NO |= {("silent", 1): N_("silent for too long"), ("silent", 0): N_("not silent")}
NEEDS = {
    "rfm": N_("recency, frequency, monetary: scores from 1 to 5."),
    "ladder": N_("orders; quarters: of the last four, 0 to 4; recommends: 1 yes, 0 no."),
    "stages": N_("orders; silent: 1 yes, 0 no."),
    "age": N_("orders; days_known: days since the first order."),
}
