"""Everything that lies in a folder of ours, also what is packed in it, to look for what must not be there."""

import ctypes
import ctypes.util
import zlib

#: What a frame of Zstandard and a stream of gzip begin with.
ZSTD, GZIP = b"\x28\xb5\x2f\xfd", b"\x1f\x8b\x08"


class Zstandard:
    """The library that the engine is built with."""

    def __init__(self):
        self.library = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
        for name in ("ZSTD_decompress", "ZSTD_isError", "ZSTD_findFrameCompressedSize"):
            getattr(self.library, name).restype = ctypes.c_size_t
        self.library.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong

    def unpacked(self, data):
        """The content of the frame that data begins with; nothing if it is none, or does not say its size."""
        size = self.library.ZSTD_getFrameContentSize(data, ctypes.c_size_t(len(data)))
        length = self.library.ZSTD_findFrameCompressedSize(data, ctypes.c_size_t(len(data)))
        if size > 1 << 28 or self.library.ZSTD_isError(ctypes.c_size_t(length)):
            return b""
        room = ctypes.create_string_buffer(max(size, 1))
        got = self.library.ZSTD_decompress(room, ctypes.c_size_t(size), data[:length], ctypes.c_size_t(length))
        return b"" if self.library.ZSTD_isError(ctypes.c_size_t(got)) else room.raw[:got]


def contents(*folders):
    """(file, bytes): what stands in each file, and what each packed part of it, and of that, unpacks to."""
    zstandard = Zstandard()

    def parts(data, depth):
        yield data
        if depth == 0:
            return
        for mark, unpack in ((ZSTD, zstandard.unpacked), (GZIP, _gunzipped)):
            place = data.find(mark)
            while place >= 0:
                inner = unpack(data[place:])
                if inner:
                    yield from parts(inner, depth - 1)
                place = data.find(mark, place + 1)

    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                for data in parts(path.read_bytes(), 2):
                    yield path, data


def places_of(text, *folders):
    """The files that have a text in them, packed or not."""
    return sorted({str(path) for path, data in contents(*folders) if text.encode() in data})


def _gunzipped(data):
    try:
        return zlib.decompressobj(31).decompress(data)
    except zlib.error:
        return b""
