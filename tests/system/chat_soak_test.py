#!/usr/bin/env python3
"""Hours of a chat in minutes: half of what it can bear, with members coming and going.

Nothing may be lost or doubled or out of order, nobody may be refused, and once it is warm the
server needs no more memory. Only under `./tern test --all`; TERN_SOAK_S says for how long.
"""

import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

from running_daemon import BINARIES, PATIENCE_S, eventually, memory_of

TEST_ALL = bool(os.environ.get("TERN_TEST_ALL")) and not os.environ.get("TERN_SANITIZE")
SECONDS = float(os.environ.get("TERN_SOAK_S", "600" if TEST_ALL else "0"))
ROUNDS = 20
LISTENERS, SENDERS = 100, 4
VISITORS = 4  # at a time
FAST = {"per_second": 100_000, "burst": 1_000_000}
CONFIGURATION = {
    "listeners": [{"name": name, "protocol": name, "address": "127.0.0.1", "outbox": 100_000}
                  for name in ("line", "irc")],
    "metrics_listener": {"port": 0},
    "concurrency": {"strategy": "epoll"},
    "limits": {"speech_per_member": FAST, "speech_per_address": FAST, "joins_per_address": FAST,
               "requests_per_member": FAST, "requests_per_address": FAST},
    "irc": {"commands": FAST},
}


class ChatServer:
    """Ends, cleanly, with the with-block."""

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="tern-test-")
        folder = pathlib.Path(self.temporary.name)
        (folder / "chat.json").write_text(json.dumps(CONFIGURATION), encoding="utf-8")
        ports = folder / "ports"
        self.process = subprocess.Popen(
            [BINARIES / "tern-chatd", "--config", folder / "chat.json", "--port-file", ports],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(ports.exists)
        words = [line.split(" ") for line in ports.read_text(encoding="utf-8").splitlines()]
        self.port = {name: int(port) for name, _, port in words}
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE_S)
        self.temporary.cleanup()
        if code != 0:
            raise AssertionError(f"exit code {code}")

    def members(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port['metrics']}/metrics",
                                    timeout=PATIENCE_S) as answer:
            lines = answer.read().decode().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("tern_chat_members "))


def exchange(server, seconds, **load):
    """A crowd comes, talks, and goes: what it saw, and the server's memory at the end of that."""
    options = [f"listeners={LISTENERS}", f"senders={SENDERS}", f"seconds={seconds}",
               *(f"{key}={value}" for key, value in load.items())]
    with subprocess.Popen([BINARIES / "bench-chat", "irc", str(server.port["irc"]), *options],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as crowd:
        crowd.stdout.readline()
        crowd.stdin.write("\n")
        crowd.stdin.flush()
        report = json.loads(crowd.stdout.readline())
        memory = memory_of(server.process.pid)
        crowd.stdin.close()
        crowd.wait(PATIENCE_S)
    eventually(lambda: server.members() <= VISITORS + 2)  # the next crowd has the same names
    return report, memory


class Visitors:
    """People who enter by the line door, say a word and leave; and a witness of it all."""

    def __init__(self, server):
        self.address = ("127.0.0.1", server.port["line"])
        self.ending = threading.Event()
        self.failures = []
        self.heard = {}  # by name: what of it
        self.came = [0] * VISITORS
        self.witness = socket.create_connection(self.address)
        self.witness.sendall(b"witness\n/join sea\n/ping\n")
        self.lines = self.witness.makefile("r", encoding="utf-8")
        while "ong" not in next(self.lines):
            pass
        self.threads = [threading.Thread(target=self.listen, daemon=True)]
        self.threads += [threading.Thread(target=self.come_and_go, args=(number,), daemon=True)
                         for number in range(VISITORS)]
        for thread in self.threads:
            thread.start()

    def visit(self, name):
        with socket.create_connection(self.address) as client:
            client.sendall(f"{name}\n/join sea\nhello\n/quit\n".encode())
            while client.recv(65536):
                pass

    def come_and_go(self, number):
        try:
            while not self.ending.is_set():
                self.visit(f"v{number}-{self.came[number]}")
                self.came[number] += 1
        except OSError as error:
            self.failures.append(error)

    def listen(self):
        for line in self.lines:
            name, separator, what = line.rstrip("\n").partition(" ")
            if separator:
                self.heard.setdefault(name.rstrip(":"), []).append(what)
            if line == "last left the room\n":
                return

    def end(self):
        self.ending.set()
        for thread in self.threads[1:]:
            thread.join(PATIENCE_S)
        self.visit("last")
        self.threads[0].join(PATIENCE_S)
        self.witness.close()

    def unheard(self):
        """Those whose coming, word and going the witness did not hear, once each, in order."""
        whole = ["entered the room", "hello", "left the room"]
        names = [f"v{number}-{visit}" for number in range(VISITORS)
                 for visit in range(self.came[number])]
        return [name for name in names if self.heard.get(name) != whole]


class Soak(unittest.TestCase):
    @unittest.skipUnless(SECONDS, "a long test: ./tern test --all")
    def test_nothing_is_lost_and_memory_does_not_grow(self):
        with ChatServer() as server:
            report, _ = exchange(server, min(3.0, SECONDS / 10), window=32)
            rate = report["sent"] / report["seconds"] / 2
            visitors = Visitors(server)
            begin = time.monotonic()
            memory, sent = [], 0
            for _ in range(ROUNDS):
                report, used = exchange(server, SECONDS / ROUNDS, rate=rate)
                memory.append(used)
                sent += report["sent"]
                for what in ("missing", "out_of_order", "strange", "lost_members"):
                    self.assertEqual(report[what], 0, report)
                self.assertEqual(report["orders"], 1, report)
            visitors.end()
        print(f"{time.monotonic() - begin:.0f} s at {rate:.0f} messages/s to {LISTENERS} members, "
              f"{sent} in all; {sum(visitors.came)} visits; "
              f"MB: {[round(used / 1e6, 1) for used in memory]}")
        self.assertEqual(visitors.failures, [])
        self.assertEqual(visitors.unheard(), [])
        self.assertGreater(min(visitors.came), 0)
        warm, late = memory[ROUNDS // 4:ROUNDS // 2], memory[-ROUNDS // 4:]
        self.assertLessEqual(max(late), max(warm) * 1.05 + 1e6)


if __name__ == "__main__":
    unittest.main()
