"""The errors a flow's author meets.

The names are those that existing flows catch. Every error carries a ``headline`` (what went wrong, without a
full stop) and a message; the class attribute may be overridden by subclasses.
"""

from __future__ import annotations


class MetaflowException(Exception):
    """Base of every error that is the author's to mend."""

    headline = "Flow failed"
    #: What to type or change next, where the message does not say it.
    help: str | None = None

    def __init__(self, msg: str = "", lineno: int | None = None, source_file: str | None = None) -> None:
        self.message = msg
        self.line_no = lineno
        self.source_file = source_file
        super().__init__(msg)

    def __str__(self) -> str:
        place = ""
        if self.line_no is not None:
            place = "line %s: " % self.line_no
        if self.source_file is not None:
            place = "%s, %s" % (self.source_file, place or ": ")
        return "%s%s" % (place, self.message)


#: The native name of the same base class.
PenstockException = MetaflowException


class MetaflowInternalError(MetaflowException):
    headline = "Internal error"


class InvalidNextException(MetaflowException):
    headline = "Invalid self.next() transition detected"


class InvalidDecoratorAttribute(MetaflowException):
    headline = "Unknown decorator attribute"
    help = "write one of these as NAME=VALUE, as in retry:times=2"


class BadStepDecoratorException(MetaflowException):
    headline = "Syntax error"


class BadFlowDecoratorException(MetaflowException):
    headline = "Syntax error"


class DuplicateStepDecoratorException(MetaflowException):
    headline = "Duplicate decorators"


class DuplicateFlowDecoratorException(MetaflowException):
    headline = "Duplicate decorators"


class ParameterFieldFailed(MetaflowException):
    headline = "Parameter field failed"


class ParameterFieldTypeMismatch(MetaflowException):
    headline = "Parameter field with a mismatching type"


class UnpicklableArtifactException(MetaflowException):
    headline = "Cannot pickle artifact"


class UnstorableArtifactException(MetaflowException):
    headline = "Artifact cannot be stored"


class MissingArtifactError(MetaflowException):
    headline = "Artifact cannot be read"


class MissingInMergeArtifactsException(MetaflowException):
    headline = "Missing artifacts in merge"

    def __init__(self, msg: str = "", unhandled: object = ()) -> None:
        super().__init__(msg)
        self.artifact_names = unhandled


class UnhandledInMergeArtifactsException(MetaflowException):
    headline = "Unhandled artifacts in merge"

    def __init__(self, msg: str = "", unhandled: object = ()) -> None:
        super().__init__(msg)
        self.artifact_names = unhandled


class ExternalCommandFailed(MetaflowException):
    headline = "External command failed"


class MetaflowNotFound(MetaflowException):
    headline = "Object not found"


class MetaflowNamespaceMismatch(MetaflowException):
    headline = "Object not in the current namespace"

    def __init__(self, namespace: object = None) -> None:
        super().__init__("The object is not in the namespace %r." % (namespace,))


class MetaflowInvalidPathspec(MetaflowException):
    headline = "Invalid pathspec"


class MetaflowTaggingError(MetaflowException):
    headline = "Tagging error"


class MetaflowUnknownUser(MetaflowException):
    headline = "Unknown user"


class MetaflowExceptionWrapper(Exception):
    """What is kept of an exception that ended a task: names and texts, no objects.

    ``type`` is the dotted name of the class, ``exception`` its text, ``stacktrace`` the traceback with the
    author's frames only. It unpickles wherever this package can be imported.
    """

    def __init__(
        self, exc: BaseException | None = None, type: str = "", exception: str = "", stacktrace: str = ""
    ) -> None:
        if exc is not None:
            from ._tracebacks import report

            facts = report(exc)
            type, exception, stacktrace = facts["type"], facts["message"], facts["traceback"]
        self.type = type
        self.exception = exception
        self.stacktrace = stacktrace
        super().__init__(exception)

    def __reduce__(self) -> tuple[object, ...]:
        return (MetaflowExceptionWrapper, (None, self.type, self.exception, self.stacktrace))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MetaflowExceptionWrapper) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash((self.type, self.exception, self.stacktrace))

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return self.stacktrace or "[no stacktrace]\n%s: %s" % (self.type, self.exception)


# Existing flows compare the dotted names of these types as text.
for _each in list(globals().values()):
    if isinstance(_each, type) and issubclass(_each, Exception) and _each.__module__ == __name__:
        _each.__module__ = "metaflow.exception"
