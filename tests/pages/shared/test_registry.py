"""Options live in one address for all pages: a name that two pages share must mean the same on both."""

from pathlib import Path

from pages.frame.registry import ENTRIES
from pages.shared.session.view import SEGMENT, Option
from tests.pages.conftest import go


def test_an_option_of_one_name_is_one_option() -> None:
    seen: dict[str, Option] = {}
    for entry in ENTRIES:
        for option in entry.options:
            assert seen.setdefault(option.name, option) == option, f"{option.name} of {entry.code}"
    assert not set(seen) & {"from", "to", "as_of", "vs", "lang", *SEGMENT}


def test_a_rule_survives_other_pages(open_app, demo_path: Path) -> None:
    app = open_app(demo_path, "tiers", rule="silver=10,gold=500")
    for code in ("churn", "retention", "replay", "tiers"):
        go(app, code)
        assert not app.exception
        assert "cannot be read" not in app.title[0].value
    assert app.query_params["rule"] == "silver=10,gold=500"
