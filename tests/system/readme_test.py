#!/usr/bin/env python3
"""What README.md says to type is typed, block after block into one shell, as a reader would.

The shell is in a network of its own, so all ports are those of the page, and in a folder that looks
like the tree after a build. Skipped where no such network can be made, and with sanitizers: they
find nothing in a page.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from running_server import BINARIES

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import strategies_chart # pylint: disable=wrong-import-position

PATIENCE_S = 500

# Run by others: continuous integration is the one, `./tern docker-test` does the other.
ELSEWHERE = ("./tern test\n",
             "docker compose -f docker/compose.yaml up --build --detach\n")
# Blocks that are not typed, by their language.
SHOWN = ("", "cpp")

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
PORT = re.compile(r'"port": (\d+)|listen (\d+);')

# What the page takes for granted: patience, that programs are installed, and that they are built.
BEFORE = r"""set -eu -o pipefail
await() {
    for port; do
        hexadecimal=$(printf %04X "$port")
        until grep -qs ":$hexadecimal [0-9A-F:]* 0A " /proc/net/tcp /proc/net/tcp6; do
            kill -0 $! # it lives
            timeout 0.05 tail -f /dev/null || true # a moment
        done
    done
}
ip link set lo up
"""
NGINX = """daemon off;
pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include readme.conf;
}
"""


def blocks():
    """Languages and texts."""
    return BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))


def own_network():
    """The command that makes one, or none."""
    root = ("unshare", "--net")
    user = ("unshare", "--user", "--map-current-user", "--keep-caps", "--net")
    command = root if os.geteuid() == 0 else user
    try:
        done = subprocess.run([*command, "ip", "link", "set", "lo", "up"], capture_output=True,
                              check=False, timeout=PATIENCE_S)
    except FileNotFoundError:
        return None
    return command if done.returncode == 0 else None


def script():
    """All that is to be typed, and what has to be waited for in between."""
    text = BEFORE
    for number, (language, block) in enumerate(blocks()):
        if language in SHOWN or block in ELSEWHERE:
            continue
        text += f"echo '=== block {number}: {block.splitlines()[0]}' >&2\n"
        if language == "nginx":
            text += (f"cat >$proxy/readme.conf <<'END OF BLOCK'\n{block}END OF BLOCK\n"
                     "/usr/sbin/nginx -p $proxy -c nginx.conf &\n")
        else:
            text += block
        if language == "nginx" or block.endswith("&\n"):
            ports = [one or other for one, other in PORT.findall(block)]
            text += f"await {' '.join(ports)}\n"
    return text + "wait\n"


class ReadmeTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="tern-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.folder.chmod(0o755)
        self.tree = self.folder / "tern"
        shutil.copytree(ROOT / "config", self.tree / "config")
        (self.tree / "build" / "release").mkdir(parents=True)
        (self.tree / "build" / "release" / "bin").symlink_to(BINARIES)
        for name in ("tern", "README.md"):
            shutil.copy(ROOT / name, self.tree)
        proxy = self.folder / "proxy"
        proxy.mkdir()
        (proxy / "nginx.conf").write_text(NGINX, encoding="utf-8")
        present = self.folder / "bin"
        present.mkdir()
        for name, says in (("cmake", ""), ("dpkg-query", "ii ")):
            (present / name).write_text(f"#!/bin/sh\nprintf '%s' '{says}'\n", encoding="utf-8")
            (present / name).chmod(0o755)
        self.environment = {**os.environ, "proxy": str(proxy), "LC_ALL": "C.UTF-8",
                            "PATH": f"{present}:{os.environ['PATH']}"}

    def typed(self, network):
        """What the shell has said after all blocks."""
        log = self.folder / "log"
        with open(log, "wb") as output:
            shell = subprocess.Popen([*network, "bash", "-c", script()], stdin=subprocess.DEVNULL,
                                     stdout=output, stderr=output, cwd=self.tree,
                                     env=self.environment, start_new_session=True)
            try:
                code = shell.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                code = "none, it takes too long"
            finally:
                try:
                    os.killpg(shell.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                shell.wait()
                subprocess.run([self.tree / "tern", "down"], env=self.environment, check=False,
                               capture_output=True, timeout=PATIENCE_S)
        said = log.read_text(encoding="utf-8", errors="replace")
        self.assertEqual(code, 0, said)
        return said

    @unittest.skipIf(os.environ.get("TERN_SANITIZE"), "nothing for a sanitizer")
    def test_every_block_does_what_it_says(self):
        missing = [name for name in ("wrk", "nc", "curl", "openssl")
                   if not shutil.which(name)]
        if not pathlib.Path("/usr/sbin/nginx").exists():
            missing.append("nginx")
        network = own_network()
        if missing or not network:
            self.skipTest(f"missing: {', '.join(missing) or 'the right to make a network'}")
        said = self.typed(network)
        for words in ("HTTP/1.1 200", "HTTP/2 200", "welcome.txt", "Hello ann", "README.md",
                      "Requests/sec", "answered after"):
            self.assertIn(words, said)
        self.assertEqual((self.tree / "build/try/shared/copy.md").read_bytes(),
                         (ROOT / "README.md").read_bytes())
        self.assertEqual(said.count("has stopped."), 3, said)
        self.check_the_view_of_up(said)

    def check_the_view_of_up(self, said):
        seen = re.sub(r"\(pid \d+", "(pid 4242", said.replace(str(self.tree), "~/tern"))
        shown = next(text for _, text in blocks() if "is running (pid" in text)
        for line in shown.splitlines():
            if line.strip() != "...":
                self.assertIn(line + "\n", seen)

    def test_every_block_is_known(self):
        for language, block in blocks():
            self.assertIn(language, (*SHOWN, "sh", "nginx"))
            if language == "" or language == "cpp":
                self.assertNotRegex(block, r"(?m)^(\./tern|curl|docker) ")
        self.assertGreaterEqual({block for _, block in blocks()}, set(ELSEWHERE))


class ChartTest(unittest.TestCase):
    def test_the_chart_is_that_of_the_figures(self):
        measured = json.loads(strategies_chart.MEASURED.read_text(encoding="utf-8"))
        self.assertEqual(strategies_chart.CHART.read_text(encoding="utf-8"),
                         strategies_chart.chart_of(measured), "run tools/strategies_chart.py")

    def test_figures_are_those_that_the_benchmark_prints(self):
        printed = ("                                CPU/request  of nginx    of h2o  requests/s\n"
                   "tern epoll                        10.00 us      0.50      0.40       90000\n"
                   "tern process_pool (64 workers)    40.00 us      2.00      1.60       20000\n"
                   "nginx sendfile=on                 20.00 us      1.00      0.80       40000\n")
        self.assertEqual(strategies_chart.figures_from(printed, ["process_pool", "epoll"]),
                         {"process_pool": 2.0, "epoll": 0.5})
        with self.assertRaisesRegex(ValueError, "no figures of poll"):
            strategies_chart.figures_from(printed, ["poll", "epoll"])


if __name__ == "__main__":
    unittest.main()
