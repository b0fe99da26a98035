"""What a task knows about itself and about the values it can read."""

from __future__ import annotations

from ._foreach import frames_of, item_at
from .exception import MissingArtifactError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._blobs import Blobs
    from ._foreach import ForeachFrame
    from ._frames import Frame
    from ._transition import Transition

    Reference = dict[str, Any]

_MISSING = object()
#: The most bytes of a value that are kept to tell whether it has changed; a digest does it for larger ones.
KEPT = 65536


class TaskState:
    """One attempt at a task, or one input of a join: its place in the run and the artifacts it can read."""

    def __init__(self, assignment: dict[str, Any], blobs: Blobs | None) -> None:
        self.assignment = assignment
        self.blobs = blobs
        self.step: str | None = assignment.get("step")
        self.join: bool = bool(assignment.get("join"))
        #: Whether the task only counts the items of an unbounded foreach, or is the first node of a parallel step.
        parallel = assignment.get("parallel")
        self.is_control: bool = parallel is None and assignment.get("unbounded") == "control"
        self.is_parallel_control: bool = parallel is not None and parallel["index"] == 0
        self.frames: list[ForeachFrame] = frames_of(assignment.get("frames") or [])
        #: Stored artifacts by name; those that are read are also in ``loaded``.
        self.artifacts: dict[str, Reference] = dict(assignment.get("artifacts") or {})
        #: Artifacts that were read: the object and its bytes, where those were at hand.
        self.loaded: dict[str, tuple[Any, bytes | None]] = {}
        self.transition: Transition | None = None
        self._constants: dict[str, Any] = {}
        self._items: dict[int, Any] = {}
        self._source: Reference | None = assignment.get("foreach_source")
        #: What stands in for artifacts of a join's inputs, by ``STEP/TASK``; only in ``spin``.
        self.input_overrides: dict[str, dict[str, Any]] = {}
        #: References that a join took over by name; stored with the attempt.
        self.merged: dict[str, Reference] = {}

    @classmethod
    def detached(cls, flow: str) -> TaskState:
        """The state of a flow object that runs in no task."""
        return cls({"flow": flow, "step": None}, None)

    def has(self, name: str) -> bool:
        return name in self.artifacts

    def load(self, name: str) -> Any:
        """The inherited artifact of that name, remembered as read."""
        reference = self.artifacts[name]
        if self._source is not None and name == self._variable() and reference["digest"] == self._source["digest"]:
            value, raw = self._foreach_source()
        else:
            value, raw = self._fetch(reference, name)
        self.loaded[name] = (value, raw if raw is not None and len(raw) <= KEPT else None)
        return value

    def constant(self, name: str, fallback: Any) -> Any:
        """The run's value of a parameter or constant."""
        if name in self._constants:
            return self._constants[name]
        value = self._fetch(self.artifacts[name], name)[0] if name in self.artifacts else fallback
        self._constants[name] = value
        return value

    def override(self, flow: Any, name: str, value: Any) -> None:
        """Puts a value in place of an inherited one, or of a parameter or constant."""
        declared = next((cls.__dict__[name] for cls in type(flow).__mro__ if name in cls.__dict__), None)
        if hasattr(declared, "__set__"):
            self._constants[name] = value
            return
        flow.__dict__[name] = value
        if name == self._variable():
            self._source = None

    def keep_constant(self, name: str, value: Any) -> Any:
        """Puts what a parameter or config makes of its stored value in the value's place."""
        self._constants[name] = value
        return value

    def item(self, flow: Any, depth: int) -> Any:
        """The item that this task has in the foreach at a depth, the outermost being 0.

        None where the artifact that was split is not there any more, as for the outer foreaches in a join.
        """
        if depth not in self._items:
            items = self.source(flow, depth)
            index = self.frames[depth].index
            self._items[depth] = items if index is None or items is None else item_at(items, index)
        return self._items[depth]

    def source(self, flow: Any, depth: int) -> Any:
        """What the foreach at a depth goes over, or None."""
        frame = self.frames[depth]
        if depth == len(self.frames) - 1 and self._source is not None:
            held = flow.__dict__.get(frame.var, _MISSING)
            read = self.loaded.get(frame.var)
            return held if read is not None and read[0] is held else self._foreach_source()[0]
        return getattr(flow, frame.var, None)

    def _variable(self) -> str | None:
        return self.frames[-1].var if self.frames else None

    def _foreach_source(self) -> tuple[Any, bytes | None]:
        if not hasattr(self, "_source_value"):
            self._source_value = self._fetch(self._source, self._source.get("name") or "foreach")  # type: ignore
        return self._source_value

    def ask(self, request: dict[str, Any], answer: str, subject: str) -> Frame:
        """Asks the engine something. Raises MissingArtifactError."""
        if self.blobs is None:
            raise MissingArtifactError("There is no engine to ask about %s outside of a task." % subject)
        return self.blobs.ask(request, answer, subject)

    def _fetch(self, reference: Reference, name: str) -> tuple[Any, bytes | None]:
        if self.blobs is None:
            raise MissingArtifactError("The artifact '%s' can only be read in a task." % name)
        return self.blobs.load(reference, name)
