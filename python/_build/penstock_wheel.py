"""Writes a wheel (the binary distribution format, version 1.0): the same files give the same bytes."""

import base64
import hashlib
import os
import zipfile

#: The time of every file: the first that a zip archive can state.
EPOCH = (1980, 1, 1, 0, 0, 0)


class Wheel:
    """A wheel that is being put together. `tag` is that of its name: ``py3-none-any``."""

    def __init__(self, name, version, tag):
        self.stem = "%s-%s" % (name.replace("-", "_"), version)
        self.tag = tag
        self._files = {}
        self._metadata = {}

    @property
    def filename(self):
        return "%s-%s.whl" % (self.stem, self.tag)

    def add(self, path, data):
        """A file that goes into ``site-packages``."""
        self._files[path] = (data, 0o644)

    def add_program(self, name, data):
        """A file that goes beside the interpreter, with the right to be run."""
        self._files["%s.data/scripts/%s" % (self.stem, name)] = (data, 0o755)

    def add_metadata(self, name, text):
        """A text of the folder ``.dist-info``."""
        self._metadata[name] = text

    def write(self, folder):
        """Puts the wheel into the folder; returns its name. Nothing half written ever has that name."""
        partial = os.path.join(folder, ".%s.partial" % self.filename)
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, data, mode in self._entries():
                entry = zipfile.ZipInfo(path, EPOCH)
                entry.create_system = 3
                entry.external_attr = (0o100000 | mode) << 16
                archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
        os.replace(partial, os.path.join(folder, self.filename))
        return self.filename

    def _entries(self):
        """What people install comes first, then the metadata, then the record of all."""
        info = self.stem + ".dist-info/"
        texts = dict(self._metadata)
        texts["WHEEL"] = "Wheel-Version: 1.0\nGenerator: penstock-build\nRoot-Is-Purelib: true\nTag: %s\n" % self.tag
        entries = [(path,) + self._files[path] for path in sorted(self._files)]
        entries += [(info + name, texts[name].encode(), 0o644) for name in sorted(texts)]
        record = "".join("%s,sha256=%s,%d\n" % (path, _digest(data), len(data)) for path, data, _ in entries)
        return entries + [(info + "RECORD", (record + info + "RECORD,,\n").encode(), 0o644)]


def _digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
