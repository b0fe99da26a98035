"""Packages that nobody honest makes, as an index may serve them. The same bytes each time."""

import base64
import gzip
import hashlib
import io
import tarfile
import warnings
import zipfile

from .wheels import DATE, Distribution, core_metadata

INFO = "bad-1.0.dist-info"
METADATA = core_metadata("bad", "1.0", (), None, None)


def honest():
    """The files of a sound wheel by name, without its RECORD."""
    return {
        "bad/__init__.py": "VERSION = '1.0'\n",
        f"{INFO}/METADATA": METADATA,
        f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}


def wheel_of(*more, without=(), rows=None, change=None):
    """A wheel of `bad` 1.0 with entries more: (name, content, mode).

    `without` names what is left out, `rows` changes the rows of RECORD, and `change` the bytes of the archive.
    """
    entries = [(name, text, 0o100644) for name, text in honest().items() if name not in without]
    entries += [(*each, 0o100644)[:3] for each in more]
    entries = [(name, text.encode() if isinstance(text, str) else text, mode) for name, text, mode in entries]
    lines = [f"{name},sha256={digest(content)},{len(content)}" for name, content, _ in entries] + [f"{INFO}/RECORD,,"]
    lines = rows(lines) if rows else lines
    if lines is not None:
        entries.append((f"{INFO}/RECORD", ("\n".join(lines) + "\n").encode(), 0o100644))
    content = zipped(entries)
    return Distribution("bad-1.0-py3-none-any.whl", change(content) if change else content, METADATA.encode())


def digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def zipped(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        # A name that is there twice.
        warnings.simplefilter("ignore")
        for name, content, mode in entries:
            entry = zipfile.ZipInfo("name", DATE)
            # The constructor would cut the name at NUL.
            entry.filename = name
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = mode << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def flipped(position):
    """Turns one bit of an archive around."""
    def change(content):
        changed = bytearray(content)
        changed[position] ^= 0x40
        return bytes(changed)
    return change


def replacing(old, new, last=False):
    """Changes bytes of an archive; all of them, or those that come last, which is in the directory."""
    def change(content):
        assert old in content
        return new.join(content.rsplit(old, 1)) if last else content.replace(old, new)
    return change


def bomb():
    """Three hundred megabytes out of as many kilobytes."""
    return [(f"bad/zeros{number}", b"\0" * (100 << 20)) for number in range(3)]


def sources_of(*more, change=None, name="bad-1.0.tar.gz"):
    """A source distribution with entries more: (name, kind, what a link leads to or a file holds)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        add(archive, "bad-1.0/PKG-INFO", tarfile.REGTYPE, METADATA)
        add(archive, "bad-1.0/pyproject.toml", tarfile.REGTYPE, "")
        for each in more:
            add(archive, *each)
    content = buffer.getvalue()
    content = change(content) if change else content
    return Distribution(name, gzip.compress(content, mtime=0) if name.endswith("gz") else content, METADATA.encode())


def add(archive, name, kind, text=""):
    entry = tarfile.TarInfo(name)
    entry.type = kind
    content = text.encode() if isinstance(text, str) else text
    if kind == tarfile.REGTYPE:
        entry.size = len(content)
    else:
        entry.linkname = text
    archive.addfile(entry, io.BytesIO(content) if kind == tarfile.REGTYPE else None)


def stating(size):
    """Changes the size that the first header of a tar archive states, and its checksum, so that it holds."""
    def change(content):
        header = bytearray(content[:512])
        header[124:136] = size
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        return bytes(header) + content[512:]
    return change
