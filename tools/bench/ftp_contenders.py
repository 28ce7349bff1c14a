"""The FTP servers that are compared. Debian's packages exclude one another, so that those of the
peers are unpacked into a folder of their own, with the libraries that they need."""
import json
import os
import subprocess

from contenders import BINARIES, TREE, Contender, Peer, ReportsItsPorts, free_port

UNPACKED = TREE / "build" / "bench-ftp-peers"
PACKAGES = ("vsftpd", "proftpd-core", "pure-ftpd", "libwrap0", "libmemcached11",
            "libmemcachedutil2", "libhashkit2", "libhiredis0.14", "libsodium23", "libpcre2-posix3")
LIBRARIES = [UNPACKED / "usr/lib/x86_64-linux-gnu", UNPACKED / "lib/x86_64-linux-gnu"]


def unpack_peers():
    if UNPACKED.exists():
        return
    downloads = UNPACKED.with_suffix(".packages")
    downloads.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", *PACKAGES], cwd=downloads, check=True,
                   capture_output=True)
    for package in downloads.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, UNPACKED], check=True)


def cheap_hash(password):
    """What is compared is not hashing."""
    return subprocess.run(["openssl", "passwd", "-1", "-salt", "tern", password], check=True,
                          capture_output=True, text=True).stdout.strip()


def with_libraries(*command):
    paths = ":".join(str(path) for path in LIBRARIES)
    return ["env", f"LD_LIBRARY_PATH={paths}", *command]


class TernFtp(ReportsItsPorts):
    """Anonymous reads only, so that uploads are those of a user, whose password is cheap to hash
    and hashed once."""
    user, password = "anonymous", "x"
    writer = hashed = ("bench", "secret")

    def __init__(self, strategy, folder, workers=1):
        label = strategy if workers == 1 else f"{strategy} ({workers} workers)"
        super().__init__(f"tern {label}", folder)
        self.strategy, self.workers = strategy, workers

    def command(self, run_folder):
        tls = {"certificate": str(self.folder / "certificate.pem"),
               "key": str(self.folder / "key.pem")}
        settings = {
            "concurrency.strategy": self.strategy,
            "concurrency.workers": self.workers,
            "concurrency.max_connections": 4096,
            "listeners": json.dumps([{"name": "ftp", "address": "127.0.0.1"}]),
            "passive": json.dumps({}),
            "tls": json.dumps(tls),
            "anonymous": json.dumps({"home": str(self.folder / "www")}),
            "users": json.dumps([{"name": "bench", "password": cheap_hash("secret"), "writable": True,
                                  "home": str(self.folder / "www")}]),
            "uploads.sync": "false",  # as the others do
            "log.level": "warning",
        }
        command = [str(BINARIES / "tern-ftpd"), "--config", str(TREE / "config" / "ftp.json"),
                   "--port-file", self.fresh_port_file(run_folder)]
        for path, value in settings.items():
            command += ["--set", f"{path}={value}"]
        return command


class FtpPeer(Peer):
    user, password = "anonymous", "x"
    writer = ("anonymous", "x")
    hashed = None  # nobody has a password


class Vsftpd(FtpPeer):
    template = "vsftpd.conf.in"
    knows_cpu = False  # it ignores SIGCHLD, and so nobody adds up what its children needed

    def __init__(self, folder):
        super().__init__("vsftpd", folder)

    def command(self, run_folder):
        (run_folder / "empty").mkdir(exist_ok=True)
        return with_libraries(str(UNPACKED / "usr/sbin/vsftpd"), self.configure(run_folder))


class Proftpd(FtpPeer):
    template = "proftpd.conf.in"
    hashed = ("bench", "secret")

    def __init__(self, folder):
        super().__init__("proftpd", folder)

    def command(self, run_folder):
        (run_folder / "state").mkdir(mode=0o755, exist_ok=True)  # it wants one that is its own
        users = run_folder / "state" / "users"
        users.write_text(f"bench:{cheap_hash('secret')}:65534:65534::{self.folder}/www:/bin/sh\n")
        users.chmod(0o600)
        return with_libraries(str(UNPACKED / "usr/sbin/proftpd"), "--nodaemon", "-c",
                              self.configure(run_folder))


class PureFtpd(Contender):
    """Its anonymous logins need a user of the system and its home; so a user of its own database,
    with a hash of 1,000 rounds of MD5 at each login."""
    user, password = "bench", "secret"
    writer = hashed = ("bench", "secret")

    def __init__(self, folder):
        super().__init__("pure-ftpd", folder)

    def command(self, run_folder):
        self.port = free_port()
        users, database = run_folder / "users", run_folder / "users.pdb"
        nobody = "65534:65534"
        users.write_text(f"bench:{cheap_hash('secret')}:{nobody}::{self.folder}/www/./::::::::::::\n")
        subprocess.run(with_libraries(str(UNPACKED / "usr/bin/pure-pw"), "mkdb", str(database),
                                      "-f", str(users)), check=True)
        return with_libraries(str(UNPACKED / "usr/sbin/pure-ftpd"), "-S",
                              f"127.0.0.1,{self.port}", "-H", "-c", "4096", "-C", "4096",
                              "-l", f"puredb:{database}", "-g", str(run_folder / "pid"))


class Pyftpdlib(Contender):
    user, password = "anonymous", "x"
    writer = ("anonymous", "x")
    hashed = None

    def __init__(self, folder):
        super().__init__("pyftpdlib", folder)

    def command(self, run_folder):
        self.port = free_port()
        return ["/usr/bin/python3", str(TREE / "tools/bench/peers/pyftpdlib_server.py"),
                str(self.folder / "www"), str(self.port)]


def peers_of(folder):
    """Most need root, to become somebody else."""
    peers = [Pyftpdlib(folder), Vsftpd(folder), Proftpd(folder), PureFtpd(folder)]
    return peers if os.geteuid() == 0 else peers[:1]
