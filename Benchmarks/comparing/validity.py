"""Whether a choice of versions is right, by the `packaging` library and the metadata that the index has: a check that shares
no code with either resolver."""

import json
from dataclasses import dataclass
from functools import lru_cache

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import compatible_tags, cpython_tags, mac_platforms
from packaging.utils import (
    InvalidSdistFilename, InvalidWheelFilename, canonicalize_name, parse_sdist_filename, parse_wheel_filename)
from packaging.version import InvalidVersion, Version

HERE = "http://recorded.invalid/files/"


@dataclass(frozen=True)
class Target:
    """A Python on a platform, by the names that each side has for it."""

    python: str
    platform: str

    UV = {"linux-x86_64": "x86_64-manylinux_2_28", "linux-aarch64": "aarch64-manylinux_2_28",
          "macos-arm64": "aarch64-apple-darwin"}

    def __str__(self):
        return f"{self.python} {self.platform}"

    @property
    def series(self):
        return tuple(int(part) for part in self.python.split(".")[:2])

    @property
    def markers(self):
        system, _, machine = self.platform.partition("-")
        return {
            "os_name": "posix", "sys_platform": "darwin" if system == "macos" else "linux",
            "platform_machine": machine, "platform_system": "Darwin" if system == "macos" else "Linux",
            "platform_python_implementation": "CPython", "implementation_name": "cpython",
            "implementation_version": self.python, "python_full_version": self.python,
            "python_version": "{}.{}".format(*self.series), "platform_release": "", "platform_version": ""}

    @property
    def platforms(self):
        system, _, machine = self.platform.partition("-")
        if system == "macos":
            return list(mac_platforms((13, 0), machine))
        oldest = 5 if machine == "x86_64" else 17
        names = [f"manylinux_2_{minor}_{machine}" for minor in range(28, oldest - 1, -1)]
        names += [f"manylinux2014_{machine}"]
        if machine == "x86_64":
            names += [f"manylinux2010_{machine}", f"manylinux1_{machine}"]
        return names + [f"linux_{machine}"]

    @lru_cache(maxsize=None)
    def tags(self):
        found = set(cpython_tags(self.series, platforms=self.platforms))
        return frozenset(found | set(compatible_tags(self.series, f"cp{self.series[0]}{self.series[1]}", self.platforms)))


class Checker:
    """Checks choices against what a recorded index knows."""

    def __init__(self, recording, builds=False):
        """With `builds`, a version may come as a source distribution. What such a one needs is not known here, so that
        packages which only it may need are passed over."""
        self.recording = recording
        self.builds = builds
        self._metadata = {}
        self._pages = {}

    def problems(self, roots, choice, target):
        """What is wrong with `choice` (versions by canonical name) as an answer to `roots`; nothing if it is right."""
        problems, extras, self._unknown = [], {}, False
        open_ = [(Requirement(root), "the request") for root in roots]
        seen = set()
        while open_:
            requirement, asker = open_.pop()
            if requirement.marker and not requirement.marker.evaluate({**target.markers, "extra": ""}):
                if asker == "the request":
                    continue
            name = canonicalize_name(requirement.name)
            version = choice.get(name)
            if version is None:
                problems.append(f"{asker} needs {requirement}, which is not chosen")
                continue
            if not requirement.specifier.contains(version, prereleases=True):
                problems.append(f"{asker} needs {requirement}, chosen is {version}")
            for extra in [""] + [canonicalize_name(extra) for extra in requirement.extras]:
                if (name, extra) in seen:
                    continue
                seen.add((name, extra))
                extras.setdefault(name, set()).add(extra)
                open_ += self._needs(name, version, extra, target, problems)
        for name in [] if self._unknown else sorted(set(choice) - set(extras)):
            problems.append(f"{name} {choice[name]} is chosen, and nothing needs it")
        return problems

    def _needs(self, name, version, extra, target, problems):
        wheel = self._wheel(name, version, target)
        if wheel is None:
            if self.builds and self._has_sdist(name, version):
                self._unknown = True
            elif extra == "":
                problems.append(f"{name} {version} has no wheel for {target}")
            return []
        metadata = self._metadata_of(wheel)
        if metadata is None:
            return []
        if not fits(metadata.get("requires_python"), target):
            problems.append(f"{name} {version} needs Python {metadata['requires_python']}")
        needs = []
        for text in metadata.get("requires_dist", []):
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            marker = requirement.marker
            holds = marker is None or marker.evaluate({**target.markers, "extra": extra})
            if holds:
                needs.append((requirement, f"{name} {version}"))
        return needs

    def page(self, name):
        if name not in self._pages:
            text = self.recording.page(name)
            self._pages[name] = json.loads(text)["files"] if text else []
        return self._pages[name]

    def _has_sdist(self, name, version):
        for file in self.page(name):
            try:
                if parse_sdist_filename(file["filename"])[1] == version:
                    return True
            except (InvalidSdistFilename, InvalidVersion):
                continue
        return False

    def _wheel(self, name, version, target):
        """A wheel of that version that the target can install."""
        for file in self.page(name):
            try:
                _, found, _, tags = parse_wheel_filename(file["filename"])
            except (InvalidWheelFilename, InvalidVersion):
                continue
            if found == version and not tags.isdisjoint(target.tags()) and fits(file.get("requires-python"), target):
                return file
        return None

    def _metadata_of(self, wheel):
        """The core metadata beside the wheel; None where the index has none."""
        address = wheel["url"]
        if address not in self._metadata:
            scheme, _, rest = address.removeprefix(HERE).partition("/")
            status, _, body = self.recording.file(f"{scheme}://{rest}.metadata")
            self._metadata[address] = parse_email(body)[0] if status == 200 else None
        return self._metadata[address]


def fits(requires_python, target):
    """Lower bounds alone decide, as both resolvers have it: an upper bound is a guess about what did not exist yet."""
    if not requires_python:
        return True
    try:
        specifiers = SpecifierSet(requires_python)
    except InvalidSpecifier:
        return True
    return all(
        specifier.contains(Version(target.python), prereleases=True) for specifier in specifiers
        if specifier.operator in (">=", ">"))
