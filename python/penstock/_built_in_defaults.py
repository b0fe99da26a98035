"""The attributes of built-in decorators where none are given, for mutators that ask a step what it is decorated with.

The engine has the same values and is the one to act on them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DEFAULTS: dict[str, dict[str, Any]] = {
    "retry": {"times": 3, "minutes_between_retries": 2},
    "catch": {"var": None, "print_exception": True},
    "timeout": {"seconds": 0, "minutes": 0, "hours": 0},
    "resources": {"cpu": "1", "gpu": None, "disk": None, "memory": "4096", "shared_memory": None},
    "environment": {"vars": {}},
    "secrets": {"sources": [], "role": None, "allow_override": False},
    "card": {
        "type": "default",
        "id": None,
        "options": {},
        "timeout": 45,
        "save_errors": True,
        "customize": False,
        "refresh_interval": 5,
        "rank": None,
        "scope": "task",
    },
    "project": {"name": None, "branch": None, "production": False},
    "schedule": {"daily": True, "hourly": False, "weekly": False, "cron": None, "timezone": None},
    "package_data": {"files": []},
    "pypi": {"packages": {}, "python": None, "disabled": None},
    "conda": {"packages": {}, "libraries": {}, "channels": [], "prefer": None, "python": None, "disabled": None},
    "named_env": {"name": None, "fetch_at_exec": None, "disabled": None},
    "uv": {"extras": [], "groups": [], "default_groups": None, "python": None, "disabled": None},
    "trigger": {"event": None, "events": [], "options": {}},
    "trigger_on_finish": {"flow": None, "flows": [], "options": {}},
    "exit_hook": {"on_success": [], "on_error": [], "options": {}},
}
for _base, _own in (("pypi_base", "pypi"), ("conda_base", "conda"), ("uv_base", "uv"), ("named_env_base", "named_env")):
    _DEFAULTS[_base] = _DEFAULTS[_own]


def with_defaults(decorator: str, given: dict[str, Any]) -> dict[str, Any]:
    """All attributes of a use of a decorator, in values of its own."""
    values = {name: value.copy() if isinstance(value, (dict, list)) else value for name, value in _known(decorator)}
    values.update(given)
    return values


def without_defaults(decorator: str, attributes: dict[str, Any]) -> dict[str, Any]:
    """The attributes that say something else than the defaults."""
    known = dict(_known(decorator))
    return {
        name: value
        for name, value in attributes.items()
        if name not in known or type(known[name]) is not type(value) or known[name] != value
    }


def _known(decorator: str) -> list[tuple[str, Any]]:
    return list(_DEFAULTS.get(decorator, {}).items())
