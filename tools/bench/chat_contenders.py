"""The chat servers that are compared: ours on its listeners, and its peers on theirs."""
import json
import os

from contenders import BINARIES, TREE, Peer, ReportsItsPorts

MEMBERS = 16384  # more than any row has

# Nobody's limits are measured here: the peers' are off in their configurations too.
FAST = json.dumps({"per_second": 100_000, "burst": 1_000_000})
NO_LIMITS = {
    "concurrency.max_connections": MEMBERS,
    "limits.members": MEMBERS,
    "limits.speech_per_member": FAST,
    "limits.speech_per_address": FAST,
    "limits.joins_per_address": FAST,
    "limits.requests_per_member": FAST,
    "limits.requests_per_address": FAST,
    "rooms.most": MEMBERS,
    "rooms.most_members": MEMBERS,
    "irc.commands": FAST,
    "web.resume.grace_s": 0,  # the next round's members have the same names
}


class TernChat(ReportsItsPorts):
    """One strategy of ours, on a listener of one protocol."""
    at_once = 64

    def __init__(self, strategy, protocol, folder, workers=1, journal=True):
        note = "" if journal else ", no journal"
        super().__init__(f"tern {strategy} {protocol}{note}", folder)
        self.strategy, self.protocol, self.workers = strategy, protocol, workers
        self.journal = journal

    def command(self, run_folder):
        settings = NO_LIMITS | {
            "concurrency.strategy": self.strategy,
            "concurrency.workers": self.workers,
            "listeners": json.dumps([{"name": self.protocol, "protocol": self.protocol,
                                      "address": "127.0.0.1", "port": 0,
                                      "outbox": 100_000}]),
            "control_socket": run_folder / "control",  # several servers run at once
            "history.journal.file": run_folder / "journal" if self.journal else "",
        }
        command = [str(BINARIES / "tern-chatd"), "--config", str(TREE / "config" / "chat.json"),
                   "--port-file", self.fresh_port_file(run_folder)]
        for path, value in settings.items():
            command += ["--set", f"{path}={value}"]
        return command


class OwnLines(TernChat):
    """Our line listener as the peer of another: what a line costs that needs no frame."""

    def __init__(self, folder):
        super().__init__("epoll", "line", folder)
        self.name = "line (tern epoll)"


class Inspircd(Peer):
    template, protocol, at_once = "inspircd.conf.in", "irc", 8

    def __init__(self, folder):
        super().__init__("InspIRCd", folder)

    def command(self, run_folder):
        as_root = ["--runasroot"] if os.getuid() == 0 else []
        return ["/usr/sbin/inspircd", "--nofork", *as_root,
                "--config=" + self.configure(run_folder)]


class Ngircd(Peer):
    template, protocol, at_once = "ngircd.conf.in", "irc", 8

    def __init__(self, folder):
        super().__init__("ngIRCd", folder)

    def command(self, run_folder):
        return ["/usr/sbin/ngircd", "--nodaemon", "--config", self.configure(run_folder)]


class Redis(Peer):
    template, protocol, at_once = "redis.conf.in", "redis", 64

    def __init__(self, folder):
        super().__init__("Redis", folder)

    def command(self, run_folder):
        return ["/usr/bin/redis-server", self.configure(run_folder)]


class Nats(Peer):
    template, protocol, at_once = "nats.conf.in", "nats", 64

    def __init__(self, folder):
        super().__init__("NATS", folder)

    def command(self, run_folder):
        return ["/usr/sbin/nats-server", "-c", self.configure(run_folder)]


def peers_of(protocol, folder):
    if protocol == "irc":
        return [Inspircd(folder), Ngircd(folder)]
    if protocol == "web":
        return [OwnLines(folder)]
    return [Redis(folder), Nats(folder)]
