"""The Debian package, installed into a system that has nothing else, and its servers started."""

import pathlib
import subprocess
import unittest

import engine

# Starts all three as their user, in a network of their own, waits until they answer, looks at them
# as clients, and stops them; any failure ends it.
START = r"""
ip link set lo up
as_tern="chroot $root setpriv --reuid=tern --regid=tern --clear-groups --no-new-privs"
for server in chat ftp http; do
    $as_tern /usr/bin/tern-${server}d --config /etc/tern/$server.json 2>"$root/tmp/$server.log" &
    eval "pid_$server=$!"
done
for server in chat ftp http; do
    attempts=0
    until $as_tern /usr/bin/tern-${server}d --config /etc/tern/$server.json --health; do
        attempts=$((attempts + 1))
        if [ $attempts -gt 300 ]; then cat "$root/tmp/$server.log"; exit 1; fi
        timeout 0.1 tail -f /dev/null || true # a moment
    done
done
curl -sSf http://127.0.0.1:8080/ | grep -q '<html'
curl -sSf ftp://127.0.0.1:2121/ | grep -q welcome.txt
chroot "$root" /usr/bin/tern-ftp ls ftp://127.0.0.1:2121/ | grep -q welcome.txt
chroot "$root" /usr/bin/tern-http GET http://127.0.0.1:8080/healthz
chroot "$root" /usr/bin/tern-chatd --config /etc/tern/chat.json announce 'tea is ready'
for server in chat ftp http; do
    eval "pid=\$pid_$server"
    kill -TERM "$pid"
    wait "$pid"
done
"""


class PackageTest(unittest.TestCase):
    folder = None # with base.tar and package/*.deb

    def test_installed_started_and_removed(self):
        root = self.folder / "root"
        root.mkdir()
        engine.run("tar", "-xf", self.folder / "base.tar", "-C", root)
        engine.run("mount", "-t", "proc", "proc", root / "proc")
        packages = list((self.folder / "package").glob("*.deb"))
        self.assertEqual(len(packages), 1)
        engine.run("cp", packages[0], root / "tmp/tern.deb")
        for name in ("resolv.conf", "hosts"):
            engine.run("cp", "-L", f"/etc/{name}", root / "etc" / name)
        options = ("-o", "Acquire::Retries=3", "-o", "APT::Sandbox::User=root", "-qq")
        engine.run("chroot", root, "apt-get", *options, "update")
        engine.run("chroot", root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *options,
                   "install", "--yes", "--no-install-recommends", "/tmp/tern.deb")
        conffiles = engine.run("chroot", root, "dpkg-query", "-W", "-f", "${Conffiles}", "tern")
        for server in ("chat", "ftp", "http"):
            self.assertIn(f"/etc/tern/{server}.json", conffiles)
            unit = root / f"lib/systemd/system/tern-{server}d.service"
            engine.run("systemd-analyze", "security", "--offline=true", "--threshold=30", unit)
            self.assertTrue((root / f"usr/bin/tern-{server}d").is_file())
            engine.run("chroot", root, f"/usr/bin/tern-{server}d", "--version")
        # What systemd makes for the unit.
        engine.run("chroot", root, "install", "-d", "-o", "tern", "-g", "tern", "/run/tern")
        self.start(root)
        engine.run("chroot", root, "apt-get", *options, "purge", "--yes", "tern")
        self.assertFalse((root / "usr/bin/tern-httpd").exists())
        self.assertFalse((root / "etc/tern/http.json").exists())
        self.assertTrue((root / "var/lib/tern/site/index.html").exists()) # not ours to remove

    def start(self, root: pathlib.Path):
        done = subprocess.run(["unshare", "--net", "sh", "-euc", f"root={root}\n{START}"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, timeout=300)
        logs = "".join(file.read_text(encoding="utf-8", errors="replace")
                       for file in (root / "tmp").glob("*.log"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr + logs)
        self.assertGreaterEqual(logs.count("stopped"), 3, logs)
