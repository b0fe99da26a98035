"""A Jupyter kernel with the real ipykernel, over the index that this machine is configured for."""

import json
import os

import pytest

from .test_real_index import _require_an_index


@pytest.mark.network
def test_a_kernel_starts_and_imports_what_the_environment_has(project):
    own = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_")) or name == "HOME"}
    data = project.temporary.parent / "jupyter"
    project.variables.update({"PIP_CONFIG_FILE": None, **own, "JUPYTER_DATA_DIR": data})
    _require_an_index(project)
    made = project.engine(
        "env", "create", "--at", "nb", "six==1.16.0", "--kernel", "--with", "ipykernel", "--python", project.tools.python,
        "--json", timeout=300)
    folder = json.loads(made.ended_with(0).stdout)["kernel"]
    with open(os.path.join(folder, "kernel.json")) as file:
        kernel = json.load(file)
    script = (
        "import sys; from jupyter_client.manager import start_new_kernel\n"
        f"manager, client = start_new_kernel(kernel_name={os.path.basename(folder)!r}, startup_timeout=60)\n"
        "client.execute_interactive('import six; print(six.__version__)', output_hook=lambda m: "
        "print(m['content'].get('text', ''), end=''), timeout=60)\n"
        "manager.shutdown_kernel(now=True)\n")
    ran = project.command(
        kernel["argv"][0], "-c", script, timeout=180)
    assert ran.ended_with(0).stdout.strip() == "1.16.0"
