"""A session without a browser: Streamlit's protocol, as far as it takes to open a view and read its title."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from websockets.sync.client import ClientConnection, connect

PATIENCE_SECONDS = 120


class Broken(Exception):
    """The page showed an error, or nothing."""


class Visitor:
    """One open session. `look` may be called again and again, as someone does who changes pages and filters."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line

    def look(self, code: str, view: dict[str, str]) -> str:
        """Open a page at a view; its title, once the script has run to its end. Raises Broken for an error on the page."""
        message = BackMsg()
        message.rerun_script.query_string = urlencode(view)
        message.rerun_script.page_script_hash = calc_hash(code) if code else ""
        self._line.send(message.SerializeToString())
        title, error = "", ""
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(self._line.recv(timeout=PATIENCE_SECONDS))  # type: ignore[arg-type]
            kind = answer.WhichOneof("type")
            if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                element = answer.delta.new_element
                if element.WhichOneof("type") == "exception":
                    error = element.exception.message
                elif element.WhichOneof("type") == "heading" and element.heading.tag == "h1":
                    title = element.heading.body
            elif kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                if error or not title:
                    raise Broken(error or "The page has no title.")
                return title
            elif kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise Broken("The script does not compile.")


@contextmanager
def visiting(server: str) -> Iterator[Visitor]:
    """A session with the server at this address until the block ends."""
    line = server.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(
        line, subprotocols=["streamlit"], origin=server, max_size=None, open_timeout=60, ping_interval=None
    ) as opened:  # type: ignore[arg-type,list-item]
        yield Visitor(opened)
