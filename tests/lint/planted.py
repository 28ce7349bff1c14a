"""Plants files into an empty tree and runs a lint over it: a lint that cannot fail is a defect."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"


class LintCase(unittest.TestCase):
    lint = None  # its file name; set by the subclass

    def run_over(self, files):
        """The complaints about a tree of {path: text}."""
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                file = pathlib.Path(folder, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
            result = subprocess.run([sys.executable, TOOLS / self.lint, folder], text=True,
                                    capture_output=True, check=False, env=environment)
        self.assertEqual(result.stderr, "")
        self.assertIn(result.returncode, (0, 1))
        self.assertEqual(result.returncode == 0, "nothing to complain about" in result.stdout)
        return result.stdout if result.returncode else ""

    def assert_clean(self, files):
        self.assertEqual(self.run_over(files), "")

    def assert_complaint(self, expected, files):
        self.assertIn(expected, self.run_over(files))
