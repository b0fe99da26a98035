"""``FlowSpec``, the class that flows inherit from."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ._state import TaskState

#: Attributes of an instance that are the SDK's own and never artifacts.
SLOTS = frozenset(["_penstock"])


class FlowSpec:
    """A flow: methods marked with ``@step`` that hand over to each other with ``self.next``.

    ``MyFlow()`` starts the command line and does not return. ``MyFlow(use_cli=False)`` only makes the object, for
    looking at its steps.
    """

    _flow_decorators: list[Any] = []
    _flow_mutators: list[Any] = []
    _penstock: TaskState | None = None

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if len(cls.__bases__) > 1:
            from ._decorators import check_inherited

            check_inherited(cls)

    def __init__(self, use_cli: bool = True) -> None:
        if use_cli:
            from ._handover import begin

            begin(self)

    def next(self, *targets: Any, **how: Any) -> None:
        """Says which steps come after this one; the last statement of every step but the last.

        ``self.next(self.a)`` goes on to one step, ``self.next(self.a, self.b)`` to several at once,
        ``self.next(self.a, foreach='items')`` to one task for each item of ``self.items``,
        ``self.next(self.a, num_parallel=n)`` to n tasks that run side by side, and
        ``self.next({'x': self.a, 'y': self.b}, condition='kind')`` to the step that ``self.kind`` names.
        """
        from ._transition import decide

        state = self._state()
        state.transition = decide(self, state, targets, how)

    def merge_artifacts(
        self, inputs: Any, exclude: list[str] | None = None, include: list[str] | None = None
    ) -> None:
        """In a join: takes over the artifacts on which all inputs agree, without loading them.

        Names that are set already are left alone. ``exclude`` leaves names out, ``include`` takes only some; one of the
        two. Raises UnhandledInMergeArtifactsException when inputs differ in an artifact, and
        MissingInMergeArtifactsException when an included one exists in none of them.
        """
        from ._merge import merge

        merge(self, self._state(), inputs, list(exclude or ()), list(include or ()))

    @property
    def index(self) -> int | None:
        """The place of this task in the innermost foreach, or None outside of one."""
        frames = self._state().frames
        return frames[-1].index if frames else None

    @property
    def input(self) -> Any:
        """The item of the innermost foreach that this task is for, or None outside of one."""
        state = self._state()
        return state.item(self, len(state.frames) - 1) if state.frames else None

    def foreach_stack(self) -> list[tuple[int, int | None, Any]]:
        """``(index, number of splits, item)`` of every foreach this task is in, outermost first."""
        state = self._state()
        return [(frame.index, frame.num_splits, state.item(self, at)) for at, frame in enumerate(state.frames)]

    def cmd(self, *_: Any, **__: Any) -> Any:
        """Reserved."""
        from .exception import MetaflowException

        raise MetaflowException("FlowSpec.cmd is not in this version of Penstock. Use subprocess in the step.")

    def __iter__(self) -> Iterator[Any]:
        """The flow's steps, as methods of this object."""
        return iter([getattr(self, name) for name in step_functions(type(self))])

    def __getattr__(self, name: str) -> Any:
        """An inherited artifact, loaded when it is first read."""
        if name[:2] != "__":
            state = self.__dict__.get("_penstock")
            if state is not None and state.has(name):
                value = self.__dict__[name] = state.load(name)
                return value
            if name == "name":
                return type(self).__name__
        raise AttributeError("Flow %s has no attribute '%s'" % (type(self).__name__, name))

    @property
    def _graph(self) -> Any:
        from ._graph import graph_of

        return graph_of(type(self))

    @property
    def _current_step(self) -> str | None:
        return self._state().step

    @property
    def _foreach_stack(self) -> Any:
        return self._state().frames

    def __str__(self) -> str:
        """``<flow F step train[3] (input: x)>`` in a task, ``<flow F>`` elsewhere."""
        state = self.__dict__.get("_penstock")
        name = type(self).__name__
        if state is None or state.step is None:
            return "<flow %s>" % name
        place = ",".join(str(frame.index) for frame in state.frames)
        if not place:
            return "<flow %s step %s>" % (name, state.step)
        try:
            item = self.input
            text = "" if item is None else str(item)
        except Exception:
            text = ""
        text = text if len(text) <= 20 else text[:20] + "..."
        return "<flow %s step %s[%s]%s>" % (name, state.step, place, " (input: %s)" % text if text else "")

    def __getstate__(self) -> Any:
        from .exception import MetaflowException

        raise MetaflowException(
            "a flow, or an input of a join, cannot be stored: store the values that you need from it, such as inputs[0].x"
        )

    def _state(self) -> TaskState:
        state = self.__dict__.get("_penstock")
        if state is None:
            from ._state import TaskState

            state = self.__dict__["_penstock"] = TaskState.detached(type(self).__name__)
        return state


def step_functions(flow: type) -> dict[str, Any]:
    """The steps of a flow by name, those of the bases first, each once and as the class resolves it."""
    found: dict[str, Any] = {}
    for cls in reversed(flow.__mro__):
        for name, value in cls.__dict__.items():
            if name in found or _is_step(value):
                found[name] = value
    return {name: value for name, value in found.items() if _is_step(value)}


def _is_step(value: Any) -> bool:
    return getattr(value, "is_step", False) is True  # a config has every attribute


def parameters_of(flow: type) -> dict[str, Any]:
    """The parameters of a flow by attribute, those of the bases first."""
    from ._parameters import Parameter

    found: dict[str, Any] = {}
    for cls in reversed(flow.__mro__):
        for name, value in cls.__dict__.items():
            if name in found or isinstance(value, Parameter):
                found[name] = value
    return {name: value for name, value in found.items() if isinstance(value, Parameter)}


def constants_of(flow: type) -> dict[str, Any]:
    """The constants of a flow by attribute: what its classes hold besides functions, properties, types, parameters."""
    from ._parameters import Constant, Declared

    found: dict[str, Any] = {}
    for cls in reversed(flow.__mro__[: flow.__mro__.index(FlowSpec)]):
        found.update(item for item in cls.__dict__.items() if not item[0].startswith("_"))
    kept = {}
    for name, value in found.items():
        if isinstance(value, Constant):
            kept[name] = value.value
        elif not (callable(value) or isinstance(value, (property, Declared, staticmethod, classmethod))):
            kept[name] = value
    return kept


def freeze_constants(flow: type) -> None:
    """Makes the constants of a flow read-only for its tasks, which read the values that the run began with."""
    from ._parameters import Constant

    for name, value in constants_of(flow).items():
        setattr(flow, name, Constant(name, value))
