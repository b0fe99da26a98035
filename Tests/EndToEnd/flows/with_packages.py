"""A step with the packages that the test names, one without any, and what each of them can import."""

import importlib
import json
import os
import sys

from metaflow import FlowSpec, pypi, step

PACKAGES = json.loads(os.environ.get("TEST_PACKAGES", "{}"))
PYTHON = os.environ.get("TEST_STEP_PYTHON")


def importable(*names):
    found = {}
    for name in names:
        try:
            found[name] = getattr(importlib.import_module(name), "VERSION", "present")
        except ImportError:
            found[name] = None
    return found


class WithPackages(FlowSpec):
    @step
    def start(self):
        self.sees = importable("flour", "water", "salt", "pytest")
        self.prefixes = {"start": sys.prefix}
        self.next(self.bake)

    @pypi(packages=PACKAGES, **({"python": PYTHON} if PYTHON else {}))
    @step
    def bake(self):
        self.sees = importable("flour", "water", "salt", "pytest", "pip")
        self.prefixes["bake"] = sys.prefix
        self.version = ".".join(map(str, sys.version_info[:3]))
        self.distributions = sorted(
            f"{d.metadata['Name']} {d.version}" for d in importlib.import_module("importlib.metadata").distributions())
        self.first_of_path = os.environ["PATH"].split(os.pathsep)[0]
        self.next(self.eat)

    @pypi(packages=dict(reversed(list(PACKAGES.items()))), **({"python": PYTHON} if PYTHON else {}))
    @step
    def eat(self):
        self.prefixes["eat"] = sys.prefix
        self.next(self.end)

    @pypi(disabled=True, packages=PACKAGES)
    @step
    def end(self):
        self.prefixes["end"] = sys.prefix


if __name__ == "__main__":
    WithPackages()
