"""What in the code of steps can differ by itself."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

HEAD = """
import os, random, tempfile, time, uuid
import datetime as dt
from concurrent.futures import as_completed
from datetime import datetime
from time import perf_counter as ticks

from penstock import FlowSpec, current, step

%s

class F(FlowSpec):
    @step
    def start(self):
%s
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    F()
"""

ASK = """
import json, sys, types
main = types.ModuleType("__main__")
main.__dict__.update(__file__=sys.argv[1])
sys.modules["__main__"] = main
sys.path.insert(0, sys.argv[2])
from penstock import _handover
def take(flow):
    from penstock._causes import CodeReader
    print(json.dumps(CodeReader(type(flow)).step("start", json.loads(sys.argv[3]), json.loads(sys.argv[4]))))
    sys.exit()
_handover.takeover = take
exec(compile(open(sys.argv[1]).read(), sys.argv[1], "exec"), main.__dict__)
"""


@pytest.fixture
def found(tmp_path):
    def find(body, before="", seeded=True, hash_fixed=False):
        text = HEAD % (textwrap.dedent(before), textwrap.indent(textwrap.dedent(body).strip(), " " * 8))
        (tmp_path / "flow.py").write_text(text)
        sdk = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        words = [sys.executable, "-c", ASK, str(tmp_path / "flow.py"), str(tmp_path), json.dumps(seeded), json.dumps(hash_fixed)]
        return json.loads(subprocess.run(words, env=dict(os.environ, PYTHONPATH=sdk), check=True, stdout=subprocess.PIPE).stdout)
    return find


def kinds(found, artifact):
    return [each["kind"] for each in found["chances"] if artifact in each["artifacts"]]


@pytest.mark.parametrize("body, kind", [
    ("self.x = time.time()", "clock"),
    ("self.x = datetime.now().year", "clock"),
    ("self.x = dt.date.today()", "clock"),
    ("self.x = [ticks()]", "clock"),
    ("self.x = str(uuid.uuid4())", "uuid"),
    ("self.x = os.urandom(3)", "system"),
    ("self.x = random.Random().random()", "generator"),
    ("self.x = random.Random(None).random()", "generator"),
    ("self.x = os.getpid()", "process"),
    ("self.x = tempfile.mkdtemp()", "name"),
    ("self.x = os.environ['HOME']", "variables"),
    ("self.x = os.environ.get('HOME')", "variables"),
    ("self.x = os.listdir('.')", "folder"),
    ("self.x = current.run_id", "run"),
    ("self.x = list({'a', 'b'})", "order"),
    ("self.x = [each for each in set('ab')]", "order"),
    ("a = {'a', 'b'}\nself.x = list(a | {'c'})", "order"),
    ("self.a = set('ab')\nself.x = [each for each in self.a.union('c')]", "order"),
    ("self.x = hash('a')", "hash"),
    ("a = time.time()\nb = a + 1\nself.x = b", "clock"),
    ("rows = []\nrows.append(uuid.uuid4())\nself.x = rows", "uuid"),
    ("self.x = []\nfor _ in range(2):\n    self.x.append(uuid.uuid4())", "uuid"),
    ("self.x = {}\nself.x['t'] = time.time()", "clock"),
    ("self.y = time.time()\nself.x = self.y + 1", "clock"),
    ("if time.time() > 3:\n    self.x = 1", "clock"),
    ("a, b = 1, time.time()\nself.x = b", "clock"),
    ("for name in {'a', 'b'}:\n    self.x = name", "order"),
    ("with tempfile.TemporaryDirectory() as folder:\n    self.x = folder", "name"),
    ("try:\n    self.x = time.time()\nfinally:\n    pass", "clock"),
    ("self.x = stamp()", "clock"),
    ("for each in as_completed([]):\n    self.x = each", "threads"),
], ids=lambda value: value.splitlines()[0] if "self" in value or "=" in value else value)
def test_chances(found, body, kind):
    before = "def stamp():\n    return inner()\ndef inner():\n    return time.time()"
    assert kinds(found(body, before), "x") == [kind]


@pytest.mark.parametrize("body", [
    "self.x = 3", "self.x = random.Random(7).random()", "self.x = sorted({'b', 'a'})", "self.x = random.random()",
    "self.y = time.time()\nself.x = 3", "a = time.time()\nself.x = 3", "self.x = dt.timedelta(1)", "self.x = again(3)",
    "self.x = uuid.uuid5(uuid.NAMESPACE_DNS, 'a')"])
def test_what_is_no_chance(found, body):
    assert kinds(found(body, "def again(n):\n    return again(n - 1)"), "x") == []


def test_shared_generators_are_a_chance_where_they_had_no_seed(found):
    body = "rows = [3, 1]\nrandom.shuffle(rows)\nself.x = rows\nself.y = random.random()"
    assert kinds(found(body, seeded=False), "x") == kinds(found(body, seeded=False), "y") == ["shared"]
    assert found(body, seeded=True)["chances"] == []
    assert found(body, "random.seed(3)", seeded=True)["chances"] != []


def test_sets_are_none_where_their_order_is_fixed(found):
    assert found("self.x = list({'a', 'b'})", hash_fixed=True)["chances"] == []


def test_where_it_stands(found):
    answer = found("self.x = stamp()", "def stamp():\n    return time.time()")
    [chance] = answer["chances"]
    assert chance["file"] == "flow.py" and chance["text"] == "stamp()"
    assert chance["inside"]["text"] == "time.time()" and chance["inside"]["line"] < chance["line"]
    assert answer["complete"] and answer["file"] == "flow.py"


def test_what_artifacts_are_made_of(found):
    answer = found("local = self.a\nself.x = local + 1\nself.y = self.b\nself.z = getattr(self, 'c')")
    assert answer["made"]["x"] == ["a"] and answer["made"]["y"] == ["b"]
    assert {"a", "b", "c"} <= set(answer["reads"])
