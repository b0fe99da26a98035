"""The seed that the engine gives an attempt."""

import random

import pytest

SEED = "00000001000000020000000300000004"

DRAWING = """
%s
from penstock import FlowSpec, step

class F(FlowSpec):
    @step
    def start(self):
        %s
        self.drawn = random.random()
        self.again = random.random()
        self.loader = type(random.__spec__.loader).__name__ == type(random.__loader__).__name__ == "SourceFileLoader"
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    F()
"""

EXPECTED = random.Random(int(SEED, 16))
NUMBERS = [EXPECTED.random(), EXPECTED.random()]


@pytest.mark.parametrize("fork", ["always", "never"])
@pytest.mark.parametrize("early, late", [("import random", ""), ("", "import random")], ids=["before", "in the step"])
def test_numbers_follow_from_the_seed_wherever_the_module_is_imported(bench, early, late, fork):
    plan = {"assign": {"start": {"seed": SEED}}, "launch": {"fork": fork}}
    outcome = bench.run(DRAWING % (early, late or "pass"), plan=plan)
    task = outcome.one("start")
    assert [task.value("drawn"), task.value("again")] == NUMBERS
    assert task["spawned"]["fresh"] == (fork == "never")
    if late and fork == "always":
        assert task.value("loader")


@pytest.mark.parametrize("fork", ["always", "never"])
def test_a_seed_of_the_flow_counts_more(bench, fork):
    plan = {"assign": {"start": {"seed": SEED}}, "launch": {"fork": fork}}
    outcome = bench.run(DRAWING % ("import random\nrandom.seed(5)", "pass"), plan=plan)
    assert outcome.one("start").value("drawn") == random.Random(5).random()
    inside = bench.run(DRAWING % ("import random", "random.seed(6)"), plan=plan)
    assert inside.one("start").value("drawn") == random.Random(6).random()


@pytest.mark.parametrize("early, late", [("import numpy, random", "pass"), ("", "import numpy, random")], ids=["before", "in the step"])
def test_numpys_global_generator(bench, early, late):
    numpy = pytest.importorskip("numpy")
    text = (DRAWING % (early, late)).replace("self.again = random.random()", "self.again = float(numpy.random.rand())")
    outcome = bench.run(text, plan={"assign": {"start": {"seed": SEED}}})
    assert outcome.one("start").value("again") == numpy.random.RandomState([1, 2, 3, 4]).rand()
