"""S3 servers on this machine, started and ended by the tests.

Moto (PyPI) keeps objects in memory and lets everybody in. `ceph.py` has one that checks signatures.
"""

import ctypes
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def cannot(reason):
    """Skip the test; in continuous integration that is a failure."""
    import pytest

    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


def end_with_parent():
    """In a new process: whatever becomes of the tests, it does not outlive them (Linux)."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    except (AttributeError, OSError):
        pass


class ObjectServer:
    """A server that is there, with what clients need to know of it."""

    region = "us-east-1"

    def __init__(self, url, access_key, secret_key):
        self.url = url
        self.access_key = access_key
        self.secret_key = secret_key

    @property
    def variables(self):
        """The environment of a client."""
        return {
            "AWS_ENDPOINT_URL_S3": self.url, "AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": self.region, "AWS_EC2_METADATA_DISABLED": "true"}

    def boto(self):
        """Amazon's own client, for a second opinion."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3", endpoint_url=self.url, aws_access_key_id=self.access_key, aws_secret_access_key=self.secret_key,
            region_name=self.region, config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}))

    def new_bucket(self):
        name = "test-" + uuid.uuid4().hex[:12]
        self.boto().create_bucket(Bucket=name)
        return name


class Moto(ObjectServer):
    """A process of its own for the server; use it as a context."""

    def __init__(self, python=None):
        super().__init__(f"http://127.0.0.1:{free_port()}", "AKIDTEST", "a-secret-that-must-not-be-told")
        self.python = python
        self.process = None

    def __enter__(self):
        if not self.python and (importlib.util.find_spec("moto") is None or importlib.util.find_spec("flask") is None):
            cannot("there is no moto; `make test` installs it")
        port = self.url.rsplit(":", 1)[1]
        self.process = subprocess.Popen(
            self._command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=end_with_parent)
        self._wait()
        return self

    def _command(self, port):
        return [str(self.python or sys.executable), "-m", "moto.server", "-H", "127.0.0.1", "-p", port]

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _wait(self):
        deadline = time.monotonic() + 60
        while True:
            try:
                return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.url + "/moto-api/", timeout=5).read()
            except OSError:
                assert self.process.poll() is None, "moto ended at once"
                assert time.monotonic() < deadline, "moto does not answer"
                time.sleep(0.05)
