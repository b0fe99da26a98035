"""Projects of uv with their locks, written here so that no test needs uv."""

import hashlib
import textwrap

BACKEND = '''
import base64, hashlib, os, zipfile

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "src")


def read_name():
    for line in open("pyproject.toml"):
        if line.startswith("name = "):
            return line.split('"')[1]


def pack(folder, files):
    name = read_name()
    info = "%s-0.1.0.dist-info" % name
    files = dict(files)
    files[info + "/METADATA"] = "Metadata-Version: 2.1\\nName: %s\\nVersion: 0.1.0\\n" % name
    files[info + "/WHEEL"] = "Wheel-Version: 1.0\\nGenerator: tests\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    record = ""
    wheel = "%s-0.1.0-py3-none-any.whl" % name
    with zipfile.ZipFile(os.path.join(folder, wheel), "w") as archive:
        for path, content in sorted(files.items()):
            digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
            record += "%s,sha256=%s,%d\\n" % (path, digest, len(content.encode()))
            archive.writestr(zipfile.ZipInfo(path), content)
        archive.writestr(zipfile.ZipInfo(info + "/RECORD"), record + info + "/RECORD,,\\n")
    return wheel


def build_wheel(folder, config_settings=None, metadata_directory=None):
    files = {}
    for parent, _, names in os.walk(SOURCE):
        for name in names:
            if name.endswith(".py"):
                path = os.path.join(parent, name)
                files[os.path.relpath(path, SOURCE)] = open(path).read()
    return pack(folder, files)


def build_editable(folder, config_settings=None, metadata_directory=None):
    return pack(folder, {"__editable__%s.pth" % read_name(): SOURCE + "\\n"})
'''

BUILD_SYSTEM = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


def write_package(folder, name, text, project="", is_package=True):
    """A package in a src layout: `src/NAME/__init__.py` with `text`, and pyproject.toml with what `project` adds."""
    (folder / "src" / name).mkdir(parents=True, exist_ok=True)
    (folder / "src" / name / "__init__.py").write_text(text)
    if is_package:
        (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "{name}"\nversion = "0.1.0"\nrequires-python = ">=3.8"\n'
        + textwrap.dedent(project) + ("\n" + BUILD_SYSTEM if is_package else ""))
    return folder


def lock_text(index, entries, heading=""):
    """A uv.lock with the index's wheels of `entries` that are names, and with those that are text as they stand."""
    parts = ['version = 1\nrevision = 3\nrequires-python = ">=3.8"\n' + heading]
    for entry in entries:
        if "\n" in entry:
            parts.append(textwrap.dedent(entry).strip() + "\n")
            continue
        name, _, version = entry.partition(" ")
        found = next(each for each in index.distributions if each.filename.startswith(f"{name}-{version}-"))
        url = index.url.replace("/simple/", "/files/") + found.filename
        needs = [line.split(":")[1].split(">")[0].split("<")[0].split("=")[0].strip()
                 for line in found.metadata.decode().splitlines() if line.startswith("Requires-Dist") and "extra" not in line]
        dependencies = "".join(f'    {{ name = "{need}" }},\n' for need in needs)
        parts.append(
            f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ registry = "{index.url}" }}\n'
            + (f"dependencies = [\n{dependencies}]\n" if needs else "")
            + f'wheels = [\n    {{ url = "{url}", hash = "sha256:{hashlib.sha256(found.content).hexdigest()}", '
              f"size = {len(found.content)} }},\n]\n")
    return "\n".join(parts)
