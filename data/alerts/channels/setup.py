"""How messages go out, from the settings of the administrator. Nothing here is shown: passwords are in it."""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from data.alerts.channels import addresses
from data.errors import RapportError
from data.settings import SETTINGS, text
from metrics.texts import N_

TLS = ("starttls", "on", "off")
PORTS = {"starttls": 587, "on": 465, "off": 25}


@dataclass(frozen=True)
class Mail:
    """The mail server. `tls`: "starttls", "on" from the first byte, or "off"."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    sender_name: str = ""
    domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where webhooks may go. `named`: the administrator named it, so it may lie in a private network."""

    scheme: str
    host: str
    port: int
    named: bool


@dataclass(frozen=True)
class Setup:
    """The ways out that are set up."""

    mail: Mail | None = None
    places: tuple[Place, ...] = ()
    address: str = ""

    @classmethod
    def read(cls) -> "Setup":
        """Take them from the environment; RapportError names the variable that cannot be read, never its value."""
        hosts = text("RAPPORT_WEBHOOK_HOSTS")
        usual = _split(SETTINGS["RAPPORT_WEBHOOK_HOSTS"][0])
        places = tuple(_place(entry, entry not in usual) for entry in _split(hosts))
        return cls(_mail(), places, _address(text("RAPPORT_ADDRESS")))


def _split(listed: str) -> list[str]:
    return [part for part in listed.replace(",", " ").split() if part]


def _unreadable(name: str, example: str) -> RapportError:
    return RapportError(N_("{name} cannot be read; write it as {example}."), name=name, example=example)


def _address(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise _unreadable("RAPPORT_ADDRESS", "https://rapport.example.com")
    return value.rstrip("/")


def _place(entry: str, named: bool) -> Place:
    example = "hooks.example.com, http://10.0.0.5:8080"
    try:
        parts = urlsplit(entry if "://" in entry else f"https://{entry}")
        port = parts.port or {"https": 443, "http": 80}[parts.scheme]
    except (ValueError, KeyError) as error:
        raise _unreadable("RAPPORT_WEBHOOK_HOSTS", example) from error
    if not parts.hostname or parts.username or parts.path not in ("", "/"):
        raise _unreadable("RAPPORT_WEBHOOK_HOSTS", example)
    return Place(parts.scheme, parts.hostname, port, named)


def _mail() -> Mail | None:
    url = text("RAPPORT_SMTP_URL")
    if not url:
        return None
    example = "smtp://user:password@mail.example.com:587"
    try:
        parts = urlsplit(url)
        tls = "on" if parts.scheme == "smtps" else parse_qs(parts.query).get("tls", ["starttls"])[0]
        port = parts.port or PORTS[tls]
    except (ValueError, KeyError):  # the error would quote the address, with its password
        raise _unreadable("RAPPORT_SMTP_URL", example) from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or tls not in TLS:
        raise _unreadable("RAPPORT_SMTP_URL", example)
    sender = addresses.sender(text("RAPPORT_MAIL_FROM"))
    if sender is None:
        raise _unreadable("RAPPORT_MAIL_FROM", "Rapport <rapport@example.com>")
    user, password = unquote(parts.username or ""), _password(unquote(parts.password or ""))
    if user and tls == "off" and not _here(parts.hostname):
        raise RapportError(N_("A password is not sent without encryption: take ?tls=off out of RAPPORT_SMTP_URL."))
    domains = tuple(name.lower().removeprefix("@") for name in _split(text("RAPPORT_MAIL_DOMAINS")))
    if not all(map(addresses.is_domain, domains)):
        raise _unreadable("RAPPORT_MAIL_DOMAINS", "example.com, shop.example.com")
    name, address = sender
    return Mail(parts.hostname, port, tls, user, password, address, name, domains)


def _password(given: str) -> str:
    path = text("RAPPORT_SMTP_PASSWORD_FILE")
    if not path:
        return given
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, ValueError):
        raise RapportError(N_("The file that RAPPORT_SMTP_PASSWORD_FILE names cannot be read.")) from None


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
