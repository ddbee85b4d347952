"""What a session hears of a browser: messages that a page of ours sends, from who may send them, and nothing else.

Streamlit takes every message of its protocol from every session: one of them empties the caches of the whole process.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

import duckdb
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState

from data.errors import RapportError
from data.people.access import Person
from pages.shared.serving.cookies import claims
from pages.shared.session import auth, visit

LOG = logging.getLogger("rapport.access")
UNKNOWN = "Who sends a message could not be found out: %(reason)s"

# Each kind of message that a page of ours sends, and who may send it. What is not named is dropped.
RERUN = "rerun_script"
KINDS: dict[str, Callable[[Person], bool]] = {
    RERUN: lambda _person: True,
    "stop_script": lambda _person: (
        True
    ),  # the button that Streamlit shows while a page is worked out; of this session alone
    "file_urls_request": lambda person: person.may("change"),
    "backend_operation_request": lambda _person: True,
}
OPERATIONS = ("deferred_file", "dataframe_chunk")  # a file to take away; more rows of a long table
# The widgets that we use send these; the others are of widgets that no page has.
VALUES = (
    "trigger_value",
    "bool_value",
    "double_value",
    "string_value",
    "string_array_value",
    "json_value",
    "json_trigger_value",
    "file_uploader_state_value",
)
# Where nobody is signed in there are these widgets and no others.
OF_THE_DOOR = re.compile(
    rf"\$\$ID-[0-9a-f]+-({auth.SIGN_IN}-[^/]{{1,100}}|{auth.SIGN_OUT}|filter\.{auth.LANGUAGE}\.[a-z]+)"
)
OF_THE_DOOR_VALUES = ("trigger_value", "string_array_value")

MOST_BYTES, MOST_BYTES_AT_THE_DOOR = 1 << 20, 1 << 16
# What is in a message is gone through here and by Streamlit, on the loop of the server. A page has some dozens of widgets.
MOST_PARTS, MOST_QUERY_CHARACTERS, MOST_QUERY_FIELDS = 1_000, 1 << 14, 1_000
# Messages at once, and then so many a second: more wait in their own line.
PACE, PACE_AT_THE_DOOR = (100, 20.0), (10, 1.0)
STANDING_SECONDS = 5.0  # for so long it holds who somebody was found to be; each run of a page asks anew
PROTOCOL_ERROR, UNSUPPORTED, TOO_BIG = 1002, 1003, 1009

# Who somebody is may take a look into the store, which the loop of the server must not wait for.
_asking = ThreadPoolExecutor(4, thread_name_prefix="rapport-door")


class Messages:
    """Hands on what `Line` lets through; ends the line of who does not speak the protocol."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        line, closed = Line(HTTPConnection(scope)), False

        async def receive_ours() -> Message:
            nonlocal closed
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                try:
                    data = await line.let_through(message.get("bytes"))
                except Broken as broken:
                    closed = True
                    await send({"type": "websocket.close", "code": broken.code})
                    return {"type": "websocket.disconnect", "code": broken.code}
                if data is not None:
                    return {"type": "websocket.receive", "bytes": data}

        async def send_while_open(message: Message) -> None:
            if not closed:
                await send(message)

        await self.app(scope, receive_ours, send_while_open)


class Broken(Exception):
    """The line is to be ended, with this code of RFC 6455."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Pace:
    """So many at once, then so many a second."""

    at_once: float
    a_second: float
    left: float
    at: float

    def wait_seconds(self, now: float) -> float:
        """Count one; how long it has to wait."""
        self.left = min(self.at_once, self.left + (now - self.at) * self.a_second) - 1
        self.at = now
        return max(0.0, -self.left / self.a_second)


class Line:
    """The connection of one browser: who is at its other end, and what it asked last."""

    def __init__(self, connection: HTTPConnection) -> None:
        self._connection = connection
        self._link: str | None = None
        self._person: Person | None = None
        self._known_until = -1.0
        self._known_link: str | None = None
        self._asked: object = None
        self._paces = {
            known: Pace(*pace, pace[0], monotonic()) for known, pace in ((True, PACE), (False, PACE_AT_THE_DOOR))
        }

    async def let_through(self, data: bytes | None) -> bytes | None:
        """The message as the session may hear it; None for one that is dropped. Raises Broken."""
        if data is None:
            raise Broken(UNSUPPORTED)  # text: Streamlit's pages send none
        if len(data) > (MOST_BYTES if self._person else MOST_BYTES_AT_THE_DOOR):  # the first of a line is small too
            raise Broken(TOO_BIG)
        message = BackMsg()
        try:
            message.ParseFromString(data)
        except Exception:  # whatever it was: the same for every message that is none
            raise Broken(PROTOCOL_ERROR) from None
        message.DiscardUnknownFields()
        _count(message, MOST_PARTS)
        if message.WhichOneof("type") == RERUN:
            self._link = _link_in(message.rerun_script.query_string) or self._link
        person = await self._standing()
        if person is None and len(data) > MOST_BYTES_AT_THE_DOOR:
            raise Broken(TOO_BIG)
        if seconds := self._paces[person is not None].wait_seconds(monotonic()):
            await asyncio.sleep(seconds)
        return message.SerializeToString() if self._allows(message, person) else None

    async def _standing(self) -> Person | None:
        """Who is at the other end, as the link allows that the browser is in; None for nobody."""
        now = monotonic()
        if now > self._known_until or self._link != self._known_link:
            before, asked = self._person, self._link
            self._person = await asyncio.get_running_loop().run_in_executor(_asking, self._who, asked)
            self._known_until, self._known_link = monotonic() + STANDING_SECONDS, asked
            if before is not None and self._person is None:
                self._asked = None  # the page that says so is yet to be seen
        return self._person

    def _who(self, link: str | None) -> Person | None:
        try:
            own = auth.own_by(lambda: claims(self._connection))
            # in a link that opens nothing, a person who signed in still has the way out of it
            return own or visit.person_under(link, own)
        except (RapportError, OSError, duckdb.Error) as error:  # the page will say it
            LOG.error(UNKNOWN, {"reason": type(error).__name__})
            return None

    def _allows(self, message: BackMsg, person: Person | None) -> bool:
        kind = message.WhichOneof("type")
        if kind not in KINDS:
            return False
        if (
            kind == "backend_operation_request"
            and message.backend_operation_request.WhichOneof("payload") not in OPERATIONS
        ):
            return False
        if kind == RERUN:
            _keep(message.rerun_script, lambda widget: widget.WhichOneof("value") in VALUES)
        if person is None:
            return kind == RERUN and self._is_new_at_the_door(message.rerun_script)
        return KINDS[kind](person)

    def _is_new_at_the_door(self, state: ClientState) -> bool:
        """Whether somebody whom nobody knows asks for the first page, for another address or language, or presses a button of the door;
        all else is left out. A run shows the same as the one before it otherwise, and need not be."""
        if state.fragment_id or state.is_auto_rerun:
            return False
        _keep(state, _is_of_the_door)
        widgets = state.widget_states.widgets
        chosen = tuple(sorted(each.SerializeToString() for each in widgets if not each.trigger_value))
        asked = (state.query_string, state.page_script_hash, state.page_name, chosen)
        if asked == self._asked and not any(each.trigger_value for each in widgets):
            return False
        self._asked = asked
        return True


def _count(message: Any, left: int) -> int:
    """How many more parts, such as widgets, values of a list and names of files, the message may have. Raises Broken."""
    for field, value in message.ListFields():
        parts = value if field.is_repeated else (value,)
        left -= len(parts) if field.is_repeated else 0
        if left < 0:
            raise Broken(TOO_BIG)
        if field.message_type:
            for part in parts:
                left = _count(part, left)
    return left


def _link_in(query: str) -> str | None:
    """The link that an address names, if any. Raises Broken."""
    if len(query) > MOST_QUERY_CHARACTERS or query.count("&") >= MOST_QUERY_FIELDS:
        raise Broken(TOO_BIG)
    return parse_qs(query).get(visit.PARAMETER, [None])[-1]


def _keep(state: ClientState, wanted: Callable[[WidgetState], bool]) -> None:
    kept = [widget for widget in state.widget_states.widgets if wanted(widget)]
    if len(kept) < len(state.widget_states.widgets):
        del state.widget_states.widgets[:]
        state.widget_states.widgets.extend(kept)


def _is_of_the_door(widget: WidgetState) -> bool:
    return widget.WhichOneof("value") in OF_THE_DOOR_VALUES and OF_THE_DOOR.fullmatch(widget.id) is not None
