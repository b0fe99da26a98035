"""``Image``: pictures from bytes, PIL images and Matplotlib figures."""

from __future__ import annotations

from ._base import UserComponent
from ._elements import ErrorComponent, ImageComponent
from ._values import full_name, image_source, saved_picture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ACCEPTED = "bytes of a PNG, JPEG, GIF or WebP picture, a text data:image/..., a PIL image or a Matplotlib figure"


class _NoPicture(Exception):
    """Why there is no picture."""


class Image(UserComponent):
    """A picture, which becomes part of the page.

    ``src`` is the bytes of a PNG, JPEG, GIF or WebP file, or a ``data:image/...`` text. ``label`` stands below it.
    ``update`` works when ``disable_updates`` is False.
    """

    REALTIME_UPDATABLE = True

    def __init__(self, src: Any = None, label: str | None = None, disable_updates: bool = True) -> None:
        if disable_updates:
            self.REALTIME_UPDATABLE = False
        self._set(src, label, _given)

    @classmethod
    def from_pil_image(cls, pilimage: Any, label: str | None = None, disable_updates: bool = False) -> Image:
        """A picture of a PIL image."""
        made = cls(_NOTHING_YET, label, disable_updates)
        made._set(pilimage, label, _from_pil)
        return made

    @classmethod
    def from_matplotlib(cls, plot: Any, label: str | None = None, disable_updates: bool = False) -> Image:
        """A picture of a Matplotlib figure, or of the figure that axes belong to. The figure is closed."""
        made = cls(_NOTHING_YET, label, disable_updates)
        made._set(plot, label, _from_matplotlib)
        return made

    def update(self, image: Any, label: str | None = None) -> None:
        """Shows another picture, of any kind that the class can be made of."""
        if not self.REALTIME_UPDATABLE:
            self._warn("This Image cannot be updated; make it with disable_updates=False.")
            return
        self._set(image, self._label if label is None else label, _any)

    def _set(self, source: Any, label: str | None, read: Any) -> None:
        self._label = label
        self._src: str | None = None
        self._error: str | None = None
        try:
            self._src = read(source)
        except _NoPicture as error:
            self._error = str(error)
        except Exception as error:
            self._error = "%s: %s" % (type(error).__name__, error)

    def _plain(self) -> dict[str, Any]:
        if self._src is None:
            headline = "This image cannot be shown"
            return ErrorComponent(headline, self._error or "").render()
        block = ImageComponent(src=self._src, label=self._label)
        block.component_id = self.component_id  # type: ignore[assignment]
        return block.render()


_NOTHING_YET = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


def _given(source: Any) -> str:
    if isinstance(source, str):
        if source.startswith("data:image/"):
            return source
        raise _NoPicture("A text has to begin with data:image/; this one begins with %r." % source[:40])
    if not isinstance(source, (bytes, bytearray)):
        raise _NoPicture("It is of the type %s. An image is made of %s." % (full_name(source), _ACCEPTED))
    found = image_source(source)
    if found is None:
        raise _NoPicture("These bytes are no PNG, JPEG, GIF or WebP picture.")
    return found


def _from_pil(source: Any) -> str:
    if not full_name(source).startswith("PIL.") or not hasattr(source, "save"):
        raise _NoPicture("from_pil_image takes a PIL image, not an object of the type %s." % full_name(source))
    if source.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"):
        source = source.convert("RGB")
    return _found(saved_picture(lambda file: source.save(file, format="PNG")))


def _from_matplotlib(source: Any) -> str:
    figure = source
    if not hasattr(figure, "savefig"):
        find = getattr(source, "get_figure", None)
        figure = None if find is None else find()
    if figure is None:
        raise _NoPicture("from_matplotlib takes a figure or axes, not an object of the type %s." % full_name(source))
    found = _found(saved_picture(lambda file: figure.savefig(file, format="png")))
    import sys

    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and full_name(figure) == "matplotlib.figure.Figure":
        pyplot.close(figure)
    return found


def _any(source: Any) -> str:
    name = full_name(source)
    if name.startswith("PIL."):
        return _from_pil(source)
    if hasattr(source, "savefig") or hasattr(source, "get_figure"):
        return _from_matplotlib(source)
    return _given(source)


def _found(source: str | None) -> str:
    if source is None:
        raise _NoPicture("It could not be saved as a PNG picture.")
    return source
