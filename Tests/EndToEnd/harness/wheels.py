"""Tiny valid wheels and source distributions, the same bytes for the same arguments."""

import base64
import hashlib
import io
import tarfile
import zipfile

DATE = (2020, 1, 1, 0, 0, 0)


class Distribution:
    """A file of a package index, with its metadata."""

    def __init__(self, filename, content, metadata, requires_python=None):
        self.filename = filename
        self.content = content
        self.metadata = metadata
        self.requires_python = requires_python
        self.yanked = False

    @property
    def project(self):
        return self.filename.split("-")[0].replace("_", "-").lower()

    @property
    def sha256(self):
        return hashlib.sha256(self.content).hexdigest()


def wheel(name, version, requires=(), requires_python=None, extras=None, scripts=None, files=None, tag="py3-none-any"):
    """A wheel with one module, named like the project, that knows its version.

    `extras` maps names to requirements; `scripts` maps commands to `module:function`; `files` adds to or replaces the
    module's files by path.
    """
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    metadata = core_metadata(name, version, requires, requires_python, extras)
    contents = {f"{module}/__init__.py": f"VERSION = {version!r}\n\n\ndef main():\n    print('{name}', VERSION)\n"}
    contents.update(files or {})
    contents[f"{info}/METADATA"] = metadata
    contents[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: penstock-tests\nRoot-Is-Purelib: {str('none-any' in tag).lower()}\nTag: {tag}\n")
    if scripts:
        lines = "".join(f"{command} = {target}\n" for command, target in scripts.items())
        contents[f"{info}/entry_points.txt"] = f"[console_scripts]\n{lines}"
    contents[f"{info}/RECORD"] = _record(contents, f"{info}/RECORD")
    return Distribution(f"{module}-{version}-{tag}.whl", _zip(contents), metadata.encode(), requires_python)


def source_distribution(name, version):
    """An sdist that nobody is expected to build."""
    module = name.replace("-", "_")
    metadata = core_metadata(name, version, (), None, None)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        content = metadata.encode()
        entry = tarfile.TarInfo(f"{module}-{version}/PKG-INFO")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return Distribution(f"{module}-{version}.tar.gz", buffer.getvalue(), metadata.encode())


def core_metadata(name, version, requires, requires_python, extras):
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    if requires_python:
        lines.append(f"Requires-Python: {requires_python}")
    lines += [f"Requires-Dist: {text}" for text in requires]
    for extra, texts in (extras or {}).items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {text}; extra == "{extra}"' for text in texts]
    return "\n".join(lines) + "\n"


def _record(contents, own):
    lines = []
    for path, text in contents.items():
        data = text.encode()
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(data)}\n")
    return "".join(lines) + f"{own},,\n"


def _zip(contents):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in contents.items():
            entry = zipfile.ZipInfo(path, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return buffer.getvalue()
