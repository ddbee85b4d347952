"""How much a browser may send before its message is whole: the server would keep 200 MB of it, or frames without end."""

from typing import Any

from uvicorn.protocols.websockets import websockets_sansio_impl as lines

from pages.shared.serving.messages import MOST_BYTES, TOO_BIG

MOST_FRAMES = 64

_protocol, _take_more = lines.ServerProtocol, lines.WebSocketsSansIOProtocol.handle_cont


def bound() -> None:
    """Have every line opened from now on end when one message is larger, or in more pieces, than a page of ours ever sends.

    Streamlit has one setting for both directions, and tables that it sends are larger than anything that it hears.
    """
    lines.ServerProtocol = _bounded  # type: ignore[misc,assignment]
    lines.WebSocketsSansIOProtocol.handle_cont = _take_some_more  # type: ignore[assignment,method-assign]


def _bounded(**options: Any) -> Any:
    return _protocol(**{**options, "max_size": MOST_BYTES})


def _take_some_more(line: lines.WebSocketsSansIOProtocol, frame: Any) -> None:
    if line.close_sent:
        return
    if len(line.frames) < MOST_FRAMES:
        _take_more(line, frame)
        return
    line.conn.fail(TOO_BIG, "too many frames")
    line.handle_parser_exception()
