"""Points, referrals, benefits and events out of plain files: read as meant, asked, or left out by a named rule."""

import datetime as dt

import pytest

from data.imports import NamedBytes, Unread, stage
from data.imports.mapper import guess
from tests.data.imports.exports import left_out, receipt_of, staged_rows


def rows(kind: str, text: str, **arguments: object) -> list[dict]:
    return staged_rows([NamedBytes("a.csv", text.encode())], kind, profile=kind, **arguments)


POINTS = "Movement ID,Member ID,Date,Type,Points,Award ID,Expires on\n"


def test_points_by_their_words_and_signs() -> None:
    text = POINTS + (
        "1,a,2026-01-02 10:00,Earned,120,,2027-01-02\n"
        "2,a,2026-01-03,Redeemed,50,,\n"  # the file writes what goes without a sign
        "3,a,2026-01-04,过期,-20,1,\n"
        "4,a,2026-01-05,Earned,-5,,\n"  # an award that is taken back
        "5,a,2026-01-06,,-5,,\n"
        "6,,2026-01-06,Earned,5,,\n"
        "7,a,2026-01-06,Earned,,,\n"
    )
    found = rows("points", text)
    assert [(row["movement_id"], row["kind"], row["points"], row["award_id"]) for row in found] == [
        ("1", "earn", 120.0, None),
        ("2", "spend", -50.0, None),
        ("3", "expire", -20.0, "1"),
        ("4", "adjust", -5.0, None),
        ("5", "spend", -5.0, None),
    ]
    assert found[0]["moved_at"] == dt.datetime(2026, 1, 2, 10) and found[0]["expires_on"] == dt.date(2027, 1, 2)
    receipt = receipt_of(NamedBytes("a.csv", text.encode()), profile="points")
    assert left_out(receipt) == {"no_customer_id": 1, "no_points": 1}
    assert (receipt.points, receipt.orders, receipt.customers) == (5, 0, 1)


def test_a_word_that_is_not_known_is_asked_for_and_the_answer_holds() -> None:
    text = POINTS + "1,a,2026-01-02,Wheel of luck,120,,\n2,a,2026-01-03,Earned,5,,\n3,a,2026-01-03,Wheel of luck,5,,\n"
    with pytest.raises(Unread, match=r"2 rows .*“Wheel of luck” \(2\)") as asked:
        stage([NamedBytes("a.csv", text.encode())], store=None, profile="points")
    assert asked.value.choices == ("earn", "spend", "expire", "adjust", "cancel")
    found = rows("points", text, values={"kind:Wheel of luck": "earn"})
    assert [row["kind"] for row in found] == ["earn"] * 3


def test_movements_without_a_number_are_named_by_customer_time_and_occurrence() -> None:
    text = "Member,Date,Points\na,2026-01-02,5\na,2026-01-02,5\na,2026-01-02,-3\n"
    found = rows("points", text, mapping={"customer_id": "Member"})
    assert len({row["movement_id"] for row in found}) == 3
    assert sorted(row["points"] for row in found) == [-3.0, 5.0, 5.0]


def test_referrals() -> None:
    text = "New customer,Referred by,Date\nb,a,2026-01-02\nc,c,2026-01-02\nd,,2026-01-03\n"
    (row,) = rows("referrals", text)
    assert (row["customer_id"], row["referrer_id"], row["referred_on"]) == ("b", "a", dt.date(2026, 1, 2))
    receipt = receipt_of(NamedBytes("a.csv", text.encode()), profile="referrals")
    assert left_out(receipt) == {"schema": 1, "no_referrer": 1}
    assert receipt.customers == 2


def test_benefits_with_and_without_a_cost() -> None:
    text = "Member ID,Used on,Benefit,Cost\na,2026-01-02,Free delivery,4.90\na,2026-01-02,Free delivery,\n"
    found = rows("benefits", text)
    assert sorted((row["benefit"], row["cost"]) for row in found if row["cost"]) == [("Free delivery", 4.9)]
    assert len({row["use_id"] for row in found}) == 2


def test_events_may_lie_ahead_and_name_nobody() -> None:
    ahead = dt.datetime.now().date() + dt.timedelta(days=400)
    text = f"Event,Start date,End date,Stores\nTraining,2026-01-13,2026-01-15,Main; West\nSale,{ahead},,\nOdd,2026-02-02,2026-02-01,\n"
    found = rows("events", text)
    assert [(row["name"], row["starts_on"], row["stores"]) for row in found] == [
        ("Training", dt.date(2026, 1, 13), "Main; West"),
        ("Sale", ahead, None),
    ]
    assert len({row["event_id"] for row in found}) == 2
    receipt = receipt_of(NamedBytes("a.csv", text.encode()), profile="events")
    assert (left_out(receipt), receipt.events, receipt.customers) == ({"schema": 1}, 2, 0)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["Member ID", "Date", "Type", "Points", "Expires on"], "points"),
        (["会员号", "变动时间", "变动类型", "变动积分"], "points"),
        (["New customer", "Referred by", "Date"], "referrals"),
        (["被推荐人", "推荐人", "推荐日期"], "referrals"),
        (["Member ID", "Used at", "Benefit", "Cost"], "benefits"),
        (["Event", "Start date", "End date", "Stores"], "events"),
        (["Member ID", "Join Date", "City", "Points"], "members"),
        (["Order number", "Order date", "Total", "Email", "Product"], "orders"),
        (["Member ID", "Effective date", "Tier"], "tier_changes"),
    ],
)
def test_kinds_are_guessed(headers: list[str], kind: str) -> None:
    assert guess(headers).kind == kind
