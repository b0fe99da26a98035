"""Comparing environments file by file, and looking for what builders have left in a cache."""

import hashlib
import os
import random
from pathlib import Path

from .wheels import wheel

#: Written for each environment with the time at which it was made; their own checksums are looked at by `verify`.
OWN = ("penstock.json", ".penstock.json", "penstock.wheels")


def tree(root):
    """Every file and link below a folder with its content, modes included; what Python compiled for itself is left out.

    What names the folder is left out too, so that environments at different places can be compared.
    """
    found = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in files + [each for each in folders if os.path.islink(os.path.join(folder, each))]:
            path = Path(folder, name)
            relative = str(path.relative_to(root))
            if relative in OWN:
                continue
            if path.is_symlink():
                found[relative] = "-> " + os.readlink(path)
                continue
            content = path.read_bytes()
            if name == "RECORD" or path.parent.name == "bin":
                content = without_place(content)
            found[relative] = f"{path.stat().st_mode & 0o777:o} {hashlib.sha256(content).hexdigest()}"
    return found


def without_place(content):
    """A command or RECORD as if the environment stood elsewhere: its first lines, and the hashes of commands, differ."""
    if content.startswith(b"#!"):
        return content[content.find(b"import sys"):]
    return b"\n".join(line for line in content.split(b"\n") if not line.startswith(b"../../../bin/"))


def differences(one, other):
    """What two trees do not have in common, in words."""
    return [f"{path}: {one.get(path, 'missing')} | {other.get(path, 'missing')}"
            for path in sorted(set(one) | set(other)) if one.get(path) != other.get(path)]


def leftovers(cache):
    """Drafts and half-removed folders in the cache."""
    return [str(path.relative_to(cache)) for part in ("environments", "wheels", "builds", "temporary")
            for path in (cache / part).glob(".*")] if cache.exists() else []


def bulky_wheel(name, files=120, large=150_000):
    """A wheel of that many small modules and a file of about `large` bytes when it is packed, with a command."""
    contents = {f"{name}/part{number % 9}/module{number}.py": f"NUMBER = {number}\n" * 40 for number in range(files)}
    contents[f"{name}/large.bin"] = random.Random(name).getrandbits(8 * large).to_bytes(large, "big").hex()
    return wheel(name, "1.0", scripts={f"run-{name}": f"{name}:main"}, files=contents)


def flip(path, offset=0):
    """Change one bit of a file where it lies."""
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 1]))
