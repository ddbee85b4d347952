"""The raw line of a browser to a session, without a browser: for messages that no page of ours would send."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME, XSRF_COOKIE_NAME
from websockets.sync.client import ClientConnection, connect

COOKIE_SECRET = "a secret of this test alone, long enough"
PATIENCE_SECONDS = 60


def cookie(server: str, who: str) -> str:
    """What Streamlit keeps in the browser of somebody who has signed in."""
    told = {
        "origin": server,
        "is_logged_in": True,
        "iat": time.time(),
        "sub": who,
        "email": who,
        "email_verified": True,
    }
    return (
        f"{USER_COOKIE_NAME}={create_signed_value(COOKIE_SECRET, USER_COOKIE_NAME, json.dumps(told)).decode('latin-1')}"
    )


@contextmanager
def line(server: str, who: str | None = None) -> Iterator[ClientConnection]:
    """A line to the server at this address until the block ends, of nobody or of who has signed in."""
    told, token = {}, "none"
    if who is not None:
        token = generate_xsrf_token_string()
        told = {"Cookie": f"{XSRF_COOKIE_NAME}={token}; {cookie(server, who)}"}
    with connect(
        server.replace("http", "ws", 1) + "/_stcore/stream",
        subprotocols=["streamlit", token],  # type: ignore[list-item]
        origin=server,  # type: ignore[arg-type]
        additional_headers=told,
        max_size=None,
        open_timeout=60,
        ping_interval=None,
        compression=None,
    ) as opened:
        yield opened


def rerun(code: str = "", **view: str) -> BackMsg:
    """What a page sends to be shown."""
    message = BackMsg()
    message.rerun_script.query_string = urlencode({"lang": "en", **view})
    message.rerun_script.page_script_hash = calc_hash(code) if code else ""
    return message


def heard(opened: ClientConnection, *, seconds: float = PATIENCE_SECONDS) -> Iterator[ForwardMsg]:
    """What comes until the run of the script has ended. TimeoutError when nothing comes for so long."""
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(opened.recv(timeout=seconds))  # type: ignore[arg-type]
        yield answer
        if answer.WhichOneof("type") == "script_finished":
            return


def title(opened: ClientConnection, code: str = "", *, seconds: float = PATIENCE_SECONDS, **view: str) -> str:
    """Open a page; its title, or the message of the error that it shows."""
    opened.send(rerun(code, **view).SerializeToString())
    found = ""
    for answer in heard(opened, seconds=seconds):
        if answer.WhichOneof("type") == "delta" and answer.delta.WhichOneof("type") == "new_element":
            element = answer.delta.new_element
            if element.WhichOneof("type") == "exception":
                found = found or element.exception.message
            elif element.WhichOneof("type") == "heading" and element.heading.tag == "h1":
                found = found or element.heading.body
    return found
