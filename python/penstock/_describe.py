"""The flow as data: what the first message of a worker host says ("Flow description" in docs/worker-protocol.md).

Nothing is judged here. A missing ``self.next``, a cycle or an unknown decorator attribute is described as it stands; the
engine has the rules.
"""

from __future__ import annotations

import os
import sys

import _ast

from ._decorators import flow_decorators
from ._flowspec import FlowSpec, constants_of, parameters_of, step_functions
from ._next_calls import transitions
from ._source import Sources, absolute, class_node, function_node
from ._wire import clean, jsonable
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._decorators import Recorded
    from ._source import Source

#: Modules of the flow language that flows load by using what is in them.
_RARE = ("penstock._configs", "penstock._delayed", "penstock._user_decorators", "penstock._plugins")
PACKAGE = os.path.dirname(os.path.abspath(__file__))


class Undescribable(MetaflowException):
    headline = "The flow cannot be described"


def hello(flow: type, fork: dict[str, Any]) -> dict[str, Any]:
    """A worker host's first message."""
    from . import __version__
    from ._frames import PROTOCOL

    version, rare = sys.version_info, _rare()
    return {
        "type": "hello",
        "protocol": PROTOCOL,
        "pid": os.getpid(),
        "fork": fork,
        "sdk": {
            "version": __version__,
            "path": os.path.dirname(PACKAGE),
            "entry": os.path.join(PACKAGE, "_worker.py"),
            "spelling": "metaflow" if "metaflow" in sys.modules else "penstock",
        },
        "python": {
            "executable": sys.executable,
            "version": "%d.%d.%d" % version[:3]
            + ("" if version[3] == "final" else "%s%d" % (version[3][0], version[4])),
            "implementation": sys.implementation.name,
        },
        "configure": rare is not None and rare.is_pending(flow),
        "flow": describe(flow),
    }


def describe(flow: type) -> dict[str, Any]:
    """The flow description. Raises Undescribable when the source cannot be read."""
    script = script_file()
    sources = Sources()
    rare = _rare()
    described = {
        "name": flow.__name__,
        "file": script,
        "script": clean(sys.argv[0]) if sys.argv and sys.argv[0] else os.path.basename(script),
        "doc": docstring(flow),
        "steps": [_step(name, function, sources) for name, function in step_functions(flow).items()],
        "parameters": [_parameter(parameter) for parameter in parameters_of(flow).values()],
        "configs": [],
        "options": [],
        "constants": list(constants_of(flow)),
        "decorators": _decorators(flow_decorators(flow), lambda: _class_lines(flow, sources)),
        "modules": local_modules(os.path.dirname(script)),
        "package_modules": _package_modules(),
    }
    if rare is not None:
        rare.add_to_flow(described, flow)
    return described


def _rare() -> Any:
    """The module that describes what few flows use, while any of it is loaded; else None."""
    if not any(name in sys.modules for name in _RARE):
        return None
    from . import _described

    return _described


def script_file() -> str:
    """The file that runs as ``__main__``. Raises Undescribable when there is none, as in a notebook."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if not file:
        raise Undescribable("A flow has to stand in a file that Python runs, as in: python flow.py run")
    return absolute(file)


def docstring(thing: Any) -> str | None:
    """The docstring without the indentation it has in the source."""
    text = thing.__dict__.get("__doc__") if isinstance(thing, type) else getattr(thing, "__doc__", None)
    if not isinstance(text, str) or not text.strip():
        return None
    first, *rest = text.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return clean("\n".join([first.strip()] + [line[margin:].rstrip() for line in rest]).strip("\n"))


def _step(name: str, function: Any, sources: Sources) -> dict[str, Any]:
    code = unwrapped(function).__code__
    source, node = _definition(name, code, sources)
    following, stray = transitions(source, node)
    start, end = getattr(function, "step_marks", (False, False))
    described = {
        "name": name,
        "doc": docstring(function),
        "file": source.file,
        "line": node.lineno,
        "arguments": code.co_argcount,
        "start": start,
        "end": end,
        "next": following,
        "stray_next": stray,
        "decorators": _decorators(function.decorators, lambda: node.decorator_list),
    }
    rare = _rare()
    if rare is not None:
        rare.add_to_step(described, function)
    return described


def unwrapped(function: Any) -> Any:
    """The function behind decorators that keep it as ``__wrapped__``."""
    seen = 0
    while hasattr(function, "__wrapped__") and seen < 100:
        function, seen = function.__wrapped__, seen + 1
    return function


def _definition(name: str, code: Any, sources: Sources) -> tuple[Source, Any]:
    file = code.co_filename
    try:
        source = sources.of(file)
    except (OSError, SyntaxError, ValueError) as error:
        raise Undescribable(
            "The source of step '%s' cannot be read from %s: %s" % (name, file, error), code.co_firstlineno, file
        ) from None
    node = function_node(source, code)
    if node is None:
        raise Undescribable(
            "Step '%s' is not in %s, line %d, where it was defined. Has the file been changed just now, or was the "
            "step made by a program?" % (name, source.file, code.co_firstlineno),
            code.co_firstlineno,
            source.file,
        )
    return source, node


def _decorators(recorded: list[Recorded], nodes: Any) -> list[dict[str, Any]]:
    """The recorded decorators, the one nearest to the definition first."""
    lines = _exact_lines(recorded, nodes) if any(not each.called for each in recorded) else [r.line for r in recorded]
    described = [
        {"name": each.name, "attributes": jsonable(_attributes(each)), "line": line}
        for each, line in zip(recorded, lines)
    ]
    rare = _rare()
    if rare is not None:
        rare.add_to_uses(described, recorded)
    return described


def _attributes(recorded: Recorded) -> dict[str, Any]:
    """The attributes of a decorator. The functions of ``@exit_hook`` are known to the engine by their names."""
    if recorded.name != "exit_hook":
        return recorded.attributes
    return {
        key: [getattr(each, "__name__", each) for each in value] if isinstance(value, (list, tuple)) else value
        for key, value in recorded.attributes.items()
    }


def _exact_lines(recorded: list[Recorded], nodes: Any) -> list[int]:
    """The lines, with those of the bare form taken from the source: older interpreters report the definition's."""
    bare = [node for node in reversed(nodes()) if isinstance(node, (_ast.Name, _ast.Attribute))]
    lines = []
    for each in recorded:
        line = each.line
        if not each.called:
            for node in bare:
                if (node.id if isinstance(node, _ast.Name) else node.attr) == each.name:
                    bare.remove(node)
                    line = node.lineno
                    break
        lines.append(line)
    return lines


def _class_lines(flow: type, sources: Sources) -> list[Any]:
    nodes: list[Any] = []
    for cls in flow.__mro__:  # read backwards, from the bases on
        if not cls.__dict__.get("_flow_decorators") or cls is FlowSpec:
            continue
        codes = [unwrapped(f).__code__ for f in step_functions(cls).values() if f in cls.__dict__.values()]
        try:
            file = codes[0].co_filename if codes else sys.modules[cls.__module__].__file__
            node = class_node(sources.of(file or ""), cls, [code.co_firstlineno for code in codes])
        except (OSError, SyntaxError, ValueError, KeyError, AttributeError):
            continue
        nodes += node.decorator_list if node is not None else []
    return nodes


def _parameter(parameter: Any) -> dict[str, Any]:
    function = parameter.default_is_function
    described = {
        "name": clean(parameter.name),
        "attribute": parameter.attribute,
        "type": parameter.kind,
        "default": None if function else jsonable(parameter.default),
        "default_is_function": function,
        "required": parameter.required,
        "help": None if parameter.help is None else clean(str(parameter.help)),
        "separator": parameter.separator,
        "multiple": parameter.multiple,
        "show_default": parameter.show_default,
        "line": parameter.line,
    }
    if parameter.kind == "file":
        described.update(is_file=True, is_text=parameter.is_text, encoding=parameter.encoding)
        if isinstance(parameter.default, os.PathLike):
            described["default"] = clean(os.fspath(parameter.default))
    return described


def local_modules(folder: str) -> list[str]:
    """The files of loaded modules below the flow's folder that the flow brought along, its own file not among them."""
    prefix = os.path.join(folder, "")
    script = script_file()
    found = set()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.startswith(prefix) and file != script:
            if not (file.startswith(PACKAGE) or _is_installed(file, prefix)):
                found.add(clean(file))
    return sorted(found)


def _is_installed(file: str, folder: str) -> bool:
    """Whether a file belongs to an interpreter or environment that lies in the flow's folder."""
    if "/site-packages/" in file[len(folder) - 1 :] or "/dist-packages/" in file[len(folder) - 1 :]:
        return True
    environments = [os.path.join(prefix, "") for prefix in (sys.prefix, sys.base_prefix)]
    return any(prefix.startswith(folder) and file.startswith(prefix) for prefix in environments)


def _package_modules() -> list[str]:
    """The files of modules that ask to be packaged whole."""
    return sorted(
        clean(module.__file__ or "")
        for module in list(sys.modules.values())
        if getattr(module, "__dict__", {}).get("METAFLOW_PACKAGE_POLICY") == "include"
        and getattr(module, "__file__", None)
    )
