"""A provider of OpenID Connect on this machine, with people who sign in by a click, and a Rapport that trusts it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.access_file import ACCESS
from tests.browser.idle import settled
from tests.browser.server import Server, end, free_port, serve, wait_until_answered
from tests.lines import COOKIE_SECRET

PEOPLE = ("ada@example.com", "bo@example.com", "vic@example.com", "eva@example.com", "mallory@elsewhere.test")


@contextmanager
def serve_with_sign_in(db: Path, folder: Path, **settings: str) -> Iterator[Server]:
    """Serve `db` behind the provider until the block ends. Administrator ada, analyst bo, viewer vic, eva of East China; mallory has no
    role."""
    with provider(folder / "provider.log") as address:
        port = free_port()
        secrets, access = folder / "secrets.toml", folder / "access.toml"
        secrets.write_text(secrets_of(port, address))
        access.write_text(ACCESS)
        with serve(db, folder / "log", port=port, secrets=secrets, RAPPORT_ACCESS=str(access), **settings) as server:
            yield server


def secrets_of(port: int, provider: str) -> str:
    """Streamlit's secrets file of a Rapport at this port that trusts the provider at that address."""
    return f"""
        [auth]
        redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
        cookie_secret = "{COOKIE_SECRET}"
        client_id = "rapport"
        client_secret = "also of this test"
        server_metadata_url = "{provider}/.well-known/openid-configuration"
    """


@contextmanager
def provider(log: Path) -> Iterator[str]:
    """The address of the provider, a process of its own."""
    port = free_port()
    users = [json.dumps({"sub": who, "email": who, "name": who.partition("@")[0].capitalize()}) for who in PEOPLE]
    named = [word for user in users for word in ("--user-claims", user)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *named],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_answered(f"{address}/.well-known/openid-configuration", process, log)
            yield address
        finally:
            end(process)


def sign_in(page: Page, who: str) -> None:
    """Press the button of the sign-in page and be this person at the provider."""
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=who).click()
    page.locator("[data-testid=stApp]").wait_for()
    settled(page)
