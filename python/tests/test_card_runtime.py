"""Cards of tasks: ``current.card``, rendering beside and after the step, and reading them."""

import hashlib
import json
import os
import textwrap

import pytest

from client_world import world  # noqa: F401
from penstock.cards import Markdown, get_cards
from penstock.cards import exception as e
from penstock.cards._collector import CardCollector, CardManager
from penstock.cards._registry import card_class
from penstock.cards.test_cards import TestStringComponent
from test_flows import flow, linear


def card(type="taskspec_card", id=None, **more):
    return dict({"type": type, "id": id, "timeout": 20, "save_errors": True, "customize": False}, **more)


def with_cards(*cards, step="start"):
    return {"assign": {step: {"decorators": {"cards": list(cards)}}}}


def pages(task, kind="card"):
    return [(header["card"], payload.decode()) for header, payload in task["cards"] if header["type"] == kind]


# Which card is meant


def collector(*cards, muted=False):
    said = []
    managers = [CardManager(each, card_class(each["type"]), said.append, lambda *_: True) for each in cards]
    return CardCollector(managers, said.append, muted), managers, said


def texts(manager):
    return [part.render() for part in manager.components]


EDITABLE, OTHER, FIXED = "test_editable_card", "test_editable_card_2", "test_non_editable_card"


@pytest.mark.parametrize("cards, default", [
    ([card(EDITABLE)], 0),
    ([card(EDITABLE, "x")], 0),
    ([card("taskspec_card"), card(EDITABLE, "x")], 1),
    ([card(EDITABLE, "x"), card(EDITABLE)], 1),
    ([card(EDITABLE, "x"), card(EDITABLE, "y")], None),
    ([card(EDITABLE), card(OTHER)], None),
    ([card(EDITABLE, customize=True), card(EDITABLE, "a"), card("taskspec_card"), card(OTHER)], 0),
    ([card(EDITABLE, "a", customize="True"), card(EDITABLE)], 0),
    ([card(EDITABLE, customize=True), card(OTHER, customize=True), card(EDITABLE, "x")], None),
    ([card(FIXED)], None),
    ([card("no_such_type")], None),
    ([card(FIXED, customize=True), card(EDITABLE)], 1),
])
def test_the_default_card(cards, default):
    cards, managers, said = collector(*cards)
    for _ in range(2):
        cards.append(TestStringComponent("x"))
        cards.extend([TestStringComponent("y")])
    written = [place for place, each in enumerate(managers) if "x" in texts(each)]
    assert written == ([] if default is None else [default])
    assert (cards.components is None) == (default is None)
    told = [each for each in said if "does nothing" in each]
    assert len(told) == (3 if default is None else 0)
    cards.clear()


def test_cards_by_id_and_type():
    cards, (one, two), said = collector(card(EDITABLE, "one"), card(FIXED, "two"))
    cards["one"].append(TestStringComponent("a"), id="n")
    cards["two"].extend([TestStringComponent("b")])
    assert texts(one) == ["a"] and texts(two) == ["b"] and cards.get(type=FIXED) == [two] and cards.get("none") == []
    cards["one"].components["n"].update("c")
    assert texts(one) == ["c"] and said == []
    with pytest.raises(e.ComponentOverwriteNotSupportedException):
        cards["one"].components["n"] = TestStringComponent("d")
    cards["one"].components["new"].update("lost")
    cards["one"] = [TestStringComponent("e")]
    assert texts(one) == ["e"] and len(said) == 1 and "'new'" in said.pop()
    cards["none"].append(3)
    cards["none"].append(4)
    cards["none"] = []
    cards["one"] = 3
    cards.append(3)
    assert len(said) == 4 and "'none'" in said[0] and "WARNING" in texts(one)[-1]["data"]
    del cards["one"].components[list(cards["one"].components.keys())[0]]
    with pytest.raises(KeyError):
        del cards["one"].components["x"]


def test_ids_that_are_given_twice_or_cannot_be_ids():
    cards, _, said = collector(card(EDITABLE, "x"), card(EDITABLE, "x"), card(EDITABLE, "not an id"))
    assert len(said) == 2 and "id 'x'" in said[1] and "'not an id'" in said[0]
    assert cards["x"] == [] and "x" not in cards


def test_warnings_can_be_muted():
    cards, (one, two), said = collector(card(EDITABLE, "x"), card(EDITABLE, "y"), muted=True)
    cards.append(TestStringComponent("a"))
    cards["none"].append(1)
    assert said == [] and texts(one) == texts(two) == []


# Rendering when the step is over


def test_cards_are_rendered_when_the_task_is_recorded(bench):
    body = ("from penstock import current\nfrom penstock.cards import Markdown\nassert 'card' in current\n"
            "current.card.append(Markdown('*hello*'))\nself.x = [1, 2]")
    plan = with_cards(card(), card("blank", "page", options={"title": "T<"}), card("default", "not an id"), card("test_pathspec_card"))
    outcome = bench.run(linear(body), plan=plan)
    task = outcome.one("start")
    assert task.ok and task["done"]["cards"] is True and task["exit"]["code"] == 0
    kinds = task["frames"]
    assert kinds.index("done") < kinds.index("card")
    named, shown = zip(*pages(task))
    assert [each["type"] for each in named] == ["taskspec_card", "blank", "default", "test_pathspec_card"]
    assert [each["id"] for each in named] == [None, "page", None, None] and len({each["hash"] for each in named}) == 4
    assert shown[0] == "F/1/start/1" and shown[3].startswith("F/1/start/1 ")
    assert "<em>hello</em>" in shown[2] and "<em>hello</em>" not in shown[1] and "T&lt;" in shown[1]
    assert "'not an id' of a @card is ignored" in task.err
    assert not any(each["error"] for each in named) and "final" in shown[1]
    end = outcome.one("end")
    assert end["done"].get("cards") is None and end["cards"] == []


def test_large_pages_come_as_files(bench):
    body = "from penstock import current\nfrom penstock.cards import Markdown\ncurrent.card.append(Markdown('x' * 200000))"
    task = bench.run(linear(body), plan=dict(with_cards(card("blank")), inline_limit=5000)).one("start")
    (named, shown), = pages(task)
    assert named["size"] == len(shown.encode()) > 200000


CARDS = """
from penstock.cards import MetaflowCard, _rendering
_rendering.GRACE = 0.3
import os, time, subprocess, sys
class Crash(MetaflowCard):
    type = "crash"
    def render(self, task): os.kill(os.getpid(), 11)
class Deaf(MetaflowCard):
    type = "deaf"
    def render(self, task):
        child = subprocess.Popen(["sleep", "1000"], env={"MARK": "deaf-card"})
        while True:
            try: time.sleep(60)
            except BaseException: pass
class Nothing(MetaflowCard):
    type = "nothing"
    def render(self, task): return None
class Number(MetaflowCard):
    type = "number"
    def render(self, task): return 3
class Bare(MetaflowCard):
    type = "bare"
class Strict(MetaflowCard):
    type = "strict"
    def __init__(self): pass
class Exits(MetaflowCard):
    type = "exits"
    def render(self, task): sys.exit(3)
class Reads(MetaflowCard):
    type = "reads"
    def render(self, task): return "%s %s" % (self.runtime_data["render_seq"], os.getpid())
from penstock.cards import _registry, test_cards
class Values(test_cards.TestRefreshComponentCard):
    type = "values"
    def reload_content_token(self, task, data): return "v" + test_cards._component_values_to_hash(data["components"])
_registry._extensions = [Values, Crash, Deaf, Nothing, Number, Bare, Strict, Exits, Reads]
"""


@pytest.mark.parametrize("kind, told", [
    ("test_error_card", "Unknown Things Happened"), ("no_such_card", "no card type"), ("crash", "crashed"), ("nothing", "rendered nothing"),
    ("number", "type int"), ("bare", "NotImplementedError"), ("strict", "do not take the options"), ("exits", "SystemExit"),
])
def test_cards_that_fail_say_so_on_a_page_of_their_own(bench, kind, told):
    text = CARDS + linear("pass")
    plan = with_cards(card(kind, options={"a": 1} if kind == "strict" else None), card(kind, save_errors=False), card())
    task = bench.run(text, plan=plan).one("start")
    assert task.ok and task["exit"]["code"] == 0
    (first, shown), (last, _) = pages(task)
    assert first["type"] == kind and first["error"] is True and told in shown and "could not be rendered" in shown
    assert last["type"] == "taskspec_card" and told in task.err


def test_cards_that_take_too_long(bench):
    from conftest import processes_with

    text = CARDS + linear("pass")
    plan = with_cards(card("test_timeout_card", timeout=0.2), card("deaf", timeout=0.2), card("test_timeout_card", timeout=0.2, save_errors=False),
                      card("reads", timeout=None), card("no type!"))
    task = bench.run(text, plan=plan).one("start")
    shown = pages(task)
    assert [named["type"] for named, _ in shown] == ["test_timeout_card", "deaf", "reads", "error"]
    assert "longer than its 0.2 seconds" in shown[0][1] and "time.sleep" not in shown[0][1] and "longer than its 0.2" in shown[1][1]
    assert shown[2][1].startswith("final ") and shown[2][1] != "final %d" % task["spawned"]["pid"]
    assert processes_with(b"deaf-card") == []


def test_a_task_that_fails_has_no_card(bench):
    task = bench.run(linear("1/0"), plan=with_cards(card())).one("start")
    assert not task.ok and task["cards"] == [] and "cards" not in task["done"]


def test_values_are_at_hand_and_the_step_keeps_the_channel(bench):
    text = flow(("start", "self.x = 3\nself.next(self.end)"), ("end", "from penstock import current\ncurrent.card.extend([])\nassert self.x == 3"))
    text = text.replace("class F(", textwrap.dedent("""
        from penstock.cards import MetaflowCard, _registry
        class Peek(MetaflowCard):
            type = "peek"
            def __init__(self, flow=None, graph=None, **_): self.flow, self.graph = flow, graph
            def render(self, task):
                try: self.flow.unread
                except Exception as error: told = type(error).__name__
                return "%s %s %s" % (self.flow.x, sorted(self.graph), told)
        _registry._extensions = [Peek]
        class F("""))
    task = bench.run(text, plan=with_cards(card("peek"), step="end")).one("end")
    assert pages(task)[0][1] == "3 ['end', 'start'] AttributeError"


# Rendering while the step runs


def test_refresh_renders_beside_the_step(bench):
    body = """
from penstock import current
from penstock.cards import ProgressBar
from penstock.cards.test_cards import TestJSONComponent
import time, os
card = current.card["r"]
parts = [TestJSONComponent({"v": ["1"]})]
card.append(parts[0], id="part")
def settled(count):
    while sum(1 for each in current_cards._going.values() if each.poll() is None): time.sleep(0.01)
current_cards = card._start.__self__
card.refresh({"n": 1}); settled(1)
parts[0].update({"v": ["2"]}); card.refresh({"n": 2}); settled(2)
card.append(TestJSONComponent({"v": ["3"]})); card.refresh({"n": 3}); settled(3)
card.refresh({"n": object()}); settled(4)
current.card.refresh()  # no default card: nothing
"""
    plan = with_cards(card("values", "r", refresh_interval=0), card("test_editable_card", "e"))
    task = bench.run(CARDS + linear(body), plan=plan).one("start")
    assert task.ok, task.err
    kinds = task["frames"]
    assert "card" in kinds[: kinds.index("done")]
    shown = [(named, page) for named, page in pages(task) if named["id"] == "r"]
    data = [json.loads(text) for _, text in pages(task, "card-data")]
    assert len({named["hash"] for named, _ in shown}) == 1 and len(shown) == 3  # two layouts, and the final page
    assert [each["data"]["part"]["v"] for each in data] == [["1"], ["2"], ["2"], ["2"], ["2"]]
    assert len({each["reload_token"] for each in data}) == 4 and data[-1]["reload_token"] == "final" and data[0]["reload_token"] in shown[0][1]
    assert 'RELOAD_TOKEN = "final"' in shown[-1][1] and "not JSON" in task.err


def test_refresh_is_limited_and_can_be_forced(monkeypatch):
    started = []
    now = [100.0]
    monkeypatch.setattr("penstock.cards._collector.monotonic", lambda: now[0])
    manager = CardManager(card("blank", refresh_interval=5), card_class("blank"), print, lambda _, mode: started.append(mode) or True)
    for at, force in ((100, False), (102, False), (106, False), (107, True), (112, True), (118, False), (190, False)):
        now[0] = at
        manager.refresh({"x": 1}, force=force)
    assert started == ["render_runtime", "refresh", "render_runtime", "refresh", "render_runtime"]
    fixed = CardManager(card("taskspec_card"), card_class("taskspec_card"), print, lambda *_: 1 / 0)
    fixed.refresh()


def test_the_page_of_a_task_that_fails_is_its_last(bench):
    body = "from penstock import current\ncurrent.card.refresh({'n': 1})\n1/0"
    task = bench.run(linear(body), plan=with_cards(card("test_refresh_card"))).one("start")
    (_, shown), = pages(task)
    assert not task.ok and '{"n": 1}' in shown and "render-seq-1" in shown


# Extensions, ``card create``


def test_extensions_announce_cards_in_three_ways(bench):
    one = "from metaflow.cards import MetaflowCard\nclass C(MetaflowCard):\n    type = %r\n    def render(self, task): return self.type\nCARDS = [C, 3, MetaflowCard]\n"
    root = "metaflow_extensions/%s/plugins/cards/%s"
    bench.write(root % ("a", "__init__.py"), one % "in_init")
    bench.write(root % ("b", "sub/__init__.py"), one % "in_sub")
    bench.write(root % ("b", "broken/__init__.py"), "raise SystemExit('broken')")
    bench.write(root % ("c", "mfextinit_c.py"), "from .deep import CARDS\n")
    bench.write(root % ("c", "deep/__init__.py"), one % "in_mfextinit")
    bench.write(root % ("d", "mfextinit_d.py"), "import no_such_module")
    bench.write(root % ("e", "__init__.py"), "CARDS = 3")
    cards = [card(kind, save_errors=False) for kind in ("in_init", "in_sub", "in_mfextinit", "in_none")]
    task = bench.run(linear("pass"), plan=with_cards(*cards)).one("start")
    assert [page for _, page in pages(task)] == ["in_init", "in_sub", "in_mfextinit"] and "'in_none'" in task.err


def test_a_card_of_a_recorded_task_is_created(bench):
    orders = [card(id="x", timeout=None), card("test_error_card", save_errors=False), card("test_error_card"), card("blank", "bad id", options={"title": "T"})]
    outcome = bench.run(linear("pass"), plan={"card_orders": orders})
    tasks = outcome.of("_card")
    assert pages(tasks[0])[0][1] == "F/1/start/1" and pages(tasks[0])[0][0]["id"] == "x" and tasks[0].ok
    assert not tasks[1].ok and pages(tasks[1]) == [] and "Unknown Things" in tasks[1].err and tasks[1]["exit"]["code"] == 1
    assert pages(tasks[2])[0][0]["error"] is True and tasks[2].ok
    assert pages(tasks[3])[0][0]["id"] is None and ">T<" in pages(tasks[3])[0][1]


# Reading


def stored(world, text):
    digest = hashlib.sha256(text.encode()).hexdigest()
    world.made["blobs"][digest] = text.encode()
    return digest


@pytest.fixture
def cards_of(world):  # noqa: F811
    """Puts cards into the made-up store."""
    import pickle

    made = pickle.loads(open(os.environ["FAKE_WORLD"], "rb").read())

    def put(path, *items):
        rows = []
        for kind, name, text, data in items:
            row = {"type": kind, "id": name, "hash": hashlib.md5(text.encode()).hexdigest(), "created_at": 1.0, "attempt": 0, "origin": None}
            for member, content in (("digest", text), ("data", data)):
                row[member] = None if content is None else hashlib.sha256(content.encode()).hexdigest()
                if content is not None:
                    made["blobs"][row[member]] = content.encode()
            rows.append(row)
        made["cards"][path] = rows
        with open(os.environ["FAKE_WORLD"], "wb") as file:
            file.write(pickle.dumps(made, 4))
        return rows

    return put


def test_reading_cards(cards_of):
    rows = cards_of("F/2/start/1", ("default", "a", "<b>one\u00fc</b>", None), ("blank", None, "two" * 1000, '{"data": 1}'))
    cards = get_cards("F/2/start/1")
    assert len(cards) == 2 and [each.type for each in cards] == ["default", "blank"] and cards[0].id == "a"
    assert cards[0].get() == "<b>one\u00fc</b>" and cards[1].get() == "two" * 1000  # the second comes as a file
    assert cards[0].get_data() is None and cards[-1].get_data() == {"data": 1}
    assert cards[0].path == "F/runs/2/steps/start/tasks/1/cards/default-a-%s.html" % rows[0]["hash"]
    assert cards[1].path.endswith("/blank-%s.html" % rows[1]["hash"])
    shown = cards._repr_html_()
    assert shown.count("<iframe sandbox=") == 2 and "&lt;b&gt;one" in shown and "<b>" not in shown
    assert [each.type for each in get_cards("F/2/start/1", type="blank")] == ["blank"] and len(get_cards("F/2/start/1", id="none")) == 0
    with pytest.raises(IndexError):
        cards[2]


def test_cards_of_tasks_that_were_taken_over(cards_of):
    from penstock.client import Task

    rows = cards_of("F/2/body/2", ("default", None, "x", None))
    rows[0]["origin"] = "F/1/body/7"
    cards_of(("F/2/body/2", False))
    cards_of(("F/2/body/2", True), ("default", None, "x", None))
    task = Task("F/2/body/2")
    with pytest.raises(e.CardNotPresentException):
        get_cards(task, follow_resumed=False)
    assert get_cards(task)[0].get() == "x"


def test_what_is_no_task_and_tasks_without_cards(world):  # noqa: F811
    for wrong, error in (("F/2/start", e.IncorrectPathspecException), (3, e.IncorrectArgumentException)):
        with pytest.raises(error):
            get_cards(wrong)
    with pytest.raises(e.CardNotPresentException, match="type 'x'"):
        get_cards("F/2/end/9", type="x")
    assert e.CardNotPresentException.headline


def test_names_of_metaflow():
    from metaflow.cards import get_cards as other
    from metaflow.plugins import CARDS
    from metaflow.plugins.cards.card_modules.components import Markdown as same
    from metaflow.plugins.cards.exception import CardNotPresentException as error
    from metaflow.plugins.cards.card_modules.test_cards import TestStringComponent as string

    assert other is get_cards and same is Markdown and error is e.CardNotPresentException and string is TestStringComponent
    assert {"default", "blank", "error", "default_json", "taskspec_card"} <= {each.type for each in CARDS}
