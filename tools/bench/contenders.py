"""The servers that a benchmark compares: how each is started, and what it has cost so far.

Every server runs pinned to one core in its own process tree, on a loopback port that was free, and
is ended by its process id.
"""
import os
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
            found.append(fields)
            tree.append(child)
    own = Path(f"/proc/{root}/stat").read_text().rpartition(")")[2].split()
    return [own] + found


def cpu_seconds(root):
    """User and system time of a process, its living descendants, and those it has reaped."""
    ticks = sum(sum(int(fields[i]) for i in (11, 12, 13, 14)) for fields in process_tree(root))
    return ticks / TICKS


class Contender:
    """A server that can be started, loaded and stopped again and again."""

    def __init__(self, name, folder):
        self.name, self.folder, self.process, self.port = name, folder, None, None

    def command(self, run_folder):
        raise NotImplementedError

    def start(self):
        self.run_folder = self.folder / self.name.replace(" ", "-").replace("/", "-")
        self.run_folder.mkdir(exist_ok=True)
        command = ["taskset", "-c", SERVER_CORE] + self.command(self.run_folder)
        log = open(self.run_folder / "output.log", "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait()

    def wait(self):
        wait_for_port(self.port, self.process)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def cpu(self):
        return cpu_seconds(self.process.pid)


class ReportsItsPort(Contender):
    """One that binds port 0 and writes a port file."""

    def wait(self):
        self.port = int(wait_for_file(self.port_file, self.process).split()[2])

    def fresh_port_file(self, run_folder):
        self.port_file = run_folder / "ports"
        self.port_file.unlink(missing_ok=True)
        return str(self.port_file)


class Tern(ReportsItsPort):
    def __init__(self, strategy, folder, workers=1):
        label = strategy if workers == 1 else f"{strategy} ({workers} workers)"
        super().__init__(f"tern {label}", folder)
        self.strategy, self.workers = strategy, workers

    def command(self, run_folder):
        settings = {
            "concurrency.strategy": self.strategy,
            "concurrency.workers": self.workers,
            "concurrency.max_connections": 16384,
            "listeners.0.address": "127.0.0.1",
            "listeners.0.port": 0,
            "sites.0.root": self.folder / "www",
            "log.access.format": "off",
        }
        command = [str(BINARIES / "tern-httpd"), "--config", str(TREE / "config" / "http.json"),
                   "--port-file", self.fresh_port_file(run_folder)]
        for path, value in settings.items():
            command += ["--set", f"{path}={value}"]
        return command


class Ceiling(ReportsItsPort):
    def __init__(self, folder, body):
        super().__init__("ceiling (bare epoll)", folder)
        self.body = body

    def command(self, run_folder):
        return [str(BINARIES / "bench-ceiling"), self.fresh_port_file(run_folder), str(self.body)]


class Nginx(Contender):
    def __init__(self, folder, sendfile, workers=1):
        super().__init__(f"nginx (sendfile {sendfile})", folder)
        self.sendfile, self.workers = sendfile, workers

    def command(self, run_folder):
        self.port = free_port()
        text = (TREE / "tools/bench/peers/nginx.conf.in").read_text()
        for key, value in {"FOLDER": self.folder, "PORT": self.port, "WORKERS": self.workers,
                           "SENDFILE": self.sendfile}.items():
            text = text.replace(f"@{key}@", str(value))
        configuration = run_folder / "nginx.conf"
        configuration.write_text(text)
        return ["/usr/sbin/nginx", "-c", str(configuration)]
