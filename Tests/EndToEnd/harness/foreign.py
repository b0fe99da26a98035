"""pip and uv of today, to see whether they take what Penstock writes."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest


class ForeignTools:
    """An environment of its own with the newest pip, uv and packaging that the configured index has."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="penstock-foreign-"))
        self.python = self.folder / "bin" / "python"
        self.missing = self._make()

    def _make(self):
        """None, or in words why the tools are not there."""
        try:
            subprocess.run([sys.executable, "-m", "venv", self.folder], check=True, capture_output=True, timeout=120)
            subprocess.run(
                [self.python, "-m", "pip", "install", "-q", "-U", "pip", "uv", "packaging>=26.1"], check=True,
                capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as error:
            return f"pip, uv and packaging cannot be installed: {error}"
        return None

    def require(self):
        if self.missing:
            pytest.skip(self.missing)

    def run(self, *arguments, folder, **variables):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON"))}
        environment.update(
            PIP_CONFIG_FILE=os.devnull, UV_NO_CONFIG="1", UV_PYTHON_DOWNLOADS="never", PIP_DISABLE_PIP_VERSION_CHECK="1",
            PIP_NO_CACHE_DIR="1", UV_NO_CACHE="1", PYTHONUTF8="1", **variables)
        return subprocess.run(
            [str(argument) for argument in arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=180)

    def pip_installs(self):
        """Whether this pip installs from locks at all."""
        version = self.run(self.python, "-c", "import pip; print(pip.__version__)", folder=self.folder).stdout
        return int(version.split(".")[0]) >= 26

    def new_environment(self, where):
        made = self.run(self.python, "-m", "venv", "--without-pip", where, folder=self.folder)
        assert made.returncode == 0, made.stderr
        return Path(where) / "bin" / "python"
