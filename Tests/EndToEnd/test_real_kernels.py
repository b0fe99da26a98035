"""A Jupyter kernel with the real ipykernel, over the index that this machine is configured for."""

import json
import os
import subprocess

import pytest


@pytest.mark.network
def test_a_kernel_starts_and_imports_what_the_environment_has(project):
    outer = {name: value for name, value in os.environ.items() if name.startswith("PIP_") and name != "PIP_CONFIG_FILE"}
    project.variables.update(outer)
    made = project.engine(
        "env", "create", "--at", "nb", "six==1.16.0", "--kernel", "--with", "ipykernel", "--with", "jupyter-client", "--python",
        project.tools.python, "--json", env={"JUPYTER_DATA_DIR": project.home / "jupyter"}, timeout=300)
    if made.code and "reach" in made.all:
        pytest.skip("no index can be reached")
    folder = json.loads(made.ended_with(0).stdout)["kernel"]
    kernel = json.loads(open(os.path.join(folder, "kernel.json")).read())
    script = (
        "import sys; from jupyter_client.manager import start_new_kernel\n"
        f"manager, client = start_new_kernel(kernel_name={os.path.basename(folder)!r}, startup_timeout=60)\n"
        "client.execute_interactive('import six; print(six.__version__)', output_hook=lambda m: "
        "print(m['content'].get('text', ''), end=''), timeout=60)\n"
        "manager.shutdown_kernel(now=True)\n")
    ran = project.command(
        kernel["argv"][0], "-c", script, env={"JUPYTER_DATA_DIR": project.home / "jupyter"}, timeout=180)
    assert ran.ended_with(0).stdout.strip() == "1.16.0"
