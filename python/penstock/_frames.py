"""The worker protocol's frames, version 1.

::

    u32 big-endian   N   bytes that follow this field (4 <= N <= 67,108,864)
    u32 big-endian   H   bytes of the header (H <= N - 4)
    H bytes              header: one JSON object, UTF-8, with a member "type"
    N - 4 - H bytes      payload: raw bytes, meaning given by the header

Descriptors travel as ``SCM_RIGHTS`` with the first byte of their frame; the header's ``descriptors`` says how many.
The whole protocol is in ``docs/worker-protocol.md``; both sides test the same golden frames.
"""

from __future__ import annotations

import os
import sys

import _socket

from ._wire import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

PROTOCOL = 1
FRAME_LIMIT = 67_108_864
#: More descriptors than any message of the protocol has.
DESCRIPTOR_LIMIT = 16

_CHUNK = 65536
_ANCILLARY = _socket.CMSG_SPACE(4 * DESCRIPTOR_LIMIT)
_CLOEXEC = getattr(_socket, "MSG_CMSG_CLOEXEC", 0)
_NOSIGNAL = getattr(_socket, "MSG_NOSIGNAL", 0)


class ProtocolError(Exception):
    """The other side does not keep to the protocol; the channel is of no more use."""


class ChannelClosed(Exception):
    """The other side is gone."""


class Frame:
    """One message: its header, its bytes and its descriptors, which the receiver owns."""

    __slots__ = ("header", "payload", "descriptors")

    def __init__(self, header: dict[str, Any], payload: bytes = b"", descriptors: Sequence[int] = ()) -> None:
        self.header = header
        self.payload = payload
        self.descriptors = descriptors

    @property
    def type(self) -> str:
        return self.header["type"]

    def close(self) -> None:
        """Closes the descriptors that nobody took."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = ()


def encode(header: dict[str, Any], payload: bytes = b"") -> bytes:
    """The bytes of a frame. Raises ProtocolError when it would be too long."""
    text = dumps(header).encode("ascii")
    length = 4 + len(text) + len(payload)
    if length > FRAME_LIMIT:
        raise ProtocolError("a %r message of %d bytes is longer than a frame may be" % (header.get("type"), length))
    return b"".join((length.to_bytes(4, "big"), len(text).to_bytes(4, "big"), text, payload))


def parse(body: bytes | memoryview) -> Frame:
    """The frame whose bytes after the first length are given. Raises ProtocolError."""
    size = int.from_bytes(body[:4], "big")
    if size > len(body) - 4:
        raise ProtocolError("a header of %d bytes in a frame of %d" % (size, len(body)))
    try:
        header = loads(str(body[4 : 4 + size], "utf-8"))
    except ValueError as error:
        raise ProtocolError("a header that is not JSON: %s" % error) from None
    if type(header) is not dict or type(header.get("type")) is not str:
        raise ProtocolError('a header that is not an object with a "type"')
    return Frame(header, bytes(body[4 + size :]))


class Decoder:
    """Cuts a stream of bytes and descriptors into frames; knows no socket."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._descriptors: list[int] = []

    def feed(self, data: bytes, descriptors: Sequence[int] = ()) -> None:
        self._bytes += data
        self._descriptors += descriptors

    def missing(self) -> int:
        """How many bytes the frame at the front still lacks, as far as is known; 0 when it is whole."""
        have = len(self._bytes)
        if have < 4:
            return 4 - have
        length = int.from_bytes(self._bytes[:4], "big")
        if not 4 <= length <= FRAME_LIMIT:
            raise ProtocolError("a frame of %d bytes" % length)
        return max(0, 4 + length - have)

    def next(self) -> Frame | None:
        """The next whole frame, or nothing. Raises ProtocolError."""
        if self.missing():
            return None
        end = 4 + int.from_bytes(self._bytes[:4], "big")
        with memoryview(self._bytes) as view, view[4:end] as body:
            frame = parse(body)
        del self._bytes[:end]
        self._take_descriptors(frame)
        return frame

    def _take_descriptors(self, frame: Frame) -> None:
        count = frame.header.get("descriptors", 0)
        if type(count) is not int or not 0 <= count <= DESCRIPTOR_LIMIT:
            raise ProtocolError("a %r message with %r descriptors" % (frame.type, count))
        if count > len(self._descriptors):
            raise ProtocolError(
                "a %r message announces %d descriptors and brings %d" % (frame.type, count, len(self._descriptors))
            )
        frame.descriptors = self._descriptors[:count]
        del self._descriptors[:count]
        if not self._bytes:
            self.close()  # announced by nobody

    def close(self) -> None:
        """Closes the descriptors that no frame has taken."""
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors.clear()


class Channel:
    """One end of a socket pair."""

    def __init__(self, descriptor: int) -> None:
        # Said outright, family and type need not be asked for.
        self._socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, descriptor)
        self._decoder = Decoder()

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, header: dict[str, Any], payload: bytes = b"", descriptors: Sequence[int] = ()) -> None:
        """Sends one frame. Raises ChannelClosed when nobody is there to read it."""
        if descriptors:
            header = dict(header, descriptors=len(descriptors))
        data = encode(header, payload)
        rights = []
        if descriptors:
            packed = b"".join(fd.to_bytes(4, sys.byteorder) for fd in descriptors)
            rights.append((_socket.SOL_SOCKET, _socket.SCM_RIGHTS, packed))
        try:
            sent = self._socket.sendmsg([data], rights, _NOSIGNAL)
            if sent < len(data):
                self._socket.sendall(memoryview(data)[sent:], _NOSIGNAL)
        except (BrokenPipeError, ConnectionResetError):
            raise ChannelClosed from None

    def send_all(self, headers: Sequence[dict[str, Any]]) -> None:
        """Sends frames that consist of a header only, in one go. Raises ChannelClosed."""
        try:
            self._socket.sendall(b"".join([encode(header) for header in headers]), _NOSIGNAL)
        except (BrokenPipeError, ConnectionResetError):
            raise ChannelClosed from None

    def receive(self) -> Frame:
        """Waits for one frame. Raises ChannelClosed and ProtocolError."""
        while True:
            frame = self._decoder.next()
            if frame is not None:
                return frame
            self.fill()

    def fill(self) -> None:
        """Reads what is there, waiting for at least one byte."""
        size = max(_CHUNK, self._decoder.missing())
        try:
            data, ancillary, flags, _ = self._socket.recvmsg(size, _ANCILLARY, _CLOEXEC)
        except ConnectionResetError:
            raise ChannelClosed from None
        descriptors: list[int] = []
        for level, kind, packed in ancillary:
            if level == _socket.SOL_SOCKET and kind == _socket.SCM_RIGHTS:
                usable = len(packed) - len(packed) % 4
                descriptors += [int.from_bytes(packed[i : i + 4], sys.byteorder) for i in range(0, usable, 4)]
        self._decoder.feed(data, descriptors)
        if flags & _socket.MSG_CTRUNC:
            raise ProtocolError("more descriptors than a message may bring")
        if not _CLOEXEC:
            for descriptor in descriptors:
                os.set_inheritable(descriptor, False)
        if not data:
            raise ChannelClosed

    def waiting(self) -> Frame | None:
        """A frame that has already been read, or nothing."""
        return self._decoder.next()

    def close(self) -> None:
        self._decoder.close()
        self._socket.close()
