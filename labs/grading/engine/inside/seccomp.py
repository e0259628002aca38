"""System calls that no notebook needs, refused by the kernel: a filter of classic BPF, one table per architecture."""

from __future__ import annotations

import ctypes
import platform
import struct

NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
EPERM, ENOSYS, ALLOW, KILL = 0x00050001, 0x00050026, 0x7FFF0000, 0x80000000
AUDIT_X86_64 = 0xC000003E
X32 = 0x40000000
CLONE3 = 435
CLONE, NEW_NAMESPACES = 56, 0x7E020080
SOCKET, FAMILIES = 41, (1, 2, 10)

# The last five make memory that belongs to no process, so no limit of ours would count it.
DENIED = {
    "ptrace": 101,
    "pivot_root": 155,
    "chroot": 161,
    "mount": 165,
    "umount2": 166,
    "swapon": 167,
    "swapoff": 168,
    "reboot": 169,
    "init_module": 175,
    "delete_module": 176,
    "kexec_load": 246,
    "add_key": 248,
    "request_key": 249,
    "keyctl": 250,
    "unshare": 272,
    "perf_event_open": 298,
    "name_to_handle_at": 303,
    "open_by_handle_at": 304,
    "setns": 308,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "finit_module": 313,
    "kexec_file_load": 320,
    "bpf": 321,
    "userfaultfd": 323,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "mount_setattr": 442,
    "memfd_create": 319,
    "memfd_secret": 447,
    "shmget": 29,
    "shmat": 30,
    "msgget": 68,
}


def is_supported() -> bool:
    """Tell whether this machine's system calls are in the table."""
    return platform.machine() == "x86_64"


def build_filter() -> bytes:
    """Return the program, first instruction to last."""
    program = [
        *(_step(LOAD, 4), _step(EQUAL, AUDIT_X86_64, 1, 0), _step(RETURN, KILL)),
        *(_step(LOAD, 0), _step(AT_LEAST, X32, 0, 1), _step(RETURN, ENOSYS)),
    ]
    for number in DENIED.values():
        program += [_step(EQUAL, number, 0, 1), _step(RETURN, EPERM)]
    # The C library falls back to clone, whose flags a filter can read.
    program += [_step(EQUAL, CLONE3, 0, 1), _step(RETURN, ENOSYS)]
    program += [_step(EQUAL, CLONE, 0, 4), _step(LOAD, 16), _step(ANY_BIT, NEW_NAMESPACES, 0, 1)]
    program += [_step(RETURN, EPERM), _step(RETURN, ALLOW)]
    program += [_step(EQUAL, SOCKET, 0, 5), _step(LOAD, 16)]
    program += [_step(EQUAL, family, left, 0) for family, left in zip(FAMILIES, (3, 2, 1), strict=True)]
    program += [_step(RETURN, EPERM), _step(RETURN, ALLOW)]
    return b"".join(program)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def install(libc: ctypes.CDLL) -> None:
    """Filter this process and all its descendants from now on. Raises OSError, also on an unknown architecture."""
    if not is_supported():
        raise OSError(f"no table of system calls for {platform.machine()}")
    code = build_filter()
    kept = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(kept))
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(SECCOMP, FILTER, program, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")
