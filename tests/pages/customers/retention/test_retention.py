"""Retention of small shops: one minimum for table, curve and chooser, and a sentence where nothing can be drawn."""

import json
from pathlib import Path

import pytest

from data.store.store import Store
from tests.data.rows import order, take
from tests.pages.conftest import words

PERIOD = {"from_": "2026-04-01", "to": "2026-06-30", "lang": "en"}
MONTHS = range(1, 7)


def shop(**first_orders: int) -> list[dict]:
    """So many customers per first month ("m1": January), each with an order in every month after it, to June."""
    return [
        order(f"{first}-{place}-{month}", f"{first}-{place}", f"2026-{month:02}-10", 10.0)
        for first, size in first_orders.items()
        for place in range(size)
        for month in MONTHS
        if month >= int(first[1:])
    ]


def opened(open_app, path: Path, rows: list[dict], **params: str):
    with Store.open(path / "s.duckdb") as store:
        take(store, orders=rows)
    app = open_app(path / "s.duckdb", "retention", **PERIOD | params)
    assert not app.exception
    return app


def heat(app) -> dict:
    (table,) = [found for found in map(_data, app.get("bidi_component")) if "head" in found]
    return table


def _data(element) -> dict:
    return json.loads(element.proto.json or "{}")


def test_a_first_cohort_after_the_first_order_is_a_real_one(open_app, demo_path: Path) -> None:
    assert "The data begin in the first cohort" not in words(open_app(demo_path, "retention"))


def test_a_cohort_of_one_is_withheld_and_not_offered(open_app, tmp_path: Path) -> None:
    app = opened(open_app, tmp_path, shop(m1=1, m2=30, m3=55), cohort="2026-01")
    said = words(app)
    assert (
        "—: fewer than 30 customers. The average row covers all cohorts, and ends where fewer than half of their customers are left."
        in said
    )
    assert "Fewer than 30 customers first ordered in 2026\\-01, or no period has ended since." in said
    assert "Too few customers who first ordered in 2026-02 to compare with the others" in said
    assert "clearly differ" not in said
    assert "The data begin in the first cohort, so it also holds customers who had ordered before." in said
    (offered,) = [list(box.options) for box in app.selectbox if "no cohort" in box.options]
    assert offered == ["no cohort", "2026-03", "2026-02"]
    rows = {row["name"]: row["cells"] for row in heat(app)["rows"]}
    assert rows["2026-01"][0] == {
        "text": "—",
        "state": "few",
        "read": "2026-01, month 1 · Too few to show: 1 of 30",
    }
    assert rows["2026-02"][0]["text"] == "100.0"
    assert rows["Weighted average"][0]["read"].startswith("Weighted average, month 1: 86 of 86 customers")


@pytest.mark.parametrize(
    ("sizes", "said", "charts"),
    [
        ({"m1": 4, "m2": 7}, "A cohort is shown from 30 customers; the largest has 7. Choose quarters", 0),
        ({"m1": 20, "m2": 29}, "A cohort is shown from 30 customers; the largest has 29. Choose quarters", 2),
        ({"m6": 40}, "No cohort has completed a period yet", 0),
        ({"m1": 30}, "All cohorts together", 2),
    ],
)
def test_nothing_is_drawn_from_too_few(open_app, tmp_path: Path, sizes, said, charts) -> None:
    app = opened(open_app, tmp_path, shop(**sizes), cohort="none")
    assert said in words(app)
    assert "less than half" not in words(app)
    assert len(app.get("plotly_chart")) == charts


def curve(app) -> dict:
    """The first chart of the page as Plotly gets it."""
    return json.loads(app.get("plotly_chart")[0].proto.spec)


def test_too_few_of_any_unit_name_a_remedy(open_app, tmp_path: Path) -> None:
    app = opened(open_app, tmp_path, shop(m1=4, m2=7), unit="quarter")
    assert "the largest has 11. Choose years, or widen the filters." in words(app)
    assert "Too few to show: 11 of 30" in words(app)


@pytest.mark.parametrize(
    ("options", "said", "first", "average"),
    [
        ({"measure": "orders"}, "New customers place 1.00 orders each in the month after", "1.00", "1.00"),
        ({"measure": "revenue"}, "A cohort brings 100% of its first revenue in the month after", "100.0", "100.0"),
        # the shop's customers bring 10 each month, so 20 by the end of month 1; columns begin with month 0
        ({"measure": "value"}, "A new customer has brought 40 by the end of month 3", "10", "10"),
        ({"unit": "rolling"}, "100% of new customers order 30 to 59 days after their first order", "100.0", "100.0"),
        ({"unit": "rolling", "kind": "on_or_after"}, "100% of new customers order 30 or more days after", "100.0", "100.0"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh"])
def test_measures(open_app, tmp_path: Path, options: dict, said: str, first: str, average: str, language: str) -> None:
    app = opened(open_app, tmp_path, shop(m1=30, m2=40), **{"cohort": "none", "lang": language, **options})
    if language == "en":
        assert said in words(app)
    rows = {row["name"]: row["cells"] for row in heat(app)["rows"]}
    (names, means) = (list(rows), list(rows.values())[-1])
    assert rows[names[0]][0]["text"] == first
    assert means[0]["text"] == average
    assert app.query_params["measure"] == options.get("measure", "customers")


def test_the_average_of_revenue_is_over_that_of_the_first_period(open_app, tmp_path: Path) -> None:
    rows = shop(m1=30, m2=40)
    for row in rows:
        row["amount"] = 40.0 if row["order_id"].split("-")[2] == row["order_id"][1] else 10.0
    app = opened(open_app, tmp_path, rows, measure="revenue", cohort="none")
    (line,) = [trace for trace in curve(app)["data"] if trace.get("name") == "all cohorts"]
    assert line["y"] == [25.0] * 3  # of month 4 on only the thirty of January are known
    assert [cell.get("text", "") for cell in heat(app)["rows"][-1]["cells"]] == ["25.0"] * 3 + [""] * 2


def test_windows_are_for_customers_only(open_app, tmp_path: Path) -> None:
    app = opened(open_app, tmp_path, shop(m1=30), measure="revenue", unit="rolling")
    assert "30-day windows" not in str([control.options for control in app.get("button_group")])
    assert "in the month after" in words(app)


def regions(returning: dict[str, int], size: int = 60) -> list[dict]:
    """January's new customers of each region, of whom so many order again in April; the data go on to June."""
    rows = [order("last", "last", "2026-06-30", 10.0)]
    for region, again in returning.items():
        for place in range(size):
            key = f"{region}{place}"
            rows.append(order(f"{key}-1", key, "2026-01-10", 10.0, region=region))
            if place < again:
                rows.append(order(f"{key}-4", key, "2026-04-10", 10.0, region=region))
    return rows


@pytest.mark.parametrize(
    ("returning", "title", "pairs"),
    [
        ({"A": 30, "B": 5}, "Customers in A come back more than those in B in month 3", False),
        ({"A": 30, "B": 28}, "No clear difference between A and B in month 3", False),
        # 23 of 60 and 11 of 60 differ clearly alone, but not as one of ten pairs
        ({"A": 23, "B": 11}, "Customers in A come back more than those in B in month 3", False),
        ({"A": 23, "B": 11, "C": 20, "D": 20, "E": 20}, "No clear difference between A and B in month 3", True),
    ],
)
def test_two_regions_differ_only_beyond_chance(open_app, tmp_path: Path, returning, title, pairs) -> None:
    app = opened(open_app, tmp_path, regions(returning), against="region", group="A", beside="B")
    assert title in words(app)
    assert ("holds for all 10 pairs at once" in words(app)) == pairs
    assert {trace["name"] for trace in curve(app)["data"] if trace.get("name")} == {"A", "B"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"against": "tier"}, "No customer has a tier"),
        ({"against": "channel"}, "No acquisition channel is known"),
        ({"against": "region"}, "A comparison needs two groups with 30 new customers each."),
    ],
)
def test_groups_that_are_not_there(open_app, tmp_path: Path, options: dict, said: str) -> None:
    rows = regions({"A": 30}) + regions({"B": 3}, size=7)[1:]
    assert said in words(opened(open_app, tmp_path, rows, **options))


def test_or_later_and_money_are_not_judged(open_app, tmp_path: Path) -> None:
    for more in ({"kind": "on_or_after"}, {"measure": "revenue"}):
        path = tmp_path / "".join(more)
        path.mkdir()
        rows = regions({"A": 50, "B": 1})
        said = words(opened(open_app, path, rows, against="region", group="A", beside="B", **more))
        assert "A beside B" in said
        assert "come back more" not in said


def test_second_orders(open_app, tmp_path: Path) -> None:
    app = opened(open_app, tmp_path, regions({"A": 30, "B": 30}), cohort="none")
    said = words(app)
    # April 10 is 90 days after January 10
    assert "50% of new customers order again within 90 days" in said
    assert "Half have ordered again after 90 days" in said


@pytest.mark.parametrize("unit", ["week", "quarter", "year", "rolling"])
@pytest.mark.parametrize("measure", ["customers", "orders", "revenue", "value"])
def test_every_measure_and_unit_on_the_demo(open_app, demo_path: Path, measure: str, unit: str) -> None:
    app = open_app(demo_path, "retention", lang="zh", measure=measure, unit=unit, against="tier")
    assert not app.exception
    assert not app.error
    assert app.get("plotly_chart")


@pytest.mark.parametrize(
    ("asked", "title", "against"),
    [
        # the third months of both periods are those of the same cohort
        ({"from_": "2026-04-15", "to": "2026-04-15"}, "100.0% of new customers order again in month 3", False),
        ({"from_": "2026-04-16", "to": "2026-04-30"}, "100.0% of new customers order again in month 3", False),
        # of one cohort in common
        ({"from_": "2026-04-10", "to": "2026-05-09"}, "100.0% of new customers order again in month 3", False),
        (
            {"from_": "2026-05-01", "to": "2026-05-31"},
            "No clear change in month-3 retention: 100.0%, 100.0% before",
            True,
        ),
    ],
)
@pytest.mark.parametrize("code", ["retention", "overview"])
def test_a_cohort_is_not_compared_with_itself(
    open_app, tmp_path: Path, code: str, asked: dict, title: str, against: bool
) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=shop(m1=40, m2=40))
    app = open_app(tmp_path / "s.duckdb", code, **PERIOD | asked)
    assert not app.exception
    if code == "retention":
        assert app.title[0].value == title
        assert (" against " in app.session_state["report.current"].heading.shown) == against
    else:
        assert ("month-3 retention" in app.title[0].value) == against


def test_first_orders_that_are_older_than_the_table_are_said_to_be(open_app, tmp_path: Path) -> None:
    """The weeks of the table begin on 13 April; all first orders are of January."""
    app = opened(open_app, tmp_path, shop(m1=40), unit="week")
    said = words(app)
    assert "No first orders from 13 Apr 2026 to 30 Jun 2026" in said
    assert "The data reach from 10 Jan 2026 to 10 Jun 2026." in said
    by_month = open_app(tmp_path / "s.duckdb", "retention", **PERIOD, unit="month")
    assert "No first orders" not in words(by_month)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"unit": "month", "listed_cohort": "2026-05-01", "listed_period": "1"},
            "customers who first ordered in 2026-05 ",
        ),
        ({"unit": "week", "listed_cohort": "2026-05-04"}, "customers who first ordered in the week of 4 May 2026 "),
        (
            {"unit": "week", "cohort": "2026-05-04"},
            "Too few customers who first ordered in the week of 4 May 2026 to compare with the others",
        ),
        (
            {"unit": "week", "cohort": "2026-05-04", "kind": "on_or_after"},
            "first ordered in the week of 4 May 2026 beside all",
        ),
        (
            {"unit": "week", "cohort": "2026-05-18"},
            "Fewer than 30 customers first ordered in the week of 18 May 2026, or",
        ),
        ({"unit": "week", "cohort": "2026-05-04", "lang": "zh"}, "2026年5月4日当周 首单的客户"),
    ],
)
def test_a_cohort_of_a_week_is_called_one(open_app, tmp_path: Path, options: dict, said: str) -> None:
    rows = [
        order(f"{first}-{place}-{day}", f"{first}-{place}", day, 10.0)
        for first, size in (("2026-05-06", 40), ("2026-05-13", 40), ("2026-05-20", 3))
        for place in range(size)
        for day in (first, "2026-06-03", "2026-06-30")
    ]
    assert said in words(opened(open_app, tmp_path, rows, **options)).replace("\\", "")
