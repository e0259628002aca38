"""System calls that no notebook needs, refused by the kernel: a filter of classic BPF, for x86-64 and 64-bit ARM."""

from __future__ import annotations

import ctypes
import platform
import struct
import sys
from pathlib import Path

NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
EPERM, ENOSYS, ALLOW, KILL = 0x00050001, 0x00050026, 0x7FFF0000, 0x80000000
# For families of sockets: the messaging library of a kernel ends its process at any other error when it looks for interfaces.
NOT_SUPPORTED = 0x0005005F
MACHINES = ("x86_64", "aarch64")
"""Machines whose numbers of system calls are known here."""
AUDIT = (0xC000003E, 0xC00000B7)
X32 = 0x40000000
CLONE3 = (435, 435)
CLONE, NEW_NAMESPACES = (56, 220), 0x7E020080
SOCKET, FAMILIES = (41, 198), (1, 2, 10)

# Numbers on each of the machines. The last five make memory that belongs to no process, so no limit of ours would count it.
CALLS = {
    "ptrace": (101, 117),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "mount": (165, 40),
    "umount2": (166, 39),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "init_module": (175, 105),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "perf_event_open": (298, 241),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "finit_module": (313, 273),
    "kexec_file_load": (320, 294),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "pidfd_getfd": (438, 438),
    "mount_setattr": (442, 442),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "msgget": (68, 186),
}


def is_supported(machine: str = "") -> bool:
    """Tell whether this machine's system calls are in the table."""
    return (machine or platform.machine()) in MACHINES


def denied(machine: str = "") -> dict[str, int]:
    """Return the numbers of the refused calls on this machine; none on one that is not in the table."""
    if not is_supported(machine):
        return {}
    place = MACHINES.index(machine or platform.machine())
    return {name: numbers[place] for name, numbers in CALLS.items()}


DENIED = denied()


def build_filter(machine: str = "") -> bytes:
    """Return the program, first instruction to last."""
    place = MACHINES.index(machine or platform.machine())
    program = [
        *(_step(LOAD, 4), _step(EQUAL, AUDIT[place], 1, 0), _step(RETURN, KILL)),
        # Calls of the x32 interface; no other machine has numbers that large.
        *(_step(LOAD, 0), _step(AT_LEAST, X32, 0, 1), _step(RETURN, ENOSYS)),
    ]
    for number in denied(machine).values():
        program += [_step(EQUAL, number, 0, 1), _step(RETURN, EPERM)]
    # The C library falls back to clone, whose flags a filter can read.
    program += [_step(EQUAL, CLONE3[place], 0, 1), _step(RETURN, ENOSYS)]
    program += [_step(EQUAL, CLONE[place], 0, 4), _step(LOAD, 16), _step(ANY_BIT, NEW_NAMESPACES, 0, 1)]
    program += [_step(RETURN, EPERM), _step(RETURN, ALLOW)]
    program += [_step(EQUAL, SOCKET[place], 0, 5), _step(LOAD, 16)]
    program += [_step(EQUAL, family, left, 0) for family, left in zip(FAMILIES, (3, 2, 1), strict=True)]
    program += [_step(RETURN, NOT_SUPPORTED), _step(RETURN, ALLOW)]
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


def main(arguments: list[str]) -> int:
    """Write the filter into a file, for who hands it to bubblewrap; on a machine without a table write none."""
    target = Path(arguments[0])
    target.unlink(missing_ok=True)
    if is_supported():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(build_filter())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
