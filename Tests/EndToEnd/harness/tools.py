"""The programs under test."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


class Tools:
    """The engine and the Python that has the SDK.

    With PENSTOCK_PEER naming a Python that has the official Metaflow, the tests marked `peer` run against that: what
    they say about flows was true before Penstock was.
    """

    def __init__(self):
        self.peer = bool(os.environ.get("PENSTOCK_PEER"))
        self.engine = Path(os.environ.get("PENSTOCK_ENGINE") or ROOT / ".build" / "release" / "penstock")
        self.python = Path(
            os.environ.get("PENSTOCK_PEER") or os.environ.get("PENSTOCK_TEST_PYTHON") or ROOT / ".venv" / "bin" / "python")

    def missing(self):
        """What is not there, in words; None when all is."""
        if not self.python.exists():
            return f"there is no {self.python}; `make dev` makes it"
        if not self.peer and not self.engine.exists():
            return f"there is no engine at {self.engine}; `make build` makes it"
        return None

    def require(self):
        """Skip the test when something is missing; in continuous integration that is a failure."""
        missing = self.missing()
        if missing and os.environ.get("CI") == "true":
            pytest.fail(f"nothing to test: {missing}")
        if missing:
            pytest.skip(missing)
