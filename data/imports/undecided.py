"""What a file leaves open and a person can answer: how its dates, numbers or letters are written."""

from data.errors import Refused


class Undecided(Refused):
    """The file can be read once a person answers `option` ("date_order", "decimal", "encoding"); nothing was written.

    The sentence asks; `remedy` says how the answer is given on the command line, which a page has no use for.
    """

    def __init__(self, template: str, /, *, option: str, answers: tuple[str, ...], **values: object) -> None:
        super().__init__(template, **values)
        self.option = option
        self.answers = answers

    @property
    def remedy(self) -> str:
        return "Say " + " or ".join(f"--value {self.option}={answer}" for answer in self.answers) + "."
