#!/usr/bin/env python3
"""The examples of docs/http.md are configurations that tern-httpd takes."""

import json
import pathlib
import re
import unittest

from running_server import PROGRAM, Folder, run

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/http.md"


def examples():
    """Each block is a route, or members of a configuration."""
    for block in re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        if block.startswith("{"):
            yield {"routes": [json.loads(block)]}
        else:
            yield json.loads("{" + block + "}")


class ExamplesTest(unittest.TestCase):
    def test_the_server_takes_each(self):
        folder = Folder()
        self.addCleanup(folder.remove)
        for name in ("a", "b", "errors"):
            (folder.path / name).mkdir()
        for name in ("sorry.html", "a-404.html"):
            (folder.path / "errors" / name).write_text("sorry", encoding="utf-8")
        count = 0
        for example in examples():
            with self.subTest(example=example):
                example["listeners"] = [{"name": "main", "port": 0}]
                path = folder.path / "example.json"
                path.write_text(json.dumps(example), encoding="utf-8")
                run(PROGRAM, "--config", path, "--check")
            count += 1
        self.assertGreaterEqual(count, 5)


if __name__ == "__main__":
    unittest.main()
