"""Errors about cards."""

from __future__ import annotations

from ..exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "CardClassFoundException",
    "CardNotPresentException",
    "ComponentOverwriteNotSupportedException",
    "IncorrectArgumentException",
    "IncorrectCardArgsException",
    "IncorrectPathspecException",
    "TaskNotFoundException",
    "TypeRequiredException",
    "UnrenderableCardException",
    "UnresolvableDatastoreException",
]


class CardNotPresentException(MetaflowException):
    """A task has no card, or none of the type, id or hash that was asked for."""

    headline = "Card not found in datastore"

    def __init__(
        self, pathspec: str, card_type: str | None = None, card_hash: str | None = None, card_id: str | None = None
    ) -> None:
        wanted = [("type", card_type), ("id", card_id), ("hash", card_hash)]
        named = " and ".join("the %s '%s'" % each for each in wanted if each[1] is not None)
        text = "There is no card%s for %s." % (" with " + named if named else "", pathspec)
        if card_hash is not None:
            text += " A hash has to be given from its beginning, with five characters or more."
        super().__init__(text)


class CardClassFoundException(MetaflowException):
    """No class makes cards of a type."""

    headline = "Unknown card type"

    def __init__(self, card_name: str) -> None:
        super().__init__(
            "There is no card type '%s'. Is it spelled as in the `type` of its class, and is the package that brings it "
            "installed?" % card_name
        )


class TypeRequiredException(MetaflowException):
    headline = "Card type missing"

    def __init__(self) -> None:
        super().__init__("A card of a task given by its path needs --type.")


class TaskNotFoundException(MetaflowException):
    headline = "No such task"

    def __init__(self, pathspec_query: str, resolved_from: str | None = None, run_id: str | None = None) -> None:
        where = "" if run_id is None else " in the run %s" % run_id
        super().__init__("No task can be found for %s%s." % (pathspec_query, where))


class IncorrectCardArgsException(MetaflowException):
    headline = "Card options that do not fit"

    def __init__(self, card_type: str, args: Any) -> None:
        super().__init__("Cards of the type '%s' do not take the options %r." % (card_type, args))


class UnrenderableCardException(MetaflowException):
    """A card's class raised an exception; the message has its traceback."""

    headline = "Card that cannot be rendered"

    def __init__(self, card_type: str, args: Any, trace: str | None = None) -> None:
        if trace is None:
            import traceback

            trace = traceback.format_exc()
        super().__init__("The card of the type '%s' with the options %r failed:\n%s" % (card_type, args, trace))


class UnresolvableDatastoreException(MetaflowException):
    headline = "Unknown place of cards"

    def __init__(self, task: Any) -> None:
        super().__init__("Nothing says where the cards of %s are." % task.pathspec)


class IncorrectArgumentException(MetaflowException):
    headline = "Neither a task nor a path"

    def __init__(self, obj_type: Any) -> None:
        super().__init__("get_cards takes a Task or a path 'Flow/run/step/task', not an object of %s." % (obj_type,))


class IncorrectPathspecException(MetaflowException):
    headline = "Path of no task"

    def __init__(self, pthspec: str) -> None:
        super().__init__("get_cards takes a path of the form 'Flow/run/step/task', not '%s'." % pthspec)


class ComponentOverwriteNotSupportedException(MetaflowException):
    headline = "Component exists"

    def __init__(self, component_id: str, card_id: str | None, card_type: str | None) -> None:
        super().__init__(
            "The card (type '%s'%s) has a component '%s' already, and one component cannot be replaced. Use its "
            "update(), or set all of them: current.card.components = [...]."
            % (card_type, "" if card_id is None else ", id '%s'" % card_id, component_id)
        )
