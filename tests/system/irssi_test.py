#!/usr/bin/env python3
"""irssi under tmux, in one room with somebody at nc."""

import json
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

from running_daemon import BINARIES, eventually
from terminal import Terminal


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
        irssi = Terminal(self.folder, "irssi", "--home", self.folder / "irssi", "-c", "127.0.0.1",
                         "-p", self.ports["irc"], "-n", "irene", columns=120, lines=40)
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
