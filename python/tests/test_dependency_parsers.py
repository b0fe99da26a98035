"""What files of other tools ask for, as values for @pypi and @conda."""

import sys

import pytest

import metaflow
from penstock._dependency_parsers import ParserValueError


@pytest.mark.parametrize("text, packages, python", [
    ("", {}, None),
    ("# a comment\n\nrequests==2.31.0  # why\nnumpy>=1.21, <2\n", {"requests": "2.31.0", "numpy": ">=1.21,<2"}, None),
    ("flask\nfastapi[all]==0.100\nfastapi [a, b]>=1", {"flask": "", "fastapi[all]": "0.100", "fastapi[a,b]": ">=1"}, None),
    ("mill @ https://host/mill-1.0.whl", {"mill@https://host/mill-1.0.whl": ""}, None),
    ("python==3.10.*\n-e file:.\nx~=1.0", {"x": "~=1.0"}, "3.10.*"),
    ("x (>=1)", {"x": ">=1"}, None),
])
def test_requirements(text, packages, python):
    assert metaflow.requirements_txt_parser(text) == {"packages": packages, "python": python}


@pytest.mark.parametrize("text", [
    "x==1; python_version<'3'", "--no-index", "-e ./x", "-r other.txt", "x=1", "==1", "x y", "python==3.9\npython==3.10", "x>=1,"])
def test_wrong_requirements(text):
    with pytest.raises(ParserValueError):
        metaflow.requirements_txt_parser(text)


@pytest.mark.parametrize("text, packages, python", [
    ("name: x\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.9\n  - numpy=1.21.2 # why\n  - scipy = 1.7\n  - pandas\n",
     {"numpy": "1.21.2", "scipy": "1.7.*", "pandas": ""}, "3.9"),
    ("dependencies:\n- a>=1,<2\n- b==1.0\n- c 1.2 py_0\n- conda-forge::d=2.0.1=h1*\n- 'e ~=1'\nprefix: /x\n",
     {"a": ">=1,<2", "b": "1.0", "c": "1.2=py_0", "conda-forge::d": "2.0.1=h1*", "e": "~=1"}, None),
    ("name: x\n", {}, None),
    ("dependencies: # of the flow\n  - Python=3.9\n  - python\n  - \"a!=1.2\"  # why\n", {"a": "!=1.2"}, "3.9"),
    ("dependencies: []\nchannels:\n  - x\n", {}, None),
])
def test_environment_files(text, packages, python):
    assert metaflow.conda_environment_yml_parser(text) == {"packages": packages, "python": python}


@pytest.mark.parametrize("text", [
    "dependencies:\n  - pip:\n    - x", "dependencies: [a, b=1]", "dependencies:\n  - a[version='1']", "dependencies:\n  - a b c=", "dependencies:\n  - python=3.9\n  - python=3.10", "dependencies:\n  - =1"])
def test_wrong_environment_files(text):
    with pytest.raises(ParserValueError):
        metaflow.conda_environment_yml_parser(text)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="this Python reads no TOML by itself")
def test_projects():
    text = "[project]\nrequires-python = '>=3.9'\ndependencies = ['requests==2.31.0', 'x[y]>=1']\n"
    assert metaflow.pyproject_toml_parser(text) == {"packages": {"requests": "2.31.0", "x[y]": ">=1"}, "python": ">=3.9"}
    assert metaflow.pyproject_toml_parser("[tool.x]\n") == {"packages": {}, "python": None}
    with pytest.raises(ParserValueError):
        metaflow.pyproject_toml_parser("[project]\ndependencies = [\"x; sys_platform=='linux'\"]\n")
