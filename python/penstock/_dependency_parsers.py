"""Parsers for `Config`: what files of other tools ask for, as `{"packages": {…}, "python": …}`.

The result goes into `@pypi`, `@conda` and their bases: `@conda_base(**config.env)`.
"""

from __future__ import annotations

import re

from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_REQUIREMENT = re.compile(r"(%s)\s*(\[[^\]]*\])?\s*(?:@\s*(\S+)|\(?([^;@()]*)\)?)\s*(;.*)?$" % _NAME)
_CLAUSE = re.compile(r"(?:~=|===?|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+$")
_CONDA = re.compile(r"((?:[A-Za-z0-9._/:-]+::)?[A-Za-z0-9_][A-Za-z0-9_.-]*)\s*((?:[=<>!~]|\s\d).*)?$")


class ParserValueError(MetaflowException):
    headline = "Value error"


class _Asked:
    """Collects what is asked for. Python may be asked for once."""

    def __init__(self) -> None:
        self.packages: dict[str, str] = {}
        self.python: str | None = None

    def add(self, name: str, key: str, versions: str, line: str) -> None:
        if name.lower() != "python":
            self.packages[key] = versions
            return
        if self.python is not None and versions:
            raise ParserValueError("The version of Python is given more than once: '%s'" % line)
        self.python = versions or self.python

    def result(self) -> dict[str, Any]:
        return {"packages": self.packages, "python": self.python}


def requirements_txt_parser(content: str) -> dict[str, Any]:
    """Reads the text of a ``requirements.txt`` that has requirements only (PEP 508), without markers."""
    asked = _Asked()
    for raw in content.splitlines():
        line = re.split(r"(?:^|\s)#", raw, maxsplit=1)[0].strip()
        # Rye names the project itself so.
        if not line or re.match(r"(-e|--editable)[\s=]+file:\.$", line):
            continue
        if line.startswith("-"):
            raise ParserValueError("Options are not supported: '%s'" % line)
        _add_requirement(asked, line)
    return asked.result()


def pyproject_toml_parser(content: str) -> dict[str, Any]:
    """Reads ``requires-python`` and ``dependencies`` of the table ``[project]`` of a ``pyproject.toml``."""
    try:
        import tomllib as toml
    except ImportError:
        try:
            import tomli as toml  # type: ignore[import-not-found,no-redef]
        except ImportError:
            raise RuntimeError("Python before 3.11 reads TOML with the package 'tomli'; install it") from None
    asked = _Asked()
    project = toml.loads(content).get("project", {})
    if project.get("requires-python"):
        asked.python = str(project["requires-python"]).lstrip("=")
    for line in project.get("dependencies", []):
        _add_requirement(asked, str(line).strip())
    return asked.result()


def conda_environment_yml_parser(content: str) -> dict[str, Any]:
    """Reads ``dependencies`` of an ``environment.yml``, a line each; other parts of the file are passed over.

    ``numpy=1.21.2`` asks for that version, ``numpy=1.21`` for any that begins so.
    """
    asked = _Asked()
    inside = False
    for raw in content.splitlines():
        line = re.sub(r"(^|\s)#.*$", "", raw).strip()
        if not line:
            continue
        if not line.startswith("-"):
            found = re.match(r"dependencies\s*:\s*(.*)$", line)
            if found and found.group(1) not in ("", "[]"):
                raise ParserValueError("Write the dependencies on lines of their own, each behind '- ': '%s'" % line)
            inside = found is not None
            continue
        if not inside:
            continue
        item = line[1:].strip().strip("'\"")
        if item.endswith(":"):
            raise ParserValueError("Packages below '%s' are not conda dependencies; ask for them with @pypi" % item)
        found = _CONDA.match(item)
        if found is None:
            raise ParserValueError("Not a conda dependency: '%s'" % item)
        key, name = found.group(1), found.group(1).rpartition("::")[2]
        versions = _conda_versions(found.group(2) or "")
        # Of Python a series is meant by two numbers anyway.
        asked.add(name, key, versions[:-2] if name.lower() == "python" and versions.endswith(".*") else versions, item)
    return asked.result()


def yaml_parser(content: str) -> Any:
    """Reads YAML, with the package ``yaml``."""
    try:
        import yaml  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise RuntimeError("YAML is read with the package 'PyYAML'; install it beside the flow") from None
    return yaml.safe_load(content)


def _add_requirement(asked: _Asked, line: str) -> None:
    found = _REQUIREMENT.match(line)
    clauses = [clause.strip() for clause in found.group(4).split(",")] if found and (found.group(4) or "").strip() else []
    if found is None or not all(map(_CLAUSE.match, clauses)):
        raise ParserValueError("Not a requirement as PEP 508 has them: '%s'" % line)
    if found.group(5):
        raise ParserValueError("Markers are not supported: '%s'" % line)
    key = found.group(1) + re.sub(r"\s", "", found.group(2) or "")
    if found.group(3):
        key += "@" + found.group(3)
    asked.add(found.group(1), key, ",".join(re.sub(r"\s", "", clause) for clause in clauses).lstrip("="), line)


def _conda_versions(text: str) -> str:
    text = re.sub(r"\s*([=<>!~,|]+)\s*", r"\1", text.strip())
    if not text.startswith("="):
        return text.replace(" ", "=", 1)
    plain = text.lstrip("=")
    is_series = not text.startswith("==") and re.match(r"\d+(\.\d+)?$", plain)
    return plain + ".*" if is_series else plain
