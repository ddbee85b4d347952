"""A page as a file, read as a browser would read it."""

import re
from html.parser import HTMLParser


class Read(HTMLParser):
    """What a browser would make of a file: its tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def needs_nothing(html: str) -> Read:
    """The file, after making sure that it loads nothing, runs nothing and leads nowhere by itself."""
    read = Read(html)
    for tag, attributes in read.tags:
        assert tag not in ("script", "iframe", "object", "embed", "link", "base", "form", "a"), tag
        assert not [name for name in attributes if name.startswith("on")], attributes
        for name in ("src", "href", "action", "poster", "background", "xlink:href", "srcset"):
            assert (attributes.get(name) or "data:image/svg+xml;base64,").startswith("data:image/svg+xml;base64,")
        assert "url(" not in (attributes.get("style") or "")
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style
    assert not re.search(r"url\(|@import|https?:", style[1])
    return read
