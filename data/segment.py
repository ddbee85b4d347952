"""Who is looked at: a choice of customers by their attributes, as codes. Empty means everybody."""

from dataclasses import dataclass, fields


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


EVERYBODY = Segment()
CUSTOMER_ATTRIBUTES = ("region", "acquisition_channel", "tier", "cohort", "cohort_quarter")
