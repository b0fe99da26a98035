"""The entry of every worker process but the first: ``python …/penstock/_worker.py --fd N --flow FILE``.

It makes the packages ``penstock`` and ``metaflow`` of this folder importable, and nothing else of the folder, so that it works
in an environment where the SDK is not installed. Then it runs the flow file as ``__main__``, just as ``python FILE`` does;
the moment the file makes its flow, the process becomes a worker host, or with ``--task-fd`` in place of ``--fd`` the
process of one attempt. What stands behind ``--`` is the flow's ``sys.argv``.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_PACKAGES = ("penstock", "metaflow")


class _Finder:
    """Finds the SDK's packages, whatever else is installed under their names."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> Any:
        if name not in _PACKAGES:
            return None
        from _frozen_importlib_external import PathFinder

        return PathFinder.find_spec(name, [_FOLDER])


def main(words: list[str]) -> NoReturn:
    option, number, life, keeps_seed, flow, arguments = _understood(words)
    sys.path[0:1] = [os.path.dirname(flow)]
    sys.meta_path.insert(0, _Finder)
    sys.argv = [flow] + arguments
    os.set_inheritable(number, False)
    from penstock import _lifeline, _loading, _randomness

    _randomness.kept = keeps_seed
    if life is not None:
        os.set_inheritable(life, False)
        _lifeline.pipe = life
    if option == "--fd":
        _loading.host(number, flow)
    else:
        _loading.task(number, flow)


def _understood(words: list[str]) -> tuple[str, int, int | None, bool, str, list[str]]:
    own, _, arguments = _split(words)
    given = dict(zip(own[::2], own[1::2]))
    option = "--fd" if "--fd" in given else "--task-fd"
    try:
        life = int(given["--lifeline-fd"]) if "--lifeline-fd" in given else None
        keeps_seed = given.get("--random") == "kept"
        return option, int(given[option]), life, keeps_seed, os.path.abspath(given["--flow"]), arguments
    except (KeyError, ValueError):
        sys.stderr.write("usage: _worker.py (--fd N | --task-fd N) [--lifeline-fd N] --flow FILE [-- ARGUMENTS]\n")
        raise SystemExit(2) from None


def _split(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    if "--" not in words:
        return words, [], []
    at = words.index("--")
    return words[:at], words[at : at + 1], words[at + 1 :]


if __name__ == "__main__":
    main(sys.argv[1:])
