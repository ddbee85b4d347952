"""Which addresses are one mailbox, which senders can be read, and which places of the network are outside."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.alerts.channels import Message, NotSent, Setup, email, send
from data.alerts.channels.reach import is_public
from data.alerts.channels.webhook import target_of
from data.errors import RapportError
from tests.data.alerts.servers import Mailbox

INSIDE = [
    "10.0.0.7",
    "127.0.0.1",
    "169.254.169.254",
    "192.168.1.1",
    "172.16.0.1",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "240.0.0.1",
    "224.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.7",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a00:7",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::8.8.8.8",
    "64:ff9b:1:a00:7::",
    "2002:7f00:1::",
    "2002:a00:7::1",
    "2002:c0a8:101::1",
    "2001:0:808:808::1",
    "2001:db8::1",
    "3fff::1",
    "2606:4700::5efe:10.0.0.7",
    "2606:4700::200:5efe:10.0.0.7",
    "fc00::1",
    "fd00::1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "100::1",
    "5f00::1",
    "",
    "localhost",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
]
OUTSIDE = ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"]
MESSAGE = Message("rapport-7-2026-03", "NPS")


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_outside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_what_holds_an_address_is_as_public_as_that(address) -> None:
    plain, whole = is_public(str(address)), int(address)
    assert is_public(f"64:ff9b::{address}") == is_public(f"::ffff:{address}") == plain
    assert is_public(f"2002:{whole >> 16:x}:{whole & 0xFFFF:x}::1") == plain
    assert not is_public(f"::{address}")


@pytest.mark.parametrize(
    "address", ["64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "fec0::1", "ff02::1", "3fff::1"]
)
def test_a_name_that_leads_inside_by_way_of_ipv6_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 443, 0, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("connected"))
    with pytest.raises(NotSent, match="lies in a private network"):
        send("slack", MESSAGE, target_of("https://hooks.slack.com/services/x"), Setup.read())


@pytest.mark.parametrize(
    "address",
    [
        "x%evil.com@example.com",
        "x%evil.com%other.com@example.com",
        "evil.com!x@example.com",
        "@evil.com:x@example.com",
        "<@evil.com:x@example.com>",
        "x@evil.com@example.com",
        "x@example.com@evil.com",
        '"x@evil.com"@example.com',
        '"x y"@example.com',
        "x\\@evil.com@example.com",
        "|sh@example.com",
        "`id`@example.com",
        ".x@example.com",
        "x..y@example.com",
        "x@example.com.",
        "x@-example.com",
        "x@example..com",
        "x@127.0.0.1",
        "x@[IPv6:::1]",
        "x@example.com\r\nRCPT TO:<y@evil.com>",
        "x@exämple.com",
        "x(evil)@example.com",
        f"{'x' * 65}@example.com",
        f"x@{'a.' * 130}com",
    ],
)
def test_what_more_than_one_mailbox_could_be_meant_by_gets_nothing(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("RAPPORT_MAIL_DOMAINS", "example.com")
    with pytest.raises(RapportError):
        send("email", MESSAGE, address, Setup.read())
    monkeypatch.delenv("RAPPORT_MAIL_DOMAINS")
    with pytest.raises(RapportError, match="is no e-mail address"):
        send("email", MESSAGE, address, Setup.read())
    assert mailbox.messages == []


@pytest.mark.parametrize(
    "address", ["ada@example.com", "a.b+c@x-y.example.co.uk", "o'neill@example.com", "root@localhost"]
)
def test_usual_addresses_are_addresses(mailbox: Mailbox, setup: Setup, address: str) -> None:
    assert email.recipients(address, setup) == [address]


@pytest.mark.parametrize(
    "domains", ["x@example.com", "example.com x%evil.com", "*.example.com", "https://example.com", "127.0.0.1"]
)
def test_domains_that_would_never_match_are_named(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, domains: str
) -> None:
    monkeypatch.setenv("RAPPORT_MAIL_DOMAINS", domains)
    with pytest.raises(RapportError, match="RAPPORT_MAIL_DOMAINS cannot be read"):
        Setup.read()


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("rapport@example.com", ""),
        ("Rapport <rapport@example.com>", "Rapport"),
        ('"Rapport, the app" <rapport@example.com>', "Rapport, the app"),
        ("报告 <rapport@example.com>", "报告"),
        ("=?utf-8?b?5oql5ZGK?= <rapport@example.com>", "报告"),
        ("=?utf-8?q?Rapport_=E2=82=AC?= <rapport@example.com>", "Rapport €"),
    ],
)
def test_the_sender_arrives_as_it_was_meant(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, sender: str, name: str
) -> None:
    monkeypatch.setenv("RAPPORT_MAIL_FROM", sender)
    send("email", MESSAGE, "ada@example.com", Setup.read())
    (mail,) = mailbox.messages
    (address,) = mail["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "rapport@example.com")
    assert len(mail.get_all("From", [])) == 1


@pytest.mark.parametrize(
    "sender",
    [
        "=?utf-8?q?a=0ABcc=3A_x?= <rapport@example.com>",
        "=?utf-8?q?a=0D=0ABcc:_x@evil.com?= <rapport@example.com>",
        "=?utf-8?b?YQpCY2M6IHg=?= <rapport@example.com>",
        "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?= <rapport@example.com>",
        "=?no-such?q?a?= <rapport@example.com>",
        "=?utf-8?b?!!?= <rapport@example.com>",
        "=?utf-8?q?boss=40evil=2Ecom?= <rapport@example.com>",
        "boss@evil.com <rapport@example.com>",
        "a <rapport@example.com>, b <other@example.com>",
        "rapport@example.com@evil.com",
        "x%evil.com@example.com",
        "a\nBcc: x@evil.com <rapport@example.com>",
        "nobody",
        "",
    ],
)
def test_a_sender_that_is_not_one_line_is_named(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    monkeypatch.setenv("RAPPORT_MAIL_FROM", sender)
    with pytest.raises(RapportError, match="RAPPORT_MAIL_FROM cannot be read"):
        Setup.read()
