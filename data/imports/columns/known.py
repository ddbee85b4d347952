"""What all profiles know of files together: the names of columns, the patterns of headerless exports, where keys stand."""

from collections.abc import Sequence
from functools import cache

from data.imports.files.layout import squash
from data.imports.profile import FileRole, Profile, by_name, find_columns, profiles


@cache
def known_names() -> frozenset[str]:
    """The headers that columns bear in any profile, as `squash` has them."""
    headers = [
        header for known in profiles().values() for role in known.files for group in role.headers for header in group
    ]
    headers += [
        header
        for known in profiles().values()
        for output in known.outputs
        for column in output.columns
        for header in column.headers
    ]
    return frozenset(squash(part) for header in headers if not header.startswith("~") for part in header.split("+"))


def patterns() -> list[str]:
    """Those of headerless exports."""
    return [role.pattern for known in profiles().values() for role in known.files if role.pattern]


def columns_of(name: str | None) -> set[str]:
    """The fields of a profile; of any that gives way to vendors where none is named."""
    some = [by_name(name)] if name else [known for known in profiles().values() if known.general]
    return {column.name for known in some for output in known.outputs for column in output.columns}


def id_places(profile: Profile, role: FileRole, headers: Sequence[str]) -> list[int]:
    """Where the numbers of orders, customers and answers stand in a file."""
    columns = [column for output in profile.outputs if output.file == role.role for column in output.columns]
    return sorted({n for column in columns if column.type in ("key", "phone") for n in find_columns(column, headers)})
