"""One end for a whole exchange with a server: finding it, connecting, encrypting, sending, and every byte of its answer."""

import contextlib
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from types import TracebackType


class Deadline:
    """Used as a context. The time of a socket counts for each read alone, so a server that sends a byte now and then would never end:
    at the deadline the line is cut, which ends whatever waits for it, under encryption too.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._line: socket.socket | None = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> "Deadline":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._line is not None:
            self._line.close()

    def addresses(self, host: str, port: int) -> list[tuple[str, int]]:
        """Where a host is found; OSError when it is not in time.

        Who asks the system for it cannot be stopped: it is asked on a thread of its own, which is left behind at the deadline.
        """
        found: Future[list[tuple[str, int]]] = Future()

        def look() -> None:
            try:
                entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                found.set_result([(str(entry[4][0]), port) for entry in entries])
            except BaseException as error:  # whoever waits gets it
                found.set_exception(error)

        threading.Thread(target=look, name="finding a host", daemon=True).start()
        return found.result(self._left())

    def connect(self, addresses: Sequence[tuple[str, int]]) -> socket.socket:
        """A line to the first of the addresses that takes one; OSError when none does in time."""
        error: OSError = OSError("no address")
        for address in addresses:
            try:
                line = socket.create_connection(address, self._left())
            except OSError as failed:
                error = failed
                continue
            self._line = line.dup()  # encryption takes the other one over
            self._timer = threading.Timer(max(self._ends - time.monotonic(), 0), self._cut)
            self._timer.daemon = True
            self._timer.start()
            return line
        raise error

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _cut(self) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError):  # it has ended meanwhile
                self._line.shutdown(socket.SHUT_RDWR)
