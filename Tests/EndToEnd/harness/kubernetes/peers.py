"""Other people's judgement: the schemas of `kubernetes-validate` and the official client, in an environment of their own.

They are installed once by pip, as this machine is configured, and kept beside the build (`make clean` removes them).
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from ..object_servers import cannot

FOLDER = Path(__file__).resolve().parents[4] / ".build" / "test-tools" / "kubernetes"

#: The version whose schemas count, and which `/version` tells.
VERSION = "1.33"

_ANSWER = f"""
import json, sys, kubernetes_validate
for line in sys.stdin:
    try:
        answer = {{"version": kubernetes_validate.validate(json.loads(line), {VERSION!r}, strict=True)}}
    except kubernetes_validate.ValidationError as error:
        answer = {{"path": list(error.path), "message": error.message}}
    except (kubernetes_validate.SchemaNotFoundError, KeyError) as error:
        answer = {{"path": [], "message": getattr(error, "message", "there is no " + str(error))}}
    print(json.dumps(answer), flush=True)
"""


def tools_python():
    """The Python that has both; otherwise the test is skipped, which is a failure in continuous integration."""
    python = FOLDER / "bin" / "python"
    if not python.exists():
        draft = FOLDER.with_name(f"kubernetes.{os.getpid()}")
        try:
            subprocess.run([sys.executable, "-m", "venv", draft], check=True, capture_output=True, timeout=120)
            subprocess.run(
                [draft / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", "kubernetes-validate",
                 "kubernetes"],
                check=True, capture_output=True, timeout=600)
            draft.rename(FOLDER)
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(draft, ignore_errors=True)
            if not python.exists():  # made by another meanwhile
                cannot(f"kubernetes-validate and the kubernetes client cannot be installed: {error}")
    return python


class Schemas:
    """Asks `kubernetes-validate`, strictly; one process for all questions."""

    def __init__(self):
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [str(tools_python()), "-c", _ANSWER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.close)

    def fault(self, manifest):
        """None, or (path, message) of what is wrong."""
        with self._lock:
            self._process.stdin.write(json.dumps(manifest) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
        return None if "version" in answer else (_path(answer["path"]), answer["message"])

    def close(self):
        self._process.kill()
        self._process.communicate()
        atexit.unregister(self.close)


def _path(parts):
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
