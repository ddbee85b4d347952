"""What is sent, whatever the way, and the two ways in which sending goes wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.errors import RapportError


@dataclass(frozen=True)
class Message:
    """A title, lines below it, a link and, by e-mail, a page as attachment. Plain text: each channel escapes in its own way.

    `key` is the same whenever the same alert tells the same period, so that a receiver can tell a repetition.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    link: str = ""
    link_name: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    attachment: tuple[str, str] | None = None  # file name, HTML

    @property
    def text(self) -> str:
        """The lines and the link, without the title."""
        return "\n".join([*self.lines, *([f"{self.link_name}: {self.link}"] if self.link else [])])


class NotSent(RapportError):
    """It did not go out; `again`: trying later may help. The sentence holds no address, password or answer of a server."""

    def __init__(self, template: str, /, *, again: bool, **values: object) -> None:
        super().__init__(template, **values)
        self.again = again


class Unsure(RapportError):
    """It may have gone out: the line broke after all was handed over. It is not sent again by itself."""
