"""The graph as Python code sees it: ``self._graph`` and ``_graph_info``."""

import pytest

from penstock import FlowSpec, environment, retry, secrets, step
from penstock._graph import Graph, graph_info, graph_of
from penstock._graph_places import structure


def graph(**steps):
    """A graph of ``name="kind targets…"``; a name that begins with ``join`` takes inputs."""
    described = []
    for name, text in steps.items():
        kind, *targets = text.split() or [None]
        following = None if kind is None else {
            "kind": kind, "targets": targets, "variable": "v" if kind == "foreach" else None, "line": 3,
            "condition": "c" if kind == "switch" else None, "cases": dict(zip("abcd", targets)) if kind == "switch" else None,
        }
        described.append({
            "name": name, "doc": None, "line": 1, "file": "f.py", "arguments": 2 if name.startswith("join") else 1,
            "next": following, "decorators": [], "start": False, "end": False,
        })
    return Graph({"name": "F", "doc": None, "steps": described})


NESTED = dict(
    start="foreach a", a="split b c", b="linear join1", c="linear join1", join1="linear d", d="linear join2",
    join2="linear end", end="",
)


def test_places_in_nested_splits():
    nested = graph(**NESTED)
    assert nested["a"].split_parents == ["start"] and nested["b"].split_parents == ["start", "a"]
    assert nested["b"].split_branches == ["a", "b"]
    assert nested["start"].matching_join == "join2" and nested["a"].matching_join == "join1"
    assert nested["join1"].split_parents == ["start", "a"] and nested["d"].split_parents == ["start"]
    assert nested["end"].split_parents == [] and nested["end"].matching_join is None
    assert [node.name for node in nested if node.is_inside_foreach] == ["a", "b", "c", "join1", "d"]
    assert nested["join1"].in_funcs == ["b", "c"] and nested.sorted_nodes[-1] == "end"
    assert structure(nested) == ["start", [["a", [["b"], ["c"]], "join1", "d"]], "join2", "end"]


def test_switches_and_loops():
    loop = graph(start="linear turn", turn="switch turn out", out="switch x y", x="linear end", y="linear end", end="")
    assert loop["turn"].in_funcs == ["start"] and loop["turn"].switch_cases == {"a": "turn", "b": "out"}
    assert structure(loop) == ["start", "turn", [["out", [["x"], ["y"]]]], "end"]
    assert loop.sorted_nodes == ["start", "turn", "out", "x", "y", "end"]


@pytest.mark.parametrize(
    "steps",
    [
        dict(start="linear a", a="linear b", b="linear a", end=""),
        dict(start="split a a", a="linear nosuch", end=""),
        dict(start="linear join", join="linear end", end=""),
        dict(other="", another=""),
        {},
    ],
)
def test_graphs_that_keep_no_rule_have_places_too(steps):
    broken = graph(**steps)
    assert set(broken.places()) == set(steps)
    structure(broken)


def test_a_single_step_is_first_and_last():
    single = graph(only="")
    assert (single.start_step, single.end_step, single["only"].type) == ("only", "only", "end")
    assert structure(single) == ["only"]


def test_a_long_flow_is_no_matter_of_recursion():
    steps = {"s%d" % n: "linear s%d" % (n + 1) for n in range(3000)}
    long = graph(start="linear s0", **steps, s3000="linear end", end="")
    assert len(structure(long)) == 3003 and long["end"].split_parents == []


def test_values_of_variables_and_secrets_are_not_recorded():
    class Secretive(FlowSpec):
        @secrets(sources=["a.b", {"type": "inline", "id": "x", "options": {"env_vars": {"TOKEN": "eel"}, "other": "eel"}}])
        @environment(vars={"PLACE": "eel"})
        @retry(times=2)
        @step
        def start(self):
            self.next(self.end)

        @environment(vars="eel")
        @secrets
        @step
        def end(self):
            pass

    info = graph_info(Secretive)["steps"]
    by_name = {each["name"]: each["attributes"] for each in info["start"]["decorators"]}
    assert by_name["environment"] == {"vars": {"PLACE": "***"}} and by_name["retry"] == {"times": 2}
    assert by_name["secrets"]["sources"] == [
        "a.b", {"type": "inline", "id": "x", "options": {"env_vars": {"TOKEN": "***"}, "other": "***"}}]
    assert {each["name"] for each in info["end"]["decorators"]} == {"environment", "secrets"}
    # The flow itself is as it was.
    assert "eel" in repr(graph_of(Secretive)["start"].decorators)
