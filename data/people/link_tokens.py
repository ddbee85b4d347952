"""The token of a link: a random id and a seal over it that only this store can make. What the link shows stays in the store."""

import hashlib
import hmac
import secrets
import string

from data.sql import first_row
from data.store.store import Store

ALPHABET = string.digits + string.ascii_letters  # nothing that a chat program takes for the end of an address
ID_CHARACTERS, SEAL_CHARACTERS, SEAL_BYTES = 10, 22, 16
SECRET_BYTES = 32
KNOWN = "select value from meta where key = 'link_secret'"


def new_id() -> str:
    """A random id: 62^10 of them, and an id alone opens nothing."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_CHARACTERS))


def token(secret: bytes, link_id: str) -> str:
    """The token of an id."""
    return link_id + _seal(secret, link_id)


def id_in(secret: bytes, text: str) -> str | None:
    """The id in a token that was made with this secret; None for any other text, whatever an address can hold."""
    if len(text) != ID_CHARACTERS + SEAL_CHARACTERS or not set(text) <= set(ALPHABET):
        return None
    link_id = text[:ID_CHARACTERS]
    return link_id if hmac.compare_digest(token(secret, link_id), text) else None


def known_secret(store: Store) -> bytes | None:
    """The secret of the store; None before it was needed, so that no link can have been made."""
    with store.reading() as cursor:  # links are read on a full disk too
        found = first_row(cursor, KNOWN)
    return bytes.fromhex(found[0]) if found else None


def secret(store: Store) -> bytes:
    """The secret of the store, made when it is first needed. It goes along in a backup, and so do the links."""
    if found_secret := known_secret(store):
        return found_secret
    with store.noting() as cursor:  # a write, so that two who need it first agree on one
        found = first_row(cursor, KNOWN)
        text = str(found[0]) if found else secrets.token_hex(SECRET_BYTES)
        if not found:
            cursor.execute("insert into meta values ('link_secret', $secret)", {"secret": text})
    return bytes.fromhex(text)


def _seal(secret: bytes, link_id: str) -> str:
    """128 bits of HMAC-SHA256, in the alphabet of the id."""
    digest = hmac.new(secret, link_id.encode("ascii"), hashlib.sha256).digest()
    rest, characters = int.from_bytes(digest[:SEAL_BYTES], "big"), []
    for _ in range(SEAL_CHARACTERS):
        rest, place = divmod(rest, len(ALPHABET))
        characters.append(ALPHABET[place])
    return "".join(characters)
