"""What a loss of power leaves, by a model of a disk: of a file, what it held when it was last synced; of names, two ends of what can be.

`kept`: every change of a name so far is on the disk, though what the files hold may not be. `lost`: only those before the last sync of
anything are, since a journal (ext4, XFS) writes them in their order. A disk without a journal, or one that says "synced" and has not,
is not modelled; nor is a write of which a part arrived.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.points import CALLS, LINE, SYNCS, watching

STOPPED = "--- stopped by SIGSTOP ---"
BEGINS = "--- SIGCONT"
TEXT, HANDLE = re.compile(r'"([^"]*)"'), re.compile(r"\((?:\d+|AT_FDCWD)<([^>]*)>")


def recording(log: Path) -> list[str]:
    """What has strace list the calls, and stop the process after each sync, so that somebody can see what was synced."""
    stops = (part for call in SYNCS for part in ("-e", f"inject={call}:signal=SIGSTOP"))
    return [*watching(CALLS), "-y", "-s", "0", *stops, "-o", str(log)]


@dataclass(frozen=True)
class Image:
    """What the disk holds: names, and for each the number of its file and what that was copied to when it was synced (None: nothing of it
    was)."""

    text: str
    files: tuple[tuple[str, int, Path | None], ...]

    def write(self, folder: Path) -> None:
        """Lay it out in a folder that does not exist."""
        folder.mkdir()
        laid: dict[int, Path] = {}
        for name, number, content in self.files:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if number in laid:  # two names of one file
                target.hardlink_to(laid[number])
            elif content is None:
                target.touch()
            else:
                shutil.copyfile(content, target)
            laid.setdefault(number, target)


def images(log: Path, folder: Path, base: Path, copies: Sequence[Path]) -> Iterator[Image]:
    """What the disk can hold after each call, without repetitions. `copies` are the folder after each sync."""
    synced: list[Path | None] = [path for path in sorted(base.rglob("*")) if path.is_file()]  # by number of file
    names = {str(path.relative_to(base)): number for number, path in enumerate(synced) if path}
    certain, syncs, seen = dict(names), 0, set()
    for line in log.read_text("utf-8", errors="replace").splitlines():
        match = LINE.match(line)
        if not match or " = -1 " in line:
            continue
        call, paths = match["call"], _paths(line, folder)
        if call in SYNCS:
            syncs += 1
            for name in paths:
                if name in names:
                    synced[names[name]] = copies[syncs - 1] / name
                certain = dict(names)
        elif call == "openat" and "O_CREAT" in line:
            for name in paths[-1:]:
                if name not in names:
                    synced.append(None)
                    names[name] = len(synced) - 1
        elif call.startswith("rename") and len(paths) == 2:
            names[paths[1]] = names.pop(paths[0])
        elif call.startswith("link") and len(paths) == 2:
            names[paths[1]] = names[paths[0]]
        elif call.startswith("unlink") and paths:
            names.pop(paths[-1], None)
        for kind, there in (("kept", names), ("lost", certain)):
            files = tuple((name, number, synced[number]) for name, number in sorted(there.items()))
            if files not in seen:
                seen.add(files)
                yield Image(f"{kind} after {line.replace(str(folder), '…')[:160]}", files)
    assert syncs == len(copies), "a sync was not seen"


def _paths(line: str, folder: Path) -> list[str]:
    """The names in the folder that a call is about: those in quotes, or the one that its handle is to."""
    handle = HANDLE.search(line)
    found = TEXT.findall(line)
    within = [str(Path(handle[1] if handle else "/") / text) for text in found] if found and found[0] else []
    whole = within or ([handle[1]] if handle else [])
    return [path.removeprefix(f"{folder}/") for path in whole if path.startswith(f"{folder}/") or path == str(folder)]
