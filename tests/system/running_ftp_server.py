"""A running tern-ftpd for tests by real clients: its users, its certificate, where it listens."""

from running_daemon import BINARIES, CannotRunHere, RunningDaemon
from running_server import content_of, run, strategies

PROGRAM = str(BINARIES / "tern-ftpd")
BIG = content_of(3_000_000)


class FtpServer(RunningDaemon):
    """Listens at "plain" and "tls"; the user bob has the password "secret"."""

    def __init__(self, strategy, settings=()):
        super().__init__(strategy)
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
        self.launch(PROGRAM, self.path / "ftp.json", settings)

    def __enter__(self):
        super().__enter__()
        self.port = {name: port for name, (_, port) in self.endpoints.items()}
        return self


# Several connections at a time: not for those that serve one client after the other.
PARALLEL = [name for name in strategies() if name != "iterative"]


def for_each_strategy(test, names, body, settings=()):
    for strategy in names:
        with test.subTest(strategy=strategy):
            try:
                with FtpServer(strategy, settings) as server:
                    body(server)
            except CannotRunHere as reason:
                print(f"SKIPPED {strategy}: {reason}")
