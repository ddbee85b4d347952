"""The Markdown that texts of the pages are written in, as HTML and as plain text, for what leaves the browser.

Only what the house writes is known: `**bold**`, `code` in backticks, directives such as `:gray[…]`, icons, line breaks, and the escapes
that `blocks.plain` makes. Everything else, a link or a tag that came with the data, is text and is shown as it is.
"""

import re
from dataclasses import dataclass, field
from html import escape

WORD_JOINER = "\u2060"  # what `blocks.plain` parts links with
CLASSES = ("small", "gray", "orange", "red", "green", "blue", "blue-badge")
_TOKEN = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])|(?P<icon>:material/[a-z0-9_]+:[ \u00a0]?)|(?P<bold>\*\*)|`(?P<code>[^`\n]*)`"
    r"|:(?P<opens>" + "|".join(sorted(CLASSES, key=len, reverse=True)) + r")\[|(?P<open>\[)|(?P<close>\])"
    r"|(?P<line>(?: {2,})?\n+)"
)


@dataclass
class _Mark:
    """A mark with what stands in it; `opened` is how it was written."""

    tag: str
    opened: str = ""
    inside: "_Tree" = field(default_factory=list)


_Tree = list["str | _Mark"]


def html(markdown: str) -> str:
    """The text as HTML in which nothing but the house's own marks is markup."""
    return _html(_parsed(markdown))


def text(markdown: str) -> str:
    """The text without any marks."""
    return _text(_parsed(markdown))


def _parsed(markdown: str) -> _Tree:
    """One pass: a mark that is never closed is text."""
    stack = [_Mark("")]
    place = 0
    source = markdown.replace(WORD_JOINER, "")
    for found in _TOKEN.finditer(source):
        stack[-1].inside.append(source[place : found.start()])
        place = found.end()
        _take(stack, found)
    stack[-1].inside.append(source[place:])
    while len(stack) > 1:
        _give_up(stack)
    return stack[0].inside


def _take(stack: list[_Mark], found: re.Match[str]) -> None:
    kind, content = found.lastgroup, stack[-1].inside
    if kind == "escaped":
        content.append(found["escaped"])
    elif kind == "code":
        content.append(_Mark("code", inside=[found["code"]]))
    elif kind == "line":
        content.append(_Mark("br"))
    elif kind == "opens":
        stack.append(_Mark(found["opens"], found[0]))
    elif kind == "open":
        stack.append(_Mark("[", "["))
    elif kind == "close":
        _close(stack)
    elif kind == "bold" and stack[-1].tag == "strong":
        done = stack.pop()
        stack[-1].inside.append(done)
    elif kind == "bold":
        stack.append(_Mark("strong", "**"))


def _close(stack: list[_Mark]) -> None:
    """The bracket that is open innermost, giving up bold that was begun in it."""
    if not any(mark.opened.endswith("[") for mark in stack):
        stack[-1].inside.append("]")
        return
    while not stack[-1].opened.endswith("["):
        _give_up(stack)
    done = stack.pop()
    stack[-1].inside.extend(["[", *done.inside, "]"] if done.tag == "[" else [done])


def _give_up(stack: list[_Mark]) -> None:
    mark = stack.pop()
    stack[-1].inside.extend([mark.opened, *mark.inside])


def _html(tree: _Tree) -> str:
    return "".join(escape(part) if isinstance(part, str) else _marked(part) for part in tree)


def _marked(mark: _Mark) -> str:
    if mark.tag == "br":
        return "<br>"
    if mark.tag in ("strong", "code"):
        return f"<{mark.tag}>{_html(mark.inside)}</{mark.tag}>"
    return f'<span class="{mark.tag}">{_html(mark.inside)}</span>'


def _text(tree: _Tree) -> str:
    told = (part if isinstance(part, str) else " " if part.tag == "br" else _text(part.inside) for part in tree)
    return "".join(told).strip(" ")
