"""Texts as SQL literals, and names that may be SQL names."""

import re
from collections.abc import Iterable


def quote(text: str) -> str:
    """The text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """Texts as the inside of an SQL list."""
    return ", ".join(map(quote, texts))


def safe_name(text: str) -> str:
    """A field or role name of a profile as an SQL name; anything else is a mistake in the profile."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", text):
        raise ValueError(f"“{text}” is not a field name of a profile")
    return text
