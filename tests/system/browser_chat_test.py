#!/usr/bin/env python3
"""The chat in a real browser: two tabs and one nc in a room, and a server that is killed."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from running_server import BINARIES

TREE = pathlib.Path(__file__).absolute().parents[2]
PLAYWRIGHT = TREE / "build" / "clients" / "node_modules" / "playwright-core"
SCENARIO = TREE / "tests" / "system" / "clients" / "browser_chat.cjs"
CANNOT_RUN_HERE = 77
PATIENCE_S = 500


@unittest.skipUnless(PLAYWRIGHT.exists() and shutil.which("node") and shutil.which("chromium"),
                     "needs chromium and playwright-core: ./tern test installs them")
class BrowserChatTest(unittest.TestCase):
    def play(self, strategy):
        pictures = BINARIES.parent / "screenshots" / strategy
        pictures.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="tern-test-") as folder:
            output = pathlib.Path(folder) / "output"
            with output.open("wb") as to: # a pipe would stay open as long as any grandchild lives
                done = subprocess.run(
                    ["node", SCENARIO, PLAYWRIGHT, shutil.which("chromium"),
                     BINARIES / "tern-chatd", folder, strategy, pictures],
                    stdin=subprocess.DEVNULL, stdout=to, stderr=to, timeout=PATIENCE_S,
                    check=False, env={**os.environ, "HOME": folder})
            log = pathlib.Path(folder) / "log"
            said = output.read_text(encoding="utf-8")
            said += log.read_text(encoding="utf-8") if log.exists() else ""
        if done.returncode == CANNOT_RUN_HERE:
            self.skipTest(f"{strategy} cannot run here")
        self.assertEqual(done.returncode, 0, said)

    def test_one_process(self):
        self.play("epoll")


if __name__ == "__main__":
    unittest.main()
