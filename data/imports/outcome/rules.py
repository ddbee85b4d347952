"""The rules by which lines are left out, and the sentence that a person reads for each."""

from metrics.texts import N_

REASONS: dict[str, str] = {
    "too_few_cells": N_("The line has fewer cells than the header."),
    "too_many_cells": N_("The line has more cells than the header."),
    "broken_quote": N_("The quotes of the line do not pair up."),
    "too_long": N_("A cell of the line is too long: a line may hold 4 MiB."),
    "not_a_number": N_("The cell is not a number in the convention of its column."),
    "number_too_large": N_("The number is too large: a trillion or more, or an exponent of over two digits."),
    "not_a_date": N_("The cell is not a date in the convention of its column."),
    "not_a_score": N_("The cell is neither a score nor a known worded answer."),
    "no_score": N_("The question was not answered."),
    "score_outside_scale": N_("The score lies outside the scale {low} to {high}."),
    "score_not_whole": N_("The score is not a whole number."),
    "left_out": N_("The rows of this value are left out, as was answered."),
    "no_order_id": N_("The order number is missing or masked."),
    "no_customer_id": N_("The customer is missing or masked."),
    "no_date": N_("The date is missing."),
    "no_amount": N_("The amount is missing."),
    "no_tier": N_("The tier is missing."),
    "no_points": N_("The points are missing."),
    "no_referrer": N_("It is missing who brought the customer."),
    "no_benefit": N_("The benefit is missing."),
    "no_name": N_("The name of the event is missing."),
    "date_in_future": N_("The date lies in the future."),
    "date_before_1990": N_("The date lies before 1990."),
    "repeated": N_("The same row comes again further down; the last one counts."),
    "cancelled": N_("The order was cancelled."),
    "not_paid": N_("The order was never paid."),
    "refunded": N_("The order was refunded in full."),
    "not_counted": N_("The order does not count by its status, as was answered."),
    "total_row": N_("The row holds totals, by the word that it begins with."),
    "sum_row": N_("The row is the sum of all others and names neither order nor customer."),
    "header_row": N_("The row repeats the headers."),
    "note_row": N_("The row is a note below the table."),
    "schema": N_("The row breaks the rule “{rule_name}”."),
}

RAGGED = {
    "TOO MANY COLUMNS": "too_many_cells",
    "MISSING COLUMNS": "too_few_cells",
    "LINE SIZE OVER MAXIMUM": "too_long",
}

NO_BUYER = N_(
    "These files have no buyer column: retention, repeat purchase rate and customer lifetime value cannot be computed."
)
MASKED_BUYERS = N_(
    "The buyers are masked or empty in every line: retention, repeat purchase rate and customer lifetime value cannot be "
    "computed. Export again with the buyers in full."
)
NO_DISCOUNT = N_("These files have no discount column: promotions cannot be judged.")
NO_REFUND_DATE = N_("Refund dates are not given: refunds lower the revenue of the day of the order.")
WITHOUT_BUYER = N_("Orders that name no buyer: {n}. They count as revenue, not in retention or repeat purchase rate.")
FEEDBACK_WITHOUT_CUSTOMER = N_(
    "Answers that name no customer: {n}. They count in the score, not in drill-downs to customers."
)
NO_CURRENCY = N_("These files name no currency: amounts are shown without one.")
OTHER_CURRENCY = N_("Orders in another currency than {currency}: {n}. They are kept, but left out of sums of money.")
PLACEHOLDER = N_(
    "“{customer}” has {orders} of the orders, {share} %: is it a placeholder for customers who are not known?"
)
