"""Artifacts that are larger than a frame of the worker protocol."""

import hashlib
import random

from metaflow import FlowSpec, Parameter, step


def digest(data):
    return hashlib.sha256(data).hexdigest()


class Big(FlowSpec):
    megabytes = Parameter("megabytes", default=80)

    @step
    def start(self):
        size = self.megabytes << 20
        self.noise = random.Random(20).getrandbits(8 * 4096).to_bytes(4096, "little") * (size // 4096)
        self.zeros = bytearray(size)
        self.digests = (digest(self.noise), digest(self.zeros))
        self.next(self.end)

    @step
    def end(self):
        assert (digest(self.noise), digest(self.zeros)) == self.digests
        self.changed = self.noise + b"!"


if __name__ == "__main__":
    Big()
