"""Sessions whose browser has gone: kept for a while, as Streamlit does so that a break of the line loses nothing, but without descriptors.

Streamlit gives each session an event loop, which is three descriptors, and drops the sessions that it keeps without a word: with people
who come and go the process would hold up to 384 of them. No page of ours uses that loop.
"""

import asyncio

from streamlit import config
from streamlit.runtime import get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.session_manager import SessionInfo

AGAIN_SECONDS = 0.5


class Resting(MemorySessionStorage):
    """Streamlit's storage, in which a session has no open event loop."""

    def save(self, session_info: SessionInfo) -> None:
        super().save(session_info)
        self._close(session_info.session)

    def get(self, session_id: str) -> SessionInfo | None:
        found: SessionInfo | None = super().get(session_id)
        if found and found.session._script_event_loop.is_closed():
            found.session._script_event_loop = asyncio.new_event_loop()
        return found

    def _close(self, session: AppSession) -> None:
        """Once its run has ended, unless it has come back meanwhile."""
        if session.id not in self._cache:
            return
        if session._scriptrunner is None:
            session._script_event_loop.close()
        else:
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._close, session)


def keep_without_descriptors() -> None:
    """Have the server that is starting keep its sessions so."""
    storage = Resting(ttl_seconds=config.get_option("server.disconnectedSessionTTL"))
    get_instance()._session_mgr._session_storage = storage  # type: ignore[attr-defined]
