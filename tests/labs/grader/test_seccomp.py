"""The filter of system calls, run instruction by instruction as the kernel would, for every machine that it knows."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from labs.grader.engine.inside import seccomp

OTHER_MACHINE, OPENAT, GETPID = 0x40000003, {"x86_64": 257, "aarch64": 56}, {"x86_64": 39, "aarch64": 172}
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def verdict(machine: str, number: int, argument: int = 0, audit: int | None = None) -> int:
    """Return what the filter says to one call with this first argument."""
    program = list(struct.iter_unpack("HBBI", seccomp.build_filter(machine)))
    expected = seccomp.AUDIT[seccomp.MACHINES.index(machine)]
    data = struct.pack("IIQQ", number, expected if audit is None else audit, 0, argument)
    at = held = 0
    while True:
        code, if_true, if_false, value = program[at]
        at += 1
        if code == seccomp.RETURN:
            return int(value)
        if code == seccomp.LOAD:
            held = int.from_bytes(data[value : value + 4], "little")
            continue
        tests = {seccomp.EQUAL: held == value, seccomp.AT_LEAST: held >= value, seccomp.ANY_BIT: bool(held & value)}
        at += if_true if tests[code] else if_false


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_what_no_notebook_needs_is_refused_and_the_rest_let_through(machine: str) -> None:
    place = seccomp.MACHINES.index(machine)
    clone, connect = seccomp.CLONE[place], seccomp.SOCKET[place]

    assert {verdict(machine, number) for number in seccomp.denied(machine).values()} == {seccomp.EPERM}
    assert verdict(machine, seccomp.CLONE3[place]) == seccomp.ENOSYS
    assert verdict(machine, clone, 0x10000011) == verdict(machine, clone, 0x00020000) == seccomp.EPERM
    assert verdict(machine, clone, 0x01200011) == seccomp.ALLOW
    assert {verdict(machine, connect, family) for family in (1, 2, 10)} == {seccomp.ALLOW}
    assert {verdict(machine, connect, family) for family in (16, 17, 38, 40)} == {seccomp.NOT_SUPPORTED}
    assert {verdict(machine, each[machine]) for each in (OPENAT, GETPID)} == {seccomp.ALLOW}


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_calls_of_another_interface_are_never_let_through(machine: str) -> None:
    assert verdict(machine, GETPID[machine], audit=OTHER_MACHINE) == seccomp.KILL
    assert verdict(machine, seccomp.X32 | 41) == seccomp.ENOSYS


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_numbers_are_those_of_the_kernels_own_header(machine: str) -> None:
    header = HEADERS[machine]
    if not header.is_file():
        pytest.skip(f"{header} is not installed")
    known = dict(re.findall(r"#define __NR_(\w+)\s+(\d+)", header.read_text()))
    place = seccomp.MACHINES.index(machine)
    ours = seccomp.denied(machine) | {
        "clone": seccomp.CLONE[place], "clone3": seccomp.CLONE3[place], "socket": seccomp.SOCKET[place],
        "openat": OPENAT[machine], "getpid": GETPID[machine],
    }  # fmt: skip

    assert ours == {name: int(known[name]) for name in ours}


def test_a_machine_without_a_table_is_not_supported() -> None:
    assert not seccomp.is_supported("riscv64") and seccomp.denied("riscv64") == {}


def test_no_process_takes_anything_of_another() -> None:
    """What security.md A 23 names, and what carried finding 1 of 30 November 2026."""
    named = {"ptrace", "pidfd_getfd", "process_vm_readv", "process_vm_writev", "keyctl", "userfaultfd", "bpf"}

    assert named | {"io_uring_setup", "perf_event_open", "unshare", "setns"} <= set(seccomp.CALLS)


def test_the_filter_is_written_as_a_file_for_the_labs(tmp_path: Path) -> None:
    target = tmp_path / "share/system-calls.bpf"

    assert seccomp.main([str(target)]) == 0

    assert target.read_bytes() == seccomp.build_filter()
