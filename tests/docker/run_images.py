#!/usr/bin/env python3
"""Builds the images of docker/ and runs compose.yaml, on a machine that reaches Debian's packages but
no registry. Usage: run_images.py; exit code 77: containers cannot run here.

All services share one network namespace with nothing but a loopback, so that nothing has to be
published, and every probe enters it. Nothing is left behind, whatever happens.
"""

import concurrent.futures
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import engine

ROOT = pathlib.Path(__file__).absolute().parents[2]
CANNOT = 77
BEGUN = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - BEGUN:4.0f} s] {text}", flush=True)


def collect_objects(folder):
    """Copies what the compiler cache knows of the servers to a folder, if there is a cache: with
    it, the build in the image takes seconds instead of minutes."""
    shutil.copytree(ROOT / "build" / "release" / "bin", folder.parent / "bin",
                    ignore=lambda _, names: [name for name in names if not name.startswith("tern-")])
    if not shutil.which("ccache"):
        return
    build = ROOT / "build" / "docker"
    storage = {**os.environ, "CCACHE_RESHARE": "1", "CCACHE_REMOTE_STORAGE": f"file:{folder}"}
    shutil.rmtree(build, ignore_errors=True)
    engine.run("cmake", "--preset", "release", "-B", build, "-DTERN_TESTS=OFF", "-DTERN_LINTS=OFF",
               cwd=ROOT, env=storage)
    engine.run("cmake", "--build", build, "--target", "servers", cwd=ROOT, env=storage)
    shutil.rmtree(build)


def make_package(folder):
    """The Debian package, from the programs that are built; only their places change."""
    def configure(prefix):
        engine.run("cmake", "--preset", "release", f"-DCMAKE_INSTALL_PREFIX={prefix}", cwd=ROOT)

    configure("/usr")
    try:
        engine.run("cpack", "--config", ROOT / "build" / "release" / "CPackConfig.cmake",
                   "-B", folder, cwd=ROOT)
    finally:
        configure("/usr/local")


def prepare(folder):
    """What needs only packages and the compiler, all at once."""
    objects = folder / "objects"
    objects.mkdir()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for done in [pool.submit(engine.unpack_plugins, folder),
                     pool.submit(engine.make_base_image, folder / "base.tar"),
                     pool.submit(collect_objects, objects),
                     pool.submit(make_package, folder / "package")]:
            done.result()


def remove_groups(name):
    """The control groups of containers that are no more."""
    for place, _, _ in os.walk("/sys/fs/cgroup", topdown=False):
        if f"/{name}" in place:
            with contextlib.suppress(OSError): # not yet empty
                os.rmdir(place)


def main():
    reason = engine.why_not()
    if reason:
        print(f"docker-test: skipped: {reason}")
        return CANNOT
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1)) # so that what follows is undone
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tern-docker-"))
    group = folder.name
    try:
        say("a base image, compose, and the objects of the last build")
        prepare(folder)
        say("the engine")
        # With --kill-child nothing outlives unshare, and with the process namespace end the engine,
        # its containers and their mounts.
        return subprocess.run(
            ["setpriv", "--pdeathsig=KILL", "unshare", "--mount", "--propagation=private", "--pid", "--fork", "--mount-proc",
             "--kill-child=KILL", sys.executable, ROOT / "tests/docker/images_in_engine.py",
             folder, group],
            stdin=subprocess.DEVNULL, check=False).returncode
    finally:
        for _ in range(50): # until the last of its processes has let go
            shutil.rmtree(folder, ignore_errors=True)
            remove_groups(group)
            if not folder.exists():
                break
            engine.wait(0.1)
        say("cleaned up" if not folder.exists() else f"could not remove {folder}")


if __name__ == "__main__":
    sys.exit(main())
