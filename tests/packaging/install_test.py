#!/usr/bin/env python3
"""What `cmake --install` puts where, and that the units allow a server little."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).absolute().parents[2]
BINARIES = pathlib.Path(os.environ.get("TERN_BINARIES", "build/release/bin")).absolute()
SERVERS = ("chat", "ftp", "http")
WORST_EXPOSURE = "30" # tenths


def run(*command, **variables):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False, timeout=300,
                          env={**os.environ, **variables})


class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="tern-test-")
        cls.addClassCleanup(temporary.cleanup)
        cls.root = pathlib.Path(temporary.name)
        done = run("cmake", "--install", BINARIES.parent, "--component", "Unspecified",
                   DESTDIR=str(cls.root))
        assert done.returncode == 0, done.stdout + done.stderr
        cls.place = cls.root / "usr/local"

    def test_everything_is_in_its_place(self):
        for server in SERVERS:
            for file in (f"bin/tern-{server}d", f"etc/tern/{server}.json",
                         f"share/tern/{server}.schema.json", f"share/man/man8/tern-{server}d.8",
                         f"lib/systemd/system/tern-{server}d.service"):
                self.assertTrue((self.place / file).is_file(), file)
        self.assertTrue((self.place / "share/tern/site/index.html").is_file())
        self.assertTrue((self.place / "share/tern/library/welcome.txt").is_file())

    def test_the_installed_configurations_are_valid(self):
        for server in SERVERS:
            done = run(self.place / f"bin/tern-{server}d", "--config",
                       self.place / f"etc/tern/{server}.json", "--print-config")
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_units_name_what_is_installed(self):
        for server in SERVERS:
            unit = (self.place / f"lib/systemd/system/tern-{server}d.service").read_text(
                encoding="utf-8")
            self.assertIn(f"\nExecStart=/usr/local/bin/tern-{server}d --config "
                          f"/usr/local/etc/tern/{server}.json\n", unit)
            self.assertNotIn("@CMAKE", unit)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs Debian's package systemd")
    def test_units_are_exposed_little(self):
        for server in SERVERS:
            unit = self.place / f"lib/systemd/system/tern-{server}d.service"
            done = run("systemd-analyze", "security", "--no-pager", "--offline=true",
                       f"--threshold={WORST_EXPOSURE}", unit)
            self.assertEqual(done.returncode, 0, done.stdout[-400:] + done.stderr)

    def test_a_unit_that_is_open_would_be_found(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("needs Debian's package systemd")
        unit = self.root / "open.service"
        unit.write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
        done = run("systemd-analyze", "security", "--no-pager", "--offline=true",
                   f"--threshold={WORST_EXPOSURE}", unit)
        self.assertNotEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()
