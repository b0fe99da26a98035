"""Ceph's S3 gateway on this machine, for the length of some tests: it checks signatures, as Amazon does.

One monitor, one store that keeps everything in memory, and the gateway, from the packages of the distribution. All of it
lies in one folder and ends with the context.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid

from .object_servers import ObjectServer, cannot, end_with_parent, free_port

#: What has to be installed (Debian: ceph-mon ceph-osd radosgw).
PROGRAMS = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "monmaptool")

CONFIGURATION = """
[global]
fsid = {fsid}
mon_initial_members = a
mon_host = v2:127.0.0.1:{port}/0
public_addr = 127.0.0.1
ms_bind_msgr1 = false
ms_mon_client_mode = crc
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
auth_allow_insecure_global_id_reclaim = false
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_data_avail_crit = 1
mon_data_avail_warn = 2
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
osd_crush_update_on_start = false
osd_objectstore = memstore
memstore_device_bytes = {memory}
osd_scrub_begin_hour = 0
rgw_enable_usage_log = false
rgw_enable_ops_log = false
rgw_gc_obj_min_wait = 1
rgw_gc_processor_period = 2
rgw_gc_processor_max_time = 2
rgw_override_bucket_index_max_shards = 1
rgw_thread_pool_size = 64
rgw_dns_name = localhost
log_to_file = true
log_file = {folder}/log-$name
mon_cluster_log_file = {folder}/log-cluster
admin_socket = {folder}/$name.asok
run_dir = {folder}
pid_file =
mon_data = {folder}/mon
osd_data = {folder}/osd
rgw_data = {folder}/rgw
keyring = {folder}/keyring
plugin_dir =
erasure_code_dir = /usr/lib/{triple}/ceph/erasure-code
osd_class_dir = /usr/lib/{triple}/rados-classes
"""


class Ceph(ObjectServer):
    """The three processes; use it as a context."""

    def __init__(self, memory=4 << 30):
        self.gateway_port = free_port()
        super().__init__(f"http://127.0.0.1:{self.gateway_port}", "CEPHTEST", uuid.uuid4().hex)
        self.memory = memory
        self.processes = []

    @staticmethod
    def missing():
        return [name for name in PROGRAMS if shutil.which(name) is None]

    def __enter__(self):
        missing = self.missing()
        if missing:
            cannot("there is no %s; `make test-ceph` installs it" % missing[0])
        self.folder = tempfile.mkdtemp(prefix="ceph-", dir="/tmp")  # short: sockets lie in it
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def add_user(self, name, access_key, secret_key):
        self._run(
            "radosgw-admin", "-n", "client.rgw", "user", "create", "--uid", name, "--display-name", name, "--access-key",
            access_key, "--secret-key", secret_key)

    # The steps

    def _start(self):
        started = time.monotonic()
        fsid, port = str(uuid.uuid4()), free_port()
        self.conf = os.path.join(self.folder, "ceph.conf")
        triple = subprocess.run(["uname", "-m"], capture_output=True, text=True).stdout.strip() + "-linux-gnu"
        with open(self.conf, "w") as file:
            file.write(CONFIGURATION.format(fsid=fsid, port=port, folder=self.folder, memory=self.memory, triple=triple))
        for name in ("mon", "osd", "rgw"):
            os.mkdir(os.path.join(self.folder, name))
        monmap = os.path.join(self.folder, "monmap")
        self._run("monmaptool", "--create", "--addv", "a", f"[v2:127.0.0.1:{port}]", "--fsid", fsid, monmap)
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap)
        self._spawn("ceph-mon", "-i", "a", "-f")
        osd = str(uuid.uuid4())
        assert self._ceph("osd", "new", osd).strip() == "0"
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self._ceph("osd", "crush", "add", "osd.0", "1", "root=default")
        self._spawn("ceph-osd", "-i", "0", "-f")
        self._until(lambda: json.loads(self._ceph("osd", "stat", "-f", "json"))["num_up_osds"] == 1, "the store is not up")
        self._spawn(
            "radosgw", "-n", "client.rgw", "-f", "--rgw_frontends", f"beast endpoint=127.0.0.1:{self.gateway_port}")
        self._until(self._answers, "the gateway does not answer")
        self.add_user("tester", self.access_key, self.secret_key)
        self.seconds = time.monotonic() - started

    def _answers(self):
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.url, timeout=5).read()
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def _ceph(self, *words):
        return self._run("ceph", "--connect-timeout", "20", *words)

    def _run(self, *words):
        done = subprocess.run([words[0], "-c", self.conf, *words[1:]] if words[0] != "monmaptool" else words,
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def _spawn(self, *words):
        self.processes.append(subprocess.Popen(
            [words[0], "-c", self.conf, *words[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=end_with_parent))

    def _until(self, condition, words):
        deadline = time.monotonic() + 120
        while not condition():
            gone = [process.args[0] for process in self.processes if process.poll() is not None]
            assert not gone, f"{gone[0]} ended: {self.logs()}"
            assert time.monotonic() < deadline, f"{words}: {self.logs()}"
            time.sleep(0.2)

    def logs(self):
        """The ends of what the processes wrote."""
        text = ""
        for name in sorted(os.listdir(self.folder)):
            if name.startswith("log-"):
                with open(os.path.join(self.folder, name), errors="replace") as file:
                    text += f"\n{name}:\n" + "".join(file.readlines()[-8:])
        return text
