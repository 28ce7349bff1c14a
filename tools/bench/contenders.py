"""The servers that a benchmark compares: how each is started, and what it has cost so far.

Every server runs pinned to one core in its own process tree, on a loopback port that was free, and
is ended by its process id.
"""
import json
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
BINARIES = TREE / "build" / "release" / "bin"
TICKS = os.sysconf("SC_CLK_TCK")
SERVER_CORE, LOAD_CORE = "0", "1"


def free_port():
    """A port that nobody listens on; for peers, which cannot tell which port they got."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process):
    for _ in range(2000):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.01)
    raise RuntimeError("the server does not listen")


def wait_for_file(path, process):
    for _ in range(2000):
        if path.exists() and path.read_text().endswith("\n"):
            return path.read_text()
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        time.sleep(0.01)
    raise RuntimeError("the server does not listen")


def process_tree(root):
    """(process id, fields of its stat from the third on) of a process and its descendants."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            children.setdefault(int(fields[1]), []).append((int(entry.name), fields))
    tree, found = [root], []
    while tree:
        process = tree.pop()
        for child, fields in children.get(process, []):
            found.append((child, fields))
            tree.append(child)
    own = Path(f"/proc/{root}/stat").read_text().rpartition(")")[2].split()
    return [(root, own)] + found


def cpu_seconds(root):
    """User and system time of a process, its living descendants, and those it has reaped."""
    ticks = sum(sum(int(fields[i]) for i in (11, 12, 13, 14)) for _, fields in process_tree(root))
    return ticks / TICKS


def memory_bytes(root):
    """Proportional set size of a process and its descendants: shared pages count once."""
    total = 0
    for process, _ in process_tree(root):
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        total += int(next(line for line in rollup.splitlines()
                          if line.startswith("Pss:")).split()[1]) * 1024
    return total


class Contender:
    """A server that can be started, loaded and stopped again and again."""
    knows_cpu = True  # whether cpu() is all that it needed

    def __init__(self, name, folder):
        self.name, self.folder, self.process = name, folder, None
        self.port = self.tls_port = None

    def command(self, run_folder):
        raise NotImplementedError

    def start(self):
        run_folder = self.folder / re.sub(r"\W+", "-", self.name)
        run_folder.mkdir(exist_ok=True)
        run_folder.chmod(0o777)  # for those that give up their privileges
        command = ["taskset", "-c", SERVER_CORE] + self.command(run_folder)
        log = open(run_folder / "output.log", "wb")
        # A session of its own: Apache ends by a signal to its whole process group.
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                        start_new_session=True)
        self.wait()

    def wait(self):
        wait_for_port(self.port, self.process)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def cpu(self):
        return cpu_seconds(self.process.pid)

    def memory(self):
        return memory_bytes(self.process.pid)


class ReportsItsPorts(Contender):
    """One that binds port 0 and writes a port file: its plain listener, and perhaps one with TLS."""

    def wait(self):
        lines = wait_for_file(self.port_file, self.process).splitlines()
        ports = [int(line.split()[2]) for line in lines]
        self.port, self.tls_port = (ports + [None])[:2]
        time.sleep(0.2)  # the sockets of its reactors take the place of the first

    def fresh_port_file(self, run_folder):
        self.port_file = run_folder / "ports"
        self.port_file.unlink(missing_ok=True)
        return str(self.port_file)


class Tern(ReportsItsPorts):
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
            "concurrency.max_connections": 16384,
            "listeners": json.dumps([
                {"name": "http", "address": "127.0.0.1"},
                {"name": "https", "address": "127.0.0.1", "tls": tls}]),
            "sites.0.root": self.folder / "www",
            "log.access.format": "off",
        }
        command = [str(BINARIES / "tern-httpd"), "--config", str(TREE / "config" / "http.json"),
                   "--port-file", self.fresh_port_file(run_folder)]
        for path, value in settings.items():
            command += ["--set", f"{path}={value}"]
        return command


class Ceiling(ReportsItsPorts):
    def __init__(self, folder, body):
        super().__init__("ceiling (bare epoll)", folder)
        self.body = body

    def command(self, run_folder):
        return [str(BINARIES / "bench-ceiling"), self.fresh_port_file(run_folder), str(self.body)]


class Peer(Contender):
    """Another project's server, configured by a template of the folder peers."""

    template = None

    def configure(self, run_folder, **values):
        self.port, self.tls_port = free_port(), free_port()
        values |= {"FOLDER": self.folder, "RUN": run_folder, "PORT": self.port,
                   "TLS_PORT": self.tls_port}
        text = (TREE / "tools/bench/peers" / self.template).read_text()
        for key, value in values.items():
            text = text.replace(f"@{key}@", str(value))
        configuration = run_folder / self.template.removesuffix(".in")
        configuration.write_text(text)
        return str(configuration)


class Nginx(Peer):
    template = "nginx.conf.in"

    def __init__(self, folder, sendfile, workers=1, http2=False):
        super().__init__(f"nginx (sendfile {sendfile})", folder)
        self.sendfile, self.workers = sendfile, workers
        self.listen = "http2" if http2 else ""  # where it is, there is no HTTP/1.1 on a plain port

    def command(self, run_folder):
        return ["/usr/sbin/nginx", "-c",
                self.configure(run_folder, SENDFILE=self.sendfile, WORKERS=self.workers,
                               LISTEN=self.listen)]


class H2o(Peer):
    template = "h2o.yaml.in"

    def __init__(self, folder, workers=1):
        super().__init__("h2o", folder)
        self.workers = workers

    def command(self, run_folder):
        return ["/usr/bin/h2o", "-m", "worker", "-c",
                self.configure(run_folder, WORKERS=self.workers)]


class Apache(Peer):
    template = "apache.conf.in"

    def __init__(self, folder, model, clients):
        super().__init__(f"apache {model}", folder)
        self.model, self.clients = model, clients

    def command(self, run_folder):
        return ["/usr/sbin/apache2", "-D", "FOREGROUND", "-f",
                self.configure(run_folder, MODEL=self.model, CLIENTS=self.clients)]
