"""The files that describe a deployment: what they must say, since they cannot be built here."""

import configparser
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from data.settings import SETTINGS
from tests import dockerfile

ROOT = Path(__file__).parents[1]
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


def unit() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    text = (ROOT / "deploy" / "rapport.service").read_text("utf-8")
    numbered = iter(range(9))
    parser.read_string(re.sub(r"^Environment=", lambda _: f"Environment{next(numbered)}=", text, flags=re.MULTILINE))
    return parser["Service"]


def test_the_unit_starts_what_the_image_starts() -> None:
    python, *rest = unit()["ExecStart"].split()
    assert python.endswith("/.venv/bin/python")
    assert ["python", *rest] == dockerfile.command()
    assert unit()["ProtectSystem"] == "strict"


def test_where_memory_runs_out_the_reader_of_an_upload_goes_and_the_server_stays() -> None:
    # without it systemd ends the whole unit when the system ends any process of it
    assert unit()["OOMPolicy"] == "continue"


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
