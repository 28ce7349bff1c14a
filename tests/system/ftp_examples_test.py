#!/usr/bin/env python3
"""The examples of docs/ftp.md are configurations that tern-ftpd takes."""

import pathlib
import re
import unittest

from running_ftp_server import PROGRAM
from running_server import Folder, run

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/ftp.md"


class FtpExamplesTest(unittest.TestCase):
    def test_the_server_takes_each(self):
        folder = Folder()
        self.addCleanup(folder.remove)
        (folder.path / "library").mkdir()
        (folder.path / "users.json").write_text('{"users": []}', encoding="utf-8")
        (folder.path / "cert.pem").symlink_to(folder.certificate)
        examples = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
        for example in examples:
            with self.subTest(example=example):
                path = folder.path / "example.json"
                path.write_text(example, encoding="utf-8")
                run(PROGRAM, "--config", path, "--check")
        self.assertGreaterEqual(len(examples), 3)


if __name__ == "__main__":
    unittest.main()
