"""“Spend 100, get 50”: what a voucher for a later purchase really takes off. Arithmetic, without data.

A first purchase of at least `spend` gives `voucher` for each full `spend`; the next purchase of at least `least` takes it off. With the
share `breakage` nobody comes back with it. The price paid is what customers pay over what the goods are worth, both as expected.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Voucher:
    """An offer; `once`: one voucher however large the purchase is."""

    spend: float
    voucher: float
    least: float = 0.0
    once: bool = True

    @property
    def nominal(self) -> float:
        """What it seems to take off: of the purchase that earns it."""
        return self.voucher / self.spend

    def earned(self, first: float) -> float:
        """The vouchers that a purchase earns."""
        full = int(first / self.spend + 1e-9)
        return self.voucher * (min(full, 1) if self.once else full)

    def used(self, first: float, second: float) -> float:
        """What the next purchase takes off; never more than it costs."""
        return min(self.earned(first), second) if second >= self.least else 0.0

    def paid_share(self, first: float, second: float, *, breakage: float = 0.0) -> float:
        """The price paid, as a share of what the goods of both purchases are worth: 0.75 is a quarter off."""
        comes = 1 - breakage
        paid = first + comes * (second - self.used(first, second))
        return paid / (first + comes * second)
