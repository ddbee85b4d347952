"""The calculator of the page Promotions: what a voucher for a later purchase takes off, as it seems and as it is."""

from metrics.programme.voucher import Voucher
from metrics.texts import N_
from pages.programme.promotions.entry import AMOUNTS, MOST
from pages.shared.model import blocks, choices
from pages.shared.model.cards import Card
from pages.shared.session.view import View
from pages.shared.words.texts import _, number, percent, sentences

TITLES = {
    "spend": N_("Spend at least"),
    "voucher": N_("Get a voucher of"),
    "first": N_("First purchase"),
    "second": N_("Purchase with the voucher"),
}
ALMOST = 0.9999  # of twice what earns a voucher: the most that earns one


def section(view: View, measured: float | None) -> None:
    """The choices, and the price paid by them; `measured` is what orders with a discount have off in the data."""
    amounts = {name: float(view.options[name]) for name in AMOUNTS}
    offer = Voucher(amounts["spend"], amounts["voucher"])
    breakage = float(view.options["unused"]) / 100
    expected = offer.paid_share(amounts["first"], amounts["second"], breakage=breakage)
    title = _("“Spend {spend}, get {voucher}” takes {off} off, not {nominal}").format(
        spend=number(amounts["spend"]),
        voucher=number(amounts["voucher"]),
        off=percent(1 - expected),
        nominal=percent(offer.nominal, 0),
    )
    told = (
        _("Measured: orders with a discount had {share} off in this period.").format(share=percent(measured))
        if measured
        else ""
    )
    how = _(
        "The price paid: what customers pay for both purchases, over what the goods are worth. Arithmetic, not data."
    )
    blocks.section(title, sentences(how, told))
    with choices.row(labelled=True):
        for name, text in TITLES.items():
            choices.amount(name, _(text), within=(0.01, MOST), step=10.0)
        choices.amount("unused", _("Vouchers never used, %"), within=(0.0, 100.0), step=1.0)
    most = 2 * offer.spend * ALMOST
    blocks.cards(
        [
            _card("exact", _("Both purchases just reach it"), offer.paid_share(offer.spend, offer.spend)),
            _card("almost", _("Both fall just short of a second one"), offer.paid_share(most, most)),
            _card(
                "chosen", _("Your purchases, all vouchers used"), offer.paid_share(amounts["first"], amounts["second"])
            ),
            _card("expected", _("Your purchases, some never used"), expected),
        ],
        key="voucher",
    )


def _card(id: str, name: str, paid: float) -> Card:
    off = _("{share} off").format(share=percent(1 - paid))
    return {"id": f"voucher:{id}", "name": name, "value": number(100 * paid, 1), "unit": "%", "range": off}
