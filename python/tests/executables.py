"""Tiny executables, as much of them as says where they run."""

import struct

LOADER = "/lib64/ld-linux-x86-64.so.2"


def elf(libraries=("libc.so.6",), symbols=(("open", "libc.so.6", "GLIBC_2.2.5"),), loader=LOADER, machine=62, with_symbol_table=False):
    """A dynamic ELF executable that asks for `symbols`: (name, library, version)."""
    strings, places = b"\0", {}
    for text in [*libraries, *(part for symbol in symbols for part in symbol)]:
        if text not in places:
            places[text] = len(strings)
            strings += text.encode() + b"\0"
    numbers = {}
    for _, library, version in symbols:
        numbers.setdefault((library, version), len(numbers) + 2)
    owners = sorted({library for library, _ in numbers})
    needs = b""
    for position, owner in enumerate(owners):
        own = [(version, number) for (library, version), number in numbers.items() if library == owner]
        size = 16 + 16 * len(own)
        needs += struct.pack("<HHIII", 1, len(own), places[owner], 16, size if position + 1 < len(owners) else 0)
        for index, (version, number) in enumerate(own):
            needs += struct.pack("<IHHII", 0, 0, number, places[version], 16 if index + 1 < len(own) else 0)
    table = bytes(24) + b"".join(struct.pack("<IBBHQQ", places[name], 0x12, 0, 0, 0, 0) for name, _, _ in symbols)
    marks = struct.pack("<H", 0) + b"".join(struct.pack("<H", numbers[library, version]) for _, library, version in symbols)

    parts, offset = {}, 64 + 3 * 56
    for name, part in (("loader", loader.encode() + b"\0"), ("strings", strings), ("needs", needs), ("table", table), ("marks", marks)):
        parts[name] = offset
        offset += len(part)
    entries = [(1, places[library]) for library in libraries] + [(5, parts["strings"]), (6, parts["table"])]
    entries += [(0x6FFFFFF0, parts["marks"]), (0x6FFFFFFE, parts["needs"]), (0x6FFFFFFF, len(owners)), (0, 0)]
    dynamic = b"".join(struct.pack("<qQ", *entry) for entry in entries)
    sections = [(11, parts["table"], len(table))] + ([(2, 0, 0)] if with_symbol_table else [])
    end = offset + len(dynamic)
    whole = end + 64 * len(sections)
    segments = [(3, parts["loader"], len(loader) + 1), (1, 0, whole), (2, offset, len(dynamic))]
    head = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, 64, end, 0, 64, 56, 3, 64, len(sections), 0)
    head += b"".join(struct.pack("<IIQQQQQQ", kind, 4, place, place, place, size, size, 1) for kind, place, size in segments)
    body = loader.encode() + b"\0" + strings + needs + table + marks + dynamic
    return head + body + b"".join(struct.pack("<IIQQQQIIQQ", 0, kind, 0, place, place, size, 0, 0, 1, 0) for kind, place, size in sections)


def mach(oldest, machine=0x0100000C, platform=1):
    """A Mach-O executable for the system `oldest`: (major, minor)."""
    command = struct.pack("<IIIIII", 0x32, 24, platform, oldest[0] << 16 | oldest[1] << 8, 0, 0)
    return b"\xcf\xfa\xed\xfe" + struct.pack("<IIIIIII", machine, 0, 2, 1, len(command), 0, 0) + command
