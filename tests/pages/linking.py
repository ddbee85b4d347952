"""Links made and opened in tests of pages."""

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data.people import links
from data.people.access import Person
from data.people.links import Link
from data.store.store import Store
from metrics.dimension import FILTERS
from pages.shared.session import auth, cached
from tests.data.rows import nps, order, take

NOW = dt.datetime(2026, 11, 24, 18, 41)
VIEW = {
    "from": ["2026-04-01"], "to": ["2026-06-30"], "as_of": ["2026-07-18"], "vs": ["before"],
    **{dimension.code: ["all"] for dimension in FILTERS}, "region": ["East China"],
}  # fmt: skip


def public(**changes: object) -> Link:
    """A public link to NPS of East China, which has a year to go."""
    ends = dt.datetime.combine(dt.datetime.now().date() + dt.timedelta(days=365), dt.time())
    made = Link("public", "nps", VIEW, "ada@example.com", NOW, pages=("nps",), locked=True, expires_at=ends)
    return replace(made, **changes)  # type: ignore[arg-type]


def signed_in(monkeypatch: pytest.MonkeyPatch, person: Person | None) -> None:
    """From here on sessions belong to this person, where people sign in."""
    monkeypatch.setattr(auth, "mode", lambda: auth.Mode.SIGN_IN)
    monkeypatch.setattr(auth, "claims", dict)
    monkeypatch.setattr(auth, "person_of", lambda _claims: person)


def token_of(store: Store, link: Link) -> str:
    """Create the link; its token."""
    return links.token(store, links.make(store, link))


def pin(app: AppTest) -> str:
    """Press the button that pins what is shown; the token of the link."""
    app.button(key="share-pin").click().run()
    assert not app.exception
    store = cached.store()
    return links.token(store, links.listing(store)[0])


def carry_on(store: Store) -> None:
    """Three more imports and an undo: half of all orders have another amount, half of all answers the lowest score, each third
    customer a new order; and the first of the three is taken back."""
    with store.snapshot() as snap:
        ids = snap.customers().select("customer_key", "customer_id").collect("polars").to_native()
        orders, feedback = (
            rows.collect("polars").to_native().join(ids, on="customer_key", how="left").drop("customer_key")
            for rows in (snap.orders(), snap.feedback())
        )
    dearer = orders.sort("order_id").gather_every(2).with_columns(pl.col("amount") * 3 + 0.1)
    lower = feedback.sort("feedback_id").gather_every(2).with_columns(score=pl.col("scale_low"))
    customers = sorted(ids["customer_id"])[::3]
    days = [f"2026-0{month}-15" for month in (2, 3, 5, 6)]
    more = [order(f"{day} {who}", who, day, 1_000.1) for who in customers for day in days]
    first = take(store, orders=orders.sort("order_id").head(100).with_columns(amount=pl.lit(1.0)).to_dicts())
    take(store, orders=dearer.to_dicts(), feedback=lower.to_dicts())
    award = {"source": "later", "kind": "earn", "points": 50_000.0, "moved_at": dt.datetime(2026, 5, 15, 12)}
    said = [
        nps(who, who, "2026-05-15", place % 11, comment="Too expensive, and the delivery was late.")
        for place, who in enumerate(customers)
    ]
    rated = [
        {
            **one,
            "response_id": one["feedback_id"],
            "item": item,
            "score": float((place * step) % 5 + 1),
            "scale_low": 1.0,
            "scale_high": 5.0,
        }
        for place, one in enumerate(said)
        for item, step in (
            ("quality", 1),
            ("price", 3),
            ("free returns functional", 2),
            ("free returns dysfunctional", 4),
        )
    ]
    take(
        store,
        orders=more,
        feedback=said,
        answers=rated,
        points=[{**award, "movement_id": who, "customer_id": who} for who in customers],
    )
    store.undo(first.import_id)
