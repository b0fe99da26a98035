"""Bringing a pod's image to its node, or saying again and again why that cannot be done."""

from .events import tell
from .images import REFERENCE


def pull(run):
    """The image of a `PodRun`, once it can be had; that may be never."""
    reference, policy, images = run.container["image"], run.container["imagePullPolicy"], run.kubelet.images
    while True:
        image = images.find(reference)
        if not REFERENCE.match(reference):
            run.wait_because("InvalidImageName", (
                f'Failed to apply default image tag "{reference}": couldn\'t parse image name "{reference}": invalid reference format'))
        elif policy == "Never" and reference not in images.pulled:
            run.wait_because("ErrImageNeverPull", f'Container image "{reference}" is not present with pull policy of Never')
        elif image is None or reference in images.private and not _has_pull_secret(run):
            _tell_failure(run, reference, "not found" if image is None else (
                "pull access denied, repository does not exist or may require authorization"))
        else:
            images.pulled.append(reference)
            return image
        run.pause(run.kubelet.retry_every)


def _tell_failure(run, reference, why):
    message = f'failed to pull and unpack image "{reference}": failed to resolve reference "{reference}": {reference}: {why}'
    run.wait_because("ErrImagePull", message)
    tell(run.store, "pods", run.pod, "Failed", f'Failed to pull image "{reference}": {message}', "Warning")
    run.pause(run.kubelet.retry_every)
    run.wait_because("ImagePullBackOff", f'Back-off pulling image "{reference}": ErrImagePull: {message}')
    tell(run.store, "pods", run.pod, "BackOff", f'Back-off pulling image "{reference}"')


def _has_pull_secret(run):
    names = [each["name"] for each in run.spec.get("imagePullSecrets") or []]
    found = [run.store.find("secrets", run.meta["namespace"], name) for name in names]
    return any(each and each["type"] == "kubernetes.io/dockerconfigjson" for each in found)
