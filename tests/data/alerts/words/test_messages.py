"""The words of a message: a title no stronger than the verdict, in both languages, and what stands below it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.alerts.channels import Message, Setup, email
from data.alerts.channels.setup import Mail
from data.alerts.judge import Change, Reading, Why
from data.alerts.measured import Judged
from data.alerts.periods import Period
from data.alerts.rules import Rule, Subscription, segment_of
from data.alerts.words import messages
from data.alerts.words.wording import limit_text
from data.segment import EVERYBODY, Segment
from data.text.labels import segment_words
from data.text.words import speaking
from tests.data.alerts.conftest import alert, rule

MARCH = Period.of_code("2026-03")
EAST = Segment(region=("East China",))
NOW = Reading(24.1, 20.3, 27.9, 812)


def found(
    why: Why, now: Reading = NOW, before: float | None = None, change: Change | None = None, currency: str | None = None
) -> Judged:
    return Judged(MARCH, now, Reading(before), change or Change(), why, currency)


def title(what: Rule, judged: Judged, language: str, every: str = "month") -> str:
    return messages.of_rule(alert(what, language=language, every=every), judged, "").title


NPS = rule("below", 30, segment=EAST)
TITLES: list[tuple[Rule, Judged, str, str]] = [
    (NPS, found("below"),
     "NPS (East China) below 30: 24.1 (20.3 to 27.9), 812 answers, Mar 2026",
     "净推荐值（华东）低于 30：24.1（20.3 至 27.9），812 份答卷，2026年3月"),
    (NPS, found("below", before=31.2),
     "NPS (East China) fell below 30: 24.1 (20.3 to 27.9), 812 answers, Mar 2026",
     "净推荐值（华东）跌破 30：24.1（20.3 至 27.9），812 份答卷，2026年3月"),
    (NPS, found("below", before=30.0),
     "NPS (East China) fell below 30: 24.1 (20.3 to 27.9), 812 answers, Mar 2026",
     "净推荐值（华东）跌破 30：24.1（20.3 至 27.9），812 份答卷，2026年3月"),
    (NPS, found("below", before=22.0),
     "NPS (East China) still below 30: 24.1 (20.3 to 27.9), 812 answers, Mar 2026",
     "净推荐值（华东）仍低于 30：24.1（20.3 至 27.9），812 份答卷，2026年3月"),
    (rule("above", 0.125, metric="inactive_share", column="inactive_share"),
     found("above", Reading(0.341, 0.33, 0.352, 3514), 0.12),
     "Inactive share rose above 12.5%: 34.1% (33.0% to 35.2%), 3,514 customers, Mar 2026",
     "不活跃占比升破 12.5%：34.1%（33.0% 至 35.2%），3,514 位客户，2026年3月"),
    (rule("changed", None, metric="repeat_rate", column="repeat_rate"),
     found("rose", Reading(0.344, 0.329, 0.36, 3514), 0.313, Change(0.031, 0.009, 0.054)),
     "Repeat rate rose by 3.1 pts: 34.4% (32.9% to 36.0%), 3,514 customers, Mar 2026",
     "复购率上升 3.1 个百分点：34.4%（32.9% 至 36.0%），3,514 位客户，2026年3月"),
    (rule("changed", None), found("fell", before=31.2, change=Change(-7.1, -11.0, -3.2)),
     "NPS fell by 7.1: 24.1 (20.3 to 27.9), 812 answers, Mar 2026",
     "净推荐值下降 7.1：24.1（20.3 至 27.9），812 份答卷，2026年3月"),
    (rule("below", 1000, metric="lifecycle", column="new"), found("below", Reading(733)),
     "New customers below 1,000: 733, Mar 2026",
     "新客数低于 1,000：733，2026年3月"),
    (rule("above", 1500.0, metric="historical_clv", column="historical_clv"),
     found("above", Reading(1621.7, 1581.6, 1664.9, 18268), 1600.0, currency="CNY"),
     "Value per customer to date still above ¥1,500: ¥1,622 (¥1,582 to ¥1,665), 18,268 customers, Mar 2026",
     "迄今人均价值仍高于 ¥1,500：¥1,622（¥1,582 至 ¥1,665），18,268 位客户，2026年3月"),
    (rule("below", 0.1, metric="retention", column="retention", row={"period": 1}),
     found("below", Reading(0.05, 0.03, 0.08, 400)),
     "Retention 1 month on below 10%: 5.0% (3.0% to 8.0%), 400 customers, Mar 2026",
     "1 个月后留存率低于 10%：5.0%（3.0% 至 8.0%），400 位客户，2026年3月"),
    (rule("above", 0.02, metric="tier_rates", column="rate", row={"move": "downgrade"}, segment=Segment(tier=("gold",))),
     found("above", Reading(0.03, 0.025, 0.036, 5000)),
     "Downgrade rate (Gold) above 2%: 3.0% (2.5% to 3.6%), 5,000 members, Mar 2026",
     "降级率（金卡）高于 2%：3.0%（2.5% 至 3.6%），5,000 名会员，2026年3月"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "judged", "english", "chinese"), TITLES)
def test_titles(what: Rule, judged: Judged, english: str, chinese: str) -> None:
    assert title(what, judged, "en") == english
    assert title(what, judged, "zh") == chinese


def test_the_body_holds_the_number_the_change_the_definition_and_why_it_came() -> None:
    judged = found("below", before=31.2, change=Change(-7.1, -11.0, -3.2))
    lines = messages.of_rule(alert(NPS, name="East"), judged, "").lines
    assert lines[:5] == (
        "Mar 2026: 24.1 (20.3 to 27.9), 812 answers.",
        "Period before, Feb 2026: 31.2.",
        "Change: −7.1 (−11.0 to −3.2).",
        "Customers counted: in East China.",
        "Intervals are 95%.",
    )
    assert lines[5].startswith("What it is: The share of promoters (9–10) minus")
    assert (
        lines[6]
        == "You get this because of the alert “East” in Rapport: below 30, with its whole interval, every month."
    )


def test_a_change_that_is_not_clear_is_called_so() -> None:
    judged = found("below", before=25.0, change=Change(-0.9, -5.0, 3.2))
    assert "Change: −0.9 (−5.0 to +3.2), which is not clear." in messages.of_rule(alert(NPS), judged, "").lines


def test_the_link_shows_the_same_period_and_segment() -> None:
    link = messages.of_rule(alert(NPS, language="zh"), found("below"), "https://r.example.com/app").link
    parts = urlsplit(link)
    assert link.startswith("https://r.example.com/app/nps?")
    assert parse_qs(parts.query) == {
        "region": ["East China"], "from": ["2026-03-01"], "to": ["2026-03-31"], "as_of": ["2026-03-31"], "vs": ["before"],
        "lang": ["zh"],
    }  # fmt: skip
    assert messages.of_rule(alert(NPS), found("below"), "").link == ""


GOLD, SOUTH = Segment(tier=("gold",)), Segment(region=("South China",))
TWO = Segment(region=("East China", "South China"))
WHOSE: list[tuple[Segment, Segment, Segment, str, str]] = [  # chosen, limited to → told
    (EVERYBODY, EVERYBODY, EVERYBODY, "NPS", "净推荐值"),
    (EVERYBODY, EAST, EAST, "NPS (East China)", "净推荐值（华东）"),
    (GOLD, EAST, Segment(region=("East China",), tier=("gold",)), "NPS (East China, Gold)", "净推荐值（华东、金卡）"),
    (EVERYBODY, TWO, TWO, "NPS (East China, South China)", "净推荐值（华东、华南）"),
    (SOUTH, TWO, SOUTH, "NPS (South China)", "净推荐值（华南）"),
    (SOUTH, EVERYBODY, SOUTH, "NPS (South China)", "净推荐值（华南）"),
]


@pytest.mark.parametrize(("chosen", "scope", "whose", "english", "chinese"), WHOSE)
def test_a_message_says_whose_numbers_it_tells(
    chosen: Segment, scope: Segment, whose: Segment, english: str, chinese: str
) -> None:
    """Title, body, facts and link of a rule, all with what the maker chose of those whom the maker may see."""
    named = {"en": english, "zh": chinese}
    for language, name in named.items():
        made = alert(rule("below", 30, segment=chosen), scope=scope, language=language)
        told = messages.of_rule(made, found("below"), "https://r.example.com")
        assert told.title.startswith(name + (" below" if language == "en" else "低于"))
        assert told.facts["segment"] == segment_of(whose)
        query = parse_qs(urlsplit(told.link).query)
        assert {key: codes for key, codes in query.items() if key in ("region", "tier", "channel")} == whose.params
        with speaking(language):
            words = segment_words(whose)
        assert any(words in line for line in told.lines if line.startswith(("Customers counted", "统计范围"))) == bool(
            words
        )


@pytest.mark.parametrize(("chosen", "scope", "whose", "english", "chinese"), WHOSE)
def test_a_page_that_is_sent_says_whose_numbers_it_shows(
    chosen: Segment, scope: Segment, whose: Segment, english: str, chinese: str
) -> None:
    named = {"en": english.replace("NPS", "Weekly") + ",", "zh": chinese.replace("净推荐值", "Weekly") + "，"}
    for language, name in named.items():
        made = alert(
            Subscription("nps", {"by": ["tier"], **chosen.params}), name="Weekly", scope=scope, language=language
        )
        told = messages.of_page(made, MARCH, "NPS fell", None, "https://r.example.com")
        assert told.title.startswith(name)
        assert told.facts["segment"] == segment_of(whose)
        query = parse_qs(urlsplit(told.link).query)
        assert query["by"] == ["tier"]
        assert {key: codes for key, codes in query.items() if key in ("region", "tier", "channel")} == whose.params
        assert len(told.lines) == 1 + bool(whose.chosen)


def test_the_numbers_for_a_program_are_not_rounded() -> None:
    facts = messages.of_rule(alert(NPS, id=7), found("below", before=31.25), "").facts
    assert (facts["value"], facts["low"], facts["high"], facts["n"], facts["before"]) == (24.1, 20.3, 27.9, 812, 31.25)
    assert (facts["alert"], facts["period"], facts["finding"], facts["limit"]) == (7, "2026-03", "below", 30)
    assert facts["segment"] == {"region": ["East China"]}


@pytest.mark.parametrize(
    ("value", "of", "currency", "text"),
    [
        (50.0, "points", None, "50"),
        (12.25, "points", None, "12.25"),
        (0.1, "share", None, "10%"),
        (0.125, "share", None, "12.5%"),
        (0.0001, "share", None, "0.01%"),
        (1500.0, "money", "CNY", "¥1,500"),
        (-2.5, "points", None, "−2.5"),
        (1 / 3, "number", None, "0.3333"),
    ],
)
def test_a_limit_reads_as_it_was_typed(value: float, of: str, currency: str | None, text: str) -> None:
    with speaking("en"):
        assert limit_text(value, of, currency) == text  # type: ignore[arg-type]


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_a_name_holds_the_mail_has_its_own_headers_only(name: str, line: str) -> None:
    mail = Mail("mail.example.com", 25, "off", sender="r@example.com", sender_name="Rapport")
    try:
        data = email.as_bytes(Message("rapport-1-2026-03", name, (line,)), mail, ["ada@example.com"])
    except UnicodeEncodeError:  # half of a surrogate pair: no text that a store could hold
        assert any("\ud800" <= char <= "\udfff" for char in name + line)
        return
    head = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    names = [row.partition(b":")[0].lower() for row in head if not row.startswith((b" ", b"\t"))]
    assert sorted(names) == sorted(
        [b"subject", b"from", b"to", b"date", b"message-id", b"auto-submitted", b"mime-version", b"content-type"]
    )


def test_the_settings_show_no_password() -> None:
    assert "hunter2" not in repr(Setup(Mail("h", 25, "off", "u", "hunter2", "r@example.com")))
