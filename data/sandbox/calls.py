"""The child asks for no network and starts no process: on Linux the kernel refuses it, elsewhere Python does."""

import ctypes
import os
import platform
import struct
import sys

# Per machine: its mark, the calls that are refused, clone, and the call that sets a filter.
# socket, connect, execve, execveat, ptrace, io_uring_setup; on x86 also fork and vfork, which others do not have.
MACHINES = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 101, 425, 57, 58), 56, 317),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117, 425), 220, 277),
}
CLONE3 = 435  # its arguments cannot be looked at: said to be unknown, so that the C library uses clone
CLONE_THREAD = 0x00010000
FOREIGN_CALLS = 0x40000000  # x86's second table of calls begins there
EPERM, ENOSYS = 1, 38
NO_NEW_PRIVILEGES, SET_FILTER, ALL_THREADS = 38, 1, 1
LOAD, JUMP_EQUAL, JUMP_FROM, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
REFUSED_EVENTS = (
    "socket.__new__",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
)


def refuse() -> bool:
    """From here on no socket and no process; whether the kernel holds it, in all threads and libraries."""
    if sys.platform == "linux" and _set_filter():
        return True
    sys.addaudithook(_refuse_event)
    return False


def _refuse_event(event: str, _arguments: object) -> None:
    if event in REFUSED_EVENTS:
        raise PermissionError(EPERM, os.strerror(EPERM), event)


def _set_filter() -> bool:
    if platform.machine() not in MACHINES:
        return False
    mark, refused, clone, seccomp = MACHINES[platform.machine()]
    code = b"".join(struct.pack("HBBI", *step) for step in _program(mark, refused, clone))
    steps = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(steps)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.syscall(seccomp, SET_FILTER, ALL_THREADS, ctypes.byref(program)) == 0)


def _program(mark: int, refused: tuple[int, ...], clone: int) -> list[tuple[int, int, int, int]]:
    """The filter as the kernel reads it: code, steps to jump when it holds, when not, operand."""
    steps = [
        (LOAD, 0, 0, 4),  # the machine
        (JUMP_EQUAL, 1, 0, mark),
        (RETURN, 0, 0, REFUSE | EPERM),
        (LOAD, 0, 0, 0),  # the number of the call
        (JUMP_FROM, 0, 1, FOREIGN_CALLS),
        (RETURN, 0, 0, REFUSE | EPERM),
        (JUMP_EQUAL, 0, 1, CLONE3),
        (RETURN, 0, 0, REFUSE | ENOSYS),
    ]
    for number in refused:
        steps += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE | EPERM)]
    return [
        *steps,
        (JUMP_EQUAL, 1, 0, clone),
        (RETURN, 0, 0, ALLOW),
        (LOAD, 0, 0, 16),  # its flags: a thread of this process, or a process
        (JUMP_BITS, 1, 0, CLONE_THREAD),
        (RETURN, 0, 0, REFUSE | EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
