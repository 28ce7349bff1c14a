"""A container engine for one test, with nothing outside: no registry, no bridge, no system service.

It lives in namespaces of processes and mounts of its own, so that it ends, whole, with the process
that made them; what it stores lies in one folder, and its control groups below one name.
"""

import contextlib
import json
import os
import pathlib
import select
import shutil
import subprocess
import time

BASE_IMAGE = "debian:bookworm-slim"


def wait(seconds):
    select.select([], [], [], seconds)


def run(*command, **options):
    """A command, run to its end; what it said is in the exception if it fails."""
    options = {"capture_output": True, "text": True, "timeout": 1500, **options}
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, check=False,
                          **options)
    if done.returncode != 0:
        said = (done.stdout or "")[-6000:] + (done.stderr or "")[-6000:]
        raise RuntimeError(f"{command}: exit code {done.returncode}\n{said}")
    return done.stdout


def why_not():
    """Why no container can run on this machine; empty if one can."""
    if os.geteuid() != 0:
        return "only root can start a container engine"
    trial = "mkdir -p $0/l $0/u $0/w $0/m; mount -t overlay overlay " \
            "-o lowerdir=$0/l,upperdir=$0/u,workdir=$0/w $0/m"
    folder = f"/tmp/tern-docker-trial.{os.getpid()}"
    try:
        for what, command in (
                ("new namespaces", ("true",)),
                ("an overlay mount", ("sh", "-ec", trial, folder))):
            done = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", *command],
                                  capture_output=True, text=True, check=False, timeout=60)
            if done.returncode != 0:
                return f"this machine allows no {what}: {done.stderr.strip()}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    memory = pathlib.Path("/sys/fs/cgroup/memory")
    groups = memory if memory.is_dir() else pathlib.Path("/sys/fs/cgroup")
    if not os.access(groups, os.W_OK) or os.statvfs(groups).f_flag & os.ST_RDONLY:
        return f"{groups} cannot be written, so containers can have no limits"
    return ""


def unpack_plugins(folder):
    """Compose and buildx, which the engine's own release does not have: packages of the next
    release, unpacked but not installed."""
    plugins = folder / "config" / "cli-plugins"
    plugins.mkdir(parents=True)
    apt = folder / "next"
    for name in ("lists/partial", "parts", "cache/archives/partial", "packages"):
        (apt / name).mkdir(parents=True)
    own = pathlib.Path("/etc/apt/sources.list.d/debian.sources").read_text(encoding="utf-8")
    stanza = own.split("\n\n", maxsplit=1)[0].splitlines()
    (apt / "next.sources").write_text("\n".join(
        "Suites: trixie" if line.startswith("Suites:") else line for line in stanza) + "\n",
        encoding="utf-8")
    options = [f"-oDir::Etc::sourcelist={apt / 'next.sources'}",
               f"-oDir::Etc::sourceparts={apt / 'parts'}", f"-oDir::State::lists={apt / 'lists'}",
               f"-oDir::Cache={apt / 'cache'}", "-oAPT::Sandbox::User=root", "-oAcquire::Retries=3"]
    run("apt-get", *options, "-qq", "update")
    run("apt-get", *options, "-qq", "download", "docker-compose", "docker-buildx",
        cwd=apt / "packages")
    for package in (apt / "packages").glob("*.deb"):
        run("dpkg", "-x", package, apt / "unpacked")
    for plugin in (apt / "unpacked/usr/libexec/docker/cli-plugins").iterdir():
        shutil.move(plugin, plugins)
    shutil.rmtree(apt)


def make_base_image(file):
    """Debian as a file for `docker import`, bootstrapped from the machine's own package source."""
    run("mmdebstrap", "--quiet", "--variant=minbase", "--mode=root",
        "--dpkgopt=force-unsafe-io", "--dpkgopt=path-exclude=/usr/share/man/*",
        "--aptopt=Acquire::Check-Valid-Until \"false\"", "--aptopt=Acquire::Check-Date \"false\"",
        "--aptopt=Acquire::Retries \"3\"",
        "bookworm", file, "/etc/apt/sources.list.d/debian.sources")


class Engine:
    """dockerd, and its client's commands."""

    def __init__(self, folder, group):
        self.folder = folder
        self.socket = f"unix://{folder}/docker.sock"
        self.environment = {**os.environ, "DOCKER_HOST": self.socket, "DOCKER_BUILDKIT": "1",
                            "DOCKER_CONFIG": str(folder / "config")}
        self.log = folder / "dockerd.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["dockerd", "--bridge=none", "--iptables=false", "--ip6tables=false",
                 "--ip-forward=false", "--ip-masq=false", f"--cgroup-parent={group}",
                 "--exec-opt=native.cgroupdriver=cgroupfs", # no systemd of ours is asked
                 f"--data-root={folder}/data", f"--exec-root={folder}/exec",
                 f"--pidfile={folder}/pid", f"--host={self.socket}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def docker(self, *arguments, **options):
        return run("docker", *arguments, env=self.environment, **options)

    def wait_until_up(self):
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(RuntimeError):
                return self.docker("version", "--format",
                                   "client {{.Client.Version}}, engine {{.Server.Version}}").strip()
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("dockerd did not start:\n" +
                                   self.log.read_text(encoding="utf-8")[-4000:])
            wait(0.1)

    def import_base(self, file):
        self.docker("import", "--change", 'CMD ["bash"]', file, BASE_IMAGE)

    def inspect(self, container):
        return json.loads(self.docker("inspect", container))[0]

