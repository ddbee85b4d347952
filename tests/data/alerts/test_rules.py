"""What can be a rule, and that it is kept as it was made."""

import pytest

from data.alerts.rules import Alert, Asked, Condition, Rule, Subscription, asked_text, check, condition_text, read_what
from data.errors import RapportError
from data.segment import Segment
from tests.data.alerts.conftest import alert, rule

EAST = Segment(region=("华东", "East"), tier=("gold",))


@pytest.mark.parametrize(
    "what",
    [
        rule(),
        rule("above", 0.25, clearly=False, metric="csat", column="csat", segment=EAST),
        rule("changed", None, metric="tier_rates", column="rate", row={"move": "upgrade"}),
        rule(metric="retention", column="retention", row={"period": 3}, arguments={"kind": "on_or_after"}),
        Subscription("overview"),
        Subscription("nps", {"region": ["East", "华东"], "by": ["tier"]}),
    ],
)
def test_what_is_kept_is_what_was_made(what: Rule | Subscription) -> None:
    check("a name", what, "month", "zh")
    kind = "page" if isinstance(what, Subscription) else "rule"
    assert read_what(kind, asked_text(what, "month"), condition_text(what)) == what


@pytest.mark.parametrize(
    ("what", "more", "sentence"),
    [
        (rule(), {"name": " "}, "needs a name"),
        (rule(), {"name": "a\nBcc: x@y.z"}, "on one line"),
        (rule(), {"name": "x" * 81}, "of 80 characters"),
        (rule(), {"every": "hour"}, "“hour” is no period"),
        (rule(), {"language": "fr"}, "There is no language “fr”"),
        (rule(metric="npz"), {}, "There is no metric “npz”. Did you mean"),
        (rule(metric="worth_keeping"), {}, "cannot be watched"),
        (rule(column="low"), {}, "has no number “low” to watch; it has: nps, n"),
        (rule(metric="tier_rates", column="rate"), {}, "must name one row by: move"),
        (rule(row={"move": "upgrade"}), {}, "must name one row"),
        (rule(arguments={"wheighted": True}), {}, "has no argument “wheighted”"),
        (
            rule(metric="tier_rates", column="rate", row={"move": "upgrade"}, segment=Segment(tier=("gold",))),
            {},
            "cannot be computed for members chosen by their tier",
        ),
        (rule("over"), {}, "“over” is no condition"),
        (Subscription('x"; filename=a'), {}, "There is no page"),
        (Subscription("../etc"), {}, "There is no page"),
        (rule("below", None), {}, "needs a limit"),
        (rule("changed", None, column="n"), {}, "has no interval"),
        (rule(metric="lifecycle", column="new"), {"every": "day"}, "by week or longer"),
    ],
)
def test_what_cannot_be_judged_is_refused(what: Rule | Subscription, more: dict[str, str], sentence: str) -> None:
    told = {"name": "a", "every": "month", "language": "en", **more}
    with pytest.raises(RapportError, match=sentence.replace("(", r"\(")):
        check(told["name"], what, told["every"], told["language"])


def test_a_target_is_not_in_what_is_printed() -> None:
    assert "hunter2" not in repr(alert(target="https://x/hunter2"))
    assert isinstance(alert(), Alert)


def test_a_rule_is_hashable_by_its_parts() -> None:
    assert Asked("nps", "nps") == Asked("nps", "nps")
    assert Condition("below", 1) != Condition("below", 1, clearly=False)
