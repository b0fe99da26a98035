"""A Slurm cluster on this machine, for the length of some tests: munged, slurmctld and some slurmd, on loopback and without systemd.

Each cluster has a key, ports and a folder of its own, and ends with its context, with all that its jobs have started.
`probe()` drives the engine's executor on it.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from .object_servers import cannot, end_with_parent, free_port

#: What has to be installed (Debian: slurm-wlm slurm-client munge).
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "sacct", "scancel", "scontrol", "srun")

CONFIGURATION = """
ClusterName=penstock
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock,cred_expire=10
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdSpoolDir={folder}/spool-%n
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SlurmctldTimeout=10
SlurmdTimeout=5
MessageTimeout=5
KillWait=2
InactiveLimit=0
MinJobAge={min_job_age}
JobRequeue={requeue}
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1,default_queue_depth=2000
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=100
JobCompType=jobcomp/none
JobAcctGatherType=jobacct_gather/none
MaxArraySize=100001
MaxJobCount=100000
"""

ACCOUNTING = """
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStoragePort={database_port}
AccountingStoragePass={folder}/munge.sock
AccountingStorageTRES=cpu,mem
"""


class SlurmCluster:
    """Use it as a context. `variables` is what Slurm's commands need to find it."""

    def __init__(self, nodes=2, cpus=8, min_job_age=300, requeue=1, settings="", accounting=None):
        self.nodes = [f"n{number}" for number in range(1, nodes + 1)]
        self.cpus, self.settings, self.accounting = cpus, settings, accounting
        self.min_job_age, self.requeue = min_job_age, requeue
        self.port = free_port()
        self.daemons = {}

    @staticmethod
    def missing():
        """Why there can be no cluster here; nothing if there can."""
        if os.geteuid() != 0:
            return "a Slurm cluster for tests needs root"
        absent = [name for name in PROGRAMS if shutil.which(name) is None]
        return f"there is no {absent[0]}; `make test-slurm` installs it" if absent else None

    def __enter__(self):
        reason = self.missing()
        if reason:
            cannot(reason)
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))  # short: sockets lie in it
        self.folder.chmod(0o755)
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in reversed(list(self.daemons)):
            self.kill(name)
        end = time.monotonic() + 10
        while self._kill_rest() and time.monotonic() < end:  # what is just being started is seen the next time
            time.sleep(0.05)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _kill_rest(self):
        rest = self.processes()
        for process in rest:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return rest

    @property
    def variables(self):
        return {"SLURM_CONF": str(self.folder / "slurm.conf")}

    # What it is asked

    def run(self, *words, check=True, **more):
        """A command of Slurm's; what it prints."""
        done = subprocess.run(
            words, env={**os.environ, **self.variables, "LC_ALL": "C"}, capture_output=True, text=True, timeout=60, **more)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(words)}: {done.stderr}")
        return done.stdout

    def job(self, number):
        """What scontrol says of a job, as a dictionary."""
        text = self.run("scontrol", "--oneliner", "show", "job", str(number))
        return dict(word.split("=", 1) for word in text.split() if "=" in word)

    def state_of(self, node):
        return self.run("sinfo", "--noheader", "--nodes", node, "--format", "%T").strip()

    def numbers(self, name=None):
        """The numbers of jobs, or arrays, that the controller knows."""
        words = ["squeue", "--noheader", "--states=all", "--format=%F"] + (["--name=" + name] if name else [])
        return sorted({int(word) for word in self.run(*words).split()})

    def processes(self):
        """Processes of the cluster and of its jobs, by what is in their environment."""
        mark = str(self.folder).encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                if mark in (entry / "environ").read_bytes() or mark in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                pass
        return found

    def probe(self, **variables):
        return Probe({**self.variables, **variables})

    # What befalls it

    def kill(self, name):
        """Ends a daemon without a word: `slurmctld`, `munged`, or a node's name."""
        process = self.daemons.pop(name, None)
        if process is not None:
            process.kill()
            process.wait()

    def start(self, name):
        if name == "munged":
            words = [
                "munged", "--foreground", "--force", f"--socket={self.folder}/munge.sock", f"--key-file={self.folder}/munge.key",
                f"--pid-file={self.folder}/munge.pid", f"--log-file={self.folder}/munged.log", f"--seed-file={self.folder}/munge.seed"]
        elif name == "slurmctld":
            words = ["slurmctld", "-D"]
        else:
            words = ["slurmd", "-D", "-N", name]
        with open(self.folder / f"{name}.said", "ab") as said:
            self.daemons[name] = subprocess.Popen(
                words, env={**os.environ, **self.variables}, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/",
                start_new_session=True, preexec_fn=end_with_parent)

    def until(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"{what} within {seconds} s; {self.words()}")
            time.sleep(0.05)

    def until_up(self):
        self.until(self._is_up, "the cluster did not come up")

    # The steps

    def _start(self):
        (self.folder / "state").mkdir()
        for node in self.nodes:
            (self.folder / f"spool-{node}").mkdir()
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        lines = [CONFIGURATION.format(port=self.port, folder=self.folder, min_job_age=self.min_job_age, requeue=self.requeue)]
        if self.accounting:
            lines.append(ACCOUNTING.format(database_port=self.accounting.port, folder=self.folder))
        else:
            lines.append("AccountingStorageType=accounting_storage/none\n")
        lines.append(self.settings + "\n")
        for node in self.nodes:
            lines.append(
                f"NodeName={node} NodeHostname=localhost NodeAddr=127.0.0.1 Port={free_port()} CPUs={self.cpus} RealMemory=8000 TmpDisk=1000\n")
        lines.append(f"PartitionName=main Nodes={','.join(self.nodes)} Default=YES MaxTime=INFINITE State=UP\n")
        lines.append(f"PartitionName=short Nodes={self.nodes[0]} Default=NO MaxTime=10 State=UP\n")
        (self.folder / "slurm.conf").write_text("".join(lines))
        self.start("munged")
        self.until((self.folder / "munge.sock").exists, "munged did not start")
        if self.accounting:
            self.accounting.start(self)
        for name in ["slurmctld", *self.nodes]:
            self.start(name)
        self.until_up()

    def _is_up(self):
        done = subprocess.run(
            ["sinfo", "--noheader", "--Node", "--partition=main", "--format=%N %t"], env={**os.environ, **self.variables}, capture_output=True, text=True)
        states = [line.split()[1] for line in done.stdout.splitlines() if len(line.split()) == 2]
        return done.returncode == 0 and len(states) == len(self.nodes) and all(state in ("idle", "mix", "alloc", "comp") for state in states)

    def words(self, count=600):
        """The ends of what the daemons have logged."""
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-count:]}" for log in sorted(self.folder.glob("*.log")))


class Accounting:
    """slurmdbd and a MariaDB server of its own, for `sacct`."""

    #: What has to be installed (Debian: slurmdbd mariadb-server).
    PROGRAMS = ("slurmdbd", "mariadbd", "mariadb-install-db", "sacctmgr")

    def __init__(self):
        self.port = free_port()

    @classmethod
    def missing(cls):
        absent = [name for name in cls.PROGRAMS if shutil.which(name) is None]
        return f"there is no {absent[0]} (Debian: slurmdbd mariadb-server)" if absent else None

    def start(self, cluster):
        folder = cluster.folder
        data, socket = folder / "mariadb", folder / "mariadb.sock"
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root", "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, capture_output=True, timeout=120)
        self._spawn(cluster, "mariadbd", [
            "mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={socket}", "--skip-networking", "--user=root", f"--pid-file={folder}/mariadb.pid",
            "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin"])
        cluster.until(lambda: self._answers(socket), "MariaDB did not start")
        configuration = folder / "slurmdbd.conf"
        configuration.write_text(
            f"AuthType=auth/munge\nAuthInfo=socket={folder}/munge.sock\nDbdHost=localhost\nDbdPort={self.port}\nSlurmUser=root\n"
            f"LogFile={folder}/slurmdbd.log\nPidFile={folder}/slurmdbd.pid\nStorageType=accounting_storage/mysql\nStorageHost=localhost\n"
            f"StorageUser=root\nStorageLoc=slurm\n")
        configuration.chmod(0o600)
        self._spawn(cluster, "slurmdbd", ["slurmdbd", "-D"], MYSQL_UNIX_PORT=str(socket))
        cluster.until(lambda: self._knows(cluster), "slurmdbd did not start")
        person = pwd.getpwuid(os.geteuid()).pw_name
        for words in (["add", "cluster", "penstock"], ["add", "account", "tests", "Description=t", "Organization=t"], ["add", "user", person, "account=tests"]):
            cluster.run("sacctmgr", "--immediate", *words, check=False)

    def _answers(self, socket):
        return subprocess.run(["mariadb-admin", "--no-defaults", f"--socket={socket}", "ping"], capture_output=True).returncode == 0

    def _knows(self, cluster):
        return subprocess.run(
            ["sacctmgr", "--noheader", "show", "cluster"], env={**os.environ, **cluster.variables}, capture_output=True).returncode == 0

    def _spawn(self, cluster, name, words, **variables):
        with open(cluster.folder / f"{name}.said", "ab") as said:
            cluster.daemons[name] = subprocess.Popen(
                words, env={**os.environ, **cluster.variables, **variables}, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/",
                start_new_session=True, preexec_fn=end_with_parent)


class Probe:
    """The engine's executor in a process of its own: `cluster-probe`, which is built with the tests. Use it as a context."""

    def __init__(self, variables, executor="slurm"):
        self.variables = variables
        self.executor = executor

    @staticmethod
    def program():
        engine = os.environ.get("PENSTOCK_ENGINE") or Path(__file__).resolve().parents[3] / ".build/release/penstock"
        return Path(os.environ.get("PENSTOCK_CLUSTER_PROBE") or Path(engine).with_name("cluster-probe"))

    def __enter__(self):
        program = self.program()
        if not program.exists():
            cannot(f"there is no {program.name}: swift build -c release --product penstockPackageTests")
        self.process = subprocess.Popen(
            [program, self.executor], env={**os.environ, **self.variables}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
            preexec_fn=end_with_parent)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def ask(self, call, **request):
        """The answer, whatever it is."""
        self.process.stdin.write(json.dumps({"call": call, **request}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def call(self, call, **request):
        """The answer, which is no error."""
        answer = self.ask(call, **request)
        assert "error" not in answer, answer["error"]
        return answer

    def submit(self, script="exit 0\n", **group):
        return self.call("submit", script=script, **group)["ids"]

    def poll(self, jobs):
        return {state["id"]: state for state in self.call("poll", jobs=jobs)["states"]}

    def until_over(self, jobs, seconds=90):
        """Polls until all have ended, about five times a second."""
        end = time.monotonic() + seconds
        while True:
            states = self.poll(jobs)
            if all(state["state"] not in ("pending", "running", "unknown") for state in states.values()):
                return states
            assert time.monotonic() < end, states
            time.sleep(0.2)
