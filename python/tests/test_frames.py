"""Frames: the golden ones that both sides share, and what must not be taken for one."""

import json
import os
import pathlib
import socket
import struct

import pytest

from penstock._frames import FRAME_LIMIT, Channel, ChannelClosed, Decoder, ProtocolError, encode

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "WorkerProtocolTests" / "Golden"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.json"))
OURS = [name for name in NAMES if name.startswith(("host-", "task-"))]

pytestmark = pytest.mark.skipif(not NAMES, reason="the golden frames are in the repository, not in the package")


def expectation(name):
    text = json.loads((GOLDEN / (name + ".json")).read_text(encoding="utf-8"))
    return text["header"], bytes.fromhex(text["payload_hex"])


def decoded(data, descriptors=()):
    decoder = Decoder()
    decoder.feed(data, list(descriptors))
    return decoder.next()


@pytest.fixture
def spare():
    """Descriptors to give away; those that nobody took are closed."""
    made = []

    def make(count):
        ends = []
        while len(ends) < count:
            ends += os.pipe()
        made.extend(ends)
        return ends[:count]

    yield make
    for descriptor in made:
        try:
            os.close(descriptor)
        except OSError:
            pass


@pytest.mark.parametrize("name", OURS)
def test_writes_golden(name):
    header, payload = expectation(name)
    data = encode(header, payload)
    path = GOLDEN / (name + ".frame")
    if os.environ.get("PENSTOCK_REWRITE_GOLDEN") == "1":
        path.write_bytes(data)
    assert path.read_bytes() == data


@pytest.mark.parametrize("name", NAMES)
def test_reads_golden(name, spare):
    header, payload = expectation(name)
    frame = decoded((GOLDEN / (name + ".frame")).read_bytes(), spare(header.get("descriptors", 0)))
    assert frame.header == header
    assert frame.payload == payload


def framed(header, payload=b"", header_size=None, size=None):
    header_size = len(header) if header_size is None else header_size
    body = struct.pack(">I", header_size) + header + payload
    return struct.pack(">I", len(body) if size is None else size) + body


@pytest.mark.parametrize(
    "data",
    [
        framed(b"{}"),
        framed(b'{"type": 5}'),
        framed(b"[]"),
        framed(b'"type"'),
        framed(b""),
        framed(b"{"),
        framed(b'{"type": "x"} {}'),
        framed(b'{"type": "x", "n": NaN}'),
        framed(b'{"type": "x", "n": Infinity}'),
        framed(b'{"type": "\xff"}'),
        framed(b"[" * 200000 + b"]" * 200000),
        framed(b'{"type": "x"}', header_size=14),
        framed(b'{"type": "x"}', header_size=0xFFFFFFFF),
        framed(b'{"type": "x"}', size=3),
        framed(b'{"type": "x"}', size=0),
        framed(b'{"type": "x"}', size=FRAME_LIMIT + 1),
        framed(b'{"type": "x"}', size=0xFFFFFFFF),
        framed(b'{"type": "x", "descriptors": 1}'),
        framed(b'{"type": "x", "descriptors": -1}'),
        framed(b'{"type": "x", "descriptors": 1000000}'),
        framed(b'{"type": "x", "descriptors": true}'),
        framed(b'{"type": "x", "descriptors": "1"}'),
    ],
)
def test_refuses_hostile_frames(data):
    with pytest.raises(ProtocolError):
        decoded(data)


def test_refuses_to_write_what_is_too_long():
    with pytest.raises(ProtocolError):
        encode({"type": "x"}, bytes(FRAME_LIMIT))


def test_every_cut_of_the_stream_gives_the_same_frames():
    stream = encode({"type": "a", "t": "\u00fc\U0001f600"}, b"12") + encode({"type": "b"}) + encode({"type": "c"}, b"\0")
    for size in range(1, len(stream) + 1):
        decoder, found = Decoder(), []
        for at in range(0, len(stream), size):
            decoder.feed(stream[at : at + size])
            frame = decoder.next()
            while frame is not None:
                found.append((frame.type, frame.payload))
                frame = decoder.next()
        assert found == [("a", b"12"), ("b", b""), ("c", b"\0")]


def channels():
    ours, theirs = socket.socketpair()
    return Channel(ours.detach()), Channel(theirs.detach())


def test_descriptors_stay_with_their_frames(spare):
    one, other = channels()
    sent = spare(4)
    one.send({"type": "none"})
    one.send({"type": "one"}, b"x", sent[:1])
    one.send({"type": "two"}, b"", sent[1:3])
    one.send({"type": "none"})
    counts = []
    for _ in range(4):
        frame = other.receive()
        counts.append((frame.type, len(frame.descriptors)))
        for mine, theirs in zip(sent[len([1 for c in counts[:-1] for _ in range(c[1])]) :], frame.descriptors):
            assert os.fstat(mine).st_ino == os.fstat(theirs).st_ino
            assert not os.get_inheritable(theirs)
        frame.close()
    assert counts == [("none", 0), ("one", 1), ("two", 2), ("none", 0)]


def test_descriptors_that_nobody_announced_are_closed(spare):
    one, other = socket.socketpair()
    channel = Channel(other.detach())
    (mine,) = spare(1)
    before = len(os.listdir("/proc/self/fd"))
    one.sendmsg(
        [framed(b'{"type": "x"}')], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", mine))]
    )
    assert channel.receive().descriptors == []
    assert len(os.listdir("/proc/self/fd")) == before


def test_too_many_descriptors_are_refused(spare):
    one, other = socket.socketpair()
    channel = Channel(other.detach())
    many = spare(40)
    one.sendmsg(
        [framed(b'{"type": "x", "descriptors": 16}')],
        [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("40i", *many))],
    )
    with pytest.raises(ProtocolError):
        channel.receive()
    channel.close()


def test_large_frames_and_the_end():
    import threading

    one, other = channels()
    payload = os.urandom(5 << 20)
    sender = threading.Thread(target=one.send, args=({"type": "x"}, payload))
    sender.start()
    assert other.receive().payload == payload
    sender.join()
    one.close()
    with pytest.raises(ChannelClosed):
        other.receive()
    with pytest.raises(ChannelClosed):
        other.send({"type": "x"})
