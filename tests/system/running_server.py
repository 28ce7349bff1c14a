"""A running tern-httpd for tests by real clients: its site, its certificate, where it listens."""

import hashlib
import os
import pathlib
import subprocess
import tempfile

from running_daemon import BINARIES, PATIENCE_S, CannotRunHere, RunningDaemon

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


def content_of(size):
    """The same random bytes each time."""
    blocks = range(size // 32 + 1)
    return b"".join(hashlib.sha256(b"%d" % block).digest() for block in blocks)[:size]


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


class RunningServer(RunningDaemon):
    """Listens at "plain", "tls", "six" (IPv6) and "unix"."""

    def __init__(self, folder, strategy, settings=()):
        super().__init__(strategy)
        self.socket = str(self.path / "socket")
        tls = f'{{"certificate": "{folder.certificate}", "key": "{folder.key}"}}'
        configuration = self.path / "http.json"
        configuration.write_text(f"""{{
            "listeners": [
                {{"name": "plain", "address": "127.0.0.1"}},
                {{"name": "tls", "address": "127.0.0.1", "tls": {tls}}},
                {{"name": "six", "address": "::1"}},
                {{"name": "unix", "address": "{self.socket}"}}],
            "concurrency": {{"strategy": "{strategy}", "workers": 2}},
            "sites": [{{"root": "{folder.path / 'site'}"}}]}}""", encoding="utf-8")
        self.launch(PROGRAM, configuration, settings)

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
