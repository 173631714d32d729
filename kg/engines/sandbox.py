"""What a worker may still do: compute, and talk on the socket it already has.

A query that fools the guard finds no way to a server, a file or a program. The filter is a
seccomp program (seccomp(2), Linux on x86_64 and aarch64) set without any privilege.
"""

import ctypes
import errno
import os
import resource
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_TSYNC = 1
_NICENESS = 5
_FEW_FILES = 16

# Names and numbers of asm/unistd_64.h and asm-generic/unistd.h; None where there is no such call.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "kill": (62, 129),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "memfd_create": (319, 279),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "add_key": (248, 217),
    "keyctl": (250, 219),
    "creat": (85, None),
    "openat2": (437, 437),
    "open_by_handle_at": (304, 265),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "truncate": (76, 45),
    "ftruncate": (77, 46),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setns": (308, 268),
}
_SOCKET, _CONNECT = _DENIED["socket"], _DENIED["connect"]
_OPEN = (2, None)
_OPENAT = (257, 56)
_CLONE = (56, 220)
_CLONE3 = (435, 435)
_SECCOMP = (317, 277)
_CLONE_THREAD = 0x10000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000

# Classic BPF (linux/filter.h): operation codes, and offsets in struct seccomp_data.
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ALLOW, _KILL, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000


def confine(memory_bytes: int, *, reads_files: bool, reaches_others: bool = False) -> bool:
    """Take from this process what a query does not need, for good.

    Args:
        memory_bytes: address space it may take beside what it has.
        reads_files: whether files may still be opened for reading, as a store on disk needs.
        reaches_others: whether it may connect to servers (over IPv4 and IPv6, to any address),
            and so read the files that tell where they are and what they are trusted by.

    Returns:
        Whether the kernel set the filter; the limits on memory and files hold in any case.
    """
    os.nice(_NICENESS)
    _limit(resource.RLIMIT_AS, _address_space() + memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    if not (reads_files or reaches_others):
        _limit(resource.RLIMIT_NOFILE, _FEW_FILES)
    return _filter(reads_files=reads_files or reaches_others, reaches_others=reaches_others)


def die_with(parent: int) -> None:
    """End this process when its parent ends, even in the middle of a query (Linux)."""
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, most))


def _address_space() -> int:
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _prctl(option: int, value: int) -> int:
    return int(_LIBC.prctl(*map(ctypes.c_ulong, (option, value, 0, 0, 0))))


def _filter(*, reads_files: bool, reaches_others: bool = False) -> bool:
    machine = _MACHINES.get(os.uname().machine)
    if sys.platform != "linux" or machine is None:
        return False
    column, architecture = machine
    code = _program(column, architecture, reads_files=reads_files, reaches_others=reaches_others)
    instructions = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions))
    if _prctl(_PR_SET_NO_NEW_PRIVS, 1) != 0:
        return False
    call = (_SECCOMP[column], _SET_MODE_FILTER, _TSYNC)
    return bool(_LIBC.syscall(*map(ctypes.c_long, call), header) == 0)


def _program(
    column: int, architecture: int, *, reads_files: bool, reaches_others: bool = False
) -> bytes:
    """The filter: for each system call that is denied, a test and an error; then yes."""
    forbidden = _FAIL | errno.EPERM
    code = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_JUMP_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
    ]
    if column == 0:
        code += [_step(_JUMP_AT_LEAST, _X32, 0, 1), _step(_RETURN, forbidden)]
    opening = [] if reads_files else [_OPEN, _OPENAT]
    if reaches_others:
        code += _only(_SOCKET[column], 0, (socket.AF_INET, socket.AF_INET6), forbidden)
    for numbers in (*_DENIED.values(), *opening):
        if not (reaches_others and numbers in (_SOCKET, _CONNECT)):
            code += _deny(numbers[column], forbidden)
    # Without clone3 the C library falls back to clone, whose flags a filter can read.
    code += _deny(_CLONE3[column], _FAIL | errno.ENOSYS)
    code += _test(_CLONE[column], 0, _CLONE_THREAD, _ALLOW, forbidden)
    code += _test(_OPEN[column], 1, _WRITING, forbidden, _ALLOW)
    code += _test(_OPENAT[column], 2, _WRITING, forbidden, _ALLOW)
    return b"".join((*code, _step(_RETURN, _ALLOW)))


def _deny(number: int | None, verdict: int) -> list[bytes]:
    if number is None:
        return []
    return [_step(_JUMP_EQUAL, number, 0, 1), _step(_RETURN, verdict)]


def _test(number: int | None, argument: int, bits: int, some: int, none: int) -> list[bytes]:
    """One verdict when any of the bits is set in an argument, another when none is."""
    if number is None:
        return []
    return [
        _step(_JUMP_EQUAL, number, 0, 4),
        _step(_LOAD, _ARGUMENTS + 8 * argument),
        _step(_JUMP_ANY_BIT, bits, 0, 1),
        _step(_RETURN, some),
        _step(_RETURN, none),
    ]


def _only(number: int | None, argument: int, values: Sequence[int], verdict: int) -> list[bytes]:
    """A verdict when an argument is none of some values; else the call is allowed."""
    if number is None:
        return []
    count = len(values)
    return [
        _step(_JUMP_EQUAL, number, 0, count + 3),
        _step(_LOAD, _ARGUMENTS + 8 * argument),
        *(_step(_JUMP_EQUAL, each, count - place, 0) for place, each in enumerate(values)),
        _step(_RETURN, verdict),
        _step(_RETURN, _ALLOW),
    ]


def _step(operation: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", operation, if_true, if_false, value)
