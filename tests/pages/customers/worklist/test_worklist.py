"""The worklist page: whom it lists and why, its files in each format, who is held out, and what contacting them changed."""

import datetime as dt
import io
from pathlib import Path

import polars as pl
import pytest

from data.people import campaigns
from data.questions.ask import Question
from data.questions.worklist.contacts import contacts
from data.questions.worklist.listed import LIST_TYPES
from data.store.store import Store
from pages.customers.worklist import formats, wording
from pages.shared.words.texts import speaking
from tests.data.rows import nps, order, take
from tests.pages.conftest import words

ON = dt.date(2026, 6, 10)
MONTHS = [f"2026-{month:02}-05" for month in range(1, 7)]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Forty customers with an order a month, of whom ten gave a low score in the last days, and five of these have a telephone number."""
    path = tmp_path / "s.duckdb"
    with Store.open(path) as store:
        orders = [order(f"{day}{n}", f"c{n}", day, 10.0, store="Pudong") for day in MONTHS for n in range(40)]
        low = [nps(f"f{n}", f"c{n}", "2026-06-06", 2.0) for n in range(10)]
        members = [
            {"customer_id": f"c{n}", "attributes": f'{{"Mobile": "1380013800{n}", "E-mail": "c{n}@example.com"}}'}
            for n in range(5)
        ]
        take(store, orders=[*orders, order("last", "c39", "2026-06-10", 1.0)], feedback=low, members=members)
    return path


def test_without_orders_it_says_what_to_upload(open_app, tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with Store.open(path) as store:
        take(store, feedback=[nps("f1", "c1", "2026-06-06", 2.0)])
    app = open_app(path, "worklist", lang="en")
    assert app.title[0].value == "A worklist needs orders"
    assert not app.exception


def test_the_list_its_files_and_the_lot(open_app, db: Path) -> None:
    app = open_app(db, "worklist", reason="low_score", hold="20", lang="en")
    assert not app.exception
    assert app.title[0].value == "10 customers to contact this week"
    said = words(app)
    assert "Low score unanswered: who is first to be contacted" in said
    assert "A file leaves out a random part of the list" in said
    assert "What contacting customers changes is not known yet" in said
    (rows,) = [frame.value for frame in app.dataframe if "Because" in frame.value.columns]
    assert len(rows) == 10
    assert set(rows["Because"]) == {"Score 2 on 6 Jun 2026; no order or other answer since."}
    buttons = {button.key for button in app.get("download_button")}
    assert {f"{form.kind}-worklist_{code}" for code, form in formats.FORMATS.items()} <= buttons
    with Store.open(db) as store:
        campaigns.take(store, [f"c{n}" for n in range(10)], on=ON, share=0.5, days=90, what="x", who="")  # fmt: skip
        held = campaigns.listing(store)["held_out"][0]
    app.run()
    assert app.title[0].value.startswith(f"{10 - held} customers")
    assert "50% are held out of every list" in words(app)


ROWS = pl.DataFrame(
    [
        {
            **dict.fromkeys(LIST_TYPES),
            "customer_id": "c1",
            "reason": "low_score",
            "reasons": "low_score,quiet",
            "stake": 12.4,
            "tier": "gold",
            "store": "=Pudong",
            "last_order": dt.date(2026, 5, 5),
            "days_since": 36,
            "orders": 6,
            "revenue": 60.0,
            "score": 2.0,
            "score_on": dt.date(2026, 6, 6),
        }
    ],
    schema=LIST_TYPES,
)


@pytest.mark.parametrize(
    ("language", "head"), [("en", "Customer,Reason,Because,At stake (CNY)"), ("zh", "客户,原因,依据,潜在损失 (CNY)")]
)
def test_spreadsheets_have_names_in_the_readers_language(language: str, head: str) -> None:
    with speaking(language):
        rows = wording.readable(ROWS, "CNY")
        text = formats.csv(rows, "CNY").decode("utf-8-sig")
        sheet = pl.read_excel(io.BytesIO(formats.excel(rows, "CNY")))
    assert text.startswith(head)
    assert ",'=Pudong," in text  # no cell is run
    assert sheet.columns[:4] == head.split(",")
    assert sheet.row(0)[:2] == ("c1", {"en": "Low score unanswered", "zh": "低分未回应"}[language])
    assert sheet.row(0)[3] == 12


def test_formats_of_programmes() -> None:
    with speaking("zh"):
        rows = wording.readable(ROWS, "CNY").with_columns(
            email=pl.lit("c1@example.com"),
            phone=pl.lit("13800138000"),
            code=pl.lit("low_score"),
            tier_code=pl.lit("gold"),
        )
        assert formats.wecom(rows, None).decode("utf-8-sig").splitlines() == [
            "手机号,客户编号,备注", "13800138000,c1,低分未回应：2026年6月6日给出 2 分；此后没有下单或再次作答。",
        ]  # fmt: skip
        assert formats.klaviyo(rows, None).decode().splitlines() == [
            "Email,External ID,Worklist Reason,Worklist Stake,Tier,Last Order",
            "c1@example.com,c1,low_score,12,gold,2026-05-05",
        ]
        assert formats.mailchimp(rows, None).decode().splitlines() == [
            "Email Address,Customer ID,Tags,Tier,Stake", "c1@example.com,c1,low_score,gold,12",
        ]  # fmt: skip


def test_who_can_be_reached(db: Path) -> None:
    with Store.open(db) as store, store.snapshot() as snap:
        question = Question(ON, ON, ON)
        found = contacts(snap, question, customers=("c0", "c7"))
        assert contacts(snap, question, customers=()).height == 0
    assert found.rows() == [("c0", "c0@example.com", "13800138000"), ("c7", None, None)]
