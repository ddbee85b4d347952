"""What one run of the page asks again and again, and need be found out once: who is looking, through which link."""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TypeVar, cast

Found = TypeVar("Found")

_found: ContextVar[dict[str, object] | None] = ContextVar("found_in_this_run", default=None)


@contextlib.contextmanager
def run() -> Iterator[None]:
    """Within the block, on its thread, `once` remembers. Callbacks and fragments run outside of it, and find out anew."""
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


def once(what: str, find: Callable[[], Found]) -> Found:
    """What `find` gives, found out once within a run."""
    found = _found.get()
    if found is None:
        return find()
    if what not in found:
        found[what] = find()
    return cast(Found, found[what])
