"""The child asks for no network, starts no process and touches none: on Linux the kernel refuses it, elsewhere Python does what it can."""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable

# Per machine: its mark, its place in the table below, and the call that sets a filter.
MACHINES = {"x86_64": (0xC000003E, 0, 317), "aarch64": (0xC00000B7, 1, 277)}
# The number of a call on x86-64 and on ARM64; 0 where there is none.
REFUSED = {
    # The network. A pair of sockets is refused too: what is sent through one can name another address.
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203),
    # Further programs and processes.
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, 0), "vfork": (58, 0),
    # Other processes: their memory, their descriptors, their turns on a core. (Signals by number: see OWN.)
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "tkill": (200, 130), "migrate_pages": (256, 238), "move_pages": (279, 239), "setpriority": (141, 140),
    "ioprio_set": (251, 30), "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274), "perf_event_open": (298, 241),
    "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440), "process_mrelease": (448, 448),
    # What outlives this process, or counts for no limit of it.
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180),
    # What it leaves in its folder are files that we can open and remove: no pipe, device or second name of another file, and no folder,
    # which could lie in others deeper than anything can be removed.
    "mkdir": (83, 0), "mkdirat": (258, 34), "chmod": (90, 0), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "mknod": (133, 0), "mknodat": (259, 33), "symlink": (88, 0), "symlinkat": (266, 36), "link": (86, 0), "linkat": (265, 37),
    # Other views of the file system, keys, and the machine itself.
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "setns": (308, 268),
    "unshare": (272, 97), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsmount": (432, 432),
    "open_by_handle_at": (304, 265), "fanotify_init": (300, 262), "add_key": (248, 217), "request_key": (249, 218),
    "keyctl": (250, 219), "bpf": (321, 280), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
}  # fmt: skip
# Calls that name a process first: only this one may be named. Libraries that give up end themselves so.
OWN = {"kill": (62, 129), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240)}
LIMITS = (302, 261)  # prlimit64, whose first argument is 0 for this process
# Calls whose second argument says what they do. Who owns a pipe gets a signal of one's choice when something arrives in it; a terminal
# can be made to hear what nobody typed.
CHOICES = {
    "fcntl": ((72, 25), (8, 10, 15)),  # F_SETOWN, F_SETSIG, F_SETOWN_EX
    "ioctl": ((16, 29), (0x5412, 0x541C)),  # TIOCSTI, TIOCLINUX
}
CLONE = (56, 220)
CLONE3 = 435  # its arguments cannot be looked at: said to be unknown, so that the C library uses clone
CLONE_THREAD = 0x00010000
FOREIGN_CALLS = 0x40000000  # x86's second table of calls begins there
EPERM, ENOSYS = 1, 38
NO_NEW_PRIVILEGES, SET_FILTER, ALL_THREADS = 38, 1, 1
LOAD, JUMP_EQUAL, JUMP_FROM, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, MACHINE, ARGUMENTS = 0, 4, 16  # where they stand in what the filter is given
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
REFUSED_EVENTS = (
    "socket.__new__",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.kill",
    "os.killpg",
    "os.chmod",
    "os.link",
    "os.mkdir",
    "os.symlink",
)

Step = tuple[int, int, int, int]  # code, steps to jump when it holds, when not, operand


def refuse() -> bool:
    """From here on no socket and no other process; whether the kernel holds it, in all threads and libraries."""
    if sys.platform == "linux" and _set_filter():
        return True
    sys.addaudithook(_refuse_event)
    return False


def _refuse_event(event: str, arguments: tuple[object, ...]) -> None:
    if event in REFUSED_EVENTS and not (event == "os.kill" and arguments[0] == os.getpid()):
        raise PermissionError(EPERM, os.strerror(EPERM), event)


def _set_filter() -> bool:
    if platform.machine() not in MACHINES:
        return False
    mark, machine, seccomp = MACHINES[platform.machine()]
    code = b"".join(struct.pack("HBBI", *step) for step in _program(mark, machine))
    steps = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(steps)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.syscall(seccomp, SET_FILTER, ALL_THREADS, ctypes.byref(program)) == 0)


def _program(mark: int, machine: int) -> list[Step]:
    """The filter as the kernel reads it."""
    steps = [
        (LOAD, 0, 0, MACHINE),
        (JUMP_EQUAL, 1, 0, mark),
        (RETURN, 0, 0, REFUSE | EPERM),
        (LOAD, 0, 0, NUMBER),
        (JUMP_FROM, 0, 1, FOREIGN_CALLS),
        (RETURN, 0, 0, REFUSE | EPERM),
        (JUMP_EQUAL, 0, 1, CLONE3),
        (RETURN, 0, 0, REFUSE | ENOSYS),
    ]
    for numbers in REFUSED.values():
        if numbers[machine]:
            steps += [(JUMP_EQUAL, 0, 1, numbers[machine]), (RETURN, 0, 0, REFUSE | EPERM)]
    for numbers in OWN.values():
        steps += _only(numbers[machine], os.getpid())
    steps += _only(LIMITS[machine], 0)
    for numbers, choices in CHOICES.values():
        steps += _never(numbers[machine], choices)
    return [
        *steps,
        (JUMP_EQUAL, 1, 0, CLONE[machine]),
        (RETURN, 0, 0, ALLOW),
        (LOAD, 0, 0, ARGUMENTS),  # its flags: a thread of this process, or a process
        (JUMP_BITS, 1, 0, CLONE_THREAD),
        (RETURN, 0, 0, REFUSE | EPERM),
        (RETURN, 0, 0, ALLOW),
    ]


def _only(number: int, first: int) -> list[Step]:
    """The call with this first argument alone; the kernel takes its lower half, as the filter does (both machines begin with it)."""
    return [
        (JUMP_EQUAL, 0, 4, number),
        (LOAD, 0, 0, ARGUMENTS),
        (JUMP_EQUAL, 1, 0, first),
        (RETURN, 0, 0, REFUSE | EPERM),
        (RETURN, 0, 0, ALLOW),
    ]


def _never(number: int, choices: Iterable[int]) -> list[Step]:
    """The call with none of these second arguments."""
    checks = [step for choice in choices for step in ((JUMP_EQUAL, 0, 1, choice), (RETURN, 0, 0, REFUSE | EPERM))]
    return [
        (JUMP_EQUAL, 0, len(checks) + 2, number),
        (LOAD, 0, 0, ARGUMENTS + 8),
        *checks,
        (RETURN, 0, 0, ALLOW),
    ]
