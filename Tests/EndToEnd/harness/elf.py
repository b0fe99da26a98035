"""Reads from an ELF file which shared libraries it wants. Enough for a 64-bit little-endian executable."""

import struct

PT_LOAD, PT_DYNAMIC = 1, 2
DT_NULL, DT_NEEDED, DT_STRTAB = 0, 1, 5


def needed_libraries(path):
    """The names in DT_NEEDED, in their order. Empty for a file without a dynamic section."""
    data = path.read_bytes()
    assert data[:6] == b"\x7fELF\x02\x01", f"{path} is not a 64-bit little-endian ELF file"
    segments = list(_segments(data))
    dynamic = next((segment for segment in segments if segment[0] == PT_DYNAMIC), None)
    if dynamic is None:
        return []
    entries = list(_dynamic_entries(data, dynamic))
    names = _file_offset(segments, next(value for tag, value in entries if tag == DT_STRTAB))
    return [_text(data, names + value) for tag, value in entries if tag == DT_NEEDED]


def _segments(data):
    """(type, file offset, address, size in the file) of each program header."""
    offset, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for index in range(count):
        kind, _, place, address, _, length = struct.unpack_from("<IIQQQQ", data, offset + index * size)
        yield kind, place, address, length


def _dynamic_entries(data, segment):
    _, place, _, length = segment
    for offset in range(place, place + length, 16):
        tag, value = struct.unpack_from("<qQ", data, offset)
        if tag == DT_NULL:
            return
        yield tag, value


def _file_offset(segments, address):
    for kind, place, start, length in segments:
        if kind == PT_LOAD and start <= address < start + length:
            return place + address - start
    raise ValueError(f"no segment holds address {address:#x}")


def _text(data, offset):
    return data[offset:data.index(b"\0", offset)].decode()
