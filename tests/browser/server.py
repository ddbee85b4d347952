"""The real server, started as `make run` starts it, on a port and a data file of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running server: its address, without a slash at the end, and its process."""

    address: str
    pid: int


@contextmanager
def serve(
    db: Path, log: Path, *, port: int | None = None, secrets: Path | None = None, **settings: str
) -> Iterator[Server]:
    """Serve `db` until the block ends, then end this process and no other. `secrets`: where sign-in is configured."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "RAPPORT_DB": str(db), "STREAMLIT_SERVER_PORT": str(port), **settings}
    options = ["--secrets.files", str(secrets)] if secrets else []
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "asgi.py", *options],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_answered(f"{address}/_stcore/health", process, log)
            yield Server(address, process.pid)
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started here."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_answered(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Health only, not the script's: the first visit of a test must find a server that has run no script yet."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with code {process.returncode}:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The server was not healthy after {START_SECONDS} s:\n{log.read_text()}")
