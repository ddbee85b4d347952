"""The bodies that chat services and other programs expect, and how each of them says that it took a message."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus

from data.alerts.channels.message import Message, NotSent, Unsure
from metrics.texts import N_

LONGEST = {"wecom": 2000, "dingtalk": 18_000}  # bytes of a text; the services refuse 2,048 and 20,000
Body = dict[str, object]

# Answers of the services that say: later.
BUSY = {-1, 45009, 130101, 130102, 410100, 9499, 11232}
KNOWN = {
    310000: N_(
        "The robot’s own check refuses the message: its keyword, its signature secret or its list of addresses."
    ),
    19021: N_("The signature is refused: the secret is missing, wrong, or the clock of this machine is off."),
    19024: N_("The robot asks for a keyword that the message does not hold."),
    93000: N_("The service does not know this webhook address (any more)."),
    19001: N_("The service does not know this webhook address (any more)."),
    300001: N_("The service does not know this webhook address (any more)."),
}


@dataclass(frozen=True)
class Format:
    """One kind of webhook: its body, the signed address, and the check of the answer."""

    name: str
    body: Callable[[Message], Body]
    accepted: Callable[[bytes], None]
    signed_url: Callable[[str, str, float], str] = lambda url, _secret, _time: url
    signed_body: Callable[[Body, str, float], Body] = lambda body, _secret, _time: body
    signs: bool = False


def _as_text(message: Message) -> str:
    return f"{message.title}\n{message.text}".strip()


def _within(text: str, most: int) -> str:
    """The text, cut at a character where it would be refused."""
    data = text.encode()
    return text if len(data) <= most else data[: most - 3].decode("utf-8", "ignore") + "…"


def _json(message: Message) -> Body:
    return {
        "id": message.key,
        "title": message.title,
        "text": message.text,
        "link": message.link or None,
        **message.facts,
    }


def _slack(message: Message) -> Body:
    """Without markup: what names hold of it is shown as it is; the three characters that Slack reads anyway are escaped."""
    text = _as_text(message).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": text, "mrkdwn": False, "unfurl_links": False}


def _wecom(message: Message) -> Body:
    return {"msgtype": "text", "text": {"content": _within(_as_text(message), LONGEST["wecom"])}}


def _dingtalk(message: Message) -> Body:
    """As text, in which nothing can become markup; nobody is mentioned, whatever a name holds."""
    content = _within(_as_text(message), LONGEST["dingtalk"])
    return {"msgtype": "text", "text": {"content": content}, "at": {"isAtAll": False}}


def _feishu(message: Message) -> Body:
    """A post: its text parts are literal, where a plain text message would read <at …> in a name as a mention."""
    parts: list[list[Body]] = [[{"tag": "text", "text": line}] for line in message.lines]
    if message.link:
        parts.append([{"tag": "a", "text": message.link_name, "href": message.link}])
    return {"msg_type": "post", "content": {"post": {"zh_cn": {"title": message.title, "content": parts}}}}


def _any(_answer: bytes) -> None:
    """Another program says by its status alone."""


def _ok(answer: bytes) -> None:
    if answer.strip() != b"ok":
        raise Unsure(N_("The service answered otherwise than expected: the message may have arrived or not."))


def _coded(*names: str) -> Callable[[bytes], None]:
    """An answer in JSON with 0 under one of the names; these services say 200 OK to what they refuse."""

    def accepted(answer: bytes) -> None:
        try:
            told = json.loads(answer)
        except ValueError:
            told = None
        codes = [told[name] for name in names if name in told] if isinstance(told, Mapping) else []
        if not codes or not isinstance(codes[0], int):
            raise Unsure(N_("The service answered otherwise than expected: the message may have arrived or not."))
        if codes[0] != 0:
            raise _refusal(codes[0])

    return accepted


def _refusal(code: int) -> NotSent:
    if code in KNOWN:
        return NotSent(KNOWN[code], again=False)
    return NotSent(N_("The service refuses the message (its code {code})."), again=code in BUSY, code=code)


def _dingtalk_url(url: str, secret: str, time: float) -> str:
    """HMAC-SHA256 with the secret as key over milliseconds, a line break and the secret."""
    stamp = round(time * 1000)
    sign = base64.b64encode(hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest())
    return f"{url}{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote_plus(sign)}" if secret else url


def _feishu_body(body: Body, secret: str, time: float) -> Body:
    """HMAC-SHA256 of nothing, with seconds, a line break and the secret as key."""
    stamp = str(int(time))
    sign = base64.b64encode(hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()
    return {"timestamp": stamp, "sign": sign, **body} if secret else body


FORMATS: dict[str, Format] = {
    "json": Format(N_("Webhook (JSON)"), _json, _any),
    "slack": Format(N_("Slack"), _slack, _ok),
    "wecom": Format(N_("WeCom"), _wecom, _coded("errcode")),
    "dingtalk": Format(N_("DingTalk"), _dingtalk, _coded("errcode"), signed_url=_dingtalk_url, signs=True),
    "feishu": Format(N_("Feishu"), _feishu, _coded("code", "StatusCode"), signed_body=_feishu_body, signs=True),
}
