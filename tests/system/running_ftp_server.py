"""A running tern-ftpd for tests by real clients: its users, its certificate, where it listens."""

import os
import pathlib
import select
import signal
import subprocess
import tempfile

from running_server import BINARIES, PATIENCE_S, content_of, run, strategies

PROGRAM = str(BINARIES / "tern-ftpd")
BIG = content_of(3_000_000)


class FtpServer:
    """Listens at "plain" and "tls"; the user bob has the password "secret"."""

    def __init__(self, strategy, settings=()):
        self.strategy = strategy
        self.temporary = tempfile.TemporaryDirectory(prefix="tern-test-")
        self.path = pathlib.Path(self.temporary.name)
        self.path.chmod(0o755)
        self.home = self.path / "home"
        self.home.mkdir()
        (self.path / "library").mkdir()
        (self.path / "library" / "big.bin").write_bytes(BIG)
        self.certificate = str(self.path / "certificate.pem")
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(self.path / "key.pem"),
            "-out", self.certificate)
        tls = '{"certificate": "certificate.pem", "key": "key.pem"}'
        password = run(PROGRAM, "hash-password", stdin=b"secret\n").stdout.decode().strip()
        (self.path / "ftp.json").write_text(f"""{{
            "listeners": [{{"name": "plain", "address": "127.0.0.1"}},
                          {{"name": "tls", "address": "127.0.0.1", "tls": {tls}}}],
            "concurrency": {{"strategy": "{strategy}", "workers": 4}},
            "anonymous": {{"home": "library"}},
            "users": [{{"name": "bob", "password": "{password}", "home": "home",
                        "writable": true}}]}}""", encoding="utf-8")
        self.ports = self.path / "ports"
        self.log = self.path / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "--config", self.path / "ftp.json", "--port-file", self.ports,
                 *(word for setting in settings for word in ("--set", setting))],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def __enter__(self):
        handle = os.pidfd_open(self.process.pid)
        while not self.ports.exists():
            if select.select([handle], [], [], 0.01)[0]:
                self.process.wait()
                raise RuntimeError(self.log.read_text(encoding="utf-8"))
        os.close(handle)
        words = [line.split(" ") for line in self.ports.read_text(encoding="utf-8").splitlines()]
        self.port = {name: int(port) for name, _, port in words}
        return self

    def __exit__(self, kind, error, trace):
        self.process.send_signal(signal.SIGTERM if kind is None else signal.SIGKILL)
        code = self.process.wait(PATIENCE_S)
        said = self.log.read_text(encoding="utf-8")
        self.temporary.cleanup()
        if kind is None and code != 0:
            raise AssertionError(f"exit code {code}: {said}")


# Several connections at a time: not for those that serve one client after the other.
PARALLEL = [name for name in strategies() if name != "iterative"]


def for_each_strategy(test, names, body, settings=()):
    for strategy in names:
        with test.subTest(strategy=strategy):
            try:
                with FtpServer(strategy, settings) as server:
                    body(server)
            except RuntimeError as reason:
                if "epoll" not in str(reason):
                    raise
                print(f"SKIPPED {strategy}: {reason}")
