"""What is mounted into a container."""

import os
from pathlib import Path

from .environment import contents
from .quantities import quantity
from .runtimes import Mount

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


class MountError(Exception):
    """Why a volume cannot be had yet, as the event `FailedMount` tells it."""


def mounts(store, pod, container, folder, claims):
    """The mounts of a container. `folder` is the pod's own, `claims` that of persistent volumes."""
    found = []
    by_name = {volume["name"]: volume for volume in pod["spec"].get("volumes") or []}
    for name, volume in by_name.items():
        by_name[name] = _source(store, pod, volume, folder / "volumes" / name, claims)
    for mount in container.get("volumeMounts") or []:
        source, size = by_name[mount["name"]]
        if source is not None and mount.get("subPath"):
            source = source / mount["subPath"]
            source.mkdir(parents=True, exist_ok=True)
        target = mount["mountPath"].rstrip("/") or "/"
        found.append(Mount(target, None if source is None else str(source), bool(mount.get("readOnly")), size))
    return found


def _source(store, pod, volume, own, claims):
    """A folder of this machine, or None and a size for memory."""
    if "emptyDir" in volume:
        limit = volume["emptyDir"].get("sizeLimit")
        if volume["emptyDir"].get("medium") == "Memory":
            return None, int(quantity(limit)) if limit else None
        own.mkdir(parents=True, exist_ok=True)
        own.chmod(0o777)
        return own, None
    if "hostPath" in volume:
        path, type = Path(volume["hostPath"]["path"]), volume["hostPath"].get("type") or ""
        if type == "DirectoryOrCreate":
            path.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            raise MountError(
                f'MountVolume.SetUp failed for volume "{volume["name"]}" : hostPath type check failed: {path} is not a directory')
        return path, None
    if "persistentVolumeClaim" in volume:
        path = claims / pod["metadata"]["namespace"] / volume["persistentVolumeClaim"]["claimName"]
        path.mkdir(parents=True, exist_ok=True)
        return path, None
    for word, plural, key in (("secret", "secrets", "secretName"), ("configMap", "configmaps", "name")):
        if word in volume:
            return _files(store, pod, volume, volume[word], plural, volume[word][key], own), None
    raise MountError(f'MountVolume.SetUp failed for volume "{volume["name"]}" : this stand-in has no volumes of that kind')


def _files(store, pod, volume, wanted, plural, name, own):
    thing = store.find(plural, pod["metadata"]["namespace"], name)
    if thing is None and not wanted.get("optional"):
        raise MountError(f'MountVolume.SetUp failed for volume "{volume["name"]}" : {plural.rstrip("s")} "{name}" not found')
    found = contents(thing) if thing else {}
    if wanted.get("items"):
        missing = [item["key"] for item in wanted["items"] if item["key"] not in found]
        if missing:
            raise MountError(
                f'MountVolume.SetUp failed for volume "{volume["name"]}" : references non-existent secret key: {missing[0]}')
        found = {item["path"]: found[item["key"]] for item in wanted["items"]}
    own.mkdir(parents=True, exist_ok=True)
    for path, content in found.items():
        (own / path).parent.mkdir(parents=True, exist_ok=True)
        (own / path).write_bytes(content)
        (own / path).chmod(wanted.get("defaultMode", 0o644))
    return own


def account_folder(folder, token, authority, namespace):
    """What a pod uses to talk to the API."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("token", token.encode()), ("ca.crt", authority), ("namespace", namespace.encode())):
        (folder / name).write_bytes(text)
    os.chmod(folder / "token", 0o644)
    return Mount(ACCOUNT, str(folder), True)
