"""The store is never asked on the event loop of the server: while it is opened, an older file is brought up to date or written anew, a loop
that waits for it serves nobody, and the watchdog would end a healthy server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
# Of each layer and each kind of route, one that has to be among what was asked for.
ASKED = (
    "a session",
    "PUT /_stcore/upload_file/x/x",
    "POST /_stcore/upload_file/x/x",
    "DELETE /_stcore/upload_file/x/x",
    "GET /auth/login",
    "GET /auth/logout",
    "GET /oauth2callback",
    "GET /_stcore/health",
    "GET /_stcore/script-health-check",
    "GET /_stcore/host-config",
    "GET /media/x",
    "GET /overview",
    "GET /nps",
)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict:
    db = tmp_path_factory.mktemp("loop") / "s.duckdb"
    run = subprocess.run(
        [sys.executable, "-m", "tests.pages.shared.serving.loop"],
        cwd=ROOT, env={**os.environ, "RAPPORT_DB": str(db), "RAPPORT_OPEN": "no"}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found: dict = json.loads(run.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("name", ASKED)
def test_nothing_that_is_served_asks_the_store_on_the_loop(seen: dict, name: str) -> None:
    assert seen["met"][name] == []


def test_no_other_route_does(seen: dict) -> None:
    assert {name: met for name, met in seen["met"].items() if met} == {}


@pytest.mark.parametrize(
    "place", ["guard.py:_may_upload", "return_to.py:_end", "messages.py:_who", "opened.py:answers"]
)
def test_each_layer_that_needs_the_store_asks_it_on_a_thread(seen: dict, place: str) -> None:
    assert place in seen["asked elsewhere"]
