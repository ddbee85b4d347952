"""How many examples a law is tried on: as many as it says, and in a search (`make fuzz`) that many times more."""

from hypothesis import settings

USUAL = 100  # examples of a law that says nothing


def examples(count: int) -> settings:
    """The settings of a law whose examples are dear (or cheap): so many where all the others have USUAL."""
    return settings(max_examples=count * settings.default.max_examples // USUAL)
