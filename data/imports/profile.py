"""Export profiles: what a vendor's file is known by and how its columns become rows. One TOML file each in data/profiles."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import Refused
from data.imports.cells.status import fold_status
from data.imports.files.headers import find_parts
from metrics.texts import N_

FOLDER = Path(__file__).parents[1] / "profiles"


@dataclass(frozen=True)
class Column:
    """One field: the headers it may stand under and how its cells are read (key, phone, number, date, text, score; movement of
    points; status, event, after_sale, flag and paid say whether an order counts). A header may be several: `Date+Time`."""

    name: str
    headers: tuple[str, ...]
    type: str
    required: bool = False
    label: str = ""
    help: str = ""


@dataclass(frozen=True)
class Condition:
    """What must hold for a field: "empty", "filled", "zero", "negative", "in", "not_in" or "starts", with its values."""

    field: str
    test: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeaveOut:
    """A named rule: rows for which all conditions hold are left out."""

    rule: str
    reason: str
    when: tuple[Condition, ...]


@dataclass(frozen=True)
class Output:
    """Rows for one table out of one file (or a join): which fields, how made, folded, and what is left out.

    `statuses` are the vendor's own words for a status (folded → what it says); `refunds_open`: the file itself shows whether refunds
    are taken off its amounts."""

    kind: str
    file: str
    columns: tuple[Column, ...]
    select: str = ""
    fold: Mapping[str, str] | None = None
    make: Mapping[str, str] = field(default_factory=dict)
    refunds: tuple[Condition, ...] = ()
    leave_out: tuple[LeaveOut, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    id_is_local: bool = False
    each_column: str = ""
    statuses: Mapping[str, str] = field(default_factory=dict)
    refunds_open: bool = False


@dataclass(frozen=True)
class FileRole:
    """One of the files a profile reads. It is recognised when every group of headers has one that is there, and so many (`least`) of
    `several`."""

    role: str
    headers: tuple[tuple[str, ...], ...]
    required: bool = True
    pattern: str = ""
    names: tuple[str, ...] = ()
    several: tuple[tuple[str, ...], ...] = ()
    least: int = 0

    def matches(self, headers: Sequence[str]) -> bool:
        asked = sum(any(find_parts(one, headers) for one in group) for group in self.several)
        return bool(self.headers) and not self.lacking(headers) and asked >= self.least

    @property
    def known_by(self) -> int:
        """How many headers are asked for."""
        return len(self.headers) + len(self.several)

    def lacking(self, headers: Sequence[str]) -> list[tuple[str, ...]]:
        """The groups of which no header is there."""
        return [group for group in self.headers if not any(find_parts(one, headers) for one in group)]


@dataclass(frozen=True)
class Profile:
    """A vendor's export. `general` profiles know synonyms only and give way to every vendor's."""

    name: str
    title: str
    files: tuple[FileRole, ...]
    outputs: tuple[Output, ...]
    general: bool = False
    recognised: bool = True


@cache
def profiles() -> dict[str, Profile]:
    """All profiles by name."""
    return {
        path.stem: _read(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.toml"))
    }


def by_name(name: str) -> Profile:
    """The profile called `name`. An unknown one raises Refused and lists the known ones."""
    if name not in profiles():
        raise Refused(N_("There is no profile “{name}”. Known are: {known}."), name=name, known=", ".join(profiles()))
    return profiles()[name]


def recognise(files: Sequence[tuple[Sequence[str], Path]], fits_pattern: Any) -> tuple[Profile, list[FileRole]] | None:
    """The most specific profile that knows every one of the files, with the role of each; None when there is none.

    More headers asked for is more specific; vendors go before general profiles.
    """
    best: tuple[tuple[bool, int], Profile, list[FileRole]] | None = None
    for profile in profiles().values():
        if not profile.recognised:
            continue
        roles = assign(profile, files, fits_pattern)
        if roles is None:
            continue
        rank = (not profile.general, sum(role.known_by + 100 * bool(role.pattern) for role in roles))
        if best is None or rank > best[0]:
            best = (rank, profile, roles)
    return (best[1], best[2]) if best else None


def assign(profile: Profile, files: Sequence[tuple[Sequence[str], Path]], fits_pattern: Any) -> list[FileRole] | None:
    """The role of each file in a profile, or None when one of the files has none."""
    roles = []
    for headers, path in files:
        fitting = [
            role
            for role in profile.files
            if (fits_pattern(path, role.pattern) if role.pattern else role.matches(headers))
        ]
        if not fitting:
            return None
        roles.append(max(fitting, key=lambda role: len(role.headers)))
    return roles


def find_columns(column: Column, headers: Sequence[str]) -> tuple[int, ...]:
    """The places of the headers that a field is made of: the first of its synonyms that is there; empty when none is."""
    return next((found for wanted in column.headers if (found := find_parts(wanted, headers))), ())


def _read(name: str, raw: dict[str, Any]) -> Profile:
    if "include" in raw:
        return _several(name, raw)
    files = tuple(_file(role, body) for role, body in raw.get("files", {}).items())
    outputs = tuple(_output(body, files) for body in raw["tables"])
    general = raw.get("general", False)
    return Profile(name, raw["title"], files, outputs, general, raw.get("recognised", True))


def _several(name: str, raw: dict[str, Any]) -> Profile:
    """The outputs of other profiles out of one file that answers several of their questions."""
    parts = [_read(one, tomllib.loads((FOLDER / f"{one}.toml").read_text(encoding="utf-8"))) for one in raw["include"]]
    asked, dates = zip(*(part.files[0].headers for part in parts), strict=True)
    outputs = []
    for part, headers in zip(parts, asked, strict=True):
        output = part.outputs[0]
        columns = tuple(
            replace(column, headers=headers, required=False) if column.type == "score" else column
            for column in output.columns
        )
        outputs.append(replace(output, columns=columns))
    (role, body), *_ = raw["files"].items()
    file = FileRole(role, (dates[0],), several=tuple(asked), least=body["several"])
    return Profile(name, raw["title"], (file,), tuple(outputs), raw.get("general", False))


def _file(role: str, body: dict[str, Any]) -> FileRole:
    return FileRole(
        role,
        tuple(_tuple(group) for group in body.get("headers", [])),
        body.get("required", True),
        body.get("pattern", ""),
        tuple(body.get("names", [])),
    )


def _output(body: dict[str, Any], files: tuple[FileRole, ...]) -> Output:
    columns = []
    for name, spec in body["fields"].items():
        full = spec if isinstance(spec, dict) else {"column": spec}
        columns.append(
            Column(
                name,
                _tuple(full["column"]),
                full.get("type") or TYPES.get(name, "text"),
                full.get("required", False),
                full.get("label", ""),
                full.get("help", ""),
            )
        )
    return Output(
        kind=body["kind"],
        file=body.get("file", files[0].role if files else "file"),
        columns=tuple(columns),
        select=body.get("select", ""),
        fold=body.get("fold"),
        make=body.get("make", {}),
        refunds=tuple(map(_condition, body.get("refunds", []))),
        leave_out=tuple(
            LeaveOut(rule["rule"], rule["reason"], tuple(map(_condition, rule["when"])))
            for rule in body.get("leave_out", [])
        ),
        values={key: str(value) for key, value in body.get("values", {}).items()},
        id_is_local=body.get("id_is_local", False),
        each_column=body.get("each_column", ""),
        statuses={fold_status(word): says for says, words in body.get("statuses", {}).items() for word in words},
        refunds_open=body.get("refunds_open", False),
    )


def _condition(body: dict[str, Any]) -> Condition:
    test = next(key for key in body if key != "field")
    values = body[test]
    return Condition(body["field"], test, _tuple(values) if not isinstance(values, bool) else ())


def _tuple(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def with_columns(profile: Profile, mapping: Mapping[str, str]) -> Profile:
    """The profile with fields put under the headers that the user named ("" for none). An unknown field raises Refused."""
    outputs = []
    known = {column.name for output in profile.outputs for column in output.columns}
    for name in mapping:
        if name not in known:
            raise Refused(
                N_("{profile} has no field “{field}”. Its fields are: {known}."),
                profile=profile.name,
                field=name,
                known=", ".join(sorted(known)),
            )
    for output in profile.outputs:
        columns = tuple(
            replace(column, headers=_tuple(mapping[column.name] or [])) if column.name in mapping else column
            for column in output.columns
        )
        outputs.append(replace(output, columns=columns))
    return replace(profile, outputs=tuple(outputs))


TYPES = {
    "order_id": "key",
    "customer_id": "key",
    "phone": "phone",
    "referrer_id": "key",
    "feedback_id": "key",
    "movement_id": "key",
    "award_id": "key",
    "use_id": "key",
    "event_id": "key",
    "response_id": "key",
    "ordered_at": "date",
    "responded_at": "date",
    "joined_on": "date",
    "effective_on": "date",
    "moved_at": "date",
    "expires_on": "date",
    "referred_on": "date",
    "used_at": "date",
    "starts_on": "date",
    "ends_on": "date",
    "amount": "number",
    "gross": "number",
    "discount": "number",
    "refund": "number",
    "items": "number",
    "quantity": "number",
    "unit_price": "number",
    "line_amount": "number",
    "line_price": "number",
    "line_discount": "number",
    "points": "number",
    "cost": "number",
    "weight": "number",
    "score": "score",
}
