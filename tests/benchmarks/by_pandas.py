"""The same counts as people compute them today: all rows in a pandas frame."""

import datetime as dt

import pandas as pd


def nps(feedback: pd.DataFrame, start: dt.date, end: dt.date) -> float:
    """The score of the answers between two days."""
    period = feedback[
        (feedback["responded_at"] >= str(start)) & (feedback["responded_at"] < str(end + dt.timedelta(1)))
    ]
    scores = period.loc[period["survey"] == "nps", "score"]
    return float(100 * ((scores >= 9).mean() - (scores <= 6).mean()))


def repeat_rate(orders: pd.DataFrame, start: dt.date, end: dt.date) -> float:
    """The share of the buyers between two days that bought twice or more."""
    period = orders[(orders["ordered_at"] >= str(start)) & (orders["ordered_at"] < str(end + dt.timedelta(1)))]
    return float((period.groupby("customer_key").size() >= 2).mean())


def retention(orders: pd.DataFrame) -> pd.DataFrame:
    """Active customers by cohort (month of the first order) and months since."""
    month = orders["ordered_at"].dt.year * 12 + orders["ordered_at"].dt.month - 1
    cohort = month.groupby(orders["customer_key"]).transform("min")
    cells = pd.DataFrame({"cohort": cohort, "period": month - cohort, "customer_key": orders["customer_key"]})
    return cells.groupby(["cohort", "period"])["customer_key"].nunique().unstack()
