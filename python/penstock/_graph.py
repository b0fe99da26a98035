"""The flow's graph for Python code that asks for it: ``self._graph``, ``current.graph``, the artifact ``_graph_info``."""

from __future__ import annotations

from ._describe import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ._graph_places import Place


class Node:
    """One step. ``type`` is start, linear, split, foreach, split-switch, join or end.

    ``out_funcs`` are the steps after it and ``in_funcs`` those before it, without itself. ``split_parents`` are the splits
    and foreaches it is in, the outermost first, ``split_branches`` the branches of those that it belongs to, and
    ``matching_join`` is the step that joins what it splits.
    """

    def __init__(self, step: dict[str, Any], graph: Graph) -> None:
        following = step["next"] or {}
        self._graph = graph
        self.name: str = step["name"]
        self.doc: str = step["doc"] or ""
        self.func_lineno: int = step["line"]
        self.source_file: str = step["file"]
        self.num_args: int = step["arguments"]
        self.out_funcs: list[str] = list(following.get("targets", ()))
        self.in_funcs: list[str] = []
        self.foreach_param: str | None = following.get("variable")
        self.condition: str | None = following.get("condition")
        self.switch_cases: dict[str, str] = dict(following.get("cases") or {})
        self.parallel_foreach: bool = following.get("kind") == "parallel"
        self.parallel_step = any(decorator["name"] == "parallel" for decorator in step["decorators"])
        self.has_tail_next: bool = step["next"] is not None
        self.invalid_tail_next: bool = following.get("kind") == "unrecognised"
        self.tail_next_lineno: int = following.get("line", 0)
        self.is_start_step: bool = step["start"]
        self.is_end_step: bool = step["end"]
        self.decorators: list[dict[str, Any]] = step["decorators"]
        self.type = _node_type(step, following.get("kind"), graph.start_step, graph.end_step)

    @property
    def split_parents(self) -> list[str]:
        return self._graph.places()[self.name].parents

    @property
    def split_branches(self) -> list[str]:
        return self._graph.places()[self.name].branches

    @property
    def matching_join(self) -> str | None:
        return self._graph.places()[self.name].join

    @property
    def is_inside_foreach(self) -> bool:
        nodes = self._graph.nodes
        return any(
            nodes[parent].type == "foreach" and nodes[parent].matching_join != self.name for parent in self.split_parents
        )

    def __repr__(self) -> str:
        return "<step %s (%s) -> %s>" % (self.name, self.type, ", ".join(self.out_funcs) or "nothing")


class Graph:
    """The steps by name. ``start_step`` and ``end_step`` are the names of the first and the last one."""

    def __init__(self, description: dict[str, Any]) -> None:
        steps = description["steps"]
        single = steps[0]["name"] if len(steps) == 1 else None
        self.start_step: str = next((step["name"] for step in steps if step["start"]), single or "start")
        self.end_step: str = next((step["name"] for step in steps if step["end"]), single or "end")
        self.name: str = description["name"]
        self.doc: str = description["doc"] or ""
        self.nodes = {step["name"]: Node(step, self) for step in steps}
        self._places: dict[str, Place] | None = None
        for node in self.nodes.values():
            for target in dict.fromkeys(node.out_funcs):
                if target in self.nodes and target != node.name:
                    self.nodes[target].in_funcs.append(node.name)

    @property
    def sorted_nodes(self) -> list[str]:
        """The names of the steps, each after those that lead to it."""
        return [name for name, place in self.places().items() if place.reached]

    def places(self) -> dict[str, Place]:
        """Where each step stands among the splits, in the order of the flow; found when it is first asked for."""
        if self._places is None:
            from ._graph_places import find

            self._places = find(self)
        return self._places

    def __getitem__(self, name: str) -> Node:
        return self.nodes[name]

    def __contains__(self, name: object) -> bool:
        return name in self.nodes

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())


def _node_type(step: dict[str, Any], kind: str | None, first: str, last: str) -> str:
    if step["name"] == last:
        return "end"
    if step["arguments"] > 1:
        return "join"
    named = {"foreach": "foreach", "parallel": "foreach", "split": "split", "switch": "split-switch"}.get(kind or "")
    if named:
        return named
    return "start" if step["name"] == first else "linear"


_graphs: dict[type, tuple[dict[str, Any], Graph]] = {}


def _known(flow: type) -> tuple[dict[str, Any], Graph]:
    if flow not in _graphs:
        description = describe(flow)
        _graphs[flow] = (description, Graph(description))
    return _graphs[flow]


def remember(flow: type, description: dict[str, Any]) -> None:
    """Keeps a description that has been made already."""
    _graphs[flow] = (description, Graph(description))


def forget(flow: type) -> None:
    """Lets go of the description of a class that has been changed."""
    _graphs.pop(flow, None)


def graph_of(flow: type) -> Graph:
    """The graph of a flow class."""
    return _known(flow)[1]


def graph_info(flow: type) -> dict[str, Any]:
    """The graph as plain data."""
    from ._graph_places import structure

    description, graph = _known(flow)
    return {
        "file": description["script"].rsplit("/", 1)[-1],
        "start_step": graph.start_step,
        "end_step": graph.end_step,
        "doc": graph.doc,
        "parameters": [
            {"name": parameter["attribute"], "type": parameter["type"]} for parameter in description["parameters"]
        ],
        "constants": [{"name": name} for name in description["constants"]],
        "decorators": description["decorators"],
        "steps": {node.name: _step_info(node) for node in graph},
        "graph_structure": structure(graph),
    }


def _without_values(decorator: dict[str, Any]) -> dict[str, Any]:
    """A decorator as it may be recorded: of variables and secrets only the names, since values may be nobody else's business."""
    if decorator["name"] not in ("secrets", "environment"):
        return decorator

    def hidden(variables: Any) -> Any:
        return dict.fromkeys(variables, HIDDEN) if isinstance(variables, dict) else variables

    def source(entry: Any) -> Any:
        if not isinstance(entry, dict) or not isinstance(entry.get("options"), dict):
            return entry
        options = {
            name: hidden(value) if name == "env_vars" else HIDDEN for name, value in entry["options"].items()
        }
        return dict(entry, options=options)

    attributes = dict(decorator["attributes"])
    if "vars" in attributes:
        attributes["vars"] = hidden(attributes["vars"])
    if isinstance(attributes.get("sources"), (list, tuple)):
        attributes["sources"] = [source(entry) for entry in attributes["sources"]]
    return dict(decorator, attributes=attributes)


def _step_info(node: Node) -> dict[str, Any]:
    info: dict[str, Any] = {
        "name": node.name,
        "type": _TYPES.get(node.type, node.type),
        "line": node.func_lineno,
        "source_file": node.source_file,
        "doc": node.doc,
        "decorators": [_without_values(decorator) for decorator in node.decorators],
        "next": node.out_funcs,
    }
    if node.parallel_foreach:
        info["type"] = "split-parallel"
    elif node.type == "foreach":
        info["foreach_artifact"] = node.foreach_param
    elif node.type == "split-switch":
        info["condition"] = node.condition
        info["switch_cases"] = node.switch_cases
    if node.matching_join:
        info["matching_join"] = node.matching_join
    return info


#: What the plain data call the types of nodes that they name otherwise.
#: Stands for a value that is not recorded.
HIDDEN = "***"

_TYPES = {"split": "split-static", "foreach": "split-foreach"}
