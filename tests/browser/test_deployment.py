"""The deployed app without Docker: the files, the environment and the command of the Dockerfile, as a user who can write nowhere but in the
data and temporary folders."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.idle import settled, visit
from tests.browser.provider import ACCESS, provider, secrets_of, sign_in
from tests.browser.server import end, free_port, wait_until_answered
from tests.deploy import dockerfile

USER = "10001"
CAN_CHANGE_USER = os.getuid() == 0 and shutil.which("setpriv") is not None


class Container:
    """A folder laid out as the container's file system: app, data, config, tmp; and what runs in it."""

    def __init__(self, root: Path) -> None:
        self.app, self.data, self.config, self.tmp = (root / name for name in ("app", "data", "config", "tmp"))
        self.port, self.log = free_port(), root / "log"
        for folder in (self.app, self.data, self.config, self.tmp):
            folder.mkdir()
        self.files = dockerfile.copy_context(self.app)
        for folder in (self.data, self.tmp):
            if CAN_CHANGE_USER:
                os.chown(folder, int(USER), int(USER))
        for path in (self.app, *self.app.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)

    def environment(self, **settings: str) -> dict[str, str]:
        """The container's, with its folders where ours are."""
        told = {name: self.place(value) for name, value in (dockerfile.environment() | settings).items()}
        return {"PATH": os.environ["PATH"], **told, "TMPDIR": str(self.tmp), "STREAMLIT_SERVER_PORT": str(self.port)}

    def place(self, value: str) -> str:
        """Where a path of the container lies here."""
        top, _slash, rest = value.removeprefix("/").partition("/")
        ours = {"data": self.data, "config": self.config, "tmp": self.tmp}
        return str(ours[top] / rest) if value.startswith("/") and top in ours else value

    def argv(self, command: list[str]) -> list[str]:
        as_user = ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"] if CAN_CHANGE_USER else []
        assert command[0] == "python"
        return [*as_user, sys.executable, *command[1:]]

    def start(self, **settings: str) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as output:
            return subprocess.Popen(
                self.argv(dockerfile.command()),
                cwd=self.app,
                env=self.environment(**settings),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def healthy(self) -> bool:
        check = [word.replace(":8501", f":{self.port}") for word in dockerfile.health_check()]
        return subprocess.run(self.argv(check), env=self.environment(), capture_output=True).returncode == 0


@pytest.fixture
def container() -> Iterator[Container]:
    root = Path(tempfile.mkdtemp(prefix="rapport-image-"))  # pytest's own folders are closed to other users
    root.chmod(0o755)
    yield Container(root)
    for path in (root, *root.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(root)


def test_the_image_starts_and_signs_people_in_and_writes_to_its_data_only(container: Container, page: Page) -> None:
    with provider(container.log.with_name("provider.log")) as address:
        (container.config / "secrets.toml").write_text(secrets_of(container.port, address))
        (container.config / "access.toml").write_text(ACCESS)
        process = container.start(RAPPORT_LOGS="json")
        try:
            server = f"http://127.0.0.1:{container.port}"
            wait_until_answered(f"{server}/_stcore/health", process, container.log)
            assert container.healthy()
            visit(page, f"{server}/upload?lang=en")
            expect(page.get_by_role("heading", name="Sign in to see the numbers")).to_be_visible()
            sign_in(page, "ada@example.com")
            page.locator("input[type=file]").set_input_files(
                {"name": "mei.lin@example.com.csv", "mimeType": "text/csv", "buffer": b"\x00mei.lin@example.com;\n" * 9}
            )
            expect(page.get_by_text("mei.lin").first).to_be_visible()
            assert container.healthy()
        finally:
            end(process)
    said = container.log.read_text().lower()
    assert '"path": "/auth"' in said
    for personal in ("mei", "ada@", "cookie_secret", "a secret of this test", "code=", "lang="):
        assert personal not in said
    assert {path.name for path in container.data.iterdir()} <= {"rapport.duckdb", "rapport.duckdb.wal"}
    assert {str(path.relative_to(container.app)) for path in container.app.rglob("*") if path.is_file()} == set(
        container.files
    )


def test_an_open_demo_starts_without_a_provider_and_is_healthy(container: Container, page: Page) -> None:
    process = container.start(RAPPORT_OPEN="view")
    try:
        server = f"http://127.0.0.1:{container.port}"
        wait_until_answered(f"{server}/_stcore/health", process, container.log)
        assert container.healthy()
        visit(page, f"{server}/?lang=en")
        settled(page)
        expect(page.get_by_role("heading", name="Nothing to show yet")).to_be_visible()
        request = urllib.request.Request(f"{server}/_stcore/upload_file/a/b", b"x", method="PUT")
        with pytest.raises(urllib.error.HTTPError, match="403") as refused:
            urllib.request.urlopen(request)
        refused.value.close()
    finally:
        end(process)


def test_without_sign_in_the_image_does_not_start(container: Container) -> None:
    process = container.start()
    try:
        assert process.wait(60) != 0
    finally:
        end(process)
    assert "does not serve 0.0.0.0 without sign-in" in container.log.read_text()
    assert list(container.data.iterdir()) == []


def test_a_page_that_fails_is_unhealthy_and_says_a_reference_that_is_in_the_log(
    container: Container, page: Page
) -> None:
    (container.app / "app.py").chmod(0o644)
    (container.app / "app.py").write_text("raise ValueError('no page for mei.lin@example.com')\n")
    process = container.start(RAPPORT_OPEN="view", RAPPORT_LOGS="json")
    try:
        server = f"http://127.0.0.1:{container.port}"
        wait_until_answered(f"{server}/_stcore/health", process, container.log)
        assert not container.healthy()
        visit(page, server)
        said = page.get_by_text("Tell the administrator this reference").inner_text()
    finally:
        end(process)
    reference = said.rpartition(" ")[2]
    logged = [json.loads(line) for line in container.log.read_text().splitlines() if reference in line]
    assert [(entry["error"], entry["event"]) for entry in logged] == [("ValueError", "A page failed")]
    assert logged[0]["trace"][-1].endswith("app.py:1 <module>")
    assert "mei" not in container.log.read_text() + page.content()
