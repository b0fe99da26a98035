"""The flow's graph for Python code that asks for it: ``self._graph``, ``current.graph``, the artifact ``_graph_info``."""

from __future__ import annotations

from ._describe import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator


class Node:
    """One step. ``type`` is start, linear, split, foreach, split-switch, join or end."""

    def __init__(self, step: dict[str, Any], first: str, last: str) -> None:
        following = step["next"] or {}
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
        self.decorators: list[dict[str, Any]] = step["decorators"]
        self.type = _node_type(step, following.get("kind"), first, last)


class Graph:
    """The steps by name."""

    def __init__(self, description: dict[str, Any]) -> None:
        steps = description["steps"]
        first = next((step["name"] for step in steps if step["start"]), "start")
        last = next((step["name"] for step in steps if step["end"]), "end")
        self.name: str = description["name"]
        self.doc: str = description["doc"] or ""
        self.start_step: str = first
        self.end_step: str = last
        self.nodes = {step["name"]: Node(step, first, last) for step in steps}
        for node in self.nodes.values():
            for target in node.out_funcs:
                if target in self.nodes:
                    self.nodes[target].in_funcs.append(node.name)

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


def graph_of(flow: type) -> Graph:
    """The graph of a flow class."""
    return _known(flow)[1]


def graph_info(flow: type) -> dict[str, Any]:
    """The graph as plain data."""
    description, graph = _known(flow)
    return {
        "file": description["script"].rsplit("/", 1)[-1],
        "doc": graph.doc,
        "parameters": [
            {"name": parameter["attribute"], "type": parameter["type"]} for parameter in description["parameters"]
        ],
        "constants": [{"name": name} for name in description["constants"]],
        "decorators": description["decorators"],
        "steps": {node.name: _step_info(node) for node in graph},
        "start_step": graph.start_step,
        "end_step": graph.end_step,
    }


def _step_info(node: Node) -> dict[str, Any]:
    info: dict[str, Any] = {
        "name": node.name,
        "type": node.type,
        "line": node.func_lineno,
        "doc": node.doc,
        "decorators": node.decorators,
        "next": node.out_funcs,
    }
    if node.foreach_param:
        info["foreach_artifact"] = node.foreach_param
    if node.condition:
        info["condition"], info["switch_cases"] = node.condition, node.switch_cases
    return info
