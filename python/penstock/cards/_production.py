"""Making a card's page and its data. All of it runs code of other people, so it runs in a process of its own."""

from __future__ import annotations

from time import time

from ._base import MetaflowCard
from ._registry import card_class
from .exception import CardClassFoundException, IncorrectCardArgsException, UnrenderableCardException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class Order:
    """One rendering that is wanted.

    ``mode`` is ``render`` for the page of a task that has ended, ``render_runtime`` for that of one that runs, and ``refresh``
    for its data alone. ``data`` is what ``CardManager.data`` gives, or empty. ``timeout`` is in seconds, None for no limit.
    """

    def __init__(
        self,
        card_type: str,
        mode: str = "render",
        options: Any = None,
        components: Any = (),
        data: Any = None,
        timeout: float | None = None,
        save_errors: bool = True,
    ) -> None:
        self.card_type = card_type
        self.mode = mode
        self.options = options
        self.components = list(components)
        self.data: dict[str, Any] = data or {}
        self.timeout = timeout
        self.save_errors = save_errors


class Product:
    """What came of an order: a page, data, or both; or why there is none."""

    def __init__(self) -> None:
        self.page: str | None = None
        self.data: dict[str, Any] | None = None
        self.trouble: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether the page tells of an error."""
        return self.trouble is not None


class OutOfTime(BaseException):
    """Raised in the card's code when its time is over."""


def produced(order: Order, task: Any, flow: Any, graph: dict[str, Any]) -> Product:
    """Carries out an order. Errors of the card's code become the product's trouble, and its page when they are saved."""
    product = Product()
    try:
        card = _made(order, flow, graph)
        _fill(product, card, order, task)
    except _Trouble as trouble:
        product.trouble = str(trouble)
    except OutOfTime:
        product.trouble = out_of_time(order.timeout, _trace().rstrip().rpartition("\n")[0])
    if product.trouble is not None and order.save_errors and order.mode != "refresh":
        product.page = error_page(product.trouble, task, order.data)
    return product


def error_page(trouble: str, task: Any, data: dict[str, Any]) -> str:
    """The page of a card that could not be made."""
    from ._default_card import ErrorCard

    page = ErrorCard().render(task, stack_trace=trouble)
    try:
        token = _token(ErrorCard(), data, task)
    except Exception:  # the task cannot be asked: that may be the trouble
        token = "never"
    return page.replace(MetaflowCard.RELOAD_POLICY_TOKEN, token)


def out_of_time(seconds: float | None, trace: str = "") -> str:
    """What is said of a card that took too long, with what it was doing."""
    told = "Rendering took longer than its %g seconds. Give the card more: @card(timeout=SECONDS)." % (seconds or 0)
    return "%s\n\n%s" % (told, trace) if trace else told


class _Trouble(Exception):
    """Why a card could not be made."""


def _made(order: Order, flow: Any, graph: dict[str, Any]) -> Any:
    found = card_class(order.card_type)
    if found is None:
        raise _Trouble(str(CardClassFoundException(order.card_type)))
    arguments: dict[str, Any] = {"components": order.components, "graph": graph.get("steps", {}), "flow": flow}
    if _takes(found, "graph_info"):
        arguments["graph_info"] = graph
    if order.options:
        arguments["options"] = order.options
    try:
        return found(**arguments)
    except OutOfTime:
        raise
    except TypeError as error:
        raise _Trouble("%s (%s)" % (IncorrectCardArgsException(order.card_type, order.options), error)) from None
    except BaseException:
        raise _Trouble(str(UnrenderableCardException(order.card_type, order.options, _trace()))) from None


def _takes(found: Any, name: str) -> bool:
    from inspect import signature

    try:
        return name in signature(found).parameters
    except (TypeError, ValueError):
        return False


def _fill(product: Product, card: Any, order: Order, task: Any) -> None:
    try:
        if order.mode == "render":
            try:
                card.runtime_data = order.data
            except AttributeError:
                pass  # the class has made it its own
            product.page = _page(card, order, task, lambda: card.render(task))
        elif order.mode == "render_runtime":
            product.page = _page(card, order, task, lambda: card.render_runtime(task, order.data))
    except (_Trouble, OutOfTime):
        raise
    except NotImplementedError:
        method = "render" if order.mode == "render" else "render_runtime"
        raise _Trouble("The card type '%s' has no method %s, which it needs." % (order.card_type, method)) from None
    except BaseException:
        raise _Trouble(str(UnrenderableCardException(order.card_type, order.options, _trace()))) from None
    if card.RUNTIME_UPDATABLE and order.data:
        product.data = _refreshed(card, order, task)


def _page(card: Any, order: Order, task: Any, make: Callable[[], Any]) -> str:
    page = make()
    if page is None:
        raise _Trouble("The card of the type '%s' has rendered nothing." % order.card_type)
    if not isinstance(page, str):
        raise _Trouble(
            "The card of the type '%s' has rendered an object of the type %s. A card renders to a text."
            % (order.card_type, type(page).__name__)
        )
    return page.replace(card.RELOAD_POLICY_TOKEN, _token(card, order.data, task))


def _refreshed(card: Any, order: Order, task: Any) -> dict[str, Any] | None:
    """The data for viewers that show the page already; None when the card gives none."""
    try:
        content = card.refresh(task, order.data)
        if content is None:
            return None
        return {"reload_token": _token(card, order.data, task), "data": content, "created_on": time()}
    except OutOfTime:
        raise
    except BaseException:
        return None


def _token(card: Any, data: dict[str, Any], task: Any) -> str:
    """The text by which viewers tell whether a page is still the right one."""
    sequence = data.get("render_seq")
    if sequence is None:
        return "never"
    if sequence == "final":
        return "final"
    if card.RELOAD_POLICY == MetaflowCard.RELOAD_POLICY_ALWAYS:
        return "render-seq-%s" % sequence
    if card.RELOAD_POLICY == MetaflowCard.RELOAD_POLICY_ONCHANGE:
        return str(card.reload_content_token(task, data))
    return "never"


def _trace() -> str:
    """The traceback of the present exception, without the frames of this package."""
    import sys

    from .._tracebacks import text

    error = sys.exc_info()[1]
    return "" if error is None else text(error)
