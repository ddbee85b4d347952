"""E-mail through a real server: what arrives, what is refused, and that no secret is told."""

import logging

import pytest

from data.alerts.channels import Message, NotSent, Setup, Unsure, email, send
from data.errors import RapportError
from tests.data.alerts.servers import CERTIFICATE, PASSWORD, USER, Mailbox, mail_server

MESSAGE = Message(
    "rapport-7-2026-03",
    "NPS (East) fell below 30: 24.1",
    ("March: 24.1.", "Definition: <b>a & b</b>"),
    "https://r.example.com/nps?from=2026-03-01&to=2026-03-31",
    "Open in Rapport",
)


def test_text_and_html_arrive(mailbox: Mailbox, setup: Setup) -> None:
    send("email", MESSAGE, "ada@example.com, ben@example.org", setup)
    (mail,) = mailbox.messages
    assert mailbox.recipients == [["ada@example.com", "ben@example.org"]]
    assert mail["Subject"] == MESSAGE.title
    assert mail["From"] == "Rapport <rapport@example.com>"
    assert mail["Message-ID"] == "<rapport-7-2026-03@example.com>"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and html is not None
    assert "Definition: <b>a & b</b>" in text.get_content()
    assert MESSAGE.link in text.get_content()
    assert "<p>Definition: &lt;b&gt;a &amp; b&lt;/b&gt;</p>" in html.get_content()
    assert 'href="https://r.example.com/nps?from=2026-03-01&amp;to=2026-03-31"' in html.get_content()


def test_chinese_arrives_whole(mailbox: Mailbox, setup: Setup) -> None:
    title = "净推荐值（华东）跌破 30：24.1（20.3 至 27.9），812 份答卷，2026年3月" * 3
    send("email", Message("k", title, ("上一周期：31.2。",)), "ada@example.com", setup)
    body = mailbox.messages[0].get_body(("plain",))
    assert mailbox.messages[0]["Subject"] == title
    assert body is not None and "上一周期：31.2。" in body.get_content()


def test_a_page_comes_as_attachment(mailbox: Mailbox, setup: Setup) -> None:
    send("email", Message("k", "t", attachment=("nps-2026-03.html", "<p>净推荐值</p>")), "ada@example.com", setup)
    (page,) = mailbox.messages[0].iter_attachments()
    assert page.get_filename() == "nps-2026-03.html"
    assert page.get_content().strip() == "<p>净推荐值</p>"


@pytest.mark.parametrize(
    "name",
    [
        "a\r\nBcc: eve@example.com",
        "a\nX-Evil: 1",
        "a\x00b",
        "a\u2028Bcc: x",
        "=?utf-8?q?=0ABcc:_x?=",
        "\r\n.\r\nMAIL FROM:<x>",
    ],
)
def test_a_name_from_data_makes_no_header(mailbox: Mailbox, setup: Setup, name: str) -> None:
    send("email", Message("k", f"NPS ({name})", (f"line {name}",)), "ada@example.com", setup)
    (mail,) = mailbox.messages
    assert mailbox.recipients == [["ada@example.com"]]
    assert {"Bcc", "X-Evil"} & set(mail.keys()) == set()
    assert len(mail.get_all("Subject", [])) == 1
    head = mailbox.raw[0].partition(b"\r\n\r\n")[0]
    assert not any(line.startswith((b"Bcc", b"X-Evil")) for line in head.split(b"\r\n"))


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("", "Give 1 to 20"),
        (", ;", "Give 1 to 20"),
        ("ada", "“ada” is no e-mail address"),
        ("ada@example.com\nBcc: eve@example.com", "is no e-mail address"),
        ("Ada <ada@example.com>", "is no e-mail address"),
        ("ada@example.com>, <eve@example.com", "is no e-mail address"),
        ("ada@[127.0.0.1]", "is no e-mail address"),
        (",".join(f"a{place}@example.com" for place in range(21)), "Give 1 to 20"),
    ],
)
def test_what_is_no_address_is_refused(mailbox: Mailbox, setup: Setup, target: str, sentence: str) -> None:
    with pytest.raises(RapportError, match=sentence):
        send("email", MESSAGE, target, setup)
    assert mailbox.messages == []


def test_only_listed_domains_get_mail(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_MAIL_DOMAINS", "example.com, @shop.cn")
    setup = Setup.read()
    assert email.recipients("ada@Example.com;li@shop.cn", setup) == ["ada@Example.com", "li@shop.cn"]
    with pytest.raises(RapportError, match=r"Mail to “evil\.com” is not allowed"):
        send("email", MESSAGE, "ada@example.com,x@evil.com", setup)
    with pytest.raises(RapportError, match="not allowed"):
        send("email", MESSAGE, "x@sub.example.com", setup)
    assert mailbox.messages == []


@pytest.mark.parametrize(
    ("answer", "again"),
    [("451 try later", True), ("452 full", True), ("550 spam with s3cret", False), ("554 no", False)],
)
def test_a_refusal_says_whether_later_may_help_and_no_more(
    mailbox: Mailbox, setup: Setup, answer: str, again: bool
) -> None:
    mailbox.answers.append(answer)
    with pytest.raises(NotSent) as caught:
        send("email", MESSAGE, "ada@example.com", setup)
    assert caught.value.again is again
    assert str(caught.value) == f"The mail server refuses the message (code {answer[:3]})."


def test_one_refused_recipient_means_nobody_gets_it(mailbox: Mailbox, setup: Setup) -> None:
    mailbox.refused.add("ben@example.com")
    with pytest.raises(NotSent, match="refuses recipient 2") as caught:
        send("email", MESSAGE, "ada@example.com, ben@example.com", setup)
    assert not caught.value.again
    assert mailbox.messages == []


def test_a_line_that_breaks_after_the_message_leaves_it_open(mailbox: Mailbox, setup: Setup) -> None:
    mailbox.answers.append("break")
    with pytest.raises(Unsure, match="may have arrived or not"):
        send("email", MESSAGE, "ada@example.com", setup)
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize("farewell", ["421 closing", "500 what?", "break"])
def test_what_the_server_says_at_the_end_sends_nothing_again(mailbox: Mailbox, setup: Setup, farewell: str) -> None:
    mailbox.farewell = farewell
    send("email", MESSAGE, "ada@example.com", setup)
    assert len(mailbox.messages) == 1


def test_a_server_that_is_not_there_is_tried_again(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_SMTP_URL", "smtp://127.0.0.1:9?tls=off")
    with pytest.raises(NotSent, match="cannot be reached") as caught:
        send("email", MESSAGE, "ada@example.com", Setup.read())
    assert caught.value.again


@pytest.fixture
def encrypted(monkeypatch: pytest.MonkeyPatch):
    with mail_server(tls=True) as box:
        monkeypatch.setenv("RAPPORT_MAIL_FROM", "rapport@example.com")
        monkeypatch.setenv("RAPPORT_SMTP_URL", f"smtp://{USER}:{PASSWORD}@localhost:{box.port}")
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        yield box


def test_starttls_and_login(encrypted: Mailbox) -> None:
    send("email", MESSAGE, "ada@example.com", Setup.read())
    assert encrypted.encrypted == [True]
    assert encrypted.users == [USER.encode()]


def test_the_password_may_lie_in_a_file(encrypted: Mailbox, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n", "utf-8")
    monkeypatch.setenv("RAPPORT_SMTP_URL", f"smtp://{USER}@localhost:{encrypted.port}")
    monkeypatch.setenv("RAPPORT_SMTP_PASSWORD_FILE", str(tmp_path / "password"))
    send("email", MESSAGE, "ada@example.com", Setup.read())
    assert encrypted.users == [USER.encode()]


def test_a_wrong_password_is_not_told(
    encrypted: Mailbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("RAPPORT_SMTP_URL", f"smtp://{USER}:wr0ng@localhost:{encrypted.port}")
    with pytest.raises(NotSent, match="does not accept the user and password") as caught:
        send("email", MESSAGE, "ada@example.com", Setup.read())
    assert "wr0ng" not in str(caught.value) + repr(caught.value.values) + repr(Setup.read())
    assert caught.value.__suppress_context__
    assert "wr0ng" not in caplog.text


def test_a_certificate_that_nobody_trusts_gets_no_password(encrypted: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(NotSent, match="its TLS certificate is not trusted"):
        send("email", MESSAGE, "ada@example.com", Setup.read())
    assert encrypted.logins == []


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://user:s3cret@host", "RAPPORT_SMTP_URL cannot be read"),
        ("smtp://user:s3cret@host:x", "RAPPORT_SMTP_URL cannot be read"),
        ("smtp://user:s3cret@host?tls=maybe", "RAPPORT_SMTP_URL cannot be read"),
        ("smtp://", "RAPPORT_SMTP_URL cannot be read"),
        ("smtp://user:s3cret@mail.example.com?tls=off", "A password is not sent without encryption"),
    ],
)
def test_an_address_that_cannot_be_used_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str, sentence: str
) -> None:
    monkeypatch.setenv("RAPPORT_SMTP_URL", url)
    monkeypatch.setenv("RAPPORT_MAIL_FROM", "rapport@example.com")
    with pytest.raises(RapportError, match=sentence) as caught:
        Setup.read()
    assert "s3cret" not in str(caught.value)


def test_without_a_server_it_is_said_who_sets_one() -> None:
    assert Setup.read().mail is None
    with pytest.raises(RapportError, match="E-mail is not set up: an administrator sets RAPPORT_SMTP_URL"):
        send("email", MESSAGE, "ada@example.com", Setup.read())
