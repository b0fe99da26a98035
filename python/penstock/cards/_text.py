"""``Markdown``, ``Error``, ``PythonCode``, ``JSONViewer`` and ``YAMLViewer``."""

from __future__ import annotations

from ._base import UserComponent
from ._elements import ErrorComponent, LogComponent, MarkdownComponent, PythonCodeComponent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class Markdown(UserComponent):
    """Text in Markdown. What all lines are indented by is taken away."""

    REALTIME_UPDATABLE = True

    def __init__(self, text: str | None = None) -> None:
        self._text = _dedented(text)

    def update(self, text: str | None = None) -> None:
        self._text = _dedented(text)

    def _plain(self) -> dict[str, Any]:
        block = MarkdownComponent(self._text)
        block.component_id = self.component_id  # type: ignore[assignment]
        return block.render()


class Error(UserComponent):
    """An exception by its ``repr``, under a title."""

    def __init__(self, exception: BaseException, title: str | None = None) -> None:
        self._exception = exception
        self._title = title

    def _plain(self) -> dict[str, Any]:
        block = LogComponent("%s\n\n%s" % (self._title, repr(self._exception)))
        block.component_id = self.component_id  # type: ignore[assignment]
        return block.render()


class PythonCode(UserComponent):
    """Source code: of a function, or as text."""

    def __init__(self, code_func: Callable[..., Any] | None = None, code_string: str | None = None) -> None:
        self._code = code_string
        if code_func is not None:
            from inspect import getsource

            self._code = getsource(code_func)

    def _plain(self) -> dict[str, Any]:
        if self._code is None:
            message = "It takes a function or a text: PythonCode(f), or PythonCode(code_string='...')."
            return ErrorComponent("PythonCode without code", message).render()
        block = PythonCodeComponent(self._code)
        block.component_id = self.component_id  # type: ignore[assignment]
        return block.render()


class _Viewer(UserComponent):
    """Structured data as text that can be folded and copied."""

    type = ""
    _member = ""
    _default_title = ""

    REALTIME_UPDATABLE = True

    def __init__(
        self,
        data: Any,
        collapsible: bool = True,
        max_height: str | None = None,
        show_copy_button: bool = True,
        title: str | None = None,
    ) -> None:
        self._data = data
        self._collapsible = collapsible
        self._max_height = max_height
        self._show_copy_button = show_copy_button
        self._title = title

    def update(self, data: Any) -> None:
        self._data = data

    def _text(self) -> str:
        raise NotImplementedError

    def _plain(self) -> dict[str, Any]:
        made = {
            "type": self.type,
            "id": self.component_id,
            self._member: self._text(),
            "collapsible": self._collapsible,
            "show_copy_button": self._show_copy_button,
            "title": self._title or self._default_title,
        }
        if self._max_height:
            made["max_height"] = self._max_height
        return made


class JSONViewer(_Viewer):
    """Data as JSON. A text that is JSON is laid out anew; ``max_height`` is a CSS length such as ``300px``."""

    type = "jsonViewer"
    _member = "json_string"
    _default_title = "JSON"

    def _text(self) -> str:
        import json

        try:
            return json.dumps(_parsed(self._data), indent=2, ensure_ascii=False, default=str)
        except (TypeError, ValueError, RecursionError) as error:
            return json.dumps({"error": "This data cannot be written as JSON: %s" % error}, indent=2)


class YAMLViewer(_Viewer):
    """Data as YAML. A text that is JSON is shown as YAML, any other text as it is."""

    type = "yamlViewer"
    _member = "yaml_string"
    _default_title = "YAML"

    def _text(self) -> str:
        from ._yaml import yaml_text

        data = _parsed(self._data)
        if isinstance(data, str):
            return data
        try:
            return yaml_text(data)
        except (TypeError, ValueError, RecursionError) as error:
            return "# This data cannot be written as YAML: %s\n" % error


def _parsed(data: Any) -> Any:
    if not isinstance(data, str):
        return data
    import json

    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data


def _dedented(text: str | None) -> str | None:
    if text is None:
        return None
    from textwrap import dedent

    return dedent(text)
