"""A running daemon for tests: it is launched, listens, and ends cleanly."""

import os
import pathlib
import select
import signal
import subprocess
import tempfile
import time

PATIENCE_S = 120
BINARIES = pathlib.Path(os.environ.get("TERN_BINARIES", "build/release/bin")).absolute()
NO_IO_URING = "choose the strategy epoll"  # what a daemon says where the kernel has none


def eventually(what):
    """Asks again and again until the answer is neither empty nor None."""
    end = time.monotonic() + PATIENCE_S
    while True:
        answer = what()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError("it did not come true in time")
        select.select([], [], [], 0.01)


def memory_of(process):
    """Bytes that are in use, but for what is mapped of files: the code that ran last."""
    status = pathlib.Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return 1024 * sum(int(status.split(kind)[1].split()[0]) for kind in ("RssAnon:", "RssShmem:"))


class CannotRunHere(Exception):
    """The strategy needs what this machine does not have."""


class RunningDaemon:
    """Serves within a with-block, and ends with it; launch() comes first."""

    def __init__(self, strategy):
        self.strategy = strategy
        self.temporary = tempfile.TemporaryDirectory(prefix="tern-test-")
        self.path = pathlib.Path(self.temporary.name)
        self.log = self.path / "log"
        self.ports = self.path / "ports"
        self.endpoints = {}

    def launch(self, program, configuration, settings):
        arguments = ["--config", configuration, "--port-file", self.ports]
        for setting in settings:
            arguments += ["--set", setting]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([program, *arguments], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)

    def __enter__(self):
        handle = os.pidfd_open(self.process.pid)
        try:
            while not self.ports.exists():
                if select.select([handle], [], [], 0.01)[0]:
                    self.tell_why()
        finally:
            os.close(handle)
        for line in self.ports.read_text(encoding="utf-8").splitlines():
            name, address, port = line.split(" ")
            self.endpoints[name] = (address, int(port))
        return self

    def tell_why(self):
        """It ended before it listened: a failure, unless this machine cannot run the strategy."""
        code = self.process.wait()
        said = self.log.read_text(encoding="utf-8")
        self.temporary.cleanup()
        if code == 1 and self.strategy == "io_uring" and NO_IO_URING in said:
            raise CannotRunHere(said.strip())
        raise RuntimeError(f"exit code {code}: {said}")

    def __exit__(self, kind, error, trace):
        self.process.send_signal(signal.SIGTERM if kind is None else signal.SIGKILL)
        code = self.process.wait(PATIENCE_S)
        said = self.log.read_text(encoding="utf-8")
        self.temporary.cleanup()
        if kind is None and code != 0:
            raise AssertionError(f"exit code {code}: {said}")
