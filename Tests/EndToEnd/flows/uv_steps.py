"""Each step looks at what it has of its project."""

import json
import os
import sys

from penstock import FlowSpec, step, uv

NAMES = ("flour", "water", "salt", "yeast", "oats", "pytest", "app", "other")


def sees():
    from importlib import import_module

    found = {}
    for name in NAMES:
        try:
            module = import_module(name)
        except ImportError:
            found[name] = None
        else:
            found[name] = getattr(module, "VERSION", "there")
    return found


class UvSteps(FlowSpec):
    @step
    def start(self):
        self.sees, self.prefix = sees(), sys.prefix
        self.next(self.fine)

    @uv(extras=["fine"], groups=["oven"])
    @step
    def fine(self):
        self.sees, self.prefix = sees(), sys.prefix
        self.next(self.bare)

    @uv(default_groups=False)
    @step
    def bare(self):
        self.sees, self.prefix = sees(), sys.prefix
        self.next(self.off)

    @uv(disabled=True)
    @step
    def off(self):
        self.sees, self.prefix = {"flour": sees()["flour"]}, sys.prefix
        self.next(self.end)

    @step
    def end(self):
        self.prefix = sys.prefix


if __name__ == "__main__":
    UvSteps()
