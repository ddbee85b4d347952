"""What somebody has to look after: work on the file that waits for room, and backups that the plan cannot go by."""

import datetime as dt

from data.errors import RapportError
from data.file import space
from data.settings import Settings
from data.store import backups
from data.store.store import Store
from metrics.texts import N_

REWRITE_DUE = N_(
    "The file still holds the bytes of people who were erased: there was no room to write it anew, or people were reading. It is tried "
    "again every quarter of an hour and at each start. It needs {need} MB; {free} MB are free at {folder}."
)
AHEAD = N_(
    "The backup {file} is dated in the future: the clock was wrong when it was made, or is wrong now. Others are made as planned; "
    "delete it once you know which."
)


def warnings(store: Store, settings: Settings, now: dt.datetime) -> list[RapportError]:
    """One sentence for each."""
    found = []
    if store.rewrite_is_due():
        folder = store.path.parent
        need, free = space.in_mib(space.size(store.path)), space.free_bytes(folder) // space.MIB
        found.append(RapportError(REWRITE_DUE, need=need, free=free, folder=folder))
    if settings.backup_dir and settings.backup_dir.is_dir():
        found += [RapportError(AHEAD, file=path.name) for _at, path in backups.ahead(settings.backup_dir, now)]
    return found
