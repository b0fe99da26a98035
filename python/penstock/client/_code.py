"""The code package of a run."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import tarfile
    import tempfile

    from typing import Any

    from ._connection import Engine

#: Where the archive keeps what is not the person's.
_OWN = (".mf_code", ".mf_meta", ".mf_install")


class MetaflowCode:
    """The files that a run was made of."""

    def __init__(self, engine: Engine, run: list[str], answer: dict[str, Any]) -> None:
        self._engine = engine
        self._run = run
        self._answer = answer
        self._archive: bytes | None = None

    @classmethod
    def of(cls, engine: Engine, run: list[str]) -> MetaflowCode | None:
        """The code of a run, or None when none was kept."""
        frame = engine.ask(type="code", path=run)
        return None if frame.type == "missing" else cls(engine, run, frame.header)

    @property
    def path(self) -> str:
        """Where the archive is: the SHA-256 of its bytes; the file, where Metaflow has stored it."""
        found: str = self._answer.get("location") or self._answer["digest"]
        return found

    @property
    def script_name(self) -> str:
        """The flow's file."""
        return os.path.basename(self._answer["script"])

    @property
    def info(self) -> dict[str, Any]:
        """What was noted about the package when it was made: in the archive, and beside it (machine, person, commit)."""
        from .._wire import loads

        text = self._member(".mf_meta/INFO")
        inside = loads(text.decode("utf-8")) if text is not None else None
        beside = loads(self._answer.get("metadata") or "{}")
        found: dict[str, Any] = {}
        for facts in inside, beside.get("info") if isinstance(beside, dict) else None:
            if isinstance(facts, dict):
                found.update(facts)
        return found

    @property
    def flowspec(self) -> bytes | None:
        """The source of the flow's file."""
        return self._member(self.script_name)

    @property
    def tarball(self) -> tarfile.TarFile:
        """The archive, opened."""
        import io
        import tarfile

        if self._archive is None:
            frame = self._engine.ask(type="blob", digest=self._answer["digest"], path=self._run)
            descriptors, frame.descriptors = list(frame.descriptors), ()
            if descriptors:
                with os.fdopen(descriptors[0], "rb") as file:
                    self._archive = file.read()
            else:
                self._archive = frame.payload
        return tarfile.open(fileobj=io.BytesIO(self._archive), mode="r:*")

    def extract(self) -> tempfile.TemporaryDirectory[str]:
        """The person's files in a new temporary folder, which goes away with the object that is given back."""
        import tempfile

        folder = tempfile.TemporaryDirectory()
        with self.tarball as archive:
            members = [each for each in archive.getmembers() if _is_extracted(each)]
            safely = {"filter": "data"} if hasattr(__import__("tarfile"), "data_filter") else {}
            archive.extractall(folder.name, members, **safely)  # type: ignore[arg-type]
        return folder

    def _member(self, name: str) -> bytes | None:
        with self.tarball as archive:
            try:
                file = archive.extractfile(name)
            except KeyError:
                return None
            return None if file is None else file.read()

    def __repr__(self) -> str:
        return "<MetaflowCode: %s>" % self.script_name

    __str__ = __repr__


def _is_extracted(member: tarfile.TarInfo) -> bool:
    """The person's plain files and folders below the archive's root."""
    parts = member.name.split("/")
    return (member.isfile() or member.isdir()) and parts[0] not in (*_OWN, "") and ".." not in parts
