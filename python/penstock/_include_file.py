"""``IncludeFile``: a file that becomes part of the run."""

from __future__ import annotations

import os
import sys

from ._parameters import Parameter
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class UnreadableIncludedFile(MetaflowException):
    """The command line names a file that cannot be read."""

    headline = "Included file cannot be read"
    usage = True


class IncludeFile(Parameter):
    """A parameter whose value is a path; steps read what is in the file, as it was when the run began.

    The content is text, decoded with ``encoding``, or bytes where ``is_text`` is False. ``parser`` makes something else of
    it: a function of the content, or the dotted name of one. ``default`` is a path, or a function of a context that gives
    one. Without a path the value is None.
    """

    def __init__(
        self,
        name: str,
        required: bool | None = None,
        is_text: bool | None = None,
        encoding: str | None = None,
        help: str | None = None,
        parser: Any = None,
        **extra: Any,
    ) -> None:
        for field, value in (("is_text", is_text), ("encoding", encoding)):
            if value is not None:
                extra[field] = value
        self.parser = parser
        super().__init__(name, required=required, help=help, **extra)
        self.line = sys._getframe(1).f_lineno

    def _settle(self, fields: dict[str, Any]) -> None:
        fields = dict(fields)
        is_text = fields.pop("is_text", None)
        self.is_text = True if is_text is None else bool(is_text)
        self.encoding = fields.pop("encoding", None) or "utf-8"
        fields.pop("type", None)
        super()._settle(fields)

    @property
    def kind(self) -> str:
        return "file"

    def _check(self) -> None:
        super()._check()
        if self.default is not None and not isinstance(self.default, (str, os.PathLike)) and not callable(self.default):
            raise MetaflowException(
                "IncludeFile '%s': its default is a path or a function that gives one, not %r."
                % (self.name, self.default)
            )

    def __get__(self, flow: Any, owner: type | None = None) -> Any:
        state = None if flow is None else flow.__dict__.get("_penstock")
        if state is None:
            return self
        value = state.constant(self.attribute, self)
        if not isinstance(value, IncludedFile):
            return value
        return state.keep_constant(self.attribute, self._parsed(value.decode(self.name, "Parameter")))

    def _parsed(self, content: Any) -> Any:
        if self.parser is None:
            return content
        from ._parsers import named_function

        try:
            return named_function(self.parser)(content)
        except Exception as error:
            raise MetaflowException(
                "The parser of IncludeFile '%s' fails: %s: %s" % (self.name, type(error).__name__, error)
            ) from error

    def include(self, path: Any) -> IncludedFile:
        """The content of a file. Raises UnreadableIncludedFile."""
        text = os.path.expanduser(os.fspath(path))
        if "://" in text[1:]:
            raise UnreadableIncludedFile(
                "IncludeFile '%s' takes the path of a local file, not the address %s." % (self.name, text)
            )
        try:
            with open(text, "rb") as stream:
                content = stream.read()
        except (OSError, ValueError) as error:
            raise UnreadableIncludedFile(
                "IncludeFile '%s' cannot read %s: %s" % (self.name, text, getattr(error, "strerror", None) or error)
            ) from None
        return IncludedFile.of(text, content, self.is_text, self.encoding)

    def __repr__(self) -> str:
        return "<IncludeFile %s>" % self.name


class IncludedFile:
    """The artifact of an included file. Whoever reads it through a step, the client or ``dump`` gets the content.

    ``descriptor`` says how the content is to be read. The content itself travels with it.
    """

    def __init__(self, descriptor: dict[str, Any], content: bytes | None = None) -> None:
        self._descriptor = descriptor
        self._content = content

    @classmethod
    def of(cls, path: str, content: bytes, is_text: bool, encoding: str) -> IncludedFile:
        from hashlib import sha256

        return cls(
            {
                "type": "uploader-v2",
                "sub-type": "uploaded",
                "url": "sha256:%s" % sha256(content).hexdigest(),
                "name": os.path.basename(path),
                "size": len(content),
                "is_text": is_text,
                "encoding": encoding,
            },
            content,
        )

    @property
    def descriptor(self) -> dict[str, Any]:
        return self._descriptor

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return int(self._descriptor["size"] if self._content is None else len(self._content))

    def decode(self, name: str, var_type: str = "Artifact") -> Any:
        """The content, a text or bytes. Raises MetaflowException when the bytes are no such text."""
        content = self._stored() if self._content is None else self._content
        if not self._descriptor.get("is_text", True):
            return content
        encoding = self._descriptor.get("encoding") or "utf-8"
        try:
            text = content.decode(encoding)
        except (UnicodeError, LookupError) as error:
            raise MetaflowException(
                "%s '%s': the included file is no text in %s: %s" % (var_type, name, encoding, error)
            ) from None
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def _stored(self) -> bytes:
        """The content of a file that Metaflow stored on this machine, compressed, beside the descriptor."""
        url = str(self._descriptor.get("url", ""))
        scheme, mark, path = url.partition("://")
        if not mark or scheme not in ("local", "file"):
            raise MetaflowException("The included file at %r cannot be read from here." % url)
        import gzip

        with open(path, "rb") as stream:
            raw = stream.read()
        return gzip.decompress(raw) if self._descriptor.get("type") != "external" else raw

    def _penstock_read(self, name: str) -> Any:
        """What a reader of the artifact gets."""
        return self.decode(name)

    def __reduce__(self) -> Any:
        return (IncludedFile, (self._descriptor, self._content))

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Takes what Metaflow pickled: a descriptor and nothing else."""
        self._content = None
        self._descriptor = state["_descriptor"]

    def __repr__(self) -> str:
        return "<IncludedFile %s, %d bytes>" % (self._descriptor.get("name", self._descriptor.get("url")), self.size)
