"""Moto (PyPI) as S3 and AWS Batch, whose jobs run as processes of this machine instead of containers. A program of its own:

    python batch_server.py PORT FOLDER

In FOLDER: `requests.jsonl`, what Batch was asked; `jobs/ID/`, the home of a job with what it printed (`said`) and its process (`pid`).
Jobs get credentials as on AWS: from a service beside them.
"""

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime

from moto.batch import models, responses
from moto.server import main

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]
SLOTS = threading.BoundedSemaphore(3)
ASKED = threading.Lock()


class Credentials(http.server.BaseHTTPRequestHandler):
    """Lends keys to jobs."""

    def do_GET(self):
        keys = {
            "AccessKeyId": "AKIDOFTHEJOB", "SecretAccessKey": "lent-to-the-job", "Token": "a-token",
            "Expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))}
        body = json.dumps(keys).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def record(name, body):
    with ASKED, open(os.path.join(FOLDER, "requests.jsonl"), "a") as file:
        file.write(json.dumps({"operation": name, "body": body}) + "\n")


def dispatched(self, *arguments):
    name = responses.BatchResponse._named_action(self)
    record(name, json.loads(self.body or "{}"))
    return name


def submitted(self):
    """Moto forgets what it is told of nodes."""
    answer = responses.BatchResponse._submitjob(self)
    job = self.batch_backend.get_job_by_id(json.loads(answer)["jobId"])
    job.node_overrides = self._get_param("nodeOverrides")
    return answer


def environment(overrides):
    return {pair["name"]: pair["value"] for pair in overrides.get("environment", [])}


def commands(job):
    """The command and the variables of each container."""
    properties = job.job_definition.node_properties
    if properties is None:
        yield job.job_definition.container_properties["command"], environment(job.container_overrides)
        return
    count = properties["numNodes"]
    # What was said of nodes comes a moment after the job.
    while not hasattr(job, "node_overrides"):
        time.sleep(0.01)
    given = environment(job.node_overrides["nodePropertyOverrides"][0]["containerOverrides"])
    for index in range(count):
        variables = dict(given, AWS_BATCH_JOB_NODE_INDEX=str(index), AWS_BATCH_JOB_NUM_NODES=str(count))
        if index:
            variables["AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"] = "127.0.0.1"
        yield properties["nodeRangeProperties"][0]["container"]["command"], variables


def start(job, number, command, variables):
    home = os.path.join(FOLDER, "jobs", job.job_id, str(number))
    os.makedirs(home)
    own = {
        "PATH": os.path.join(FOLDER, "bin") + ":/usr/local/bin:/usr/bin:/bin", "HOME": home, "TMPDIR": os.path.join(FOLDER, "scratch"),
        "AWS_BATCH_JOB_ID": job.job_id, "AWS_EC2_METADATA_DISABLED": "true", "no_proxy": "127.0.0.1",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:%d/keys" % CREDENTIALS.server_port}
    with open(os.path.join(home, "said"), "wb") as said:
        process = subprocess.Popen(
            command, env={**own, **variables}, cwd=home, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
    with open(os.path.join(home, "pid"), "w") as file:
        file.write(str(process.pid))
    return process


def end(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run(job):
    while not SLOTS.acquire(timeout=0.1):
        if job.stop:
            return job._mark_stopped(success=False)
    try:
        job.job_started_at = datetime.now()
        job._start_attempt()
        job.status = "RUNNING"
        processes = [start(job, number, *container) for number, container in enumerate(commands(job))]
        # The first one is the main node: the others end with it.
        while processes[0].poll() is None and not job.stop:
            time.sleep(0.02)
        for process in processes:
            end(process)
            process.wait()
        code = processes[0].returncode
        job.exit_code = code if code >= 0 else 128 - code
        job.latest_attempt["container"]["exitCode"] = job.exit_code
        if job.exit_code and not job.stop:
            job.job_stopped_reason = "Essential container in task exited"
        job._mark_stopped(success=job.exit_code == 0 and not job.stop)
    except Exception as error:
        job.job_stopped_reason = "CannotStartContainerError: %s" % error
        job._mark_stopped(success=False)
    finally:
        SLOTS.release()


responses.BatchResponse._named_action = responses.BatchResponse._get_action
responses.BatchResponse._get_action = dispatched
responses.BatchResponse._submitjob = responses.BatchResponse.submitjob
responses.BatchResponse.submitjob = submitted
models.Job.run = run

os.makedirs(os.path.join(FOLDER, "scratch"), exist_ok=True)
# The Python of the image is the one that the tests run with, without what is installed for them.
os.makedirs(os.path.join(FOLDER, "bin"), exist_ok=True)
os.symlink(os.path.realpath(sys.executable), os.path.join(FOLDER, "bin", "python3"))
CREDENTIALS = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Credentials)
threading.Thread(target=CREDENTIALS.serve_forever, daemon=True).start()
main(["-H", "127.0.0.1", "-p", str(PORT)])
