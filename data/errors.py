"""Every error that a person may read: an English sentence template with its values, so that a page can show it in any language."""


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


class NoRoom(StoreError):
    """The disk has no room for what was to be written; the data are as they were."""


class Busy(StoreError):
    """Something else is being written for longer than whoever asked would wait; nothing was written."""


class Cancelled(RapportError):
    """The user stopped the work; nothing was written."""
