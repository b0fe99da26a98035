"""Small card types and components for tests of flows and of card viewers."""

from __future__ import annotations

import json

from ._base import MetaflowCard, MetaflowCardComponent, render_safely

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PAGE = """<html>
<script>
var METAFLOW_RELOAD_TOKEN = "[METAFLOW_RELOAD_TOKEN]"
window.metaflow_card_update = function(data) {
  document.querySelector("h1").textContent = JSON.stringify(data);
}
</script>
<h1>[PATHSPEC]</h1>
<h1>[REPLACE_CONTENT_HERE]</h1>
</html>
"""


class TestStringComponent(MetaflowCardComponent):
    """A text."""

    __test__ = False
    REALTIME_UPDATABLE = True

    def __init__(self, text: Any) -> None:
        self._text = text

    def render(self) -> str:
        return str(self._text)

    def update(self, text: Any) -> None:
        self._text = text


class TestJSONComponent(MetaflowCardComponent):
    """JSON data."""

    __test__ = False
    REALTIME_UPDATABLE = True

    def __init__(self, data: Any) -> None:
        self._data = data

    @render_safely
    def render(self) -> Any:
        return self._data

    def update(self, data: Any) -> None:
        self._data = data


class TestPathSpecCard(MetaflowCard):
    """The task's path and a few letters that no other card has."""

    __test__ = False
    type = "test_pathspec_card"

    def render(self, task: Any) -> str:
        import os

        return "%s %s" % (task.pathspec, os.urandom(3).hex().upper())


class _ComponentsCard(MetaflowCard):
    """What the step has appended, with a separator between."""

    separator = "$&#!!@*"

    def __init__(self, components: Any = (), **_: Any) -> None:
        self._components = components

    def render(self, task: Any) -> str:
        return self.separator.join(str(component) for component in self._components)


class TestEditableCard(_ComponentsCard):
    __test__ = False
    type = "test_editable_card"
    ALLOW_USER_COMPONENTS = True


class TestEditableCard2(_ComponentsCard):
    __test__ = False
    type = "test_editable_card_2"
    ALLOW_USER_COMPONENTS = True


class TestNonEditableCard(_ComponentsCard):
    __test__ = False
    type = "test_non_editable_card"


class TestMockCard(MetaflowCard):
    """The artifact that the option ``key`` names."""

    __test__ = False
    type = "test_mock_card"

    def __init__(self, options: Any = None, **_: Any) -> None:
        self._key = (options or {"key": "dummy_key"})["key"]

    def render(self, task: Any) -> str:
        return str(task[self._key].data)


class TestErrorCard(MetaflowCard):
    """Fails."""

    __test__ = False
    type = "test_error_card"

    def render(self, task: Any) -> str:
        raise Exception("Unknown Things Happened")


class TestTimeoutCard(MetaflowCard):
    """Takes as many seconds as the option ``timeout`` says."""

    __test__ = False
    type = "test_timeout_card"

    def __init__(self, options: Any = None, **_: Any) -> None:
        self._seconds = ({"timeout": 50} if options is None else options).get("timeout", 10)

    def render(self, task: Any) -> str:
        from time import sleep

        sleep(self._seconds)
        return str(task.pathspec)


class TestRefreshCard(MetaflowCard):
    """The data given to ``current.card.refresh``; every new page is loaded."""

    __test__ = False
    type = "test_refresh_card"
    HTML_TEMPLATE = _PAGE
    RUNTIME_UPDATABLE = True
    ALLOW_USER_COMPONENTS = True
    RELOAD_POLICY = MetaflowCard.RELOAD_POLICY_ALWAYS

    def render(self, task: Any) -> str:
        return self.render_runtime(task, self.runtime_data)

    def render_runtime(self, task: Any, data: Any) -> str:
        return _page(task, data["user"])

    def refresh(self, task: Any, data: Any) -> Any:
        return data


class TestRefreshComponentCard(MetaflowCard):
    """The components; a new page is loaded when their values have changed."""

    __test__ = False
    type = "test_component_refresh_card"
    HTML_TEMPLATE = _PAGE
    RUNTIME_UPDATABLE = True
    ALLOW_USER_COMPONENTS = True
    RELOAD_POLICY = MetaflowCard.RELOAD_POLICY_ONCHANGE

    def __init__(self, components: Any = (), **_: Any) -> None:
        self._components = components

    def render(self, task: Any) -> str:
        return _page(task, list(self._components))

    def render_runtime(self, task: Any, data: Any) -> str:
        return self.render(task)

    def refresh(self, task: Any, data: Any) -> Any:
        return data["components"]

    def reload_content_token(self, task: Any, data: Any) -> str:
        return "final" if task.finished else "runtime-%s" % _component_values_to_hash(data["components"])


class TestImageCard(MetaflowCard):
    """A picture of one pixel."""

    __test__ = False
    type = "test_image_card"

    def render(self, task: Any) -> str:
        from ._values import image_source

        pixel = "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a4944415478da6368"
        pixel += "000000820081da45083b0000000049454e44ae426082"
        return "<html><img src='%s' /></html>" % image_source(bytes.fromhex(pixel))


def _page(task: Any, content: Any) -> str:
    return _PAGE.replace("[REPLACE_CONTENT_HERE]", json.dumps(content)).replace("[PATHSPEC]", task.pathspec)


def _component_values_to_hash(components: Any) -> str:
    """A digest of the texts in ``{component: {name: [texts]}}``."""
    from hashlib import sha256

    text = ",".join("".join(texts) for component in components.values() for texts in component.values())
    return sha256(text.encode("utf-8")).hexdigest()


__all__ = [
    "CARDS",
    "TestEditableCard",
    "TestEditableCard2",
    "TestErrorCard",
    "TestImageCard",
    "TestJSONComponent",
    "TestMockCard",
    "TestNonEditableCard",
    "TestPathSpecCard",
    "TestRefreshCard",
    "TestRefreshComponentCard",
    "TestStringComponent",
    "TestTimeoutCard",
]

CARDS = [
    TestPathSpecCard,
    TestEditableCard,
    TestEditableCard2,
    TestNonEditableCard,
    TestMockCard,
    TestErrorCard,
    TestTimeoutCard,
    TestRefreshCard,
    TestRefreshComponentCard,
    TestImageCard,
]
