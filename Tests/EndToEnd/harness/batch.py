"""AWS Batch on this machine, started and ended by the tests: see `batch_server.py`."""

import json
import os
import signal
import sys
from pathlib import Path

from .object_servers import Moto


class Batch(Moto):
    """Moto's S3 and Batch with a queue, in a process of its own; use it as a context. Jobs that still run are killed in the end."""

    queue = "tests"

    def __init__(self, folder):
        super().__init__()
        self.folder = Path(folder)

    def __enter__(self):
        super().__enter__()
        return self._set_up()

    def _command(self, port):
        return [sys.executable, str(Path(__file__).with_name("batch_server.py")), port, str(self.folder)]

    def __exit__(self, *_):
        super().__exit__()
        for file in self.folder.glob("jobs/*/*/pid"):
            try:
                os.killpg(int(file.read_text() or 0), signal.SIGKILL)
            except (ProcessLookupError, PermissionError, ValueError):
                pass

    def client(self, service="batch"):
        """Amazon's own client, for a second opinion."""
        import boto3

        return boto3.client(
            service, endpoint_url=self.url, aws_access_key_id=self.access_key, aws_secret_access_key=self.secret_key, region_name=self.region)

    def _set_up(self):
        self.role = self.client("iam").create_role(RoleName="tasks", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        self.new_queue(self.queue)
        return self

    def new_queue(self, name, **resources):
        """A queue with an environment of its own: one that somebody else manages, if nothing is said of its resources."""
        batch = self.client()
        more = {"type": "UNMANAGED"}
        if resources:
            ec2 = self.client("ec2")
            subnet = ec2.describe_subnets()["Subnets"][0]
            group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
            more = {"type": "MANAGED", "computeResources": {
                "maxvCpus": 4, "subnets": [subnet["SubnetId"]], "securityGroupIds": [group], **resources}}
        made = batch.create_compute_environment(computeEnvironmentName=name, state="ENABLED", serviceRole=self.role, **more)
        batch.create_job_queue(
            jobQueueName=name, state="ENABLED", priority=1,
            computeEnvironmentOrder=[{"order": 1, "computeEnvironment": made["computeEnvironmentArn"]}])

    @property
    def settings(self):
        """The environment of an engine that uses this Batch."""
        return {
            **self.variables, "AWS_ENDPOINT_URL_BATCH": self.url, "METAFLOW_BATCH_JOB_QUEUE": self.queue,
            "METAFLOW_ECS_S3_ACCESS_IAM_ROLE": self.role}

    # What was asked, and what came of it.

    def requests(self, operation=None):
        try:
            lines = (self.folder / "requests.jsonl").read_text().splitlines()
        except FileNotFoundError:
            return []
        entries = [json.loads(line) for line in lines]
        return [entry["body"] if operation else entry for entry in entries if operation in (None, entry["operation"])]

    def said(self, job, node=0):
        return (self.folder / "jobs" / job / str(node) / "said").read_text()
