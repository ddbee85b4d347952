"""Addresses of e-mail that mean one mailbox to every server on the way, and the sender as a name and an address."""

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import parseaddr

LONGEST = 254
# Without what servers of old read as a way to somewhere else (x%evil.com@…, evil.com!x@…), or hand to a program (|x@…, `x`@…).
_LOCAL = r"[A-Za-z0-9#$&'*+/=?^_{}~-]+(?:\.[A-Za-z0-9#$&'*+/=?^_{}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"(?:{_LABEL}\.)*(?!\d+$){_LABEL}"  # the last part of a name is no number: that would be a machine
ADDRESS = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>{_DOMAIN})")


def is_address(text: str) -> bool:
    """Whether it is one address, of one mailbox, by the name of its domain: no quotes, no route, no second @."""
    found = ADDRESS.fullmatch(text)
    return found is not None and len(text) <= LONGEST and len(found["local"]) <= 64


def is_domain(text: str) -> bool:
    """Whether it is the name of a domain."""
    return re.fullmatch(_DOMAIN, text) is not None and len(text) <= LONGEST


def sender(text: str) -> tuple[str, str] | None:
    """Name and address of a sender, with encoded words read; None for what is not one name before one address, or holds a line."""
    name, address = parseaddr(text)
    try:
        name = str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, ValueError):
        return None
    whole = not any(mark in name for mark in ("=?", "?=", "@")) and ("=?" not in text or name)
    read = whole and text.isprintable() and name.isprintable() and text.count("@") == 1
    return (name, address) if read and is_address(address) else None
