"""What is served: app.py behind a guard, compression and security headers. `make run` and every deployment start this file.

`streamlit run asgi.py` listens where .streamlit/config.toml says: 127.0.0.1:8501, unless STREAMLIT_SERVER_PORT says
otherwise.
"""

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager

from data.errors import RapportError
from data.people import policy
from data.settings import Settings
from pages.frame.registry import ENTRIES
from pages.frame.start import serving
from pages.shared.serving import frames, runs
from pages.shared.serving.compression import Compression
from pages.shared.serving.guard import Guard, is_loopback
from pages.shared.serving.headers import SecurityHeaders
from pages.shared.serving.health import Health
from pages.shared.serving.logs import RequestLog, configure, show_failure
from pages.shared.serving.messages import Messages
from pages.shared.serving.return_to import ReturnTo
from pages.shared.serving.unread import Unread
from pages.shared.session import auth, site

# Until st.navigation has run once, Streamlit takes pages/ for its own folder of scripts, and tells the first visitor who follows
# a link to a cold server that there is no such page.
PagesManager.uses_pages_directory = False


async def overview(request: Request) -> RedirectResponse:
    """The first page has its address at /, whatever Streamlit is told; a link that names it keeps its view."""
    return RedirectResponse(request.url.replace(path="/", scheme="", netloc=""))


def check_settings() -> None:
    """End the start with one sentence when the settings are wrong, or would serve others without asking who they are."""
    try:
        settings, address = Settings.read(), st.get_option("server.address") or "0.0.0.0"
        signed = bool(auth.providers())
        if signed and settings.open_view:
            raise RapportError("RAPPORT_OPEN and a sign-in provider are both set. Take one away.")
        if not (signed or settings.open_view or is_loopback(address)):
            raise RapportError(
                "Rapport does not serve {address} without sign-in, because anybody there could read and delete everything. "
                "Configure a provider (docs/deployment.md), or set RAPPORT_OPEN=view to let everybody read.",
                address=address,
            )
        policy.read(settings.access)
    except RapportError as error:
        sys.exit(str(error))


site.know(ENTRIES)
check_settings()
if Settings.read().json_logs:
    configure()
frames.bound()
runs.begin()
app = st.App(
    Path(__file__).with_name("app.py"),
    routes=[Route("/overview", overview)],
    middleware=[
        Middleware(RequestLog),
        Middleware(SecurityHeaders),
        Middleware(Unread),
        Middleware(Guard),
        Middleware(Health),
        Middleware(Messages),
        Middleware(ReturnTo),
        Middleware(Compression),
    ],
    lifespan=serving,
    on_script_error=show_failure,
)
