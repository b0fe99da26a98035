"""The CPythons of this machine, for tests that want several."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

ASK = "import platform, sys; print(sys.base_prefix, platform.python_implementation(), *sys.version_info[:2])"


@functools.lru_cache(maxsize=None)
def find_python(version):
    """The path of a CPython "3.11", from pyenv or the PATH; None if there is none. Never one of a virtual environment."""
    minor = version + "."
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = sorted(versions.glob(f"{minor}*/bin/python")) + [Path(found) for found in [shutil.which("python" + version)] if found]
    for candidate in candidates:
        said = subprocess.run([candidate, "-I", "-c", ASK], capture_output=True, text=True)
        words = said.stdout.split()
        if said.returncode == 0 and words[1:] == ["CPython", *version.split(".")]:
            own = Path(words[0]) / "bin" / f"python{version}"
            return own if own.exists() else candidate
    return None
