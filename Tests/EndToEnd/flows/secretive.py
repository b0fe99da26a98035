"""Has secrets of the machine where the run starts; the values stand nowhere in the file."""

import hashlib
import os
import time

from penstock import FlowSpec, Parameter, card, environment, secrets, step


def digest(name):
    return hashlib.sha256(os.environ.get(name, "").encode()).hexdigest()


class Secretive(FlowSpec):
    wait = Parameter("wait", default="")

    @secrets(sources=[
        {"type": "inline", "id": "one", "options": {"env_vars": {"TOKEN": os.environ.get("MY_TOKEN", "")}}},
        {"type": "inline", "id": "two", "options": {"env_vars": {"OTHER": os.environ.get("MY_OTHER", "")}}},
    ])
    @environment(vars={"PLACE": os.environ.get("MY_PLACE", "")})
    @card
    @step
    def start(self):
        self.digests = [digest(name) for name in ("TOKEN", "OTHER", "PLACE")]
        self.rest = "PENSTOCK_SECRETS" in os.environ
        print("this was printed")
        while self.wait and not os.path.exists(self.wait):
            time.sleep(0.1)
        self.next(self.end)

    @step
    def end(self):
        self.left = [os.environ.get("TOKEN"), os.environ.get("PENSTOCK_SECRETS")]


if __name__ == "__main__":
    Secretive()
