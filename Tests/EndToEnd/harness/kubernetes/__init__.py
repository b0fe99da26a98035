"""A Kubernetes on this machine, for tests: the parts of the API that running jobs needs, and pods that really run.

Start at `cluster.py`. `api.py` says what a request does, `server.py` brings it over HTTP, `store.py` keeps the objects and their
history, `jobs.py`, `scheduler.py` and `collector.py` are the controllers, `kubelet.py` and `pod_run.py` make processes of pods.
It is stricter than the real thing in one way: a manifest with unknown fields is refused whatever `fieldValidation` says.
"""

from .cluster import Cluster
from .images import Images
from .scheduler import Node

__all__ = ["Cluster", "Images", "Node"]
