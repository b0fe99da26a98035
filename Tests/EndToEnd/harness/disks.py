"""File systems that are small, or read-only, in a mount namespace of their own."""

import subprocess

import pytest

ENTER = ("sh", "-c", 'cd "$0" && exec "$@"')


class Mount:
    """A mount over a project's store. Every command of the project runs where it can be seen."""

    def __init__(self, project, script):
        """`script` makes the mount; `$1` in it is the store."""
        try:
            self._holder = subprocess.Popen(
                ["unshare", "-m", "sh", "-c", script + " && echo mounted && exec cat", "sh", str(project.store)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        except FileNotFoundError:
            pytest.skip("there is no unshare")
        self._project = project
        if self._holder.stdout.readline() != "mounted\n":
            said = self._holder.stderr.read().strip()
            self.close()
            pytest.skip(f"mounting is not allowed here: {said}")
        self._enter = ["nsenter", "-t", str(self._holder.pid), "-m"]
        project.before = [*self._enter, *ENTER, str(project.folder)]

    @classmethod
    def small(cls, project, size):
        """A disk of that many KiB."""
        return cls(project, f'mount -t tmpfs -o size={size}k tmpfs "$1"')

    @classmethod
    def read_only(cls, project):
        """The store as it is, without the right to change it."""
        return cls(project, 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"')

    def resize(self, size):
        subprocess.run([*self._enter, "mount", "-o", f"remount,size={size}k", self._project.store], check=True)

    def close(self):
        self._holder.stdin.close()
        self._holder.wait(10)
        self._holder.stdout.close()
        self._holder.stderr.close()
        self._project.before = []
