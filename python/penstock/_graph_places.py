"""Where steps stand among the splits around them, and the order in which they come.

The rules that a graph has to keep are the engine's; here every graph gets an answer.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._graph import Graph, Node


class Place:
    """The splits around a step, its branch in each, and what joins the step's own split."""

    __slots__ = ("parents", "branches", "join", "reached")

    def __init__(self, parents: list[str], branches: list[str], reached: bool = True) -> None:
        self.parents = parents
        self.branches = branches
        self.join: str | None = None
        self.reached = reached


def find(graph: Graph) -> dict[str, Place]:
    """The places of all steps, those that can be reached in the order of the flow and first."""
    places: dict[str, Place] = {}
    waiting: list[tuple[str, list[str], list[str]]] = [(graph.start_step, [], [])]
    while waiting:
        name, parents, branches = waiting.pop()
        node = graph.nodes.get(name)
        if node is None or name in places:
            continue
        if node.num_args > 1 and parents:
            if places[parents[-1]].join is None:
                places[parents[-1]].join = name
            places[name] = Place(parents, branches[:-1])
            parents, branches = parents[:-1], branches[:-1]
        else:
            places[name] = Place(parents, branches)
        splits = node.type in ("split", "foreach")
        for target in reversed(list(dict.fromkeys(node.out_funcs))):
            waiting.append((target, parents + [name] if splits else parents, branches + [target] if splits else branches))
    ordered = {name: places[name] for name in _order(graph, places)}
    ordered.update((name, Place([], [], reached=False)) for name in graph.nodes if name not in places)
    return ordered


def _order(graph: Graph, reached: dict[str, Place]) -> list[str]:
    """Each step after all those before it; what stands in a circle keeps the order in which it was found."""
    missing = {name: sum(before in reached for before in graph.nodes[name].in_funcs) for name in reached}
    ready, order = [name for name in reached if missing[name] == 0], []
    while ready:
        name = ready.pop(0)
        order.append(name)
        for target in dict.fromkeys(graph.nodes[name].out_funcs):
            if target in missing and target != name:
                missing[target] -= 1
                if missing[target] == 0:
                    ready.append(target)
    return order + [name for name in reached if name not in set(order)]


def structure(graph: Graph) -> list[Any]:
    """The steps from first to last as nested lists: after a split comes a list of its branches, each a list."""
    if graph.start_step not in graph or graph.end_step not in graph:
        return []
    listed = [] if graph.start_step == graph.end_step else _block(graph, graph.start_step, graph.end_step, frozenset())
    return listed + [graph.end_step]


def _block(graph: Graph, first: str, last: str | None, around: frozenset[str]) -> list[Any]:
    """The steps from ``first`` on, up to ``last``, which is not among them."""
    listed: list[Any] = []
    name: str | None = first
    seen = set(around)
    while name is not None and name != last and name in graph and name not in seen:
        node: Node = graph.nodes[name]
        listed.append(name)
        seen.add(name)
        if node.type == "split-switch":
            targets = [target for target in dict.fromkeys(node.out_funcs) if target != name]
            listed.append([_block(graph, target, last, frozenset(seen)) for target in targets])
            break
        if node.type in ("split", "foreach") and not node.parallel_foreach and node.matching_join:
            inner = frozenset(seen)
            listed.append([_block(graph, target, node.matching_join, inner) for target in node.out_funcs])
            name = node.matching_join
        else:
            name = node.out_funcs[0] if node.out_funcs else None
    return listed
