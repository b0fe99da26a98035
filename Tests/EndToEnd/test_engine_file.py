"""The engine's executable: one file that needs the C library and nothing else."""

import re

from .harness.elf import needed_libraries

#: Parts of glibc. Everything else, the Swift and C++ runtimes too, is linked in.
GLIBC = re.compile(r"^(lib(c|m|dl|pthread|rt|util|resolv|anl|mvec)\.so\.\d+|ld-linux[-\w.]*\.so\.\d+|ld64\.so\.\d+)$")


def test_only_the_c_library_is_needed(tools):
    tools.require()
    needed = needed_libraries(tools.engine.resolve())
    assert needed, "it is a dynamic executable"
    assert [name for name in needed if not GLIBC.match(name)] == []


def test_the_data_of_icu_is_not_linked(tools):
    """34 MB that nothing in the engine asks for; Sources/System/OneFile/README.md."""
    tools.require()
    assert re.findall(rb"icudt\d+[lb]/[a-z]+/\w+\.res", tools.engine.resolve().read_bytes()) == []


def test_the_version_is_told_without_an_environment(project):
    """No variable is needed, not even HOME or PATH."""
    outcome = project.command("/usr/bin/env", "-i", project.tools.engine.resolve(), "--version").ended_with(0)
    assert re.fullmatch(r"(penstock )?\d+\.\d+\.\d+\S*\n", outcome.stdout, re.IGNORECASE)
