"""The platform tag of a release is what its executable says."""

import sys

import pytest

from conftest import SDK
from executables import elf, mach

if not (SDK / "_build").exists():
    pytest.skip("the build backend is in the repository, not in the package", allow_module_level=True)

sys.path.insert(0, str(SDK / "_build"))

from penstock_platform import NotShippable, platform_of  # noqa: E402

C, M = "libc.so.6", "libm.so.6"


@pytest.mark.parametrize(
    "symbols, tag",
    [
        ([("open", C, "GLIBC_2.2.5")], "manylinux_2_2_x86_64"),
        ([("open", C, "GLIBC_2.9"), ("hypot", M, "GLIBC_2.35"), ("stat", C, "GLIBC_2.33")], "manylinux_2_35_x86_64"),
        ([("a", C, "GLIBC_2.4"), ("b", C, "GLIBC_2.17"), ("c", C, "GLIBC_2.4")], "manylinux_2_17_x86_64"),
        ([("a", C, "GLIBC_2.9"), ("", C, "GLIBC_ABI_DT_RELR")], "manylinux_2_36_x86_64"),
    ],
)
def test_the_newest_version_that_a_symbol_asks_for(symbols, tag):
    assert platform_of(elf([C, M], symbols)).tag == tag


def test_what_asked_for_it_is_told():
    platform = platform_of(elf([C, M], [("stat", C, "GLIBC_2.33"), ("hypotf", M, "GLIBC_2.35"), ("hypot", M, "GLIBC_2.35")]))
    assert list(platform.reasons.items()) == [((2, 35), ["hypot", "hypotf"]), ((2, 33), ["stat"])]
    assert platform.floor == "glibc 2.35" and platform.is_stripped
    assert not platform_of(elf(with_symbol_table=True)).is_stripped


def test_another_machine():
    platform = platform_of(elf(symbols=[("open", C, "GLIBC_2.17")], loader="/lib/ld-linux-aarch64.so.1", machine=183))
    assert platform.tag == "manylinux_2_17_aarch64"


@pytest.mark.parametrize(
    "oldest, machine, tag",
    [
        ((15, 0), 0x0100000C, "macosx_15_0_arm64"),
        ((13, 3), 0x0100000C, "macosx_14_0_arm64"),
        ((10, 15), 0x01000007, "macosx_10_15_x86_64"),
    ],
)
def test_macos(oldest, machine, tag):
    assert platform_of(mach(oldest, machine)).tag == tag


@pytest.mark.parametrize(
    "data, reason",
    [
        (elf([C, "libsqlite3.so.0", "libswiftCore.so"]), "no part of glibc: libsqlite3.so.0, libswiftCore.so"),
        (elf(loader="/lib/ld-musl-x86_64.so.1"), "its loader is /lib/ld-musl-x86_64.so.1"),
        (elf(symbols=[("x", C, "GLIBC_PRIVATE")]), "asks for GLIBC_PRIVATE"),
        (elf(symbols=()), "no version of glibc"),
        (elf(machine=8), "no platform tag"),
        (elf()[:150], "cut off"),
        (b"\x7fELF\x01\x01" + bytes(60), "64-bit"),
        (b"#!/bin/sh\n", "neither"),
        (b"", "neither"),
        (mach((15, 0), platform=2), "for which macOS"),
    ],
)
def test_what_no_wheel_can_carry(data, reason):
    with pytest.raises(NotShippable, match=reason):
        platform_of(data)


def test_any_cut_or_flipped_byte_is_an_answer_or_a_reason():
    whole = elf([C, M], [("stat", C, "GLIBC_2.33"), ("hypot", M, "GLIBC_2.35")])
    for position in range(len(whole)):
        flipped = bytearray(whole)
        flipped[position] ^= 0xFF
        for data in (whole[:position], bytes(flipped)):
            try:
                assert platform_of(data).tag
            except NotShippable:
                pass
