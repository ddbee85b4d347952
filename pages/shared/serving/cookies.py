"""Who an HTTP request is of: Streamlit checks its signed cookie on the line to a session only, and these are needed before there is one."""

import json

from starlette.requests import HTTPConnection
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from pages.shared.session import auth


def claims(connection: HTTPConnection) -> dict[str, object]:
    """The claims in Streamlit's signed cookie; empty without one that was signed here."""
    secret = get_cookie_secret()

    def signed(name: str) -> bytes | None:
        value = connection.cookies.get(name)
        return decode_signed_value(secret, name, value.encode("latin-1")) if value else None

    found = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    told = json.loads(found) if found else {}
    return auth.cleaned(told) if told.get("is_logged_in") else {}
