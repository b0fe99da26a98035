"""Two steps whose packages the test names, each with what it can import."""

import importlib
import json
import os

from metaflow import FlowSpec, pypi, step


def importable(*names):
    found = {}
    for name in names:
        try:
            found[name] = importlib.import_module(name).VERSION
        except ImportError:
            found[name] = None
    return found


class TwoEnvironments(FlowSpec):
    @step
    def start(self):
        self.next(self.bake)

    @pypi(packages=json.loads(os.environ.get("TEST_BAKE", "{}")))
    @step
    def bake(self):
        self.sees = importable("flour", "water", "salt")
        self.next(self.eat)

    @pypi(packages=json.loads(os.environ.get("TEST_EAT", "{}")))
    @step
    def eat(self):
        self.sees = importable("flour", "water", "salt")
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    TwoEnvironments()
