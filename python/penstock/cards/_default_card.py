"""The card types of this package."""

from __future__ import annotations

from ._base import MetaflowCard
from ._escape import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._task_info import TaskInfo


class _PageCard(MetaflowCard):
    """A card that is a page of blocks and is brought up to date while the task runs."""

    ALLOW_USER_COMPONENTS = True
    RUNTIME_UPDATABLE = True
    RELOAD_POLICY = MetaflowCard.RELOAD_POLICY_ONCHANGE

    def __init__(
        self, options: Any = None, components: Any = (), graph: Any = None, graph_info: Any = None, flow: Any = None, **_: Any
    ) -> None:
        self._options = options if isinstance(options, dict) else {}
        self._components = list(components)
        self._graph = graph_info if graph_info is not None else graph
        self._flow = flow

    def render_runtime(self, task: Any, data: Any) -> Any:
        return self.render(task, runtime=True)  # type: ignore[call-arg]

    def refresh(self, task: Any, data: Any) -> Any:
        """The components by id, each with its ``html`` for a page that is shown already; the final page is loaded anew."""
        from ._html import html_of

        if data.get("render_seq") == "final":
            return data["components"]
        return {
            name: dict(made, html=html_of(made)) if isinstance(made, dict) else made
            for name, made in data["components"].items()
        }

    def reload_content_token(self, task: Any, data: Any) -> str:
        """Changes when components are added or removed."""
        return "final" if task.finished else "runtime-%s" % data["component_update_ts"]

    def _info(self, task: Any, runtime: bool) -> TaskInfo:
        from ._task_info import TaskInfo

        limit = self._options.get("max_artifact_size")
        only_repr = self._options.get("only_repr", True) is not False
        limit = limit if isinstance(limit, int) else None
        return TaskInfo(task, self._flow, self._graph, only_repr, limit, runtime)


class DefaultCard(_PageCard):
    """What the step has appended, and what is known about the task.

    Options: ``only_repr=False`` shows lists and dictionaries whole, ``max_artifact_size`` is the bytes of the largest artifact
    that is loaded to be shown.
    """

    type = "default"

    def render(self, task: Any, runtime: bool = False) -> str:
        from ._page import page_html

        info = self._info(task, runtime)
        blocks = list(self._components)
        if runtime:
            blocks += [info.graph(), info.parameters(), info.facts(), info.code()]
        else:
            artifacts = info.artifacts()
            blocks += [info.graph(), info.parameters(), artifacts] + info.media() + [info.facts(), info.code()]
        kept = [block for block in blocks if block is not None]
        return page_html(task.pathspec, _header(info), kept, runtime)


class BlankCard(_PageCard):
    """Nothing but what the step has appended. The option ``title`` stands at the top."""

    type = "blank"

    def render(self, task: Any, components: Any = (), runtime: bool = False) -> str:
        from ._page import page_html

        title = self._options.get("title")
        header = "<header><h1>%s</h1></header>" % escaped(title) if title else ""
        given = list(components) if isinstance(components, (list, tuple)) else []
        return page_html(str(title or task.pathspec), header, given + self._components, runtime)


class DefaultCardJSON(_PageCard):
    """The blocks of the default card as JSON."""

    type = "default_json"
    ALLOW_USER_COMPONENTS = False
    RUNTIME_UPDATABLE = False
    RELOAD_POLICY = MetaflowCard.RELOAD_POLICY_NEVER

    def render(self, task: Any) -> str:
        import json

        from ._task_info import attempted, moment_text

        info = self._info(task, False)
        artifacts = info.artifacts()
        blocks = self._components + [info.facts(), info.code(), info.parameters(), artifacts] + info.media() + [info.graph()]
        page = {"type": "page", "title": "Task Info", "contents": [block for block in blocks if block is not None]}
        facts = {
            "version": 1,
            "template": "defaultCardTemplate",
            "pathspec": task.pathspec,
            "created_at": moment_text(info.created),
            "finished_at": moment_text(info.finished),
            "stdout": attempted(lambda: task.stdout, ""),
            "stderr": attempted(lambda: task.stderr, ""),
        }
        title = {"type": "title", "text": task.pathspec}
        return json.dumps({"metadata": facts, "components": [title, page]}, default=str)


class ErrorCard(_PageCard):
    """Why another card could not be made."""

    type = "error"
    ALLOW_USER_COMPONENTS = False
    RUNTIME_UPDATABLE = False

    def render(self, task: Any, stack_trace: Any = None) -> str:
        from ._page import header_html, page_html

        path = task.pathspec.split("/")
        header = header_html(path, "This card could not be rendered", [("bad", "error")])
        return page_html(task.pathspec, header, [{"type": "log", "data": str(stack_trace)}])


class TaskSpecCard(MetaflowCard):
    """The task's path."""

    type = "taskspec_card"

    def render(self, task: Any) -> str:
        return str(task.pathspec)


def _header(info: TaskInfo) -> str:
    from ._page import header_html
    from ._task_info import duration_text, moment_text

    chips = [("live", "running")] if info.runtime else [("good", "finished")] if info.finished else []
    facts = (("took", duration_text(info.duration)), ("on", moment_text(info.created)), ("by", info.user),
             ("attempt", str(info.attempt) if info.attempt else None))  # fmt: skip
    chips += [("", "%s <b>%s</b>" % (name, escaped(value))) for name, value in facts if value]
    return header_html(info.path, info.step, chips)


CARDS = [DefaultCard, BlankCard, ErrorCard, DefaultCardJSON, TaskSpecCard]
