#!/usr/bin/env python3
"""irssi under tmux, in one room with somebody at nc."""

import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

PATIENCE_S = 60
BINARIES = pathlib.Path(os.environ.get("TERN_BINARIES", "build/release/bin")).absolute()


def eventually(what):
    """Asks again and again until the answer is neither empty nor None."""
    end = time.monotonic() + PATIENCE_S
    while True:
        answer = what()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError("it did not come true in time")
        select.select([], [], [], 0.05)


class Tmux:
    """A terminal of its own, with a program in it."""

    def __init__(self, folder, *command):
        self.socket = str(folder / "tmux")
        environment = {**os.environ, "HOME": str(folder), "TERM": "screen", "LC_ALL": "C.UTF-8"}
        subprocess.run(["tmux", "-f", "/dev/null", "-S", self.socket, "new-session", "-d", "-x", "120",
                        "-y", "40", *command], check=True, env=environment)

    def run(self, *command):
        return subprocess.run(["tmux", "-S", self.socket, *command], check=False,
                              capture_output=True, text=True).stdout

    def type(self, line):
        self.run("send-keys", "-l", line)
        self.run("send-keys", "Enter")

    def screen(self):
        return self.run("capture-pane", "-p")

    def shows(self, text):
        try:
            eventually(lambda: text in self.screen())
        except AssertionError as error:
            raise AssertionError(f"{text!r} is not on the screen:\n{self.screen()}") from error

    def end(self):
        self.run("kill-server")


@unittest.skipUnless(shutil.which("irssi") and shutil.which("tmux"), "needs irssi and tmux")
class IrssiTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="tern-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        ports = self.folder / "ports"
        (self.folder / "chat.json").write_text(json.dumps({"listeners": [
            {"name": "irc", "protocol": "irc", "address": "127.0.0.1"},
            {"name": "line", "protocol": "line", "address": "127.0.0.1"}]}), encoding="utf-8")
        server = subprocess.Popen([BINARIES / "tern-chatd", "--config", self.folder / "chat.json",
                                   "--port-file", ports], stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.send_signal, signal.SIGTERM)
        lines = eventually(lambda: ports.exists() and ports.read_text(encoding="utf-8"))
        self.ports = {line.split()[0]: line.split()[2] for line in lines.splitlines()}

    def test_irssi_joins_talks_and_leaves(self):
        nc = subprocess.Popen(["nc", "127.0.0.1", self.ports["line"]], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True, bufsize=1)
        self.addCleanup(nc.wait)
        self.addCleanup(nc.stdin.close)
        self.addCleanup(nc.stdout.close)

        def hear(part):
            while part not in (line := nc.stdout.readline()):
                self.assertTrue(line, f"the end came instead of {part!r}")
            return line

        nc.stdin.write("leo\n")
        hear("In lobby now: leo")
        irssi = Tmux(self.folder, "irssi", "--home", str(self.folder / "irssi"), "-c", "127.0.0.1",
                     "-p", self.ports["irc"], "-n", "irene")
        self.addCleanup(irssi.end)
        irssi.shows("Welcome to the Tern network, irene")
        irssi.type("/join #lobby")
        hear("irene entered the room")
        irssi.shows("leo")
        irssi.type("hello from irssi")
        self.assertEqual(hear("irssi"), "irene: hello from irssi\n")
        nc.stdin.write("hello from nc\n")
        irssi.shows("hello from nc")
        irssi.type("/me waves")
        hear("waves")
        irssi.type("/topic #lobby birds")
        hear("birds")
        irssi.type("/window 1")
        irssi.type("/whois leo")
        irssi.shows("End of WHOIS")
        irssi.type("/nick irena")
        hear("irena")
        irssi.type("/quit bye")
        hear("left the room")


if __name__ == "__main__":
    unittest.main()
