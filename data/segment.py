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


EVERYBODY = Segment()
CUSTOMER_ATTRIBUTES = ("region", "acquisition_channel", "tier", "cohort", "cohort_quarter")
