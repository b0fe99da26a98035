"""Where the objects of an ``S3`` are, and with whose rights."""

from __future__ import annotations

from .._configuration import setting
from ._errors import MetaflowS3URLException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def root_of(run: Any, bucket: str | None, prefix: str | None, s3root: Any) -> str | None:
    """What the names of objects are put behind; None where they are given in full."""
    if run:
        return _root_of_run(run, bucket, prefix)
    if not s3root:
        return None
    root = as_text(s3root)
    if not root.startswith("s3://"):
        raise MetaflowS3URLException("s3root needs to be an S3 URL prefixed with s3://.")
    return root.rstrip("/")


def data_root() -> str | None:
    """The place for the data of runs: what ``METAFLOW_DATATOOLS_S3ROOT`` says, else a folder of the datastore in S3."""
    named = setting("DATATOOLS_S3ROOT")
    if named:
        return str(named)
    store = setting("DATASTORE_SYSROOT_S3")
    return "%s/%s" % (str(store).rstrip("/"), setting("DATATOOLS_SUFFIX") or "data") if store else None


def _root_of_run(run: Any, bucket: str | None, prefix: str | None) -> str:
    from .._current import current
    from .._flowspec import FlowSpec

    root = data_root()
    if root is None:
        raise MetaflowS3URLException(
            "S3(run=...) needs a place for data: set METAFLOW_DATATOOLS_S3ROOT or METAFLOW_DATASTORE_SYSROOT_S3."
        )
    own_bucket, _, own_prefix = root.split("://", 1)[-1].partition("/")
    if isinstance(run, FlowSpec):
        if not current.is_running_flow:
            raise MetaflowS3URLException("Initializing S3 with a FlowSpec outside of a running flow is not supported.")
        parts = [current.flow_name, current.run_id]
    else:
        parts = [run.parent.id, run.id]
    parts.insert(0, (prefix or own_prefix).strip("/"))
    return "s3://%s/%s" % (bucket or own_bucket, "/".join(part for part in parts if part))


def address(root: str | None, key: Any) -> str:
    """The address of an object by what a person calls it."""
    name = getattr(key, "key", key)
    name = None if name is None else as_text(name)
    if root is not None:
        if not name:
            return root
        if name.startswith("s3://"):
            raise MetaflowS3URLException(
                "Don't use absolute S3 URLs when the S3 client is initialized with a prefix. URL: %s" % name
            )
        return "%s/%s" % (root, name.lstrip("/"))
    if name and name.startswith("s3://") and name[5:].strip("/"):
        return name
    from .._current import current

    if current.is_running_flow:
        raise MetaflowS3URLException(
            "Specify S3(run=self) when you use S3 inside a running flow. Otherwise you have to use S3 with full s3:// urls."
        )
    raise MetaflowS3URLException("Initialize S3 with an 's3root' or 'run' if you don't want to specify full s3:// urls.")


def as_text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


#: Arguments of a session of Amazon's library, as variables.
_SESSION = {
    "aws_access_key_id": "AWS_ACCESS_KEY_ID",
    "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
    "aws_session_token": "AWS_SESSION_TOKEN",
    "region_name": "AWS_REGION",
    "profile_name": "AWS_PROFILE",
}


def variables(role: str | None, session: dict[str, Any] | None, client: dict[str, Any] | None) -> dict[str, str]:
    """What the engine has to know beyond the environment."""
    found: dict[str, str] = {}
    for name, value in (session or {}).items():
        if name not in _SESSION:
            known = ", ".join(_SESSION)
            raise MetaflowS3URLException("S3 does not know the session variable '%s'; there are %s." % (name, known))
        if value is not None:
            found[_SESSION[name]] = str(value)
    for name, value in (client or {}).items():
        if name == "endpoint_url":
            found["METAFLOW_S3_ENDPOINT_URL"] = str(value)
        elif name == "verify":
            found["METAFLOW_S3_VERIFY_CERTIFICATE"] = str(value).lower() if isinstance(value, bool) else str(value)
        else:
            raise MetaflowS3URLException(
                "S3 does not know the client parameter '%s'; there are endpoint_url, verify." % name
            )
    if role:
        found["PENSTOCK_S3_ROLE"] = role
    return found
