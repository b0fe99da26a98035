"""A project whose runs use the stand-in: a bucket as datastore, images of this machine's Python, a volume that pods and tests share."""

from . import images as made
from .cluster import Cluster
from .images import Images
from .plain import Plain
from .scheduler import Node

#: A module that the image's Python has and nothing else.
ONLY_IN_IMAGE = {"only_in_image.py": "WHERE = 'image'\n"}


def images_for(tools):
    """`python:3.X`, which is the default one, `team/other:1` with the same, and `team/bare:1`, which has no Python."""
    images = Images()
    python = made.with_python(tools.python, tools.engine.resolve(), modules=ONLY_IN_IMAGE)
    series = python.name[len("python"):]
    for reference in (f"python:{series}", "team/other:1", "team/steps:1"):
        images.add(reference, python)
    images.add("team/bare:1", made.with_libraries(tools.engine.resolve()))
    images.add("team/tiny:1", made.busybox())
    return images


class Frame:
    """The cluster and the project together."""

    def __init__(self, project, cluster, moto):
        self.project = project
        self.cluster = cluster
        self.api = Plain(cluster)
        self.moto = moto
        self.bucket = moto.new_bucket()
        #: Mounted as the claim `shared`.
        self.shared = cluster.kubelet.claims / "default" / "shared"
        self.shared.mkdir(parents=True)
        project.variables.update(moto.variables)
        project.variables.update(
            METAFLOW_DEFAULT_DATASTORE="s3", METAFLOW_DATASTORE_SYSROOT_S3=f"s3://{self.bucket}/runs", KUBECONFIG=cluster.kubeconfig,
            PENSTOCK_CLUSTER_SETTLING="2", PENSTOCK_NODE_CACHE="/shared/cache", METAFLOW_KUBERNETES_CPU="0.1", METAFLOW_KUBERNETES_MEMORY="512")
        wanted = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}
        claim = {"metadata": {"name": "shared"}, "spec": wanted}
        assert self.api.ask("POST", "/api/v1/namespaces/default/persistentvolumeclaims", claim).code == 201

    def jobs(self):
        """What is left in the cluster: jobs, pods, secrets."""
        return [thing["metadata"]["name"] for plural in ("jobs", "pods", "secrets") for thing in self.cluster.store.all(plural)]

    def submitted(self, plural="jobs"):
        """All objects of a kind that there ever were, as they were made."""
        return [change.object for change in self.cluster.store.since(self.cluster.store.compacted)
                if change.plural == plural and change.type == "ADDED"]

    def objects(self, prefix=""):
        pages = self.moto.boto().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix="runs/" + prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def content(self):
        """Every byte of the datastore, with the names of the objects."""
        boto = self.moto.boto()
        return b"".join(key.encode() + boto.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in self.objects())


def large_cluster(folder, images):
    """Room for many tasks at once."""
    return Cluster(folder, nodes=(Node("node-a", cpu="64", memory="256Gi"), Node("node-b", cpu="64", memory="256Gi")), images=images)
