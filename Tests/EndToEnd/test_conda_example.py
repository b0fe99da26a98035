"""examples/conda: its four kinds of steps with a real Python in a real channel, from an empty cache, and again offline."""

import shutil
import subprocess
import sys

import pytest

from .harness.index import LoopbackIndex
from .harness.tools import ROOT
from .harness.wheels import wheel

EXAMPLE = ROOT / "examples" / "conda" / "flow.py"
#: Makes channels of what is on this machine; it stands beside the checkout, not in it.
TOOL = ROOT.parent / "shared" / "tools" / "make_conda_channel.py"

#: Stand-ins for the packages of the example.
NUMPY = """
class random:
    class default_rng:
        def __init__(self, seed):
            pass

        def normal(self, loc, size):
            self.values = [loc + (-1) ** number for number in range(size)]
            return self

        def tolist(self):
            return self.values
"""
PANDAS = """
import numpy


class Series(list):
    def mean(self):
        return sum(self) / len(self)
"""
PACKAGING = "class Version(str):\n    def __lt__(self, other):\n        return len(self) < len(other)\n    __gt__ = lambda self, other: other < self\n"


@pytest.fixture(scope="module")
def channel(tmp_path_factory):
    """The folder of a channel with this Python, and with a NumPy that is a wheel made over."""
    if not TOOL.exists():
        pytest.skip("there is no ../shared/tools/make_conda_channel.py")
    if not shutil.which("zstd"):
        pytest.skip("there is no zstd, which make_conda_channel.py needs")
    folder = tmp_path_factory.mktemp("channel")
    numpy = wheel("numpy", "2.0", files={"numpy/__init__.py": NUMPY})
    (folder / numpy.filename).write_bytes(numpy.content)
    for words in (["python", sys.base_prefix], ["wheel", folder / numpy.filename]):
        made = subprocess.run(
            [sys.executable, TOOL, *words, "-o", folder / "channel"], capture_output=True, text=True, timeout=300)
        if made.returncode:
            pytest.skip(f"make_conda_channel.py cannot make a channel here: {made.stderr[-500:]}")
    return folder / "channel"


def test_example_and_again_offline(project, channel, tmp_path):
    flow = project.write("flow.py", EXAMPLE.read_text())
    here = tmp_path / "channel"
    shutil.copytree(channel, here)
    top = ["--environment=conda"]
    with LoopbackIndex(
            wheel("packaging", "24.0", files={"packaging/__init__.py": "", "packaging/version.py": PACKAGING}),
            wheel("pandas", "2.5", requires=["numpy>=1"], files={"pandas/__init__.py": PANDAS}), wheel("numpy", "9.9")) as index:
        known = {"CONDA_CHANNELS": here.as_uri(), "PENSTOCK_INDEX_URL": index.url}
        first = project.run(flow, top=top, env=known, timeout=300).ended_with(0)
    # Both sources are gone now.
    shutil.rmtree(here)
    again = project.run(flow, top=top, env={**known, "PENSTOCK_OFFLINE": "1"}, timeout=300).ended_with(0)
    for outcome in (first, again):
        seen, mean = project.ask("[Run(run).data.seen, Run(run).data.mean]", run=f"BothWorldsFlow/{outcome.run_id}")
        assert {step: sorted(packages) for step, packages in seen.items()} == {
            "start": ["packaging"], "measure": ["numpy"], "judge": ["numpy", "pandas"]}
        assert seen["measure"]["numpy"][0] == seen["judge"]["numpy"][0] == "2.0"
        assert seen["start"]["packaging"] == ["24.0", "penstock"] and seen["judge"]["pandas"] == ["2.5", "penstock"]
        assert mean == 3
