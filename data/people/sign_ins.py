"""Sign-ins that ended before their time: after “sign out” a copied cookie opens nothing, in any tab and on any machine."""

import datetime as dt
import hashlib
import json
import logging
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from data.errors import NoRoom
from data.store.store import Store

LOG = logging.getLogger("rapport.sign_ins")
WRITE_SECONDS = 5.0  # so long a sign-out waits for its row
KEPT = 100_000  # the newest; older ones have long run out. By number, since a clock that jumps must not forget any

_known: dict[str, set[str]] = {}  # store path → ended sign-ins; asked for on every run, so kept in memory
_lock = (
    threading.Lock()
)  # every run and message asks for it: nobody waits for anything under it but for a look into the file
_writing = ThreadPoolExecutor(1, thread_name_prefix="rapport-sign-outs")


def fingerprint(claims: Mapping[str, object]) -> str:
    """What names one sign-in: a hash of its claims, among them when it was made and the provider's nonce."""
    return hashlib.sha256(json.dumps(dict(claims), sort_keys=True, default=str).encode()).hexdigest()


def end(store: Store, sign_in: str) -> None:
    """The sign-in of this fingerprint opens nothing from now on."""
    known = _ended(store)
    with _lock:
        if sign_in in known:
            return
        known.add(sign_in)
    with suppress(TimeoutError):  # it holds already, and is written when the file may be
        _writing.submit(_write, store, sign_in).result(WRITE_SECONDS)


def _write(store: Store, sign_in: str) -> None:
    try:
        with store.noting() as cursor:
            cursor.execute("insert into ended_sessions values ($1, $2)", [sign_in, dt.datetime.now()])
            newest = "select rowid from ended_sessions order by rowid desc limit $1"
            cursor.execute(f"delete from ended_sessions where rowid not in ({newest})", [KEPT])
    except NoRoom as error:  # a full disk keeps nobody signed in
        LOG.error("A sign-out holds until the next start only: %(reason)s", {"reason": str(error)})


def ended(store: Store, sign_in: str) -> bool:
    """Whether the sign-in was ended."""
    return sign_in in _ended(store)


def _ended(store: Store) -> set[str]:
    path = str(store.path)
    with _lock:
        if path not in _known:
            with store.reading() as cursor:
                _known[path] = {name for (name,) in cursor.execute("select session from ended_sessions").fetchall()}
        return _known[path]
