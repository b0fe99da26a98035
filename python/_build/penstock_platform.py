"""Where an executable runs, as the platform tag of a wheel: read from the file itself, so that the tag cannot promise too much.

For Linux (ELF) it is the newest version of glibc that a symbol of the file asks for (PEP 600, ``manylinux_2_NN_ARCH``); a
library that is no part of glibc is an error. For macOS (Mach-O) it is the oldest system that the file was linked for.
"""

import struct

#: The parts of glibc. Its dynamic loader is named like the architecture.
GLIBC = ("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1", "libresolv.so.2")
LOADERS = ("ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1")

_ELF_MACHINES = {62: "x86_64", 183: "aarch64"}
_MACH_MACHINES = {0x01000007: "x86_64", 0x0100000C: "arm64"}
_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_DT_NEEDED, _DT_STRTAB, _DT_SYMTAB, _DT_VERSYM, _DT_VERNEED, _DT_VERNEEDNUM = 1, 5, 6, 0x6FFFFFF0, 0x6FFFFFFE, 0x6FFFFFFF
_SHT_SYMTAB, _SHT_DYNSYM = 2, 11
#: Mach-O load commands that name the oldest system: LC_VERSION_MIN_MACOSX, and LC_BUILD_VERSION for platform 1, macOS.
_VERSION_MIN, _BUILD_VERSION, _MACOS = 0x24, 0x32, 1


class NotShippable(ValueError):
    """Why no wheel can carry the file."""


class Platform:
    """A platform tag, and what made it so."""

    def __init__(self, tag, floor, reasons, is_stripped):
        self.tag = tag
        #: The oldest system in words: "glibc 2.35".
        self.floor = floor
        #: Version of glibc as (2, 35): the symbols that ask for it, newest version first.
        self.reasons = reasons
        self.is_stripped = is_stripped


def platform_of(data):
    """The platform of an executable. Raises NotShippable."""
    try:
        if data[:4] == b"\x7fELF":
            return _Elf(data).platform()
        if data[:4] == b"\xcf\xfa\xed\xfe":
            return _mach_platform(data)
    except NotShippable:
        raise
    except (struct.error, KeyError, OverflowError, ValueError):
        raise NotShippable("it is cut off or damaged") from None
    raise NotShippable("it is neither an ELF nor a 64-bit Mach-O executable")


class _Elf:
    def __init__(self, data):
        if data[4:6] != b"\x02\x01":
            raise NotShippable("it is not a 64-bit little-endian ELF file")
        self.data = data
        self.machine = _ELF_MACHINES.get(struct.unpack_from("<H", data, 18)[0])
        if self.machine is None:
            raise NotShippable("it is made for a machine that has no platform tag here")
        self.segments = list(self._read_segments())
        self.dynamic = list(self._read_dynamic())
        self.known = dict(self.dynamic)

    def platform(self):
        self._check_loader()
        libraries = [self._text(value) for tag, value in self.dynamic if tag == _DT_NEEDED]
        foreign = [name for name in libraries if name not in GLIBC + LOADERS]
        if foreign:
            raise NotShippable("it needs libraries that are no part of glibc: %s" % ", ".join(foreign))
        names = self._version_names()
        versions = [_glibc_version(name) for name in names.values()]
        if not versions:
            raise NotShippable("it asks for no version of glibc")
        newest = max(versions)
        tag = "manylinux_%d_%d_%s" % (newest[0], newest[1], self.machine)
        is_stripped = not any(self._sections(_SHT_SYMTAB))
        return Platform(tag, "glibc %d.%d" % newest, self._reasons(names), is_stripped)

    def _check_loader(self):
        for kind, place, _, size in self.segments:
            if kind == _PT_INTERP:
                loader = self.data[place : place + size].rstrip(b"\0").decode()
                if loader.rpartition("/")[2] not in LOADERS:
                    raise NotShippable("its loader is %s, not that of glibc" % loader)
                return
        raise NotShippable("it has no dynamic loader; nothing says which systems it runs on")

    def _version_names(self):
        """The versions that are asked for, by their numbers in this file."""
        found = {}
        if _DT_VERNEED not in self.known:
            return found
        place = self._offset(self.known[_DT_VERNEED])
        for _ in range(self.known.get(_DT_VERNEEDNUM, 0)):
            _, count, _, first, following = struct.unpack_from("<HHIII", self.data, place)
            entry = place + first
            for _ in range(count):
                _, _, number, name, step = struct.unpack_from("<IHHII", self.data, entry)
                found[number] = self._text(name)
                entry += step
            if not following:
                break
            place += following
        return found

    def _reasons(self, names):
        """Which symbols ask for which version. Empty where the file keeps no table of sections."""
        reasons = {}
        for _, _, size in self._sections(_SHT_DYNSYM):
            symbols, numbers = self._offset(self.known[_DT_SYMTAB]), self._offset(self.known[_DT_VERSYM])
            for index in range(size // 24):
                number = struct.unpack_from("<H", self.data, numbers + 2 * index)[0] & 0x7FFF
                if number in names:
                    name = self._text(struct.unpack_from("<I", self.data, symbols + 24 * index)[0])
                    reasons.setdefault(_glibc_version(names[number]), []).append(name)
        return {version: sorted(reasons[version]) for version in sorted(reasons, reverse=True)}

    def _read_segments(self):
        """(type, place in the file, address, size in the file) of each."""
        (offset,) = struct.unpack_from("<Q", self.data, 32)
        size, count = struct.unpack_from("<HH", self.data, 54)
        for index in range(count):
            kind, _, place, address, _, length = struct.unpack_from("<IIQQQQ", self.data, offset + index * size)
            yield kind, place, address, length

    def _read_dynamic(self):
        for kind, place, _, length in self.segments:
            if kind == _PT_DYNAMIC:
                for offset in range(place, place + length, 16):
                    tag, value = struct.unpack_from("<qQ", self.data, offset)
                    if tag == 0:
                        return
                    yield tag, value

    def _sections(self, wanted):
        (offset,) = struct.unpack_from("<Q", self.data, 40)
        size, count = struct.unpack_from("<HH", self.data, 58)
        for index in range(count if offset else 0):
            _, kind, _, address, place, length = struct.unpack_from("<IIQQQQ", self.data, offset + index * size)
            if kind == wanted:
                yield address, place, length

    def _offset(self, address):
        for kind, place, start, length in self.segments:
            if kind == _PT_LOAD and start <= address < start + length:
                return place + address - start
        raise NotShippable("its dynamic section points outside the file")

    def _text(self, index):
        start = self._offset(self.known[_DT_STRTAB]) + index
        return self.data[start : self.data.index(b"\0", start)].decode()


def _glibc_version(name):
    """``GLIBC_2.3.4`` as (2, 3). Its private symbols and other libraries' versions hold for one system only."""
    numbers = name[6:].split(".") if name.startswith("GLIBC_") else []
    if name == "GLIBC_ABI_DT_RELR":
        return 2, 36
    if len(numbers) < 2 or not all(number.isdigit() for number in numbers):
        raise NotShippable("it asks for %s, which is no public version of glibc" % name)
    return int(numbers[0]), int(numbers[1])


def _mach_platform(data):
    machine = _MACH_MACHINES.get(struct.unpack_from("<I", data, 4)[0])
    if machine is None:
        raise NotShippable("it is made for a machine that has no platform tag here")
    (count,) = struct.unpack_from("<I", data, 16)
    place, oldest = 32, None
    for _ in range(count):
        command, size = struct.unpack_from("<II", data, place)
        if command == _VERSION_MIN:
            (oldest,) = struct.unpack_from("<I", data, place + 8)
        elif command == _BUILD_VERSION and struct.unpack_from("<I", data, place + 8)[0] == _MACOS:
            (oldest,) = struct.unpack_from("<I", data, place + 12)
        place += size
    if oldest is None:
        raise NotShippable("it does not say for which macOS it was linked")
    major, minor = oldest >> 16, oldest >> 8 & 0xFF
    if major > 10 and minor:
        major, minor = major + 1, 0  # tags know no minor versions since macOS 11
    return Platform("macosx_%d_%d_%s" % (major, minor, machine), "macOS %d.%d" % (major, minor), {}, True)
