"""The files that describe a deployment: what they must say, since they cannot be built here."""

import re
import shlex
import shutil
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from data.settings import SETTINGS
from tests.browser.server import free_port
from tests.deploy import dockerfile
from tests.deploy.supervisor import seconds, starts_again
from tests.deploy.unit_file import UNIT, unit

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")
CADDY = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")


def service(name: str) -> str:
    """The lines of one service of compose.yaml."""
    (found,) = re.findall(rf"^  {name}:\n((?:    .*\n|\n)+)", COMPOSE.partition("\nvolumes:")[0] + "\n", re.MULTILINE)
    return str(found)


def test_the_image_runs_as_a_user_of_its_own_and_names_its_base() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    minimum = version["requires-python"].removeprefix(">=")
    assert dockerfile.instructions("FROM") == [f"python:{minimum}-slim-bookworm"]
    assert dockerfile.instructions("USER") == ["10001:10001"]
    assert dockerfile.instructions("VOLUME") == ["/data"]
    assert f"image: rapport:{version['version']}\n" in COMPOSE


def test_the_image_holds_no_secret_no_data_and_no_tests() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8")
    assert not re.search(r"client_secret|cookie_secret|password|token", lines, re.IGNORECASE)
    for name in (
        ".streamlit/secrets.toml",
        "config/secrets.toml",
        "data/rapport.duckdb",
        "data/rapport.duckdb.wal",
        "data/local/orders.csv",
        "tests/conftest.py",
        ".git/config",
        ".env",
        "pages/__pycache__/x.pyc",
        "README.md",
    ):
        assert dockerfile.ignored(name), name
    for name in ("app.py", "asgi.py", ".streamlit/config.toml", "data/profiles/olist.toml", "requirements.txt"):
        assert not dockerfile.ignored(name), name


def test_everything_that_runs_is_in_the_image() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    runs = [
        name for name in tracked if name.startswith(("data/", "metrics/", "pages/", "locale/", "app.py", "asgi.py"))
    ]
    assert len(runs) > 100
    assert [name for name in runs if dockerfile.ignored(name)] == []


def test_the_health_check_asks_for_the_health_of_the_script() -> None:
    assert "/_stcore/script-health-check" in dockerfile.health_check()[-1]
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["server"]["scriptHealthCheckEnabled"] is True


@pytest.mark.parametrize("name", ["rapport", "caddy"])
def test_each_service_has_no_more_rights_than_it_needs(name: str) -> None:
    lines = service(name)
    for line in (
        "read_only: true",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
        "restart: unless-stopped",
    ):
        assert f"    {line}\n" in lines
    assert re.search(r"^    mem_limit: \d+[gm]$", lines, re.MULTILINE)


def test_only_caddy_is_reached_from_outside_and_config_is_read_only() -> None:
    assert "ports:" not in service("rapport")
    assert '    ports: ["80:80", "443:443"]\n' in service("caddy")
    assert "      - ./config:/config:ro\n" in service("rapport")
    assert "      - ./deploy/Caddyfile:/etc/caddy/Caddyfile:ro\n" in service("caddy")
    assert "      - data:/data\n" in service("rapport")


def test_the_proxy_speaks_tls_alone_and_keeps_the_inside_inside() -> None:
    assert CADDY.count("{") == CADDY.count("}")
    assert 'Strict-Transport-Security "max-age=31536000"' in CADDY
    assert "reverse_proxy {$RAPPORT_UPSTREAM:127.0.0.1:8501}" in CADDY
    assert "http://" not in CADDY
    (inside,) = re.findall(r"@inside path (.*)", CADDY)
    assert inside.split() == ["/_stcore/script-health-check", "/_stcore/metrics", "/_stcore/agent/*"]
    limit = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["server"]["maxUploadSize"]
    assert int(re.findall(r"max_size (\d+)MB", CADDY)[0]) >= limit


def test_the_unit_starts_what_the_image_starts() -> None:
    python, *rest = unit()["ExecStart"].split()
    assert python.endswith("/.venv/bin/python")
    assert ["python", *rest] == dockerfile.command()
    assert unit()["ProtectSystem"] == "strict"


def test_where_memory_runs_out_the_reader_of_an_upload_goes_and_the_server_stays() -> None:
    # without it systemd ends the whole unit when the system ends any process of it
    assert unit()["OOMPolicy"] == "continue"


class Asked(BaseHTTPRequestHandler):
    """Answers each check as it was told to."""

    answers: ClassVar[list[int]] = []

    def do_GET(self) -> None:
        self.send_response(Asked.answers.pop(0))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("answers", "restarted"),
    [
        ([200], False),
        ([503, 200], False),
        ([503, 503, 200], False),
        ([503, 503, 503], True),
        ([404, 500, 503], True),
        ([], True),  # nobody listens
    ],
)
def test_the_unit_is_started_again_when_its_check_fails_three_times(
    answers: list[int], restarted: bool, tmp_path: Path
) -> None:
    text = (ROOT / "deploy" / "rapport-health.service").read_text("utf-8").replace("\\\n", "")
    (told,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    note = tmp_path / "restarted"
    with HTTPServer(("127.0.0.1", 0), Asked) as server:
        Asked.answers = list(answers)
        thread = threading.Thread(target=lambda: [server.handle_request() for _ in answers], daemon=True)
        thread.start()
        port = server.server_port if answers else free_port()
        for place, there in {
            "/opt/rapport/.venv/bin/python": sys.executable,
            "127.0.0.1:8501": f"127.0.0.1:{port}",
            "sleep 20": "true",
            "/usr/bin/systemctl restart rapport.service": f"touch {note}",
        }.items():
            assert place in told
            told = told.replace(place, there)
        done = subprocess.run(shlex.split(told), capture_output=True, timeout=60, check=False)
        thread.join(20)
    assert (done.returncode, note.exists(), Asked.answers) == (0, restarted, [])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("name", ["rapport-health.timer", "rapport-health.service"])
def test_systemd_understands_the_units(name: str, tmp_path: Path) -> None:
    """`rapport.service` names a Python that is not here, so it is given one."""
    for each in (ROOT / "deploy").glob("rapport*"):
        text = each.read_text("utf-8").replace("/opt/rapport/.venv/bin/python", sys.executable)
        (tmp_path / each.name).write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / name)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if "rapport" in line]) == (0, [])


def test_the_proxy_tells_visitors_apart() -> None:
    """Without it all who do not sign in would have one turn between them."""
    assert '      FORWARDED_ALLOW_IPS: "*"' in service("rapport")
    assert "ports:" not in service("rapport")  # or anybody could say that he is somebody else


def test_the_unit_is_what_systemd_understands(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not on this machine")
    # verify looks for the program, which is not where the unit expects it
    here = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT.read_text("utf-8"), flags=re.MULTILINE)
    copy = tmp_path / UNIT.name
    copy.write_text(here, "utf-8")
    run = subprocess.run([verify, "verify", "--man=no", copy], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert UNIT.name not in run.stderr, run.stderr  # a key that it does not know is a warning


def test_a_server_that_ends_is_started_again_by_unit_and_compose() -> None:
    service = unit()
    assert service["Restart"] == "always"
    assert 1 <= seconds(service["RestartSec"]) <= 10
    assert seconds(service["TimeoutStopSec"]) <= 30  # one that stands still does not hear that it should end
    assert re.search(r"^StartLimitIntervalSec=0$", UNIT.read_text("utf-8"), re.MULTILINE)  # however often
    assert "    restart: unless-stopped\n" in COMPOSE.partition("  caddy:")[0]
    # the watchdog's seconds and all of this come to less than 90
    default, _meaning = SETTINGS["RAPPORT_WATCHDOG_SECONDS"]
    assert int(default) + seconds(service["RestartSec"]) <= 70


@pytest.mark.parametrize(
    ("restart", "code", "again"),
    [
        ("always", 0, True),
        ("always", 1, True),
        ("always", -9, True),
        ("on-failure", 0, False),
        ("on-failure", 1, True),
        ("on-failure", -6, True),
        ("on-failure", -15, False),
        ("on-abort", 1, False),
        ("on-abort", -6, True),
        ("on-success", 0, True),
        ("on-success", 1, False),
        ("no", 1, False),
    ],
)
def test_the_supervisor_of_the_tests_goes_by_restart(restart: str, code: int, again: bool) -> None:
    assert starts_again(restart, code) is again


@pytest.mark.parametrize(("text", "value"), [("5", 5), ("5s", 5), ("100ms", 0.1), ("1min 30s", 90)])
def test_the_supervisor_of_the_tests_reads_spans_of_time(text: str, value: float) -> None:
    assert seconds(text) == value


def test_the_commands_of_the_guide_are_run_as_the_unit_runs() -> None:
    guide = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    words = [word for key, line in unit().items() if key.startswith("Environment") for word in line.split()]
    (db,) = [word.partition("=")[2] for word in words if word.startswith("RAPPORT_DB=")]
    python = unit()["ExecStart"].split()[0].removeprefix(unit()["WorkingDirectory"] + "/")
    told = re.findall(r"^sudo -u .*", guide, re.MULTILINE)
    assert [re.findall(r"data\.\w+", line)[0] for line in told] == ["data.backup", "data.restore", "data.person"]
    for line in told:
        assert line.startswith(f"sudo -u {unit()['User']} {python} -m data."), line
        assert f" --db {db} " in line
    assert guide.count(f"cd {unit()['WorkingDirectory']}") >= len(told)


def test_no_deployment_sets_what_rapport_does_not_know() -> None:
    told = [*dockerfile.environment(), *re.findall(r"^      (RAPPORT_\w+):", service("rapport"), re.MULTILINE)]
    told += [
        word.partition("=")[0] for key, line in unit().items() if key.startswith("Environment") for word in line.split()
    ]
    assert {name for name in told if name.startswith("RAPPORT_")} <= set(SETTINGS)
    assert len(told) > 15
