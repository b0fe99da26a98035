"""Whether a fork of this process would behave like a fresh one.

Threads do not survive a fork, an accelerator's context does not either, and a connection that two processes use is
two conversations in one. Where there is any of them, tasks run in fresh processes.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Libraries that hold threads of their own but stop them around a fork, by a part of their file's name.
_PAUSING_LIBRARIES = ("openblas",)
_MOST_BLAS_THREADS = 64


def verdict(own: tuple[int, ...] = ()) -> dict[str, Any]:
    """``{"safe": …, "reason": …}``, as the first message has it. ``own`` are the descriptors of this package."""
    reason = _python_threads() or _accelerators() or _native_threads() or _connections(own)
    return {"safe": reason is None, "reason": reason}


def thread_count() -> int:
    """How many threads the process has, or 0 where the system does not say."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 0


def _python_threads() -> str | None:
    threading = sys.modules.get("threading")
    if threading is None:
        return None
    names = [thread.name for thread in threading.enumerate() if thread is not threading.current_thread()]
    return "the flow's modules have started the thread %s" % ", ".join(map(repr, names)) if names else None


def _accelerators() -> str | None:
    checks = (
        ("torch.cuda", "CUDA through torch", lambda module: module.is_initialized()),
        ("cupy.cuda.runtime", "CUDA through cupy", lambda module: True),
        ("pycuda.driver", "CUDA through pycuda", lambda module: module.Context.get_current() is not None),
        ("jax._src.xla_bridge", "a device through jax", lambda module: bool(getattr(module, "_backends", None))),
        ("tensorflow.python.eager.context", "tensorflow", lambda module: getattr(module, "_context", None) is not None),
    )
    for name, text, in_use in checks:
        module = sys.modules.get(name)
        try:
            if module is not None and in_use(module):
                return "the flow's modules use %s, whose state does not survive a fork" % text
        except Exception:
            continue
    return None


def _native_threads() -> str | None:
    count = thread_count()
    if count <= 1:
        return None
    names = _thread_names()
    strange = sorted({name for name in names[1:] if name != names[0]})
    if strange:
        return "a library has started the thread '%s'" % strange[0]
    if count - 1 > _pausing_threads():
        return "libraries have started %d threads" % (count - 1)
    return None


def _thread_names() -> list[str]:
    """The names of all threads, that of the first one first."""
    names = []
    for thread in sorted(os.listdir("/proc/self/task"), key=int):
        try:
            with open("/proc/self/task/%s/comm" % thread) as file:
                names.append(file.read().strip())
        except OSError:
            continue  # it ended just now
    return names


def _pausing_threads() -> int:
    """How many threads the loaded libraries may have that take care of forks themselves."""
    try:
        with open("/proc/self/maps") as file:
            paths = {line.rpartition(" ")[2].strip() for line in file if ".so" in line}
    except OSError:
        return 0
    libraries = [path for path in paths if any(part in os.path.basename(path) for part in _PAUSING_LIBRARIES)]
    return len(libraries) * (min(os.cpu_count() or 1, _MOST_BLAS_THREADS) - 1)


def _connections(own: tuple[int, ...]) -> str | None:
    """Sockets that this process has opened itself; those it was started with are inherited by fresh processes too."""
    try:
        descriptors = os.listdir("/proc/self/fd")
    except OSError:
        return None
    for text in descriptors:
        descriptor = int(text)
        try:
            if descriptor > 2 and descriptor not in own and os.readlink("/proc/self/fd/" + text).startswith("socket:"):
                if not os.get_inheritable(descriptor):
                    return "the flow's modules have opened a connection (descriptor %d)" % descriptor
        except OSError:
            continue
    return None
