"""Scenarios for a real browser, which node plays with playwright-core."""

import os
import pathlib
import shutil
import subprocess
import unittest

TREE = pathlib.Path(__file__).absolute().parents[2]
PLAYWRIGHT = TREE / "build" / "clients" / "node_modules" / "playwright-core"
PATIENCE_S = 500

needs_browser = unittest.skipUnless(
    PLAYWRIGHT.exists() and shutil.which("node") and shutil.which("chromium"),
    "needs chromium and playwright-core: ./tern test installs them")


def play(scenario, arguments, folder):
    """The exit code of a script of clients/ and what it said; the browser's home is `folder`."""
    output = pathlib.Path(folder) / "output"
    with output.open("wb") as to: # a pipe would stay open as long as any grandchild lives
        done = subprocess.run(
            ["node", TREE / "tests" / "system" / "clients" / scenario, PLAYWRIGHT,
             shutil.which("chromium"), *arguments],
            stdin=subprocess.DEVNULL, stdout=to, stderr=to, timeout=PATIENCE_S, check=False,
            env={**os.environ, "HOME": str(folder)})
    return done.returncode, output.read_text(encoding="utf-8")
