"""Hostile packages from an index: each is refused by one error that names it and the reason, and nothing is left behind.

Where the reader is cut into one and another row, the tables of ArchivesTests and EnvironmentsTests have them all.
"""

import tarfile

import pytest

from .harness.debris import leftovers
from .harness.hostile import INFO, bomb, digest, flipped, replacing, sources_of, stating, wheel_of
from .harness.index import LoopbackIndex
from .harness.wheels import wheel

LINK, DEVICE, PIPE = 0o120777, 0o020666, 0o010666


def scripts(text):
    return (f"{INFO}/entry_points.txt", f"[console_scripts]\n{text}\n")


#: What it tries, the wheel, and words of the error.
WHEELS = {
    "climbs out": (wheel_of(("../evil.py", "x")), ["'../evil.py'", "leads out"]),
    "climbs out later": (wheel_of(("bad/../../evil.py", "x")), ["'bad/../../evil.py'", "leads out"]),
    "absolute": (wheel_of(("/tmp/evil.py", "x")), ["'/tmp/evil.py'", "leads out"]),
    "backslashes": (wheel_of(("..\\evil.py", "x")), ["leads out"]),
    "drive": (wheel_of(("C:evil.py", "x")), ["'C:evil.py'", "leads out"]),
    "control characters": (wheel_of(("bad/\x1b[2Jevil.py", "x")), ["\\u{1b}[2Jevil.py", "control character"]),
    "line end": (wheel_of(("bad/a\nb.py", "x")), ["control character"]),
    "long name": (wheel_of(("bad/" + "x" * 300, "x")), ["a name of 300 bytes"]),
    "long path": (wheel_of(("x/" * 2000 + "x", "x")), ["a path of 4001 bytes"]),
    "a name twice": (wheel_of(("bad/__init__.py", "x")), ["'bad/__init__.py'", "is there twice"]),
    "case clash": (wheel_of(("bad/__INIT__.py", "x")), ["'bad/__INIT__.py'", "case does not count"]),
    "two encodings": (wheel_of(("bad/\xe9", "x"), ("bad/e\u0301", "x")), ["case does not count"]),
    "file and folder": (wheel_of(("bad/__init__.py/x", "x")), ["need it to be a directory"]),
    "link": (wheel_of(("bad/link", "/etc/passwd", LINK)), ["'bad/link'", "a link that is not allowed"]),
    "link, then below it": (wheel_of(("out", "..", LINK), ("out/evil", "x")), ["'out'", "a link that is not allowed"]),
    "device": (wheel_of(("bad/null", "", DEVICE)), ["'bad/null'", "neither a file nor a directory"]),
    "pipe": (wheel_of(("bad/pipe", "", PIPE)), ["'bad/pipe'", "neither a file nor a directory"]),
    "bomb": (wheel_of(*bomb()), ["unpacks to more than 200 times its size"]),
    "cut off": (wheel_of(change=lambda content: content[:-40]), ["is cut off"]),
    "half": (wheel_of(change=lambda content: content[:len(content) // 2]), ["is cut off"]),
    "bit of the data": (wheel_of(change=flipped(50)), ["'bad/__init__.py'"]),
    "bytes in front": (wheel_of(change=lambda content: b"#!/bin/sh\n" + content), ["central directory"]),
    "bytes behind": (wheel_of(change=lambda content: content + b"x"), ["is cut off"]),
    "other name inside": (
        wheel_of(
            rows=lambda rows: [rows[0].replace("__init__", "__evil__"), *rows[1:]],
            change=replacing(b"bad/__init__.py", b"bad/__evil__.py", last=True)), ["'bad/__evil__.py'", "described in two ways"]),
    "no web page": (wheel_of(change=lambda content: b"<html>no such file</html>"), ["is cut off"]),
    "wrong RECORD": (
        wheel_of(rows=lambda rows: [f"bad/__init__.py,sha256={digest(b'x')},1", *rows[1:]]),
        ["'bad/__init__.py' is not the file that its RECORD describes"]),
    "row missing": (wheel_of(rows=lambda rows: rows[1:]), ["does not mention 'bad/__init__.py'"]),
    "file missing": (
        wheel_of(rows=lambda rows: [*rows, f"bad/other.py,sha256={digest(b'x')},1"]), ["'bad/other.py', which is not there"]),
    "row twice": (
        wheel_of(rows=lambda rows: [*rows, f"bad/__init__.py,sha256={digest(b'x')},1"]), ["twice, and differently"]),
    "MD5": (wheel_of(rows=lambda rows: ["bad/__init__.py,md5=1B2M2Y8AsgTpgAmY7PhCfg,16", *rows[1:]]), ["the hash 'md5'"]),
    "RECORD leads out": (wheel_of(rows=lambda rows: [*rows, "../../evil,,"]), ["'../../evil', which is no path"]),
    "no RECORD": (wheel_of(rows=lambda rows: None), ["its RECORD is missing"]),
    "no METADATA": (wheel_of(without=[f"{INFO}/METADATA"]), ["its METADATA is missing"]),
    "no WHEEL": (wheel_of(without=[f"{INFO}/WHEEL"]), ["its WHEEL is missing"]),
    "another project": (
        wheel_of((f"{INFO}/METADATA", "Metadata-Version: 2.1\nName: good\nVersion: 1.0\n"), without=[f"{INFO}/METADATA"]),
        ["it holds good 1.0"]),
    "another version": (
        wheel_of((f"{INFO}/METADATA", "Metadata-Version: 2.1\nName: bad\nVersion: 2.0\n"), without=[f"{INFO}/METADATA"]),
        ["it holds bad 2.0"]),
    "a second project": (wheel_of(("good-1.0.dist-info/METADATA", "x")), ["several .dist-info folders"]),
    "metadata by way of data": (
        wheel_of(("bad-1.0.data/purelib/good-1.0.dist-info/METADATA", "x")), ["the metadata of another project"]),
    "format 2": (wheel_of((f"{INFO}/WHEEL", "Wheel-Version: 2.0\n"), without=[f"{INFO}/WHEEL"]), ["format 2.0"]),
    "unknown scheme": (wheel_of(("bad-1.0.data/etc/passwd", "x")), ["files for 'etc'"]),
    "scheme that climbs": (wheel_of(("bad-1.0.data/data/../../evil", "x")), ["leads out"]),
    "the interpreter": (wheel_of(("bad-1.0.data/scripts/python", "x")), ["replace 'bin/python'"]),
    "the configuration": (wheel_of(("bad-1.0.data/data/pyvenv.cfg", "x")), ["replace 'pyvenv.cfg'"]),
    "the record of the environment": (wheel_of(("bad-1.0.data/data/penstock.json", "x")), ["replace 'penstock.json'"]),
    "command that climbs": (wheel_of(scripts("../evil = bad:main")), ["'../evil = bad:main' is no script"]),
    "command that is a program": (wheel_of(scripts("evil = bad:main();import os")), ["is no script"]),
    "command called python": (wheel_of(scripts("python = bad:main")), ["replace 'bin/python'"]),
}

#: Source distributions: what it tries, the file, and words of the error.
SOURCES = {
    "climbs out": (sources_of(("bad-1.0/../../evil", tarfile.REGTYPE, "x")), ["leads out"]),
    "absolute": (sources_of(("/tmp/evil", tarfile.REGTYPE, "x")), ["'/tmp/evil'", "leads out"]),
    "link to a file of the system": (sources_of(("bad-1.0/x", tarfile.SYMTYPE, "/etc/passwd")), ["'bad-1.0/x'", "not allowed"]),
    "link that climbs": (sources_of(("bad-1.0/x", tarfile.SYMTYPE, "../../evil")), ["not allowed"]),
    "link that climbs by an accent": (sources_of(("x", tarfile.SYMTYPE, "../\u0301evil")), ["not allowed"]),
    "link, then below it": (
        sources_of(("bad-1.0/x", tarfile.SYMTYPE, "."), ("bad-1.0/x/evil", tarfile.REGTYPE, "x")), ["need it to be a directory"]),
    "hard link out": (sources_of(("bad-1.0/x", tarfile.LNKTYPE, "/etc/passwd")), ["not allowed"]),
    "hard link to nothing": (sources_of(("bad-1.0/x", tarfile.LNKTYPE, "bad-1.0/nowhere")), ["not allowed"]),
    "device": (sources_of(("bad-1.0/x", tarfile.CHRTYPE)), ["neither file, directory nor link"]),
    "pipe": (sources_of(("bad-1.0/x", tarfile.FIFOTYPE)), ["neither file, directory nor link"]),
    "twice": (
        sources_of(("bad-1.0/x", tarfile.REGTYPE, "1"), ("bad-1.0/x", tarfile.REGTYPE, "2")), ["'bad-1.0/x'", "is there twice"]),
    "control characters": (sources_of(("bad-1.0/\x1b[2J", tarfile.REGTYPE, "x")), ["control character"]),
    "cut off": (sources_of(change=lambda content: content[:700]), ["is cut off"]),
    "wrong checksum": (sources_of(change=lambda content: content.replace(b"ustar", b"usTar")), ["wrong checksum"]),
    "size beyond all": (sources_of(change=stating(b"\x80" + b"\0" * 3 + b"\xff" * 8)), ["bytes when unpacked"]),
    "size beyond the end": (sources_of(change=stating(b"00000777777\0")), ["is cut off"]),
    "size below zero": (sources_of(change=stating(b"\xff" * 12)), ["impossible number"]),
    "bomb": (sources_of(("bad-1.0/zeros", tarfile.REGTYPE, b"\0" * (300 << 20))), ["when unpacked"]),
    "no archive": (sources_of(change=lambda content: b"no tar, and not short either" * 100), ["bad-1.0"]),
    "several folders": (sources_of(("other/x", tarfile.REGTYPE, "x")), ["no single folder at the top"]),
}


def parts(project):
    """What the cache holds besides pages and locks."""
    kept = ("wheels", "environments", "archives", "sources", "builds", "temporary")
    return sorted(str(path.relative_to(project.cache)) for part in kept for path in (project.cache / part).rglob("*"))


def refused(project, outcome, pieces):
    assert outcome.stderr.count("error:") == 1 and "Traceback" not in outcome.all, str(outcome)
    for piece in ["bad", *pieces]:
        assert piece in outcome.stderr, f"{piece!r} is not in\n{outcome}"
    assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in outcome.stderr.replace("\r", "")), repr(outcome.stderr)
    assert leftovers(project) == []


def listed(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def index(project):
    with LoopbackIndex(wheel("good", "1.0")) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


def locked(project):
    return project.engine("lock", "bad", "good", "--output", "pylock.toml", "--python", project.tools.python)


@pytest.mark.parametrize("what", WHEELS)
def test_hostile_wheels(project, index, what):
    hostile, pieces = WHEELS[what]
    index.add(hostile)
    locked(project).ended_with(0)
    outcome = project.engine("env", "create", "--lock", "pylock.toml", "made").ended_with(1)
    refused(project, outcome, ["bad-1.0-py3-none-any.whl", *pieces])
    # The sound wheel may have arrived.
    kept = {path.split("/")[1] for path in parts(project) if "/" in path}
    good = {path.split("/")[1] for path in parts(project) if path.endswith("files/good/__init__.py")}
    assert kept == good
    assert listed(project.folder) == ["pylock.toml"]


@pytest.mark.parametrize("what", SOURCES)
def test_hostile_sources(project, index, what):
    hostile, pieces = SOURCES[what]
    index.add(hostile)
    outcome = locked(project).ended_with(1)
    refused(project, outcome, pieces)
    assert not [path for path in parts(project) if path.startswith(("wheels/", "environments/", "temporary/"))]
    assert listed(project.folder) == []


def test_a_wrong_hash(project, index):
    index.add(wheel("bad", "1.0"))
    index.wrong_hashes.add("bad-1.0-py3-none-any.whl")
    locked(project).ended_with(0)
    outcome = project.engine("env", "create", "--lock", "pylock.toml", "made").ended_with(1)
    refused(project, outcome, ["bad-1.0-py3-none-any.whl", "0" * 64])
    assert listed(project.folder) == ["pylock.toml"]


def test_what_was_refused_is_no_obstacle(project, index):
    """The same version, made well, is installed where a hostile one was refused."""
    index.add(WHEELS["wrong RECORD"][0])
    locked(project).ended_with(0)
    project.engine("env", "create", "--lock", "pylock.toml", "made").ended_with(1)
    index.distributions[1:] = [wheel("bad", "1.0")]
    text = (project.folder / "pylock.toml").read_text()
    hostile = WHEELS["wrong RECORD"][0]
    text = text.replace(hostile.sha256, index.distributions[1].sha256)
    project.write("pylock.toml", text.replace(f"size = {len(hostile.content)}", f"size = {len(index.distributions[1].content)}"))
    project.engine("env", "create", "--lock", "pylock.toml", "made").ended_with(0)
    assert project.command(project.folder / "made" / "bin" / "python", "-c", "import bad, good").ended_with(0).all == ""
