"""Installing a known set of packages. The peer is uv, on the same interpreter and index."""

import shutil

from measuring import count_files, in_turn, median, run
from rows import Row

PACKAGES = ("pandas", "scikit-learn", "matplotlib", "jupyterlab", "fastapi")


class Builder:
    """Locks and installs with either tool, into a cache folder that is given."""

    def __init__(self, setting):
        self.setting = setting
        self.folder = setting.fresh("packages")
        self.requirements = self.folder / "requirements.in"
        self.requirements.write_text("".join(f"{name}\n" for name in PACKAGES))
        self.lock = self.folder / "pylock.toml"
        self.compiled = self.folder / "requirements.txt"
        self.target = self.folder / "environment"

    def cache(self, tool):
        return self.folder / f"{tool}-cache"

    def forget(self, tool):
        remove(self.cache(tool))

    def penstock_lock(self):
        self.lock.unlink(missing_ok=True)
        return self._penstock("lock", *PACKAGES, "--output", self.lock, "--python", self.setting.interpreter)

    def penstock_install(self):
        """From unpacked wheels to an environment: one that the cache already has would be no work at all."""
        remove(self.target)
        remove(self.cache("penstock") / "environments")
        return self._penstock("env", "create", "--lock", self.lock, self.target)

    def uv_lock(self):
        self.compiled.unlink(missing_ok=True)
        return self._uv(
            "pip", "compile", self.requirements, "--output-file", self.compiled, "--python", self.setting.interpreter)

    def uv_install(self):
        remove(self.target)
        made = self._uv("venv", "--python", self.setting.interpreter, self.target)
        return made + self._uv("pip", "sync", "--python", self.target / "bin" / "python", self.compiled)

    def _penstock(self, *arguments):
        env = self.setting.penstock_environment(self.folder, self.cache("penstock"))
        return run([self.setting.engine, *arguments], env=env, cwd=self.folder).seconds

    def _uv(self, *arguments):
        env = self.setting.environment(UV_CACHE_DIR=self.cache("uv"), UV_LINK_MODE="hardlink", UV_NO_CONFIG="1")
        return run([self.setting.peer / "uv", *arguments], env=env, cwd=self.folder).seconds


def remove(path):
    """Remove a file, a folder, or a link (and not what it leads to)."""
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def cold(builder, tool, work):
    """`work` after the tool's cache was removed; removing it is not counted."""
    def measured():
        builder.forget(tool)
        return work()
    return measured


def install(setting, rounds, sizes):
    builder = Builder(setting)
    builder.penstock_lock(), builder.uv_lock()
    how = ("`penstock env create --lock` beside `uv venv` and `uv pip sync` (hard links), each from its own lock, into a folder "
           f"that does not exist yet; wall time, median of {rounds} each in turn, ")
    a, b = in_turn(
        rounds, cold(builder, "penstock", builder.penstock_install), cold(builder, "uv", builder.uv_install))
    yield Row("install, cold cache", "s", median(a), peer=median(b), peer_name="uv", target=1.5,
              samples={"penstock": a, "peer": b}, how=how + "the cache folder removed before each, so with the downloads")
    builder.penstock_install(), builder.uv_install()
    a, b = in_turn(rounds, builder.penstock_install, builder.uv_install)
    yield Row("install, warm cache", "s", median(a), peer=median(b), peer_name="uv", target=1.5,
              samples={"penstock": a, "peer": b}, how=how + "with everything unpacked in the cache, but no environment in it")
    builder.penstock_install()
    ours = count_files(builder.target.resolve())
    builder.uv_install()
    theirs = count_files(builder.target)
    yield Row("files installed", "files", ours, peer=theirs, peer_name="uv",
              how="files in the finished environment: a check that both did the same work")
