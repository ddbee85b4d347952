"""The access file: which person has which role, and whose numbers they see. TOML, read again whenever it changes.

```toml
[roles]                                   # addresses, or whole domains as "@example.com"; the highest role that fits counts
administrator = ["ada@example.com"]
analyst = ["bo@example.com"]
viewer = ["@example.com"]

[claim]                                   # or: values of a claim of the identity token
name = "groups"
analyst = ["loyalty-analysts"]

[[scope]]                                 # addresses, domains or roles that see some customers only
who = ["eva@example.com", "@east.example.com"]
region = ["East China"]
```
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import RapportError
from data.people.access import Person, Role
from data.segment import EVERYBODY, Segment
from metrics.dimension import FILTERS, is_member_column

ROLES = {role.name.lower(): role for role in Role}
ATTRIBUTES = tuple(dimension.column for dimension in FILTERS)


@dataclass(frozen=True)
class Scope:
    """The customers that some people are limited to."""

    who: tuple[str, ...]
    segment: Segment


@dataclass(frozen=True)
class Policy:
    """An access file as read."""

    roles: Mapping[Role, tuple[str, ...]]
    claim: str
    claimed: Mapping[Role, tuple[str, ...]]
    scopes: tuple[Scope, ...]

    def person(self, claims: Mapping[str, object]) -> Person | None:
        """Whom the claims of an identity token are of; None for someone without a role.

        An address that the provider calls unverified is nobody's. Of the scopes, those that name the address count before those of its
        domain, and those before those of the role; several of the same kind add up. Where a scope names addresses or domains, somebody
        without a verified address is nobody: it could not be told whether the scope is about them.
        """
        verified = claims.get("email_verified") not in (False, "false")
        email = str(claims.get("email") or "").strip().lower() if verified else ""
        values = _listed(claims.get(self.claim)) if self.claim else ()
        fitting = [role for role, names in self.roles.items() if _names(email, names)]
        fitting += [role for role, names in self.claimed.items() if set(names) & set(values)]
        if not fitting or (not email and self._scopes_addresses):
            return None
        role = max(fitting)
        who = email or str(claims.get("sub") or "")
        return Person(who, role, str(claims.get("name") or who), self._scope(email, role))

    @property
    def _scopes_addresses(self) -> bool:
        return any("@" in name for scope in self.scopes for name in scope.who)

    def _scope(self, email: str, role: Role) -> Segment:
        domain = f"@{email.rpartition('@')[2]}" if email else ""
        for name in (email, domain, role.name.lower()):
            found = [scope.segment for scope in self.scopes if name and name in scope.who]
            if found:
                return _united(found)
        return EVERYBODY


NOBODY = Policy({}, "", {}, ())


def read(path: Path) -> Policy:
    """The policy of an access file; RapportError says which entry is not understood. A file that does not exist lets nobody in."""
    if not path.exists():
        return NOBODY
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RapportError(
            "The access file {path} cannot be read ({reason}). Mend it; nobody is let in until then.",
            path=path,
            reason=error.strerror,
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RapportError(
            "The access file {path} is not TOML ({error}). Mend it; nobody is let in until then.",
            path=path,
            error=error,
        ) from error
    _check_names(path, told, "", ("roles", "claim", "scope"))
    claim = _table(path, told, "claim")
    name = claim.pop("name", "")
    if (claim and not isinstance(name, str)) or bool(claim) != bool(name):
        raise _wrong(path, "claim", "needs the name of a claim and its values per role")
    scopes = told.get("scope", [])
    if not isinstance(scopes, list):
        raise _wrong(path, "scope", "is written as [[scope]]")
    return Policy(
        _by_role(path, "roles", _table(path, told, "roles"), lower=True),
        name,
        _by_role(path, "claim", claim, lower=False),
        tuple(_scope(path, entry) for entry in scopes),
    )


def _by_role(path: Path, section: str, told: dict[str, Any], *, lower: bool) -> dict[Role, tuple[str, ...]]:
    _check_names(path, told, section, tuple(ROLES))
    texts = {ROLES[name]: _texts(path, f"{section}.{name}", value) for name, value in told.items()}
    return {role: tuple(map(str.lower, names)) if lower else names for role, names in texts.items()}


def _scope(path: Path, told: object) -> Scope:
    if not isinstance(told, dict) or "who" not in told:
        raise _wrong(path, "scope", "needs who and a column, such as region")
    limits = {name: value for name, value in told.items() if name != "who"}
    _check_names(path, {name: limits[name] for name in limits if not is_member_column(name)}, "scope", ATTRIBUTES)
    segment = Segment(**{name: _texts(path, f"scope.{name}", value) for name, value in limits.items()})
    if not segment.chosen:  # an empty list would mean everybody
        raise _wrong(path, "scope", "needs who and a column, such as region")
    for name, codes in limits.items():
        if not codes:
            raise _wrong(path, f"scope.{name}", "must be a list of texts")
    return Scope(tuple(map(str.lower, _texts(path, "scope.who", told["who"]))), segment)


def _check_names(path: Path, told: Mapping[str, object], section: str, known: Iterable[str]) -> None:
    for name in told:
        if name not in known:
            entry = f"{section}.{name}" if section else name
            raise _wrong(path, entry, "is not known there; there are: {known}", known=", ".join(known))


def _table(path: Path, told: dict[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name, {})
    if not isinstance(found, dict):
        raise _wrong(path, name, "is written as a table with a line per role")
    return dict(found)


def _texts(path: Path, entry: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise _wrong(path, entry, "must be a list of texts")
    return tuple(text.strip() for text in value)


def _wrong(path: Path, entry: str, rule: str, **values: object) -> RapportError:
    return RapportError(
        "In the access file {path}, “{entry}” {rule}. Mend it; nobody is let in until then.",
        path=path,
        entry=entry,
        rule=rule.format(**values),
    )


def _names(email: str, names: Iterable[str]) -> bool:
    return bool(email) and any(email == name or (name.startswith("@") and email.endswith(name)) for name in names)


def _listed(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _united(segments: Sequence[Segment]) -> Segment:
    """Everything that one of the scopes allows, column by column; a column that one of them leaves open is still limited by the others."""
    columns = dict.fromkeys(column for segment in segments for column in segment.chosen)
    return Segment(
        **{column: tuple(dict.fromkeys(code for each in segments for code in each[column])) for column in columns}
    )
