#!/usr/bin/env python3
"""The chat in a real browser: two tabs and one nc in a room, and a server that is killed."""

import pathlib
import tempfile
import unittest

from browser import needs_browser, play
from running_server import BINARIES

CANNOT_RUN_HERE = 77


@needs_browser
class BrowserChatTest(unittest.TestCase):
    def play(self, strategy):
        pictures = BINARIES.parent / "screenshots" / strategy
        pictures.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="tern-test-") as folder:
            code, said = play("browser_chat.cjs",
                              [BINARIES / "tern-chatd", folder, strategy, pictures], folder)
            log = pathlib.Path(folder) / "log"
            said += log.read_text(encoding="utf-8") if log.exists() else ""
        if code == CANNOT_RUN_HERE:
            self.skipTest(f"{strategy} cannot run here")
        self.assertEqual(code, 0, said)

    def test_one_process(self):
        self.play("epoll")


if __name__ == "__main__":
    unittest.main()
