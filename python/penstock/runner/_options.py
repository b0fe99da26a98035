"""Keyword arguments of a runner, as words of a flow's command line."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping


class Option:
    """One keyword argument: which type it takes, and the words that say its value."""

    def __init__(self, kind: str, words: Callable[[Any], list[str]], accepts: Callable[[Any], bool]) -> None:
        self.kind = kind
        self._words = words
        self._accepts = accepts

    def words(self, name: str, value: Any) -> list[str]:
        """The words for a value; none for None. Raises TypeError."""
        if value is None:
            return []
        if not self._accepts(value):
            raise TypeError("The argument '%s' takes %s, not %r." % (name, self.kind, value))
        return self._words(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_json(value: Any) -> bool:
    try:
        _json(value)
    except (TypeError, ValueError):
        return False
    return True


def _json(value: Any) -> str:
    import json

    return json.dumps(value.to_dict() if hasattr(value, "to_dict") else value, allow_nan=False)


def _text(value: Any) -> str:
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)


#: Types of values: what they are called, which values they take, and their text on the command line.
_KINDS: dict[str, tuple[str, Callable[[Any], bool], Callable[[Any], str]]] = {
    "str": ("a text", _is_text, _text),
    "int": ("a whole number", _is_whole, str),
    "float": ("a number", _is_number, repr),
    "bool": ("True or False", _is_bool, str),
    "json": ("what JSON can say", _is_json, _json),
    "file": ("the path of a file", _is_text, _text),
    "custom": ("a value that has a text", lambda value: True, _text),
}


def valued(name: str, type: str = "str") -> Option:
    """``--name=VALUE``."""
    kind, accepts, text = _KINDS.get(type, _KINDS["custom"])
    return Option(kind, lambda value: ["--%s=%s" % (name, text(value))], accepts)


def repeated(name: str, type: str = "str") -> Option:
    """``--name=VALUE`` for each item of a list."""
    kind, accepts, text = _KINDS.get(type, _KINDS["custom"])
    return Option(
        "a list, and in it " + kind,
        lambda values: ["--%s=%s" % (name, text(value)) for value in values],
        lambda values: isinstance(values, (list, tuple)) and all(map(accepts, values)),
    )


def switch(name: str, off: str | None = None) -> Option:
    """``--name``; where there is a word for it, its opposite for False."""
    no = [] if off is None else ["--" + off]
    return Option("True or False", lambda value: ["--" + name] if value else no, _is_bool)


def word() -> Option:
    """The value itself."""
    return Option("a text", lambda value: [_text(value)], _is_text)


def pairs(name: str, json: bool) -> Option:
    """``--name KEY VALUE`` for each pair of a list; values are files, or with ``json`` mappings."""
    accepts = _is_mapping if json else _is_text
    return Option(
        "a list of pairs of a name and " + ("a mapping" if json else "a file"),
        lambda items: [part for key, value in items for part in ("--" + name, key, (_json if json else _text)(value))],
        lambda items: isinstance(items, (list, tuple)) and all(_is_pair(item, accepts) for item in items),
    )


def _is_mapping(value: Any) -> bool:
    return (isinstance(value, dict) or hasattr(value, "to_dict")) and _is_json(value)


def _is_pair(item: Any, accepts: Callable[[Any], bool]) -> bool:
    return isinstance(item, (list, tuple)) and len(item) == 2 and isinstance(item[0], str) and accepts(item[1])


#: What can stand before the command.
TOP: Mapping[str, Option] = {
    "quiet": switch("quiet", "not-quiet"),
    "metadata": valued("metadata"),
    "environment": valued("environment"),
    "datastore": valued("datastore"),
    "datastore_root": valued("datastore-root"),
    "package_suffixes": valued("package-suffixes"),
    "decospecs": repeated("with"),
    "pylint": switch("pylint", "no-pylint"),
    "event_logger": valued("event-logger"),
    "monitor": valued("monitor"),
    "mode": valued("mode"),
    "force_rebuild_environments": switch("force-rebuild-environments", "no-force-rebuild-environments"),
    "local_config_file": valued("local-config-file"),
    "config": pairs("config", json=False),
    "config_value": pairs("config-value", json=True),
}

#: What built-in decorators of a flow add to that.
DECORATORS: Mapping[str, Mapping[str, Option]] = {
    "project": {"branch": valued("branch"), "production": switch("production")},
    "trigger_on_finish": {"trigger": repeated("trigger")},
}

_FILES = {"run_id_file": valued("run-id-file"), "max_log_size": valued("max-log-size", "int")}
_STARTS = {
    "tags": repeated("tag"),
    "max_workers": valued("max-workers", "int"),
    "max_num_splits": valued("max-num-splits", "int"),
    "decospecs": repeated("with"),
    **_FILES,
}

#: What the commands take.
COMMANDS: Mapping[str, Mapping[str, Option]] = {
    "run": {**_STARTS, "user_namespace": valued("namespace"), "namespace": valued("namespace")},
    "resume": {
        **_STARTS,
        "step_to_rerun": word(),
        "origin_run_id": valued("origin-run-id"),
        "run_id": valued("run-id"),
        "clone_only": switch("clone-only", "no-clone-only"),
        "reentrant": switch("reentrant", "no-reentrant"),
        "resume_identifier": valued("resume-identifier"),
    },
    "spin": {
        **_FILES,
        "skip_decorators": switch("skip-decorators", "no-skip-decorators"),
        "artifacts_module": valued("artifacts-module"),
        "persist": switch("persist", "no-persist"),
    },
}


def of_flow(description: dict[str, Any]) -> dict[str, Option]:
    """What the decorators of a flow add before the command."""
    found: dict[str, Option] = {}
    for decorator in description.get("decorators") or ():
        found.update(DECORATORS.get(decorator["name"], {}))
    for each in description.get("options") or ():
        name = each["name"]
        make = switch if each.get("flag") else repeated if each.get("multiple") else valued
        found[argument(name)] = make(name)
    return found


def parameters_of(description: dict[str, Any]) -> dict[str, Option]:
    """The parameters of a flow, by the names of their arguments."""
    found = {}
    for each in description.get("parameters") or ():
        make = repeated if each.get("multiple") else valued
        found[argument(each["name"])] = make(each["name"], each["type"])
    return found


def argument(name: str) -> str:
    """The name of an option or parameter as a keyword argument."""
    return name.replace("-", "_").lower()
