"""The access file: who has which role and sees whom, and what is said of a file that is wrong."""

from pathlib import Path

import pytest

from data.errors import RapportError
from data.people import policy
from data.people.access import Role
from data.segment import EVERYBODY, Segment

FILE = """
[roles]
administrator = ["Ada@Example.com"]
analyst = ["bo@example.com", "@data.example.com"]
viewer = ["@example.com"]

[claim]
name = "groups"
analyst = ["loyalty"]

[[scope]]
who = ["viewer"]
region = ["North China"]

[[scope]]
who = ["@example.com"]
region = ["West China"]

[[scope]]
who = ["eva@example.com"]
region = ["East China"]

[[scope]]
who = ["eva@example.com", "@data.example.com"]
region = ["South China"]
tier = ["gold"]
"""


@pytest.fixture
def read(tmp_path: Path):
    def written(text: str) -> policy.Policy:
        path = tmp_path / "access.toml"
        path.write_text(text, encoding="utf-8")
        return policy.read(path)

    return written


def test_without_a_file_nobody_is_let_in(tmp_path: Path) -> None:
    assert policy.read(tmp_path / "none.toml").person({"email": "ada@example.com", "sub": "1"}) is None


def test_an_empty_file_lets_nobody_in(read) -> None:
    assert read("").person({"email": "ada@example.com", "sub": "1"}) is None


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({}, None),
        ({"sub": "ada@example.com"}, None),  # a subject is no address
        ({"email": ""}, None),
        ({"email": "ada@example.com"}, Role.ADMINISTRATOR),
        ({"email": " ADA@EXAMPLE.COM "}, Role.ADMINISTRATOR),
        ({"email": "ada@example.com", "email_verified": False}, None),
        ({"email": "ada@example.com", "email_verified": "false"}, None),
        ({"email": "ada@example.com", "email_verified": True}, Role.ADMINISTRATOR),
        ({"email": "bo@example.com"}, Role.ANALYST),
        ({"email": "any@example.com"}, Role.VIEWER),
        ({"email": "any@data.example.com"}, Role.ANALYST),
        ({"email": "any@evil-example.com"}, None),
        ({"email": "any@example.com.evil.test"}, None),
        ({"email": "any@sub.example.com"}, None),
        ({"email": "viewer"}, None),
        ({"email": "@example.com"}, Role.VIEWER),  # an address that no provider gives
        ({"sub": "7", "groups": ["loyalty"]}, None),  # a scope may name the address that is not told
        ({"email": "eva@example.com", "email_verified": False, "groups": ["loyalty"]}, None),
        ({"email": "any@example.com", "groups": ["loyalty"]}, Role.ANALYST),  # the highest counts
    ],
)
def test_role(read, claims: dict[str, object], role: Role | None) -> None:
    found = read(FILE).person(claims)
    assert (found.role if found else None) == role


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"sub": "7", "groups": ["loyalty"]}, Role.ANALYST),
        ({"sub": "7", "groups": "loyalty"}, Role.ANALYST),
        ({"sub": "7", "groups": ["loyal"]}, None),
        ({"sub": "7", "groups": {"loyalty": 1}}, None),
        ({"email": "ada@example.com", "email_verified": False, "groups": ["loyalty"]}, Role.ANALYST),
    ],
)
def test_a_claim_gives_a_role_to_somebody_without_an_address_where_no_scope_names_any(
    read, claims: dict[str, object], role: Role | None
) -> None:
    found = read(
        """
        [claim]
        name = "groups"
        analyst = ["loyalty"]
        [[scope]]
        who = ["analyst"]
        region = ["East China"]
        """
    ).person(claims)
    assert (found.role if found else None) == role
    assert found is None or found.scope == Segment(region=("East China",))


@pytest.mark.parametrize(
    ("email", "scope"),
    [
        (
            "eva@example.com",
            Segment(region=("East China", "South China"), tier=("gold",)),
        ),  # the address before the domain
        ("any@example.com", Segment(region=("West China",))),  # the domain before the role
        ("any@data.example.com", Segment(region=("South China",), tier=("gold",))),
    ],
)
def test_scope(read, email: str, scope: Segment) -> None:
    assert read(FILE).person({"email": email}).scope == scope


def test_a_role_can_be_limited_too(read) -> None:
    text = '[roles]\nviewer = ["a@b.c"]\nanalyst = ["d@b.c"]\n[[scope]]\nwho = ["viewer"]\nregion = ["East"]'
    assert read(text).person({"email": "a@b.c"}).scope == Segment(region=("East",))
    assert read(text).person({"email": "d@b.c"}).scope == EVERYBODY


def test_a_file_that_cannot_be_read_lets_nobody_in(tmp_path: Path) -> None:
    with pytest.raises(RapportError, match=r"cannot be read \(Is a directory\)\. Mend it; nobody is let in until then"):
        policy.read(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[roles", "is not TOML"),
        ("[role]\nviewer = []", "“role” is not known there; there are: roles, claim, scope"),
        ('[roles]\nboss = ["a@b.c"]', "“roles.boss” is not known there; there are: viewer, analyst, administrator"),
        ('[roles]\nviewer = "a@b.c"', "“roles.viewer” must be a list of texts"),
        ("[roles]\nviewer = [1]", "“roles.viewer” must be a list of texts"),
        ('[roles]\nviewer = [""]', "“roles.viewer” must be a list of texts"),
        ('[claim]\nviewer = ["x"]', "“claim” needs the name of a claim"),
        ('[claim]\nname = "x"', "“claim” needs the name of a claim"),
        ('[scope]\nwho = ["a"]', "“scope” is written as [[scope]]"),
        ('[[scope]]\nregion = ["East"]', "“scope” needs who and a column"),
        ('[[scope]]\nwho = ["a@b.c"]', "“scope” needs who and a column"),
        ('[[scope]]\nwho = ["a@b.c"]\nregion = []', "“scope” needs who and a column"),
        ('[[scope]]\nwho = ["a@b.c"]\nregion = ["East"]\ntier = []', "“scope.tier” must be a list of texts"),
        ('[[scope]]\nwho = ["a@b.c"]\ntown = ["East"]', "“scope.town” is not known there; there are: region"),
    ],
)
def test_what_is_wrong_is_named(read, text: str, said: str) -> None:
    with pytest.raises(RapportError, match="nobody is let in until then") as caught:
        read(text)
    assert said in str(caught.value)
