"""Webhooks to a real receiver: the body of each service, its answers, and the places that nothing is sent to."""

import base64
import hashlib
import hmac
import json
import socket
from urllib.parse import parse_qs, urlsplit

import pytest

from data.alerts.channels import FORMATS, Message, NotSent, Setup, Unsure, check, masked, send, webhook
from data.alerts.channels.webhook import target_of
from data.errors import RapportError
from tests.data.alerts.servers import CERTIFICATE, Receiver, receiver

EVIL = '<!channel> <at user_id="all">x</at> *bold* [a](http://x) & @所有人'
MESSAGE = Message(
    "rapport-7-2026-03", f"NPS ({EVIL}) fell below 30", ("March: 24.1.",), "https://r.example.com/nps", "Open in Rapport",
    {"kind": "rule", "value": 24.1},
)  # fmt: skip
TEXT = f"{MESSAGE.title}\nMarch: 24.1.\nOpen in Rapport: https://r.example.com/nps"
TAKEN = {"json": b"", "slack": b"ok", "wecom": b'{"errcode":0,"errmsg":"ok"}', "dingtalk": b'{"errcode":0,"errmsg":"ok"}',
         "feishu": b'{"code":0,"msg":"success","data":{}}'}  # fmt: skip
BODIES = {
    "json": {
        "id": "rapport-7-2026-03", "title": MESSAGE.title, "text": MESSAGE.text, "link": MESSAGE.link, "kind": "rule",
        "value": 24.1,
    },
    "slack": {
        "text": TEXT.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), "mrkdwn": False, "unfurl_links": False,
    },
    "wecom": {"msgtype": "text", "text": {"content": TEXT}},
    "dingtalk": {"msgtype": "text", "text": {"content": TEXT}, "at": {"isAtAll": False}},
    "feishu": {
        "msg_type": "post",
        "content": {"post": {"zh_cn": {"title": MESSAGE.title, "content": [
            [{"tag": "text", "text": "March: 24.1."}],
            [{"tag": "a", "text": "Open in Rapport", "href": "https://r.example.com/nps"}],
        ]}}},
    },
}  # fmt: skip


@pytest.mark.parametrize("channel", FORMATS)
def test_the_body_of_each_service(hook: Receiver, setup: Setup, channel: str) -> None:
    hook.usual = TAKEN[channel]
    send(channel, MESSAGE, target_of(f"{hook.address}/hook/abc?key=k1"), setup)
    (call,) = hook.calls
    assert call.path == "/hook/abc?key=k1"
    assert call.headers["content-type"].startswith("application/json")
    assert call.headers["idempotency-key"] == "rapport-7-2026-03"
    assert call.body == BODIES[channel]


@pytest.mark.parametrize("channel", ["slack", "wecom", "dingtalk", "feishu"])
def test_markup_of_a_name_stays_text(channel: str) -> None:
    said = json.dumps(FORMATS[channel].body(MESSAGE), ensure_ascii=False)
    if channel == "slack":
        assert "<" not in said and '"mrkdwn": false' in said
    else:
        assert '"markdown"' not in said and '"mentioned_list"' not in said
    if channel == "feishu":  # there a mention is a part of its own, never read out of text
        assert '"tag": "at"' not in said and '"msg_type": "text"' not in said


@pytest.mark.parametrize(
    ("channel", "answer", "error", "again"),
    [
        ("wecom", b'{"errcode":93000,"errmsg":"invalid webhook url s3cret"}', NotSent, False),
        ("wecom", b'{"errcode":45009,"errmsg":"api freq out of limit"}', NotSent, True),
        ("wecom", b'{"errcode":-1,"errmsg":"system busy"}', NotSent, True),
        ("dingtalk", b'{"errcode":310000,"errmsg":"keywords not in content"}', NotSent, False),
        ("dingtalk", b'{"errcode":130101,"errmsg":"send too fast"}', NotSent, True),
        ("feishu", b'{"code":19021,"msg":"sign match fail"}', NotSent, False),
        ("feishu", b'{"code":9499,"msg":"too many requests"}', NotSent, True),
        ("feishu", b'{"StatusCode":19001,"StatusMessage":"x"}', NotSent, False),
        ("feishu", b"<html>", Unsure, None),
        ("wecom", b"{}", Unsure, None),
        ("wecom", b"[1]", Unsure, None),
        ("dingtalk", b'{"errcode":"0"}', Unsure, None),
        ("slack", b"<html>a proxy</html>", Unsure, None),
    ],
)
def test_200_is_not_yet_success(
    hook: Receiver, setup: Setup, channel: str, answer: bytes, error: type[RapportError], again: bool | None
) -> None:
    hook.usual = answer
    with pytest.raises(error) as caught:
        send(channel, MESSAGE, target_of(f"{hook.address}/s3cret"), setup)
    assert getattr(caught.value, "again", None) is again
    assert "s3cret" not in str(caught.value)


def test_the_older_answer_of_feishu_is_known(hook: Receiver, setup: Setup) -> None:
    hook.usual = b'{"Extra":null,"StatusCode":0,"StatusMessage":"success"}'
    send("feishu", MESSAGE, target_of(hook.address), setup)


@pytest.mark.parametrize(
    ("status", "again"),
    [
        (400, False),
        (403, False),
        (404, False),
        (408, True),
        (429, True),
        (500, True),
        (503, True),
        (301, False),
        (307, False),
    ],
)
def test_a_status_says_whether_later_may_help(hook: Receiver, setup: Setup, status: int, again: bool) -> None:
    hook.answers.append((status, b"no"))
    with pytest.raises(NotSent) as caught:
        send("json", MESSAGE, target_of(f"{hook.address}/s3cret"), setup)
    assert caught.value.again is again
    assert len(hook.calls) == 1  # a redirect is not followed
    assert "s3cret" not in str(caught.value)


def test_no_answer_leaves_it_open(hook: Receiver, setup: Setup) -> None:
    hook.answers.append(None)
    with pytest.raises(Unsure, match="may have arrived or not"):
        send("json", MESSAGE, target_of(hook.address), setup)
    assert len(hook.calls) == 1


def test_dingtalk_signs_the_address(hook: Receiver, setup: Setup) -> None:
    hook.usual = TAKEN["dingtalk"]
    webhook.send(
        "dingtalk", MESSAGE, target_of(f"{hook.address}/robot?access_token=t", "SECabc"), setup, time=1767225600.123
    )
    query = parse_qs(urlsplit(hook.calls[0].path).query)
    stamp = "1767225600123"
    digest = hmac.new(b"SECabc", f"{stamp}\nSECabc".encode(), hashlib.sha256).digest()
    assert query == {"access_token": ["t"], "timestamp": [stamp], "sign": [base64.b64encode(digest).decode()]}


def test_feishu_signs_the_body(hook: Receiver, setup: Setup) -> None:
    hook.usual = TAKEN["feishu"]
    webhook.send("feishu", MESSAGE, target_of(hook.address, "abc"), setup, time=1767225600.9)
    digest = hmac.new(b"1767225600\nabc", b"", hashlib.sha256).digest()
    body = hook.calls[0].body
    assert (body["timestamp"], body["sign"]) == ("1767225600", base64.b64encode(digest).decode())
    assert body["msg_type"] == "post"


def test_a_long_text_is_cut_at_a_character_for_wecom() -> None:
    body = FORMATS["wecom"].body(Message("k", "标题", ("很长" * 2000,)))
    content = body["text"]["content"]  # type: ignore[index]
    assert len(content.encode()) <= 2048
    assert content.startswith("标题\n很长") and content.endswith("…")


def test_https_checks_the_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(tls=True) as kept:
        monkeypatch.setenv("RAPPORT_WEBHOOK_HOSTS", kept.address)
        with pytest.raises(NotSent, match="its certificate is not trusted"):
            send("json", MESSAGE, target_of(kept.address), Setup.read())
        assert kept.calls == []
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        send("json", MESSAGE, target_of(f"{kept.address}/a"), Setup.read())
        assert [call.path for call in kept.calls] == ["/a"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.slack.com/services/s3cret",
        "http://hooks.slack.com/services/s3cret",
        "https://hooks.slack.com:8443/s3cret",
        "https://hooks.slack.com.evil.com/s3cret",
        "https://evil.com/hooks.slack.com/s3cret",
        "https://hooks.slack.com@evil.com/s3cret",
        "https://user:s3cret@hooks.slack.com/x",
        "https://127.0.0.1/s3cret",
        "http://127.0.0.1:1/s3cret",
        "https://localhost/s3cret",
        "https://[::1]/s3cret",
        "https://169.254.169.254/latest/meta-data/s3cret",
        "https://10.0.0.1/s3cret",
        "https://0x7f000001/s3cret",
        "https://2130706433/s3cret",
        "file:///etc/passwd?s3cret",
        "ftp://hooks.slack.com/s3cret",
        "gopher://hooks.slack.com/s3cret",
        "https://hooks.slack.com/a b?s3cret",
        "https://hooks.slack.com/\r\nHost: evil.com?s3cret",
        "https://hooks.slack.com:x/s3cret",
        "https://hooks.slack.com/" + "s3cret" * 400,
        "https://hooks.sl\u0430ck.com/s3cret",  # a Cyrillic а
    ],
)
def test_places_that_are_not_allowed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def called(*_: object, **__: object) -> None:
        pytest.fail("something was looked up or connected to")

    monkeypatch.setattr(socket, "getaddrinfo", called)
    monkeypatch.setattr(socket, "create_connection", called)
    for act in (check, lambda *told: send(told[0], MESSAGE, *told[1:])):
        with pytest.raises(RapportError) as caught:
            act("json", target_of(url), Setup.read())
        assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["10.0.0.7", "127.0.0.1", "169.254.169.254", "::1", "fd00::1", "0.0.0.0", "100.64.0.1"]
)
def test_an_allowed_name_that_leads_inside_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def inside(host: str, port: int, **_: object) -> list:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port)), (2, 1, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", inside)
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("connected"))
    with pytest.raises(NotSent, match="lies in a private network") as caught:
        send("slack", MESSAGE, target_of("https://hooks.slack.com/services/x"), Setup.read())
    assert not caught.value.again


def test_the_address_that_was_checked_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, called = [], []

    def found(host: str, port: int, **_: object) -> list:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))]

    def connect(address: tuple[str, int], *_: object) -> None:
        called.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NotSent, match="cannot be reached"):
        send("slack", MESSAGE, target_of("https://hooks.slack.com/services/x"), Setup.read())
    assert (asked, called) == (["hooks.slack.com"], [("93.184.215.14", 443)])


@pytest.mark.parametrize("hosts", ["https://a.b/path", "ftp://a.b", "https://u:p@a.b", "https://a.b:x", "http://"])
def test_a_list_of_hosts_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("RAPPORT_WEBHOOK_HOSTS", hosts)
    with pytest.raises(RapportError, match="RAPPORT_WEBHOOK_HOSTS cannot be read"):
        Setup.read()


def test_an_address_is_shown_masked() -> None:
    target = target_of("https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef3f9c", "SECret")
    assert masked("dingtalk", target) == "oapi.dingtalk.com/…3f9c"
