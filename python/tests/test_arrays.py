"""NumPy arrays are pickled from where they are, and load like any others."""

import io
import os
import pickle
import pickletools

import pytest

from penstock import _persist

numpy = pytest.importorskip("numpy")

LONG = numpy.arange(300000.0)

VALUES = {
    "plain": LONG,
    "shaped": LONG.reshape(1000, 300),
    "fortran": numpy.asfortranarray(LONG.reshape(1000, 300)),
    "strided": LONG[::2],
    "swapped": LONG.astype(">f8"),
    "times": LONG.astype("M8[s]"),
    "texts": LONG.astype("S8"),
    "records": numpy.zeros(200000, dtype=[("x", "i4"), ("y", "f8")]),
    "part": LONG.reshape(1000, 300)[:500],
    "objects": numpy.array([None] * 200000),
    "flags": numpy.ones(1 << 21, bool),
    "scalar": numpy.float64(1),
    "empty": numpy.zeros((0, 5)),
    "read-only": numpy.frombuffer(bytes(1 << 21), "u1"),
    "masked": numpy.ma.masked_array(LONG, LONG > 5),
    "several": {"a": LONG, "same": LONG, "other": [LONG * 2, "x" * 100000, b"y" * 100000, LONG * 3, list(range(50000))]},
}


def stream(value):
    spool = _persist.pickled("x", value, None, 0)
    return b"".join(spool.chunks)


@pytest.mark.parametrize("name", sorted(VALUES))
def test_loads_as_it_was(name):
    value = VALUES[name]
    data = stream(value)
    assert data[:2] == b"\x80\x04"
    assert max(op.proto for op, _, _ in pickletools.genops(data)) <= 4
    for loads in (pickle.loads, lambda raw: pickle._Unpickler(io.BytesIO(raw)).load()):
        numpy.testing.assert_equal(loads(data), value)
        loaded = loads(data)
        if isinstance(value, numpy.ndarray):
            usual = pickle.loads(pickle.dumps(value, 4))
            assert (loaded.dtype, loaded.flags.f_contiguous) == (usual.dtype, usual.flags.f_contiguous)
    if name == "several":
        loaded = pickle.loads(data)
        assert loaded["a"] is loaded["same"]
    else:
        assert data == pickle.dumps(value, 4)


def test_goes_into_the_file_without_a_copy(tmp_path, monkeypatch):
    written = []
    real = os.write

    def write(descriptor, data):
        if len(data) > 1 << 20:
            written.append(numpy.frombuffer(data, "u1").ctypes.data)
        return real(descriptor, data)

    monkeypatch.setattr(_persist.os, "write", write)
    spool = _persist.pickled("x", [LONG], str(tmp_path), 1000)
    assert written == [LONG.ctypes.data]
    with os.fdopen(spool.descriptor, "rb") as file:
        assert file.seek(0, 2) == spool.size
        file.seek(0)
        numpy.testing.assert_equal(pickle.load(file), [LONG])
    assert os.listdir(str(tmp_path)) == []


def test_arrays_that_were_only_read_are_known_by_their_digest():
    import hashlib

    assert _persist._same_digest(LONG, hashlib.sha256(pickle.dumps(LONG, 4)).hexdigest())
    assert not _persist._same_digest(LONG, hashlib.sha256(pickle.dumps(LONG + 1, 4)).hexdigest())


def test_numpys_generator_is_seeded_anew_in_every_task(bench):
    text = """
        import numpy
        from penstock import FlowSpec, step

        class F(FlowSpec):
            @step
            def start(self):
                self.n = [1, 2, 3]
                self.next(self.body, foreach="n")

            @step
            def body(self):
                self.drawn = float(numpy.random.rand())
                self.next(self.join)

            @step
            def join(self, inputs):
                self.next(self.end)

            @step
            def end(self):
                pass

        if __name__ == "__main__":
            F()
        """
    outcome = bench.run(text)
    assert len({task.value("drawn") for task in outcome.of("body")}) == 3
    assert not any(task["spawned"]["fresh"] for task in outcome.tasks), outcome["hello"]["fork"]
    seeded = bench.run(text.replace("import numpy\n", "import numpy\n        numpy.random.seed(7)\n"))
    assert len({task.value("drawn") for task in seeded.of("body")}) == 1
