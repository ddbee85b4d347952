"""How sound the data are: how far each kind reaches, and how many rows cannot take part in some numbers."""

import datetime as dt

import streamlit as st

from data.settings import Settings
from data.store import condition
from data.store.store import Store
from pages.shared.model import blocks
from pages.shared.model.cards import Card
from pages.shared.session import cached
from pages.shared.words import markup
from pages.shared.words.texts import _, date, number, percent, told


def cards() -> None:
    """One card per kind of rows, and one per weakness of theirs."""
    extent = cached.extent()
    items = [
        _card("orders", _("Orders"), extent.orders, _through(extent.orders_last)),
        _card("feedback", _("Answers"), extent.feedback, _through(extent.feedback_last)),
    ]
    items.append(_card("customers", _("Customers"), extent.customers, _("known by an id")))
    without = cached.without_customer()
    items.append(_card("orders_without", _("Orders without customer"), without[0], _share(without[0], extent.orders)))
    items.append(
        _card("feedback_without", _("Answers without customer"), without[1], _share(without[1], extent.feedback))
    )
    if extent.currency:
        note = _("orders not in {currency}, not summed").format(currency=extent.currency)
        items.append(_card("currency", _("In another currency"), extent.other_currency_orders, note))
    blocks.cards(items, key="health")


def warnings(opened: Store) -> None:
    """What somebody has to look after."""
    for sentence in condition.warnings(opened, Settings.read(), dt.datetime.now()):
        st.warning(markup.plain(told(sentence)), icon=":material/warning:")


def _card(code: str, name: str, n: int, note: str) -> Card:
    return {"id": code, "name": name, "value": number(n), "range": note}


def _through(last: dt.date | None) -> str:
    return _("through {date}").format(date=date(last)) if last else _("none yet")


def _share(n: int, total: int) -> str:
    return _("{share} of them").format(share=percent(n / total)) if total else _("none yet")
