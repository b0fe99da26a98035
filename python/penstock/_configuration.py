"""Settings: variables of the environment and Metaflow's configuration files.

A setting ``METAFLOW_X`` is, in this order: the variable of the environment, a member of the nearest
``.metaflow/config.json`` upward from the working directory, a member of ``config.json`` (with ``METAFLOW_PROFILE=p`` of
``config_p.json``) in ``METAFLOW_HOME``. The engine reads the same places; here they are for what Python code asks.
"""

from __future__ import annotations

import os

from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The variables that say who the person is, the first that is neither empty nor root wins.
_NAMES = ("SUDO_USER", "USERNAME", "USER")
_files: dict[str, dict[str, Any]] = {}


def setting(name: str) -> Any:
    """The value of METAFLOW_NAME, or None. Raises MetaflowException for a configuration file that cannot be read."""
    key = "METAFLOW_" + name
    if key in os.environ:
        return os.environ[key]
    return next((_content(file)[key] for file in files() if key in _content(file)), None)


def files() -> list[str]:
    """The configuration files there are, the one that wins first."""
    return [file for file in (_local_file(), _global_file()) if file is not None]


def in_force() -> dict[str, Any]:
    """All settings, by the names of their variables."""
    found: dict[str, Any] = {}
    for file in reversed(files()):
        found.update({key: value for key, value in _content(file).items() if key.startswith("METAFLOW_")})
    found.update({key: value for key, value in os.environ.items() if key.startswith("METAFLOW_")})
    return found


def typed(name: str, default: Any) -> Any:
    """The value of METAFLOW_NAME in the type of a default, or the default. Raises ValueError for a text that has no such
    value: lists and dictionaries are JSON, and all but 0, false and nothing is True.
    """
    value = setting(name)
    if value is None:
        return default
    if default is None or type(value) is type(default):
        return value
    if isinstance(default, bool):
        return str(value).lower() not in ("0", "false", "")
    try:
        made = _parsed(value) if isinstance(default, (list, dict)) else type(default)(value)
    except (TypeError, ValueError):
        made = None
    if type(made) is not type(default):
        raise ValueError("METAFLOW_%s has to be a value of type %s, not %r." % (name, type(default).__name__, value))
    return made


def _parsed(text: str) -> Any:
    from ._wire import loads

    return loads(text)


def check_profile() -> None:
    """Raises MetaflowException when METAFLOW_PROFILE names a configuration that is not there."""
    profile = os.environ.get("METAFLOW_PROFILE")
    if profile:
        file = _global_path(profile)
        if not os.path.exists(file):
            raise MetaflowException(
                "METAFLOW_PROFILE is '%s', but there is no file %s. Make it, or unset the variable." % (profile, file)
            )


def username() -> str:
    """The person, by the same rule as the engine's: variables, else the system's table of users."""
    named = [os.environ.get("PENSTOCK_USER"), setting("USER")]
    names = [str(name) for name in named + [os.environ.get(variable) for variable in _NAMES] if name]
    for name in names:
        if name != "root":
            return name
    return names[0] if names else _account()


def _account() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return "uid-%d" % os.getuid()


def _global_path(profile: str | None) -> str:
    home = os.environ.get("METAFLOW_HOME") or "~/.metaflowconfig"
    return os.path.expanduser(os.path.join(home, "config_%s.json" % profile if profile else "config.json"))


def _global_file() -> str | None:
    check_profile()
    file = _global_path(os.environ.get("METAFLOW_PROFILE"))
    return file if os.path.exists(file) else None


def _local_file() -> str | None:
    """The file of the nearest folder ``.metaflow``; a nearer one without a file hides those above it."""
    folder = os.getcwd()
    while True:
        nearest = os.path.join(folder, ".metaflow")
        if os.path.isdir(nearest):
            file = os.path.join(nearest, "config.json")
            return file if os.path.exists(file) else None
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _content(file: str) -> dict[str, Any]:
    if file not in _files:
        from ._wire import loads

        try:
            with open(file, encoding="utf-8") as stream:
                content = loads(stream.read())
        except (OSError, ValueError) as error:
            raise MetaflowException("The configuration file %s cannot be read: %s" % (file, error)) from None
        if not isinstance(content, dict):
            raise MetaflowException("The configuration file %s does not hold a JSON object." % file)
        _files[file] = content
    return _files[file]
