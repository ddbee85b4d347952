"""Which profile reads the files, and whether every field that it needs stands in them."""

from collections.abc import Sequence

from data.errors import Refused
from data.imports.files.headers import find_parts
from data.imports.files.layout import listed, matches_lines, second_of
from data.imports.files.raw import RawFile
from data.imports.files.sheets import TOGETHER, Fits
from data.imports.mapper import NeedsMapping, signature
from data.imports.profile import FileRole, Profile, assign, by_name, find_columns, recognise, with_columns
from data.imports.said import refuse_values
from metrics.texts import N_


def which_fits(name: str | None, mapping: dict[str, str], values: dict[str, str]) -> Fits:
    """What tells whether sheets can be read by the profile that was named, or by any."""

    def fits(files: Sequence[RawFile]) -> str | None:
        described = [(file.layout.headers, file.decoded.path) for file in files]
        if name is None:
            found = recognise(described, matches_lines)
            if found is None:
                return None
            return TOGETHER if len({role.role for role in found[1]}) > 1 else found[0].name
        profile = with_columns(by_name(name), mapping)
        if not profile.general and not mapping:
            roles = assign(profile, described, matches_lines)
            return None if roles is None else TOGETHER if len({role.role for role in roles}) > 1 else name
        needed = [column for output in profile.outputs for column in output.columns if column.required]
        there = all(find_columns(column, files[0].layout.headers) or column.name in values for column in needed)
        return (
            name
            if there and all(signature(file.layout.headers) == signature(files[0].layout.headers) for file in files)
            else None
        )

    return fits


def choose(
    raw: list[RawFile], name: str | None, mapping: dict[str, str], values: dict[str, str]
) -> tuple[Profile, list[FileRole]]:
    """The profile and each file's role in it: the one that was named, or the most specific that fits."""
    described = [(file.layout.headers, file.decoded.path) for file in raw]
    if name is None:
        found = recognise(described, matches_lines)
        if found is None:
            raise NeedsMapping(raw[0].name, raw[0].layout)
        profile, roles = found
    else:
        profile = by_name(name)
        assigned = assign(profile, described, matches_lines) if not profile.general else None
        roles = assigned or [profile.files[0]] * len(raw)
        if assigned is None and not profile.general and not mapping:
            raise Refused(
                N_(
                    "{file} does not have the columns of {profile}: {columns}. Leave the profile out, or map the columns."
                ),
                file=raw[0].name,
                profile=profile.title,
                columns=", ".join(group[0] for group in profile.files[0].headers),
            )
    profile = with_columns(profile, mapping)
    refuse_values(profile, values)
    for role in profile.files:
        if role.required and role not in roles:
            raise Refused(
                N_("{profile}: the file with the columns {columns} is missing. Load all files together."),
                profile=profile.title,
                columns=", ".join(group[0] for group in role.headers),
            )
    _refuse_missing(raw, roles, profile, mapping, values)
    return profile, roles


def _refuse_missing(
    raw: list[RawFile], roles: list[FileRole], profile: Profile, mapping: dict[str, str], values: dict[str, str]
) -> None:
    """A column that the user named must be there, and so must one for every required field, or a value for it."""
    for file, role in zip(raw, roles, strict=True):
        if role.pattern:
            continue
        for field, header in mapping.items():
            if header and not find_parts(header, file.layout.headers):
                raise Refused(
                    N_("{file} has no column “{column}” for {field}. Its columns are: {columns}."),
                    file=file.name,
                    column=header,
                    field=field,
                    columns=listed(file.layout.headers),
                )
        for output in profile.outputs:
            if output.file != role.role or output.select or output.each_column:
                continue
            for column in output.columns:
                places = find_columns(column, file.layout.headers)
                for place in places if column.name not in mapping else ():
                    _refuse_repeated(file, column.name, place)
                if column.required and column.name not in values and not places:
                    raise Refused(
                        N_(
                            "{file}: no column is mapped to {field}, which {profile} needs. "
                            "Add --map {field}=COLUMN, or --value {field}=VALUE for the whole file. Its columns are: {columns}."
                        ),
                        file=file.name,
                        field=column.name,
                        profile=profile.title,
                        columns=listed(file.layout.headers),
                    )


def _refuse_repeated(file: RawFile, field: str, place: int) -> None:
    """Of two columns of one name, which one counts is not for the importer to guess."""
    header = file.layout.headers[place]
    second = second_of(header, file.layout.headers)
    if second is not None:
        raise Refused(
            N_(
                "{file}: columns {first} and {second} are both called “{column}”, and {field} can be only one of them. "
                "Rename or remove the other one."
            ),
            file=file.name,
            first=place + 1,
            second=second + 1,
            column=header,
            field=field,
        )
