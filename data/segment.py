"""Who is looked at: a choice of customers by their attributes, as codes. Empty means everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

IN_ADDRESS = {"region": "region", "acquisition_channel": "channel", "tier": "tier"}  # in the data → in an address


@dataclass(frozen=True)
class Segment:
    """Customers whose value of each named attribute is among the given codes. Hashable, so that it can be part of a cache key."""

    region: tuple[str, ...] = ()
    acquisition_channel: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """The attributes that limit the choice, with their codes."""
        return {field.name: codes for field in fields(self) if (codes := getattr(self, field.name))}

    def within(self, other: "Segment") -> "Segment | None":
        """The customers that are in both choices; None when no code is in both, since a Segment without codes means everybody."""
        both: dict[str, tuple[str, ...]] = {}
        for name in (field.name for field in fields(self)):
            own, others = getattr(self, name), getattr(other, name)
            both[name] = tuple(code for code in own if code in others) if own and others else own or others
            if own and others and not both[name]:
                return None
        return Segment(**both)

    def seen_within(self, scope: "Segment") -> "Segment":
        """Whom a number is of that somebody limited to `scope` asked for of this choice: what all words and addresses say.

        A choice that has nobody of the scope is said as it was made: the number is of none of them.
        """
        return self.within(scope) or self

    @property
    def params(self) -> dict[str, list[str]]:
        """The choice as parameters of an address."""
        return {IN_ADDRESS[name]: list(codes) for name, codes in self.chosen.items()}


def of_params(params: Mapping[str, Sequence[str]]) -> Segment:
    """The choice that parameters of an address say; others are passed over."""
    return Segment(**{name: tuple(params.get(said, ())) for name, said in IN_ADDRESS.items()})


EVERYBODY = Segment()
CUSTOMER_ATTRIBUTES = ("region", "acquisition_channel", "tier", "cohort", "cohort_quarter")
