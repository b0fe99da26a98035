"""The plain building blocks of pages: each renders to a dictionary with a ``type``, which ``_html`` turns into HTML."""

from __future__ import annotations

from ._base import MetaflowCardComponent, create_component_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable


class DefaultComponent(MetaflowCardComponent):
    """A block with a title and a subtitle, both optional."""

    type: Any = None

    def __init__(self, title: str | None = None, subtitle: str | None = None) -> None:
        self._title = title
        self._subtitle = subtitle

    def render(self) -> Any:
        made: dict[str, Any] = {"type": self.type}
        if self._title is not None:
            made["title"] = self._title
        if self._subtitle is not None:
            made["subtitle"] = self._subtitle
        made.update(self._members())
        if self.component_id is not None:
            made["id"] = self.component_id
        return made

    def _members(self) -> dict[str, Any]:
        return {}


class TitleComponent(DefaultComponent):
    type = "title"

    def __init__(self, text: Any = None) -> None:
        super().__init__()
        self._text = text

    def _members(self) -> dict[str, Any]:
        return {"text": str(self._text)}


class SubTitleComponent(TitleComponent):
    type = "subtitle"


class TextComponent(DefaultComponent):
    type = "text"

    def __init__(self, text: Any = None) -> None:
        super().__init__()
        self._text = text

    def _members(self) -> dict[str, Any]:
        return {"text": self._text}


class _Holder(DefaultComponent):
    """A block of one value."""

    def __init__(self, data: Any = None) -> None:
        super().__init__()
        self._data = data

    def _members(self) -> dict[str, Any]:
        return {"data": self._data}


class LogComponent(_Holder):
    """Text of a fixed width."""

    type = "log"

    def render(self) -> Any:
        if self.component_id is None:
            self.component_id = create_component_id(self)
        return super().render()


class PythonCodeComponent(_Holder):
    type = "pythonCode"


class HTMLComponent(_Holder):
    """HTML of the card's author; it is shown in a frame that runs no scripts."""

    type = "html"


class MarkdownComponent(DefaultComponent):
    type = "markdown"

    def __init__(self, text: str | None = None) -> None:
        super().__init__()
        self._text = text

    def _members(self) -> dict[str, Any]:
        return {"source": self._text}


class ImageComponent(DefaultComponent):
    type = "image"

    def __init__(
        self, src: str | None = None, label: str | None = None, title: str | None = None, subtitle: str | None = None
    ) -> None:
        super().__init__(title, subtitle)
        self._src = src
        self._label = label

    def _members(self) -> dict[str, Any]:
        return {"src": self._src, "label": self._label}


class DagComponent(DefaultComponent):
    """The flow's steps. ``data`` is a graph by step name, or an object with it as ``steps``."""

    type = "dag"

    def __init__(self, title: str | None = None, subtitle: str | None = None, data: Any = None) -> None:
        super().__init__(title, subtitle)
        self._data = {} if data is None else data

    def _members(self) -> dict[str, Any]:
        return {"data": self._data}


class ArtifactsComponent(DagComponent):
    """Values: a list of what ``_values.Shown.dictionary`` gives."""

    type = "artifacts"


class TableComponent(DefaultComponent):
    """Rows of cells. ``vertical`` puts the headers at the left."""

    type = "table"

    def __init__(
        self,
        title: str | None = None,
        subtitle: str | None = None,
        headers: Any = (),
        data: Any = ((),),
        vertical: bool = False,
    ) -> None:
        super().__init__(title, subtitle)
        has_headers, has_rows = self.validate(headers, data)
        self._headers = headers if has_headers else []
        self._data = data if has_rows else [[]]
        self._vertical = vertical

    @classmethod
    def validate(cls, headers: Any, data: Any) -> tuple[bool, bool]:
        """Whether the headers are a list, and the rows a list of lists."""
        return type(headers) is list, type(data) is list and len(data) > 0 and type(data[0]) is list

    def _members(self) -> dict[str, Any]:
        return {"columns": self._headers, "data": self._data, "vertical": self._vertical}


class SectionComponent(DefaultComponent):
    """Blocks under a heading, in ``columns`` columns when that is given."""

    type = "section"

    def __init__(
        self,
        title: str | None = None,
        subtitle: str | None = None,
        columns: int | None = None,
        contents: Iterable[Any] = (),
    ) -> None:
        super().__init__(title, subtitle)
        self._columns = columns
        self._contents = contents

    @classmethod
    def render_subcomponents(
        cls, component_array: Iterable[Any], additional_allowed_types: Any = (str, dict), allow_unknowns: bool = False
    ) -> list[Any]:
        """The components rendered, other values of the allowed types as they are."""
        contents = []
        for each in component_array:
            if isinstance(each, MetaflowCardComponent):
                made = each.render()
                if type(made) in (str, dict):
                    contents.append(made)
                else:
                    reason = "Its render gives neither a text nor a dictionary."
                    contents.append(SerializationErrorComponent(type(each).__name__, reason).render())
            elif type(each) in additional_allowed_types:
                contents.append(each)
            elif allow_unknowns:
                contents.append("<object>")
        return contents

    def _members(self) -> dict[str, Any]:
        made: dict[str, Any] = {"contents": self.render_subcomponents(self._contents)}
        if self._columns is not None:
            made["columns"] = self._columns
        return made


class PageComponent(DefaultComponent):
    """A whole page of blocks."""

    type = "page"

    def __init__(self, title: str | None = None, subtitle: str | None = None, contents: Iterable[Any] = ()) -> None:
        super().__init__(title, subtitle)
        self._contents = contents

    def _members(self) -> dict[str, Any]:
        contents = [each.render() if isinstance(each, MetaflowCardComponent) else each for each in self._contents]
        return {"contents": contents}


class ErrorComponent(MetaflowCardComponent):
    """A headline and what went wrong."""

    def __init__(self, headline: str, error_message: str) -> None:
        self._headline = headline
        self._error_message = error_message

    def render(self) -> Any:
        return LogComponent("%s\n\n%s" % (self._headline, self._error_message)).render()


class SerializationErrorComponent(ErrorComponent):
    def __init__(self, component_name: str, error_message: str) -> None:
        super().__init__("The component %s could not be rendered." % component_name, error_message)
