"""A running tern-httpd for tests by real clients: its site, its certificate, where it listens."""

import hashlib
import os
import pathlib
import select
import signal
import subprocess
import tempfile
import time

PATIENCE_S = 60
BINARIES = pathlib.Path(os.environ.get("TERN_BINARIES", "build/release/bin")).absolute()
PROGRAM = str(BINARIES / "tern-httpd")


def strategies():
    """All names, as the registry knows them."""
    done = subprocess.run([BINARIES / "strategy_names"], capture_output=True, text=True, check=True)
    return done.stdout.split()


def run(*command, stdin=b"", check=True):
    """A client program, run to its end."""
    return subprocess.run(command, input=stdin, capture_output=True, check=check,
                          timeout=PATIENCE_S)


def run_for(seconds, *command):
    """The same for a program that takes its time, whatever it returns."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          timeout=seconds)


def eventually(condition):
    """Looks again and again until it is so."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it did not come true in time")
        select.select([], [], [], 0.01)


def content_of(size):
    """The same random bytes each time."""
    blocks = range(size // 32 + 1)
    return b"".join(hashlib.sha256(b"%d" % block).digest() for block in blocks)[:size]


class CannotRunHere(Exception):
    """The strategy needs what this machine does not have."""


class Folder:
    """A site with a few files, and a certificate for localhost."""

    files = {"index.html": b"<h1>start</h1>\n", "folder/index.html": b"<h1>folder</h1>\n",
             "text.txt": b"some text\n", "small.bin": content_of(1000),
             "big.bin": content_of(3_000_000)}

    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="tern-test-")
        self.path = pathlib.Path(self.temporary.name)
        self.path.chmod(0o755)
        for name, content in self.files.items():
            file = self.path / "site" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            os.utime(file, (1_000_000_000, 1_000_000_000))
        self.certificate = str(self.path / "certificate.pem")
        self.key = str(self.path / "key.pem")
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1", "-keyout", self.key, "-out",
            self.certificate)

    def remove(self):
        self.temporary.cleanup()


class RunningServer:
    """Listens at "plain", "tls", "six" (IPv6) and "unix"; ends with the with-block, cleanly."""

    def __init__(self, folder, strategy, settings=()):
        self.strategy = strategy
        self.temporary = tempfile.TemporaryDirectory(prefix="tern-test-")
        own = pathlib.Path(self.temporary.name)
        self.socket = str(own / "socket")
        self.log = own / "log"
        self.ports = own / "ports"
        tls = f'{{"certificate": "{folder.certificate}", "key": "{folder.key}"}}'
        configuration = own / "http.json"
        configuration.write_text(f"""{{
            "listeners": [
                {{"name": "plain", "address": "127.0.0.1"}},
                {{"name": "tls", "address": "127.0.0.1", "tls": {tls}}},
                {{"name": "six", "address": "::1"}},
                {{"name": "unix", "address": "{self.socket}"}}],
            "concurrency": {{"strategy": "{strategy}", "workers": 2}},
            "sites": [{{"root": "{folder.path / 'site'}"}}]}}""", encoding="utf-8")
        arguments = ["--config", configuration, "--port-file", self.ports]
        for setting in settings:
            arguments += ["--set", setting]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([PROGRAM, *arguments], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)

    def __enter__(self):
        handle = os.pidfd_open(self.process.pid)
        try:
            while not self.ports.exists():
                if select.select([handle], [], [], 0.01)[0]:
                    self.process.wait()
                    said = self.log.read_text(encoding="utf-8")
                    self.temporary.cleanup()
                    if self.process.returncode == 1 and "epoll" in said:
                        raise CannotRunHere(said.strip())
                    raise RuntimeError(f"exit code {self.process.returncode}: {said}")
        finally:
            os.close(handle)
        self.endpoints = {}
        for line in self.ports.read_text(encoding="utf-8").splitlines():
            name, address, port = line.split(" ")
            self.endpoints[name] = (address, int(port))
        return self

    def __exit__(self, kind, error, trace):
        self.process.send_signal(signal.SIGTERM if kind is None else signal.SIGKILL)
        code = self.process.wait(PATIENCE_S)
        said = self.log.read_text(encoding="utf-8")
        self.temporary.cleanup()
        if kind is None and code != 0:
            raise AssertionError(f"exit code {code}: {said}")

    def port(self, name):
        return self.endpoints[name][1]

    def url(self, path, name="plain"):
        scheme = "https" if name == "tls" else "http"
        host = {"tls": "localhost", "six": "[::1]"}.get(name, "127.0.0.1")
        return f"{scheme}://{host}:{self.port(name)}{path}"


def for_each_strategy(test, body, settings=()):
    """Calls body(server) for a new server under each strategy that can run here."""
    for strategy in strategies():
        with test.subTest(strategy=strategy):
            try:
                with RunningServer(test.folder, strategy, settings) as server:
                    body(server)
            except CannotRunHere as reason:
                print(f"SKIPPED {strategy}: {reason}")
