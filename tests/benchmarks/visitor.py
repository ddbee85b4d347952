"""A session without a browser: Streamlit's protocol, as far as it takes to open a view and read what it shows."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from websockets.sync.client import ClientConnection, connect

PATIENCE_SECONDS = 120
# Elements that hold what a person has set or a file of this session, and no number of the page.
OF_THE_SESSION = frozenset(
    ["button", "button_group", "date_input", "download_button", "number_input", "radio", "selectbox", "text_input"]
)
NOT_SHOWN = OF_THE_SESSION | {"empty", "spinner"}  # a slow run waits with a spinner, and leaves an empty place


class Broken(Exception):
    """The page showed an error, or nothing."""


@dataclass(frozen=True)
class Shown:
    """A view: its title, and a mark that is the same for the same texts, tables and charts."""

    title: str
    mark: str
    parts: dict[tuple[int, ...], str] = field(
        default_factory=dict
    )  # of what kind and content each element is, by its place

    def differing(self, other: "Shown") -> list[str]:
        """The elements that only one of the two has, or that differ: place and kind."""
        places = sorted(place for place in self.parts | other.parts if self.parts.get(place) != other.parts.get(place))
        return [f"{place} {(self.parts.get(place) or other.parts[place]).split()[0]}" for place in places]


class Visitor:
    """One open session. `look` may be called again and again, as someone does who changes pages and filters."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line

    def ask(self, code: str, view: dict[str, str]) -> None:
        """Open a page at a view, and wait for nothing."""
        message = BackMsg()
        message.rerun_script.query_string = urlencode(view)
        message.rerun_script.page_script_hash = calc_hash(code) if code else ""
        self._line.send(message.SerializeToString())

    def look(self, code: str, view: dict[str, str]) -> Shown:
        """Open a page at a view; what it shows, once the script has run to its end. Raises Broken for an error on the page."""
        self.ask(code, view)
        title, error = "", ""
        elements: dict[tuple[int, ...], tuple[str, bytes]] = {}
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(self._line.recv(timeout=PATIENCE_SECONDS))  # type: ignore[arg-type]
            kind = answer.WhichOneof("type")
            if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                element = answer.delta.new_element
                what = element.WhichOneof("type")
                place = tuple(answer.metadata.delta_path)
                elements[place] = (what, element.SerializeToString(deterministic=True))
                if what == "exception":
                    error = element.exception.message
                elif what == "heading" and element.heading.tag == "h1":
                    title = element.heading.body
            elif kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                if error or not title:
                    raise Broken(error or "The page has no title.")
                return shown(title, elements)
            elif kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise Broken("The script does not compile.")


def shown(title: str, elements: dict[tuple[int, ...], tuple[str, bytes]]) -> Shown:
    """The view that has these elements: by place, kind and content."""
    digest, parts = hashlib.sha256(), {}
    for place, (what, content) in sorted(elements.items()):
        if what not in NOT_SHOWN:
            digest.update(f"{place} {what} ".encode() + content)
            parts[place] = f"{what} {hashlib.sha256(content).hexdigest()[:16]}"
    return Shown(title, digest.hexdigest(), parts)


@contextmanager
def visiting(server: str) -> Iterator[Visitor]:
    """A session with the server at this address until the block ends."""
    line = server.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(
        line, subprotocols=["streamlit"], origin=server, max_size=None, open_timeout=60, ping_interval=None
    ) as opened:  # type: ignore[arg-type,list-item]
        yield Visitor(opened)
