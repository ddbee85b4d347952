"""What a person wrote and cannot be understood: an English sentence template with its values, for a page in any language."""


class RuleError(ValueError):
    """A tier rule that cannot be read. `str(error)` is the sentence in English; a page translates `template` and fills in `values`."""

    def __init__(self, template: str, /, **values: object) -> None:
        super().__init__(template.format(**values))
        self.template = template
        self.values = values
