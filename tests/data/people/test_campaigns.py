"""Campaigns: who is held out stays so in every list, whatever is exported when; and is gone with an erasure."""

import datetime as dt
from pathlib import Path

import pytest

from data import person
from data.errors import RapportError
from data.people import audit, campaigns
from data.questions.ask import Question
from data.questions.worklist.held_out import lift
from data.questions.worklist.listed import worklist, worklist_summary
from data.store.store import Store
from metrics.engine.reduce import unfolded
from tests.data.rows import nps, order, take

ON = dt.date(2026, 6, 30)
NAMES = [f"c{number}" for number in range(400)]
TERMS = {"share": 0.1, "days": 90, "what": "worklist_csv", "who": "ana"}


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "s.duckdb") as store:
        orders = [order(f"{name}-{at}", name, f"2026-{at}", 10.0) for name in NAMES for at in ("01-05", "02-05")]
        low = [nps(f"f{name}", name, "2026-06-20", 2.0) for name in NAMES]
        take(store, orders=[*orders, order("last", "c0", "2026-06-30", 5.0)], feedback=low)
        yield store


def test_nothing_was_ever_taken(store: Store) -> None:
    assert campaigns.running(store, ON) is None
    assert campaigns.listing(store).height == 0


def test_who_is_held_out_is_in_no_list_of_the_campaign(store: Store) -> None:
    first = campaigns.take(store, NAMES[:300], on=ON, **TERMS)
    held = set(NAMES[:300]) - first.customers
    assert first.held_out == len(held) > 10
    # others, later, in another order, by somebody else, who asks for no one to be held out
    again = {**TERMS, "share": 0.0, "who": "bo"}
    later = campaigns.take(store, NAMES[::-1], on=ON + dt.timedelta(days=60), **again)
    assert later.campaign == first.campaign
    assert held.isdisjoint(later.customers)
    assert first.customers <= later.customers
    (row,) = campaigns.listing(store).to_dicts()
    assert (row["contacted"], row["held_out"]) == (len(later.customers), 400 - len(later.customers))
    assert audit.entries(store, limit=1)["detail"][0] == "campaign 1"
    # what the page shows leaves out the same people
    with store.snapshot() as snap:
        question = Question(ON, ON, ON)
        shown = worklist_summary(snap, question, hiatus_days=365, limit=400, campaign=1)
        rows = set(unfolded(shown, "rows")["customer_id"])
        everybody = set(worklist(snap, question, hiatus_days=365)["customer_id"])
        found = lift(snap, question, campaign=1, listed=400)
    assert rows == everybody & later.customers
    assert found["contacted"][0] == len(later.customers)


def test_a_campaign_ends_by_its_days_or_by_hand(store: Store) -> None:
    one = campaigns.take(store, NAMES, on=ON, **TERMS).campaign
    assert campaigns.running(store, ON + dt.timedelta(days=90)) == one
    assert campaigns.running(store, ON + dt.timedelta(days=91)) is None
    campaigns.end(store, one.id, "ana")
    assert campaigns.running(store, ON) is None
    other = campaigns.take(store, NAMES, on=ON, **{**TERMS, "share": 0.0})
    assert (other.campaign.id, other.held_out, len(other.customers)) == (2, 0, 400)


@pytest.mark.parametrize(("share", "days"), [(-0.1, 90), (0.6, 90), (0.1, 0)])
def test_terms_that_are_none(store: Store, share: float, days: int) -> None:
    with pytest.raises(RapportError, match="A campaign holds out between 0 and 50 %"):
        campaigns.take(store, NAMES, on=ON, **{**TERMS, "share": share, "days": days})
    assert campaigns.listing(store).height == 0


def test_somebody_unknown_is_in_no_list(store: Store) -> None:
    assert campaigns.take(store, ["nobody"], on=ON, **TERMS).customers == frozenset()


def test_an_erased_person_is_in_no_campaign(store: Store) -> None:
    campaigns.take(store, NAMES, on=ON, **TERMS)
    assert person.export(store, "c3")["campaigns"] != []
    person.erase(store, "c3")
    with store.reading() as cursor:
        left = cursor.execute("select count(*) from campaign_members").fetchone()
    assert left == (399,)


def test_the_list_is_sorted_and_each_reason_is_met(store: Store) -> None:
    with store.snapshot() as snap:
        question = Question(ON, ON, ON)
        rows = worklist(snap, question, hiatus_days=365)
        assert worklist(snap, question, hiatus_days=365, limit=7).equals(rows.head(7))
        assert set(worklist(snap, question, hiatus_days=365, reason="low_score")["customer_id"]) == set(NAMES[1:])
        assert "c0" not in set(rows["customer_id"])  # who has come back
        assert worklist(snap, Question(ON, ON, dt.date(2025, 1, 1)), hiatus_days=90).height == 0


def test_an_empty_store_has_an_empty_list(tmp_path: Path) -> None:
    with Store.open(tmp_path / "e.duckdb") as store, store.snapshot() as snap:
        assert worklist(snap, Question(ON, ON, ON), hiatus_days=90).height == 0


def test_without_a_forecast_what_is_at_stake_is_unknown_and_not_nothing(store: Store) -> None:
    with store.snapshot() as snap:
        question = Question(ON, ON, ON)
        listed = worklist(snap, question, hiatus_days=365)
        counts = unfolded(worklist_summary(snap, question, hiatus_days=365, limit=400), "counts")
    assert listed.height and listed["stake"].null_count() == listed.height
    assert counts["customers"].sum() >= listed.height
    assert counts["stake"].null_count() == counts.height
