"""From ``MyFlow()`` to the engine.

The process that the person started becomes the engine with ``exec``: signals, terminal and exit code are the engine's from
then on. Before that it forks, and the fork, which has the flow already, becomes the first worker host. The two are
connected by a socket pair and by nothing else, so each sees the other's end as an end-of-file.
"""

from __future__ import annotations

import os
import sys

from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, NoReturn

    from ._origin import Origin

#: What ``MyFlow()`` does in a process that a worker entry started, instead of handing over.
takeover: Callable[[Any], NoReturn] | None = None

#: Said when there is no engine; takes the place beside the interpreter.
NOT_FOUND = (
    "the engine 'penstock' was not found: it is neither beside this Python (%s) nor on the PATH\n"
    "help: install a wheel that has it for this platform, or name it, as in: export PENSTOCK_ENGINE=/path/to/penstock"
)

_SIGNALS_PYTHON_IGNORES = ("SIGPIPE", "SIGXFSZ")


def begin(flow: Any) -> NoReturn:
    """Hands this process over to the engine; in a worker process, begins its work. Does not return."""
    if takeover is not None:
        takeover(flow)
    if not getattr(sys.modules.get("__main__"), "__file__", None):
        raise MetaflowException(
            "A flow is run from a file, as in: python flow.py run. Here, %s(use_cli=False) makes the object only."
            % type(flow).__name__
        )
    engine = find_engine()
    if engine is None:
        _stop(NOT_FOUND % os.path.join(sys.prefix, "bin", "penstock"))
    _hand_over(flow, engine)


def inside_task(flow: Any) -> NoReturn:
    """What ``MyFlow()`` does in a task, instead of handing over."""
    raise MetaflowException(
        "A step cannot start a flow in its own process; %s(use_cli=False) makes the object only." % type(flow).__name__
    )


def find_engine() -> str | None:
    """The engine's path: what PENSTOCK_ENGINE says, else the one that was installed with this package, else one beside the
    interpreter or on the PATH."""
    named = os.environ.get("PENSTOCK_ENGINE")
    if named:
        return named
    folders = _installed_folders(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    folders += [os.path.join(sys.prefix, "bin")] + os.environ.get("PATH", os.defpath).split(os.pathsep)
    for folder in folders:
        path = os.path.join(folder, "penstock")
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def _installed_folders(site: str) -> list[str]:
    """Where an installer puts programs when it puts packages into the folder `site`.

    For an environment, a user and a prefix that is the ``bin`` three folders above ``lib/pythonX.Y/site-packages``, whether or
    not the environment is active; for ``pip install --target`` the ``bin`` within.
    """
    folders = [os.path.join(site, "bin")]
    if os.path.basename(site) in ("site-packages", "dist-packages"):
        folders.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(site))), "bin"))
    return folders


def _hand_over(flow: Any, engine: str) -> NoReturn:
    import _socket

    from . import _lifeline
    from ._origin import Origin

    _flush()
    origin = Origin()
    parent, child = _socket.socketpair()
    life, engine_life = os.pipe()
    process = os.fork()
    if process == 0:
        parent.close()
        os.close(engine_life)
        _lifeline.pipe = life
        _become_host(flow, origin, child.detach())
    child.close()
    os.close(life)
    for descriptor in (parent.fileno(), engine_life):
        os.set_inheritable(descriptor, True)
    words = [engine, "flow", "--host-fd", str(parent.fileno()), "--host-pid", str(process)]
    words += ["--lifeline-fd", str(engine_life), "--"] + sys.argv[1:]
    _default_signals()
    try:
        os.execv(engine, words)
    except OSError as error:
        parent.close()
        os.waitpid(process, 0)
        _stop(
            "the engine %s cannot be started: %s\n"
            "help: build it, or name another with PENSTOCK_ENGINE" % (engine, os.strerror(error.errno or 0))
        )


def _become_host(flow: Any, origin: Origin, descriptor: int) -> NoReturn:
    status = 1
    try:
        from ._host import serve_first

        status = serve_first(flow, origin, descriptor)
    finally:
        os._exit(status)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass


def _default_signals() -> None:
    """Undoes what Python changes at its start: a program that is started expects the defaults."""
    import _signal

    for name in _SIGNALS_PYTHON_IGNORES:
        number = getattr(_signal, name, None)
        if number is not None:
            _signal.signal(number, _signal.SIG_DFL)


def _stop(message: str) -> NoReturn:
    sys.stderr.write("error: %s\n" % message)
    raise SystemExit(1)
