"""On Linux the kernel shows the child the files that it needs and no other (Landlock, which needs no right).

A kernel without it (before 5.13, or a container that keeps it from us) leaves the child what its user can open.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

CREATE, ADD, RESTRICT = 444, 445, 446  # the same on all machines
TELL_VERSION, BENEATH = 1, 1
NO_NEW_PRIVILEGES = 38
RUN, WRITE, READ, LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE, MAKE_FILE = 1 << 5, 1 << 8
MAKE_OTHERS = 1 << 6 | 1 << 7 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12  # devices, folders, sockets, pipes and links
CUT = 1 << 14  # known from the third version on
RIGHTS = (0, 13, 14, 15, 15, 16)  # so many each version knows; later ones know no other of files
SIGNALS, ABSTRACT_SOCKETS = 2, 1
SCOPES_SINCE, NETWORK_SINCE = 6, 4
OF_A_FILE = RUN | WRITE | READ | CUT
OWN = WRITE | READ | LIST | REMOVE | MAKE_FILE | CUT
ROOT = Path(__file__).parents[2]
# Libraries, time zones, and what allocators and pools of threads ask of the machine.
SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache",
    "/usr/share/zoneinfo", "/etc/localtime", "/etc/timezone",
    "/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/sys/devices/system", "/sys/fs/cgroup", "/dev/urandom",
)  # fmt: skip
NOTHING = "/dev/null"


def raise_outer() -> bool:
    """No look into other processes and no signal to them, nothing made but files; of all threads that begin from now on."""
    return _restrict(MAKE_OTHERS, {})


def raise_inner(folder: Path) -> bool:
    """This thread, and those that it starts, open what lies in the folder or is linked to from there now, and what Python and its
    libraries read. Modules of ours are loaded before; the folder that they lie in may hold the data file."""
    given = [path for path in folder.iterdir() if path.is_symlink()]
    readable = [*map(Path, SYSTEM), *_python(), *given]
    return _restrict(-1, dict.fromkeys(readable, READ | LIST) | {Path(NOTHING): READ | WRITE | CUT, folder: OWN})


def _python() -> Iterable[Path]:
    """Where Python and the libraries lie that it loads later: never a folder that holds us."""
    named = [sys.prefix, sys.base_prefix, *sys.path, *os.environ.get("LD_LIBRARY_PATH", "").split(":")]
    places = {Path(name).resolve() for name in named if name}
    return (place for place in places if not ROOT.resolve().is_relative_to(place))


def _restrict(most: int, allowed: dict[Path, int]) -> bool:
    """Have the kernel refuse what is in `most` (-1: all that it knows) but for what is `allowed` at and beneath a place."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(CREATE, None, ctypes.c_size_t(0), TELL_VERSION)
    if version < 1 or libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    handled = most & ((1 << RIGHTS[min(version, len(RIGHTS) - 1)]) - 1)
    attributes = struct.pack("QQQ", handled, 0, SIGNALS | ABSTRACT_SOCKETS if version >= SCOPES_SINCE else 0)
    size = 24 if version >= SCOPES_SINCE else 16 if version >= NETWORK_SINCE else 8
    rules = libc.syscall(CREATE, attributes, ctypes.c_size_t(size), 0)
    if rules < 0:
        return False
    try:
        for place, rights in allowed.items():
            with suppress(OSError):  # not on this machine
                _allow(libc, rules, place, rights & handled)
        return bool(libc.syscall(RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, place: Path, rights: int) -> None:
    opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = rights if place.is_dir() else rights & OF_A_FILE
        libc.syscall(ADD, rules, BENEATH, struct.pack("=Qi", rights, opened), 0)
    finally:
        os.close(opened)
