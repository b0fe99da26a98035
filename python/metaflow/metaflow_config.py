"""Settings as module attributes: ``DEFAULT_DATASTORE``, ``SERVICE_URL`` and their kin.

Each is read when it is first asked for, as METAFLOW_NAME from the environment, then from configuration files, else it has
the default below. Settings without a default here (Slurm, Kubernetes, AWS Batch and others) are known too: they are None
unless somebody has set them.
"""

from __future__ import annotations

from . import _extended
from .metaflow_config_funcs import from_conf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_ATTEMPTS = 6

_DEFAULTS: dict[str, Any] = {
    "CARD_NO_WARNING": False,
    "CLIENT_CACHE_MAX_SIZE": 10000,
    "CLIENT_CACHE_PATH": "/tmp/metaflow_client",
    "DATATOOLS_SUFFIX": "data",
    "DEFAULT_DATASTORE": "local",
    "DEFAULT_DECOSPECS": "",
    "DEFAULT_ENVIRONMENT": "local",
    "DEFAULT_EVENT_LOGGER": "nullSidecarLogger",
    "DEFAULT_FROM_DEPLOYMENT_IMPL": "argo-workflows",
    "DEFAULT_METADATA": "local",
    "DEFAULT_MONITOR": "nullSidecarMonitor",
    "DEFAULT_PACKAGE_SUFFIXES": ".py,.R,.RDS",
    "DEFAULT_RUNTIME_LIMIT": 432000,
    "FEAT_ALWAYS_UPLOAD_CODE_PACKAGE": False,
    "INCLUDE_FOREACH_STACK": True,
    "MAXIMUM_FOREACH_VALUE_CHARS": 30,
    "RUNTIME_CARD_RENDER_INTERVAL": 60,
    "S3_RETRY_COUNT": 7,
    "SERVICE_HEADERS": {},
    "SERVICE_RETRY_COUNT": 5,
    "SERVICE_VERSION_CHECK": True,
    "SPIN_ALLOWED_DECORATORS": [
        "conda", "pypi", "conda_base", "pypi_base", "environment", "project", "timeout", "card",
    ],
    "SPIN_DISALLOWED_DECORATORS": ["parallel"],
    "SPIN_PERSIST": False,
    "TEMPDIR": ".",
}  # fmt: skip

#: Settings without a default, by their beginnings.
_KNOWN = tuple(
    "USER DEFAULT_ DATASTORE_ SERVICE_ CLIENT_ CARD_ SPIN_ DEBUG_ FEAT_ KUBERNETES_ BATCH_ SLURM_ ECS_ EVENTS_ ARGO_ SFN_ AIRFLOW_ "
    "AWS_ AZURE_ GCP_ GS_ S3_ DATATOOLS_ CONDA_ UI_URL CONTACT_INFO OTEL_ PROFILE_ CLICK_ KEY_ARTIFACT".split()
)


def __getattr__(name: str) -> Any:
    if name not in _DEFAULTS and not (name.isupper() and name.startswith(_KNOWN)):
        raise AttributeError("module %r has no attribute %r" % (__name__, name))
    value = globals()[name] = from_conf(name, _DEFAULTS.get(name))
    return value


if _extended:
    from ._extensions import add_to as _add_to

    _add_to("config", globals())
