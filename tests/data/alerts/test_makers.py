"""An alert tells nothing that its maker may not look up any more."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from data.alerts import book, makers
from data.alerts.channels import Setup
from data.alerts.making import make
from data.alerts.run import run
from data.errors import RapportError
from data.segment import EVERYBODY, Segment
from data.store.store import Store
from tests.data.alerts.conftest import NOW, alert, rule
from tests.data.alerts.servers import Mailbox

ADA = '[roles]\nanalyst = ["ada@example.com"]\n'
EAST = '[[scope]]\nwho = ["ada@example.com"]\nregion = ["North", "East"]\n'


@pytest.fixture
def access(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "access.toml"
    monkeypatch.setenv("RAPPORT_ACCESS", str(path))
    return path


@pytest.mark.parametrize(
    ("file", "maker", "scope", "allowed"),
    [
        (None, "ada@example.com", EVERYBODY, True),
        ("", "ada@example.com", EVERYBODY, False),
        (ADA, "ada@example.com", EVERYBODY, True),
        (ADA, "bo@example.com", EVERYBODY, False),
        (ADA, "local", EVERYBODY, True),
        (ADA.replace("analyst", "viewer"), "ada@example.com", EVERYBODY, False),
        (ADA.replace("ada@", "@"), "ada@example.com", EVERYBODY, True),
        (ADA + EAST, "ada@example.com", EVERYBODY, False),
        (ADA + EAST, "ada@example.com", Segment(region=("North",)), True),
        (ADA + EAST, "ada@example.com", Segment(region=("East", "North")), True),
        (ADA + EAST, "ada@example.com", Segment(region=("North", "South")), False),
        (ADA + EAST, "ada@example.com", Segment(region=("South",)), False),
        (ADA + EAST, "ada@example.com", Segment(tier=("gold",)), False),
        (ADA, "ada@example.com", Segment(region=("North",)), True),
        ('[claim]\nname = "groups"\nanalyst = ["loyalty"]\n', "ada@example.com", EVERYBODY, True),
        ("[roles", "ada@example.com", EVERYBODY, False),
    ],
)
def test_who_may_still_have_an_alert(access: Path, file: str | None, maker: str, scope: Segment, allowed: bool) -> None:
    if file is not None:
        access.write_text(file)
    kept = replace(alert(rule("below", 30)), maker=maker, scope=scope)
    if allowed:
        makers.check(kept)
        return
    with pytest.raises(RapportError) as told:
        makers.check(kept)
    assert str(access) not in str(told.value)


def test_nothing_is_sent_for_who_has_no_role_any_more_and_it_goes_on_once_there_is_one(
    access: Path, store: Store, mailbox: Mailbox, setup: Setup
) -> None:
    access.write_text('[roles]\nviewer = ["ada@example.com"]\n')
    made = make(store, replace(alert(rule("below", 30)), maker="ada@example.com"), setup, NOW)
    (outcome,) = run(store, NOW)
    assert outcome.status == "failed"
    assert str(outcome.error) == makers.NO_LONGER
    assert mailbox.messages == []
    access.write_text(ADA)
    (outcome,) = run(store, NOW + dt.timedelta(days=1))
    assert (outcome.status, len(mailbox.messages)) == ("sent", 1)
    assert [one.status for one in book.deliveries(store, made.id)] == ["sent"]
