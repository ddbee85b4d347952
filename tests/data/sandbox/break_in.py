"""What a reader that was taken over would try: other processes, other files, and things left behind that nobody can open."""

import ctypes
import fcntl
import os
import platform
import resource
import signal
import socket
from collections.abc import Callable
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
PARENT = os.getppid()
PIPE = os.pipe()
IOV = ctypes.create_string_buffer(16)


def call(on_x86: int, on_arm: int, *arguments: object) -> Callable[[], object]:
    """A call to the kernel, past Python. One that this machine does not have is refused as well."""

    def made() -> None:
        number = on_x86 if X86 else on_arm
        if number == 0 or LIBC.syscall(number, *arguments) < 0:
            raise OSError(ctypes.get_errno(), "refused")

    return made


# Each would succeed, or fail for another reason than EPERM, in a process that is not shut in.
OTHER_PROCESSES: dict[str, Callable[[], object]] = {
    "kill": lambda: os.kill(PARENT, 0),
    "kill the group": lambda: os.kill(0, 0),
    "kill all": lambda: os.kill(-1, 0),
    "tkill": call(200, 130, PARENT, 0),
    "tgkill": call(234, 131, PARENT, PARENT, 0),
    "queue a signal": call(129, 138, PARENT, 0, ctypes.byref(IOV)),
    "queue a signal to a thread": call(297, 240, PARENT, PARENT, 0, ctypes.byref(IOV)),
    "open by number": lambda: os.pidfd_open(PARENT),
    "signal by descriptor": call(424, 424, -1, 0, None, 0),
    "take a descriptor": call(438, 438, -1, 0, 0),
    "trace": call(101, 117, 16, PARENT, 0, 0),
    "read memory": call(310, 270, PARENT, None, 0, None, 0, 0),
    "write memory": call(311, 271, PARENT, None, 0, None, 0, 0),
    "give memory away": call(440, 440, -1, None, 0, 4, 0),
    "limits of another": lambda: resource.prlimit(PARENT, resource.RLIMIT_NOFILE),
    "priority of another": lambda: os.setpriority(os.PRIO_PROCESS, PARENT, 19),
    "cores of another": lambda: os.sched_setaffinity(PARENT, {0}),
    "turns of another": lambda: os.sched_setscheduler(PARENT, os.SCHED_BATCH, os.sched_param(0)),
    "a pipe's signals": lambda: fcntl.fcntl(PIPE[0], fcntl.F_SETOWN, PARENT),
    "which signal": lambda: fcntl.fcntl(PIPE[0], fcntl.F_SETSIG, signal.SIGKILL),
    "a terminal's input": lambda: fcntl.ioctl(PIPE[0], 0x5412, b"x"),
    "a pair of sockets": socket.socketpair,
    "memory that stays": call(29, 194, 0, 4096, 0o1600),
}


def left_behind(folder: Path) -> dict[str, Callable[[], object]]:
    place = str(folder / "x").encode()
    (folder / "file").touch()
    return {
        "pipe": lambda: os.mkfifo(folder / "x"),
        "device": lambda: os.mknod(folder / "x", 0o20600, os.makedev(1, 5)),
        "socket": lambda: os.mknod(folder / "x", 0o140600),
        "link": lambda: (folder / "x").symlink_to("/etc/passwd"),
        "link, past Python": call(88, 0, b"/etc/passwd", place),
        "second name": lambda: os.link(folder / "file", folder / "x"),
        "folder": lambda: (folder / "x").mkdir(),
        "folder, past Python": call(83, 0, place, 0o700),
        "closed file": lambda: (folder / "file").chmod(0),
        "closed folder": lambda: folder.chmod(0),
        "closed by descriptor": lambda: os.fchmod(os.open(folder / "file", os.O_RDONLY), 0),
    }


def other_files(folder: Path, secret: Path) -> dict[str, Callable[[], object]]:
    """`secret` lies in a folder where nothing is the reader's."""
    return {
        "read": secret.read_bytes,
        "write": lambda: secret.write_bytes(b"x"),
        "append": lambda: secret.open("ab").close(),
        "cut": lambda: os.truncate(secret, 0),
        "remove": secret.unlink,
        "rename": lambda: secret.rename(secret.with_name("y")),
        "take into the folder": lambda: secret.rename(folder / "y"),
        "put beside it": lambda: secret.with_name("z").touch(),
        "list": lambda: list(secret.parent.iterdir()),
        "list all": lambda: list(Path("/").iterdir()),
        "memory": lambda: os.open(f"/proc/{PARENT}/mem", os.O_RDWR),
        "memory, to read": lambda: os.open(f"/proc/{PARENT}/mem", os.O_RDONLY),
        "environment": Path(f"/proc/{PARENT}/environ").read_bytes,
        "command": Path(f"/proc/{PARENT}/cmdline").read_bytes,
        "descriptors": lambda: list(Path(f"/proc/{PARENT}/fd").iterdir()),
        "whole file system": lambda: list(Path(f"/proc/{PARENT}/root").iterdir()),
        "order of ending": lambda: Path(f"/proc/{PARENT}/oom_score_adj").write_text("1000"),
        "password file": Path("/etc/passwd").read_bytes,
        "home": lambda: list(Path.home().iterdir()),
        "temporary files": lambda: list(Path("/tmp").iterdir()),
        "ours": lambda: (Path(__file__).parents[3] / "data" / "settings.py").read_bytes(),
    }


def done(attempts: dict[str, Callable[[], object]], refusals: type[OSError] = PermissionError) -> list[str]:
    """Those that were not refused."""
    found = []
    for name, attempt in attempts.items():
        try:
            attempt()
            found.append(name)
        except refusals:
            continue
        except OSError as error:
            found.append(f"{name}: {error}")
    return found
