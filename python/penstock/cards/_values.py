"""Values as cards show them: short texts, pictures and tables of whatever a step has stored."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Characters of a value's text.
TEXT_LIMIT = 2000
#: Values of more bytes are not loaded to be shown.
MAX_ARTIFACT_SIZE = 256 << 20
#: Other names of a class that has moved between versions of its package.
_ALIASES = {"pandas.DataFrame": "pandas.core.frame.DataFrame"}
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\xff\xd8\xff", "jpeg"),
)


def full_name(value: Any) -> str:
    """``float``, or ``pandas.core.frame.DataFrame``."""
    cls = type(value)
    name = cls.__qualname__ if cls.__module__ in (None, "builtins") else "%s.%s" % (cls.__module__, cls.__qualname__)
    return _ALIASES.get(name, name)


def short_text(value: Any) -> str:
    """A text of at most some lines for any value; long ones are cut inside. Never raises."""
    try:
        text = _abbreviated(value)
        if "..." not in text and len(text) > 60 and isinstance(value, (dict, list, tuple, set, frozenset)):
            from pprint import pformat

            text = pformat(value, indent=2, width=60, compact=True)
    except Exception as error:
        text = "<no text: its repr raises %s>" % type(error).__name__
    return clipped(text)


def clipped(text: str, limit: int = TEXT_LIMIT) -> str:
    """The text, or its beginning and the number of characters that are left out."""
    if len(text) <= limit:
        return text
    return "%s\n… %d more characters" % (text[:limit], len(text) - limit)


def _abbreviated(value: Any) -> str:
    from reprlib import Repr

    short = Repr()
    short.maxlevel = 3
    short.maxlist = short.maxtuple = short.maxset = short.maxfrozenset = short.maxdeque = short.maxarray = 100
    short.maxdict = 100
    short.maxstring = 400
    short.maxother = TEXT_LIMIT
    short.maxlong = 200
    return short.repr(value)


def image_source(data: Any) -> str | None:
    """A ``data:`` address of a PNG, JPEG, GIF or WebP picture that is given by its bytes; None for other bytes."""
    if not isinstance(data, (bytes, bytearray)):
        return None
    head = bytes(data[:16])
    kind = next((name for magic, name in _MAGIC if head.startswith(magic)), None)
    if kind is None and head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        kind = "webp"
    if kind is None:
        return None
    from binascii import b2a_base64

    return "data:image/%s;base64,%s" % (kind, b2a_base64(bytes(data), newline=False).decode("ascii"))


def picture_of(value: Any) -> str | None:
    """A ``data:`` address for bytes of a picture, a PIL image or a Matplotlib figure; None for anything else."""
    if isinstance(value, (bytes, bytearray)):
        return image_source(value)
    name = full_name(value)
    if name.startswith("PIL.") and hasattr(value, "save"):
        return saved_picture(lambda file: value.save(file, format="PNG"))
    if name == "matplotlib.figure.Figure":
        return saved_picture(lambda file: value.savefig(file, format="png", bbox_inches="tight"))
    return None


def saved_picture(save: Any) -> str | None:
    """A ``data:`` address of what a function writes into a file as PNG."""
    from io import BytesIO

    file = BytesIO()
    save(file)
    return image_source(file.getvalue())


class Shown:
    """Turns values into what an ``artifacts`` block holds.

    ``only_repr`` shows every value by its text; otherwise simple ones stay numbers, texts, lists and dictionaries.
    """

    def __init__(self, only_repr: bool = True, limit: int = MAX_ARTIFACT_SIZE) -> None:
        self._only_repr = only_repr
        self.limit = limit

    def dictionary(self, value: Any, name: str | None = None) -> dict[str, Any]:
        """``name``, ``type`` and ``data`` of a value."""
        plain, native = (short_text(value), False) if self._only_repr else _native(value, 0)
        return {
            "name": name,
            "type": full_name(value),
            "data": plain,
            "supported_type": native,
            "large_object": False,
            "only_repr": self._only_repr,
        }

    def unloaded(self, name: str, type_name: str, reason: str) -> dict[str, Any]:
        """What stands for a value that is not there."""
        return {
            "name": name,
            "type": type_name,
            "data": "<%s>" % reason,
            "supported_type": False,
            "large_object": True,
            "only_repr": self._only_repr,
        }


def _native(value: Any, depth: int) -> tuple[Any, bool]:
    """A value as JSON data, and whether it could be."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return _plain_scalar(value), True
    if depth < 8:
        if isinstance(value, (list, tuple, set, frozenset)):
            return [_native(each, depth + 1)[0] for each in value], True
        if isinstance(value, dict):
            return {str(key): _native(each, depth + 1)[0] for key, each in value.items()}, True
    name = full_name(value)
    if name == "numpy.ndarray":
        return (value.tolist(), True) if value.size <= 10_000 and value.dtype.kind in "bif" else (short_text(value), False)
    if name == "datetime.datetime":
        return value.isoformat(" "), True
    if name == "decimal.Decimal":
        return float(value), True
    if is_frame(value):
        return frame_table(value), True
    return image_source(value) or short_text(value), False


def _plain_scalar(value: Any) -> Any:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return value if type(value) is kind else kind(value)
    return value


# Data frames


def is_frame(value: Any) -> bool:
    """Whether a value is a data frame of Pandas or Polars."""
    return full_name(value) in ("pandas.core.frame.DataFrame", "polars.dataframe.frame.DataFrame")


def frame_table(frame: Any, truncate: bool = True, rows: int = 5) -> dict[str, Any]:
    """``headers``, ``data``, ``full_size`` (rows, columns) and ``truncated`` of a data frame."""
    shown = frame.head(rows) if truncate else frame
    size = (int(frame.shape[0]), int(frame.shape[1]))
    headers = [_header(name) for name in frame.columns]
    if hasattr(shown, "itertuples"):
        headers = [""] + headers
        data = [[_cell(each) for each in row] for row in shown.itertuples(index=True, name=None)]
    else:
        data = [[_cell(each) for each in row] for row in shown.rows()]
    return {"headers": headers, "data": data, "full_size": size, "truncated": size[0] > len(data)}


def _header(name: Any) -> str:
    return ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _cell(value: Any) -> Any:
    """A cell as a number, a truth value or a text of at most some 30 characters; ``null`` for what is missing."""
    if isinstance(value, tuple):
        return ", ".join(str(_cell(each)) for each in value)
    if value is None:
        return "null"
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        try:
            value = value.item()
        except (TypeError, ValueError):
            pass
    if isinstance(value, (bool, int)):
        return _plain_scalar(value)
    if isinstance(value, float):
        return "null" if value != value else float(value)
    if str(value) in ("NaT", "<NA>", "nan"):
        return "null"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "total_seconds"):
        return value.total_seconds()
    text = str(value)
    return text if len(text) <= 30 else text[:30] + "..."


class TaskToDict:
    """Shows values, under the name and with the methods that existing card types use."""

    def __init__(self, only_repr: bool = False, runtime: bool = False, max_artifact_size: int | None = None) -> None:
        self._shown = Shown(only_repr, MAX_ARTIFACT_SIZE if max_artifact_size is None else max_artifact_size)

    def object_type(self, object: Any) -> str:
        return full_name(object)

    def parse_image(self, data_object: Any) -> str | None:
        return image_source(data_object)

    def infer_object(self, artifact_object: Any) -> dict[str, Any]:
        return self._shown.dictionary(artifact_object)

    def __call__(self, task: Any, graph: Any = None) -> dict[str, Any]:
        """The task's artifacts as ``data``, those that are pictures and data frames also as ``images`` and ``tables``."""
        made: dict[str, Any] = {"pathspec": task.pathspec, "graph": graph, "data": {}, "images": {}, "tables": {}}
        for artifact in task:
            try:
                value = artifact.data
            except Exception as error:
                made["data"][artifact.id] = self._shown.unloaded(artifact.id, "unknown", "cannot be loaded: %s" % error)
                continue
            made["data"][artifact.id] = self._shown.dictionary(value, artifact.id)
            picture = image_source(value)
            if picture is not None:
                made["images"][artifact.id] = picture
            elif is_frame(value):
                made["tables"][artifact.id] = frame_table(value)
        return made
