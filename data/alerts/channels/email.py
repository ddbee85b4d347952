"""E-mail by SMTP: text and HTML, with the page of a subscription as attachment."""

import contextlib
import html
import smtplib
import socket
import ssl
from collections.abc import Iterator
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from data.alerts.channels import addresses
from data.alerts.channels.deadline import Deadline
from data.alerts.channels.message import Message, NotSent, Unsure
from data.alerts.channels.setup import Mail, Setup
from data.errors import RapportError
from metrics.texts import N_

DEADLINE_SECONDS = 30.0  # for the whole exchange, a page of some megabytes included
MOST_RECIPIENTS = 20
NOT_SET_UP = N_("E-mail is not set up: an administrator sets RAPPORT_SMTP_URL and RAPPORT_MAIL_FROM.")


def recipients(target: str, setup: Setup) -> list[str]:
    """The addresses of a target, with commas between; RapportError for one that cannot be one, or that the settings do not allow."""
    if setup.mail is None:
        raise RapportError(NOT_SET_UP)
    found = [part.strip() for part in target.replace(";", ",").split(",") if part.strip()]
    if not 1 <= len(found) <= MOST_RECIPIENTS:
        raise RapportError(N_("Give 1 to {most} e-mail addresses, with commas between."), most=MOST_RECIPIENTS)
    for address in found:
        if not addresses.is_address(address):
            raise RapportError(N_("“{address}” is no e-mail address."), address=" ".join(address.split())[:80])
        domain = address.rpartition("@")[2].lower()
        if setup.mail.domains and domain not in setup.mail.domains:
            raise RapportError(N_("Mail to “{domain}” is not allowed here (RAPPORT_MAIL_DOMAINS)."), domain=domain)
    return found


def send(message: Message, target: str, setup: Setup) -> None:
    """Hand the message to the mail server, once for all recipients: if it refuses one of them, nobody gets it."""
    to = recipients(target, setup)
    assert setup.mail is not None
    data = as_bytes(message, setup.mail, to)
    try:
        with Deadline(DEADLINE_SECONDS) as deadline, _taking_leave(_connected(setup.mail, deadline)) as server:
            _envelope(server, setup.mail, to)
            _hand_over(server, data)
    except smtplib.SMTPAuthenticationError:
        raise NotSent(N_("The mail server does not accept the user and password that are set."), again=True) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code) from None
    except (OSError, smtplib.SMTPException):  # what it says may quote addresses and passwords
        raise NotSent(
            N_("The mail server cannot be reached, or its TLS certificate is not trusted."), again=True
        ) from None


def as_bytes(message: Message, mail: Mail, to: list[str]) -> bytes:
    """The message as it goes over the line.

    Names from data lie in the title. The subject is encoded whole, here: Python's own way would decode encoded words that a name holds,
    line breaks and all, and loses spaces where it folds.
    """
    subject = Header(one_line(message.title), "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {subject}\r\n".encode() + _mail(message, mail, to).as_bytes(policy=SMTP)


def _mail(message: Message, mail: Mail, to: list[str]) -> EmailMessage:
    made = EmailMessage()
    made["From"] = Address(mail.sender_name, addr_spec=mail.sender)
    made["To"] = ", ".join(to)
    made["Date"] = formatdate(localtime=True)
    made["Message-ID"] = f"<{message.key}@{mail.sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("\n".join([message.title, "", message.text, ""]))
    made.add_alternative(_as_html(message), subtype="html")
    if message.attachment:
        name, page = message.attachment
        made.add_attachment(page, subtype="html", filename=name)
    return made


def one_line(text: str) -> str:
    """The text on one line, without what is not printable."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def _as_html(message: Message) -> str:
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in message.lines)
    link = f'<p><a href="{html.escape(message.link)}">{html.escape(message.link_name)}</a></p>' if message.link else ""
    title = html.escape(message.title)
    return f'<!doctype html><meta charset="utf-8"><title>{title}</title><body><h2>{title}</h2>{lines}{link}</body>'


class _Server(smtplib.SMTP):
    """A mail server that is heard until the deadline."""

    def __init__(self, mail: Mail, deadline: Deadline) -> None:
        self._mail, self._deadline, self.trusted = mail, deadline, ssl.create_default_context()
        super().__init__(mail.host, mail.port)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002 - the deadline is its time
        line = self._deadline.connect(self._deadline.addresses(host, port))
        return self.trusted.wrap_socket(line, server_hostname=host) if self._mail.tls == "on" else line


def _connected(mail: Mail, deadline: Deadline) -> smtplib.SMTP:
    server = _Server(mail, deadline)
    try:
        if mail.tls == "starttls":
            server.starttls(context=server.trusted)
        if mail.user:
            server.login(mail.user, mail.password)
    except BaseException:
        server.close()
        raise
    return server


@contextlib.contextmanager
def _taking_leave(server: smtplib.SMTP) -> Iterator[smtplib.SMTP]:
    """Say goodbye at the end. Whatever the server answers: it has the message by then, and an error would have it sent again."""
    try:
        yield server
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def _envelope(server: smtplib.SMTP, mail: Mail, to: list[str]) -> None:
    server.ehlo_or_helo_if_needed()
    code, _said = server.mail(mail.sender)
    if code != 250:
        raise _refused(code)
    for place, address in enumerate(to, 1):
        code, _said = server.rcpt(address)
        if code not in (250, 251):
            raise NotSent(
                N_("The mail server refuses recipient {place} (code {code}); nobody got the message."),
                again=code < 500,
                place=place,
                code=code,
            )


def _hand_over(server: smtplib.SMTP, data: bytes) -> None:
    """From the first byte of the message on, a broken line leaves it open whether the server has it."""
    try:
        code, _said = server.data(data)
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code) from None
    except (OSError, smtplib.SMTPServerDisconnected):
        raise Unsure(N_("The mail server did not confirm the message: it may have arrived or not.")) from None
    if code != 250:
        raise _refused(code)


def _refused(code: int) -> NotSent:
    return NotSent(N_("The mail server refuses the message (code {code})."), again=code < 500, code=code)
