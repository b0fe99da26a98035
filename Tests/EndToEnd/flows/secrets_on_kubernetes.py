"""A step that uses secrets, and tells only their digests."""

import hashlib
import os
import time

from metaflow import FlowSpec, kubernetes, secrets, step


def digest(name):
    return hashlib.sha256(os.environ[name].encode()).hexdigest()


class SecretsOnKubernetes(FlowSpec):
    @step
    def start(self):
        self.next(self.work)

    @kubernetes(secrets=["team-keys"], persistent_volume_claims={"shared": "/shared"})
    @secrets(sources=[{"type": "inline", "id": "keys", "options": {"env_vars": {"INLINE_KEY": os.environ.get("TEST_INLINE_KEY", "")}}}])
    @step
    def work(self):
        self.team = digest("TEAM_KEY")
        self.inline = digest("INLINE_KEY")
        open("/shared/began", "w").close()
        while not os.path.exists("/shared/go"):
            time.sleep(0.05)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SecretsOnKubernetes()
