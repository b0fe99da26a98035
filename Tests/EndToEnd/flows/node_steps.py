"""A step that does what a variable of its machine says, and others beside it."""

import os
import signal
import sys
import time

from metaflow import FlowSpec, card, current, step


def wait_for(name):
    while not os.path.exists(name):
        time.sleep(0.02)


class NodeSteps(FlowSpec):
    @step
    def start(self):
        self.small = {"answer": 42}
        self.large = os.urandom(1 << 20) + bytes(3 << 20)
        self.words = ["one", "two"]
        self.next(self.work, foreach="words")

    @step
    def work(self):
        self.word = self.input
        getattr(self, "_" + os.environ.get("NODE_WORK", "nothing"))()
        self.next(self.gather)

    def _nothing(self):
        self.seen = self.small["answer"]

    def _speak(self):
        print("out", flush=True)
        print("err", file=sys.stderr, flush=True)

    def _look(self):
        self.sum = sum(self.large)
        self.place = (os.getcwd(), sorted(os.listdir(".")))
        with open("node_steps.py") as file:
            self.first_line = file.readline()
        with open("made.txt", "w") as file:
            file.write("made here")
        self.variables = dict(os.environ)
        self.executable = sys.executable

    def _make(self):
        self.noise = os.urandom(3 << 20)
        self.zeros = bytes(3 << 20)
        for number in range(12):
            setattr(self, "part_%d" % number, bytes([number]) * (900 << 10))

    def _ask(self):
        from metaflow import Run, namespace

        namespace(None)
        self.asked = Run("NodeSteps/" + current.run_id)["start"].task.data.small

    def _wait(self):
        print("waiting", flush=True)
        wait_for(os.environ["NODE_GO"])
        print("going on", flush=True)

    def _stay(self):
        signal.signal(signal.SIGTERM, lambda *_: print("not yet", flush=True))
        self._wait()

    def _hang(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF})
        print("hanging", flush=True)
        wait_for("/there is no such file")

    def _raise(self):
        raise ValueError("not on this node")

    def _leave(self):
        print("leaving", flush=True)
        os._exit(7)

    def _crash(self):
        os.kill(os.getpid(), signal.SIGSEGV)

    def _shout(self):
        for number in range(3000):
            print("%04d %s" % (number, "x" * 1000))

    @card
    @step
    def gather(self, inputs):
        self.joined = [each.word for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    NodeSteps()
