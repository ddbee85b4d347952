"""`python -m tests.pages.shared.serving.loop`: the app as it is served, asked for everything that it serves, in a process where the
store refuses whoever asks for it on an event loop. Prints where it was asked by what; JSON."""

import asyncio
import itertools
import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg

import asgi
from data.store.store import Store
from pages.shared.serving import guard, messages, return_to
from pages.shared.session import auth, opened

HOST = "http://rapport.example.com"
METHODS = ("GET", "PUT", "POST", "DELETE")
ASKS_THE_STORE = ("reading", "noting", "snapshot", "imports", "merge", "changing")
met: list[str] = []
asked_elsewhere: set[str] = set()


def _off_the_loop(function: Callable[..., Any]) -> Callable[..., Any]:
    def checked(*given: Any, **named: Any) -> Any:
        if asyncio._get_running_loop() is not None:
            met.append("".join(traceback.format_stack(limit=6)[:-1]))
            raise AssertionError("the store is asked on the loop")
        asked_elsewhere.update(f"{Path(frame.filename).name}:{frame.name}" for frame in traceback.extract_stack())
        return function(*given, **named)

    return checked


def refuse_the_loop() -> None:
    """Have the store refuse, under whatever name a module knows it."""
    known, checked = opened.store, _off_the_loop(opened.store)
    for name, module in list(sys.modules.items()):
        if name.startswith(("pages.", "data.")) and vars(module).get("store") is known:
            module.store = checked  # type: ignore[attr-defined]
    for name in ASKS_THE_STORE:
        setattr(Store, name, _off_the_loop(getattr(Store, name)))


def sign_in() -> None:
    """Everybody who asks is somebody."""
    times = itertools.count()  # each signs in anew: one of them signs out
    for module in (guard, messages, return_to):
        module.claims = lambda _: {"iat": time.time(), "email": "ada@example.com", "nonce": next(times)}  # type: ignore[attr-defined]
    auth.providers = lambda: [None]  # type: ignore[assignment]


def routes(found: list[BaseRoute]) -> Iterator[BaseRoute]:
    for route in found:
        yield from routes(list(route.routes)) if isinstance(route, Mount) and route.routes else [route]


def filled(path: str) -> str:
    """The path of a route with something for each of its parts."""
    return "/" + "/".join("x" if part.startswith("{") else part for part in path.strip("/").split("/"))


def listen(client: TestClient) -> None:
    """A session that looks at a page, follows a link, and asks for files."""
    rerun, link, files, stop = BackMsg(), BackMsg(), BackMsg(), BackMsg(stop_script=True)
    rerun.rerun_script.SetInParent()
    link.rerun_script.query_string = "link=nothing"
    files.file_urls_request.file_names.append("a.csv")
    with client.websocket_connect("/_stcore/stream") as line:
        for message in (rerun, link, files, stop):
            line.send_bytes(message.SerializeToString())
        line.receive_bytes()


def main() -> None:
    found: dict[str, list[str]] = {}
    sign_in()
    with TestClient(asgi.app, base_url=HOST, raise_server_exceptions=False, follow_redirects=False) as client:
        opened.store()
        refuse_the_loop()

        def ask(name: str, work: Callable[[], object]) -> None:
            met.clear()
            with suppress(Exception):
                work()
            found.setdefault(name, []).extend(met)

        for route in routes(list(asgi.app._starlette_app.routes)):
            if isinstance(route, WebSocketRoute):
                ask("a session", lambda: listen(client))
            elif isinstance(route, Route):
                for method in METHODS:
                    path = filled(route.path)
                    ask(f"{method} {path}", lambda path=path, method=method: client.request(method, path))
            else:
                ask("GET /", lambda: client.get("/"))
        ask("GET /nps", lambda: client.get("/nps"))
    sys.stdout.write(json.dumps({"met": found, "asked elsewhere": sorted(asked_elsewhere)}))


if __name__ == "__main__":
    main()
