"""Churn and lifecycle: the threshold and what it is made of, the balance that is true on screen, and whom to win back."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from data.store.store import Store
from pages.customers.churn import readings
from pages.shared.session import view
from tests.data.rows import order, take
from tests.pages.conftest import words

PERIOD = {"from_": "2026-04-01", "to": "2026-06-30", "lang": "en"}


def customers(*, steady: int, silent: int, once: int = 0) -> list[dict]:
    """Steady ones order on the 10th of every month from January to June; the silent ones until February; some ordered once."""
    kinds = {"steady": (steady, range(1, 7)), "silent": (silent, range(1, 3)), "once": (once, range(1, 2))}
    return [
        order(f"{kind}-{place}-{month}", f"{kind}-{place}", f"2026-{month:02}-10", 10.0, region=f"R{place % 2}")
        for kind, (size, months) in kinds.items()
        for place in range(size)
        for month in months
    ]


def opened(open_app, path: Path, rows: list[dict], **params: str):
    with Store.open(path / "s.duckdb") as store:
        take(store, orders=[*rows, order("last", "last", "2026-07-05", 10.0)] if rows else [])
    app = open_app(path / "s.duckdb", "churn", **PERIOD | params)
    assert not app.exception
    return app


def cards(app) -> list[dict]:
    told = [json.loads(part.proto.json or "{}") for part in app.get("bidi_component")]
    (found,) = [part["cards"] for part in told if "cards" in part]
    return found


def charts(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def test_the_threshold_comes_from_the_gaps(open_app, tmp_path: Path) -> None:
    said = words(opened(open_app, tmp_path, customers(steady=90, silent=10)))
    # months between orders are 28 to 31 days; 460 gaps end, 10 of those who lapsed never do
    assert "After 31 days without an order a customer counts as inactive" in said
    assert "By then 80% of the gaps between two orders have ended" in said
    assert "Too few were flagged to say how many came back: 10 of 30." in said


def test_where_most_never_return_the_other_basis_is_explained(open_app, tmp_path: Path) -> None:
    said = words(opened(open_app, tmp_path, customers(steady=10, silent=0, once=90)))
    assert "Fewer than 80% of all gaps ever end" in said
    assert "0.0% of customers so flagged came back" in said


def test_own_days(open_app, tmp_path: Path) -> None:
    app = opened(open_app, tmp_path, customers(steady=90, silent=40), threshold="own", hiatus="60")
    said = words(app)
    assert "After 60 days without an order a customer counts as inactive" in said
    assert "Chosen by hand" in said
    assert "30.8% of customers are inactive" in said  # of 130, 40 are; the data are too young to compare
    (card,) = cards(app)
    assert (card["value"], card["size"]) == ("30.8", "130 customers")


def test_groups_are_judged_by_the_threshold_of_all(open_app, tmp_path: Path) -> None:
    rows = customers(steady=90, silent=40)
    for region in ("R0", "R1"):
        said = words(opened(open_app, tmp_path / region, rows, region=region))
        assert "After 31 days without an order a customer counts as inactive" in said
        assert "Counted over all customers, whatever the filters." in said


def test_data_of_two_years_are_compared(open_app, tmp_path: Path) -> None:
    old = [order("old", "old", "2024-01-10", 10.0)]
    app = opened(open_app, tmp_path, [*old, *customers(steady=90, silent=40)], threshold="own", hiatus="60")
    assert app.title[0].value == "More customers are inactive: 31.3% after 0.8%"


def test_the_balance_on_screen_is_true(open_app, demo_path: Path) -> None:
    app = open_app(demo_path, "churn", lang="en")
    (said,) = re.findall(
        r"(\S+) new \+ (\S+) came back − (\S+) lapsed = (\S+) active customers, from (\S+) to ([\d,]+)", words(app)
    )
    new, back, silent, net, before, after = (int(text.replace(",", "").replace("−", "-")) for text in said)
    assert new + back - silent == net == after - before
    bars = {trace["name"]: trace["y"] for chart in charts(app) for trace in chart["data"] if trace["type"] == "bar"}
    assert (bars["new"][-2], bars["came back"][-2], bars["lapsed"][-2]) == (new, back, -silent)


def test_nobody_is_called_inactive_before_anyone_has_returned(open_app, tmp_path: Path) -> None:
    app = opened(open_app, tmp_path, customers(steady=0, silent=0, once=40))
    said = words(app)
    assert app.title[0].value == "Nobody has ordered twice yet, so nobody counts as inactive"
    assert "No second order yet" in said
    assert "to win back" not in said


def test_too_few_customers(open_app, tmp_path: Path) -> None:
    app = opened(open_app, tmp_path, customers(steady=4, silent=3))
    assert app.title[0].value == "Too few customers to show how many are inactive"
    assert "Too few to show: 7 of 30" in json.dumps(
        [json.loads(part.proto.json or "{}") for part in app.get("bidi_component")]
    )


def test_who_fell_silent_before_the_period_is_not_new(open_app, tmp_path: Path) -> None:
    said = words(opened(open_app, tmp_path, customers(steady=90, silent=40)))
    assert "Nobody in this selection lapsed. Choose an earlier period, or all inactive customers." in said


def test_groups(open_app, tmp_path: Path) -> None:
    rule = {"threshold": "own", "hiatus": "60"}
    for split in ({"split": "region"}, {"split": "tier"}, {}):  # nobody has a tier: what the data know stands in
        path = tmp_path / "".join(split.values())
        path.mkdir(exist_ok=True)
        said = words(opened(open_app, path, customers(steady=90, silent=40), **rule, **split))
        assert "No clear difference between regions" in said
        assert "by their making" not in said


@pytest.mark.parametrize(("silent", "start"), [("all", "2026-04-01"), ("new", "2026-03-01")])
def test_the_list_names_how_many_there_are(open_app, tmp_path: Path, silent: str, start: str) -> None:
    app = opened(open_app, tmp_path, customers(steady=90, silent=40), silent=silent, from_=start)
    said = words(app)
    assert "40 customers to win back" in said
    assert "Shown: 20 of 40. The file holds all." in said
    assert "Together they have brought 800 net" in said.replace("\\", "")
    assert next(iter(app.dataframe[0].value.columns)) == "Customer"
    assert app.dataframe[0].value.shape == (20, 8)


def test_the_list_sorts_by_numbers_and_days_and_its_file_holds_all(open_app, tmp_path: Path) -> None:
    app = opened(open_app, tmp_path, customers(steady=60, silent=30, once=10), silent="all")
    shown = app.dataframe[0].value
    assert [type(day) for day in shown.iloc[0, 2:4]] == [dt.date] * 2
    assert [kind.kind for kind in shown.dtypes[4:]] == ["i"] * 4
    assert shown.iloc[0].to_list()[4:] == [145, 2, 20, 31]
    assert app.session_state["report.current"].tables["win_back"].height == 40


def test_without_orders_it_says_what_to_upload(open_app, few_path: Path) -> None:
    app = open_app(few_path, "churn", from_="2026-04-01", to="2026-06-30", lang="zh")
    assert app.title[0].value == "流失需要订单"


def test_the_reading_uses_one_threshold_for_both_dates(open_app, demo_path: Path) -> None:
    open_app(demo_path, "churn", lang="en")
    current = view.View(
        *(view.dt.date.fromisoformat(day) for day in ("2026-04-01", "2026-06-30", "2026-07-18")),
        "before",
        view.Segment(),
    )
    reading = readings.inactive(current)
    days = readings.threshold(current).days
    assert reading.value == pytest.approx(100 * _inactive(demo_path, "2026-06-30", days))
    assert reading.before == pytest.approx(100 * _inactive(demo_path, "2026-03-31", days))
    assert reading.change == pytest.approx(reading.value - reading.before)
    assert reading.months[0][-1] == pytest.approx(reading.value)
    assert len(reading.months[0]) == 12
    assert reading.change_low > 0
    assert reading.verdict == "worse"


def _inactive(path: Path, day: str, days: int) -> float:
    """The share in plain SQL, on the store that the app has open."""
    with readings.cached.store().snapshot() as snap:
        (share,) = snap.cursor.execute(
            "select avg((cast($day as date) - last > $days)::int) from (select max(ordered_at)::date as last from orders "
            "where replaced_by is null and kind = 'order' and customer_key is not null and ordered_at::date <= $day "
            "group by customer_key)",
            {"day": day, "days": days},
        ).fetchone()
    return float(share)
