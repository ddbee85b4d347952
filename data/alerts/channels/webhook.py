"""Webhooks: one POST of JSON to a host that the administrator allows. Nothing is followed, nothing else can be reached."""

import http.client
import json
import ssl
from urllib.parse import SplitResult, urlsplit

from data.alerts.channels.deadline import Deadline
from data.alerts.channels.formats import FORMATS
from data.alerts.channels.message import Message, NotSent, Unsure
from data.alerts.channels.reach import is_public
from data.alerts.channels.setup import Place, Setup
from data.errors import RapportError
from metrics.texts import N_

DEADLINE_SECONDS = 10.0  # for the whole exchange
LONGEST_URL, LONGEST_ANSWER_BYTES = 2000, 65_536
TEMPORARY = (408, 425, 429)


def target_of(url: str, secret: str = "") -> str:
    """The target of a webhook as it is kept."""
    return json.dumps({"url": url, "secret": secret})


def read_target(target: str) -> tuple[str, str]:
    """Address and secret of a kept target."""
    told = json.loads(target)
    return told["url"], told["secret"]


def masked(target: str) -> str:
    """The host and the last four characters of the address: enough to tell two apart, too little to use."""
    parts = urlsplit(read_target(target)[0])
    return f"{parts.hostname}/…{parts.geturl()[-4:]}"


def host(target: str) -> str:
    """The host of a kept target."""
    return urlsplit(read_target(target)[0]).hostname or ""


def place_of(url: str, setup: Setup) -> Place:
    """The allowed place that the address lies in; RapportError, without the address, when there is none."""
    parts = _parts(url)
    port = parts.port or {"https": 443, "http": 80}[parts.scheme]
    for place in setup.places:
        if (place.scheme, place.host, place.port) == (parts.scheme, (parts.hostname or "").lower(), port):
            return place
    if parts.scheme == "http":
        raise RapportError(N_("A webhook must begin with https://."))
    raise RapportError(
        N_("Webhooks to “{host}” are not allowed; an administrator allows hosts in RAPPORT_WEBHOOK_HOSTS."),
        host=parts.hostname,
    )


def send(channel: str, message: Message, target: str, setup: Setup, *, time: float) -> None:
    """Post the message in the channel's format; NotSent or Unsure when it was not taken."""
    form = FORMATS[channel]
    url, secret = read_target(target)
    place = place_of(url, setup)
    parts = _parts(form.signed_url(url, secret, time))
    body = json.dumps(form.signed_body(form.body(message), secret, time), ensure_ascii=False).encode()
    status, answer = _post(place, parts, body, message.key)
    if 200 <= status < 300:
        form.accepted(answer)
    elif status < 200:  # a word on the way, where an answer was expected
        raise Unsure(N_("“{host}” did not answer: the message may have arrived or not."), host=place.host)
    elif 300 <= status < 400:
        raise NotSent(N_("The service points to another address, which is not followed."), again=False)
    else:
        again = status >= 500 or status in TEMPORARY
        raise NotSent(N_("The service refuses the message (HTTP {status})."), again=again, status=status)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and not parts.username and not parts.password
        parts.port  # noqa: B018  (raises for what is none)
    except ValueError:
        known = False
    if not known or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise RapportError(N_("This is not the address of a webhook; it begins with https:// and holds no password."))
    return parts


def _post(place: Place, parts: SplitResult, body: bytes, key: str) -> tuple[int, bytes]:
    """Status and answer. Until all is handed over, an error means not sent; after that nobody knows."""
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Rapport", "Idempotency-Key": key}
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with Deadline(DEADLINE_SECONDS) as deadline:
        connection = _Pinned(place, deadline)
        try:
            try:
                connection.request("POST", path, body, headers)
            except (OSError, http.client.HTTPException):  # what it says may quote the address
                raise NotSent(
                    N_("“{host}” cannot be reached, or its certificate is not trusted."), again=True, host=place.host
                ) from None
            try:
                with (
                    connection.getresponse() as answer
                ):  # closing the connection leaves it open where it ends with its answer
                    return answer.status, answer.read(LONGEST_ANSWER_BYTES)
            except (OSError, http.client.HTTPException):
                raise Unsure(
                    N_("“{host}” did not answer: the message may have arrived or not."), host=place.host
                ) from None
        finally:
            connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the very address that was checked: a name that answers otherwise a moment later leads nowhere else."""

    def __init__(self, place: Place, deadline: Deadline) -> None:
        super().__init__(place.host, place.port)
        self._place, self._deadline = place, deadline

    def connect(self) -> None:
        place = self._place
        addresses = self._deadline.addresses(place.host, place.port)
        if not place.named and not all(is_public(address) for address, _port in addresses):
            raise NotSent(
                N_("“{host}” lies in a private network, where no webhook goes."), again=False, host=place.host
            )
        line = self._deadline.connect(addresses)
        if place.scheme == "https":
            try:
                self.sock = ssl.create_default_context().wrap_socket(line, server_hostname=place.host)
            except BaseException:
                line.close()
                raise
        else:
            self.sock = line
