"""Every error that a person may read: a sentence template in English, with its values, so that a page can show it in the reader's language."""


class RapportError(Exception):
    """`str(error)` is the sentence in English; `error.template` and `error.values` are what a page translates and fills."""

    def __init__(self, template: str, /, **values: object) -> None:
        super().__init__(template.format(**values))
        self.template = template
        self.values = values


class Refused(RapportError):
    """What was handed in cannot be taken; nothing was written."""


class StoreError(RapportError):
    """The DuckDB file cannot be used as it is."""


class Cancelled(RapportError):
    """The user stopped the work; nothing was written."""
